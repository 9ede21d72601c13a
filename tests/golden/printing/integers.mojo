def main():
    print(Int8(-128), Int8(127), UInt8(255), Int16(-32768), UInt16(65535))
    print(Int32(-2147483648), UInt32(4294967295), Int64(9223372036854775807))
    print(UInt64(18446744073709551615), UInt(3))
    var x = 1
    for _ in range(63):
        print(x, -x, end=" ")
        x *= 2
    print(x, x - 1)
    x = 7
    for _ in range(19):
        print(x, -x, end=" ")
        x = x * 10 + 3
    print()
