"""map over an iterable, once, empty, peekable."""

from std.iter import map, zip, enumerate, once, empty, peekable, chain


def square(x: Int) -> Int:
    return x * x


def main() raises:
    var xs: List[Int] = [1, 2, 3]
    for y in map[square](xs):
        print(y, end=" ")
    print()
    for i, y in enumerate(map[square](xs), start=10):
        print(i, y, end="; ")
    print()
    for x, y, z in zip(xs, map[square](xs), range(7, 10)):
        print(x, y, z, end="; ")
    print()
    for x in once(5):
        print(x)
    for x in chain(xs, [7, 8]):
        print(x, end=" ")
    print()
    for x in empty[Int]():
        print(x)
    print([y + 1 for y in map[square](xs)])
    var it = peekable(xs)
    print(it.peek().value()[], next(it), next(it), next(it))
    print(Bool(it.peek()))
