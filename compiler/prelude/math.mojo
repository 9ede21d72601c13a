"""std.math: our own elementary functions, so that every host computes the same bits.

Plain float64 operations only: no fused multiply-add, no host library. Errors stay below 1 ulp (tests compare with
mpmath). The algorithms and coefficients are those of FreeBSD's msun (derived from Sun's fdlibm, 1993), written anew:
k_sin.c, k_cos.c, k_tan.c, e_rem_pio2.c, e_exp.c, e_log.c, k_log.h, e_log2.c, e_log10.c, s_atan.c. Arguments of
trigonometric functions beyond 2**20 * pi/2 are reduced with exact integer arithmetic (Payne and Hanek, 1983). Float32
versions compute in float64 and round.
"""

comptime pi = 3.141592653589793238462643383279502884
comptime e = 2.718281828459045235360287471352662498
comptime tau = 6.283185307179586476925286766559005768

comptime _LOW_WORD_OFF: UInt64 = 0xFFFFFFFF00000000

# ---------------------------------------------------------------------------------------------- roots and rounding


def sqrt[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """Of integers, the root's whole part; 0 below 0."""
    comptime if dt.is_floating_point():
        return __intrinsic_sqrt(x)
    elif n == 1:
        return Scalar[dt](_whole_root(Int(x)))
    else:
        var result = x
        for i in range(n):
            result[i] = Scalar[dt](_whole_root(Int(x[i])))
        return result


def _whole_root(x: Int) -> Int:
    if x <= 0:
        return 0
    var root = Int(__intrinsic_sqrt(Float64(x)))
    while root * root > x or root > 3037000499:
        root -= 1
    while root < 3037000499 and (root + 1) * (root + 1) <= x:
        root += 1
    return root


def floor[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return _floor(x)


def ceil[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return _ceil(x)


def trunc[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return _trunc(x)


def isnan[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[DType.bool, n]:
    return __compare["!="](x, x)


def isinf[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[DType.bool, n]:
    comptime if dt.is_floating_point():
        return __compare["=="](abs(x), SIMD[dt, n](Scalar[dt](_infinity())))
    else:
        return SIMD[DType.bool, n](False)


def isfinite[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[DType.bool, n]:
    comptime if dt.is_floating_point():
        return __compare["<"](abs(x), SIMD[dt, n](Scalar[dt](_infinity())))
    else:
        return SIMD[DType.bool, n](True)


def copysign[dt: DType, n: SIMDLength](magnitude: SIMD[dt, n], sign: SIMD[dt, n]) -> SIMD[dt, n]:
    return __intrinsic_copysign(magnitude, sign)


def _infinity() -> Float64:
    return _float_of_bits(0x7FF0000000000000)


def _not_a_number() -> Float64:
    return _float_of_bits(0x7FF8000000000000)


def _without_low_word(x: Float64) -> Float64:
    """x with the lower 32 bits of its significand cleared: products of two such are exact."""
    return _float_of_bits(_bits_of(x) & _LOW_WORD_OFF)


# --------------------------------------------------------------------------------------------------- trigonometry


@fieldwise_init
struct _Angle(Copyable, Movable):
    """quadrant * pi/2 + high + low, with |high + low| <= pi/4 (a little more at the ends)."""

    var quadrant: Int
    var high: Float64
    var low: Float64


def sin(x: Float64) -> Float64:
    if abs(x) <= 0.7853981633974483:
        return _sin_small(x, 0.0)
    var angle = _reduced(x)
    if angle.quadrant & 1 == 0:
        var value = _sin_small(angle.high, angle.low)
        return -value if angle.quadrant & 2 != 0 else value
    var value = _cos_small(angle.high, angle.low)
    return -value if angle.quadrant & 2 != 0 else value


def cos(x: Float64) -> Float64:
    if abs(x) <= 0.7853981633974483:
        return _cos_small(x, 0.0)
    var angle = _reduced(x)
    if angle.quadrant & 1 == 0:
        var value = _cos_small(angle.high, angle.low)
        return -value if angle.quadrant & 2 != 0 else value
    var value = _sin_small(angle.high, angle.low)
    return value if angle.quadrant & 2 != 0 else -value


def tan(x: Float64) -> Float64:
    if abs(x) <= 0.7853981633974483:
        return _tan_small(x, 0.0, False)
    var angle = _reduced(x)
    return _tan_small(angle.high, angle.low, angle.quadrant & 1 != 0)


def _sin_small(x: Float64, low: Float64) -> Float64:
    """sin(x + low) on [-pi/4, pi/4]."""
    if abs(x) < 7.450580596923828e-09:
        return x
    var z = x * x
    var w = z * z
    var r = (
        8.33333333332248946124e-03
        + z * (-1.98412698298579493134e-04 + z * 2.75573137070700676789e-06)
        + z * w * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
    )
    var v = z * x
    return x - ((z * (0.5 * low - v * r) - low) - v * -1.66666666666666324348e-01)


def _cos_small(x: Float64, low: Float64) -> Float64:
    """cos(x + low) on [-pi/4, pi/4]."""
    var z = x * x
    var w = z * z
    var r = z * (
        4.16666666666666019037e-02
        + z * (-1.38888888888741095749e-03 + z * 2.48015872894767294178e-05)
    ) + w * w * (
        -2.75573143513906633035e-07
        + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    )
    var half = 0.5 * z
    var top = 1.0 - half
    return top + (((1.0 - top) - half) + (z * r - x * low))


def _tan_small(x: Float64, low: Float64, is_inverted: Bool) -> Float64:
    """tan(x + low), or -1 / tan(x + low), on [-pi/4, pi/4]."""
    var is_folded = abs(x) >= 0.67434
    var sign = -1.0 if x < 0.0 else 1.0
    var a = x
    var b = low
    if is_folded:
        # tan(a) with a = pi/4 - |x|, by the addition theorem at the end.
        a = (7.85398163397448278999e-01 - sign * x) + (3.06161699786838301793e-17 - sign * low)
        b = 0.0
    elif abs(x) < 7.450580596923828e-09 and not is_inverted:
        return x
    var z = a * a
    var w = z * z
    var odd = 1.33333333333201242699e-01 + w * (
        2.18694882948595424599e-02
        + w * (
            3.59207910759131235356e-03
            + w * (
                5.88041240820264096874e-04
                + w * (7.81794442939557092300e-05 + w * -1.85586374855275456654e-05)
            )
        )
    )
    var even = z * (
        5.39682539762260521377e-02
        + w * (
            8.86323982359930005737e-03
            + w * (
                1.45620945432529025516e-03
                + w * (
                    2.46463134818469906812e-04
                    + w * (7.14072491382608190305e-05 + w * 2.59073051863633712884e-05)
                )
            )
        )
    )
    var s = z * a
    var r = b + z * (s * (odd + even) + b) + 3.33333333333334091986e-01 * s
    var tangent = a + r
    if is_folded:
        var direction = -1.0 if is_inverted else 1.0
        var folded = direction - 2.0 * (a - (tangent * tangent / (tangent + direction) - r))
        return sign * folded
    if not is_inverted:
        return tangent
    # -1 / (a + r) with a correction, since one division alone would cost accuracy.
    var top = _without_low_word(tangent)
    var rest = r - (top - a)
    var inverse = -1.0 / tangent
    var short = _without_low_word(inverse)
    return short + inverse * ((1.0 + short * top) + short * rest)


def _reduced(x: Float64) -> _Angle:
    """x less the nearest multiple of pi/2; NaN in `high` if x is not finite."""
    if abs(x) >= 1647099.0:
        return _reduced_exactly(x)
    # pi/2 in pieces of 33 bits, so that count * piece is exact; more pieces when digits cancel.
    var count = __intrinsic_round_even(x * 6.36619772367581382433e-01)
    var rest = x - count * 1.57079632673412561417e00
    var tail = count * 6.07710050650619224932e-11
    var high = rest - tail
    var exponent = _exponent_bits(x)
    if exponent - _exponent_bits(high) > 16:
        var before = rest
        tail = count * 6.07710050630396597660e-11
        rest = before - tail
        tail = count * 2.02226624879595063154e-21 - ((before - rest) - tail)
        high = rest - tail
        if exponent - _exponent_bits(high) > 49:
            before = rest
            tail = count * 2.02226624871116645580e-21
            rest = before - tail
            tail = count * 8.47842766036889956997e-32 - ((before - rest) - tail)
            high = rest - tail
    return _Angle(Int(count), high, (rest - high) - tail)


def _exponent_bits(x: Float64) -> Int:
    return Int((_bits_of(x) >> 52) & 0x7FF)


def _reduced_exactly(x: Float64) -> _Angle:
    """The same for any x: x * 2/pi modulo 4 in 192-bit integers.

    With x = m * 2**k, bits of 2/pi before position k - 2 only add multiples of 4, so a window of 192 bits from there
    suffices: its end weighs 2**-137, and no float64 is nearer than 2**-61 to a multiple of pi/2.
    """
    var bits = _bits_of(x)
    var field = Int((bits >> 52) & 0x7FF)
    if field == 0x7FF:
        return _Angle(0, _not_a_number(), 0.0)
    var m = (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000
    var start = field - 1075 - 2
    var w0 = _two_over_pi(start)
    var w1 = _two_over_pi(start + 64)
    var w2 = _two_over_pi(start + 128)
    # (p0, p1, p2) = m * (w0, w1, w2) modulo 2**192, most significant first.
    var p2 = m * w2
    var middle = m * w1
    var p1 = middle + _mul_high(m, w2)
    var carry: UInt64 = 1 if p1 < middle else 0
    var p0 = m * w0 + _mul_high(m, w1) + carry
    var quadrant = Int(p0 >> 62)
    # The fraction, shifted to the top; from one half on it is taken as negative.
    var f0 = (p0 << 2) | (p1 >> 62)
    var f1 = (p1 << 2) | (p2 >> 62)
    var is_upper = (f0 >> 63) != 0
    if is_upper:
        quadrant += 1
        f0 = ~f0
        f1 = ~f1
    var high = Float64(f0 >> 11) * 1.1102230246251565e-16
    var rest = (f0 << 53) | (f1 >> 11)
    var low = Float64(rest) * 1.1102230246251565e-16 * 5.421010862427522e-20
    if f0 < 0x100000000:
        # Digits cancelled: take the first 64 bits that are left.
        high = Float64(f0) * 5.421010862427522e-20
        low = Float64(f1) * 5.421010862427522e-20 * 5.421010862427522e-20
    return _scaled_by_half_pi(quadrant, high, low, is_upper != (x < 0.0), x < 0.0)


def _scaled_by_half_pi(
    quadrant: Int, high: Float64, low: Float64, is_negative: Bool, is_mirrored: Bool
) -> _Angle:
    """(high + low) * pi/2 to twice the precision; a mirrored angle counts its quadrants down."""
    var top = _split_high(high)
    var bottom = high - top
    var product = high * 1.57079632679489655800e00
    var error = (
        (top * 1.5707963407039642 - product)
        + bottom * 1.5707963407039642
        + top * -1.3909067675399456e-08
    ) + bottom * -1.3909067675399456e-08
    error += high * 6.12323399573676603587e-17 + low * 1.57079632679489655800e00
    var sum = product + error
    var rest = error - (sum - product)
    var turned = -quadrant if is_mirrored else quadrant
    if is_negative:
        return _Angle(turned, -sum, -rest)
    return _Angle(turned, sum, rest)


def _split_high(x: Float64) -> Float64:
    """The upper 26 bits of x (Veltkamp), so that products with another such are exact."""
    var scaled = x * 134217729.0
    return scaled - (scaled - x)


def _two_over_pi(start: Int) -> UInt64:
    """64 bits of 2/pi from bit `start` after the point; bits before the point are 0 (start >= -64)."""
    var digit = (start + 64) // 4
    var shift = UInt64((start + 64) % 4)
    var word: UInt64 = 0
    for i in range(16):
        word = (word << 4) | _two_over_pi_digit(digit + i)
    return (word << shift) | (_two_over_pi_digit(digit + 16) >> (4 - shift))


def _two_over_pi_digit(index: Int) -> UInt64:
    """A hexadecimal digit of 2/pi, 16 zeros first."""
    var digits = __static(
        "0000000000000000a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e0"
        "06492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b"
        "1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea"
        "6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d"
    )
    var byte = UInt64(digits[index])
    return byte - 48 if byte < 58 else byte - 87


# ------------------------------------------------------------------------------------- exponentials and logarithms


def exp(x: Float64) -> Float64:
    if x != x or x > 709.782712893383973096:
        return x + _infinity()
    if x < -745.13321910194110842:
        return 0.0
    if abs(x) < 3.725290298461914e-09:
        return 1.0 + x
    var power = __intrinsic_round_even(x * 1.44269504088896338700e00)
    if abs(x) < 0.34657359027997264:
        power = 0.0
    var high = x - power * 6.93147180369123816490e-01
    var low = power * 1.90821492927058770002e-10
    return _scaled_by_power(_exp_small(high, low), Int(power))


def _exp_small(high: Float64, low: Float64) -> Float64:
    """exp(high - low) for |high - low| <= 0.35."""
    var x = high - low
    var z = x * x
    var c = x - z * (
        1.66666666666666019037e-01
        + z * (
            -2.77777777770155933842e-03
            + z * (
                6.61375632143793436117e-05
                + z * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08)
            )
        )
    )
    return 1.0 + (x * c / (2.0 - c) - low + high)


def _scaled_by_power(x: Float64, power: Int) -> Float64:
    """x * 2**power for x near 1: rounded once, also where the result is subnormal."""
    if power > 1023:
        return x * _float_of_bits(0x7FE0000000000000) * _power_of_two(power - 1023)
    if power < -1021:
        return x * _power_of_two(power + 1000) * 9.332636185032189e-302
    return x * _power_of_two(power)


def _power_of_two(power: Int) -> Float64:
    """2**power, -1022 <= power <= 1023."""
    return _float_of_bits(UInt64(power + 1023) << 52)


def exp2(x: Float64) -> Float64:
    return _power_of_floats(2.0, x)


@fieldwise_init
struct _Normalised(Copyable, Movable):
    """value * 2**power with value between sqrt(1/2) and sqrt(2)."""

    var value: Float64
    var power: Int


def _normalised(x: Float64) -> _Normalised:
    """x > 0, finite."""
    var bits = _bits_of(x)
    var power = -1023
    if bits < 0x10000000000000:
        bits = _bits_of(x * 18014398509481984.0)
        power = -1077
    var field = Int(bits >> 52)
    var fraction = bits & 0xFFFFFFFFFFFFF
    if fraction >= 0x6A09E667F3BCD:
        return _Normalised(_float_of_bits(fraction | 0x3FE0000000000000), power + field + 1)
    return _Normalised(_float_of_bits(fraction | 0x3FF0000000000000), power + field)


def _log_is_special(x: Float64) -> Bool:
    return not (x > 0.0 and x < _infinity())


def _log_special(x: Float64) -> Float64:
    """The logarithm of what is not a positive finite number."""
    if x == 0.0:
        return -_infinity()
    if x > 0.0:
        return x
    return _not_a_number()


def _log_series(f: Float64, half_square: Float64) -> Float64:
    """log(1 + f) - f + half_square, where half_square = f * f / 2 (k_log.h)."""
    var s = f / (2.0 + f)
    var z = s * s
    var w = z * z
    var even = w * (
        3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    var odd = z * (
        6.666666666666735130e-01
        + w * (
            2.857142874366239149e-01
            + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
        )
    )
    return s * (half_square + (even + odd))


def log(x: Float64) -> Float64:
    if _log_is_special(x):
        return _log_special(x)
    var parts = _normalised(x)
    var f = parts.value - 1.0
    var power = Float64(parts.power)
    var half_square = 0.5 * f * f
    var series = _log_series(f, half_square)
    return power * 6.93147180369123816490e-01 - (
        (half_square - (series + power * 1.90821492927058770002e-10)) - f
    )


def log2(x: Float64) -> Float64:
    if _log_is_special(x):
        return _log_special(x)
    var parts = _normalised(x)
    var f = parts.value - 1.0
    var power = Float64(parts.power)
    var half_square = 0.5 * f * f
    var high = _without_low_word(f - half_square)
    var low = (f - high) - half_square + _log_series(f, half_square)
    var top = high * 1.44269504072144627571e00
    var bottom = (low + high) * 1.67517131648865118353e-10 + low * 1.44269504072144627571e00
    var sum = power + top
    return (bottom + ((power - sum) + top)) + sum


def log10(x: Float64) -> Float64:
    if _log_is_special(x):
        return _log_special(x)
    var parts = _normalised(x)
    var f = parts.value - 1.0
    var power = Float64(parts.power)
    var half_square = 0.5 * f * f
    var high = _without_low_word(f - half_square)
    var low = (f - high) - half_square + _log_series(f, half_square)
    var whole = power * 3.01029995663611771306e-01
    var top = high * 4.34294481878168880939e-01
    var bottom = (
        power * 3.69423907715893078616e-13
        + (low + high) * 2.50829467116452752298e-11
        + low * 4.34294481878168880939e-01
    )
    var sum = whole + top
    return (bottom + ((whole - sum) + top)) + sum


# ---------------------------------------------------------------------------------------------- inverse and others


def atan(x: Float64) -> Float64:
    """By reduction to one of atan(0.5), atan(1), atan(1.5), atan(inf) and a series (s_atan.c)."""
    var magnitude = abs(x)
    if magnitude != magnitude:
        return x
    if magnitude >= 73786976294838206464.0:
        return __intrinsic_copysign(1.5707963267948966, x)
    if magnitude < 7.450580596923828e-09:
        return x
    if magnitude < 0.4375:
        return x - x * _atan_series(x)
    var base = 0.0
    var correction = 0.0
    var t = 0.0
    if magnitude < 0.6875:
        t = (2.0 * magnitude - 1.0) / (2.0 + magnitude)
        base = 4.63647609000806093515e-01
        correction = 2.26987774529616870924e-17
    elif magnitude < 1.1875:
        t = (magnitude - 1.0) / (magnitude + 1.0)
        base = 7.85398163397448278999e-01
        correction = 3.06161699786838301793e-17
    elif magnitude < 2.4375:
        t = (magnitude - 1.5) / (1.0 + 1.5 * magnitude)
        base = 9.82793723247329054082e-01
        correction = 1.39033110312309984516e-17
    else:
        t = -1.0 / magnitude
        base = 1.57079632679489655800e00
        correction = 6.12323399573676603587e-17
    var value = base - ((t * _atan_series(t) - correction) - t)
    return -value if x < 0.0 else value


def _division_rest(dividend: Float64, divisor: Float64, quotient: Float64) -> Float64:
    """dividend / divisor - quotient, with the product made exact by splitting (Dekker)."""
    var q = _split_high(quotient)
    var d = _split_high(divisor)
    var product = quotient * divisor
    var error = (
        ((q * d - product) + q * (divisor - d)) + (quotient - q) * d
    ) + (quotient - q) * (divisor - d)
    return ((dividend - product) - error) / divisor


def _atan_series(t: Float64) -> Float64:
    """1 - atan(t) / t for |t| < 0.4375."""
    var z = t * t
    var w = z * z
    var odd = z * (
        3.33333333333329318027e-01
        + w * (
            1.42857142725034663711e-01
            + w * (
                9.09088713343650656196e-02
                + w * (
                    6.66107313738753120669e-02
                    + w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)
                )
            )
        )
    )
    var even = w * (
        -1.99999999998764832476e-01
        + w * (
            -1.11111104054623557880e-01
            + w * (
                -7.69187620504482999495e-02
                + w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02)
            )
        )
    )
    return odd + even


def atan2(y: Float64, x: Float64) -> Float64:
    """The angle of the point (x, y), between -pi and pi (e_atan2.c)."""
    if x != x or y != y:
        return x + y
    if y == 0.0:
        if _bits_of(x) >> 63 == 0:
            return y
        return __intrinsic_copysign(pi, y)
    if x == 0.0:
        return __intrinsic_copysign(1.5707963267948966, y)
    if isinf(x) and isinf(y):
        return __intrinsic_copysign(0.7853981633974483 if x > 0.0 else 2.356194490192345, y)
    if x < 0.0 and abs(y) > abs(x):
        # pi - atan(ratio) would round twice at full size.
        var rest = _atan_of_ratio(abs(x), abs(y))
        return __intrinsic_copysign(1.5707963267948966 + (rest + 6.123233995736766e-17), y)
    var angle = _atan_of_ratio(abs(y), abs(x))
    if x > 0.0:
        return __intrinsic_copysign(angle, y)
    return __intrinsic_copysign(pi - (angle - 1.2246467991473532e-16), y)


def _atan_of_ratio(dividend: Float64, divisor: Float64) -> Float64:
    """atan(dividend / divisor) of two positive numbers."""
    var ratio = dividend / divisor
    var angle = atan(ratio)
    if divisor > 1e-100 and divisor < 1e100 and ratio > 1e-100 and ratio < 1e100:
        # What the division rounded away, times the slope of atan.
        angle += _division_rest(dividend, divisor, ratio) / (1.0 + ratio * ratio)
    return angle
