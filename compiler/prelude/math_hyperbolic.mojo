"""std.math: exponentials less one, hyperbolic functions and their inverses, roots; through `_WideFloat`, rounded once."""


def expm1(x: Float64) -> Float64:
    if x != x or abs(x) < 1e-300:
        return x
    if x > 709.0:
        return exp(x)
    if x < -60.0:
        return -1.0
    var result = _wide_expm1(_WideFloat(x, 0.0))
    return result.high + result.low


def log1p(x: Float64) -> Float64:
    if not x > -1.0:
        return _log_special(x + 1.0)
    if abs(x) < 1e-300 or x == _infinity():
        return x
    if x < -0.5:
        return _wide_log(_wide_sum(1.0, x)).high
    return _wide_log_of_sum(_WideFloat(x, 0.0)).high


def sinh(x: Float64) -> Float64:
    var size = abs(x)
    if size < 1e-9 or not size < 720.0:
        return x * (1.0 + x * x) if size < 1e-9 else x * size
    if size > 40.0:
        return __intrinsic_copysign(_half_exponential(size), x)
    var rest = _wide_expm1(_WideFloat(size, 0.0))
    var inverse = _wide_divide(rest, _wide_add(rest, _WideFloat(1.0, 0.0)))
    return __intrinsic_copysign(0.5 * _wide_add(rest, inverse).high, x)


def cosh(x: Float64) -> Float64:
    var size = abs(x)
    if not size < 720.0:
        return size * size
    if size > 40.0:
        return _half_exponential(size)
    if size < 1e-9:
        return 1.0
    var rest = _wide_expm1(_WideFloat(size, 0.0))
    var below = _wide_scale(_wide_add(rest, _WideFloat(1.0, 0.0)), 2.0)
    var above = _wide_divide(_wide_multiply(rest, rest), below)
    return _wide_add(_WideFloat(1.0, 0.0), above).high


def _half_exponential(x: Float64) -> Float64:
    """exp(x) / 2, which is finite a little farther than exp(x)."""
    var parts = _wide_exponential(_WideFloat(x, 0.0))
    return _scaled_by_power(_wide_add(_WideFloat(1.0, 0.0), parts.rest).high, parts.power - 1)


def tanh(x: Float64) -> Float64:
    var size = abs(x)
    if not size < 22.0:
        return x if x != x else __intrinsic_copysign(1.0, x)
    if size < 1e-9:
        return x
    var rest = _wide_expm1(_WideFloat(2.0 * size, 0.0))
    return __intrinsic_copysign(_wide_divide(rest, _wide_add(rest, _WideFloat(2.0, 0.0))).high, x)


def asinh(x: Float64) -> Float64:
    var size = abs(x)
    if size < 1e-9 or not size < _infinity():
        return x
    if size > 1e9:
        var log_size = _wide_log(_WideFloat(size, 0.0))
        var twice = _wide_add(log_size, _WideFloat(0.6931471805599453, 2.3190468138462996e-17))
        return __intrinsic_copysign(twice.high, x)
    var square = _wide_product(size, size)
    var root = _wide_sqrt(_wide_add(square, _WideFloat(1.0, 0.0)))
    var part = _wide_divide(square, _wide_add(root, _WideFloat(1.0, 0.0)))
    return __intrinsic_copysign(_wide_log_of_sum(_wide_add(_WideFloat(size, 0.0), part)).high, x)


def acosh(x: Float64) -> Float64:
    if not x >= 1.0:
        return _not_a_number()
    if x == 1.0 or x == _infinity():
        return x - 1.0
    if x > 1e9:
        var log_size = _wide_log(_WideFloat(x, 0.0))
        return _wide_add(log_size, _WideFloat(0.6931471805599453, 2.3190468138462996e-17)).high
    var above = _wide_sum(x, -1.0)
    var inside = _wide_add(_wide_scale(above, 2.0), _wide_multiply(above, above))
    return _wide_log_of_sum(_wide_add(above, _wide_sqrt(inside))).high


def atanh(x: Float64) -> Float64:
    var size = abs(x)
    if size < 1e-9:
        return x
    if not size < 1.0:
        return __intrinsic_copysign(_infinity(), x) if size == 1.0 else _not_a_number()
    var ratio = _wide_divide(_WideFloat(2.0 * size, 0.0), _wide_sum(1.0, -size))
    return __intrinsic_copysign(0.5 * _wide_log_of_sum(ratio).high, x)


def cbrt(x: Float64) -> Float64:
    if x == 0.0 or not abs(x) < _infinity():
        return x
    var scale = 1.0
    var size = abs(x)
    if size < 1e-290:
        size *= 5.846006549323612e48
        scale = 5.551115123125783e-17
    elif size > 1e290:
        size *= 1.7105694144590052e-49
        scale = 1.8014398509481984e16
    var root = exp(log(size) / 3.0)
    var cube = _wide_multiply(_wide_product(root, root), _WideFloat(root, 0.0))
    var rest = (size - cube.high) - cube.low
    return __intrinsic_copysign((root + rest / (3.0 * root * root)) * scale, x)


def hypot(x: Float64, y: Float64) -> Float64:
    var large = max(abs(x), abs(y))
    var small = min(abs(x), abs(y))
    if large == _infinity():
        return large
    if x != x or y != y:
        return _not_a_number()
    if small == 0.0 or large / small > 1e17:
        return large
    var scale = 1.0
    if large > 1e140:
        scale = 4.149515568880993e180
    elif small < 1e-140:
        scale = 2.409919865102884e-181
    large /= scale
    small /= scale
    var sum = _wide_add(_wide_product(large, large), _wide_product(small, small))
    return _wide_sqrt(sum).high * scale
