"""Naturals in decimal, eight digits at a time.

Not among the functions of `format.mojo`, which are never inlined: this is what programs wait for that write many
numbers.
"""

comptime _EIGHT_DIGITS: UInt64 = 100000000
comptime _ZEROS: UInt64 = 0x3030303030303030


def _write_digits(mut out: String, value: UInt64):
    var first = value
    if value >= _EIGHT_DIGITS:
        first = value // _EIGHT_DIGITS
        if first >= _EIGHT_DIGITS:
            first = first // _EIGHT_DIGITS
    var digits = _eight_digits(first)
    # The number of zero bytes before the first digit, but for the last one.
    var zeros = __intrinsic_trailing_zeros(digits | 1 << 56) >> 3
    _append_word(out, (digits | _ZEROS) >> (zeros << 3), 8 - Int(zeros))
    if value >= _EIGHT_DIGITS:
        if value >= _EIGHT_DIGITS * _EIGHT_DIGITS:
            _append_eight(out, value // _EIGHT_DIGITS % _EIGHT_DIGITS)
        _append_eight(out, value % _EIGHT_DIGITS)


def _append_eight(mut out: String, value: UInt64):
    """With zeros before it."""
    _append_word(out, _eight_digits(value) | _ZEROS, 8)


def _eight_digits(value: UInt64) -> UInt64:
    """The eight digits of a number, the first one in the lowest byte.

    Halves, then quarters, then digits are divided all at once: x * 10486 >> 20 is x // 100 below 10000, and
    x * 103 >> 10 is x // 10 below 100.
    """
    var fours = value // 10000
    fours = fours | (value - fours * 10000) << 32
    var upper = ((fours * 10486) >> 20) & 0x7F0000007F
    var twos = upper | (fours - upper * 100) << 16
    var tens = ((twos * 103) >> 10) & 0xF000F000F000F
    return tens | (twos - tens * 10) << 8


def _append_word(mut text: String, word: UInt64, count: Int):
    """Add the lower bytes of a word, at most 8."""
    var length = text.bytes.length
    if length + 8 > text.bytes.capacity:
        _grow(text, length + 8)
    __Pointer[UInt64](__intrinsic_pointer_offset(text.bytes.data, length))[0] = word
    text.bytes.length = length + count
