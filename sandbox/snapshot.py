"""The state after `mesh_load`, from which every chunk starts.

A chunk must depend on nothing but module, captures, loop and range: whatever a module does, nothing
can leak from one chunk to the next, because each has a fresh instance in this state. A small state
is copied into each instance; a large one is written into a copy of the module as data segments,
which wasmtime maps copy-on-write: a fresh instance with 100 MB of captures takes under 0.1 ms.

Only pages that were touched are looked at. Linux tells which; elsewhere, or where /proc is hidden,
the memory is compared with that of a fresh instance.
"""

import ctypes
import os
from dataclasses import dataclass, replace

from meshnode.protocol.wasm_binary import ValueType, encode_signed
from meshnode.sandbox import limits
from meshnode.sandbox.engine import Instance
from meshnode.sandbox.module_format import (
    DataSegment,
    Global,
    encode_module,
    parse_module,
)
from meshnode.sandbox.prepare import GLOBAL_EXPORT

_PAGE_BYTES = os.sysconf("SC_PAGESIZE")
_ENTRY_BYTES = 8
_PRESENT = bytes(1 if byte & 0xC0 else 0 for byte in range(256))
"""Maps the top byte of a pagemap entry: present in memory, or swapped out."""
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `mesh_load` changed."""

    runs: tuple[tuple[int, bytes], ...]
    """Addresses and bytes of the touched stretches of the memory."""
    globals: tuple[tuple[str, int], ...]
    """Names (of exports) and values of the module's mutable globals."""

    @property
    def size(self) -> int:
        """Tell how many bytes a restoration copies."""
        return sum(len(data) for _, data in self.runs)


def open_page_map() -> int | None:
    """Open this process's page map, before the jail forbids it; None where there is none."""
    try:
        return os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def take_snapshot(instance: Instance, fresh: Instance, page_map: int | None) -> Snapshot:
    """Read what differs between an instance and a fresh one of the same module."""
    bounds = _touched(instance, page_map) if page_map is not None else _changed(instance, fresh)
    runs = []
    for start, stop in bounds:
        data = instance.read(start, stop - start)
        assert data is not None
        runs.append((start, data))
    names = [name for name in instance.global_names() if name.startswith(GLOBAL_EXPORT)]
    return Snapshot(tuple(runs), tuple((name, instance.get_global(name)) for name in names))


def restore_snapshot(instance: Instance, snapshot: Snapshot) -> None:
    """Bring a fresh instance into the state."""
    for address, data in snapshot.runs:
        written = instance.write(address, data)
        assert written
    for name, value in snapshot.globals:
        instance.set_global(name, value)


def bake_snapshot(prepared: bytes, snapshot: Snapshot) -> bytes:
    """Write the state into a prepared module.

    Later segments overwrite earlier ones, so the touched stretches simply follow the module's own.
    """
    module = parse_module(prepared, bytes_max=limits.FRAME_BYTES_MAX)
    segments = tuple(DataSegment(address, data) for address, data in snapshot.runs)
    globals_ = list(module.globals)
    for name, value in snapshot.globals:
        index = int(name.removeprefix(GLOBAL_EXPORT))
        opcode = b"\x42" if globals_[index].type.value_type == ValueType.I64 else b"\x41"
        globals_[index] = Global(globals_[index].type, opcode + encode_signed(value))
    return encode_module(replace(module, data=(*module.data, *segments), globals=tuple(globals_)))


def _touched(instance: Instance, page_map: int) -> list[tuple[int, int]]:
    first = instance.memory_address // _PAGE_BYTES
    count = instance.memory_bytes // _PAGE_BYTES
    entries = os.pread(page_map, count * _ENTRY_BYTES, first * _ENTRY_BYTES)
    present = entries[_ENTRY_BYTES - 1 :: _ENTRY_BYTES].translate(_PRESENT)
    assert len(present) == count
    bounds = []
    position = present.find(1)
    while position >= 0:
        stop = present.find(0, position)
        stop = count if stop < 0 else stop
        bounds.append((position * _PAGE_BYTES, stop * _PAGE_BYTES))
        position = present.find(1, stop)
    return bounds


def _changed(instance: Instance, fresh: Instance) -> list[tuple[int, int]]:
    compare = ctypes.CDLL(None).memcmp
    compare.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    bounds: list[tuple[int, int]] = []
    for start in range(0, instance.memory_bytes, _BLOCK_BYTES):
        ours, theirs = instance.memory_address + start, fresh.memory_address + start
        if compare(ours, theirs, _BLOCK_BYTES) == 0:
            continue
        if bounds and bounds[-1][1] == start:
            bounds[-1] = (bounds[-1][0], start + _BLOCK_BYTES)
        else:
            bounds.append((start, start + _BLOCK_BYTES))
    return bounds
