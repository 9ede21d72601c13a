"""std.itertools: count, cycle, product, repeat, take_while and drop_while."""

from std.itertools import count, cycle, product, repeat, take_while, drop_while


def small(x: Int) -> Bool:
    return x < 3


def main() raises:
    var xs: List[Int] = [1, 2, 3, 4, 1]
    var names: List[String] = ["a", "b"]
    for i in count(5, 3):
        if i > 14:
            break
        print(i, end=" ")
    print()
    for x, n in product(xs, names):
        print(x, n, end="; ")
    print()
    for a, b, c in product(range(2), range(3), names):
        print(a, b, c, sep="", end=" ")
    print()
    for a, b, c, d in product(range(2), range(2), range(2), range(2)):
        print(a, b, c, d, sep="", end=" ")
    print()
    for r in repeat(7, times=3):
        print(r, end=" ")
    for r in repeat(String("x"), times=2):
        print(r, end=" ")
    print()
    var left = 7
    for x in cycle(xs):
        print(x, end=" ")
        left -= 1
        if left == 0:
            break
    print()
    for x in take_while[small](xs):
        print(x, end=" ")
    print()
    for x in drop_while[small](xs):
        print(x, end=" ")
    print()
    var it = count()
    print(next(it), next(it), next(it))
    for i, x in zip(count(10), names):
        print(i, x)
    for x, y in product(names, range(0)):
        print("never", x, y)
