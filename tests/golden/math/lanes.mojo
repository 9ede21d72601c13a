from std.math import atan, ceil, cos, floor, log1p, sin, sqrt, trunc


def main():
    var v = SIMD[DType.float64, 4](4, 9, 16, 2.25)
    print(sqrt(v), floor(v / 3), ceil(v / 3), trunc(-v / 3), round(v / 3))
    print(sqrt(SIMD[DType.float32, 4](2, 3, 5, 7)), sqrt(SIMD[DType.int32, 4](15, 16, 17, 0)), sqrt(17), sqrt(UInt8(200)))
    print(floor(3), ceil(Float32(1.2)), trunc(Float32(-1.5)), floor(Int32(-4)))
    print(sin(v), cos(v), log1p(v))
    print(max(v, 5), min(v, SIMD[DType.float64, 4](5)), abs(-v))
    print(max(1, 2), min(3, 1, 2), max(Float32(1), Float32(2)), abs(Int32(-3)), max(UInt8(3), UInt8(250)))
    print(divmod(7, 2), divmod(-7, 2), pow(2, 10), pow(Float64(2), 0.5) > 1.41, pow(v, 2))
