"""Checking and repairing UTF-8."""


def _valid_length(bytes: List[UInt8], start: Int) -> Int:
    """The length of the well-formed sequence at `start`, or minus the number of bytes to be replaced together."""
    var first = bytes.data[start]
    if first < 0x80:
        return 1
    if first < 0xC2 or first > 0xF4:
        return -1
    var wanted = _sequence_length(first)
    for i in range(1, wanted):
        if start + i >= bytes.length:
            return -i
        var byte = bytes.data[start + i]
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        if i == 1:
            if first == 0xE0:
                low = 0xA0
            elif first == 0xED:
                high = 0x9F
            elif first == 0xF0:
                low = 0x90
            elif first == 0xF4:
                high = 0x8F
        if byte < low or byte > high:
            return -i
    return wanted


def _is_utf8(bytes: List[UInt8]) -> Bool:
    var at = 0
    while at < bytes.length:
        var length = _valid_length(bytes, at)
        if length < 0:
            return False
        at += length
    return True


def _repaired_utf8(bytes: List[UInt8]) -> List[UInt8]:
    """The bytes with the replacement character for each stretch that is not UTF-8."""
    var result = List[UInt8](capacity=bytes.length)
    var at = 0
    while at < bytes.length:
        var length = _valid_length(bytes, at)
        if length > 0:
            for i in range(length):
                result.append(bytes.data[at + i])
            at += length
        else:
            result.append(0xEF)
            result.append(0xBF)
            result.append(0xBD)
            at -= length
    return result^
