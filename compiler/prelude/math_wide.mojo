"""Numbers of 106 bits as sums of two Float64, and expm1 and log of them: the kernel of what is near a zero or steep.

The sums and products are Dekker's (1971) and Knuth's; no fused multiply-add. What is computed here and rounded once is
wrong by little more than half an ulp.
"""


@fieldwise_init
struct _WideFloat(ImplicitlyCopyable, Movable):
    """high + low, with low below half an ulp of high."""

    var high: Float64
    var low: Float64


def _wide_fast_sum(a: Float64, b: Float64) -> _WideFloat:
    """a + b exactly, if |a| >= |b| or a == 0."""
    var sum = a + b
    return _WideFloat(sum, b - (sum - a))


def _wide_sum(a: Float64, b: Float64) -> _WideFloat:
    """a + b exactly."""
    var sum = a + b
    var part = sum - a
    return _WideFloat(sum, (a - (sum - part)) + (b - part))


def _wide_product(a: Float64, b: Float64) -> _WideFloat:
    """a * b exactly, if nothing over- or underflows."""
    var product = a * b
    var a_high = _split_high(a)
    var a_low = a - a_high
    var b_high = _split_high(b)
    var b_low = b - b_high
    var rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return _WideFloat(product, rest)


def _wide_add(a: _WideFloat, b: _WideFloat) -> _WideFloat:
    var sum = _wide_sum(a.high, b.high)
    var rest = _wide_sum(a.low, b.low)
    var first = _wide_fast_sum(sum.high, sum.low + rest.high)
    return _wide_fast_sum(first.high, first.low + rest.low)


def _wide_multiply(a: _WideFloat, b: _WideFloat) -> _WideFloat:
    var product = _wide_product(a.high, b.high)
    return _wide_fast_sum(product.high, product.low + (a.high * b.low + a.low * b.high))


def _wide_scale(a: _WideFloat, factor: Float64) -> _WideFloat:
    """a * factor, a power of two."""
    return _WideFloat(a.high * factor, a.low * factor)


def _wide_negate(a: _WideFloat) -> _WideFloat:
    return _WideFloat(-a.high, -a.low)


def _wide_divide(a: _WideFloat, b: _WideFloat) -> _WideFloat:
    var first = a.high / b.high
    var rest = _wide_add(a, _wide_negate(_wide_multiply(b, _WideFloat(first, 0.0))))
    var second = rest.high / b.high
    rest = _wide_add(rest, _wide_negate(_wide_multiply(b, _WideFloat(second, 0.0))))
    var third = rest.high / b.high
    var sum = _wide_fast_sum(first, second)
    return _wide_fast_sum(sum.high, sum.low + third)


def _wide_sqrt(a: _WideFloat) -> _WideFloat:
    """a > 0."""
    var root = __intrinsic_sqrt(a.high)
    var rest = _wide_add(a, _wide_negate(_wide_product(root, root)))
    return _wide_fast_sum(root, rest.high / (2.0 * root))


# --------------------------------------------------------------------------------------------------- exponentials


@fieldwise_init
struct _WideExponential(ImplicitlyCopyable, Movable):
    """exp(x) = (1 + rest) * 2**power."""

    var rest: _WideFloat
    var power: Int


def _wide_exponential(x: _WideFloat) -> _WideExponential:
    """|x| < 800; `rest` keeps its relative precision where x is small."""
    var count = __intrinsic_round_even(x.high * 1.4426950408889634)
    var reduced = x
    if count != 0.0:
        var start = _wide_add(_WideFloat(x.high - count * 0.6931471803691238, 0.0), _WideFloat(x.low, 0.0))
        var correction = _wide_product(count, -1.9082149292705877e-10)
        correction = _WideFloat(correction.high, correction.low - count * 1.1612227229362532e-26)
        reduced = _wide_add(start, correction)
    if abs(reduced.high) < 1e-30:
        return _WideExponential(reduced, Int(count))
    # exp(r) - 1 for r / 256 by its series, then (1 + y)**2 - 1 = 2 y + y**2 eight times.
    var part = _wide_scale(reduced, 0.00390625)
    var square = _wide_multiply(part, part)
    var cube = _wide_multiply(square, part)
    var t = part.high
    var tail = square.high * square.high * (
        0.041666666666666664 + t * (0.008333333333333333 + t * (0.001388888888888889 + t / 5040.0))
    )
    var sum = _wide_multiply(cube, _WideFloat(0.16666666666666666, 9.25185853854297e-18))
    sum = _wide_add(sum, _WideFloat(tail, 0.0))
    sum = _wide_add(_wide_add(part, _wide_scale(square, 0.5)), sum)
    for _ in range(8):
        sum = _wide_add(_wide_scale(sum, 2.0), _wide_multiply(sum, sum))
    return _WideExponential(sum, Int(count))


def _wide_expm1(x: _WideFloat) -> _WideFloat:
    """exp(x) - 1 for -750 < x < 700."""
    var parts = _wide_exponential(x)
    if parts.power == 0:
        return parts.rest
    if parts.power < -200:
        return _WideFloat(-1.0, 0.0)
    var scale = _power_of_two(parts.power)
    return _wide_add(_wide_scale(parts.rest, scale), _wide_sum(scale, -1.0))


def _rounded_exponential(x: _WideFloat) -> Float64:
    """exp(x), rounded once."""
    if x.high > 720.0:
        return _infinity()
    if x.high < -760.0:
        return 0.0
    var parts = _wide_exponential(x)
    var factor = _wide_add(_WideFloat(1.0, 0.0), parts.rest)
    if parts.power < -1020:
        return _scaled_wide(factor, parts.power)
    return _scaled_by_power(factor.high, parts.power)


def _scaled_wide(x: _WideFloat, power: Int) -> Float64:
    """x * 2**power for x near 1 where the result is subnormal: all bits meet before the one rounding."""
    var scale = -1074 - power
    var unit = _power_of_two(scale)
    var whole = _wide_sum(__intrinsic_round_even(x.high / unit) * unit, 0.0).high
    var rest = (x.high - whole) + x.low
    var steps = whole / unit
    if rest > 0.5 * unit:
        steps += 1.0
    elif rest < -0.5 * unit:
        steps -= 1.0
    return steps * 5e-324


# ------------------------------------------------------------------------------------------------------- logarithms


def _wide_log1p(x: _WideFloat) -> _WideFloat:
    """log(1 + x) for -0.5 < x < 1.5, with its relative precision: one Newton step from a Float64 result."""
    if abs(x.high) < 1e-30:
        return x
    var argument = 1.0 + x.high
    var start = x.high
    if argument != 1.0:
        start = log(argument) * (x.high / (argument - 1.0))
    var inverse = _wide_expm1(_WideFloat(-start, 0.0))
    var rest = _wide_add(_wide_add(x, inverse), _wide_multiply(x, inverse))
    var step = rest.high - 0.5 * rest.high * rest.high
    return _wide_add(_WideFloat(start, 0.0), _wide_fast_sum(step, rest.low))


def _wide_log(x: _WideFloat) -> _WideFloat:
    """x > 0, normal and finite."""
    var parts = _normalised(x.high)
    var scaled = x
    if parts.power > 1000:
        scaled = _wide_scale(_wide_scale(x, _power_of_two(-500)), _power_of_two(500 - parts.power))
    elif parts.power < -1000:
        scaled = _wide_scale(_wide_scale(x, 1.8446744073709552e19), _power_of_two(-parts.power - 64))
    else:
        scaled = _wide_scale(x, _power_of_two(-parts.power))
    var result = _wide_log1p(_wide_add(_WideFloat(-1.0, 0.0), scaled))
    if parts.power == 0:
        return result
    var count = Float64(parts.power)
    var correction = _wide_product(count, 1.9082149292705877e-10)
    correction = _WideFloat(correction.high, correction.low + count * 1.1612227229362532e-26)
    return _wide_add(_wide_add(_WideFloat(count * 0.6931471803691238, 0.0), correction), result)


def _wide_log_of_sum(x: _WideFloat) -> _WideFloat:
    """log(1 + x) for x >= 0 or not much below."""
    if x.high < 1.0:
        return _wide_log1p(x)
    return _wide_log(_wide_add(x, _WideFloat(1.0, 0.0)))
