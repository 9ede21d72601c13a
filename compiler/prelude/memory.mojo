"""Memory: one deterministic allocator of size classes over a fixed linear memory.

Blocks are rounded up to one of four sizes per power of two, so at most a quarter is wasted. Free blocks of a class form
a list through their first word; a class without free blocks takes from the untouched end of memory. Nothing is merged or
given back, and memory never grows: the sandbox fixes its size, so the same calls give the same addresses on every host.

Cell 0 holds the address of the untouched end (0 before the first use), cell 1 the address of the table of list heads.
"""

comptime _CLASSES_MAX = 120


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
    var address = stop[0]
    if bytes > __intrinsic_memory_size() or address + bytes > __intrinsic_memory_size():
        _memory_full()
    stop[0] = address + bytes
    return address


def _memory_full():
    """End the program: its memory has a fixed size."""
    _abort(__static("the program's memory is full\n"), 29)


def _start_memory():
    """Lay out the table of list heads at the start of the heap."""
    __intrinsic_cell(0)[0] = (__intrinsic_heap_base() + 15) & ~UInt(15)
    var heads = _reserve(_CLASSES_MAX * 8)
    __intrinsic_cell(1)[0] = heads


def _allocate(bytes: Int) -> UInt:
    """The address of a block of at least `bytes`; its contents are arbitrary. 0 for no bytes."""
    if bytes <= 0:
        return 0
    if __intrinsic_cell(0)[0] == 0:
        _start_memory()
    var heads = __Pointer[UInt](__intrinsic_cell(1)[0])
    var size_class = Int(_class_of(UInt(bytes)))
    var head = heads[size_class]
    if head == 0:
        return _reserve(_class_bytes(UInt(bytes)))
    heads[size_class] = __Pointer[UInt](head)[0]
    return head


def _allocate_elements(count: Int, element_bytes: Int) -> UInt:
    """The address of a block for `count` elements."""
    if count > 0xFFFFFFFF:
        _memory_full()
    return _allocate(count * element_bytes)


def _free(address: UInt, bytes: Int):
    """Give back a block that was allocated with the same `bytes`."""
    if address == 0 or bytes <= 0:
        return
    var heads = __Pointer[UInt](__intrinsic_cell(1)[0])
    var size_class = Int(_class_of(UInt(bytes)))
    __Pointer[UInt](address)[0] = heads[size_class]
    heads[size_class] = address


@export("mesh_alloc")
def mesh_alloc(size: UInt32) -> UInt32:
    """A block for the host to fill; whoever reads it frees it with the same size."""
    return UInt32(_allocate(Int(size)))
