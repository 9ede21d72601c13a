def main():
    var v = SIMD[DType.float64, 4](1, 2, 3, 4)
    print(v + 1, v * v, 2 * v, -v, v // 2, v % 3, v**2, v / 2)
    var s: Float64 = 0.5
    print(s * v, v - s)
    v += 1
    v *= v
    print(v)
    var i = SIMD[DType.int32, 4](1, -2, 3, 4)
    print(i & 3, i | 1, i ^ 2, i << 1, i >> 1, ~i)
    print(i // 2, i % 3, i / 2, i**3, -i)
    var zero = SIMD[DType.int32, 4](0, 1, 0, 2)
    print(i // zero, i % zero)
    var b = SIMD[DType.uint8, 4](250, 251, 252, 253)
    print(b + 10, b - 251, b * b, b // 7, b >> 3)
    var wide = SIMD[DType.int64, 8](0, 1, 2, 3, 4, 5, 6, 7)
    print(wide * wide - 3, 1 - wide)
