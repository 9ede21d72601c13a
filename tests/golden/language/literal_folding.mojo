"""Literals are exact until a variable holds them."""


def main():
    print(0.1 + 0.2, 0.1 * 3, 7 / 2, 1 / 3 * 3, 1 << 100 >> 98)
    var a = 0.1
    print(a + 0.2, 3 * a)
    comptime c = 0.1 + 0.2
    print(c, 2 ** 10, -7 // 2, -7 % 3)
    var big: UInt64 = 0xFFFF_FFFF_FFFF_FFFF
    print(big, 0b1010, 0o17, 1_000_000)
    var small: UInt8 = 300 - 45
    print(small)
    comptime huge = 2 ** 70
    print(huge // 2 ** 60)
    print(1e3, 2.5e-3, 1e16, 1e-5)
