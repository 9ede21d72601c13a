def split(a: Int, b: Int) -> Tuple[Int, Int]:
    return (a // b, a % b)


def stats(xs: List[Float64]) -> Tuple[Float64, Float64, Int]:
    var low = xs[0]
    var high = xs[0]
    for x in xs:
        low = min(low, x)
        high = max(high, x)
    return (low, high, len(xs))


def main():
    var q, r = split(17, 5)
    print(q, r)
    var t = split(100, 7)
    print(t[0], t[1])
    var a = 1
    var b = 2
    a, b = b, a
    print(a, b)
    var xs: List[Float64] = [3.5, 1.25, 9.0]
    var low, high, count = stats(xs)
    print(low, high, count)
    print(split(9, 4))
