# `**kwargs` gathers named arguments in a dictionary.


def show(var **options: Int) raises:
    for entry in options.items():
        print(entry.key, entry.value)
    print(len(options))


def mixed(base: Int, *rest: Int, flag: Bool = False, var **extra: Int) raises -> Int:
    var sum = base
    for value in rest:
        sum += value
    if "bonus" in extra:
        sum += extra["bonus"] * 100
    return -sum if flag else sum


def main() raises:
    show(a=1, b=2)
    show()
    print(mixed(1), mixed(1, 2, 3), mixed(1, bonus=4), mixed(1, 2, flag=True, bonus=1, other=9))
