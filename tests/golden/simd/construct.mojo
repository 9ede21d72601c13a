def main():
    var v = SIMD[DType.float64, 4](1, 2, 3, 4)
    print(v)
    print(SIMD[DType.int32, 4](7), SIMD[DType.int32, 2]())
    print(SIMD[DType.bool, 4](fill=True), SIMD[DType.bool, 2](True, False))
    var s: Float32 = 2
    var w: SIMD[DType.float32, 4] = s
    print(w)
    var x: SIMD[DType.uint8, 8] = 255
    print(x)
    print(SIMD[DType.float64, 2](1.0, s.cast[DType.float64]()))
    print(SIMD[DType.int32, 4](v))
    print(Scalar[DType.float32](1.5), Scalar[DType.uint8](200))
    var z = SIMD[DType.float32, 16](1)
    print(z)
