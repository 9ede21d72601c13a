"""std.hashlib: the hasher behind `hash`, Dict and Set; bit for bit AHash as Mojo keys it (github.com/tkaitchuck/aHash).

The four keys are the first digits of pi's fraction.
"""


struct AHasher(ImplicitlyCopyable, Movable, Defaultable):
    var _buffer: UInt64
    var _pad: UInt64
    var _first_key: UInt64
    var _second_key: UInt64

    def __init__(out self):
        self._buffer = 0x243F6A8885A308D3
        self._pad = 0x13198A2E03707344
        self._first_key = 0xA4093822299F31D0
        self._second_key = 0x082EFA98EC4E6C89

    def update[T: Copyable & Movable](mut self, value: T):
        """Take in a value by its own `__hash__`, or field by field."""
        _hash_into(self, value)

    def _update_word(mut self, word: UInt64):
        self._buffer = _folded_product(word ^ self._buffer, _HASH_MULTIPLE)

    def _update_pair(mut self, first: UInt64, second: UInt64):
        var folded = _folded_product(first ^ self._first_key, second ^ self._second_key)
        var sum = (self._buffer + self._pad) ^ folded
        self._buffer = (sum << 23) | (sum >> 41)

    def _update_bytes(mut self, data: __Pointer[UInt8], length: Int):
        """The last 16 bytes first, then blocks of 16 from the start, which may overlap them."""
        self._buffer = (self._buffer + UInt64(length)) * _HASH_MULTIPLE
        if length > 8:
            if length > 16:
                self._update_pair(_word_at(data, length - 16), _word_at(data, length - 8))
                var offset = 0
                while length - offset > 16:
                    self._update_pair(_word_at(data, offset), _word_at(data, offset + 8))
                    offset += 16
                return
            self._update_pair(_word_at(data, 0), _word_at(data, length - 8))
            return
        if length == 0:
            self._update_pair(0, 0)
            return
        # The first and the last 4 bytes; of fewer, the first 2 and the last.
        var word = _short_word(data, length)
        if length >= 4:
            self._update_pair(word & 0xFFFFFFFF, word >> UInt64(8 * length - 32))
        else:
            self._update_pair(word & 0xFFFF, word >> UInt64(8 * length - 8))

    def finish(self) -> UInt64:
        var turn = self._buffer & 63
        var folded = _folded_product(self._buffer, self._pad)
        return (folded << turn) | (folded >> ((64 - turn) & 63))


comptime default_hasher = AHasher
comptime _HASH_MULTIPLE: UInt64 = 6364136223846793005


def _folded_product(left: UInt64, right: UInt64) -> UInt64:
    """The two halves of the 128-bit product, one on the other."""
    return _mul_high(left, right) ^ (left * right)
