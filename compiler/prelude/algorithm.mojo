"""Loops over closures: `map`, `vectorize`, and `parallelize`, whose iterations the mesh may share."""


def map[F: def(Int) -> None, //](size: Int, func: F):
    for index in range(size):
        func(index)


def map[func: def(Int) capturing -> None](size: Int):
    for index in range(size):
        func(index)


def vectorize[
    F: def[width: Int](idx: Int) -> None, //, simd_width: Int, /, *, unroll_factor: Int = 1
](size: Int, closure: F):
    """The remainder is done one by one."""
    var simd_end = size // simd_width * simd_width
    for index in range(0, simd_end, simd_width):
        closure[simd_width](index)
    for index in range(simd_end, size):
        closure[1](index)


def vectorize[
    F: def[width: Int](idx: Int, evl: Int) -> None,
    //,
    simd_width: Int,
    /,
    *,
    unroll_factor: Int = 1,
](size: Int, closure: F):
    """The remainder is one call, which is told how many lanes count."""
    var simd_end = size // simd_width * simd_width
    for index in range(0, simd_end, simd_width):
        closure[simd_width](index, simd_width)
    if simd_end < size:
        closure[simd_width](simd_end, size - simd_end)


def vectorize[
    F: def[width: Int](idx: Int) -> None,
    //,
    simd_width: Int,
    /,
    *,
    size: Int,
    unroll_factor: Int = 1,
](closure: F):
    """With a size that is known, a remainder of a power of two is one call."""
    comptime simd_end = size // simd_width * simd_width
    comptime rest = size - simd_end
    for index in range(0, simd_end, simd_width):
        closure[simd_width](index)
    comptime if rest > 0 and rest & (rest - 1) == 0:
        closure[rest](simd_end)
    else:
        for index in range(simd_end, size):
            closure[1](index)


def parallelize[F: def(Int) -> None, //](num_work_items: Int, func: F):
    for index in range(num_work_items):
        func(index)


def parallelize[F: def(Int) -> None, //](num_work_items: Int, num_workers: Int, func: F):
    for index in range(num_work_items):
        func(index)


def parallelize[F: def(Int) -> None, //](func: F, num_work_items: Int):
    for index in range(num_work_items):
        func(index)


def parallelize[func: def(Int) capturing -> None](num_work_items: Int):
    for index in range(num_work_items):
        func(index)


def parallelize[func: def(Int) capturing -> None](num_work_items: Int, num_workers: Int):
    for index in range(num_work_items):
        func(index)


def sync_parallelize[func: def(Int) capturing -> None](num_work_items: Int):
    for index in range(num_work_items):
        func(index)
