"""Tuple: elements, comparison, unpacking."""


def pair() -> Tuple[Int, String]:
    return (1, "x")


def main():
    var t = (1, 2.5, String("three"), True)
    print(t, len(t), t[0], t[2], repr(t))
    var a, b = pair()
    print(a, b)
    var u = (1, 2)
    print(u == (1, 2), u != (1, 3), u < (1, 3), u <= (1, 2), u > (0, 9), (2, 1) >= u)
    print(3 in (1, 2, 3), 7 in (1, 2, 3))
    u[0] = 9
    print(u, (1,), ())
    var n = ((1, 2), (3, (4, 5)))
    print(n[1][1][0], n)
    var (x, y) = (5, 6)
    x, y = y, x
    print(x, y)
    print(hash((1, 2)) == hash((1, 2)))
    var c = t.copy()
    print(c[2], Tuple(1, "b"))
