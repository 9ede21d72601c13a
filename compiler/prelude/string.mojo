"""String: immutable-looking UTF-8 text that owns its bytes."""


struct String(ImplicitlyCopyable, Movable):
    var bytes: List[UInt8]

    def __init__(out self):
        self.bytes = List[UInt8]()

    def byte_length(self) -> Int:
        return self.bytes.length

    def count_codepoints(self) -> Int:
        """Bytes that do not continue a code point."""
        var count = 0
        for i in range(self.bytes.length):
            if (self.bytes.data[i] & 0xC0) != 0x80:
                count += 1
        return count

    def as_bytes(self) -> List[UInt8]:
        return self.bytes.copy()

    def copy(self) -> Self:
        return __copy(self)

    def __bool__(self) -> Bool:
        return self.bytes.length > 0

    def __add__(self, other: String) -> String:
        var result = String()
        result.bytes.reserve(self.bytes.length + other.bytes.length)
        _append(result, self)
        _append(result, other)
        return result^

    def __iadd__(mut self, other: String):
        _append(self, other)

    def __mul__(self, times: Int) -> String:
        var result = String()
        for _ in range(times):
            _append(result, self)
        return result^

    def __eq__(self, other: String) -> Bool:
        if self.bytes.length != other.bytes.length:
            return False
        return self._matches(other, 0)

    def __ne__(self, other: String) -> Bool:
        return not (self == other)

    def __lt__(self, other: String) -> Bool:
        return _compare(self, other) < 0

    def __le__(self, other: String) -> Bool:
        return _compare(self, other) <= 0

    def __gt__(self, other: String) -> Bool:
        return _compare(self, other) > 0

    def __ge__(self, other: String) -> Bool:
        return _compare(self, other) >= 0

    def __contains__(self, part: String) -> Bool:
        return self.find(part) >= 0

    def _matches(self, part: String, start: Int) -> Bool:
        """Does `part` stand at byte `start`? It must fit."""
        for i in range(part.bytes.length):
            if self.bytes.data[start + i] != part.bytes.data[i]:
                return False
        return True

    def _between(self, start: Int, stop: Int) -> String:
        """The bytes from `start` to `stop`, 0 <= start <= length."""
        var result = String()
        if stop > start:
            result.bytes = List[UInt8](capacity=stop - start)
            __intrinsic_memory_copy(
                result.bytes.data,
                __Pointer[UInt8](UInt(self.bytes.data) + UInt(start)),
                stop - start,
            )
            result.bytes.length = stop - start
        return result^

    def find(self, part: String, start: Int = 0) -> Int:
        """The first byte offset of `part` from `start` on, or -1."""
        var first = start
        if first < 0:
            first = max(0, first + self.bytes.length)
        for i in range(first, self.bytes.length - part.bytes.length + 1):
            if self._matches(part, i):
                return i
        return -1

    def rfind(self, part: String) -> Int:
        """The last byte offset of `part`, or -1."""
        for i in range(self.bytes.length - part.bytes.length, -1, -1):
            if self._matches(part, i):
                return i
        return -1

    def count(self, part: String) -> Int:
        """How often `part` occurs, not counting overlaps."""
        if part.bytes.length == 0:
            return self.count_codepoints() + 1
        var found = 0
        var at = self.find(part)
        while at >= 0:
            found += 1
            at = self.find(part, at + part.bytes.length)
        return found

    def startswith(self, part: String) -> Bool:
        if part.bytes.length > self.bytes.length:
            return False
        return self._matches(part, 0)

    def endswith(self, part: String) -> Bool:
        if part.bytes.length > self.bytes.length:
            return False
        return self._matches(part, self.bytes.length - part.bytes.length)

    def replace(self, old: String, new: String) -> String:
        """Every occurrence of `old` replaced by `new`, from the left."""
        if old.bytes.length == 0:
            return self._interleaved(new)
        var result = String()
        var start = 0
        var at = self.find(old)
        while at >= 0:
            _append(result, self._between(start, at))
            _append(result, new)
            start = at + old.bytes.length
            at = self.find(old, start)
        _append(result, self._between(start, self.bytes.length))
        return result^

    def _interleaved(self, new: String) -> String:
        """`new` before every byte: what replacing the empty string means."""
        var result = String()
        for i in range(self.bytes.length):
            _append(result, new)
            result.bytes.append(self.bytes.data[i])
        return result^

    def split(self, separator: String) -> List[String]:
        """The stretches between occurrences of a separator that is not empty."""
        var parts = List[String]()
        var start = 0
        var at = self.find(separator)
        while at >= 0:
            parts.append(self._between(start, at))
            start = at + separator.bytes.length
            at = self.find(separator, start)
        parts.append(self._between(start, self.bytes.length))
        return parts^

    def split(self) -> List[String]:
        """The words between white space."""
        var words = List[String]()
        var start = 0
        while start < self.bytes.length:
            if _is_space(self.bytes.data[start]):
                start += 1
                continue
            var stop = start
            while stop < self.bytes.length and not _is_space(self.bytes.data[stop]):
                stop += 1
            words.append(self._between(start, stop))
            start = stop
        return words^

    def strip(self) -> String:
        return self.lstrip().rstrip()

    def lstrip(self) -> String:
        var start = 0
        while start < self.bytes.length and _is_space(self.bytes.data[start]):
            start += 1
        return self._between(start, self.bytes.length)

    def rstrip(self) -> String:
        var stop = self.bytes.length
        while stop > 0 and _is_space(self.bytes.data[stop - 1]):
            stop -= 1
        return self._between(0, stop)

    def upper(self) -> String:
        """ASCII letters in upper case; other code points are left alone."""
        var result = self
        for i in range(result.bytes.length):
            var byte = result.bytes.data[i]
            if byte >= 97 and byte <= 122:
                result.bytes.data[i] = byte - 32
        return result^

    def lower(self) -> String:
        """ASCII letters in lower case; other code points are left alone."""
        var result = self
        for i in range(result.bytes.length):
            var byte = result.bytes.data[i]
            if byte >= 65 and byte <= 90:
                result.bytes.data[i] = byte + 32
        return result^

    def join(self, parts: List[String]) -> String:
        """All parts, with this string between them."""
        var result = String()
        for i in range(parts.length):
            if i > 0:
                _append(result, self)
            _append(result, parts.data[i])
        return result^


def _string_literal(data: __Pointer[UInt8], length: Int) -> String:
    """A String with a copy of constant bytes."""
    var result = String()
    result.bytes = List[UInt8](capacity=length)
    __intrinsic_memory_copy(result.bytes.data, data, length)
    result.bytes.length = length
    return result^


def _append(mut text: String, other: String):
    """Add the bytes of `other`, which may be `text` itself."""
    var length = text.bytes.length + other.bytes.length
    if length > text.bytes.capacity:
        text.bytes.reserve(max(length, text.bytes.capacity * 2))
    _append_bytes(text, other.bytes.data, other.bytes.length)


def _append_bytes(mut text: String, data: __Pointer[UInt8], count: Int):
    """Add bytes that stay where they are when `text` grows."""
    var length = text.bytes.length + count
    if length > text.bytes.capacity:
        text.bytes.reserve(max(length, text.bytes.capacity * 2))
    __intrinsic_memory_copy(
        __Pointer[UInt8](UInt(text.bytes.data) + UInt(text.bytes.length)), data, count
    )
    text.bytes.length = length


def _compare(left: String, right: String) -> Int:
    """Negative, 0 or positive, by bytes, which is also the order of code points."""
    var common = min(left.bytes.length, right.bytes.length)
    for i in range(common):
        if left.bytes.data[i] != right.bytes.data[i]:
            return Int(left.bytes.data[i]) - Int(right.bytes.data[i])
    return left.bytes.length - right.bytes.length


def _is_space(byte: UInt8) -> Bool:
    """The white space of `strip` and `split`: tab to carriage return, the separators 28 to 30, blank."""
    return (byte >= 9 and byte <= 13) or (byte >= 28 and byte <= 30) or byte == 32


def ord(text: String) -> Int:
    """The code point of a string of one."""
    var first = Int(text.bytes[0])
    if first < 0x80:
        return first
    if first < 0xE0:
        return ((first & 0x1F) << 6) | (Int(text.bytes[1]) & 0x3F)
    if first < 0xF0:
        return ((first & 0x0F) << 12) | ((Int(text.bytes[1]) & 0x3F) << 6) | (Int(text.bytes[2]) & 0x3F)
    return (
        ((first & 0x07) << 18)
        | ((Int(text.bytes[1]) & 0x3F) << 12)
        | ((Int(text.bytes[2]) & 0x3F) << 6)
        | (Int(text.bytes[3]) & 0x3F)
    )


def chr(code: Int) -> String:
    """The string of one code point."""
    var text = String()
    if code < 0x80:
        text.bytes.append(UInt8(code))
        return text^
    if code < 0x800:
        text.bytes.append(UInt8(0xC0 | (code >> 6)))
    elif code < 0x10000:
        text.bytes.append(UInt8(0xE0 | (code >> 12)))
        text.bytes.append(UInt8(0x80 | ((code >> 6) & 0x3F)))
    else:
        text.bytes.append(UInt8(0xF0 | (code >> 18)))
        text.bytes.append(UInt8(0x80 | ((code >> 12) & 0x3F)))
        text.bytes.append(UInt8(0x80 | ((code >> 6) & 0x3F)))
    text.bytes.append(UInt8(0x80 | (code & 0x3F)))
    return text^
