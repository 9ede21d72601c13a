"""std.math: inverse sine and cosine, the error functions, the gamma function.

asin, acos and erf are written anew after FreeBSD's e_asin.c, e_acos.c and s_erf.c (fdlibm); where those multiply two
exponentials, `_WideFloat` takes one. The gamma function is Stirling's series beyond 32, reached by a product.
"""


def _asin_ratio(t: Float64) -> Float64:
    """(asin(s) - s) / s for t = s * s, s <= 0.5."""
    var above = t * (
        1.66666666666666657415e-01
        + t
        * (
            -3.25565818622400915405e-01
            + t
            * (
                2.01212532134862925881e-01
                + t
                * (
                    -4.00555345006794114027e-02
                    + t * (7.91534994289814532176e-04 + t * 3.47933107596021167570e-05)
                )
            )
        )
    )
    var below = 1.0 + t * (
        -2.40339491173441421878
        + t
        * (2.02094576023350569471 + t * (-6.88283971605453293030e-01 + t * 7.70381505559019352791e-02))
    )
    return above / below


def asin(x: Float64) -> Float64:
    var size = abs(x)
    if not size < 1.0:
        return x * 1.57079632679489655800 if size == 1.0 else _not_a_number()
    if size < 0.5:
        return x if size < 1e-9 else x + x * _asin_ratio(x * x)
    # asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2))
    var t = (1.0 - size) * 0.5
    var root = __intrinsic_sqrt(t)
    var high = _without_low_word(root)
    var low = (t - high * high) / (root + high)
    var part = 2.0 * root * _asin_ratio(t) - (6.12323399573676603587e-17 - 2.0 * low)
    var result = 7.85398163397448278999e-01 - (part - (7.85398163397448278999e-01 - 2.0 * high))
    return __intrinsic_copysign(result, x)


def acos(x: Float64) -> Float64:
    var size = abs(x)
    if not size < 1.0:
        if x == 1.0:
            return 0.0
        return 3.14159265358979311600 if x == -1.0 else _not_a_number()
    if size < 0.5:
        var ratio = _asin_ratio(x * x)
        return 1.57079632679489655800 - (x - (6.12323399573676603587e-17 - x * ratio))
    if x < 0.0:
        var t = (1.0 + x) * 0.5
        var root = __intrinsic_sqrt(t)
        var rest = _asin_ratio(t) * root - 6.12323399573676603587e-17
        return 3.14159265358979311600 - 2.0 * (root + rest)
    var t = (1.0 - x) * 0.5
    var root = __intrinsic_sqrt(t)
    var high = _without_low_word(root)
    var low = (t - high * high) / (root + high)
    return 2.0 * (high + (_asin_ratio(t) * root + low))


# ------------------------------------------------------------------------------------------------ error functions


def _erf_small(z: Float64) -> Float64:
    """erf(x) / x - 1 for z = x * x, x < 0.84375."""
    var above = 1.28379167095512558561e-01 + z * (
        -3.25042107247001499370e-01
        + z
        * (
            -2.84817495755985104766e-02
            + z * (-5.77027029648944159157e-03 + z * -2.37630166566501626084e-05)
        )
    )
    var below = 1.0 + z * (
        3.97917223959155352819e-01
        + z
        * (
            6.50222499887672944485e-02
            + z
            * (
                5.08130628187576562776e-03
                + z * (1.32494738004321644526e-04 + z * -3.96022827877536812320e-06)
            )
        )
    )
    return above / below


def _erf_middle(s: Float64) -> Float64:
    """erf(1 + s) - 0.845062911510467529297, for 0.84375 <= 1 + s < 1.25."""
    var above = -2.36211856075265944077e-03 + s * (
        4.14856118683748331666e-01
        + s
        * (
            -3.72207876035701323847e-01
            + s
            * (
                3.18346619901161753674e-01
                + s
                * (
                    -1.10894694282396677476e-01
                    + s * (3.54783043256182359371e-02 + s * -2.16637559486879084300e-03)
                )
            )
        )
    )
    var below = 1.0 + s * (
        1.06420880400844228286e-01
        + s
        * (
            5.40397917702171048937e-01
            + s
            * (
                7.18286544141962662868e-02
                + s
                * (
                    1.26171219808761642112e-01
                    + s * (1.36370839120290507362e-02 + s * 1.19844998467991074170e-02)
                )
            )
        )
    )
    return above / below


def _erf_series(x: Float64) -> _WideFloat:
    """erf(x) for 0 <= x < 1.25 by its power series; the terms from the ninth on need no more than 53 bits."""
    var z = _wide_negate(_wide_product(x, x))
    var tail = 3.289260349175752e-26
    tail = tail * z.high + 8.230149299214221e-25
    tail = tail * z.high + 1.977064753877905e-23
    tail = tail * z.high + 4.5518467589282e-22
    tail = tail * z.high + 1.0025164934907719e-20
    tail = tail * z.high + 2.107855191442136e-19
    tail = tail * z.high + 4.221407288807088e-18
    tail = tail * z.high + 8.032735012415773e-17
    tail = tail * z.high + 1.4483264643598138e-15
    tail = tail * z.high + 2.466827010264457e-14
    tail = tail * z.high + 3.9554295164585257e-13
    tail = tail * z.high + 5.9477940136376354e-12
    tail = tail * z.high + 8.35070279514724e-11
    tail = tail * z.high + 1.0892221037148573e-09
    tail = tail * z.high + 1.3122532963802806e-08
    tail = tail * z.high + 1.4503852223150468e-07
    tail = tail * z.high + 1.4589169000933706e-06
    var sum = _WideFloat(tail, 0.0)
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(1.3227513227513228e-05, -5.532155926405864e-22))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.00010683760683760684, 9.266685234918841e-23))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.0007575757575757576, 6.570922257487906e-22))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.004629629629629629, 2.569960705150825e-19))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.023809523809523808, 1.32169407693471e-18))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.1, -5.551115123125783e-18))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(0.3333333333333333, 1.850371707708594e-17))
    sum = _wide_add(_wide_multiply(sum, z), _WideFloat(1.0, 0.0))
    return _wide_multiply(sum, _wide_multiply(_WideFloat(x, 0.0), _WideFloat(1.1283791670955126, 1.533545961316588e-17)))



def _erfc_series(x: Float64) -> Float64:
    """log(x * erfc(x)) + x * x + 0.5625 for 1.25 <= x < 28."""
    var s = 1.0 / (x * x)
    if x < 2.857142857142857:
        var above = -9.86494403484714822705e-03 + s * (
            -6.93858572707181764372e-01
            + s
            * (
                -1.05586262253232909814e01
                + s
                * (
                    -6.23753324503260060396e01
                    + s
                    * (
                        -1.62396669462573470355e02
                        + s
                        * (
                            -1.84605092906711035994e02
                            + s * (-8.12874355063065934246e01 + s * -9.81432934416914548592e00)
                        )
                    )
                )
            )
        )
        var below = 1.0 + s * (
            1.96512716674392571292e01
            + s
            * (
                1.37657754143519042600e02
                + s
                * (
                    4.34565877475229228821e02
                    + s
                    * (
                        6.45387271733267880336e02
                        + s
                        * (
                            4.29008140027567833386e02
                            + s
                            * (
                                1.08635005541779435134e02
                                + s * (6.57024977031928170135e00 + s * -6.04244152148580987438e-02)
                            )
                        )
                    )
                )
            )
        )
        return above / below
    var above = -9.86494292470009928597e-03 + s * (
        -7.99283237680523006574e-01
        + s
        * (
            -1.77579549177547519889e01
            + s
            * (
                -1.60636384855821916062e02
                + s
                * (
                    -6.37566443368389627722e02
                    + s * (-1.02509513161107724954e03 + s * -4.83519191608651397019e02)
                )
            )
        )
    )
    var below = 1.0 + s * (
        3.03380607434824582924e01
        + s
        * (
            3.25792512996573918826e02
            + s
            * (
                1.53672958608443695994e03
                + s
                * (
                    3.19985821950859553908e03
                    + s
                    * (
                        2.55305040643316442583e03
                        + s * (4.74528541206955367215e02 + s * -2.24409524465858183362e01)
                    )
                )
            )
        )
    )
    return above / below


def _erfc_large(x: Float64) -> Float64:
    """erfc(x) for 1.25 <= x < 28."""
    var square = _wide_product(x, x)
    var exponent = _wide_add(_wide_negate(square), _wide_sum(-0.5625, _erfc_series(x)))
    # The division comes before the scaling, so that a subnormal result is rounded once.
    var parts = _wide_exponential(exponent)
    var factor = _wide_divide(_wide_add(_WideFloat(1.0, 0.0), parts.rest), _WideFloat(x, 0.0))
    if parts.power < -1000:
        return _scaled_wide(factor, parts.power)
    return factor.high * _power_of_two(parts.power)


def erf(x: Float64) -> Float64:
    var size = abs(x)
    if x != x:
        return x
    if size < 0.84375:
        if size < 1e-300:
            return 0.125 * (8.0 * x + 1.02703333676410069053 * x)
        return x + x * _erf_small(x * x)
    if size < 1.25:
        return __intrinsic_copysign(8.45062911510467529297e-01 + _erf_middle(size - 1.0), x)
    var result = 1.0 if size >= 6.0 else 1.0 - _erfc_large(size)
    return __intrinsic_copysign(result, x)


def erfc(x: Float64) -> Float64:
    if x != x:
        return x
    if x < 0.25:
        return 1.0 + erf(-x)
    if x < 1.25:
        return _wide_add(_WideFloat(1.0, 0.0), _wide_negate(_erf_series(x))).high
    return _erfc_large(x) if x < 28.0 else 0.0


# -------------------------------------------------------------------------------------------------- gamma function


def _stirling(x: _WideFloat) -> _WideFloat:
    """log(gamma(x)) for x >= 32."""
    var inverse = _wide_divide(_WideFloat(1.0, 0.0), x)
    var t = inverse.high
    var s = t * t
    var tail = s * (
        -0.002777777777777778
        + s
        * (
            0.0007936507936507937
            + s
            * (
                -0.0005952380952380953
                + s
                * (
                    0.0008417508417508417
                    + s * (-0.0019175269175269176 + s * (0.00641025641025641 - s * 0.02955065359477124))
                )
            )
        )
    )
    var series = _wide_multiply(inverse, _WideFloat(0.08333333333333333, 4.625929269271485e-18))
    series = _wide_add(series, _WideFloat(t * tail, 0.0))
    var half = _wide_add(x, _WideFloat(-0.5, 0.0))
    var main = _wide_add(_wide_multiply(half, _wide_log(x)), _wide_negate(x))
    main = _wide_add(main, _WideFloat(0.9189385332046728, -3.8782941580672414e-17))
    return _wide_add(main, series)


@fieldwise_init
struct _Shifted(ImplicitlyCopyable, Movable):
    """gamma(x) = gamma(argument) / product, with argument >= 32."""

    var argument: _WideFloat
    var product: _WideFloat


def _shifted(x: Float64) -> _Shifted:
    """0 < x."""
    var product = _WideFloat(1.0, 0.0)
    var argument = _WideFloat(x, 0.0)
    while argument.high < 32.0:
        product = _wide_multiply(product, argument)
        argument = _wide_add(argument, _WideFloat(1.0, 0.0))
    return _Shifted(argument, product)


def _sine_of_pi(x: Float64) -> _WideFloat:
    """|sin(pi * x)| for a finite x that is no whole number."""
    var rest = abs(x - __intrinsic_round_even(x))
    var angle = _wide_multiply(_WideFloat(rest, 0.0), _WideFloat(3.141592653589793, 1.2246467991473532e-16))
    var square = _wide_negate(_wide_multiply(angle, angle))
    # The series sum(square**k / (2 k + 1)!), from its end.
    var sum = _WideFloat(1.0, 0.0)
    for k in range(13, 0, -1):
        var divisor = Float64(2 * k * (2 * k + 1))
        sum = _wide_multiply(sum, _wide_divide(square, _WideFloat(divisor, 0.0)))
        sum = _wide_add(sum, _WideFloat(1.0, 0.0))
    return _wide_multiply(sum, angle)


def gamma(x: Float64) -> Float64:
    if x != x or x == _infinity():
        return x
    if x == 0.0:
        return __intrinsic_copysign(_infinity(), x)
    if x == __intrinsic_floor(x) and x < 0.0:
        return _not_a_number()
    if x > 172.0:
        return _infinity()
    if abs(x) < 1e-17:
        return 1.0 / x
    if x < 0.0:
        return _gamma_negative(x)
    var parts = _shifted(x)
    var exponential = _wide_exponential(_stirling(parts.argument))
    var value = _wide_add(_WideFloat(1.0, 0.0), exponential.rest)
    return _scaled_by_power(_wide_divide(value, parts.product).high, exponential.power)


def _gamma_negative(x: Float64) -> Float64:
    """pi / (sin(pi x) * -x * gamma(-x))."""
    if x < -186.0:
        return 0.0
    var parts = _shifted(-x)
    var exponential = _wide_exponential(_stirling(parts.argument))
    var value = _wide_add(_WideFloat(1.0, 0.0), exponential.rest)
    var below = _wide_multiply(_wide_multiply(value, _sine_of_pi(x)), _WideFloat(-x, 0.0))
    var above = _wide_multiply(parts.product, _WideFloat(3.141592653589793, 1.2246467991473532e-16))
    var size = _wide_divide(above, below)
    # Towards 1, so that a subnormal result is rounded once.
    var shift = _exponent_bits(size.high) - 1023
    var power = shift - exponential.power
    size = _wide_scale(size, _power_of_two(-shift))
    var result = _scaled_wide(size, power) if power < -1020 else size.high * _power_of_two(power)
    var is_even = __intrinsic_floor(__intrinsic_floor(x) * 0.5) * 2.0 == __intrinsic_floor(x)
    return result if is_even else -result


def lgamma(x: Float64) -> Float64:
    """The logarithm of |gamma(x)|."""
    if x != x:
        return x
    if abs(x) == _infinity() or (x == __intrinsic_floor(x) and x <= 0.0):
        return _infinity()
    if abs(x) < 1e-17:
        return -log(abs(x))
    if x > 1e17:
        var less_one = _wide_add(_wide_log(_WideFloat(x, 0.0)), _WideFloat(-1.0, 0.0))
        var scaled = _wide_multiply(less_one, _WideFloat(x * 7.888609052210118e-31, 0.0))
        return scaled.high * 1.2676506002282294e30
    if x > 0.0:
        return _wide_lgamma(x).high
    # log(pi) - log(|x sin(pi x)|) - lgamma(-x)
    var sine = _wide_multiply(_sine_of_pi(x), _WideFloat(-x, 0.0))
    var logs = _wide_add(_wide_log(sine), _wide_lgamma(-x))
    return _wide_add(_WideFloat(1.1447298858494002, 1.0265951162707826e-17), _wide_negate(logs)).high


def _wide_lgamma(x: Float64) -> _WideFloat:
    """x > 0."""
    var near_one = x - 1.0
    if abs(near_one) < 0.0001:
        var tail = near_one * (
            0.8224670334241132
            - near_one * (0.40068563438653143 - near_one * (0.27058080842778454 - near_one * 0.20738555102867398))
        )
        var slope = _wide_add(_WideFloat(-0.5772156649015329, 4.942915152430645e-18), _WideFloat(tail, 0.0))
        return _wide_multiply(slope, _WideFloat(near_one, 0.0))
    var near_two = x - 2.0
    if abs(near_two) < 0.0001:
        var tail = near_two * (
            0.3224670334241132
            - near_two * (0.0673523010531981 - near_two * (0.020580808427784546 - near_two * 0.007385551028673986))
        )
        var slope = _wide_add(_WideFloat(0.42278433509846713, 4.942915152430645e-18), _WideFloat(tail, 0.0))
        return _wide_multiply(slope, _WideFloat(near_two, 0.0))
    var parts = _shifted(x)
    return _wide_add(_stirling(parts.argument), _wide_negate(_wide_log(parts.product)))
