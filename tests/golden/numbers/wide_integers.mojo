"""Integers of 128 bits: arithmetic that wraps, division, shifts, comparisons, conversions, text."""


def square(x: UInt128) -> UInt128:
    return x * x


def gcd(a: Int128, b: Int128) -> Int128:
    var x, y = a, b
    while y != 0:
        x, y = y, x % y
    return x


def main() raises:
    var a = UInt128(0xFFFFFFFFFFFFFFFF)
    print(a, a * a, a + 1, a * UInt128(2))
    print((a * a >> 64).cast[DType.uint64](), (a * a).cast[DType.uint64]())
    var big: UInt128 = 340282366920938463463374607431768211455
    print(big, big + 1, big - big, UInt128.MAX, UInt128.MIN)
    print(Int128.MAX, Int128.MIN, -Int128(5), Int128.MAX + 1)
    var n: Int128 = -170141183460469231731687303715884105728
    print(n, -n, n // 2, n // -1, n % 7, n // 7)
    print(Int128(-7) // 2, Int128(-7) % 2, Int128(7) // -2, Int128(7) % -2, Int128(-7) / 2)
    print(big // 10, big % 10, big // UInt128(1 << 70), big % UInt128(1 << 70))
    print(UInt128(1) << 100, UInt128(1) << UInt128(127), big >> 127, n >> 100, n >> 64)
    print(big & 0xFF, UInt128(5) | (UInt128(1) << 64), big ^ (big >> 1), ~UInt128(0), ~Int128(5))
    print(a < big, a == big, n < 0, Int128(3) > n, UInt128(3) <= 3, big != a, max(a, big) == big)
    print(Int(a), UInt64(big), Int(n), Int64(Int128(-9)), UInt8(big), Int32(Int128(-5)))
    print(Float64(UInt128(1) << 100), Float64(Int128(-3)), Float64(big))
    print(UInt128(Int(-1)), Int128(Int(-1)), UInt128(UInt8(200)), Int128(big), UInt128(n))
    print(UInt128(Float64(1e30)), Int128(Float64(-2.5)))
    var s: Int128 = 1
    for i in range(1, 34):
        s *= Int128(i)
    print(s)
    s += 5
    s -= 3
    s //= 1000
    s %= 1000000007
    s <<= 3
    s >>= 1
    s |= 1
    s ^= 6
    s &= 0xFFFF
    print(s)
    print(square(UInt128(12345678901234567890)), gcd(Int128(1) << 90, Int128(3) << 80))
    var words: List[UInt128] = [1, 2, 3]
    words[1] += big
    print(words, len(words))
    print(String(big), "{} and {}".format(a, n), repr(UInt128(5)), repr(Int128(-5)))
    print(abs(n + 1), min(Int128(3), Int128(-3)), Int128(2) ** 100, UInt128(10) ** 30)
    print(Bool(big), Bool(UInt128(0)), not UInt128(0))
    if big:
        print("true")
    comptime c: UInt128 = 1 << 90
    print(c, c + 1)
    var d: Dict[UInt128, Int] = {UInt128(1) << 80: 3}
    print(d[UInt128(1) << 80], hash(UInt128(7)) == hash(UInt128(7)))
    print(divmod(Int128(-7), Int128(2))[0], Int(Int128(123)) + 1)
