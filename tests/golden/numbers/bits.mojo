def main():
    var x = 0b1011_0110
    print(x, x << 3, x >> 2, x & 0xF, x | 0x100, x ^ 0xFF, ~x)
    print(-17 >> 2, -1 >> 60, 1 << 62)
    var u: UInt32 = 0xDEADBEEF
    print(u >> 4, u << 4, ~u, u & 0xFFFF, u >> 31)
    var i: Int32 = -559038737
    print(i >> 4, i << 4)
    var b: UInt8 = 0xAB
    print(b >> 1, b << 1, ~b)
    x <<= 2
    x |= 1
    x &= 0xFFF0
    x ^= 0x11
    x >>= 1
    print(x, 0o17, 1_000_000)
