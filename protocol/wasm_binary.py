"""The WebAssembly binary format as sections: LEB128 numbers, a bounded reader, a writer.

Section and byte layouts follow the WebAssembly core specification 2.0, chapter 5. Nothing here
validates code; every reader raises `WasmFormatError` on bytes that are cut short or malformed and
never reads past its range. Instructions are in `wasm_opcodes.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import TypeVar

from meshnode.protocol.errors import MeshError

MAGIC = b"\0asm\1\0\0\0"
"""Magic number and version 1 (specification 5.5.16)."""

PAGE_BYTES = 65_536
"""The unit of memory sizes (specification 4.2.8)."""

_FUNCTION_FORM = 0x60
_MORE, _SIGN = 0x80, 0x40
"""Bits of a LEB128 byte: another byte follows; the sign in the last byte."""

_T = TypeVar("_T")


class WasmFormatError(MeshError):
    """Bytes that are not a WebAssembly module."""


@unique
class SectionId(IntEnum):
    """Section numbers in the binary format; their order in a module is `SECTION_ORDER`."""

    CUSTOM = 0
    TYPE = 1
    IMPORT = 2
    FUNCTION = 3
    TABLE = 4
    MEMORY = 5
    GLOBAL = 6
    EXPORT = 7
    START = 8
    ELEMENT = 9
    CODE = 10
    DATA = 11
    DATA_COUNT = 12


SECTION_ORDER = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11)
"""The order in which sections must stand; custom sections may stand anywhere."""


@unique
class ValueType(IntEnum):
    """Value types (specification 5.3)."""

    I32 = 0x7F
    I64 = 0x7E
    F32 = 0x7D
    F64 = 0x7C
    V128 = 0x7B
    FUNCREF = 0x70
    EXTERNREF = 0x6F


@unique
class ExternKind(IntEnum):
    """What an import or export is (specification 5.5.5)."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3


# ------------------------------------------------------------------------------------------ numbers


def encode_unsigned(value: int) -> bytes:
    """Encode a number >= 0 as unsigned LEB128."""
    assert value >= 0
    encoded = bytearray()
    while value >= _MORE:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_signed(value: int) -> bytes:
    """Encode a number as signed LEB128 (for constants, which are signed in the format)."""
    encoded = bytearray()
    while not -_SIGN <= value < _SIGN:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value & 0x7F)
    return bytes(encoded)


def encode_bytes(data: bytes) -> bytes:
    """Encode bytes with their length before them (specification 5.1.3)."""
    return encode_unsigned(len(data)) + data


def encode_name(name: str) -> bytes:
    """Encode a UTF-8 name (specification 5.2.4)."""
    return encode_bytes(name.encode())


def encode_vector(items: Sequence[bytes]) -> bytes:
    """Encode already encoded items with their count before them."""
    return encode_unsigned(len(items)) + b"".join(items)


class Reader:
    """Reads values from a range of bytes; `position` is where the next one starts."""

    __slots__ = ("data", "position", "stop")

    def __init__(self, data: bytes, position: int = 0, stop: int | None = None) -> None:
        self.data = data
        self.position = position
        self.stop = len(data) if stop is None else stop

    @property
    def is_at_end(self) -> bool:
        """Nothing is left."""
        return self.position >= self.stop

    def byte(self) -> int:
        """Read one byte."""
        if self.position >= self.stop:
            raise WasmFormatError(f"the module ends inside an item at offset {self.position}")
        value = self.data[self.position]
        self.position += 1
        return value

    def take(self, size: int) -> bytes:
        """Read `size` bytes."""
        if size > self.stop - self.position:
            raise WasmFormatError(f"the module ends inside an item at offset {self.position}")
        start = self.position
        self.position += size
        return self.data[start : self.position]

    def unsigned(self, bits: int = 32) -> int:
        """Read an unsigned LEB128 number of at most `bits` bits."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < _MORE:
                break
            if shift >= bits:
                raise WasmFormatError(f"a number is too long at offset {self.position}")
        if value >> bits:
            raise WasmFormatError(f"a number is too large at offset {self.position}")
        return value

    def signed(self, bits: int) -> int:
        """Read a signed LEB128 number of at most `bits` bits."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < _MORE:
                break
            if shift >= bits:
                raise WasmFormatError(f"a number is too long at offset {self.position}")
        if byte & _SIGN:
            value -= 1 << shift
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise WasmFormatError(f"a number is too large at offset {self.position}")
        return value

    def sized_bytes(self) -> bytes:
        """Read bytes with their length before them."""
        return self.take(self.unsigned())

    def name(self) -> str:
        """Read a UTF-8 name."""
        try:
            return self.sized_bytes().decode()
        except UnicodeDecodeError as err:
            raise WasmFormatError(f"a name is not UTF-8 at offset {self.position}") from err

    def vector(self, read: Callable[["Reader"], _T]) -> tuple[_T, ...]:
        """Read a count and as many items by `read`; one byte at least for each bounds the count."""
        count = self.unsigned()
        if count > self.stop - self.position:
            raise WasmFormatError(f"a vector is longer than the module at offset {self.position}")
        return tuple(read(self) for _ in range(count))

    def end(self) -> None:
        """Raise unless everything was read."""
        if not self.is_at_end:
            raise WasmFormatError(f"unexpected bytes at offset {self.position}")


# ----------------------------------------------------------------------------------------- sections


@dataclass(frozen=True, slots=True)
class Section:
    """One section with its payload."""

    id: int
    payload: bytes
    """Without the section's id and size; a custom section's starts with its name."""

    @property
    def custom_name(self) -> str:
        """The name of a custom section."""
        return Reader(self.payload).name()


def read_sections(module: bytes) -> tuple[Section, ...]:
    """Split a module into its sections, refusing a wrong order, repetitions and unknown ids."""
    if module[: len(MAGIC)] != MAGIC:
        raise WasmFormatError("this is not a WebAssembly module of version 1")
    reader = Reader(module, len(MAGIC))
    sections = []
    rank_last = -1
    while not reader.is_at_end:
        section_id = reader.byte()
        payload = reader.sized_bytes()
        if section_id != SectionId.CUSTOM:
            if section_id not in SECTION_ORDER:
                raise WasmFormatError(f"unknown section {section_id}")
            rank = SECTION_ORDER.index(section_id)
            if rank <= rank_last:
                raise WasmFormatError(f"section {section_id} is out of order")
            rank_last = rank
        sections.append(Section(section_id, payload))
    return tuple(sections)


def write_sections(sections: Iterable[Section]) -> bytes:
    """Join sections to a module; sections with an empty payload are left out."""
    parts = [MAGIC]
    for section in sections:
        if section.payload:
            parts += [bytes([section.id]), encode_bytes(section.payload)]
    return b"".join(parts)


# -------------------------------------------------------------------------------- items of sections


@dataclass(frozen=True, slots=True)
class FunctionType:
    """Parameters and results, as value type bytes."""

    parameters: tuple[int, ...]
    results: tuple[int, ...]

    def encode(self) -> bytes:
        """Encode as an item of the type section."""
        return b"\x60" + encode_bytes(bytes(self.parameters)) + encode_bytes(bytes(self.results))


def read_function_type(reader: Reader) -> FunctionType:
    """Read an item of the type section."""
    if reader.byte() != _FUNCTION_FORM:
        raise WasmFormatError(f"not a function type at offset {reader.position}")
    return FunctionType(tuple(reader.sized_bytes()), tuple(reader.sized_bytes()))


@dataclass(frozen=True, slots=True)
class Limits:
    """Size limits of a memory (pages) or a table (elements)."""

    minimum: int
    maximum: int | None
    """None if there is no bound."""

    def encode(self) -> bytes:
        """Encode as in specification 5.3.7."""
        if self.maximum is None:
            return b"\0" + encode_unsigned(self.minimum)
        return b"\1" + encode_unsigned(self.minimum) + encode_unsigned(self.maximum)


def read_limits(reader: Reader) -> Limits:
    """Read limits; shared and 64-bit memories are refused."""
    flags = reader.byte()
    if flags > 1:
        raise WasmFormatError(f"unsupported kind of memory or table (flags {flags})")
    minimum = reader.unsigned()
    return Limits(minimum, reader.unsigned() if flags else None)


@dataclass(frozen=True, slots=True)
class GlobalType:
    """A global's value type."""

    value_type: int
    is_mutable: bool

    def encode(self) -> bytes:
        """Encode as in specification 5.3.11."""
        return bytes([self.value_type, self.is_mutable])


def read_global_type(reader: Reader) -> GlobalType:
    """Read a global's type."""
    value_type, mutability = reader.byte(), reader.byte()
    if mutability > 1:
        raise WasmFormatError(f"unknown mutability at offset {reader.position}")
    return GlobalType(value_type, mutability == 1)


@dataclass(frozen=True, slots=True)
class TableType:
    """A table's element type and size."""

    element_type: int
    limits: Limits

    def encode(self) -> bytes:
        """Encode as in specification 5.3.9."""
        return bytes([self.element_type]) + self.limits.encode()


@dataclass(frozen=True, slots=True)
class Import:
    """One import."""

    module: str
    name: str
    kind: ExternKind
    description: int | TableType | Limits | GlobalType
    """A type index for a function, else the type."""


def read_import(reader: Reader) -> Import:
    """Read an item of the import section."""
    module, name, kind = reader.name(), reader.name(), reader.byte()
    match kind:
        case ExternKind.FUNCTION:
            return Import(module, name, ExternKind.FUNCTION, reader.unsigned())
        case ExternKind.TABLE:
            return Import(module, name, ExternKind.TABLE, read_table_type(reader))
        case ExternKind.MEMORY:
            return Import(module, name, ExternKind.MEMORY, read_limits(reader))
        case ExternKind.GLOBAL:
            return Import(module, name, ExternKind.GLOBAL, read_global_type(reader))
        case _:
            raise WasmFormatError(f"unknown kind of import {kind}")


def read_table_type(reader: Reader) -> TableType:
    """Read a table's type."""
    return TableType(reader.byte(), read_limits(reader))


def encode_function_import(module: str, name: str, type_index: int) -> bytes:
    """Encode the import of a function."""
    return encode_name(module) + encode_name(name) + b"\0" + encode_unsigned(type_index)


@dataclass(frozen=True, slots=True)
class Export:
    """One export."""

    name: str
    kind: ExternKind
    index: int

    def encode(self) -> bytes:
        """Encode as an item of the export section."""
        return encode_name(self.name) + bytes([self.kind]) + encode_unsigned(self.index)


def read_export(reader: Reader) -> Export:
    """Read an item of the export section."""
    name, kind = reader.name(), reader.byte()
    if kind > ExternKind.GLOBAL:
        raise WasmFormatError(f"unknown kind of export {kind}")
    return Export(name, ExternKind(kind), reader.unsigned())
