"""Tuples within tuples are taken apart by declarations and assignments."""


def pair() -> Tuple[Int, Tuple[Int, String]]:
    return (1, (2, "three"))

def main():
    var a, (b, c) = pair()
    print(a, b, c)
    var d: Int
    var e: Int
    var f: Int
    (d, e), f = (1, 2), 3
    print(d, e, f)
    (d, e) = (e, d)
    print(d, e)
    var (g, h) = (5, 6)
    print(g, h)
    var ((i, j), k) = ((7, 8), 9)
    print(i, j, k)
