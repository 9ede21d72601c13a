"""Fractions: operators, an implicit constructor, ordering, hashing, errors."""
from std.math import gcd, lcm

struct Fraction(ImplicitlyCopyable, Movable, Writable, Comparable, Hashable):
    var num: Int
    var den: Int

    @implicit
    def __init__(out self, value: Int):
        self = Self(value, 1)

    def __init__(out self, num: Int, den: Int):
        var g = gcd(num, den)
        if g == 0:
            g = 1
        if den < 0:
            g = -g
        self.num = num // g
        self.den = den // g

    def __add__(self, o: Self) -> Self:
        return Self(self.num * o.den + o.num * self.den, self.den * o.den)

    def __radd__(self, o: Self) -> Self:
        return self + o

    def __sub__(self, o: Self) -> Self:
        return self + -o

    def __neg__(self) -> Self:
        return Self(-self.num, self.den)

    def __mul__(self, o: Self) -> Self:
        return Self(self.num * o.num, self.den * o.den)

    def __truediv__(self, o: Self) raises -> Self:
        if o.num == 0:
            raise Error(String("division of ", self, " by zero"))
        return Self(self.num * o.den, self.den * o.num)

    def __lt__(self, o: Self) -> Bool:
        return self.num * o.den < o.num * self.den

    def __eq__(self, o: Self) -> Bool:
        return self.num == o.num and self.den == o.den

    def __pow__(self, n: Int) -> Self:
        var r = Self(1)
        for _ in range(n):
            r = r * self
        return r

    def __float__(self) -> Float64:
        return Float64(self.num) / Float64(self.den)

    def write_to(self, mut w: Some[Writer]):
        w.write(self.num)
        if self.den != 1:
            w.write("/", self.den)


def harmonic(n: Int) -> Fraction:
    var s: Fraction = 0
    for k in range(1, n + 1):
        s = s + Fraction(1, k)
    return s

def main() raises:
    print(harmonic(10), Float64(harmonic(10).__float__()))
    var a = Fraction(3, -6)
    print(a, a + 1, a * 2, -a, a < 0, a == Fraction(-1, 2), a ** 3, max(a, Fraction(1, 3)))
    var fs: List[Fraction] = [Fraction(1, 2), Fraction(1, 3), Fraction(-5, 7), 2]
    sort(fs)
    print(fs)
    try:
        print(a / 0)
    except e:
        print(e)
    print(lcm(4, 6), gcd(12, -18))
    var d: Dict[Fraction, String] = {Fraction(2, 4): "half"}
    print(d[Fraction(1, 2)])
