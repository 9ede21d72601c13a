"""Dict: keys and values in the order of their insertion, found by hash.

Entries lie one after the other as they came; removed ones leave a gap until the next time that there is no room. An
index of half words, a power of two long and at most three quarters full, tells where a key's entry lies: it is probed
one by one from the hash's place on. As many lower bits as the index needs are the entry's position plus one, the others
are bits of the hash, so that hardly an entry is looked at in vain; 0 is free, the greatest number was removed. Entries
and index are as small as they can be, since a lookup in a large Dict waits for memory most of the time.
"""


comptime _REMOVED: UInt32 = 0xFFFFFFFF
comptime _GAP: UInt64 = 0xFFFFFFFFFFFFFFFF
"""The hash of an entry that is not there; `_hash_of` gives it for no key."""


struct DictEntry[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable):
    var key: Self.K
    var value: Self.V
    var hash: UInt64

    def __init__(out self, var key: Self.K, var value: Self.V, hash: UInt64):
        self.key = key^
        self.value = value^
        self.hash = hash

    def _is_live(self) -> Bool:
        return self.hash != _GAP

    def copy(self) -> Self:
        return __copy(self)


struct Dict[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable, Sized, Writable):
    var _entries: __Pointer[DictEntry[Self.K, Self.V]]
    var _index: __Pointer[UInt32]
    var _length: Int
    """Keys that are there."""
    var _used: Int
    """Entries in use, with gaps."""
    var _slots: Int
    """The length of the index; three quarters of that is the room for entries."""

    def __init__(out self):
        self._entries = __Pointer[DictEntry[Self.K, Self.V]](UInt(0))
        self._index = __Pointer[UInt32](UInt(0))
        self._length = 0
        self._used = 0
        self._slots = 0

    def __init__(out self, *, capacity: Int):
        self = Dict[Self.K, Self.V]()
        var slots = 8
        while slots - slots // 4 < capacity:
            slots *= 2
        self._make_room(slots)

    def __init__(out self, *, copy: Self):
        self = Dict[Self.K, Self.V]()
        if copy._length > 0:
            self._make_room(copy._slots)
            for i in range(copy._used):
                if copy._entries[i]._is_live():
                    self._place(__copy(copy._entries[i]))

    def __deinit__(deinit self):
        self._release()

    def _release(mut self):
        """Destroy all entries and give the memory back."""
        for i in range(self._used):
            if self._entries[i]._is_live():
                __drop(self._entries[i])
        _free(UInt(self._entries), self._room() * __size_of[DictEntry[Self.K, Self.V]]())
        _free(UInt(self._index), self._slots * 4)

    def _room(self) -> Int:
        """For so many entries."""
        return self._slots - (self._slots >> 2)

    def _make_room(mut self, slots: Int):
        """Move the entries, without gaps, into tables with an index of `slots`, a power of two."""
        var entries = self._entries
        var used = self._used
        var old_bytes = self._room() * __size_of[DictEntry[Self.K, Self.V]]()
        _free(UInt(self._index), self._slots * 4)
        self._slots = slots
        self._entries = __Pointer[DictEntry[Self.K, Self.V]](
            _allocate_elements(self._room(), __size_of[DictEntry[Self.K, Self.V]]())
        )
        self._index = __Pointer[UInt32](_allocate_elements(slots, 4))
        __intrinsic_memory_fill(self._index, 0, slots * 4)
        self._length = 0
        self._used = 0
        for i in range(used):
            if entries[i]._is_live():
                self._place(__take(entries[i]))
        _free(UInt(entries), old_bytes)

    def _place(mut self, var entry: DictEntry[Self.K, Self.V]):
        """Append an entry whose key is not there; there is room."""
        var mask = self._slots - 1
        var slot = Int(entry.hash) & mask
        while self._index[slot] != 0:
            slot = (slot + 1) & mask
        self._index[slot] = _tag(entry.hash, mask) | UInt32(self._used + 1)
        __emplace(self._entries[self._used], entry^)
        self._used += 1
        self._length += 1

    def _find(self, key: Self.K, hash: UInt64) -> Int:
        """The position of a key's entry, or -1."""
        if self._length == 0:
            return -1
        var mask = self._slots - 1
        var tag = _tag(hash, mask)
        var slot = Int(hash) & mask
        while True:
            var word = self._index[slot]
            if word == 0:
                return -1
            if (word & ~UInt32(mask)) == tag and word != _REMOVED:
                var position = Int(word & UInt32(mask)) - 1
                if self._entries[position].key == key:
                    return position
            slot = (slot + 1) & mask
        return -1

    def _find_entry(self, key: Self.K) -> Int:
        """The position of a key's entry, or -1."""
        if self._length == 0:
            return -1
        return self._find(key, _hash_of(key))

    def _insert(mut self, var key: Self.K, var value: Self.V, hash: UInt64):
        """Add a key that is not there."""
        if self._used == self._room():
            self._make_room(max(8, self._slots * 2 if self._length * 2 > self._used else self._slots))
        self._place(DictEntry[Self.K, Self.V](key^, value^, hash))

    def _remove(mut self, position: Int):
        """Leave a gap where an entry was, after its contents were taken."""
        var hash = self._entries[position].hash
        self._entries[position].hash = _GAP
        self._length -= 1
        if self._length == 0:
            self._used = 0
            __intrinsic_memory_fill(self._index, 0, self._slots * 4)
            return
        var mask = self._slots - 1
        var word = _tag(hash, mask) | UInt32(position + 1)
        var slot = Int(hash) & mask
        while self._index[slot] != word:
            slot = (slot + 1) & mask
        self._index[slot] = _REMOVED

    def copy(self) -> Self:
        return __copy(self)

    def __len__(self) -> Int:
        return self._length

    def __bool__(self) -> Bool:
        return self._length > 0

    def __contains__(self, key: Self.K) -> Bool:
        return self._find_entry(key) >= 0

    @__reference
    @__interior("value")
    def __getitem__(self, key: Self.K) raises DictKeyError[Self.K] -> __Pointer[Self.V]:
        var position = self._find_entry(key)
        if position < 0:
            raise DictKeyError[Self.K]()
        return __address(self._entries[position].value)

    def __setitem__(mut self, var key: Self.K, var value: Self.V):
        var hash = _hash_of(key)
        var position = self._find(key, hash)
        if position < 0:
            self._insert(key^, value^, hash)
            return
        __drop(self._entries[position].value)
        __emplace(self._entries[position].value, value^)

    def find(self, key: Self.K) -> Optional[Self.V]:
        return self.get(key)

    def get(self, key: Self.K) -> Optional[Self.V]:
        var position = self._find_entry(key)
        if position < 0:
            return None
        return Optional[Self.V](__copy(self._entries[position].value))

    def get(self, key: Self.K, var default: Self.V) -> Self.V:
        var position = self._find_entry(key)
        if position < 0:
            return default^
        return __copy(self._entries[position].value)

    @__reference
    @__interior("value")
    def setdefault(mut self, key: Self.K, var default: Self.V) -> __Pointer[Self.V]:
        """The value of a key, which becomes `default` if the key is not there."""
        var hash = _hash_of(key)
        var position = self._find(key, hash)
        if position < 0:
            self._insert(__copy(key), default^, hash)
            position = self._used - 1
        return __address(self._entries[position].value)

    def pop(mut self, key: Self.K) raises DictKeyError[Self.K] -> Self.V:
        """Take a key's value away."""
        var position = self._find_entry(key)
        if position < 0:
            raise DictKeyError[Self.K]()
        return self._take(position)

    def pop(mut self, key: Self.K, var default: Self.V) -> Self.V:
        var position = self._find_entry(key)
        if position < 0:
            return default^
        return self._take(position)

    def _take(mut self, position: Int) -> Self.V:
        """Remove an entry; gives its value."""
        var value = __take(self._entries[position].value)
        __drop(self._entries[position].key)
        self._remove(position)
        return value^

    def popitem(mut self) raises EmptyDictError -> DictEntry[Self.K, Self.V]:
        """Take the last entry away."""
        if self._length == 0:
            raise EmptyDictError()
        var position = self._used - 1
        while not self._entries[position]._is_live():
            position -= 1
        var hash = self._entries[position].hash
        var entry = __take(self._entries[position])
        self._entries[position].hash = hash
        self._remove(position)
        return entry^

    def clear(mut self):
        self._release()
        self._entries = __Pointer[DictEntry[Self.K, Self.V]](UInt(0))
        self._index = __Pointer[UInt32](UInt(0))
        self._length = 0
        self._used = 0
        self._slots = 0

    def update(mut self, other: Self):
        """Take over the other's entries; its values replace those that are there."""
        for i in range(other._used):
            if other._entries[i]._is_live():
                self[__copy(other._entries[i].key)] = __copy(other._entries[i].value)

    def __or__(self, other: Self) -> Self:
        var result = self.copy()
        result.update(other)
        return result^

    def __ior__(mut self, other: Self):
        self.update(other)

    def __eq__(self, other: Self) -> Bool:
        """The same keys with the same values, in whatever order."""
        if self._length != other._length:
            return False
        for i in range(self._used):
            if self._entries[i]._is_live():
                var position = other._find_entry(self._entries[i].key)
                if position < 0:
                    return False
                if self._entries[i].value != other._entries[position].value:
                    return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __iter__(self) -> _DictKeys[Self.K, Self.V]:
        return self.keys()

    def keys(self) -> _DictKeys[Self.K, Self.V]:
        return _DictKeys[Self.K, Self.V](_DictCursor[Self.K, Self.V](__address(self), 0, 1))

    def values(self) -> _DictValues[Self.K, Self.V]:
        return _DictValues[Self.K, Self.V](_DictCursor[Self.K, Self.V](__address(self), 0, 1))

    def items(self) -> _DictItems[Self.K, Self.V]:
        return _DictItems[Self.K, Self.V](_DictCursor[Self.K, Self.V](__address(self), 0, 1))

    @staticmethod
    def fromkeys(keys: List[Self.K], value: Self.V) -> Self:
        """All of `keys` with the same value."""
        var result = Dict[Self.K, Self.V]()
        for i in range(keys.length):
            result[__copy(keys.data[i])] = __copy(value)
        return result^


def _hash_of[K: Copyable & Movable](key: K) -> UInt64:
    """What a key gives to a hasher, without the last step of `hash`, which nobody sees here."""
    var hasher = AHasher()
    _hash_into(hasher, key)
    return 0 if hasher._buffer == _GAP else hasher._buffer


def _tag(hash: UInt64, mask: Int) -> UInt32:
    """The bits of a hash that stand in the index, which needs those of `mask` for itself."""
    return UInt32(hash >> 32) & ~UInt32(mask)


def _write[K: Copyable & Movable, V: Copyable & Movable](mut out: String, value: Dict[K, V]):
    out += "{"
    var is_first = True
    for i in range(value._used):
        if value._entries[i]._is_live():
            if not is_first:
                out += ", "
            is_first = False
            _write(out, value._entries[i].key)
            out += ": "
            _write(out, value._entries[i].value)
    out += "}"


def _hash_into[K: Copyable & Movable, V: Copyable & Movable](mut hasher: AHasher, value: Dict[K, V]):
    """Without regard to order."""
    var combined: UInt64 = 0
    for i in range(value._used):
        if value._entries[i]._is_live():
            var inner = AHasher()
            _hash_into(inner, value._entries[i].key)
            _hash_into(inner, value._entries[i].value)
            var mixed = inner.finish()
            combined ^= ((mixed ^ 89869747) ^ (mixed << 16)) * 3644798167
    hasher._update_word(combined)


struct DictKeyError[K: AnyType](ImplicitlyCopyable, Movable):
    """A key is not there."""

    def __init__(out self):
        pass


def _write[K: AnyType](mut out: String, value: DictKeyError[K]):
    _open_repr[DictKeyError[K]](out)
    out += ")"


def _write_repr[K: AnyType](mut out: String, value: DictKeyError[K]):
    _write(out, value)


struct EmptyDictError(ImplicitlyCopyable, Movable):
    """There is no entry."""

    def __init__(out self):
        pass


def _write(mut out: String, value: EmptyDictError):
    out += "EmptyDictError()"


def _write_repr(mut out: String, value: EmptyDictError):
    _write(out, value)
