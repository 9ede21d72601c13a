def main():
    print(Int(3.99 + Float64(0)), Int(Float64(-3.99)), Int(Float64(1e15)))
    print(Float64(7) / 2, Float64(Int32(-5)), Float32(Int(3)) / 2)
    print(Int8(Int(200)), UInt8(Int(-1)), Int32(Int(4294967297)), UInt16(Int(70000)))
    print(Int(UInt8(255)), Int(Int8(-1)), UInt64(Int(-1)), Int(UInt32(4294967295)))
    print(Int(True), Int(False), Float64(True), Bool(3), Bool(0))
    print(Float64(Float32(0.1)), Float32(Float64(0.1)))
    print(UInt(Int(5)) + 3, Int64(Int(9)) * 2, Int(UInt64(77)))
    print(UInt32(Float64(3e9)), Int8(Float32(-7.9)))
    var n = 1 << 62
    print(Float64(n), Float64(n + 1), Float64(-n), Float64(UInt64(18446744073709551615)))
    print(Float32(16777217), Float32(Int(33554435)))
