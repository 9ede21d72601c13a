def make(n: Int) -> List[Int]:
    var result = List[Int]()
    for i in range(n):
        result.append(i)
    return result^


def longer(var xs: List[Int]) -> List[Int]:
    xs.append(99)
    return xs^


def sum(xs: List[Int]) -> Int:
    var total = 0
    for i in range(len(xs)):
        total += xs[i]
    return total


def main():
    var a = make(4)
    var b = longer(a.copy())
    print(a, b)
    var c = longer(a^)
    print(c, sum(c), sum(make(10)))
    c = make(2)
    print(c)
    for i in range(100):
        var temporary = make(i)
        temporary = longer(temporary^)
        c[0] += sum(temporary)
    print(c)
