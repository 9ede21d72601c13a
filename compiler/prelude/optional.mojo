"""Optional: a value, or none."""


struct Optional[T: Copyable & Movable](ImplicitlyCopyable, Movable, Writable):
    var _is_full: Bool
    var _storage: _Storage[Self.T]

    def __init__(out self):
        self._is_full = False
        self._storage = _Storage[Self.T]()

    @implicit
    def __init__(out self, value: NoneType):
        self._is_full = False
        self._storage = _Storage[Self.T]()

    @implicit
    def __init__(out self, var value: Self.T):
        self._is_full = True
        self._storage = _Storage[Self.T]()
        __emplace(self._storage.value, value^)

    def __init__(out self, *, copy: Self):
        self._is_full = copy._is_full
        self._storage = _Storage[Self.T]()
        if copy._is_full:
            __emplace(self._storage.value, __copy(copy._storage.value))

    def __deinit__(deinit self):
        if self._is_full:
            __drop(self._storage.value)

    def copy(self) -> Self:
        return __copy(self)

    def __bool__(self) -> Bool:
        return self._is_full

    def __invert__(self) -> Bool:
        return not self._is_full

    def __is__(self, other: NoneType) -> Bool:
        return not self._is_full

    def __isnot__(self, other: NoneType) -> Bool:
        return self._is_full

    def __eq__(self, other: NoneType) -> Bool:
        return not self._is_full

    def __ne__(self, other: NoneType) -> Bool:
        return self._is_full

    def __eq__(self, other: Self) -> Bool:
        if self._is_full != other._is_full:
            return False
        return not self._is_full or self._storage.value == other._storage.value

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    @__reference
    def __getitem__(self) raises EmptyOptionalError[Self.T] -> __Pointer[Self.T]:
        """The value; raises if there is none."""
        if not self._is_full:
            raise EmptyOptionalError[Self.T]()
        return __address(self._storage.value)

    @__reference
    def value(self, *, _at: __Pointer[UInt8] = __static("\0")) -> __Pointer[Self.T]:
        """The value; ends the program if there is none."""
        if not self._is_full:
            abort("`Optional.value()` called on empty `Optional`. Consider using `if optional:` to check whether the `Optional` is empty before calling `.value()`, or use `.or_else()` to provide a default value.", _at=_at)
        return __address(self._storage.value)

    @__reference
    def unsafe_value(self) -> __Pointer[Self.T]:
        return __address(self._storage.value)

    def __iter__(self) -> _OptionalIterator[Self.T]:
        """The value, if there is one."""
        return _OptionalIterator[Self.T](__address(self))

    def take(mut self, *, _at: __Pointer[UInt8] = __static("\0")) -> Self.T:
        """Move the value out; the Optional is empty afterwards."""
        if not self._is_full:
            abort("`Optional.take()` called on empty `Optional`. Consider using `if optional:` to check whether the `Optional` is empty before calling `.take()`, or use `.or_else()` to provide a default value.", _at=_at)
        self._is_full = False
        var value = __take(self._storage.value)
        return value^

    def unsafe_take(mut self) -> Self.T:
        self._is_full = False
        var value = __take(self._storage.value)
        return value^

    def bounds(self) -> Tuple[Int, Optional[Int]]:
        """How many items an iteration has: at least, and at most."""
        var count = 1 if self._is_full else 0
        return (count, Optional[Int](count))

    def map[To: Movable, //, F: def(var Self.T) -> To](deinit self, mapper: F) -> Optional[To]:
        """What a function makes of the value, if there is one."""
        if not self._is_full:
            return None
        return Optional[To](mapper(__take(self._storage.value)))

    def and_then[To: Movable, //, F: def(var Self.T) -> Optional[To]](deinit self, mapper: F) -> Optional[To]:
        """What a function makes of the value, which may be nothing."""
        if not self._is_full:
            return None
        return mapper(__take(self._storage.value))

    def or_else(self, default: Self.T) -> Self.T:
        """A copy of the value, or of the default."""
        if self._is_full:
            return __copy(self._storage.value)
        return __copy(default)


struct EmptyOptionalError[T: AnyType](ImplicitlyCopyable, Movable):
    """There is no value."""

    def __init__(out self):
        pass


def _write[T: AnyType](mut out: String, value: EmptyOptionalError[T]):
    _open_repr[EmptyOptionalError[T]](out)
    out += ")"


def _write_repr[T: AnyType](mut out: String, value: EmptyOptionalError[T]):
    _write(out, value)


struct _OptionalIterator[T: Copyable & Movable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _optional: __Pointer[Optional[Self.T]]
    var _is_done: Bool

    def __init__(out self, optional: __Pointer[Optional[Self.T]]):
        self._optional = optional
        self._is_done = False

    def __iter__(self) -> Self:
        return __copy(self)

    def __has_next__(self) -> Bool:
        return self._optional[0]._is_full and not self._is_done

    @__reference
    def _item(mut self) -> __Pointer[Self.T]:
        self._is_done = True
        return __address(self._optional[0]._storage.value)

    @__reference
    def __next__(mut self) raises StopIteration -> __Pointer[Self.T]:
        if not self.__has_next__():
            raise StopIteration()
        return __address(self._item())


def _write[T: Copyable & Movable](mut out: String, value: Optional[T]):
    if value._is_full:
        _write(out, value._storage.value)
    else:
        out += "None"
