"""Memory: one deterministic allocator of size classes over a fixed linear memory.

Blocks are rounded up to one of four sizes per power of two, so at most a quarter is wasted. Free blocks of a class form
a list through their first word; a class without free blocks takes from the untouched end of memory. Nothing is merged or
given back, and memory never grows: the sandbox fixes its size, so the same calls give the same addresses on every host.

The last 16 bytes of memory are never given away, so that words may be read where fewer bytes are asked for: of a text
of three bytes, for instance, its word of eight. Blocks are whole words, so that words may also be written into them.

Cell 0 holds the address of the untouched end (0 before the first use); the cells from 24 on are the list heads.
"""

comptime _BLOCK_MAX: UInt = 1 << 32
comptime _SPARE_BYTES: UInt = 16


def _class_of(bytes: UInt) -> UInt:
    """Number of the size class that holds `bytes` > 0: steps of 8 up to 64 bytes, then four steps per power of two."""
    var last = bytes - 1
    if last < 32:
        return last >> 3
    var shift = 61 - __intrinsic_leading_zeros(last)
    return (shift - 3) * 4 + (last >> shift)


def _class_bytes(bytes: UInt) -> UInt:
    """`bytes` > 0 rounded up to the size of its class."""
    var last = bytes - 1
    var shift: UInt = 3
    if last >= 32:
        shift = 61 - __intrinsic_leading_zeros(last)
    return ((last >> shift) + 1) << shift


def _reserve(bytes: UInt) -> UInt:
    """The address of `bytes` (a multiple of 8) of untouched memory."""
    var stop = __intrinsic_cell(0)
    if stop[0] == 0:
        stop[0] = (__intrinsic_heap_base() + 15) & ~UInt(15)
    var address = stop[0]
    var end = __intrinsic_memory_size() - _SPARE_BYTES
    if bytes > end or address + bytes > end:
        _memory_full()
    stop[0] = address + bytes
    return address


def _memory_full():
    """End the program: its memory has a fixed size."""
    _abort(__static("the program's memory is full\n"), 29)


def _allocate(bytes: Int) -> UInt:
    """The address of a block of at least `bytes`; its contents are arbitrary. 0 for no bytes."""
    if UInt(bytes) - 1 >= _BLOCK_MAX:
        if bytes > 0:
            _memory_full()
        return 0
    var free = __intrinsic_pointer_offset(__intrinsic_cell(24), Int(_class_of(UInt(bytes))))
    var block = free[0]
    if block == 0:
        return _reserve(_class_bytes(UInt(bytes)))
    free[0] = __Pointer[UInt](block)[0]
    return block


def _allocate_elements(count: Int, element_bytes: Int) -> UInt:
    """The address of a block for `count` elements."""
    if count > 0xFFFFFFFF:
        _memory_full()
    return _allocate(count * element_bytes)


def _free(address: UInt, bytes: Int):
    """Give back a block that was allocated with the same `bytes`; of no bytes there is none."""
    if bytes > 0:
        _free_block(address, UInt(bytes))


def _free_block(address: UInt, bytes: UInt):
    var free = __intrinsic_pointer_offset(__intrinsic_cell(24), Int(_class_of(bytes)))
    __Pointer[UInt](address)[0] = free[0]
    free[0] = address


def _same_text(left: __Pointer[UInt8], left_count: Int, right: __Pointer[UInt8], right_count: Int) -> Bool:
    """Whether two texts are the same; small, so that short ones are compared where that is asked."""
    if left_count != right_count:
        return False
    if left_count > 8:
        return _same_words(left, right, left_count)
    return left_count == 0 or (_word_at(left, 0) ^ _word_at(right, 0)) << UInt64(64 - 8 * left_count) == 0


def _same_bytes(left: __Pointer[UInt8], right: __Pointer[UInt8], count: Int) -> Bool:
    """Whether bytes are the same."""
    return _same_text(left, count, right, count)


def _same_words(left: __Pointer[UInt8], right: __Pointer[UInt8], count: Int) -> Bool:
    """Whether at least 8 bytes are the same; the last word overlaps those before."""
    var at = 0
    while at < count - 8:
        if _word_at(left, at) != _word_at(right, at):
            return False
        at += 8
    return _word_at(left, count - 8) == _word_at(right, count - 8)


def _word_at(data: __Pointer[UInt8], offset: Int) -> UInt64:
    """8 little-endian bytes."""
    return __Pointer[UInt64](__intrinsic_pointer_offset(data, offset))[0]


def _short_word(data: __Pointer[UInt8], count: Int) -> UInt64:
    """From 1 to 8 bytes, as the lower ones of a word of zeros; one load, however many they are."""
    var unwanted = UInt64(64 - 8 * count)
    return (_word_at(data, 0) << unwanted) >> unwanted


@export("mesh_alloc")
def mesh_alloc(size: UInt32) -> UInt32:
    """A block for the host to fill; whoever reads it frees it with the same size."""
    return UInt32(_allocate(Int(size)))
