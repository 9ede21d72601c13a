"""std.base64: bytes as text, by RFC 4648."""


def b64encode(input_bytes: String) -> String:
    return b64encode(input_bytes.bytes)


def b64encode(input_bytes: List[UInt8]) -> String:
    """Four characters for every three bytes, `=` for what is missing."""
    var out = String()
    var length = input_bytes.length
    for at in range(0, length, 3):
        var word = UInt32(input_bytes.data[at]) << 16
        if at + 1 < length:
            word |= UInt32(input_bytes.data[at + 1]) << 8
        if at + 2 < length:
            word |= UInt32(input_bytes.data[at + 2])
        out.bytes.append(_base64_character(word >> 18))
        out.bytes.append(_base64_character((word >> 12) & 63))
        out.bytes.append(_base64_character((word >> 6) & 63) if at + 1 < length else UInt8(61))
        out.bytes.append(_base64_character(word & 63) if at + 2 < length else UInt8(61))
    return out^


def _base64_character(value: UInt32) -> UInt8:
    if value < 26:
        return UInt8(value + 65)
    if value < 52:
        return UInt8(value + 71)
    if value < 62:
        return UInt8(value - 4)
    return 43 if value == 62 else 47


def b16encode(text: String) -> String:
    """Two hexadecimal digits for each byte, in capitals."""
    var out = String()
    for i in range(text.bytes.length):
        out.bytes.append(_base16_character(text.bytes.data[i] >> 4))
        out.bytes.append(_base16_character(text.bytes.data[i] & 15))
    return out^


def _base16_character(value: UInt8) -> UInt8:
    return value + 48 if value < 10 else value + 55
