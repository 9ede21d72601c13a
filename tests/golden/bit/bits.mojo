from std.bit import bit_not, bit_reverse, bit_width, byte_swap, count_leading_zeros, count_trailing_zeros, pop_count


def main():
    print(pop_count(255), pop_count(UInt8(7)), pop_count(Int32(-1)), pop_count(0))
    print(count_leading_zeros(1), count_leading_zeros(UInt8(1)), count_leading_zeros(Int16(-1)), count_leading_zeros(UInt32(0)))
    print(count_trailing_zeros(8), count_trailing_zeros(Int32(0)), count_trailing_zeros(UInt8(128)))
    print(bit_reverse(UInt8(1)), bit_reverse(UInt16(0x00F1)), bit_reverse(Int8(1)), bit_reverse(1))
    print(byte_swap(UInt16(0x1234)), byte_swap(UInt32(0x12345678)), byte_swap(0x0102030405060708), byte_swap(UInt8(5)))
    print(bit_width(5), bit_width(UInt8(200)), bit_width(-5), bit_width(0), bit_width(Int8(-128)), bit_not(5))
    var v = SIMD[DType.int32, 4](1, 3, 7, -1)
    print(pop_count(v), count_leading_zeros(v), count_trailing_zeros(v), bit_width(v))
    print(bit_reverse(SIMD[DType.uint8, 4](1, 2, 3, 255)), byte_swap(SIMD[DType.uint16, 2](1, 0xFF00)))
