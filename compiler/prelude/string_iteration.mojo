"""Iteration over strings: by graphemes (what readers take for one letter), code points, and pieces of one code point."""


struct Codepoint(ImplicitlyCopyable, Movable, Equatable, Comparable):
    """A Unicode scalar value."""

    var _value: UInt32

    def __init__(out self, value: UInt8):
        self._value = UInt32(value)

    def __init__(out self, *, unsafe_unchecked_codepoint: UInt32):
        self._value = unsafe_unchecked_codepoint

    @staticmethod
    def from_u32(value: UInt32) -> Optional[Codepoint]:
        if value > 0x10FFFF or (value >= 0xD800 and value <= 0xDFFF):
            return None
        return Optional[Codepoint](Codepoint(unsafe_unchecked_codepoint=value))

    @staticmethod
    def ord(text: String) -> Codepoint:
        """The one code point of a string."""
        return Codepoint(unsafe_unchecked_codepoint=UInt32(ord(text)))

    def __int__(self) -> Int:
        return Int(self._value)

    def to_u32(self) -> UInt32:
        return self._value

    def utf8_byte_length(self) -> Int:
        if self._value < 0x80:
            return 1
        if self._value < 0x800:
            return 2
        return 3 if self._value < 0x10000 else 4

    def __eq__(self, other: Self) -> Bool:
        return self._value == other._value

    def __ne__(self, other: Self) -> Bool:
        return self._value != other._value

    def __lt__(self, other: Self) -> Bool:
        return self._value < other._value

    def __le__(self, other: Self) -> Bool:
        return self._value <= other._value

    def __gt__(self, other: Self) -> Bool:
        return self._value > other._value

    def __ge__(self, other: Self) -> Bool:
        return self._value >= other._value

    def is_ascii(self) -> Bool:
        return self._value < 0x80

    def is_ascii_digit(self) -> Bool:
        return self._value >= 48 and self._value <= 57

    def is_ascii_upper(self) -> Bool:
        return self._value >= 65 and self._value <= 90

    def is_ascii_lower(self) -> Bool:
        return self._value >= 97 and self._value <= 122

    def is_ascii_printable(self) -> Bool:
        return self._value >= 32 and self._value <= 126

    def is_posix_space(self) -> Bool:
        """A blank, or a control character between tab and carriage return, or of the separators 28 to 30."""
        return self._value < 0x80 and _is_space(UInt8(self._value))

    def is_python_space(self) -> Bool:
        """What Python's `isspace` says."""
        if self.is_posix_space():
            return True
        return self._value == 0x85 or self._value == 0x2028 or self._value == 0x2029


def _write(mut out: String, value: Codepoint):
    out += chr(Int(value._value))


def _hash_into(mut hasher: AHasher, value: Codepoint):
    _hash_into(hasher, value._value)


def _codepoint_at(text: String, start: Int) -> Int:
    """The code point that begins at a byte."""
    var data = text.bytes.data
    var first = Int(data[start])
    if first < 0x80:
        return first
    if first < 0xE0:
        return ((first & 0x1F) << 6) | (Int(data[start + 1]) & 0x3F)
    var second = Int(data[start + 1]) & 0x3F
    if first < 0xF0:
        return ((first & 0x0F) << 12) | (second << 6) | (Int(data[start + 2]) & 0x3F)
    return ((first & 0x07) << 18) | (second << 12) | ((Int(data[start + 2]) & 0x3F) << 6) | (Int(data[start + 3]) & 0x3F)


def _extends(code: Int) -> Bool:
    """Whether a code point belongs to the letter before it: marks, joiners, variation selectors, skin tones."""
    if code < 0x300:
        return False
    return (
        code <= 0x36F
        or (code >= 0x483 and code <= 0x489)
        or (code >= 0x591 and code <= 0x5BD)
        or (code >= 0x610 and code <= 0x61A)
        or (code >= 0x64B and code <= 0x65F)
        or (code >= 0x900 and code <= 0x903)
        or (code >= 0x93A and code <= 0x94F and code != 0x93D)
        or (code >= 0xE31 and code <= 0xE3A and code != 0xE32 and code != 0xE33)
        or (code >= 0xE47 and code <= 0xE4E)
        or (code >= 0x1AB0 and code <= 0x1AFF)
        or (code >= 0x1DC0 and code <= 0x1DFF)
        or code == 0x200C
        or code == 0x200D
        or (code >= 0x20D0 and code <= 0x20FF)
        or (code >= 0x302A and code <= 0x302F)
        or code == 0x3099
        or code == 0x309A
        or (code >= 0xFE00 and code <= 0xFE0F)
        or (code >= 0xFE20 and code <= 0xFE2F)
        or (code >= 0x1F3FB and code <= 0x1F3FF)
        or (code >= 0xE0020 and code <= 0xE007F)
        or (code >= 0xE0100 and code <= 0xE01EF)
    )


def _is_pictograph(code: Int) -> Bool:
    return (code >= 0x1F000 and code <= 0x1FAFF) or (code >= 0x2190 and code <= 0x2BFF) or code == 0xA9 or code == 0xAE


def _is_flag(code: Int) -> Bool:
    return code >= 0x1F1E6 and code <= 0x1F1FF


def _is_hangul_joined(left: Int, right: Int) -> Bool:
    """Whether two parts of Korean syllables make one."""
    var is_vowel = right >= 0x1160 and right <= 0x11A7
    var is_final = right >= 0x11A8 and right <= 0x11FF
    var is_lead = right >= 0x1100 and right <= 0x115F
    var is_syllable = right >= 0xAC00 and right <= 0xD7A3
    if left >= 0x1100 and left <= 0x115F:
        return is_lead or is_vowel or is_syllable
    if left >= 0x1160 and left <= 0x11A7:
        return is_vowel or is_final
    if left >= 0x11A8 and left <= 0x11FF:
        return is_final
    if left >= 0xAC00 and left <= 0xD7A3:
        return is_final or (is_vowel and (left - 0xAC00) % 28 == 0)
    return False


def _grapheme_stop(text: String, start: Int) -> Int:
    """Where the grapheme that begins at a byte ends (Unicode's UAX 29, with its commonest classes)."""
    var data = text.bytes.data
    var length = text.bytes.length
    var stop = start + _sequence_length(data[start])
    if data[start] < 0x80:
        if stop >= length or data[stop] < 0x80:
            if data[start] == 13 and stop < length and data[stop] == 10:
                return stop + 1
            return stop
        if data[start] < 32:
            return stop
    var before = _codepoint_at(text, start)
    var is_picture = _is_pictograph(before)
    var is_half_flag = _is_flag(before)
    while stop < length:
        var code = _codepoint_at(text, stop)
        var joins = (
            _extends(code)
            or (before == 0x200D and is_picture and _is_pictograph(code))
            or (is_half_flag and _is_flag(code))
            or _is_hangul_joined(before, code)
        )
        if not joins:
            break
        if is_half_flag:
            is_half_flag = False
        stop += _sequence_length(data[stop])
        before = code
    return stop


struct _Graphemes(Copyable, Movable, Iterable):
    """`s.graphemes()`, which a loop over a string goes over."""

    comptime Element = String

    var _text: __Pointer[String]
    var _next: Int

    def __init__(out self, text: __Pointer[String]):
        self._text = text
        self._next = 0

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._next < self._text[0].bytes.length

    def _item(mut self) -> String:
        var start = self._next
        self._next = _grapheme_stop(self._text[0], start)
        return self._text[0]._between(start, self._next)

    def __next__(mut self) raises StopIteration -> String:
        if not self.__has_next__():
            raise StopIteration()
        return self._item()


struct _CodepointSlices(Copyable, Movable, Iterable):
    """`s.codepoint_slices()`."""

    comptime Element = String

    var _text: __Pointer[String]
    var _next: Int

    def __init__(out self, text: __Pointer[String]):
        self._text = text
        self._next = 0

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._next < self._text[0].bytes.length

    def _item(mut self) -> String:
        var start = self._next
        self._next += _sequence_length(self._text[0].bytes.data[start])
        return self._text[0]._between(start, self._next)

    def __next__(mut self) raises StopIteration -> String:
        if not self.__has_next__():
            raise StopIteration()
        return self._item()


struct _Codepoints(Copyable, Movable, Iterable):
    """`s.codepoints()`."""

    comptime Element = Codepoint

    var _text: __Pointer[String]
    var _next: Int

    def __init__(out self, text: __Pointer[String]):
        self._text = text
        self._next = 0

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._next < self._text[0].bytes.length

    def _item(mut self) -> Codepoint:
        var code = _codepoint_at(self._text[0], self._next)
        self._next += _sequence_length(self._text[0].bytes.data[self._next])
        return Codepoint(unsafe_unchecked_codepoint=UInt32(code))

    def __next__(mut self) raises StopIteration -> Codepoint:
        if not self.__has_next__():
            raise StopIteration()
        return self._item()
