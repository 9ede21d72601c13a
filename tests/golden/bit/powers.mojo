from std.bit import log2_ceil, log2_floor, next_power_of_two, prev_power_of_two, rotate_bits_left, rotate_bits_right


def main():
    for x in range(0, 20):
        print(x, next_power_of_two(x), prev_power_of_two(x), end="; ")
    print()
    print(next_power_of_two(1000), prev_power_of_two(1000), next_power_of_two(UInt32(33)), prev_power_of_two(UInt32(33)))
    for x in range(1, 18):
        print(log2_floor(x), log2_ceil(x), end="; ")
    print()
    print(rotate_bits_left[3](UInt8(0x81)), rotate_bits_right[3](UInt8(0x81)), rotate_bits_left[1](1))
    print(rotate_bits_left[1](-2), rotate_bits_right[1](UInt32(1)), rotate_bits_left[0](UInt32(77)))
    print(rotate_bits_left[4](SIMD[DType.uint8, 4](1, 2, 0xF0, 0x18)))
    print(Int(64).is_power_of_two(), Int(65).is_power_of_two(), Int(0).is_power_of_two(), Int(-8).is_power_of_two())
