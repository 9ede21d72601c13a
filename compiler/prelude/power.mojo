"""`**` and `pow`.

A whole exponent means repeated squaring and multiplication from the lowest bit on, as Mojo does it, so results agree
bit for bit; any other exponent takes the way of fdlibm's e_pow.c (below 0.7 ulp).
"""


def _pow[
    dt: DType, n: SIMDLength
](base: SIMD[dt, n], exponent: SIMD[dt, n]) -> SIMD[dt, n]:
    """Lane by lane."""
    comptime if n == 1:
        return _pow(base, Int(exponent))
    else:
        var result = base
        for i in range(n):
            result[i] = _pow(base[i], exponent[i])
        return result


def _pow[dt: DType, n: SIMDLength](base: SIMD[dt, n], exponent: Int) -> SIMD[dt, n]:
    """Of an integer, wrapping. A negative exponent gives the reciprocal's whole part."""
    comptime if n == 1:
        return _power_of_integer(base, exponent)
    else:
        var result = base
        for i in range(n):
            result[i] = _pow(base[i], exponent)
        return result


def _power_of_integer[dt: DType](base: Scalar[dt], exponent: Int) -> Scalar[dt]:
    if exponent < 0:
        if base == 1:
            return base
        if base + 1 == 0 and base < 0:
            return base if exponent & 1 == 1 else -base
        return base - base
    var result: Scalar[dt] = 1
    var square = base
    var rest = exponent
    while rest > 0:
        if rest & 1 == 1:
            result = result * square
        square = square * square
        rest = rest >> 1
    return result


def _pow(base: Float64, exponent: Int) -> Float64:
    if exponent < 0:
        return 1.0 / _power_natural(base, UInt64(0) - UInt64(exponent))
    return _power_natural(base, UInt64(exponent))


def _pow(base: Float32, exponent: Int) -> Float32:
    var result: Float32 = 1.0
    var square = base
    var rest = UInt64(exponent) if exponent >= 0 else UInt64(0) - UInt64(exponent)
    while rest > 0:
        if rest & 1 == 1:
            result = result * square
        square = square * square
        rest = rest >> 1
    return result if exponent >= 0 else 1.0 / result


def _pow(base: Float64, exponent: Float64) -> Float64:
    if exponent == __intrinsic_floor(exponent) and abs(exponent) < 9007199254740992.0:
        return _pow(base, Int(exponent))
    return _power_of_floats(base, exponent)


def _pow(base: Float32, exponent: Float32) -> Float32:
    if exponent == __intrinsic_floor(exponent) and abs(exponent) < 16777216.0:
        return _pow(base, Int(exponent))
    return Float32(_power_of_floats(Float64(base), Float64(exponent)))


def _power_natural(base: Float64, exponent: UInt64) -> Float64:
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0:
        if rest & 1 == 1:
            result = result * square
        square = square * square
        rest = rest >> 1
    return result


def pow[dt: DType, n: SIMDLength](base: SIMD[dt, n], exponent: SIMD[dt, n]) -> SIMD[dt, n]:
    return _pow(base, exponent)


def pow[dt: DType, n: SIMDLength](base: SIMD[dt, n], exponent: Int) -> SIMD[dt, n]:
    return _pow(base, exponent)


def pow(base: Float32, exponent: Float32) -> Float32:
    return _pow(base, exponent)


def pow(base: Float32, exponent: Int) -> Float32:
    return _pow(base, exponent)


def pow(base: Int, exponent: Int) -> Int:
    return _pow(base, exponent)


def _power_of_floats(base: Float64, exponent: Float64) -> Float64:
    """base ** exponent with C's special cases: 2 ** (exponent * log2(base)) to more than double precision."""
    if exponent == 0.0 or base == 1.0:
        return 1.0
    if base != base or exponent != exponent:
        return base + exponent
    var is_whole = __intrinsic_floor(exponent) == exponent
    var half = exponent * 0.5
    var is_odd = is_whole and __intrinsic_floor(half) != half
    var magnitude = abs(base)
    var sign = -1.0 if is_odd and (_bits_of(base) >> 63) != 0 else 1.0
    var infinity = _float_of_bits(0x7FF0000000000000)
    if magnitude == 0.0 or magnitude == infinity:
        var grows = (magnitude == infinity) == (exponent > 0.0)
        return sign * infinity if grows else sign * 0.0
    if abs(exponent) == infinity:
        if magnitude == 1.0:
            return 1.0
        return infinity if (magnitude > 1.0) == (exponent > 0.0) else 0.0
    if base < 0.0 and not is_whole:
        return _float_of_bits(0x7FF8000000000000)
    return sign * _power_of_positive(magnitude, exponent)


def _power_of_positive(base: Float64, exponent: Float64) -> Float64:
    """Both finite, base > 0."""
    var high = 0.0
    var low = 0.0
    if abs(exponent) > 2147483648.0:
        # Anything not next to 1 is far out of range.
        if base < 0.999999 or base > 1.000001:
            var grows = (base > 1.0) == (exponent > 0.0)
            return _float_of_bits(0x7FF0000000000000) if grows else 0.0
        var t = base - 1.0
        var w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25))
        var u = 1.44269502162933349609e00 * t
        var v = t * 1.92596299112661746887e-08 - w * 1.44269504088896338700e00
        high = _without_low_word(u + v)
        low = v - (high - u)
    else:
        var logarithm = _log2_in_two(base)
        high = logarithm.high
        low = logarithm.low
    # exponent * (high + low), as exact top and rest.
    var top = _without_low_word(exponent)
    var rest = (exponent - top) * high + exponent * low
    var main = top * high
    return _exp2_in_two(main, rest)


def _log2_in_two(x: Float64) -> _Angle:
    """log2(x) as high + low, high with a short significand; x > 0 (quadrant unused)."""
    var bits = _bits_of(x)
    var power = -1023
    if bits < 0x10000000000000:
        bits = _bits_of(x * 9007199254740992.0)
        power -= 53
    power += Int(bits >> 52)
    var fraction = bits & 0xFFFFFFFFFFFFF
    # Near 1, near 1.5, or near 2 (taken as 1 of the next power).
    var center = 1.0
    var log_high = 0.0
    var log_low = 0.0
    var field: UInt64 = 0x3FF0000000000000
    if fraction >= 0xBB67A00000000:
        power += 1
        field = 0x3FE0000000000000
    elif fraction > 0x3988EFFFFFFFF:
        center = 1.5
        log_high = 5.84962487220764160156e-01
        log_low = 1.35003920212974897128e-08
    var ax = _float_of_bits(fraction | field)
    # s = (ax - center) / (ax + center), as s_h + s_l.
    var u = ax - center
    var v = 1.0 / (ax + center)
    var s = u * v
    var s_h = _without_low_word(s)
    var t_h = _without_low_word(ax + center)
    var t_l = ax - (t_h - center)
    var s_l = v * ((u - s_h * t_h) - s_h * t_l)
    var s2 = s * s
    var series = 2.30660745775561754067e-01 + s2 * 2.06975017800338417784e-01
    series = 3.33333329818377432918e-01 + s2 * (2.72728123808534006489e-01 + s2 * series)
    series = 5.99999999999994648725e-01 + s2 * (4.28571428578550184252e-01 + s2 * series)
    var r = s2 * s2 * series + s_l * (s_h + s)
    s2 = s_h * s_h
    t_h = _without_low_word(3.0 + s2 + r)
    t_l = r - ((t_h - 3.0) - s2)
    u = s_h * t_h
    v = s_l * t_h + t_l * s
    # Times 2 / (3 ln 2), plus the centre's logarithm, plus the power.
    var p_h = _without_low_word(u + v)
    var p_l = v - (p_h - u)
    var z_h = 9.61796700954437255859e-01 * p_h
    var z_l = -7.02846165095275826516e-09 * p_h + p_l * 9.61796693925975554329e-01 + log_low
    var t = Float64(power)
    var high = _without_low_word(((z_h + z_l) + log_high) + t)
    return _Angle(0, high, z_l - (((high - t) - log_high) - z_h))


def _exp2_in_two(high: Float64, low: Float64) -> Float64:
    """2 ** (high + low)."""
    var z = high + low
    if z >= 1024.0 and (z > 1024.0 or low + 8.0085662595372944372e-17 > z - high):
        return _float_of_bits(0x7FF0000000000000)
    if z < -1080.0:
        return 0.0
    var power = 0.0
    if abs(z) > 0.5:
        power = __intrinsic_round_even(z)
    var main = high - power
    var t = _without_low_word(low + main)
    var u = t * 6.93147182464599609375e-01
    var v = (low - (t - main)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09
    z = u + v
    var w = v - (z - u)
    t = z * z
    var c = z - t * (
        1.66666666666666019037e-01
        + t * (
            -2.77777777770155933842e-03
            + t * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    var r = (z * c) / (c - 2.0) - (w + z * w)
    return _scaled_by_power(1.0 - (r - z), Int(power))
