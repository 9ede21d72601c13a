"""From one relocatable WebAssembly object of LLVM to a module of the slice ABI, without a linker.

The object imports its memory, table and stack pointer; each is alone in its index space, so
defining them instead changes no index. Function, type, global and table indices in the object are
final. Only addresses in linear memory must be moved, since the object places its data at 0.
Conventions: WebAssembly/tool-conventions, Linking.md, version 2.

Memory: [0, 1024) is never used, so that null is no object; then the shadow stack, growing down (an
overflow goes below zero and traps); then data; then the heap, from `__heap_base` to the memory's
end.

Whatever this does not know it refuses: undefined symbols, other relocations, initialisers, other
imports.
"""

from dataclasses import dataclass

from meshnode.compiler.llvm.effects import HOST_IMPORTS
from meshnode.compiler.runtime import PROGRESS_CELL
from meshnode.protocol.errors import MeshError
from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Export,
    ExternKind,
    GlobalType,
    Import,
    Limits,
    Reader,
    Section,
    SectionId,
    TableType,
    ValueType,
    encode_bytes,
    encode_function_import,
    encode_name,
    encode_signed,
    encode_signed_padded,
    encode_unsigned,
    encode_unsigned_padded,
    encode_vector,
    read_export,
    read_import,
    read_sections,
    write_sections,
)

STACK_BASE = 1024
"""The lowest address of the shadow stack."""
STACK_BYTES = 1 << 20
"""Big arrays live on the shadow stack, so it is 1 MiB (design note: wasm)."""
DATA_BASE = STACK_BASE + STACK_BYTES
HEAP_BYTES_MIN = 1 << 20
"""Memory beyond the data that a module asks for; the sandbox gives what the job asks for."""
MESH_ABI = 1

_I32_CONST, _END = 0x41, 0x0B
_LINKING_VERSION = 2
_SYMBOL_TABLE = 8
_INIT_FUNCTIONS = 6
_SEGMENT_INFO = 5
_UNDEFINED = 0x10
_EXPLICIT_NAME = 0x40
_FINAL_RELOCATIONS = frozenset({0, 1, 2, 6, 7, 20})
"""FUNCTION_INDEX_LEB, TABLE_INDEX_SLEB/I32, TYPE_INDEX_LEB, GLOBAL_INDEX_LEB, TABLE_NUMBER_LEB."""
_ADDRESS_LEB, _ADDRESS_SLEB, _ADDRESS_I32 = 3, 4, 5


class LinkError(MeshError):
    """The object holds something that the module maker does not know: a bug of the compiler."""


@dataclass(frozen=True, slots=True)
class _Symbol:
    kind: int
    name: str
    index: int
    """Function, global or table index; the segment of data."""
    offset: int
    """Data: offset in its segment."""
    is_undefined: bool


@dataclass(frozen=True, slots=True)
class _Segment:
    address: int
    """As the object places it."""
    data: bytes
    data_offset: int
    """Where its bytes start in the data section's payload."""


@dataclass(frozen=True, slots=True)
class _Object:
    sections: tuple[Section, ...]
    symbols: tuple[_Symbol, ...]
    segments: tuple[_Segment, ...]
    imports: tuple[Import, ...]

    def payload(self, section_id: SectionId) -> bytes:
        for section in self.sections:
            if section.id == section_id:
                return section.payload
        return b""

    def address_of(self, symbol: _Symbol, heap_base: int) -> int:
        """Give the final address of a data symbol."""
        if symbol.name == "__heap_base":
            return heap_base
        if symbol.is_undefined:
            raise LinkError(f"undefined data symbol {symbol.name}")
        return DATA_BASE + self.segments[symbol.index].address + symbol.offset


def link_home(object_bytes: bytes) -> bytes:
    """Make the home module of an object."""
    return _link(object_bytes, allowed=HOST_IMPORTS)


def link_slice(object_bytes: bytes) -> bytes:
    """Make the slice module of an object: no imports, and `mesh_progress`."""
    return _link(object_bytes, allowed=frozenset())


def _link(object_bytes: bytes, allowed: frozenset[str]) -> bytes:
    parsed = _read_object(object_bytes)
    kept = _kept_imports(parsed, allowed)
    data_end = max((s.address + len(s.data) for s in parsed.segments), default=0)
    heap_base = -(-(DATA_BASE + data_end) // 16) * 16
    patched = _relocate(parsed, heap_base)
    pages = -(-(heap_base + HEAP_BYTES_MIN) // PAGE_BYTES)
    globals_, exports = _globals_and_exports(parsed, is_slice=not allowed)
    types = parsed.payload(SectionId.TYPE)
    sections = [
        Section(SectionId.TYPE, types),
        Section(SectionId.IMPORT, encode_vector(kept) if kept else b""),
        Section(SectionId.FUNCTION, parsed.payload(SectionId.FUNCTION)),
        Section(SectionId.TABLE, _table(parsed)),
        Section(SectionId.MEMORY, encode_vector([Limits(pages, None).encode()])),
        Section(SectionId.GLOBAL, encode_vector(globals_)),
        Section(SectionId.EXPORT, encode_vector([export.encode() for export in exports])),
        Section(SectionId.ELEMENT, parsed.payload(SectionId.ELEMENT)),
        Section(SectionId.CODE, patched[SectionId.CODE]),
        Section(SectionId.DATA, _data(parsed, patched[SectionId.DATA])),
        Section(SectionId.CUSTOM, _names(parsed)),
    ]
    return write_sections(sections)


# ------------------------------------------------------------------------------------ reading


def _read_object(object_bytes: bytes) -> _Object:
    sections = read_sections(object_bytes)
    symbols: tuple[_Symbol, ...] = ()
    for section in sections:
        if section.id == SectionId.CUSTOM and section.custom_name == "linking":
            symbols = _read_linking(section.payload)
        if section.id == SectionId.START:
            raise LinkError("a start function")
    payloads = {section.id: section.payload for section in sections}
    imports = Reader(payloads.get(SectionId.IMPORT, b"\0")).vector(read_import)
    segments = _read_segments(payloads.get(SectionId.DATA, b"\0"))
    return _Object(sections, symbols, segments, imports)


def _read_linking(payload: bytes) -> tuple[_Symbol, ...]:
    reader = Reader(payload)
    reader.name()
    if reader.unsigned() != _LINKING_VERSION:
        raise LinkError("an object of another linking version")
    symbols: tuple[_Symbol, ...] = ()
    while not reader.is_at_end:
        kind = reader.byte()
        content = Reader(reader.sized_bytes())
        if kind == _SYMBOL_TABLE:
            symbols = content.vector(_read_symbol)
        elif kind == _INIT_FUNCTIONS and content.unsigned():
            raise LinkError("initialisers")
        elif kind not in (_SYMBOL_TABLE, _INIT_FUNCTIONS, _SEGMENT_INFO):
            raise LinkError(f"linking subsection {kind}")
    return symbols


def _read_symbol(reader: Reader) -> _Symbol:
    kind, flags = reader.byte(), reader.unsigned()
    is_undefined = bool(flags & _UNDEFINED)
    match kind:
        case 0 | 2 | 5:
            index = reader.unsigned()
            name = "" if is_undefined and not flags & _EXPLICIT_NAME else reader.name()
            return _Symbol(kind, name, index, 0, is_undefined)
        case 1:
            name = reader.name()
            if is_undefined:
                return _Symbol(kind, name, 0, 0, is_undefined)
            index, offset = reader.unsigned(), reader.unsigned()
            reader.unsigned()
            return _Symbol(kind, name, index, offset, is_undefined)
        case 3:
            return _Symbol(kind, "", reader.unsigned(), 0, is_undefined)
        case _:
            raise LinkError(f"a symbol of kind {kind}")


def _read_segments(payload: bytes) -> tuple[_Segment, ...]:
    return Reader(payload).vector(_read_segment)


def _read_segment(reader: Reader) -> _Segment:
    if reader.byte() != 0:
        raise LinkError("a passive data segment")
    if reader.byte() != _I32_CONST:
        raise LinkError("a data segment without a constant address")
    address = reader.signed(32)
    if reader.byte() != _END:
        raise LinkError("a data segment without a constant address")
    data = reader.sized_bytes()
    return _Segment(address, data, reader.position - len(data))


def _kept_imports(parsed: _Object, allowed: frozenset[str]) -> list[bytes]:
    """Keep the host's functions; memory, table and stack pointer become definitions."""
    kept = []
    for item in parsed.imports:
        match item.kind, item.module, item.name:
            case ExternKind.MEMORY, "env", "__linear_memory":
                pass
            case ExternKind.TABLE, "env", "__indirect_function_table":
                pass
            case ExternKind.GLOBAL, "env", "__stack_pointer":
                pass
            case ExternKind.FUNCTION, "mesh", name if name in allowed:
                assert isinstance(item.description, int)
                kept.append(encode_function_import("mesh", name, item.description))
            case _:
                raise LinkError(f"undefined symbol {item.module}.{item.name}")
    return kept


# --------------------------------------------------------------------------------- relocation


def _relocate(parsed: _Object, heap_base: int) -> dict[SectionId, bytes]:
    """Give the code and data sections with their addresses patched."""
    patched = {
        SectionId.CODE: bytearray(parsed.payload(SectionId.CODE)),
        SectionId.DATA: bytearray(parsed.payload(SectionId.DATA)),
    }
    for section in parsed.sections:
        if section.id != SectionId.CUSTOM or not section.custom_name.startswith("reloc."):
            continue
        reader = Reader(section.payload)
        reader.name()
        target = SectionId(parsed.sections[reader.unsigned()].id)
        if target not in patched:
            continue
        for _ in range(reader.unsigned()):
            _apply(parsed, reader, patched[target], heap_base)
        reader.end()
    return {section_id: bytes(content) for section_id, content in patched.items()}


def _apply(parsed: _Object, reader: Reader, content: bytearray, heap_base: int) -> None:
    kind, offset, index = reader.byte(), reader.unsigned(), reader.unsigned()
    if kind in _FINAL_RELOCATIONS:
        return
    if kind not in (_ADDRESS_LEB, _ADDRESS_SLEB, _ADDRESS_I32):
        raise LinkError(f"a relocation of kind {kind}")
    address = parsed.address_of(parsed.symbols[index], heap_base) + reader.signed(32)
    if kind == _ADDRESS_LEB:
        content[offset : offset + 5] = encode_unsigned_padded(address)
    elif kind == _ADDRESS_SLEB:
        content[offset : offset + 5] = encode_signed_padded(address)
    else:
        content[offset : offset + 4] = address.to_bytes(4, "little")


# ------------------------------------------------------------------------------------ writing


def _table(parsed: _Object) -> bytes:
    for item in parsed.imports:
        if isinstance(item.description, TableType):
            size = item.description.limits.minimum
            return encode_vector([TableType(ValueType.FUNCREF, Limits(size, size)).encode()])
    return b""


def _globals_and_exports(parsed: _Object, *, is_slice: bool) -> tuple[list[bytes], list[Export]]:
    """Define the stack pointer (always global 0 if present) and the ABI's globals, and export."""
    globals_ = []
    if any(item.kind is ExternKind.GLOBAL for item in parsed.imports):
        globals_.append(_global(DATA_BASE, is_mutable=True))
    if parsed.payload(SectionId.GLOBAL):
        raise LinkError("globals of the object's own")
    exports = list(Reader(parsed.payload(SectionId.EXPORT) or b"\0").vector(read_export))
    exports.append(Export("memory", ExternKind.MEMORY, 0))
    exports.append(Export("mesh_abi", ExternKind.GLOBAL, len(globals_)))
    globals_.append(_global(MESH_ABI, is_mutable=False))
    if is_slice:
        cells = next(symbol for symbol in parsed.symbols if symbol.name == "cells")
        address = parsed.address_of(cells, 0) + 8 * PROGRESS_CELL
        exports.append(Export("mesh_progress", ExternKind.GLOBAL, len(globals_)))
        globals_.append(_global(address, is_mutable=False))
    return globals_, exports


def _global(value: int, *, is_mutable: bool) -> bytes:
    type_ = GlobalType(ValueType.I32, is_mutable)
    return type_.encode() + b"\x41" + encode_signed(value) + b"\x0b"


def _data(parsed: _Object, payload: bytes) -> bytes:
    """Move the segments to their places; memory starts as zero, so segments of zeros fall away."""
    items = []
    for segment in parsed.segments:
        start = segment.data_offset
        data = payload[start : start + len(segment.data)]
        if any(data):
            offset = b"\x41" + encode_signed(DATA_BASE + segment.address) + b"\x0b"
            items.append(b"\0" + offset + encode_bytes(data))
    return encode_vector(items) if items else b""


def _names(parsed: _Object) -> bytes:
    """Name the functions for readers of traces and text; takes no part in what runs."""
    names = sorted(
        {
            symbol.index: symbol.name.removeprefix("mojo.")
            for symbol in parsed.symbols
            if symbol.kind == 0 and symbol.name
        }.items()
    )
    entries = [encode_unsigned(index) + encode_name(name) for index, name in names]
    return encode_name("name") + b"\1" + encode_bytes(encode_vector(entries))
