def main():
    var a = SIMD[DType.float32, 4](1, 2, 3, 4)
    var b = SIMD[DType.float32, 4](10, 20, 30, 40)
    print(a + b, a * b, (a * b).reduce_add())
    print(a.reduce_max(), b.reduce_min(), a[2])
    var m = a.gt(2)
    print(m, m.select(a, b))
    print(a.cast[DType.int32]() + 1)
