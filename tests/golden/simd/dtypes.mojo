from std.sys import size_of, simd_width_of, bit_width_of


def show[dt: DType](x: Scalar[dt]):
    print(dt, x, dt.is_floating_point(), dt.is_integral(), dt.is_signed(), dt.is_unsigned(), dt.is_numeric())


def main():
    show(Float32(1.5))
    show(3)
    show(UInt8(200))
    show(True)
    show(Int64(-4))
    print(DType.float64, DType.int, DType.uint, DType.bool, DType.int64)
    var d = DType.int8
    print(d, d == DType.int8, d != DType.int8, d.is_signed(), d.is_floating_point())
    d = DType.float32
    print(d, d.is_signed(), d.is_integral())
    print(size_of[Float32](), size_of[SIMD[DType.float32, 4]](), size_of[DType.int16](), size_of[Int]())
    print(bit_width_of[UInt16](), bit_width_of[DType.float64]())
    comptime width = simd_width_of[DType.float32]()
    print(width, simd_width_of[Float64](), SIMD[DType.int32, width](1))
    print(Int.MAX, Int.MIN, UInt8.MAX, Float64.MAX, Float64.MIN, Float64.MAX_FINITE, Float32.MIN_FINITE, Int8.MIN)
    print(Scalar[DType.int16].MAX, SIMD[DType.int16, 2].MAX)
