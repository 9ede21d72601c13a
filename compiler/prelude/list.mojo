"""List: a growing array that owns its elements.

The compiler knows the fields `data`, `length`, `capacity`: `xs[i]` is a checked place over them. Elements from `length`
to `capacity` are uninitialised.
"""


struct List[T: Copyable & Movable](Copyable, Movable, Sized):
    var data: __Pointer[Self.T]
    var length: Int
    var capacity: Int

    def __init__(out self):
        self.data = __Pointer[Self.T](UInt(0))
        self.length = 0
        self.capacity = 0

    def __init__(out self, *, capacity: Int):
        self.data = __Pointer[Self.T](_allocate_elements(capacity, __size_of[Self.T]()))
        self.length = 0
        self.capacity = max(capacity, 0)

    def __init__(out self, *, length: Int, fill: Self.T):
        self.data = __Pointer[Self.T](_allocate_elements(length, __size_of[Self.T]()))
        self.length = max(length, 0)
        self.capacity = max(length, 0)
        for i in range(length):
            __emplace(self.data[i], __copy(fill))

    def __init__[I: Iterable](out self, iterable: I):
        self = List[Self.T]()
        for item in iterable:
            self.append(__copy(item))

    def __init__(out self, span: Span[Self.T]):
        """Of copies of the elements of a span."""
        self.data = __Pointer[Self.T](_allocate_elements(span._count, __size_of[Self.T]()))
        self.length = span._count
        self.capacity = span._count
        comptime if __is_trivial[Self.T]():
            __intrinsic_memory_copy(self.data, span._start, span._count * __size_of[Self.T]())
        else:
            for i in range(span._count):
                __emplace(self.data[i], __copy(span._start[i]))

    def __init__(out self, *, length: Int, fill_with: Self.T):
        self = List[Self.T](length=length, fill=fill_with)

    def __init__(out self, *, unsafe_uninit_length: Int):
        """The elements are zero."""
        self.data = __Pointer[Self.T](_allocate_elements(unsafe_uninit_length, __size_of[Self.T]()))
        self.length = max(unsafe_uninit_length, 0)
        self.capacity = self.length
        __intrinsic_memory_fill(self.data, 0, self.length * __size_of[Self.T]())

    def __init__(out self, *, copy: Self):
        self.data = __Pointer[Self.T](_allocate_elements(copy.length, __size_of[Self.T]()))
        self.length = copy.length
        self.capacity = copy.length
        comptime if __is_trivial[Self.T]():
            __intrinsic_memory_copy(self.data, copy.data, copy.length * __size_of[Self.T]())
        else:
            for i in range(copy.length):
                __emplace(self.data[i], __copy(copy.data[i]))

    def __deinit__(deinit self):
        comptime if not __is_trivial[Self.T]():
            for i in range(self.length):
                __drop(self.data[i])
        _free(UInt(self.data), self.capacity * __size_of[Self.T]())

    def __iter__(self) -> _SpanIterator[Self.T]:
        """For `iter(list)`; loops count."""
        return _SpanIterator[Self.T](self.data, self.length)

    def __len__(self) -> Int:
        return self.length

    def __bool__(self) -> Bool:
        return self.length > 0

    def capacity(self) -> Int:
        return self.capacity

    def byte_length(self) -> Int:
        return self.length * __size_of[Self.T]()

    def unsafe_ptr(self) -> Pointer[Self.T]:
        return Pointer[Self.T](_at=UInt(self.data))

    @__reference
    @__interior("element")
    def unsafe_get(self, index: Int) -> __Pointer[Self.T]:
        return __intrinsic_pointer_offset(self.data, index)

    def unsafe_set(mut self, index: Int, var value: Self.T):
        self.data[index] = value^

    def as_imm(self) -> Span[Self.T]:
        return Span[Self.T](self)

    def copy(self) -> Self:
        return __copy(self)

    def _set_capacity(mut self, capacity: Int):
        """Move the elements into a block of another size, at least `length`."""
        var data = __Pointer[Self.T](_allocate_elements(capacity, __size_of[Self.T]()))
        comptime if __moves_bits[Self.T]():
            __intrinsic_memory_copy(data, self.data, self.length * __size_of[Self.T]())
        else:
            for i in range(self.length):
                __emplace(data[i], __take(self.data[i]))
        _free(UInt(self.data), self.capacity * __size_of[Self.T]())
        self.data = data
        self.capacity = capacity

    def _next_capacity(self) -> Int:
        """How much a full list grows to; as the language's own where moves can be seen."""
        comptime if __moves_bits[Self.T]():
            return max(4, self.length * 2)
        else:
            return max(1, self.capacity * 2)

    def reserve(mut self, capacity: Int):
        """Make room for `capacity` elements in all."""
        if capacity > self.capacity:
            self._set_capacity(capacity)

    def append(mut self, var value: Self.T):
        var length = self.length
        if length >= self.capacity:
            self._set_capacity(self._next_capacity())
        __emplace(self.data[length], value^)
        self.length = length + 1

    def extend(mut self, var other: List[Self.T]):
        """Move all elements of `other` to the end."""
        var length = self.length + other.length
        if length > self.capacity:
            self._set_capacity(max(length, self.capacity * 2))
        for i in range(other.length):
            __emplace(self.data[self.length + i], __take(other.data[i]))
        self.length = length
        other.length = 0

    def extend(mut self, other: Span[Self.T]):
        """Put copies of the elements of `other`, which are not of this list, at the end."""
        self.reserve(self.length + other._count)
        for i in range(other._count):
            __emplace(self.data[self.length + i], __copy(other._start[i]))
        self.length += other._count

    def insert(mut self, index: Int, var value: Self.T):
        """Put `value` before the element at `index`, or at the end."""
        _check_index(index, self.length + 1)
        if self.length >= self.capacity:
            self._set_capacity(self._next_capacity())
        for i in range(self.length, index, -1):
            __emplace(self.data[i], __take(self.data[i - 1]))
        __emplace(self.data[index], value^)
        self.length += 1

    def pop(mut self) -> Self.T:
        """Take the last element away."""
        return self.pop(self.length - 1)

    def pop(mut self, index: Int) -> Self.T:
        """Take an element away and close the gap."""
        _check_index(index, self.length)
        var value = __take(self.data[index])
        for i in range(index, self.length - 1):
            __emplace(self.data[i], __take(self.data[i + 1]))
        self.length -= 1
        return value^

    def clear(mut self):
        comptime if not __is_trivial[Self.T]():
            for i in range(self.length):
                __drop(self.data[i])
        self.length = 0

    def shrink(mut self, length: Int):
        """Drop the elements from `length` on."""
        comptime if not __is_trivial[Self.T]():
            for i in range(length, self.length):
                __drop(self.data[i])
        self.length = min(self.length, max(length, 0))

    def resize(mut self, length: Int, value: Self.T):
        """Cut to `length`, or fill up with copies of `value`."""
        if length <= self.length:
            self.shrink(length)
            return
        self.reserve(length)
        for i in range(self.length, length):
            __emplace(self.data[i], __copy(value))
        self.length = length

    def resize(mut self, *, unsafe_uninit_length: Int):
        """Cut, or fill up with elements of zero bytes."""
        if unsafe_uninit_length <= self.length:
            self.shrink(unsafe_uninit_length)
            return
        self.reserve(unsafe_uninit_length)
        var added = unsafe_uninit_length - self.length
        __intrinsic_memory_fill(
            __intrinsic_pointer_offset(self.data, self.length), 0, added * __size_of[Self.T]()
        )
        self.length = unsafe_uninit_length

    def reverse(mut self):
        for i in range(self.length // 2):
            self.swap_elements(i, self.length - 1 - i)

    def swap_elements(mut self, left: Int, right: Int):
        _check_index(left, self.length)
        _check_index(right, self.length)
        if left == right:
            return
        var value = __take(self.data[left])
        __emplace(self.data[left], __take(self.data[right]))
        __emplace(self.data[right], value^)

    def count(self, value: Self.T) -> Int:
        var found = 0
        for i in range(self.length):
            if self.data[i] == value:
                found += 1
        return found

    def index(self, value: Self.T) raises -> Int:
        """The first position of `value`."""
        for i in range(self.length):
            if self.data[i] == value:
                return i
        raise Error("ValueError: Given element is not in list")

    def __contains__(self, value: Self.T) -> Bool:
        for i in range(self.length):
            if self.data[i] == value:
                return True
        return False

    def __eq__(self, other: Self) -> Bool:
        if self.length != other.length:
            return False
        for i in range(self.length):
            if self.data[i] != other.data[i]:
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __add__(self, other: Self) -> Self:
        var result = List[Self.T](capacity=self.length + other.length)
        result.extend(self.copy())
        result.extend(other.copy())
        return result^

    def __iadd__(mut self, var other: Self):
        self.extend(other^)

    def __mul__(self, times: Int) -> Self:
        var result = List[Self.T](capacity=self.length * max(times, 0))
        for _ in range(times):
            result.extend(self.copy())
        return result^


def _check_index(index: Int, length: Int):
    """The bounds check of methods; subscripts have their own, with the program's place."""
    if index < 0 or index >= length:
        _bounds_failed(index, length, __static("prelude/list.mojo"), 17, 1, 1)
