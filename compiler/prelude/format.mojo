"""Values as text: what `print` and `String(x)` write.

Floats are written with the fewest digits that read back as the same number, the closest such if there are several, as
in Steele and White, "How to print floating-point numbers accurately" (1990), with exact arithmetic. The layout is
Python's: exponent form from 1e16 on and below 1e-4. Where Mojo differs from Python we follow Mojo: a tie between two
digits goes up, and the ends of the rounding interval count as inside.
"""


def _write(mut out: String, value: String):
    _append(out, value)


def _write_literal(mut out: String, data: __Pointer[UInt8], length: Int):
    """Append constant bytes."""
    _append_bytes(out, data, length)


def _write(mut out: String, value: Bool):
    if value:
        out += "True"
    else:
        out += "False"


def _write(mut out: String, value: Int):
    if value < 0:
        out.bytes.append(45)
        _write_digits(out, UInt64(0) - UInt64(value))
    else:
        _write_digits(out, UInt64(value))


def _write[dt: DType, n: SIMDLength](mut out: String, value: SIMD[dt, n]):
    """Other integers, and vectors."""
    comptime if n > 1:
        out += "["
        for i in range(n):
            if i > 0:
                out += ", "
            _write(out, value[i])
        out += "]"
    elif dt.is_unsigned():
        _write_digits(out, UInt64(value))
    else:
        _write(out, Int(value))


def _write(mut out: String, value: DType):
    out += value._name()


def _write(mut out: String, value: Float64):
    var bits = _bits_of(value)
    var fraction = bits & 0xFFFFFFFFFFFFF
    var exponent = Int((bits >> 52) & 0x7FF)
    if exponent == 0x7FF:
        _write_not_finite(out, fraction != 0, (bits >> 63) != 0)
        return
    if (bits >> 63) != 0:
        out.bytes.append(45)
    if _wrote_short(out, abs(value)):
        return
    if exponent == 0:
        _write_binary(out, fraction, -1074, False)
    else:
        _write_binary(out, fraction | 0x10000000000000, exponent - 1075, fraction == 0)


def _write(mut out: String, value: Float32):
    var bits = UInt64(_bits_of(value))
    var fraction = bits & 0x7FFFFF
    var exponent = Int((bits >> 23) & 0xFF)
    if exponent == 0xFF:
        _write_not_finite(out, fraction != 0, (bits >> 31) != 0)
        return
    if (bits >> 31) != 0:
        out.bytes.append(45)
    if exponent == 0 and fraction == 0:
        out += "0.0"
    elif exponent != 0 and fraction == 0:
        _write_binary(out, 0x800000, exponent - 150, True)
    elif exponent == 0:
        _write_float32(out, fraction, -149)
    else:
        _write_float32(out, fraction | 0x800000, exponent - 150)


def _write[T: Copyable & Movable](mut out: String, values: List[T]):
    out += "["
    for i in range(values.length):
        if i > 0:
            out += ", "
        _write(out, values.data[i])
    out += "]"


def _write_not_finite(mut out: String, is_nan: Bool, is_negative: Bool):
    if is_nan:
        out += "nan"
    elif is_negative:
        out += "-inf"
    else:
        out += "inf"


def _wrote_short(mut out: String, value: Float64) -> Bool:
    """Write `value` >= 0 if it is a decimal of at most 15 digits that doubles can prove: value = whole / scale in one
    exact-operand division. Such a decimal is unique, so it is the shortest."""
    if value == 0.0:
        out += "0.0"
        return True
    if value < 0.001 or value >= 1e15:
        return False
    var scale = 1.0
    for places in range(0, 18):
        var product = value * scale
        if product >= 1e15:
            return False
        var whole = UInt64(product + 0.5)
        if Float64(whole) / scale == value:
            var digits = String()
            _write_digits(digits, whole)
            var point = digits.bytes.length - places
            _trim_zeros(digits)
            _write_decimal(out, digits, point)
            return True
        scale *= 10.0
    return False


def _trim_zeros(mut digits: String):
    while digits.bytes.length > 1 and digits.bytes.data[digits.bytes.length - 1] == 48:
        digits.bytes.length -= 1


def _write_binary(mut out: String, mantissa: UInt64, exponent: Int, is_low_gap_half: Bool):
    """Write mantissa * 2**exponent. The gap to the next lower number is half the gap to the next higher one if
    `is_low_gap_half`."""
    if mantissa == 0:
        out += "0.0"
        return
    var digits = String()
    var point = _shortest_digits(digits, mantissa, exponent, is_low_gap_half)
    _write_decimal(out, digits, point)


def _shortest_digits(
    mut digits: String, mantissa: UInt64, exponent: Int, is_low_gap_half: Bool
) -> Int:
    """Append the shortest digits d1 d2 ...; returns p with value = 0.d1d2... * 10**p.

    The value is rest / unit; the numbers from (rest - low) / unit to (rest + high) / unit read back as the value (the
    ends only if the mantissa is even, but Mojo takes them always).
    """
    var doubling = 2 if is_low_gap_half else 1
    var rest = _Big(mantissa)
    var unit = _Big(1)
    var low = _Big(1)
    rest.shift_left(doubling + max(exponent, 0))
    unit.shift_left(doubling + max(-exponent, 0))
    low.shift_left(max(exponent, 0))
    var high = low.copy()
    high.shift_left(doubling - 1)

    # log10(value) lies within (bits - 1, bits] * log10(2); the estimate is right or one too low.
    var bits = 64 - Int(__intrinsic_leading_zeros(mantissa)) + exponent
    var point = Int(ceil(Float64(bits - 1) * 0.30102999566398114 - 1e-10))
    unit.scale_by_power_of_ten(max(point, 0))
    rest.scale_by_power_of_ten(max(-point, 0))
    low.scale_by_power_of_ten(max(-point, 0))
    high.scale_by_power_of_ten(max(-point, 0))
    if rest.compare_sum(high, unit) >= 0:
        point += 1
        unit.scale(10, 0)

    while True:
        rest.scale(10, 0)
        low.scale(10, 0)
        high.scale(10, 0)
        var digit: UInt8 = 48
        while rest.compare(unit) >= 0:
            rest.subtract(unit)
            digit += 1
        var can_stop_low = rest.compare(low) <= 0
        var can_stop_high = rest.compare_sum(high, unit) >= 0
        if can_stop_low or can_stop_high:
            if can_stop_high and (not can_stop_low or rest.compare_sum(rest, unit) >= 0):
                digit += 1
            digits.bytes.append(digit)
            return point
        digits.bytes.append(digit)


def _write_float32(mut out: String, mantissa: UInt64, exponent: Int):
    """Write mantissa * 2**exponent as Mojo 1.2 writes a Float32 that is no power of two.

    This is the middle case of Dragonbox (Jeon, "Dragonbox: a new floating-point binary-to-decimal conversion
    algorithm"), in units of 10**scale that are a tenth of the last digit that may be needed. Mojo looks up the wrong
    power of ten where the algorithm asks whether a fraction was cut off (`_mojo_fraction`), so that its last digit is
    sometimes not the closest one; the output is to be the same.
    """
    var scale = ((exponent * 315653) >> 20) - 1
    var above = _scaled_floor(2 * mantissa + 1, exponent - 1, -scale)
    var width = _scaled_floor(1, exponent, -scale)
    var whole = above // 100
    var rest = above % 100
    var is_short = rest < width
    if rest == width:
        var fraction = _mojo_fraction(2 * mantissa - 1, exponent, scale)
        is_short = fraction.is_odd or fraction.is_whole
    if not is_short:
        scale += 1
        var distance = rest - width // 2 + 5
        whole = whole * 10 + distance // 10
        if distance % 10 == 0:
            var is_odd = _mojo_fraction(2 * mantissa, exponent, scale - 1).is_odd
            if is_odd != ((distance ^ 5) & 1 == 1):
                whole -= 1
    else:
        scale += 2
    var digits = String()
    _write_digits(digits, whole)
    var point = digits.bytes.length + scale
    _trim_zeros(digits)
    _write_decimal(out, digits, point)


def _scaled_floor(factor: UInt64, power_of_two: Int, power_of_ten: Int) -> UInt64:
    """The whole part of factor * 2**power_of_two * 10**power_of_ten, which is below 2**32."""
    var rest = _Big(factor)
    var unit = _Big(1)
    rest.scale_by_power_of_ten(max(power_of_ten, 0))
    rest.shift_left(max(power_of_two, 0))
    unit.scale_by_power_of_ten(max(-power_of_ten, 0))
    unit.shift_left(max(-power_of_two, 0) + 32)
    var quotient: UInt64 = 0
    for _ in range(33):
        quotient = quotient << 1
        if rest.compare(unit) >= 0:
            rest.subtract(unit)
            quotient += 1
        rest.shift_left(1)
    return quotient


@fieldwise_init
struct _Fraction(Copyable, Movable):
    """What Mojo believes of a scaled number."""

    var is_odd: Bool
    """Its whole part is odd."""
    var is_whole: Bool
    """Nothing stands behind the point."""


def _mojo_fraction(factor: UInt64, exponent: Int, scale: Int) -> _Fraction:
    """Mojo's answer: it multiplies by 10**(-scale - 261) in 128 bits instead of 10**-scale."""
    var power = _Big(1)
    power.scale_by_power_of_ten(scale + 261)
    # The reciprocal, rounded up to 128 bits: 2**(127 + length) / power + 1.
    var rest = _Big(1)
    rest.shift_left(power.bit_length() - 1)
    var high: UInt64 = 0
    var low: UInt64 = 0
    for _ in range(129):
        high = (high << 1) | (low >> 63)
        low = low << 1
        if rest.compare(power) >= 0:
            rest.subtract(power)
            low = low | 1
        rest.shift_left(1)
    low += 1
    if low == 0:
        high += 1
    var top = factor * high + _mul_high(factor, low)
    var bottom = factor * low
    var shift = UInt64(exponent + ((-scale * 1741647) >> 19))
    return _Fraction(
        (top >> (64 - shift)) & 1 == 1, ((top << shift) | (bottom >> (64 - shift))) == 0
    )


def _write_decimal(mut out: String, digits: String, point: Int):
    """Lay out 0.d1d2... * 10**point."""
    var count = digits.bytes.length
    if point > 16 or point < -3:
        _write_scientific(out, digits, point - 1)
        return
    if point <= 0:
        out += "0."
        for _ in range(-point):
            out.bytes.append(48)
        _append(out, digits)
        return
    for i in range(max(count, point)):
        if i == point:
            out.bytes.append(46)
        out.bytes.append(digits.bytes.data[i] if i < count else UInt8(48))
    if point >= count:
        out += ".0"


def _write_scientific(mut out: String, digits: String, exponent: Int):
    """Lay out d1.d2... * 10**exponent: at least two digits of exponent, with sign."""
    out.bytes.append(digits.bytes.data[0])
    if digits.bytes.length > 1:
        out.bytes.append(46)
        _append(out, digits._between(1, digits.bytes.length))
    out.bytes.append(101)
    out.bytes.append(UInt8(43) if exponent >= 0 else UInt8(45))
    if abs(exponent) < 10:
        out.bytes.append(48)
    _write(out, abs(exponent))


def hex[dt: DType](value: Scalar[dt], *, prefix: String = "0x") -> String:
    """In base 16: `0xff`, `-0xff`."""
    return _in_base(value < 0, UInt64(value), 4, prefix)


def oct[dt: DType](value: Scalar[dt], *, prefix: String = "0o") -> String:
    """In base 8: `0o17`."""
    return _in_base(value < 0, UInt64(value), 3, prefix)


def bin[dt: DType](value: Scalar[dt], *, prefix: String = "0b") -> String:
    """In base 2: `0b101`."""
    return _in_base(value < 0, UInt64(value), 1, prefix)


def _in_base(is_negative: Bool, value: UInt64, bits: Int, prefix: String) -> String:
    """With 2**bits as the base."""
    var out = String("-") if is_negative else String()
    out += prefix
    var rest = UInt64(0) - value if is_negative else value
    var shift = 0
    while shift + bits < 64 and (rest >> UInt64(shift + bits)) != 0:
        shift += bits
    while shift >= 0:
        var digit = (rest >> UInt64(shift)) & ((UInt64(1) << UInt64(bits)) - 1)
        out.bytes.append(UInt8(digit + 48) if digit < 10 else UInt8(digit + 87))
        shift -= bits
    return out^
