# Literal arithmetic is exact; a variable rounds.
comptime THIRD = 1 / 3
comptime BIG = 1 << 100 >> 98


def main():
    print(0.1 + 0.2, 0.1 * 3, 7 / 2, THIRD * 3, BIG)
    var x = 0.1
    print(x + 0.2, x * 3)
    print(2 ** 10, 2.5 ** 3)
    print(1e3, 1_000.5, 0xFF, 0b101, 0o17)
    var big: UInt64 = 0xFFFFFFFFFFFFFFFF
    print(big, big >> 60)
    var small: UInt8 = 255
    print(small)
    print(-7 // 2, -7 % 2, 7 // -2)
    print(10 - 3 - 2, 2 + 3 * 4, (2 + 3) * 4, -2 ** 2, 2 ** 3 ** 2)
