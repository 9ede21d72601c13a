"""SIMD: gathering lanes, sums, selections."""


def main():
    var v = SIMD[DType.float32, 8](1, 2, 3, 4, 5, 6, 7, 8)
    print(v.reduce_add(), v.reduce_mul(), v.reduce_min(), v.reduce_max())
    print(v.slice[4](), v.slice[4, offset=2](), v.rotate_left[1](), v.rotate_right[2](), v.shift_left[1](), v.shift_right[3]())
    print(v.reversed(), v.join(v).reduce_add(), v.slice[2]().interleave(v.slice[2, offset=2]()))
    var m = v.gt(4.5)
    print(m, m.reduce_or(), m.reduce_and(), m.select(v, -v))
    print(v.cast[DType.int8](), v.fma(2, 1), v.clamp(2, 5))
    var i = SIMD[DType.uint8, 4](250, 3, 128, 1)
    print(i + 10, i << 1, i >> 1, i & 3, ~i, i.reduce_or(), i.reduce_and())
    print(i.reduce_add(), i.cast[DType.int]().reduce_add(), i.eq(3), i.ne(3))
