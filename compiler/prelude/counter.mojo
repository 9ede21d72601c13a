"""std.collections: Counter, how often each value occurs."""


@fieldwise_init
struct CountTuple[V: Copyable & Movable](Copyable, Movable):
    """A value and how often it occurs."""

    var _value: Self.V
    var _count: Int


struct Counter[V: Copyable & Movable](Copyable, Movable, Sized, Iterable):
    comptime Element = Self.V

    var _data: Dict[Self.V, Int]

    def __init__(out self):
        self._data = Dict[Self.V, Int]()

    def __init__(out self, *values: Self.V):
        self._data = Dict[Self.V, Int]()
        for i in range(len(values)):
            self._add(values[i], 1)

    def __init__(out self, items: List[Self.V]):
        self._data = Dict[Self.V, Int]()
        for i in range(items.length):
            self._add(items.data[i], 1)

    def copy(self) -> Self:
        return __copy(self)

    def _add(mut self, value: Self.V, count: Int):
        self._data[__copy(value)] = self[value] + count

    def __getitem__(self, value: Self.V) -> Int:
        """How often `value` occurs; 0 if it never does."""
        return self._data.get(value, 0)

    def __setitem__(mut self, value: Self.V, count: Int):
        self._data[__copy(value)] = count

    def get(self, value: Self.V, default: Int) -> Int:
        return self._data.get(value, default)

    def __len__(self) -> Int:
        return len(self._data)

    def __bool__(self) -> Bool:
        return len(self._data) > 0

    def __contains__(self, value: Self.V) -> Bool:
        return value in self._data

    def __iter__(self) -> _DictKeys[Self.V, Int]:
        return self._data.keys()

    def keys(self) -> _DictKeys[Self.V, Int]:
        return self._data.keys()

    def values(self) -> _DictValues[Self.V, Int]:
        return self._data.values()

    def items(self) -> _DictItems[Self.V, Int]:
        return self._data.items()

    def total(self) -> Int:
        var sum = 0
        for count in self._data.values():
            sum += count
        return sum

    def most_common(self, n: Int) -> List[CountTuple[Self.V]]:
        """The `n` values that occur most often, and how often."""
        var found = List[CountTuple[Self.V]]()
        for item in self._data.items():
            found.append(CountTuple[Self.V](__copy(item.key), item.value))
        sort(found, _occurs_more[Self.V])
        found.shrink(n)
        return found^

    def update(mut self, other: Self):
        for item in other._data.items():
            self._add(item.key, item.value)

    def subtract(mut self, other: Self):
        for item in other._data.items():
            self._add(item.key, -item.value)

    def pop(mut self, value: Self.V) raises -> Int:
        return self._data.pop(value)

    def clear(mut self):
        self._data.clear()

    def __add__(self, other: Self) -> Self:
        """The sums that are positive."""
        var result = Counter[Self.V]()
        for item in self._data.items():
            result._add_positive(item.key, item.value + other[item.key])
        for item in other._data.items():
            if item.key not in self._data:
                result._add_positive(item.key, item.value)
        return result^

    def __sub__(self, other: Self) -> Self:
        """The differences that are positive."""
        var result = Counter[Self.V]()
        for item in self._data.items():
            result._add_positive(item.key, item.value - other[item.key])
        return result^

    def _add_positive(mut self, value: Self.V, count: Int):
        if count > 0:
            self._add(value, count)

    def __eq__(self, other: Self) -> Bool:
        """What occurs 0 times counts as if it were missing."""
        for item in self._data.items():
            if other[item.key] != item.value:
                return False
        for item in other._data.items():
            if self[item.key] != item.value:
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)


def _occurs_more[V: Copyable & Movable](left: CountTuple[V], right: CountTuple[V]) -> Bool:
    return left._count > right._count
