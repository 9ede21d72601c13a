"""Tapes and captures: the bytes that pass between a loop's home and its chunks, and the loop run at home.

A tape is a row of values without tags; writer and reader are generated together, so they agree. Bool and integers are
zig-zag variable-length numbers, floats their bits (little endian), lists their length and then their elements.
The same writer packs captures at home and tapes in a chunk.

Cells: 8, 9, 10 are `mesh_progress` (whole iterations done, bytes of tape that belong to them, address of the tape's first
byte); 11 bytes written, 12 bytes allocated, 13 address of the unpacked captures, 14 is 1 while a loop run is open at home,
15 address of what is remembered of declined loops.
"""

comptime _SPLIT_LOOPS_MAX = 32


def _tape_start():
    """Begin an empty tape."""
    __intrinsic_cell(8)[0] = 0
    __intrinsic_cell(9)[0] = 0
    __intrinsic_cell(11)[0] = 0


def _tape_commit():
    """One more whole iteration is on the tape."""
    __intrinsic_cell(9)[0] = __intrinsic_cell(11)[0]
    __intrinsic_cell(8)[0] = __intrinsic_cell(8)[0] + 1


def _tape_grow(bytes: Int):
    """Make room for `bytes` more; the committed part stays readable at every moment."""
    var base = __intrinsic_cell(10)[0]
    var written = Int(__intrinsic_cell(11)[0])
    var capacity = Int(__intrinsic_cell(12)[0])
    var wanted = (written + bytes) * 2
    if wanted < 4096:
        wanted = 4096
    var data = _allocate(wanted)
    __intrinsic_memory_copy(__Pointer[UInt8](data), __Pointer[UInt8](base), written)
    __intrinsic_cell(10)[0] = data
    __intrinsic_cell(12)[0] = UInt(wanted)
    _free(base, capacity)


def _tape_room(bytes: Int) -> __Pointer[UInt8]:
    """The address for the next `bytes` of the tape; `_tape_advance` says how many were used."""
    if __intrinsic_cell(11)[0] + UInt(bytes) > __intrinsic_cell(12)[0]:
        _tape_grow(bytes)
    return __Pointer[UInt8](__intrinsic_cell(10)[0] + __intrinsic_cell(11)[0])


def _tape_advance(bytes: Int):
    __intrinsic_cell(11)[0] = __intrinsic_cell(11)[0] + UInt(bytes)


def _push_int(value: Int):
    var place = _tape_room(10)
    var rest = UInt(value << 1) ^ UInt(value >> 63)
    var count = 0
    while rest >= 128:
        place[count] = UInt8((rest & 127) | 128)
        rest = rest >> 7
        count += 1
    place[count] = UInt8(rest)
    _tape_advance(count + 1)


def _push_word(word: UInt):
    """Eight bytes, little endian as all memory is; copied, since the place is not aligned."""
    var copied = word
    __intrinsic_memory_copy(_tape_room(8), __Pointer[UInt8](UInt(__address(copied))), 8)
    _tape_advance(8)


def _push_half(word: UInt):
    """The low four bytes."""
    var copied = word
    __intrinsic_memory_copy(_tape_room(4), __Pointer[UInt8](UInt(__address(copied))), 4)
    _tape_advance(4)


def _push_bytes(data: UInt, count: Int):
    var place = _tape_room(count)
    __intrinsic_memory_copy(place, __Pointer[UInt8](data), count)
    _tape_advance(count)


struct _Tape:
    """A tape being read: the addresses of the next byte and of the end. A read beyond the end traps."""

    var next: UInt
    var stop: UInt

    def __init__(out self):
        self.next = 0
        self.stop = 0


def _tape_open(mut tape: _Tape, address: UInt, count: Int):
    tape.next = address
    tape.stop = address + UInt(count)


def _tape_take(mut tape: _Tape, count: Int) -> __Pointer[UInt8]:
    """The address of the next `count` bytes, which are now read."""
    var place = tape.next
    if count < 0 or UInt(count) > tape.stop - place:
        __intrinsic_trap()
    tape.next = place + UInt(count)
    return __Pointer[UInt8](place)


def _pop_int(mut tape: _Tape) -> Int:
    var value: UInt = 0
    var shift: UInt = 0
    while True:
        var byte = UInt(_tape_take(tape, 1)[0])
        value = value | ((byte & 127) << shift)
        if byte < 128:
            break
        shift += 7
    return Int(value >> 1) ^ -Int(value & 1)


def _pop_word(mut tape: _Tape) -> UInt:
    var word: UInt = 0
    __intrinsic_memory_copy(__Pointer[UInt8](UInt(__address(word))), _tape_take(tape, 8), 8)
    return word


def _pop_half(mut tape: _Tape) -> UInt:
    var word: UInt = 0
    __intrinsic_memory_copy(__Pointer[UInt8](UInt(__address(word))), _tape_take(tape, 4), 4)
    return word


def _pop_bytes(mut tape: _Tape, data: UInt, count: Int):
    __intrinsic_memory_copy(__Pointer[UInt8](data), _tape_take(tape, count), count)


def _pop_count(mut tape: _Tape) -> Int:
    """The length of a list; each element takes at least one byte."""
    var count = _pop_int(tape)
    if count < 0 or UInt(count) > tape.stop - tape.next:
        __intrinsic_trap()
    return count


def _block_fits(tape: _Tape, first: Int, count: Int, length: Int, bytes: Int) -> Bool:
    """Whether a list has the elements `first`, ... `first + count - 1`, and the tape that many of `bytes` each."""
    if first < 0 or first > length or count <= 0 or count > length - first:
        return False
    return UInt(count) <= (tape.stop - tape.next) // UInt(bytes)


def _check_read(tape: _Tape):
    """A tape ends exactly where the last iteration's values end."""
    if tape.next != tape.stop:
        __intrinsic_trap()


struct _LoopRun:
    """A loop run at home, closed when it is dropped. All zero: never opened."""

    var is_open: Bool
    var run: Int
    var asked: Int
    var done: Int
    var buffer: UInt
    var bytes: Int

    def __init__(out self):
        self.is_open = False
        self.run = 0
        self.asked = 0
        self.done = 0
        self.buffer = 0
        self.bytes = 0

    def __deinit__(deinit self):
        _free(self.buffer, self.bytes)
        if self.is_open:
            __intrinsic_host_close(self.run)
            __intrinsic_cell(14)[0] = 0


def _loop_run() -> _LoopRun:
    """A run that was never opened."""
    return _LoopRun()


def _declined(loop: Int) -> __Pointer[Int]:
    """What is remembered of a loop that the host declined: offers to leave out, how many at the next time, and the
    largest count declined."""
    if __intrinsic_cell(15)[0] == 0:
        var bytes = _SPLIT_LOOPS_MAX * 24
        __intrinsic_cell(15)[0] = _allocate(bytes)
        __intrinsic_memory_fill(__Pointer[UInt8](__intrinsic_cell(15)[0]), 0, bytes)
    return __Pointer[Int](__intrinsic_cell(15)[0] + UInt(loop * 24))


def _loop_can_ask(loop: Int, count: Int) -> Bool:
    """Whether to offer a loop. Not inside an open loop run, for the mesh has the outer loop; and ever more rarely one
    that the host keeps declining, unless it has become twice as long: packing captures costs time."""
    if count < 2 or __intrinsic_cell(14)[0] != 0:
        return False
    var declined = _declined(loop)
    if declined[0] > 0 and count // 2 < declined[2]:
        declined[0] -= 1
        return False
    return True


def _is_small(value: Int) -> Bool:
    """Whether sums and products of a few such numbers cannot wrap."""
    return -1073741824 < value and value < 1073741824


def _is_disjoint(coefficient: Int, step: Int, count: Int, low: Int, high: Int) -> Bool:
    """Whether `coefficient * i + r`, `low <= r <= high`, takes no value in two of `count` iterations, `step` apart."""
    if not _is_small(coefficient) or not _is_small(step):
        return False
    var stride = abs(coefficient * step)
    if stride == 0 or high - low >= stride:
        return False
    return count < 2305843009213693952 // stride


def _loop_start(mut run: _LoopRun, loop: Int, count: Int):
    """Offer the loop with the packed captures; `run.is_open` tells whether it is distributed."""
    run.run = __intrinsic_host_distribute(
        loop, count, __Pointer[UInt8](__intrinsic_cell(10)[0]), Int(__intrinsic_cell(11)[0])
    )
    run.is_open = run.run >= 0
    var declined = _declined(loop)
    if run.is_open:
        __intrinsic_cell(14)[0] = 1
        declined[1] = 0
    else:
        declined[1] = min(declined[1] * 2 + 1, 1048575)
        declined[0] = declined[1]
        declined[2] = max(declined[2], count)
    _free(__intrinsic_cell(10)[0], Int(__intrinsic_cell(12)[0]))
    __intrinsic_cell(10)[0] = 0
    __intrinsic_cell(12)[0] = 0


def _loop_next(mut run: _LoopRun, mut tape: _Tape, left: Int):
    """Fetch the next chunk: `run.asked` iterations of which the first `run.done` are on the tape. A loop that is not
    distributed is one chunk of which nothing was done."""
    if not run.is_open:
        run.asked = left
        if left < 0:  # more iterations than Int can count
            run.asked = 4611686018427387904
        run.done = 0
        return
    _free(run.buffer, run.bytes)
    run.buffer = 0
    var answer = __intrinsic_host_next(run.run)
    run.buffer = UInt(answer >> 32)
    run.bytes = Int(answer & 0xFFFFFFFF)
    _tape_open(tape, run.buffer, run.bytes)
    run.asked = Int(_pop_word(tape))
    run.done = Int(_pop_word(tape))
    if run.asked < 1 or run.asked > left or run.done < 0 or run.done > run.asked:
        __intrinsic_trap()


def _trip_count(start: Int, stop: Int, step: Int) -> Int:
    """How often `range(start, stop, step)` runs, exactly, as the bits of a UInt; traps on step 0. Counts beyond Int are
    negative, and such loops are not offered."""
    if step == 0:
        __intrinsic_trap()
    if step > 0:
        if start >= stop:
            return 0
        return Int((UInt(stop) - UInt(start) - 1) // UInt(step)) + 1
    if start <= stop:
        return 0
    return Int((UInt(start) - UInt(stop) - 1) // (UInt(0) - UInt(step))) + 1


def _distance(start: Int, stop: Int) -> Int:
    """How often `range(start, stop)` runs, as `_trip_count` tells it."""
    if start >= stop:
        return 0
    return Int(UInt(stop) - UInt(start))


struct _Affine:
    """`x -> factor * x + addend`, modulo `modulus` below 2^31, or modulo 2^64 if that is 0."""

    var factor: UInt
    var addend: UInt
    var modulus: UInt

    def __init__(out self, modulus: UInt):
        self.factor = 1
        self.addend = 0
        self.modulus = modulus


def _affine_start(modulus: UInt) -> _Affine:
    """The map that changes nothing."""
    return _Affine(modulus)


def _affine_residue(value: UInt, modulus: UInt) -> UInt:
    return value % modulus if modulus != 0 else value


def _affine_step(mut map: _Affine, factor: UInt, addend: UInt):
    """`factor * x + addend` after the map."""
    map.factor = _affine_residue(map.factor * factor, map.modulus)
    map.addend = _affine_residue(map.addend * factor + addend, map.modulus)


def _affine_power(map: _Affine, count: Int) -> _Affine:
    """The map `count` times, a number of up to 64 bits without sign."""
    var power = _Affine(map.modulus)
    var square = _Affine(map.modulus)
    _affine_step(square, map.factor, map.addend)
    var left = UInt(count)
    while left != 0:
        var factor = square.factor
        var addend = square.addend
        if (left & 1) != 0:
            _affine_step(power, factor, addend)
        _affine_step(square, factor, addend)
        left = left >> 1
    return power^


def _affine_repeat(mut map: _Affine, inner: _Affine, count: Int):
    """`inner`, `count` times, after the map."""
    var power = _affine_power(inner, count)
    _affine_step(map, power.factor, power.addend)


def _affine_at(map: _Affine, value: UInt, count: Int) -> UInt:
    """What `value` has become after the map was applied `count` times."""
    var power = _affine_power(map, count)
    return _affine_residue(power.factor * value + power.addend, map.modulus)
