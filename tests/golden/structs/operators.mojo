@fieldwise_init
struct Complex(Copyable, Movable):
    var re: Float64
    var im: Float64

    def __add__(self, other: Self) -> Self:
        return Self(self.re + other.re, self.im + other.im)

    def __sub__(self, other: Self) -> Self:
        return Self(self.re - other.re, self.im - other.im)

    def __mul__(self, other: Self) -> Self:
        return Self(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    def __mul__(self, factor: Float64) -> Self:
        return Self(self.re * factor, self.im * factor)

    def __neg__(self) -> Self:
        return Self(-self.re, -self.im)

    def __eq__(self, other: Self) -> Bool:
        return self.re == other.re and self.im == other.im

    def __lt__(self, other: Self) -> Bool:
        return self.re < other.re

    def __iadd__(mut self, other: Self):
        self.re += other.re
        self.im += other.im

    def __getitem__(self, index: Int) -> Float64:
        return self.re if index == 0 else self.im


def main():
    var a = Complex(1.0, 2.0)
    var b = Complex(3.0, -1.0)
    var c = a + b * a - b
    print(c.re, c.im, c[0], c[1])
    c = -c * 2.0
    print(c.re, c.im)
    c += a
    print(c.re, c.im)
    print(a == b, a == Complex(1.0, 2.0), a < b)
