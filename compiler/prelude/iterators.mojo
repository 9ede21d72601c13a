"""Iterators made of iterators: `std.iter`. `enumerate` and `zip` are known to the compiler's loops."""


struct _RangeIterator[T: Copyable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _next: Self.T
    var _step: Self.T
    var _left: Int

    def __init__(out self, start: Self.T, step: Self.T, count: Int):
        self._next = start
        self._step = step
        self._left = count

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Self.T:
        if self._left <= 0:
            raise StopIteration()
        self._left -= 1
        var current = self._next
        self._next = self._next + self._step
        return current


struct _Mapped[I: Movable, U: AnyType, f: def(__Item[I]) thin -> U](Copyable, Movable, Iterable):
    comptime Element = Self.U

    var _inner: Self.I

    def __init__(out self, var inner: Self.I):
        self._inner = inner^

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Self.U:
        return Self.f(next(self._inner))


def map[C: Iterable, U: AnyType, //, f: def(__Item[C]) thin -> U](iterable: C) -> _Mapped[__Iterator[C], U, f]:
    """What a function makes of each item."""
    return _Mapped[__Iterator[C], U, f](iter(iterable))


struct _Once[T: Movable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _item: Optional[Self.T]

    def __init__(out self, var item: Self.T):
        self._item = Optional(item^)

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Self.T:
        if not self._item:
            raise StopIteration()
        return self._item.take()


def once[T: Movable](var item: T) -> _Once[T]:
    """One item."""
    return _Once[T](item^)


struct _Empty[T: AnyType](Copyable, Movable, Iterable):
    comptime Element = Self.T

    def __init__(out self):
        pass

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Self.T:
        raise StopIteration()


def empty[T: AnyType]() -> _Empty[T]:
    """No items."""
    return _Empty[T]()


struct _Peekable[I: Movable, T: Copyable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _inner: Self.I
    var _following: Optional[Self.T]
    """What was looked at, and is still to come."""

    def __init__(out self, var inner: Self.I):
        self._inner = inner^
        self._following = None

    def __iter__(self) -> Self:
        return __copy(self)

    def peek(mut self) -> Optional[Pointer[Self.T]]:
        """The next item, which stays the next one; None at the end."""
        if not self._following:
            try:
                self._following = Optional[Self.T](next(self._inner))
            except:
                return None
        return Optional[Pointer[Self.T]](Pointer(to=self._following.value()))

    def __next__(mut self) raises StopIteration -> Self.T:
        if self._following:
            return self._following.take()
        return next(self._inner)


def peekable[C: Iterable](iterable: C) -> _Peekable[__Iterator[C], __Item[C]]:
    """An iterator whose next item can be looked at."""
    return _Peekable[__Iterator[C], __Item[C]](iter(iterable))


struct _Chained[I: Movable, J: Movable](Copyable, Movable, Iterable):
    comptime Element = __Item[Self.I]

    var _first: Self.I
    var _second: Self.J
    var _is_second: Bool

    def __init__(out self, var first: Self.I, var second: Self.J):
        self._first = first^
        self._second = second^
        self._is_second = False

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> __Item[Self.I]:
        if not self._is_second:
            try:
                return next(self._first)
            except:
                self._is_second = True
        return next(self._second)


def chain[A: Iterable, B: Iterable](first: A, second: B) -> _Chained[__Iterator[A], __Iterator[B]]:
    """The items of one iterable, then those of another."""
    return _Chained[__Iterator[A], __Iterator[B]](iter(first), iter(second))
