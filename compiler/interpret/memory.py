"""The interpreter's linear memory: one block of bytes, seen through a view for each scalar type.

Layout: 16 unused bytes (so that no value lies at address 0), the static cells, static bytes, the stack of locals, the
heap. Sizes and offsets are those of `layout.py`. The heap's management is the prelude's.
"""

import struct
from typing import Final, cast

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT

_CELLS: Final = 16
_STATICS: Final = _CELLS + 8 * CELL_COUNT
_ALIGNMENT: Final = 16
_STATIC_SHARE: Final = 4
"""Static bytes and the stack take each at most this fraction of memory."""

_INTEGER_CODES: Final = {
    (8, True): "b",
    (8, False): "B",
    (16, True): "h",
    (16, False): "H",
    (32, True): "i",
    (32, False): "I",
    (64, True): "q",
    (64, False): "Q",
}
_FLOAT_CODES: Final = {32: "f", 64: "d"}


class UnknownType(Exception):  # noqa: N818 - a limit of what is supported
    """Values of this type are not known here."""


class StaticsFull(Exception):  # noqa: N818 - a limit that was reached
    """There is no room for another static text or table."""


class Access(msgspec.Struct, frozen=True):
    """How scalars of one type are read and written."""

    view: list[float]
    """All of memory as an array of the type: index is the address shifted; for aligned places."""
    shift: int
    packed: struct.Struct
    """For places behind pointers, which may be unaligned."""


class Memory:
    """Memory of a fixed size; `reset` makes it as new, static bytes included."""

    def __init__(self, size: int) -> None:
        self.size = size - size % _ALIGNMENT
        self.bytes = bytearray(self.size)
        self.cells = _CELLS
        self.stack_start = _aligned(self.size // _STATIC_SHARE)
        self.stack_stop = 2 * self.stack_start
        self.heap_base = self.stack_stop
        self._statics: dict[bytes, int] = {}
        self._statics_stop = _STATICS
        self._reserved: dict[int, int] = {}
        self._accesses: dict[str, Access] = {}

    def access(self, type_: ir.Type) -> Access:
        """Give the way to scalars of a type."""
        code = scalar_code(type_)
        present = self._accesses.get(code)
        if present is None:
            # A memoryview is used as the list of numbers that it behaves as.
            view = cast("list[float]", memoryview(self.bytes).cast(code))  # type: ignore[call-overload]
            packed = struct.Struct("<" + code)
            present = Access(view, packed.size.bit_length() - 1, packed)
            self._accesses[code] = present
        return present

    def static_address(self, data: bytes) -> int:
        """Give the address of constant bytes."""
        address = self._statics.get(data)
        if address is None:
            address = self._statics_stop
            self._take_statics(len(data))
            self._statics[data] = address
            self.bytes[address : address + len(data)] = data
        return address

    def reserved(self, size: int) -> int:
        """Give the address of room outside of stack and heap, the same for equal sizes."""
        if size not in self._reserved:
            start = self._statics_stop
            self._take_statics(size)
            self._reserved[size] = start
        return self._reserved[size]

    def _take_statics(self, size: int) -> None:
        stop = _aligned(self._statics_stop + size)
        if stop > self.stack_start:
            raise StaticsFull
        self._statics_stop = stop

    def reset(self) -> None:
        """Make everything zero but the static bytes."""
        self.bytes[:] = bytes(self.size)
        for data, address in self._statics.items():
            self.bytes[address : address + len(data)] = data


def scalar_code(type_: ir.Type) -> str:
    """Give a scalar type's letter in `struct` and `memoryview`."""
    match type_:
        case ir.IntType(bits, is_signed=is_signed):
            return _INTEGER_CODES[bits, is_signed]
        case ir.FloatType(bits):
            return _FLOAT_CODES[bits]
        case ir.BoolType():
            return "?"
        case ir.PointerType():
            return "I"
        case ir.DTypeType():
            return "B"
        case _:
            raise UnknownType(type_)


def _aligned(address: int) -> int:
    return -(-address // _ALIGNMENT) * _ALIGNMENT
