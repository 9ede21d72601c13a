# `*args` gathers arguments of one type.


def total(*args: Int) -> Int:
    var sum = 0
    for value in args:
        sum += value
    return sum


def by_index(*args: Float64, scale: Float64 = 1.0) -> Float64:
    var sum = 0.0
    for i in range(len(args)):
        sum += args[i] * Float64(i + 1)
    return sum * scale


def joined(separator: String, *parts: String) -> String:
    var text = String()
    var is_first = True
    for part in parts:
        if not is_first:
            text += separator
        text += part
        is_first = False
    return text


def largest(first: Int, *others: Int) -> Int:
    var best = first
    for other in others:
        if other > best:
            best = other
    return best


def count_of[T: Copyable & Deinitable](*items: T) -> Int:
    return len(items)


struct Bag:
    var values: List[Int]

    def __init__(out self, *values: Int):
        self.values = List[Int]()
        for value in values:
            self.values.append(value)

    def add(mut self, *values: Int):
        for value in values:
            self.values.append(value)


def main():
    print(total(), total(5), total(1, 2, 3))
    print(by_index(1, 2.5, 3), by_index(1.0, 2.0, scale=10))
    var name = String("b")
    print(joined("-", "a", name, "c"), joined("+"), joined(", ", "one"))
    print(largest(3), largest(3, 9, 4))
    print(count_of(1, 2, 3), count_of("a", "b"), count_of[Float64](1, 2))
    var bag = Bag(1, 2)
    bag.add()
    bag.add(7, 8, 9)
    print(total(len(bag.values), bag.values[4]))
