"""String: immutable-looking UTF-8 text that owns its bytes.

Literals, and what is cut out of them, are the exception: their bytes are the program's constants, and their capacity is
0. Whoever changes bytes where they stand calls `_own` before, or has a String that was made for it.
"""


struct String(ImplicitlyCopyable, Movable):
    var bytes: List[UInt8]

    def __init__(out self):
        self.bytes = List[UInt8]()

    def byte_length(self) -> Int:
        return self.bytes.length

    def __init__(out self, *, capacity_bytes: Int):
        self.bytes = List[UInt8](capacity=capacity_bytes)

    def __init__(out self, *, capacity: Int):
        self.bytes = List[UInt8](capacity=capacity)

    def __init__(out self, *, unsafe_from_utf8: Span[UInt8]):
        self.bytes = List[UInt8](unsafe_from_utf8)

    def __init__(out self, *, from_utf8: Span[UInt8]) raises:
        self.bytes = List[UInt8](from_utf8)
        if not _is_utf8(self.bytes):
            raise Error("Cannot construct a String from invalid UTF-8 data")

    def __init__(out self, *, from_utf8_lossy: Span[UInt8]):
        self.bytes = _repaired_utf8(List[UInt8](from_utf8_lossy))

    def __init__(out self, *, unsafe_uninit_length: Int):
        self.bytes = List[UInt8](unsafe_uninit_length=unsafe_uninit_length)

    def __init__(out self, *, ptr: Pointer[UInt8], length: Int):
        self.bytes = List[UInt8](Span[UInt8](ptr=ptr, length=length))

    def __init__(out self, *, unsafe_from_utf8_ptr: Pointer[UInt8]):
        """Of the bytes before a zero."""
        var length = 0
        while unsafe_from_utf8_ptr[length] != 0:
            length += 1
        self.bytes = List[UInt8](Span[UInt8](ptr=unsafe_from_utf8_ptr, length=length))

    def __init__(out self, *, copy: Self):
        self = copy._between(0, copy.bytes.length)

    def _own(mut self):
        """Before bytes are changed where they stand."""
        if self.bytes.capacity == 0:
            self.bytes.reserve(self.bytes.length)

    def capacity_bytes(self) -> Int:
        return max(self.bytes.capacity, self.bytes.length)

    def capacity(self) -> Int:
        return self.capacity_bytes()

    def unsafe_ptr(self) -> Pointer[UInt8]:
        return self.bytes.unsafe_ptr()

    def unsafe_ptr_mut(mut self) -> Pointer[UInt8]:
        self._own()
        return self.bytes.unsafe_ptr()

    def resize(mut self, length: Int, fill_byte: UInt8 = 0):
        self.bytes.resize(length, fill_byte)

    def resize(mut self, *, unsafe_uninit_length: Int):
        self.bytes.resize(unsafe_uninit_length=unsafe_uninit_length)

    @__interior("bytes")
    def __getitem__(self, *, byte: Int) -> String:
        """The code point that begins at a byte."""
        _check_index(byte, self.bytes.length)
        return self._between(byte, byte + _sequence_length(self.bytes.data[byte]))

    @__interior("bytes")
    def __getitem__(self, *, codepoint: Int) -> String:
        """The code point with this number."""
        var start = self._start_of(codepoint)
        return self._between(start, start + _sequence_length(self.bytes.data[start]))

    @__interior("bytes")
    def __getitem__(self, *, grapheme: Int) -> String:
        """The grapheme cluster with this number."""
        var start = 0
        for _ in range(grapheme):
            start = _grapheme_stop(self, start)
        _check_index(start, self.bytes.length)
        return self._between(start, _grapheme_stop(self, start))

    def _start_of(self, codepoint: Int) -> Int:
        """The byte at which a code point begins."""
        var start = 0
        for _ in range(codepoint):
            _check_index(start, self.bytes.length)
            start += _sequence_length(self.bytes.data[start])
        _check_index(start, self.bytes.length)
        return start

    def write_string(mut self, text: String):
        _append(self, text)

    def reserve(mut self, capacity: Int):
        self.bytes.reserve(max(capacity, self.bytes.length))

    def reserve_bytes(mut self, capacity: Int):
        self.reserve(capacity)

    def count_codepoints(self) -> Int:
        """Bytes that do not continue a code point."""
        var count = 0
        for i in range(self.bytes.length):
            if (self.bytes.data[i] & 0xC0) != 0x80:
                count += 1
        return count

    def count_graphemes(self) -> Int:
        var count = 0
        var at = 0
        while at < self.bytes.length:
            at = _grapheme_stop(self, at)
            count += 1
        return count

    def __iter__(self) -> _Graphemes:
        return _Graphemes(__address(self))

    def graphemes(self) -> _Graphemes:
        return _Graphemes(__address(self))

    def codepoints(self) -> _Codepoints:
        return _Codepoints(__address(self))

    def codepoint_slices(self) -> _CodepointSlices:
        return _CodepointSlices(__address(self))

    @__interior("bytes")
    def bytes(self) -> Span[UInt8]:
        return Span[UInt8](self.bytes)

    @__interior("bytes")
    def as_bytes(self) -> Span[UInt8]:
        return Span[UInt8](self.bytes)

    @__interior("bytes")
    def as_bytes_mut(mut self) -> Span[UInt8]:
        return self.unsafe_as_bytes_mut()

    @__interior("bytes")
    def unsafe_as_bytes_mut(mut self) -> Span[UInt8]:
        self._own()
        return Span[UInt8](self.bytes)

    def as_string_slice(self) -> String:
        return self

    def as_imm(self) -> String:
        return self

    def get_immutable(self) -> String:
        return self

    def copy(self) -> Self:
        return __copy(self)

    def __bool__(self) -> Bool:
        return self.bytes.length > 0

    def __add__(self, other: String) -> String:
        var length = self.bytes.length + other.bytes.length
        var result = String(capacity_bytes=length)
        var data = result.bytes.data
        if length <= 8 and self.bytes.length > 0 and other.bytes.length > 0:
            var first = _short_word(self.bytes.data, self.bytes.length)
            var second = _short_word(other.bytes.data, other.bytes.length)
            __Pointer[UInt64](data)[0] = first | second << UInt64(8 * self.bytes.length)
            result.bytes.length = length
            return result^
        __intrinsic_memory_copy(data, self.bytes.data, self.bytes.length)
        __intrinsic_memory_copy(
            __intrinsic_pointer_offset(data, self.bytes.length), other.bytes.data, other.bytes.length
        )
        result.bytes.length = length
        return result^

    def __iadd__(mut self, other: String):
        _append(self, other)

    def __mul__(self, times: Int) -> String:
        var result = String(capacity_bytes=self.bytes.length * max(times, 0))
        for _ in range(times):
            _append(result, self)
        return result^

    def __eq__(self, other: String) -> Bool:
        return _same_text(self.bytes.data, self.bytes.length, other.bytes.data, other.bytes.length)

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
        return _same_bytes(__intrinsic_pointer_offset(self.bytes.data, start), part.bytes.data, part.bytes.length)

    def _between(self, start: Int, stop: Int) -> String:
        """The bytes from `start` to `stop`, 0 <= start <= length."""
        var data = __intrinsic_pointer_offset(self.bytes.data, start)
        var length = max(stop - start, 0)
        if self.bytes.capacity == 0:
            return _string_literal(data, length)
        return _string_copy(data, length)

    def find(self, part: String, start: Int = 0) -> Int:
        """The first byte offset of `part` from `start` on, or -1; 0 of nothing."""
        if part.bytes.length == 0:
            return 0
        var first = start
        if first < 0:
            first = max(0, first + self.bytes.length)
        for i in range(first, self.bytes.length - part.bytes.length + 1):
            if self._matches(part, i):
                return i
        return -1

    def rfind(self, part: String, start: Int = 0) -> Int:
        """The last byte offset of `part` that is not before `start`, or -1."""
        var first = start
        if first < 0:
            first = max(0, first + self.bytes.length)
        for i in range(self.bytes.length - part.bytes.length, first - 1, -1):
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

    def startswith(self, prefix: String, start: Int = 0, end: Int = -1) -> Bool:
        """Does the text from `start` to `end` (-1: to its end) begin so?"""
        var stop = self.bytes.length if end == -1 else min(end, self.bytes.length)
        if start < 0 or prefix.bytes.length > stop - start:
            return False
        return self._matches(prefix, start)

    def endswith(self, suffix: String, start: Int = 0, end: Int = -1) -> Bool:
        """Does the text from `start` to `end` (-1: to its end) end so?"""
        var stop = self.bytes.length if end == -1 else min(end, self.bytes.length)
        if start < 0 or suffix.bytes.length > stop - start:
            return False
        return self._matches(suffix, stop - suffix.bytes.length)

    @__interior("bytes")
    def removeprefix(self, prefix: String) -> String:
        if self.startswith(prefix):
            return self._between(prefix.bytes.length, self.bytes.length)
        return self

    @__interior("bytes")
    def removesuffix(self, suffix: String) -> String:
        if suffix.bytes.length > 0 and self.endswith(suffix):
            return self._between(0, self.bytes.length - suffix.bytes.length)
        return self

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

    @__interior("bytes")
    def split(self, sep: String, maxsplit: Int = -1) -> List[String]:
        """The stretches between occurrences of a separator that is not empty, at most `maxsplit` cuts if not -1."""
        var parts = List[String]()
        var start = 0
        var cuts = maxsplit
        var at = self.find(sep)
        while at >= 0 and cuts != 0:
            parts.append(self._between(start, at))
            start = at + sep.bytes.length
            at = self.find(sep, start)
            cuts -= 1
        parts.append(self._between(start, self.bytes.length))
        return parts^

    @__interior("bytes")
    def split(self, *, maxsplit: Int = -1) -> List[String]:
        """The words between white space; the last one is the rest after `maxsplit` words, if that is not -1."""
        var words = List[String]()
        var start = self._skip_space(0)
        while start < self.bytes.length:
            if words.length == maxsplit:
                words.append(self._between(start, self.bytes.length))
                break
            var stop = start
            while stop < self.bytes.length and not _is_space(self.bytes.data[stop]):
                stop += 1
            words.append(self._between(start, stop))
            start = self._skip_space(stop)
        return words^

    def _skip_space(self, start: Int) -> Int:
        """The first byte from `start` on that is not white space."""
        var at = start
        while at < self.bytes.length and _is_space(self.bytes.data[at]):
            at += 1
        return at

    @__interior("bytes")
    def splitlines(self, keepends: Bool = False) -> List[String]:
        """The lines, which end with a line feed, a carriage return or both."""
        var lines = List[String]()
        var start = 0
        while start < self.bytes.length:
            var stop = start
            while stop < self.bytes.length and not _ends_line(self.bytes.data[stop]):
                stop += 1
            var after = min(stop + 1, self.bytes.length)
            if stop + 1 < self.bytes.length and self.bytes.data[stop] == 13 and self.bytes.data[stop + 1] == 10:
                after = stop + 2
            lines.append(self._between(start, after if keepends else stop))
            start = after
        return lines^

    @__interior("bytes")
    def strip(self) -> String:
        return self.lstrip().rstrip()

    @__interior("bytes")
    def lstrip(self) -> String:
        return self._between(self._skip_space(0), self.bytes.length)

    @__interior("bytes")
    def rstrip(self) -> String:
        var stop = self.bytes.length
        while stop > 0 and _is_space(self.bytes.data[stop - 1]):
            stop -= 1
        return self._between(0, stop)

    @__interior("bytes")
    def strip(self, chars: String) -> String:
        return self.lstrip(chars).rstrip(chars)

    @__interior("bytes")
    def lstrip(self, chars: String) -> String:
        """Without the leading code points that are among `chars`."""
        var start = 0
        while start < self.bytes.length:
            var length = _sequence_length(self.bytes.data[start])
            if not (self._between(start, start + length) in chars):
                break
            start += length
        return self._between(start, self.bytes.length)

    @__interior("bytes")
    def rstrip(self, chars: String) -> String:
        """Without the trailing code points that are among `chars`."""
        var stop = self.bytes.length
        while stop > 0:
            var start = stop - 1
            while start > 0 and (self.bytes.data[start] & 0xC0) == 0x80:
                start -= 1
            if not (self._between(start, stop) in chars):
                break
            stop = start
        return self._between(0, stop)

    def isspace(self) -> Bool:
        return self.is_ascii_whitespace()

    def is_ascii_whitespace(self) -> Bool:
        return self.bytes.length > 0 and self._skip_space(0) == self.bytes.length

    def is_ascii_digit(self) -> Bool:
        for i in range(self.bytes.length):
            if self.bytes.data[i] < 48 or self.bytes.data[i] > 57:
                return False
        return self.bytes.length > 0

    def is_ascii_printable(self) -> Bool:
        for i in range(self.bytes.length):
            if self.bytes.data[i] < 32 or self.bytes.data[i] > 126:
                return False
        return True

    def isupper(self) -> Bool:
        """Are there letters, and all of them capital?"""
        return self != self.lower() and self == self.upper()

    def islower(self) -> Bool:
        """Are there letters, and none of them capital?"""
        return self != self.upper() and self == self.lower()

    def ascii_rjust(self, width: Int, fillchar: String = " ") -> String:
        return fillchar * (width - self.bytes.length) + self

    def ascii_ljust(self, width: Int, fillchar: String = " ") -> String:
        return self + fillchar * (width - self.bytes.length)

    def ascii_center(self, width: Int, fillchar: String = " ") -> String:
        var room = max(width - self.bytes.length, 0)
        return fillchar * (room // 2) + self + fillchar * (room - room // 2)

    def upper(self) -> String:
        """ASCII letters in upper case; other code points are left alone."""
        var result = self
        result._own()
        for i in range(result.bytes.length):
            var byte = result.bytes.data[i]
            if byte >= 97 and byte <= 122:
                result.bytes.data[i] = byte - 32
        return result^

    def lower(self) -> String:
        """ASCII letters in lower case; other code points are left alone."""
        var result = self
        result._own()
        for i in range(result.bytes.length):
            var byte = result.bytes.data[i]
            if byte >= 65 and byte <= 90:
                result.bytes.data[i] = byte + 32
        return result^

    def join[T: Copyable & Movable](self, parts: List[T]) -> String:
        """The text of all parts, with this string between them."""
        var result = String()
        for i in range(parts.length):
            if i > 0:
                _append(result, self)
            _write(result, parts.data[i])
        return result^


def _string_literal(data: __Pointer[UInt8], length: Int) -> String:
    """A String of constant bytes, which stay where they are."""
    var result = String()
    result.bytes.data = data
    result.bytes.length = length
    return result^


def _string_copy(data: __Pointer[UInt8], length: Int) -> String:
    """A String of a copy of some bytes."""
    var result = String(capacity_bytes=length)
    if length > 0 and length <= 8:
        __Pointer[UInt64](result.bytes.data)[0] = _word_at(data, 0)
    else:
        __intrinsic_memory_copy(result.bytes.data, data, length)
    result.bytes.length = length
    return result^


def _append(mut text: String, other: String):
    """Add the bytes of `other`, which may be `text` itself."""
    var added = other.bytes.length
    var length = text.bytes.length
    if added > 0 and added <= 8 and length + 8 <= text.bytes.capacity:
        __Pointer[UInt64](__intrinsic_pointer_offset(text.bytes.data, length))[0] = _word_at(other.bytes.data, 0)
        text.bytes.length = length + added
        return
    if length + added > text.bytes.capacity:
        _grow(text, length + added)
    __intrinsic_memory_copy(__intrinsic_pointer_offset(text.bytes.data, length), other.bytes.data, added)
    text.bytes.length = length + added


def _append_bytes(mut text: String, data: __Pointer[UInt8], count: Int):
    """Add bytes that stay where they are when `text` grows."""
    var length = text.bytes.length
    if count > 0 and count <= 8 and length + 8 <= text.bytes.capacity:
        __Pointer[UInt64](__intrinsic_pointer_offset(text.bytes.data, length))[0] = _word_at(data, 0)
        text.bytes.length = length + count
        return
    if length + count > text.bytes.capacity:
        _grow(text, length + count)
    __intrinsic_memory_copy(__intrinsic_pointer_offset(text.bytes.data, length), data, count)
    text.bytes.length = length + count


def _grow(mut text: String, length: Int):
    """Make room for `length` bytes, and for more of the kind."""
    if text.bytes.capacity == 0 and text.bytes.length == 0:
        text.bytes.data = __Pointer[UInt8](_allocate(length))
        text.bytes.capacity = length
    else:
        text.bytes._set_capacity(max(length, text.bytes.capacity * 2))


def _compare(left: String, right: String) -> Int:
    """Negative, 0 or positive, by bytes, which is also the order of code points."""
    var common = min(left.bytes.length, right.bytes.length)
    for i in range(common):
        if left.bytes.data[i] != right.bytes.data[i]:
            return Int(left.bytes.data[i]) - Int(right.bytes.data[i])
    return left.bytes.length - right.bytes.length


def _ends_line(byte: UInt8) -> Bool:
    """The ends of lines that `splitlines` knows: tabulators apart, all vertical white space of one byte."""
    return (byte >= 10 and byte <= 13) or (byte >= 28 and byte <= 30)


def _sequence_length(first: UInt8) -> Int:
    """How many bytes the code point has that begins so."""
    if first < 0x80:
        return 1
    if first < 0xE0:
        return 2
    return 3 if first < 0xF0 else 4


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


comptime StringSlice = String
"""Views of strings are strings of their own here, which nothing but their address could tell."""

comptime StringSpan = String

comptime StaticString = String

comptime StringLiteral = String
