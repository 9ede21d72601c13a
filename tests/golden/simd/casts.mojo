def casts[source: DType](v: SIMD[source, 4]):
    print(source, v, v.cast[DType.int8](), v.cast[DType.uint8](), v.cast[DType.int16](), v.cast[DType.uint16]())
    print(v.cast[DType.int32](), v.cast[DType.uint32](), v.cast[DType.int64](), v.cast[DType.uint64]())
    print(v.cast[DType.float32](), v.cast[DType.float64](), v.cast[DType.bool](), v.cast[DType.int]())


def small[source: DType](v: SIMD[source, 2]):
    print(v + v, v * 3, v - 1, v // 2, v % 2, v.reduce_max(), v.gt(1), v.cast[DType.float64]() / 2)


def wide[source: DType](x: Scalar[source]):
    var v = SIMD[source, 16](x)
    v[3] = 1
    v[15] = 2
    print(v + 1, v.reduce_add(), v.reduce_min(), v.slice[4, offset=12](), v == v, v.eq(x).cast[DType.uint8]())


def main():
    casts(SIMD[DType.int8, 4](1, -2, 100, 0))
    casts(SIMD[DType.uint8, 4](1, 200, 100, 0))
    casts(SIMD[DType.int16, 4](1, -2, 300, 0))
    casts(SIMD[DType.uint16, 4](1, 60000, 300, 0))
    casts(SIMD[DType.int32, 4](1, -2, 70000, 0))
    casts(SIMD[DType.uint32, 4](1, 4000000000, 70000, 0))
    casts(SIMD[DType.int64, 4](1, -2, 1 << 40, 0))
    casts(SIMD[DType.uint64, 4](1, 2, 1 << 63, 0))
    casts(SIMD[DType.float32, 4](1.5, 2.75, 100.25, 0))
    casts(SIMD[DType.float64, 4](1.5, 2.75, 100.25, 0))
    casts(SIMD[DType.bool, 4](True, False, True, False))
    small(SIMD[DType.int8, 2](3, 5))
    small(SIMD[DType.uint16, 2](3, 5))
    small(SIMD[DType.float32, 2](3, 5))
    small(SIMD[DType.int64, 2](3, 5))
    wide(Int8(7))
    wide(UInt32(7))
    wide(Float64(7))
    wide(Int64(7))
