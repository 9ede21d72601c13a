"""Slices: what stands between brackets with colons. The compiler calls these for List, Array, Span and String."""


struct ContiguousSlice(ImplicitlyCopyable, Movable):
    """`start:end`."""

    var start: Optional[Int]
    var end: Optional[Int]

    def __init__(out self, start: Optional[Int], end: Optional[Int]):
        self.start = start
        self.end = end

    def indices(self, length: Int) -> Tuple[Int, Int]:
        """The bounds in a container of that length, cut off at its ends."""
        var found = _slice_bounds(length, self.start, self.end, 1)
        return (found[0], found[1])


struct StridedSlice(ImplicitlyCopyable, Movable):
    """`start:end:step`."""

    var start: Optional[Int]
    var end: Optional[Int]
    var step: Int

    def __init__(out self, start: Optional[Int], end: Optional[Int], step: Int):
        self.start = start
        self.end = end
        self.step = step

    def indices(self, length: Int) -> Tuple[Int, Int, Int]:
        return _slice_bounds(length, self.start, self.end, self.step)


struct Slice(ImplicitlyCopyable, Movable):
    """Any slice, for the program's own `__getitem__`."""

    var start: Optional[Int]
    var end: Optional[Int]
    var step: Optional[Int]

    def __init__(out self, start: Int, end: Int):
        self.start = Optional[Int](start)
        self.end = Optional[Int](end)
        self.step = None

    def __init__(out self, start: Optional[Int], end: Optional[Int], step: Optional[Int]):
        self.start = start
        self.end = end
        self.step = step

    @implicit
    def __init__(out self, slice: ContiguousSlice):
        self.start = slice.start
        self.end = slice.end
        self.step = None

    @implicit
    def __init__(out self, slice: StridedSlice):
        self.start = slice.start
        self.end = slice.end
        self.step = Optional[Int](slice.step)

    def indices(self, length: Int) -> Tuple[Int, Int, Int]:
        """Start, end and step in a container of that length, cut off at its ends."""
        return _slice_bounds(length, self.start, self.end, self.step.or_else(1))


def _slice_bounds(length: Int, start: Optional[Int], end: Optional[Int], step: Int) -> Tuple[Int, Int, Int]:
    """As Python does: negative numbers count from the end."""
    var low = 0 if step > 0 else -1
    var high = length if step > 0 else length - 1
    var first = low if step > 0 else high
    var last = high if step > 0 else low
    if start:
        first = _slice_bound(start.value(), length, low, high)
    if end:
        last = _slice_bound(end.value(), length, low, high)
    return (first, last, step)


def _slice_bound(index: Int, length: Int, low: Int, high: Int) -> Int:
    var found = index + length if index < 0 else index
    return min(max(found, low), high)


def _view_slice[T: AnyType](
    view: Span[T],
    start: Int,
    stop: Int,
    is_open: Bool,
    file: __Pointer[UInt8],
    file_length: Int,
    line: Int,
    column: Int,
) -> Span[T]:
    var last = view._count if is_open else stop
    _check_slice(start, last, view._count, file, file_length, line, column)
    return view.unsafe_subspan(offset=start, length=last - start)


@__interior("element")
def _view_slice[T: Copyable & Movable](
    list: List[T],
    start: Int,
    stop: Int,
    is_open: Bool,
    file: __Pointer[UInt8],
    file_length: Int,
    line: Int,
    column: Int,
) -> Span[T]:
    return _view_slice(Span[T](list), start, stop, is_open, file, file_length, line, column)


def _view_slice[T: Copyable & Movable, size: Int](
    array: Array[T, size],
    start: Int,
    stop: Int,
    is_open: Bool,
    file: __Pointer[UInt8],
    file_length: Int,
    line: Int,
    column: Int,
) -> Span[T]:
    var view = Span[T](ptr=array.unsafe_ptr(), length=size)
    return _view_slice(view, start, stop, is_open, file, file_length, line, column)


@__interior("bytes")
def _view_slice(
    text: String,
    start: Int,
    stop: Int,
    is_open: Bool,
    file: __Pointer[UInt8],
    file_length: Int,
    line: Int,
    column: Int,
) -> String:
    var last = text.bytes.length if is_open else stop
    _check_slice(start, last, text.bytes.length, file, file_length, line, column)
    return text._between(start, last)


def _check_slice(
    start: Int, stop: Int, length: Int, file: __Pointer[UInt8], file_length: Int, line: Int, column: Int
):
    """End the program unless 0 <= start <= stop <= length."""
    if start < 0 or start > length:
        _slice_failed("start", start, length, file, file_length, line, column)
    if stop < 0 or stop > length:
        _slice_failed("end", stop, length, file, file_length, line, column)
    if start > stop:
        var out = _slice_failure(file, file_length, line, column)
        out += "slice start index "
        _write(out, start)
        out += " is greater than slice end index "
        _write(out, stop)
        _end_with(out)


def _slice_failed(
    what: String, index: Int, length: Int, file: __Pointer[UInt8], file_length: Int, line: Int, column: Int
):
    var out = _slice_failure(file, file_length, line, column)
    out += "slice "
    out += what
    out += " index "
    _write(out, index)
    out += " is out of bounds, valid range is 0 to "
    _write(out, length)
    _end_with(out)


def _slice_failure(file: __Pointer[UInt8], file_length: Int, line: Int, column: Int) -> String:
    var out = String("At: ")
    out += _string_literal(file, file_length)
    out += ":"
    _write(out, line)
    out += ":"
    _write(out, column)
    out += ": Assert Error: "
    return out^


def _end_with(mut out: String):
    out += "\n"
    __intrinsic_host_print(1, out.bytes.data, out.bytes.length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()


def _strided_slice[T: Copyable & Movable](view: Span[T], slice: StridedSlice) -> List[T]:
    var bounds = slice.indices(view._count)
    var result = List[T]()
    for i in range(bounds[0], bounds[1], bounds[2]):
        result.append(__copy(view._start[i]))
    return result^


def _strided_slice[T: Copyable & Movable, size: Int](array: Array[T, size], slice: StridedSlice) -> List[T]:
    return _strided_slice(Span[T](ptr=array.unsafe_ptr(), length=size), slice)


def _strided_slice[T: Copyable & Movable](list: List[T], slice: StridedSlice) -> List[T]:
    return _strided_slice(Span[T](list), slice)
