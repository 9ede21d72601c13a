# Comparisons: written, synthesised, and made of `__lt__` by Comparable.


@fieldwise_init
struct Version(Comparable, Copyable, Writable):
    var major: Int
    var minor: Int

    def __lt__(self, other: Self) -> Bool:
        if self.major != other.major:
            return self.major < other.major
        return self.minor < other.minor


@fieldwise_init
struct Length(Copyable, Equatable):
    var metres: Float64

    def __eq__(self, other: Self) -> Bool:
        return abs(self.metres - other.metres) < 0.01


@fieldwise_init
struct Tagged(Copyable, Equatable):
    var name: String
    var version: Version
    var values: List[Int]


@fieldwise_init
struct Mod(ImplicitlyCopyable):
    var v: Int

    def __eq__(self, other: Int) -> Bool:
        return self.v == other % 7

    def __ne__(self, other: Int) -> Bool:
        return not (self == other)

    def __lt__(self, other: Int) -> Bool:
        return self.v < other

    def __le__(self, other: Int) -> Bool:
        return self.v <= other

    def __gt__(self, other: Int) -> Bool:
        return self.v > other

    def __ge__(self, other: Int) -> Bool:
        return self.v >= other


def main():
    var a = Version(1, 2)
    var b = Version(1, 10)
    print(a < b, a <= b, a > b, a >= b, a == b, a != b)
    print(a < a, a <= a, a > a, a >= a, a == a, a != a)
    print(min(a.copy(), b.copy()), max(a.copy(), b.copy()))
    print(Length(1.0) == Length(1.001), Length(1.0) != Length(1.001), Length(1.0) == Length(2.0))
    var t = Tagged("x", Version(1, 0), [1, 2])
    var u = t.copy()
    print(t == u, t != u)
    u.values.append(3)
    print(t == u, t != u)
    u = Tagged("y", Version(1, 0), [1, 2])
    print(t == u)
    var m = Mod(3)
    print(m == 10, m != 10, m < 4, m <= 3, m > 3, m >= 4)
    print(a < b and b < Version(2, 0))
