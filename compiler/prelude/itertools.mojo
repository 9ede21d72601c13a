"""`std.itertools`: counting, repeating, products, and parts of iterations."""


struct _Count(Copyable, Movable, Iterable):
    comptime Element = Int

    var _next: Int
    var _step: Int

    def __init__(out self, start: Int, step: Int):
        self._next = start
        self._step = step

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Int:
        var current = self._next
        self._next += self._step
        return current


def count(start: Int = 0, step: Int = 1) -> _Count:
    """Numbers without an end."""
    return _Count(start, step)


struct _Repeated[T: Copyable](Copyable, Movable, Iterable):
    comptime Element = Self.T

    var _item: Self.T
    var _left: Int

    def __init__(out self, item: Self.T, times: Int):
        self._item = __copy(item)
        self._left = times

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Self.T:
        if self._left <= 0:
            raise StopIteration()
        self._left -= 1
        return __copy(self._item)


def repeat[T: Copyable](element: T, *, times: Int) -> _Repeated[T]:
    """The same item a number of times."""
    return _Repeated[T](element, times)


struct _Cycle[I: Copyable](Copyable, Movable, Iterable):
    comptime Element = __Item[Self.I]

    var _start: Self.I
    var _inner: Self.I

    def __init__(out self, var inner: Self.I):
        self._start = __copy(inner)
        self._inner = inner^

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> __Item[Self.I]:
        try:
            return next(self._inner)
        except:
            self._inner = __copy(self._start)
        return next(self._inner)


def cycle[C: Iterable](iterable: C) -> _Cycle[__Iterator[C]]:
    """The items over and over."""
    return _Cycle[__Iterator[C]](iter(iterable))


struct _Taken[I: Copyable](Copyable, Movable, Iterable):
    comptime Element = __Item[Self.I]

    var _inner: Self.I
    var _left: Int

    def __init__(out self, var inner: Self.I, count: Int):
        self._inner = inner^
        self._left = count

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> __Item[Self.I]:
        if self._left <= 0:
            raise StopIteration()
        self._left -= 1
        return next(self._inner)


def take[C: Iterable](iterable: C, count: Int) -> _Taken[__Iterator[C]]:
    """The first items."""
    return _Taken[__Iterator[C]](iter(iterable), count)


struct _TakenWhile[I: Copyable, f: def(__Item[I]) thin -> Bool](Copyable, Movable, Iterable):
    comptime Element = __Item[Self.I]

    var _inner: Self.I
    var _is_over: Bool

    def __init__(out self, var inner: Self.I):
        self._inner = inner^
        self._is_over = False

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> __Item[Self.I]:
        if self._is_over:
            raise StopIteration()
        var item = next(self._inner)
        if not Self.f(item):
            self._is_over = True
            raise StopIteration()
        return item^


def take_while[
    C: Iterable, //, predicate: def(__Item[C]) thin -> Bool
](iterable: C) -> _TakenWhile[__Iterator[C], predicate]:
    """The items before the first that does not fit."""
    return _TakenWhile[__Iterator[C], predicate](iter(iterable))


struct _DroppedWhile[I: Copyable, f: def(__Item[I]) thin -> Bool](Copyable, Movable, Iterable):
    comptime Element = __Item[Self.I]

    var _inner: Self.I
    var _is_dropping: Bool

    def __init__(out self, var inner: Self.I):
        self._inner = inner^
        self._is_dropping = True

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> __Item[Self.I]:
        var item = next(self._inner)
        while self._is_dropping and Self.f(item):
            item = next(self._inner)
        self._is_dropping = False
        return item^


def drop_while[
    C: Iterable, //, predicate: def(__Item[C]) thin -> Bool
](iterable: C) -> _DroppedWhile[__Iterator[C], predicate]:
    """The items from the first on that does not fit."""
    return _DroppedWhile[__Iterator[C], predicate](iter(iterable))


struct _Product[I: Movable, J: Copyable](Copyable, Movable, Iterable):
    """Pairs; the second item changes first."""

    comptime Element = Tuple[__Item[Self.I], __Item[Self.J]]

    var _outer: Self.I
    var _item: Optional[__Item[Self.I]]
    var _start: Self.J
    var _inner: Self.J

    def __init__(out self, var outer: Self.I, var inner: Self.J):
        self._outer = outer^
        self._item = None
        self._start = __copy(inner)
        self._inner = inner^

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Tuple[__Item[Self.I], __Item[Self.J]]:
        if self._item:
            try:
                return (__copy(self._item.value()), next(self._inner))
            except:
                self._inner = __copy(self._start)
        self._item = Optional[__Item[Self.I]](next(self._outer))
        return (__copy(self._item.value()), next(self._inner))


def product[A: Iterable, B: Iterable](a: A, b: B) -> _Product[__Iterator[A], __Iterator[B]]:
    """All pairs of items."""
    return _Product[__Iterator[A], __Iterator[B]](iter(a), iter(b))


struct _Product3[I: Movable, J: Copyable, K: Copyable](Copyable, Movable, Iterable):
    comptime Element = Tuple[__Item[Self.I], __Item[Self.J], __Item[Self.K]]

    var _pairs: _Product[Self.I, _Product[Self.J, Self.K]]

    def __init__(out self, var i: Self.I, var j: Self.J, var k: Self.K):
        self._pairs = _Product[Self.I, _Product[Self.J, Self.K]](i^, _Product[Self.J, Self.K](j^, k^))

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(mut self) raises StopIteration -> Tuple[__Item[Self.I], __Item[Self.J], __Item[Self.K]]:
        var pair = next(self._pairs)
        return (pair[0].copy(), pair[1][0].copy(), pair[1][1].copy())


def product[
    A: Iterable, B: Iterable, C: Iterable
](a: A, b: B, c: C) -> _Product3[__Iterator[A], __Iterator[B], __Iterator[C]]:
    return _Product3[__Iterator[A], __Iterator[B], __Iterator[C]](iter(a), iter(b), iter(c))


struct _Product4[I: Movable, J: Copyable, K: Copyable, L: Copyable](Copyable, Movable, Iterable):
    comptime Element = Tuple[__Item[Self.I], __Item[Self.J], __Item[Self.K], __Item[Self.L]]

    var _pairs: _Product[_Product[Self.I, Self.J], _Product[Self.K, Self.L]]

    def __init__(out self, var i: Self.I, var j: Self.J, var k: Self.K, var l: Self.L):
        self._pairs = _Product[_Product[Self.I, Self.J], _Product[Self.K, Self.L]](
            _Product[Self.I, Self.J](i^, j^), _Product[Self.K, Self.L](k^, l^)
        )

    def __iter__(self) -> Self:
        return __copy(self)

    def __next__(
        mut self,
    ) raises StopIteration -> Tuple[__Item[Self.I], __Item[Self.J], __Item[Self.K], __Item[Self.L]]:
        var pair = next(self._pairs)
        return (pair[0][0].copy(), pair[0][1].copy(), pair[1][0].copy(), pair[1][1].copy())


def product[
    A: Iterable, B: Iterable, C: Iterable, D: Iterable
](a: A, b: B, c: C, d: D) -> _Product4[__Iterator[A], __Iterator[B], __Iterator[C], __Iterator[D]]:
    return _Product4[__Iterator[A], __Iterator[B], __Iterator[C], __Iterator[D]](
        iter(a), iter(b), iter(c), iter(d)
    )
