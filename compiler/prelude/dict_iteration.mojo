"""Iteration over a Dict: its keys, values or entries, which stay where they are."""


struct _DictCursor[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable):
    """Where an iteration over a Dict stands."""

    var _dict: __Pointer[Dict[Self.K, Self.V]]
    var _next: Int
    var _step: Int

    def __init__(out self, dict: __Pointer[Dict[Self.K, Self.V]], next: Int, step: Int):
        self._dict = dict
        self._next = next
        self._step = step

    def backward(self) -> Self:
        return Self(self._dict, self._dict[0]._used - 1, -1)

    def find(mut self) -> Bool:
        """Skip the gaps; tells whether there is another entry."""
        while self._next >= 0 and self._next < self._dict[0]._used:
            if self._dict[0]._entries[self._next]._is_live():
                return True
            self._next += self._step
        return False

    def take(mut self) -> __Pointer[DictEntry[Self.K, Self.V]]:
        """The entry that was found; the cursor goes on."""
        var position = self._next
        self._next += self._step
        return __address(self._dict[0]._entries[position])


struct _DictKeys[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable, Iterable):
    """`d.keys()`."""

    comptime Element = Self.K

    var _cursor: _DictCursor[Self.K, Self.V]

    def __init__(out self, var cursor: _DictCursor[Self.K, Self.V]):
        self._cursor = cursor^

    def __iter__(self) -> Self:
        return Self(__copy(self._cursor))

    def __has_next__(mut self) -> Bool:
        return self._cursor.find()

    @__reference
    def _item(mut self) -> __Pointer[Self.K]:
        var entry = self._cursor.take()
        return __address(entry[0].key)

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.K]:
        if not self._cursor.find():
            raise StopIteration()
        return __address(self._item())


def reversed[K: Copyable & Movable, V: Copyable & Movable](iterator: _DictKeys[K, V]) -> _DictKeys[K, V]:
    return _DictKeys[K, V](iterator._cursor.backward())


struct _DictValues[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable, Iterable):
    """`d.values()`."""

    comptime Element = Self.V

    var _cursor: _DictCursor[Self.K, Self.V]

    def __init__(out self, var cursor: _DictCursor[Self.K, Self.V]):
        self._cursor = cursor^

    def __iter__(self) -> Self:
        return Self(__copy(self._cursor))

    def __has_next__(mut self) -> Bool:
        return self._cursor.find()

    @__reference
    def _item(mut self) -> __Pointer[Self.V]:
        var entry = self._cursor.take()
        return __address(entry[0].value)

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.V]:
        if not self._cursor.find():
            raise StopIteration()
        return __address(self._item())


def reversed[K: Copyable & Movable, V: Copyable & Movable](iterator: _DictValues[K, V]) -> _DictValues[K, V]:
    return _DictValues[K, V](iterator._cursor.backward())


struct _DictItems[K: Copyable & Movable, V: Copyable & Movable](Copyable, Movable, Iterable):
    """`d.items()`."""

    comptime Element = DictEntry[Self.K, Self.V]

    var _cursor: _DictCursor[Self.K, Self.V]

    def __init__(out self, var cursor: _DictCursor[Self.K, Self.V]):
        self._cursor = cursor^

    def __iter__(self) -> Self:
        return Self(__copy(self._cursor))

    def __has_next__(mut self) -> Bool:
        return self._cursor.find()

    @__reference
    def _item(mut self) -> __Pointer[DictEntry[Self.K, Self.V]]:
        return self._cursor.take()

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[DictEntry[Self.K, Self.V]]:
        if not self._cursor.find():
            raise StopIteration()
        return __address(self._item())


def reversed[K: Copyable & Movable, V: Copyable & Movable](iterator: _DictItems[K, V]) -> _DictItems[K, V]:
    return _DictItems[K, V](iterator._cursor.backward())


def reversed[K: Copyable & Movable, V: Copyable & Movable](dict: Dict[K, V]) -> _DictKeys[K, V]:
    return reversed(dict.keys())
