"""Complex numbers."""

from std.complex import ComplexFloat64, ComplexSIMD


def main():
    var a = ComplexFloat64(3, 4)
    var b = ComplexFloat64(1, -2)
    print(a, a + b, a - b, a * b, a / b, -a)
    print(a.norm(), a.squared_norm(), a.conj(), a.re, a.im)
    print(a == b, a != b, a.fma(b, a), a.squared_add(b))
    print(repr(a))
