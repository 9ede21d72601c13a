"""`enumerate`, `zip` and `reversed` over lists and ranges, alone and in each other."""


def main():
    var xs: List[Int] = [5, 6, 7]
    var names: List[String] = ["a", "b", "c", "d"]
    for i, x in enumerate(xs):
        print(i, x)
    for i, x in enumerate(xs, start=10):
        print(i, x)
    for i, name in enumerate(names):
        print(i, name)
    for a, b in zip(xs, range(3)):
        print(a, b)
    for x, name in zip(xs, names):
        print(x, name)
    for x, y, z in zip(range(3), range(10, 20), ["a", "b", "c"]):
        print(x, y, z)
    for x in reversed(xs):
        print(x, end=" ")
    print()
    for i in reversed(range(4)):
        print(i, end=" ")
    print()
    for i in reversed(range(2, 12, 3)):
        print(i, end=" ")
    print()
    for i in reversed(range(10, 0, -4)):
        print(i, end=" ")
    print()
    var rows: List[List[Int]] = [[1], [2, 3]]
    for i, row in enumerate(rows):
        print(i, row, len(row))
    for row in reversed(rows):
        print(row)
    for a, b in zip(rows, xs):
        print(a, b)
    for pair in enumerate(names):
        print(pair[0], pair[1])
    for i, x in enumerate(range(3, 9, 2)):
        print(i, x)
