"""Text as numbers: `Int(s)`, `atol`, `Float64(s)`, `atof`, with Mojo's words for what is wrong."""


def atol(text: String, base: Int = 10) raises -> Int:
    """The integer written in `text` in a base from 2 to 36; base 0 goes by the prefix."""
    if base != 0 and (base < 2 or base > 36):
        raise Error("Base must be >= 2 and <= 36, or 0.")
    var stripped = text.strip()
    var bytes = stripped.bytes.copy()
    var at = 0
    var is_negative = False
    if at < bytes.length and (bytes.data[at] == 43 or bytes.data[at] == 45):
        is_negative = bytes.data[at] == 45
        at += 1
    var radix = base
    var prefix = _prefix_base(bytes, at)
    if prefix != 0 and (base == 0 or base == prefix):
        radix = prefix
        at += 2
    elif base == 0:
        radix = 10
    var value: UInt64 = 0
    var is_too_large = False
    var was_digit = prefix != 0 and radix == prefix
    var has_digit = False
    while at < bytes.length:
        if bytes.data[at] == 95 and was_digit:
            was_digit = False
            at += 1
            continue
        var digit = _digit_value(bytes.data[at])
        if digit >= radix:
            raise _not_integer(text, base)
        if _mul_high(value, UInt64(radix)) != 0:
            is_too_large = True
        var next = value * UInt64(radix) + UInt64(digit)
        if next < UInt64(digit):
            is_too_large = True
        value = next
        was_digit = True
        has_digit = True
        at += 1
    if not has_digit or not was_digit:
        raise _not_integer(text, base)
    var limit = (UInt64(1) << 63) - (UInt64(0) if is_negative else UInt64(1))
    if is_too_large or value > limit:
        raise Error(
            _not_integer(text, base).message
            + " String expresses an integer too large to store in Int."
        )
    return Int(UInt64(0) - value) if is_negative else Int(value)


def _prefix_base(bytes: List[UInt8], at: Int) -> Int:
    """2, 8 or 16 if `0b`, `0o` or `0x` stands at `at`, else 0."""
    if at + 1 >= bytes.length or bytes.data[at] != 48:
        return 0
    var letter = bytes.data[at + 1] | 32
    if letter == 98:
        return 2
    if letter == 111:
        return 8
    return 16 if letter == 120 else 0


def _digit_value(byte: UInt8) -> Int:
    """0 to 35, or 99 for what is no digit."""
    if byte >= 48 and byte <= 57:
        return Int(byte) - 48
    var letter = byte | 32
    if letter >= 97 and letter <= 122:
        return Int(letter) - 87
    return 99


def _not_integer(text: String, base: Int) -> Error:
    var message = String("String is not convertible to integer with base ")
    _write(message, base)
    message += ": '" + text + "'"
    return Error(message)


def atof(text: String) raises -> Float64:
    """The float64 nearest to the decimal written in `text`, ties to even."""
    var number = text.strip()
    var is_negative = number.startswith("-")
    if is_negative or number.startswith("+"):
        number = number._between(1, number.byte_length())
    var magnitude = _read_magnitude(text, number)
    return -magnitude if is_negative else magnitude


def _read_magnitude(text: String, number: String) raises -> Float64:
    """The value of `number`, which is `text` without blanks and sign."""
    var lowered = number.lower()
    if lowered == "nan":
        return _float_of_bits(0x7FF8000000000000)
    if lowered == "inf" or lowered == "infinity":
        return _float_of_bits(0x7FF0000000000000)
    if text.byte_length() == 0 or number == ".":
        raise _not_float(text, String())
    var digits = number
    if digits.endswith("f") or digits.endswith("F"):
        digits = digits._between(0, digits.byte_length() - 1)
    if digits.byte_length() == 0 or not _is_digit_or_dot(digits.bytes.data[0]):
        raise _not_float(text, _wrong_end("first", number))
    if not _is_digit_or_dot(digits.bytes.data[digits.byte_length() - 1]):
        raise _not_float(text, _wrong_end("last", number))
    return _read_decimal(text, digits)


def _read_decimal(text: String, number: String) raises -> Float64:
    """The value of digits with at most one dot and one exponent; it starts and ends with a digit or dot."""
    var mantissa = _Big(0)
    var digit_count = 0
    var exponent = 0
    var has_dot = False
    var at = 0
    while at < number.byte_length():
        var byte = number.bytes.data[at]
        if byte == 46 and not has_dot:
            has_dot = True
        elif byte >= 48 and byte <= 57:
            mantissa.scale(10, UInt64(byte) - 48)
            digit_count += 1
            if has_dot:
                exponent -= 1
        elif byte == 101 or byte == 69:
            break
        else:
            raise _invalid_character(text, number)
        at += 1
    if at < number.byte_length():
        exponent += _read_exponent(text, number, at + 1)
    return _nearest_float(mantissa, exponent)


def _read_exponent(text: String, number: String, start: Int) raises -> Int:
    """The exponent from byte `start` on; clamped far outside of what a double can hold."""
    var at = start
    var is_negative = number.bytes.data[at] == 45
    if is_negative or number.bytes.data[at] == 43:
        at += 1
    var exponent = 0
    for i in range(at, number.byte_length()):
        var byte = number.bytes.data[i]
        if byte < 48 or byte > 57:
            raise _invalid_character(text, number)
        exponent = min(exponent * 10 + Int(byte) - 48, 100000)
    return -exponent if is_negative else exponent


def _nearest_float(mantissa: _Big, exponent: Int) -> Float64:
    """mantissa * 10**exponent rounded to nearest, ties to even: binary long division of two naturals."""
    var bits = mantissa.bit_length()
    if bits == 0 or exponent < -400 - bits:
        return 0.0
    if exponent > 400:
        return _float_of_bits(0x7FF0000000000000)
    var rest = mantissa.copy()
    var unit = _Big(1)
    rest.scale_by_power_of_ten(max(exponent, 0))
    unit.scale_by_power_of_ten(max(-exponent, 0))

    # Shift so that 1 <= rest / unit < 2; then value = rest / unit * 2**power.
    var power = rest.bit_length() - unit.bit_length()
    rest.shift_left(max(-power, 0))
    unit.shift_left(max(power, 0))
    if rest.compare(unit) < 0:
        rest.shift_left(1)
        power -= 1
    if power > 1023:
        return _float_of_bits(0x7FF0000000000000)
    var digits = 53 if power >= -1022 else 53 - (-1022 - power)
    if digits < 0:
        return 0.0
    var quotient: UInt64 = 0
    for _ in range(digits):
        quotient = quotient << 1
        if rest.compare(unit) >= 0:
            rest.subtract(unit)
            quotient += 1
        rest.shift_left(1)
    var order = rest.compare(unit)
    if order > 0 or (order == 0 and quotient % 2 == 1):
        quotient += 1
    if power < -1022:
        return _float_of_bits(quotient)
    # A quotient of 2**53 carries into the exponent by itself; from 2**1024 on these are the bits of infinity.
    return _float_of_bits(
        (UInt64(power + 1022) << 52) + quotient
    )


def _is_digit_or_dot(byte: UInt8) -> Bool:
    return (byte >= 48 and byte <= 57) or byte == 46


def _not_float(text: String, reason: String) -> Error:
    return Error("String is not convertible to float: '" + text + "'" + reason)


def _invalid_character(text: String, number: String) -> Error:
    return _not_float(text, ". Invalid character(s) in the number: '" + number + "'")


def _wrong_end(which: String, number: String) -> String:
    return (
        ". The "
        + which
        + " character of '"
        + number
        + "' should be a digit or dot to convert it to a float."
    )
