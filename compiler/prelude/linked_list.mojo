"""std.collections: LinkedList, a sequence that grows at both ends; here it is a Deque."""


struct LinkedList[ElementType: Copyable & Movable](Copyable, Movable, Sized, Iterable):
    comptime Element = Self.ElementType

    var _items: Deque[Self.ElementType]

    def __init__(out self):
        self._items = Deque[Self.ElementType]()

    def __init__(out self, *elements: Self.ElementType):
        self._items = Deque[Self.ElementType]()
        for i in range(len(elements)):
            self._items.append(__copy(elements[i]))

    def copy(self) -> Self:
        return __copy(self)

    def __len__(self) -> Int:
        return len(self._items)

    def __bool__(self) -> Bool:
        return len(self._items) > 0

    def append(mut self, var value: Self.ElementType):
        self._items.append(value^)

    def prepend(mut self, var value: Self.ElementType):
        self._items.appendleft(value^)

    def insert(mut self, index: Int, var value: Self.ElementType) raises:
        self._items.insert(index, value^)

    def pop(mut self) raises -> Self.ElementType:
        return self._items.pop()

    def pop(mut self, index: Int) raises -> Self.ElementType:
        if index < 0 or index >= len(self):
            raise Error("Index out of bounds")
        var value = __copy(self._items._at(index))
        for i in range(index, len(self) - 1):
            self._items._exchange(i, i + 1)
        _ = self._items.pop()
        return value^

    def reverse(mut self):
        self._items.reverse()

    def extend(mut self, var other: Self):
        self._items.extend(other._items)

    def clear(mut self):
        self._items.clear()

    def count(self, value: Self.ElementType) -> Int:
        return self._items.count(value)

    def __contains__(self, value: Self.ElementType) -> Bool:
        return value in self._items

    def __eq__(self, other: Self) -> Bool:
        return self._items == other._items

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __iter__(self) -> _DequeIterator[Self.ElementType]:
        return self._items.__iter__()

    def __reversed__(self) -> _DequeIterator[Self.ElementType]:
        return self._items.__reversed__()


def _write[ElementType: Copyable & Movable](mut out: String, value: LinkedList[ElementType]):
    _write(out, value._items)
