"""min, max, abs, any, all, round over the types that have them."""


def main():
    var xs: List[Bool] = [True, False, True]
    print(any(xs), all(xs), any([False, False]), all([True]))
    print(min(2, 5), max(2.5, 1.5), min(String("b"), String("a")), max(UInt8(3), UInt8(9)))
    print(abs(-7), abs(-2.25), abs(SIMD[DType.int32, 4](-1, 2, -3, 4)))
    print(min(SIMD[DType.float32, 2](1, 5), SIMD[DType.float32, 2](3, 2)))
    print(round(0.5), round(1.5), round(-0.5), round(2.675, 2), round(SIMD[DType.float64, 2](1.5, 2.4)))
    print(divmod(23, 7)[0], divmod(23, 7)[1], divmod(-23.5, 7.0)[1])
    print(Bool(""), Bool("x"), Bool(0), Bool(List[Int]()), not xs)
