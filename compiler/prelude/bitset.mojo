"""std.collections: BitSet, a set of small whole numbers, one bit for each."""


struct BitSet[size: Int](Copyable, Movable, Sized):
    var _words: _Room[UInt64, (Self.size + 63) // 64]

    def __init__(out self):
        __zero(self._words)

    def __len__(self) -> Int:
        var count = 0
        for i in range((Self.size + 63) // 64):
            count += Int(__intrinsic_count_ones(self._words.at(i)))
        return count

    def __bool__(self) -> Bool:
        return len(self) > 0

    def copy(self) -> Self:
        return __copy(self)

    def set(mut self, idx: Int):
        _check_index(idx, Self.size)
        self._words.at(idx >> 6) |= UInt64(1) << UInt64(idx & 63)

    def clear(mut self, idx: Int):
        _check_index(idx, Self.size)
        self._words.at(idx >> 6) &= ~(UInt64(1) << UInt64(idx & 63))

    def toggle(mut self, idx: Int):
        _check_index(idx, Self.size)
        self._words.at(idx >> 6) ^= UInt64(1) << UInt64(idx & 63)

    def test(self, idx: Int) -> Bool:
        _check_index(idx, Self.size)
        return (self._words.at(idx >> 6) >> UInt64(idx & 63)) & 1 != 0

    def set_all(mut self):
        for i in range(Self.size):
            self.set(i)

    def toggle_all(mut self):
        for i in range(Self.size):
            self.toggle(i)

    def clear_all(mut self):
        __zero(self._words)

    def union(self, other: Self) -> Self:
        var result = self.copy()
        for i in range((Self.size + 63) // 64):
            result._words.at(i) |= other._words.at(i)
        return result^

    def intersection(self, other: Self) -> Self:
        var result = self.copy()
        for i in range((Self.size + 63) // 64):
            result._words.at(i) &= other._words.at(i)
        return result^

    def difference(self, other: Self) -> Self:
        var result = self.copy()
        for i in range((Self.size + 63) // 64):
            result._words.at(i) &= ~other._words.at(i)
        return result^


def _write[size: Int](mut out: String, value: BitSet[size]):
    out += "{"
    var is_first = True
    for i in range(size):
        if value.test(i):
            if not is_first:
                out += ", "
            is_first = False
            _write(out, i)
    out += "}"
