"""Exchanging and sorting: by merging, so that equal elements stay in order, with no more than n log n comparisons."""

comptime _INSERTED_MAX = 12
"""Up to so many elements, inserting each one is faster than merging."""


def swap[T: Movable](mut left: T, mut right: T):
    """Exchange two values."""
    var value = __take(left)
    __emplace(left, __take(right))
    __emplace(right, value^)


def sort[T: Copyable & Movable](mut values: List[T]):
    """Into ascending order, in place."""
    _sort_all(values.data, values.length, _is_less[T])


def sort[T: Copyable & Movable, *, stable: Bool](mut values: List[T]):
    _sort_all(values.data, values.length, _is_less[T])


def sort[T: Copyable & Movable, F: def(T, T) -> Bool, *, stable: Bool = False](mut values: List[T], cmp_fn: F):
    """Into the order in which `cmp_fn` says that the first of two comes before the second."""
    _sort_all(values.data, values.length, cmp_fn)


def sort[T: Copyable & Movable](values: Span[T]):
    _sort_all(values._start, values._count, _is_less[T])


def sort[T: Copyable & Movable, *, stable: Bool](values: Span[T]):
    _sort_all(values._start, values._count, _is_less[T])


def sort[T: Copyable & Movable, F: def(T, T) -> Bool, *, stable: Bool = False](values: Span[T], cmp_fn: F):
    _sort_all(values._start, values._count, cmp_fn)


def _is_less[T: Copyable & Movable](left: T, right: T) -> Bool:
    return left < right


def _sort_all[T: Copyable & Movable, F: def(T, T) -> Bool](items: __Pointer[T], count: Int, precedes: F):
    if count <= _INSERTED_MAX:
        _insert_all(items, count, precedes)
        return
    var room = _allocate_elements(count // 2, __size_of[T]())
    _merge_sort(items, __Pointer[T](room), count, precedes)
    _free(room, count // 2 * __size_of[T]())


def _merge_sort[T: Copyable & Movable, F: def(T, T) -> Bool](
    items: __Pointer[T], room: __Pointer[T], count: Int, precedes: F
):
    if count <= _INSERTED_MAX:
        _insert_all(items, count, precedes)
        return
    var half = count // 2
    _merge_sort(items, room, half, precedes)
    _merge_sort(__intrinsic_pointer_offset(items, half), room, count - half, precedes)
    for i in range(half):
        __emplace(room[i], __take(items[i]))
    var left = 0
    var right = half
    var to = 0
    comptime if __is_trivial[T]():
        # Chosen without a branch, which would be predicted wrongly half of the time.
        while left < half and right < count:
            var is_right = precedes(items[right], room[left])
            var source = __intrinsic_pointer_offset(items, right) if is_right else __intrinsic_pointer_offset(room, left)
            __emplace(items[to], __take(source[0]))
            right += Int(is_right)
            left += Int(not is_right)
            to += 1
    while left < half:
        if right < count and precedes(items[right], room[left]):
            __emplace(items[to], __take(items[right]))
            right += 1
        else:
            __emplace(items[to], __take(room[left]))
            left += 1
        to += 1


def _insert_all[T: Copyable & Movable, F: def(T, T) -> Bool](items: __Pointer[T], count: Int, precedes: F):
    for i in range(1, count):
        var value = __take(items[i])
        var at = i
        while at > 0 and precedes(value, items[at - 1]):
            __emplace(items[at], __take(items[at - 1]))
            at -= 1
        __emplace(items[at], value^)
