def main():
    var a = Int8(100)
    var b = Int8(100)
    print(a + b, UInt8(200) + UInt8(100), UInt16(65535) + 1)
    print(Int32(1) << 31, UInt32(1) << 31, Int64(-1) >> 1, UInt64(1) << 63)
    print(Int(Int8(-1)), UInt8(Int(300)), Int(UInt32(4294967295)))
    print(Float32(0.1), Float64(Float32(0.1)))
    print(UInt8(7) // UInt8(2), Int16(-7) // 2, Int16(-7) % 4)
