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


def b64decode(text: String) raises -> List[UInt8]:
    """The bytes that four characters each stand for."""
    var length = text.bytes.length
    if length % 4 != 0:
        raise Error("ValueError: Input length '" + String(length) + "' must be divisible by 4")
    var out = List[UInt8](capacity=length // 4 * 3)
    for at in range(0, length, 4):
        var word: UInt32 = 0
        for i in range(4):
            word = (word << 6) | _base64_value(text.bytes.data[at + i])
        out.append(UInt8((word >> 16) & 255))
        if text.bytes.data[at + 2] != 61:
            out.append(UInt8((word >> 8) & 255))
        if text.bytes.data[at + 3] != 61:
            out.append(UInt8(word & 255))
    return out^


def _base64_value(byte: UInt8) raises -> UInt32:
    if byte >= 65 and byte <= 90:
        return UInt32(byte - 65)
    if byte >= 97 and byte <= 122:
        return UInt32(byte - 71)
    if byte >= 48 and byte <= 57:
        return UInt32(byte + 4)
    if byte == 61:
        return 0
    if byte == 43 or byte == 47:
        return 62 if byte == 43 else 63
    raise Error("ValueError: Unexpected character '" + chr(Int(byte)) + "' encountered")


def b16decode(text: String) raises -> List[UInt8]:
    """The bytes that two hexadecimal digits each stand for."""
    var length = text.bytes.length
    if length % 2 != 0:
        raise Error("ValueError: Input length '" + String(length) + "' must be divisible by 2")
    var out = List[UInt8](capacity=length // 2)
    for at in range(0, length, 2):
        out.append((_base16_value(text.bytes.data[at]) << 4) | _base16_value(text.bytes.data[at + 1]))
    return out^


def _base16_value(byte: UInt8) raises -> UInt8:
    if byte >= 48 and byte <= 57:
        return byte - 48
    if byte >= 65 and byte <= 70:
        return byte - 55
    if byte >= 97 and byte <= 102:
        return byte - 87
    raise Error("ValueError: Unexpected character '" + chr(Int(byte)) + "' encountered")
