def main():
    var a: Int8 = 127
    a += 1
    print(a, -a, a // 3, a % 3, a / 3, abs(a))
    var b: UInt16 = 3
    b -= 5
    print(b, b >> 4, b << 3, ~b, b // 7, b % 7)
    var c: Int64 = 9223372036854775807
    c += 1
    print(c, c - 1, Int(c), UInt64(c), c // -1)
    var d: UInt64 = 0
    d -= 1
    print(d, d // 10, d % 10, d > 5, Float64(d))
    print(Int32(2147483647) + 1, UInt32(4000000000) + 500000000, Int16(300) * 300)
    print(Int8(200), UInt8(300), Int32(1 << 40), UInt8(-1))
    var wide = 70000
    print(Int16(wide), UInt8(wide), Int64(wide), Int8(UInt8(wide)))
    print(Int64(5) ** 3, UInt8(3) ** 6, Int32(-2) ** 3)
    print(Int64(6) & 3, UInt64(6) | 1, Int64(6) ^ 5, Int64(-16) >> 2)
    print(Int.MAX, Int64.MAX, UInt64.MAX, UInt.MAX, Int32.MIN, Int16.MIN)
    var xs: List[Int64] = [3, 1, 2]
    var total: Int64 = 0
    for x in xs:
        total += x
    print(total, xs)
