from std.complex import ComplexFloat32, ComplexFloat64, ComplexSIMD


def main() raises:
    var c = ComplexFloat64(1, 2)
    var d = ComplexFloat64(3, -1)
    print(c + d, c - d, c * d, c / d, -c)
    print(c.re, c.im, c.norm(), c.squared_norm(), c.conj(), c == c, c != d)
    print(c.squared_add(d), c.fma(c, d))
