"""Iteration: ranges as values. Loops over ranges and lists are counted by the compiler, which knows `_Range`'s fields."""


struct _Range[T: Copyable](Copyable, Movable, Sized):
    var start: Self.T
    var stop: Self.T
    var step: Self.T

    def __init__(out self, start: Self.T, stop: Self.T, step: Self.T):
        self.start = start
        self.stop = stop
        self.step = step

    def __iter__(self) -> _RangeIterator[Self.T]:
        """For `iter(range(…))`; loops count."""
        return _RangeIterator[Self.T](self.start, self.step, len(self))

    def __len__(self) -> Int:
        return _range_length(Int(self.start), Int(self.stop), Int(self.step))

    def __getitem__(self, index: Int) -> Self.T:
        _check_index(index, len(self))
        return self.start + Self.T(index) * self.step


def range[T: Copyable](stop: T) -> _Range[T]:
    return _Range[T](T(0), stop, T(1))


def range[T: Copyable](start: T, stop: T) -> _Range[T]:
    return _Range[T](start, stop, T(1))


def range[T: Copyable](start: T, stop: T, step: T) -> _Range[T]:
    return _Range[T](start, stop, step)


def _range_length(start: Int, stop: Int, step: Int) -> Int:
    """The exact number of steps, whatever the bounds are."""
    if step > 0 and start < stop:
        return Int((UInt(stop) - UInt(start) - 1) // UInt(step)) + 1
    if step < 0 and start > stop:
        return Int((UInt(start) - UInt(stop) - 1) // (UInt(0) - UInt(step))) + 1
    return 0


@fieldwise_init
struct StopIteration(ImplicitlyCopyable, Movable):
    """What `__next__` raises at the end."""

    pass


def _write(mut out: String, value: StopIteration):
    out += "StopIteration"


def any[I: Iterable](iterable: I) -> Bool:
    for item in iterable:
        if item:
            return True
    return False


def all[I: Iterable](iterable: I) -> Bool:
    for item in iterable:
        if not item:
            return False
    return True


def reversed[T: Copyable & Movable](items: Deque[T]) -> _DequeIterator[T]:
    return items.__reversed__()


def reversed[T: Copyable & Movable](items: LinkedList[T]) -> _DequeIterator[T]:
    return items.__reversed__()
