"""std.math: whole numbers, the parts of floats, and what is a line or two of arithmetic."""


def nan[dt: DType]() -> Scalar[dt]:
    return Scalar[dt](_not_a_number())


def inf[dt: DType]() -> Scalar[dt]:
    return Scalar[dt](_infinity())


def neg_inf[dt: DType]() -> Scalar[dt]:
    return Scalar[dt](-_infinity())


def max_finite[dt: DType]() -> Scalar[dt]:
    comptime if dt.is_floating_point():
        return Scalar[dt].MAX_FINITE
    else:
        return Scalar[dt].MAX


def min_finite[dt: DType]() -> Scalar[dt]:
    comptime if dt.is_floating_point():
        return Scalar[dt].MIN_FINITE
    else:
        return Scalar[dt].MIN


def max_or_inf[dt: DType]() -> Scalar[dt]:
    return Scalar[dt].MAX


def min_or_neg_inf[dt: DType]() -> Scalar[dt]:
    return Scalar[dt].MIN


# --------------------------------------------------------------------------------------------------- whole numbers


def gcd(m: Int, n: Int) -> Int:
    """The greatest common divisor, not negative."""
    var a = abs(m)
    var b = abs(n)
    while b != 0:
        var rest = a % b
        a = b
        b = rest
    return a


def lcm(m: Int, n: Int) -> Int:
    """The least common multiple, not negative."""
    var divisor = gcd(m, n)
    return 0 if divisor == 0 else abs(m // divisor * n)


def factorial(n: Int) -> Int:
    """Of 0 to 20."""
    var result = 1
    for i in range(2, n + 1):
        result *= i
    return result


def ceildiv[dt: DType, n: SIMDLength](numerator: SIMD[dt, n], denominator: SIMD[dt, n]) -> SIMD[dt, n]:
    """The quotient, rounded up."""
    comptime if dt.is_floating_point():
        return __intrinsic_ceil(numerator / denominator)
    elif dt.is_unsigned():
        var quotient = numerator // denominator
        var rest = __compare["!="](numerator % denominator, SIMD[dt, n](0))
        return quotient + SIMD[dt, n](rest)
    else:
        return -(numerator // -denominator)


def align_up(value: Int, alignment: Int) -> Int:
    """The least multiple of the alignment that is not below."""
    return ceildiv(value, alignment) * alignment


def align_down(value: Int, alignment: Int) -> Int:
    """The largest multiple of the alignment that is not above."""
    return value // alignment * alignment


def align_up(value: UInt, alignment: UInt) -> UInt:
    return ceildiv(value, alignment) * alignment


def align_down(value: UInt, alignment: UInt) -> UInt:
    return value // alignment * alignment


# ---------------------------------------------------------------------------------------------------------- floats


def clamp[
    dt: DType, n: SIMDLength
](value: SIMD[dt, n], lower_bound: SIMD[dt, n], upper_bound: SIMD[dt, n]) -> SIMD[dt, n]:
    return value.clamp(lower_bound, upper_bound)


def fma[
    dt: DType, n: SIMDLength
](a: SIMD[dt, n], b: SIMD[dt, n], c: SIMD[dt, n]) -> SIMD[dt, n]:
    return a.fma(b, c)


def rsqrt[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return 1 / sqrt(x)


def recip[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return 1 / x


def iota[dt: DType, n: SIMDLength](offset: Scalar[dt] = 0) -> SIMD[dt, n]:
    """offset, offset + 1, offset + 2, ..."""
    var result = SIMD[dt, n]()
    for i in range(n):
        result[i] = Scalar[dt](i) + offset
    return result


def isclose[
    dt: DType, n: SIMDLength
](
    a: SIMD[dt, n],
    b: SIMD[dt, n],
    *,
    atol: Float64 = 1e-08,
    rtol: Float64 = 1e-05,
    equal_nan: Bool = False,
) -> SIMD[DType.bool, n]:
    var same = __compare["=="](a, b)
    comptime if dt.is_floating_point():
        if equal_nan:
            same = same | (isnan(a) & isnan(b))
        var limit = max(abs(a), abs(b)) * Scalar[dt](rtol)
        limit = max(limit, SIMD[dt, n](Scalar[dt](atol)))
        var near = __compare["<="](abs(a - b), limit)
        return same | (near & isfinite(a) & isfinite(b))
    else:
        return same


def remainder[dt: DType, n: SIMDLength](x: SIMD[dt, n], y: SIMD[dt, n]) -> SIMD[dt, n]:
    """x - y * k for the whole k nearest to x / y, exactly."""
    comptime if n == 1:
        return Scalar[dt](_remainder(Float64(x), Float64(y)))
    else:
        var result = x
        for i in range(n):
            result[i] = remainder(x[i], y[i])
        return result


def _remainder(x: Float64, y: Float64) -> Float64:
    if not _is_finite(x) or y != y or y == 0.0:
        return _not_a_number()
    if not _is_finite(y):
        return x
    var size = abs(x)
    var divisor = abs(y)
    if divisor < 8e307:
        size = _exact_rest(size, 2.0 * divisor)
    if divisor < 4.450147717014403e-308:
        if size + size > divisor:
            size -= divisor
            if size + size >= divisor:
                size -= divisor
    else:
        var half = 0.5 * divisor
        if size > half:
            size -= divisor
            if size >= half:
                size -= divisor
    return -size if x < 0.0 or 1.0 / x < 0.0 else size


def _exact_rest(x: Float64, y: Float64) -> Float64:
    """x - y * floor(x / y), exactly, for x >= 0 and y > 0: by doublings of y."""
    var rest = x
    while rest >= y:
        var part = y
        while part <= rest * 0.5:
            part *= 2.0
        rest -= part
    return rest


def modf[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> Tuple[SIMD[dt, n], SIMD[dt, n]]:
    """The whole part and the fraction, both with x's sign."""
    var whole = __intrinsic_trunc(x)
    var fraction = __select(isinf(x), SIMD[dt, n](0), x - whole)
    return (whole, __intrinsic_copysign(fraction, x))


def frexp[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> Tuple[SIMD[dt, n], SIMD[dt, n]]:
    """x = m * 2**e with 0.5 <= |m| < 1: m and e."""
    var significand = x
    var exponent = x
    for i in range(n):
        var parts = _frexp(Float64(x[i]))
        significand[i] = Scalar[dt](parts[0])
        exponent[i] = Scalar[dt](parts[1])
    return (significand, exponent)


def ldexp[dt: DType, n: SIMDLength](x: SIMD[dt, n], exponent: SIMD[DType.int32, n]) -> SIMD[dt, n]:
    """x * 2**exponent."""
    comptime if n == 1:
        return Scalar[dt](_ldexp(Float64(x), Int(exponent)))
    else:
        var result = x
        for i in range(n):
            result[i] = ldexp(x[i], exponent[i])
        return result


def _ldexp(x: Float64, exponent: Int) -> Float64:
    var power = max(min(exponent, 2200), -2200)
    var result = x
    while power > 1000:
        result *= _power_of_two(1000)
        power -= 1000
    if power >= -1000:
        return result * _power_of_two(power)
    # Downwards in one rounding: first as far as the result stays normal.
    var parts = _frexp(x)
    if parts[0] == 0.0 or not _is_finite(x):
        return x
    var total = Int(parts[1]) + power
    if total < -1100:
        return 0.0 * x
    if total > -1000:
        return parts[0] * _power_of_two(total)
    return parts[0] * _power_of_two(total + 1000) * _power_of_two(-1000)


def _frexp(x: Float64) -> Tuple[Float64, Float64]:
    if x == 0.0 or not _is_finite(x):
        return (x, 0.0)
    var scaled = x
    var power = 0
    if abs(x) < 2.2250738585072014e-308:
        scaled *= 18014398509481984.0
        power = -54
    power += _exponent_bits(scaled) - 1022
    var bits = (_bits_of(scaled) & 0x800FFFFFFFFFFFFF) | 0x3FE0000000000000
    return (_float_of_bits(bits), Float64(power))


def logb(x: Float64) -> Float64:
    """The exponent of x as a float."""
    if x == 0.0:
        return -_infinity()
    return _frexp(x)[1] - 1.0 if _is_finite(x) else x * x


def scalb(x: Float64, exponent: Float64) -> Float64:
    return _ldexp(x, Int(exponent))


def ulp(x: Float64) -> Float64:
    """The gap to the next float away from zero."""
    if not _is_finite(x):
        return abs(x)
    var size = abs(x)
    return _float_of_bits(_bits_of(size) + 1) - size


def nextafter(start: Float64, towards: Float64) -> Float64:
    """The next float on the way."""
    if start != start or towards != towards:
        return _not_a_number()
    if start == towards:
        return towards
    if start == 0.0:
        return __intrinsic_copysign(5e-324, towards)
    var bits = _bits_of(start)
    return _float_of_bits(bits + 1 if (start < towards) == (start > 0.0) else bits - 1)


def comb(n: Int, k: Int) -> Int:
    """In how many ways k of n things can be chosen."""
    if k < 0 or k > n:
        return 0
    var result = 1
    for i in range(min(k, n - k)):
        result = result * (n - i) // (i + 1)
    return result


def perm(n: Int, k: Int) -> Int:
    """In how many ways k of n things can be put in a row."""
    if k < 0 or k > n:
        return 0
    var result = 1
    for i in range(k):
        result *= n - i
    return result
