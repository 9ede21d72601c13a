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


struct IndexList[size: Int, *, element_type: DType = DType.int64](ImplicitlyCopyable, Movable, Sized, Equatable):
    """A position in as many dimensions."""

    var _room: _Room[Int, Self.size]

    def __init__(out self):
        __zero(self._room)

    def __init__(out self, *values: Int):
        __zero(self._room)
        for i in range(Self.size):
            self._room.at(i) = values[0 if len(values) == 1 else i]

    def __len__(self) -> Int:
        return Self.size

    def __getitem__(self, index: Int) -> Int:
        _check_index(index, Self.size)
        return self._room.at(index)

    def __setitem__(mut self, index: Int, value: Int):
        _check_index(index, Self.size)
        self._room.at(index) = value

    def flattened_length(self) -> Int:
        """The product of all."""
        var product = 1
        for i in range(Self.size):
            product *= self._room.at(i)
        return product

    def __add__(self, other: Self) -> Self:
        var result = self
        for i in range(Self.size):
            result._room.at(i) += other._room.at(i)
        return result

    def __sub__(self, other: Self) -> Self:
        var result = self
        for i in range(Self.size):
            result._room.at(i) -= other._room.at(i)
        return result

    def __mul__(self, other: Self) -> Self:
        var result = self
        for i in range(Self.size):
            result._room.at(i) *= other._room.at(i)
        return result

    def __floordiv__(self, other: Self) -> Self:
        var result = self
        for i in range(Self.size):
            result._room.at(i) //= other._room.at(i)
        return result

    def __eq__(self, other: Self) -> Bool:
        for i in range(Self.size):
            if self._room.at(i) != other._room.at(i):
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)


def Index(x: Int) -> IndexList[1]:
    return IndexList[1](x)


def Index(x: Int, y: Int) -> IndexList[2]:
    return IndexList[2](x, y)


def Index(x: Int, y: Int, z: Int) -> IndexList[3]:
    return IndexList[3](x, y, z)


def _write[size: Int, element_type: DType](mut out: String, value: IndexList[size, element_type=element_type]):
    out += "("
    for i in range(size):
        if i > 0:
            out += ", "
        _write(out, value[i])
    if size == 1:
        out += ","
    out += ")"
