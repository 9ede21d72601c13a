"""Array: a fixed number of elements within the value; what a list display makes where no List is asked for.

The compiler knows subscripts, displays and loops: an element is a place, reached after a check of its index.
"""


struct Array[T: Copyable & Movable, size: Int](Copyable, Movable, Sized, Writable, Equatable, Hashable):
    var _room: _Room[Self.T, Self.size]

    def __init__(out self, *, fill: Self.T):
        __zero(self._room)
        for i in range(Self.size):
            __emplace(self._room.at(i), __copy(fill))

    def __init__(out self, *, uninitialized: Bool):
        __zero(self._room)

    def __iter__(self) -> _SpanIterator[Self.T]:
        """For `iter(array)`; loops count."""
        return _SpanIterator[Self.T](__address(self._room.at(0)), Self.size)

    def __len__(self) -> Int:
        return Self.size

    def copy(self) -> Self:
        return __copy(self)

    def unsafe_ptr(self) -> Pointer[Self.T]:
        return Pointer[Self.T](_at=UInt(__address(self._room)))

    def __contains__(self, value: Self.T) -> Bool:
        for i in range(Self.size):
            if self._room.at(i) == value:
                return True
        return False

    def __eq__(self, other: Self) -> Bool:
        for i in range(Self.size):
            if self._room.at(i) != other._room.at(i):
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)


def _write[T: Copyable & Movable, size: Int](mut out: String, value: Array[T, size]):
    out += "["
    for i in range(size):
        if i > 0:
            out += ", "
        _write(out, value._room.at(i))
    out += "]"


def _write_repr[T: Copyable & Movable, size: Int](mut out: String, value: Array[T, size]):
    out += "Array["
    out += __type_name[T]()
    out += ", "
    _write(out, size)
    out += "](["
    for i in range(size):
        if i > 0:
            out += ", "
        _write_repr(out, value._room.at(i))
    out += "])"


def _hash_into[T: Copyable & Movable, size: Int](mut hasher: AHasher, value: Array[T, size]):
    for i in range(size):
        _hash_into(hasher, value._room.at(i))


def _check_index_at(index: Int, length: Int, file: __Pointer[UInt8], file_length: Int, line: Int, column: Int):
    if index < 0 or index >= length:
        _bounds_failed(index, length, file, file_length, line, column)


def _array_as_list[T: Copyable & Movable, size: Int](array: Array[T, size]) -> List[T]:
    var result = List[T](capacity=size)
    for i in range(size):
        result.append(__copy(array._room.at(i)))
    return result^
