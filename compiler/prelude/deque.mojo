"""std.collections: Deque, a queue with two ends, in a ring of room."""


struct Deque[T: Copyable & Movable](Copyable, Movable, Sized, Iterable):
    """The elements stand from `_first` on; after the last place of the ring comes its first."""

    comptime Element = Self.T

    var _data: __Pointer[Self.T]
    var _capacity: Int
    var _first: Int
    var _count: Int
    var _maxlen: Int

    def __init__(out self):
        self._data = __Pointer[Self.T](UInt(0))
        self._capacity = 0
        self._first = 0
        self._count = 0
        self._maxlen = -1

    def __init__(out self, *, capacity: Int):
        self = Deque[Self.T]()
        self._set_capacity(max(capacity, 1))

    def __init__(out self, *, maxlen: Int):
        self = Deque[Self.T]()
        self._maxlen = maxlen

    def __init__(out self, *, capacity: Int, maxlen: Int):
        self = Deque[Self.T](capacity=capacity)
        self._maxlen = maxlen

    def __init__(out self, *, elements: List[Self.T]):
        self = Deque[Self.T]()
        self.extend(elements.copy())

    def __init__(out self, *values: Self.T):
        self = Deque[Self.T]()
        for i in range(len(values)):
            self.append(__copy(values[i]))

    def __init__(out self, *, copy: Self):
        self = Deque[Self.T]()
        self._maxlen = copy._maxlen
        for i in range(copy._count):
            self.append(__copy(copy._at(i)))

    def __deinit__(deinit self):
        for i in range(self._count):
            __drop(self._at(i))
        _free(UInt(self._data), self._capacity * __size_of[Self.T]())

    def copy(self) -> Self:
        return __copy(self)

    def __len__(self) -> Int:
        return self._count

    def __bool__(self) -> Bool:
        return self._count > 0

    @__reference
    def _at(self, index: Int) -> __Pointer[Self.T]:
        var place = self._first + index
        if place >= self._capacity:
            place -= self._capacity
        return __intrinsic_pointer_offset(self._data, place)

    @__reference
    @__interior("element")
    def __getitem__(self, index: Int) -> __Pointer[Self.T]:
        _check_index(index, self._count)
        return __address(self._at(index))

    def _set_capacity(mut self, capacity: Int):
        var data = __Pointer[Self.T](_allocate_elements(capacity, __size_of[Self.T]()))
        for i in range(self._count):
            __emplace(data[i], __take(self._at(i)))
        _free(UInt(self._data), self._capacity * __size_of[Self.T]())
        self._data = data
        self._capacity = capacity
        self._first = 0

    def _make_room(mut self):
        if self._count == self._capacity:
            self._set_capacity(max(self._capacity * 2, 8))

    def append(mut self, var value: Self.T):
        """Put it at the end; beyond the most that there may be, the first one goes."""
        self._make_room()
        __emplace(self._at(self._count), value^)
        self._count += 1
        if self._maxlen >= 0 and self._count > self._maxlen:
            __drop(self._at(0))
            self._forget_first()

    def appendleft(mut self, var value: Self.T):
        self._make_room()
        self._first = self._capacity - 1 if self._first == 0 else self._first - 1
        __emplace(self._at(0), value^)
        self._count += 1
        if self._maxlen >= 0 and self._count > self._maxlen:
            self._count -= 1
            __drop(self._at(self._count))

    def _forget_first(mut self):
        self._first = 0 if self._first + 1 == self._capacity else self._first + 1
        self._count -= 1

    def extend(mut self, var values: List[Self.T]):
        for i in range(values.length):
            self.append(__copy(values.data[i]))

    def extend(mut self, values: Self):
        for i in range(values._count):
            self.append(__copy(values._at(i)))

    def extendleft(mut self, var values: List[Self.T]):
        for i in range(values.length):
            self.appendleft(__copy(values.data[i]))

    def pop(mut self) raises -> Self.T:
        if self._count == 0:
            raise Error("IndexError: Deque is empty")
        self._count -= 1
        return __take(self._at(self._count))

    def popleft(mut self) raises -> Self.T:
        if self._count == 0:
            raise Error("IndexError: Deque is empty")
        var value = __take(self._at(0))
        self._forget_first()
        return value^

    def peek(self) raises -> Self.T:
        """A copy of the last one."""
        if self._count == 0:
            raise Error("IndexError: Deque is empty")
        return __copy(self._at(self._count - 1))

    def peekleft(self) raises -> Self.T:
        if self._count == 0:
            raise Error("IndexError: Deque is empty")
        return __copy(self._at(0))

    def clear(mut self):
        for i in range(self._count):
            __drop(self._at(i))
        self._count = 0
        self._first = 0

    def insert(mut self, index: Int, var value: Self.T) raises:
        """Put it before the element at `index`, or at the end."""
        if self._maxlen >= 0 and self._count == self._maxlen:
            raise Error("IndexError: Deque is already at its maximum size")
        self._make_room()
        var to = min(max(index, 0), self._count)
        for i in range(self._count, to, -1):
            __emplace(self._at(i), __take(self._at(i - 1)))
        __emplace(self._at(to), value^)
        self._count += 1

    def index(self, value: Self.T) raises -> Int:
        """The first position of `value`."""
        for i in range(self._count):
            if self._at(i) == value:
                return i
        raise Error("ValueError: Given element is not in deque")

    def remove(mut self, value: Self.T) raises:
        """Take the first such element away."""
        var found = self.index(value)
        __drop(self._at(found))
        for i in range(found, self._count - 1):
            __emplace(self._at(i), __take(self._at(i + 1)))
        self._count -= 1

    def count(self, value: Self.T) -> Int:
        var found = 0
        for i in range(self._count):
            if self._at(i) == value:
                found += 1
        return found

    def reverse(mut self):
        for i in range(self._count // 2):
            self._exchange(i, self._count - 1 - i)

    def _exchange(mut self, left: Int, right: Int):
        if left != right:
            var value = __take(self._at(left))
            __emplace(self._at(left), __take(self._at(right)))
            __emplace(self._at(right), value^)

    def rotate(mut self, n: Int = 1):
        """Move the last `n` to the front; the first ones to the end if it is negative."""
        if self._count < 2:
            return
        var steps = n % self._count
        for _ in range(steps):
            self._make_room()
            self._count -= 1
            var value = __take(self._at(self._count))
            self.appendleft(value^)

    def __contains__(self, value: Self.T) -> Bool:
        return self.count(value) > 0

    def __eq__(self, other: Self) -> Bool:
        if self._count != other._count:
            return False
        for i in range(self._count):
            if self._at(i) != other._at(i):
                return False
        return True

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __add__(self, other: Self) -> Self:
        var result = self.copy()
        result.extend(other)
        return result^

    def __iadd__(mut self, other: Self):
        self.extend(other)

    def __mul__(self, times: Int) -> Self:
        var result = Deque[Self.T]()
        result._maxlen = self._maxlen
        for _ in range(times):
            result.extend(self)
        return result^

    def __iter__(self) -> _DequeIterator[Self.T]:
        return _DequeIterator[Self.T](__address(self), 0, 1)

    def __reversed__(self) -> _DequeIterator[Self.T]:
        return _DequeIterator[Self.T](__address(self), self._count - 1, -1)


struct _DequeIterator[T: Copyable & Movable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _deque: __Pointer[Deque[Self.T]]
    var _next: Int
    var _step: Int

    def __init__(out self, deque: __Pointer[Deque[Self.T]], first: Int, step: Int):
        self._deque = deque
        self._next = first
        self._step = step

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return 0 <= self._next and self._next < self._deque[0]._count

    @__reference
    def _item(mut self) -> __Pointer[Self.T]:
        var at = self._next
        self._next += self._step
        return __address(self._deque[0]._at(at))

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.T]:
        if not self.__has_next__():
            raise StopIteration()
        return __address(self._item())


def _write[T: Copyable & Movable](mut out: String, value: Deque[T]):
    out += "["
    for i in range(value._count):
        if i > 0:
            out += ", "
        _write(out, value._at(i))
    out += "]"


def _write_repr[T: Copyable & Movable](mut out: String, value: Deque[T]):
    _open_repr[Deque[T]](out)
    out += "["
    for i in range(value._count):
        if i > 0:
            out += ", "
        _write_repr(out, value._at(i))
    out += "])"
