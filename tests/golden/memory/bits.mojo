"""Bits of memory: bitcast, pack_bits, reinterpreted numbers."""

from std.memory import bitcast, pack_bits


def main():
    print(bitcast[DType.uint32](Float32(1.0)), bitcast[DType.float64](UInt64(0x4000000000000000)))
    var v = SIMD[DType.int8, 4](1, 2, 3, 4)
    print(bitcast[DType.int32, 1](v))
    print(bitcast[DType.uint8, 8](UInt64(0x0102030405060708)))
    print(pack_bits(SIMD[DType.bool, 8](True, False, True, True, False, False, False, True)))
    print(bitcast[DType.uint16, 4](SIMD[DType.float32, 2](1.5, -2.0)))
    print(bitcast[DType.float64, 1](SIMD[DType.uint32, 2](0, 0x40080000)), bitcast[DType.uint8, 8](Float64(1.5)))
