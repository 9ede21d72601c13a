"""std.complex: numbers of a real and an imaginary part, or vectors of such."""


struct ComplexSIMD[dtype: DType, size: SIMDLength](ImplicitlyCopyable, Movable, Equatable):
    var re: SIMD[Self.dtype, Self.size]
    var im: SIMD[Self.dtype, Self.size]

    def __init__(out self, re: SIMD[Self.dtype, Self.size], im: SIMD[Self.dtype, Self.size] = 0):
        self.re = re
        self.im = im

    def __add__(self, other: Self) -> Self:
        return Self(self.re + other.re, self.im + other.im)

    def __sub__(self, other: Self) -> Self:
        return Self(self.re - other.re, self.im - other.im)

    def __mul__(self, other: Self) -> Self:
        return Self(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )

    def __truediv__(self, other: Self) -> Self:
        var denominator = other.squared_norm()
        return Self(
            (self.re * other.re + self.im * other.im) / denominator,
            (self.im * other.re - self.re * other.im) / denominator,
        )

    def __neg__(self) -> Self:
        return Self(-self.re, -self.im)

    def __iadd__(mut self, other: Self):
        self = self + other

    def __isub__(mut self, other: Self):
        self = self - other

    def __imul__(mut self, other: Self):
        self = self * other

    def __itruediv__(mut self, other: Self):
        self = self / other

    def __eq__(self, other: Self) -> Bool:
        return self.re == other.re and self.im == other.im

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def squared_norm(self) -> SIMD[Self.dtype, Self.size]:
        return self.re * self.re + self.im * self.im

    def norm(self) -> SIMD[Self.dtype, Self.size]:
        return sqrt(self.squared_norm())

    def conj(self) -> Self:
        return Self(self.re, -self.im)

    def squared_add(self, other: Self) -> Self:
        """The square of this, plus `other`."""
        return Self(
            self.re * self.re - self.im * self.im + other.re,
            self.re * self.im + self.re * self.im + other.im,
        )

    def fma(self, factor: Self, summand: Self) -> Self:
        """The product of this with `factor`, plus `summand`."""
        return self * factor + summand


comptime ComplexScalar[dtype: DType] = ComplexSIMD[dtype, 1]

comptime ComplexFloat64 = ComplexSIMD[DType.float64, 1]

comptime ComplexFloat32 = ComplexSIMD[DType.float32, 1]


def _write[dtype: DType, size: SIMDLength](mut out: String, value: ComplexSIMD[dtype, size]):
    _write(out, value.re)
    out += " + "
    _write(out, value.im)
    out += "i"


def _write_repr[dt: DType, n: SIMDLength](mut out: String, value: ComplexSIMD[dt, n]):
    out += "ComplexSIMD["
    _write(out, dt)
    out += ", "
    _write(out, Int(n))
    out += "]("
    _write(out, value)
    out += ")"
