"""Span: a view of elements that lie one after the other somewhere else."""


struct Span[T: AnyType](ImplicitlyCopyable, Movable, Sized, Iterable):
    """Where the elements are and how many; whether they may be changed is not tracked by the type."""

    var _start: __Pointer[Self.T]
    var _count: Int

    def __init__(out self):
        self._start = __Pointer[Self.T](UInt(0))
        self._count = 0

    @implicit
    def __init__(out self, list: List[Self.T]):
        self._start = list.data
        self._count = list.length

    @implicit
    def __init__[size: Int](out self, array: Array[Self.T, size]):
        self._start = __Pointer[Self.T](__address(array._room))
        self._count = size

    def __init__(out self, other: Span[Self.T]):
        self._start = other._start
        self._count = other._count

    def __init__(out self, *, ptr: Pointer[Self.T], length: Int):
        self._start = ptr._address
        self._count = length

    def __init__(out self, *, unsafe_ptr: Pointer[Self.T], length: Int):
        self._start = unsafe_ptr._address
        self._count = length

    def __len__(self) -> Int:
        return self._count

    def __bool__(self) -> Bool:
        return self._count > 0

    def __place__(self, index: Int) -> __Pointer[Self.T]:
        _check_index(index, self._count)
        return __intrinsic_pointer_offset(self._start, index)

    @__reference
    def unsafe_get(self, index: Int) -> __Pointer[Self.T]:
        return __intrinsic_pointer_offset(self._start, index)

    def unsafe_ptr(self) -> Pointer[Self.T]:
        return Pointer[Self.T](_at=UInt(self._start))

    def as_imm(self) -> Self:
        return self

    def get_immutable(self) -> Self:
        return self

    def unsafe_subspan(self, *, offset: Int, length: Int) -> Self:
        return Self(ptr=self.unsafe_ptr() + offset, length=length)

    def __iter__(self) -> _SpanIterator[Self.T]:
        return _SpanIterator[Self.T](self._start, self._count)

    def __contains__(self, value: Self.T) -> Bool:
        for i in range(self._count):
            if self._start[i] == value:
                return True
        return False

    def __eq__(self, other: Self) -> Bool:
        if self._count != other._count:
            return False
        for i in range(self._count):
            if self._start[i] != other._start[i]:
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def count(self, value: Self.T) -> Int:
        var found = 0
        for i in range(self._count):
            if self._start[i] == value:
                found += 1
        return found

    def fill(self, value: Self.T):
        for i in range(self._count):
            self._start[i] = __copy(value)

    def copy_from(self, other: Self):
        """Set the elements to copies of as many others."""
        if self._count != other._count:
            abort("Spans must be of equal length")
        for i in range(self._count):
            self._start[i] = __copy(other._start[i])

    def swap_elements(self, left: Int, right: Int):
        _check_index(left, self._count)
        _check_index(right, self._count)
        self.unsafe_swap_elements(left, right)

    def unsafe_swap_elements(self, left: Int, right: Int):
        if left != right:
            var value = __take(self._start[left])
            __emplace(self._start[left], __take(self._start[right]))
            __emplace(self._start[right], value^)

    def reverse(self):
        for i in range(self._count // 2):
            self.unsafe_swap_elements(i, self._count - 1 - i)


struct _SpanReversed[T: AnyType](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _start: __Pointer[Self.T]
    var _left: Int

    def __init__(out self, start: __Pointer[Self.T], count: Int):
        self._start = start
        self._left = count

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._left > 0

    @__reference
    def _item(mut self) -> __Pointer[Self.T]:
        self._left -= 1
        return __intrinsic_pointer_offset(self._start, self._left)

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.T]:
        if not self.__has_next__():
            raise StopIteration()
        return __address(self._item())


def reversed[T: AnyType](items: Span[T]) -> _SpanReversed[T]:
    return _SpanReversed[T](items._start, items._count)


struct _SpanIterator[T: AnyType](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _next: __Pointer[Self.T]
    var _left: Int

    def __init__(out self, start: __Pointer[Self.T], count: Int):
        self._next = start
        self._left = count

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._left > 0

    @__reference
    def _item(mut self) -> __Pointer[Self.T]:
        var current = self._next
        self._next = __intrinsic_pointer_offset(self._next, 1)
        self._left -= 1
        return current

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.T]:
        if not self.__has_next__():
            raise StopIteration()
        return __address(self._item())

    def nth(self, n: Int) -> Optional[Self.T]:
        """The item after n others, if there is one."""
        if n >= self._left:
            return None
        return Optional[Self.T](__copy(self._next[n]))


def _write[T: AnyType](mut out: String, value: Span[T]):
    out += "["
    for i in range(value._count):
        if i > 0:
            out += ", "
        _write(out, value._start[i])
    out += "]"


def _write_repr[T: AnyType](mut out: String, value: Span[T]):
    out += "Span[mut=True, "
    out += __type_name[T]()
    out += "](["
    for i in range(value._count):
        if i > 0:
            out += ", "
        _write_repr(out, value._start[i])
    out += "])"
