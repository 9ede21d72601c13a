"""std.math on Float32 and on vectors: each lane by itself, Float32 through Float64 and rounded."""


def sin[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](sin(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = sin(x[i])
        return result


def cos[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](cos(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = cos(x[i])
        return result


def tan[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](tan(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = tan(x[i])
        return result


def exp[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](exp(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = exp(x[i])
        return result


def exp2[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](exp2(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = exp2(x[i])
        return result


def log[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](log(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = log(x[i])
        return result


def log2[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](log2(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = log2(x[i])
        return result


def log10[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](log10(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = log10(x[i])
        return result


def atan[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](atan(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = atan(x[i])
        return result


def asin[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](asin(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = asin(x[i])
        return result


def acos[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](acos(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = acos(x[i])
        return result


def sinh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](sinh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = sinh(x[i])
        return result


def cosh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](cosh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = cosh(x[i])
        return result


def tanh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](tanh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = tanh(x[i])
        return result


def asinh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](asinh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = asinh(x[i])
        return result


def acosh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](acosh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = acosh(x[i])
        return result


def atanh[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](atanh(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = atanh(x[i])
        return result


def cbrt[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](cbrt(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = cbrt(x[i])
        return result


def expm1[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](expm1(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = expm1(x[i])
        return result


def log1p[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](log1p(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = log1p(x[i])
        return result


def erf[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](erf(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = erf(x[i])
        return result


def erfc[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](erfc(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = erfc(x[i])
        return result


def gamma[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](gamma(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = gamma(x[i])
        return result


def lgamma[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](lgamma(Float64(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = lgamma(x[i])
        return result


def atan2[dt: DType, n: SIMDLength](x: SIMD[dt, n], y: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](atan2(Float64(x), Float64(y)))
    else:
        var result = x
        for i in range(n):
            result[i] = atan2(x[i], y[i])
        return result


def hypot[dt: DType, n: SIMDLength](x: SIMD[dt, n], y: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime assert dt.is_floating_point(), "only floats have this function"
    comptime if n == 1:
        return SIMD[dt, n](hypot(Float64(x), Float64(y)))
    else:
        var result = x
        for i in range(n):
            result[i] = hypot(x[i], y[i])
        return result
