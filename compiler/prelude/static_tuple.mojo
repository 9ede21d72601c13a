"""std.utils: a tuple of one type of elements, whose size is known at compile time."""


struct StaticTuple[element_type: TrivialRegisterPassable, size: Int](
    Comparable, Defaultable, Sized, TrivialRegisterPassable
):
    var _room: _Room[Self.element_type, Self.size]

    def __init__(out self):
        __zero(self._room)

    def __init__(out self, *, fill: Self.element_type):
        __zero(self._room)
        for i in range(Self.size):
            self._room.at(i) = fill

    def __init__(out self, *elems: Self.element_type):
        """Of all elements, or of one that all become."""
        __zero(self._room)
        for i in range(Self.size):
            self._room.at(i) = elems[0 if len(elems) == 1 else i]

    def __len__(self) -> Int:
        return Self.size

    def __getitem__(self, index: Int) -> Self.element_type:
        _check_index(index, Self.size)
        return self._room.at(index)

    def __setitem__(mut self, index: Int, value: Self.element_type):
        _check_index(index, Self.size)
        self._room.at(index) = value

    def get[index: Int](self) -> Self.element_type:
        return self[index]

    def _replace[index: Int](self, value: Self.element_type) -> Self:
        var result = self
        result[index] = value
        return result

    def __eq__(self, other: Self) -> Bool:
        for i in range(Self.size):
            if self[i] != other[i]:
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __lt__(self, other: Self) -> Bool:
        """By the first elements that differ."""
        for i in range(Self.size):
            if self[i] < other[i]:
                return True
            if self[i] != other[i]:
                return False
        return False

    def __le__(self, other: Self) -> Bool:
        return not (other < self)

    def __gt__(self, other: Self) -> Bool:
        return other < self

    def __ge__(self, other: Self) -> Bool:
        return not (self < other)
