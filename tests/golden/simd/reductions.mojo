def main():
    var v = SIMD[DType.float64, 4](1, 2, 3, 4)
    print(v.reduce_add(), v.reduce_mul(), v.reduce_min(), v.reduce_max())
    # The order shows in what is lost: halves are added, again and again.
    var w = SIMD[DType.float64, 8](1e16, 1, -1e16, 1, 3, 1e-3, 1e16, -1e16)
    print(w.reduce_add(), w.reduce_mul())
    var x = SIMD[DType.float32, 4](1e8, 1, -1e8, 1)
    print(x.reduce_add())
    var i = SIMD[DType.int32, 8](7, -2, 3, 4, 15, -6, 9, 1)
    print(i.reduce_add(), i.reduce_mul(), i.reduce_min(), i.reduce_max(), i.reduce_and(), i.reduce_or())
    print(i.reduce_add[2](), i.reduce_max[4]())
    var b = SIMD[DType.uint8, 16](200)
    print(b.reduce_add(), b.reduce_bit_count())
    print(Int32(5).reduce_add(), Float64(2).reduce_max())
