comptime ONES = SIMD[DType.float32, 4](1)
comptime STEPS = SIMD[DType.int32, 4](1, 2, 4, 8)
comptime THIRD = STEPS[2]


def scaled[factor: Float64, n: SIMDLength]() -> SIMD[DType.float64, n]:
    return SIMD[DType.float64, n](factor)


def main():
    print(ONES, STEPS, ONES + 1, STEPS[1], THIRD, STEPS * STEPS)
    comptime n = 2 * 4
    comptime half = n // 2
    print(scaled[0.5, n](), SIMD[DType.bool, half](fill=False))
    comptime zero = SIMD[DType.float64, 2](0)
    var v = zero
    v[1] = 3
    print(v, zero)
