"""Set: values without repetition, in the order of their insertion; the keys of a Dict."""


struct Set[T: Copyable & Movable](Copyable, Movable, Sized, Writable):
    var _data: Dict[Self.T, NoneType]

    def __init__(out self):
        self._data = Dict[Self.T, NoneType]()

    def __init__(out self, elements: List[Self.T]):
        self._data = Dict[Self.T, NoneType](capacity=elements.length)
        for i in range(elements.length):
            self.add(elements.data[i])

    def __init__[I: Iterable](out self, iterable: I):
        self = Set[Self.T]()
        for item in iterable:
            self.add(item)

    def copy(self) -> Self:
        return __copy(self)

    def __len__(self) -> Int:
        return self._data._length

    def __bool__(self) -> Bool:
        return self._data._length > 0

    def __contains__(self, value: Self.T) -> Bool:
        return self._data._find_entry(value) >= 0

    def add(mut self, value: Self.T):
        self._data[__copy(value)] = None

    def remove(mut self, value: Self.T) raises:
        _ = self._data.pop(value)

    def discard(mut self, value: Self.T):
        _ = self._data.pop(value, None)

    def pop(mut self) raises -> Self.T:
        """Take the last element away."""
        if self._data._length == 0:
            raise Error("Pop on empty set")
        var entry = self._data.popitem()
        return __copy(entry.key)

    def clear(mut self):
        self._data.clear()

    def __iter__(self) -> _DictKeys[Self.T, NoneType]:
        return self._data.keys()

    def update(mut self, other: Self):
        """Add all elements of the other."""
        self._data.update(other._data)

    def union(self, other: Self) -> Self:
        var result = self.copy()
        result.update(other)
        return result^

    def intersection(self, other: Self) -> Self:
        var result = Set[Self.T]()
        for i in range(self._data._used):
            if self._data._entries[i]._is_live() and self._data._entries[i].key in other:
                result.add(self._data._entries[i].key)
        return result^

    def difference(self, other: Self) -> Self:
        var result = Set[Self.T]()
        for i in range(self._data._used):
            if self._data._entries[i]._is_live() and self._data._entries[i].key not in other:
                result.add(self._data._entries[i].key)
        return result^

    def symmetric_difference(self, other: Self) -> Self:
        return self.difference(other) | other.difference(self)

    def intersection_update(mut self, other: Self):
        self = self.intersection(other)

    def difference_update(mut self, other: Self):
        for i in range(other._data._used):
            if other._data._entries[i]._is_live():
                self.discard(other._data._entries[i].key)

    def symmetric_difference_update(mut self, other: Self):
        self = self.symmetric_difference(other)

    def issubset(self, other: Self) -> Bool:
        if self._data._length > other._data._length:
            return False
        for i in range(self._data._used):
            if self._data._entries[i]._is_live() and self._data._entries[i].key not in other:
                return False
        return True

    def issuperset(self, other: Self) -> Bool:
        return other.issubset(self)

    def isdisjoint(self, other: Self) -> Bool:
        for i in range(self._data._used):
            if self._data._entries[i]._is_live() and self._data._entries[i].key in other:
                return False
        return True

    def __or__(self, other: Self) -> Self:
        return self.union(other)

    def __and__(self, other: Self) -> Self:
        return self.intersection(other)

    def __sub__(self, other: Self) -> Self:
        return self.difference(other)

    def __xor__(self, other: Self) -> Self:
        return self.symmetric_difference(other)

    def __ior__(mut self, other: Self):
        self.update(other)

    def __iand__(mut self, other: Self):
        self.intersection_update(other)

    def __isub__(mut self, other: Self):
        self.difference_update(other)

    def __ixor__(mut self, other: Self):
        self.symmetric_difference_update(other)

    def __eq__(self, other: Self) -> Bool:
        return self._data._length == other._data._length and self.issubset(other)

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __le__(self, other: Self) -> Bool:
        return self.issubset(other)

    def __lt__(self, other: Self) -> Bool:
        return self._data._length < other._data._length and self.issubset(other)

    def __ge__(self, other: Self) -> Bool:
        return other.issubset(self)

    def __gt__(self, other: Self) -> Bool:
        return other < self


def _write[T: Copyable & Movable](mut out: String, value: Set[T]):
    out += "{"
    var is_first = True
    for i in range(value._data._used):
        if value._data._entries[i]._is_live():
            if not is_first:
                out += ", "
            is_first = False
            _write(out, value._data._entries[i].key)
    out += "}"


def _hash_into[T: Copyable & Movable](mut hasher: AHasher, value: Set[T]):
    """Without regard to order."""
    var combined: UInt64 = 0
    for i in range(value._data._used):
        if value._data._entries[i]._is_live():
            combined ^= hash(value._data._entries[i].key)
    hasher._update_word(combined)
