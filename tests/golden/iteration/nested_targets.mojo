"""Targets within targets, and conventions before several of them."""


def main():
    var xs: List[Int] = [5, 6, 7]
    for i, (a, b) in enumerate(zip(xs, range(1, 4))):
        print(i, a, b)
    var nested: List[Tuple[Int, Tuple[String, Int]]] = [(1, ("x", 3)), (4, ("y", 6))]
    for a, (b, c) in nested:
        print(a, b, c)
    for i, (a, (b, c)) in enumerate(nested):
        print(i, a, b, c)
    for i, ref x in enumerate(xs):
        print(i, x)
    for var (i, x) in enumerate(xs):
        x *= i
        print(i, x)
    print(xs)
