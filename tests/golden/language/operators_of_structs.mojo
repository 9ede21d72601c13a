"""Operators that structs define: arithmetic, in place, reflected, comparisons, subscripts, calls, conversions."""


@fieldwise_init
struct Money(Copyable, Comparable, Writable, Boolable, Intable):
    var cents: Int

    def __add__(self, other: Self) -> Self:
        return Self(self.cents + other.cents)

    def __mul__(self, n: Int) -> Self:
        return Self(self.cents * n)

    def __rmul__(self, n: Int) -> Self:
        return self * n

    def __neg__(self) -> Self:
        return Self(-self.cents)

    def __iadd__(mut self, other: Self):
        self.cents += other.cents

    def __lt__(self, other: Self) -> Bool:
        return self.cents < other.cents

    def __bool__(self) -> Bool:
        return self.cents != 0

    def __int__(self) -> Int:
        return self.cents

    def __call__(self, tax: Int) -> Self:
        return Self(self.cents + tax)

    def __contains__(self, x: Int) -> Bool:
        return x <= self.cents

    def write_to(self, mut w: Some[Writer]):
        w.write("$", self.cents // 100, ".", self.cents % 100)


def main():
    var a = Money(250)
    var b = Money(125)
    print(a + b, a * 2, 3 * b, -b, a(30))
    a += b
    print(a, a > b, a <= b, a == b, a != b, max(a.cents, b.cents))
    if a:
        print("some", Int(a), 300 in a, 400 in a)
    if not Money(0):
        print("none")
