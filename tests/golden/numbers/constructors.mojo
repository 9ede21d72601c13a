def main() raises:
    print(Int(True), Float64(True), Int("42"), Float64("2.5"), Int8(200), UInt8(-1), Int64(3), Int32(Float32(-2.7)), UInt16(70000), Int(Float64(1e3)))
    var a = UInt8(250)
    a += 10
    print(a, a - 5, -a, ~a, a << 1, a >> 1)
    var b: Int64 = 5
    print(b ** 2, b // 2, b % 3, b * 1000000, -b, UInt64(b), Int(b), b == 5, b < 6)
    print(Bool(5), Bool(Float64(0)), Bool(UInt8(1)))
    print(min(b, 3), max(UInt64(3), UInt64(4)), abs(Int64(-4)))
    print(round(Float32(2.5)), round(Float64(3.5)), round(2.567, 2), divmod(Int32(7), Int32(-2)))
    print(Float32(0.1), Float64(Float32(0.1)), Float32(16777217), Float64(1) / 3, Float32(1) / 3)
    print(UInt64.MAX, Int64.MIN, UInt.MAX, Int16.MAX, UInt32.MAX, Float32.MAX, Float32.MAX_FINITE)
    if b: print("yes")
    var u: UInt = 7
    print(u // 2, u - 8, u * 3, Int(u), UInt(5) % 3)
    print(5 // 2, -5 // 2, 5 % -3, 7 / 2, 2 ** 10, 2.0 ** 3)
    print(Int(5) / 2, Int(-5) / 2, Float64(5) / 2)
    print()
