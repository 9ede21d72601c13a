from std.math import clamp, copysign, fma, frexp, iota, isclose, ldexp, modf, recip, remainder, rsqrt
from std.utils.numerics import inf, isfinite, isinf, isnan, max_finite, min_finite, nan, nextafter


def main():
    for x in [Float64(10), 0.75, -3.5, 1e300, 5e-324, 0.0]:
        var f = frexp(x)
        print(f[0], f[1], end="; ")
        var m = modf(x)
        print(m[0], m[1])
    print(ldexp(Float64(0.75), Int32(4)), ldexp(Float64(1), Int32(-1000)), ldexp(Float32(3), Int32(2)))
    print(fma(Float64(2), Float64(3), Float64(4)), fma(3, 4, 5))
    print(fma(Float64(1.0000000000000002), Float64(1.0000000000000002), Float64(-1)))
    print(fma(Float32(1.0000001), Float32(1.0000001), Float32(-1)))
    print(clamp(Float64(5), Float64(1), Float64(3)), clamp(7, 1, 3), clamp(-7, 1, 3))
    print(iota[DType.int32, 4](), iota[DType.float32, 4](2))
    print(remainder(Float64(7), Float64(2)), remainder(Float64(-7.5), Float64(2)), remainder(Float64(5), Float64(3)))
    print(remainder(Float64(1e18), Float64(7)), remainder(Float64(6), Float64(4)), remainder(Float64(2), Float64(4)))
    print(copysign(Float32(1), Float32(-2)), copysign(Float64(-3), Float64(0.0)), rsqrt(Float64(4)), recip(Float64(4)))
    print(isclose(1.0, 1.0 + 1e-9), isclose(Float64(1.0), Float64(1.1)))
    print(nan[DType.float64](), inf[DType.float32](), isnan(nan[DType.float32]()), isinf(Float32(1)), isfinite(Float64(2)))
    print(isnan(SIMD[DType.float64, 2](0, 1)), isinf(-inf[DType.float64]()), isfinite(inf[DType.float64]()))
    print(max_finite[DType.float32](), min_finite[DType.float64](), max_finite[DType.int8](), min_finite[DType.int16]())
    print(nextafter(Float64(1), Float64(2)), nextafter(Float64(0), Float64(-1)))
