"""Relocatable WebAssembly objects of LLVM, taken apart into functions and data that can be linked one by one.

Conventions: WebAssembly/tool-conventions, Linking.md, version 2. LLVM gives each function and each piece of data a
section of its own, so that what a program does not reach can be left out. Whatever this does not know it refuses:
other relocations, tables, initialisers, globals besides the stack pointer.
"""

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from meshnode.compiler.wasm.line_table import Row, read_rows
from meshnode.protocol.errors import MeshError
from meshnode.protocol.wasm_binary import (
    ExternKind,
    Import,
    Reader,
    Section,
    SectionId,
    read_export,
    read_import,
    read_sections,
)

FUNCTION_INDEX, TYPE_INDEX, GLOBAL_INDEX = 0, 6, 7
ADDRESS_LEB, ADDRESS_SLEB, ADDRESS_I32 = 3, 4, 5
ADDRESSES = frozenset({ADDRESS_LEB, ADDRESS_SLEB, ADDRESS_I32})
_I32_CONST, _END, _FUNCTION_FORM = 0x41, 0x0B, 0x60
_LINKING_VERSION = 2
_SYMBOL_TABLE, _INIT_FUNCTIONS, _SEGMENT_INFO = 8, 6, 5
_LOCAL, _UNDEFINED, _EXPLICIT_NAME = 0x02, 0x10, 0x40


class LinkError(MeshError):
    """The object holds something that the module maker does not know: a bug of the compiler."""


class Relocation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place in a function or in data that depends on where others are put."""

    kind: int
    """One of the numbers above."""
    offset: int
    """From the start of the function's body, or of the data."""
    name: str
    """The symbol; of a type its encoding, byte by byte."""
    addend: int = 0


class FunctionCode(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function."""

    name: str
    is_local: bool
    """Other objects do not see it."""
    type: bytes
    """As the type section has it."""
    body: bytes
    relocations: tuple[Relocation, ...]
    lines: tuple[tuple[int, int, int], ...] = ()
    """From an offset in the body on: a file's number and a line; empty if the object does not tell."""


class Data(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A piece of memory with its first content."""

    name: str
    """Empty if no other object sees it; its own object calls it by `segment_name`."""
    alignment: int
    content: bytes
    relocations: tuple[Relocation, ...]


class CodeObject(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What LLVM made of one module."""

    functions: tuple[FunctionCode, ...]
    data: tuple[Data, ...]
    imports: dict[str, tuple[str, bytes]]
    """Functions of the host by symbol: the import's name and its type."""
    exports: tuple[tuple[str, str], ...]
    """Names and the functions' symbols."""


class _Symbol(msgspec.Struct, frozen=True):
    kind: int
    name: str
    index: int
    """Function, global or table index; the segment of data."""
    offset: int
    """Data: offset in its segment."""
    flags: int


class _Linking(msgspec.Struct):
    symbols: tuple[_Symbol, ...] = ()
    alignments: tuple[int, ...] = ()


class _Object(msgspec.Struct):
    sections: tuple[Section, ...]
    linking: _Linking = msgspec.field(default_factory=_Linking)
    imports: tuple[Import, ...] = ()
    types: tuple[bytes, ...] = ()

    def payload(self, section_id: SectionId) -> bytes:
        """Give a section's content; an empty vector if it is missing."""
        for section in self.sections:
            if section.id == section_id:
                return section.payload
        return b"\0"


def segment_name(index: int) -> str:
    """Name a piece of data in its own object."""
    return f"#{index}"


def read_object(object_bytes: bytes) -> CodeObject:
    """Take an object apart.

    Raises:
        LinkError: it holds what is not known here.
    """
    parsed = _Object(read_sections(object_bytes))
    for section in parsed.sections:
        if section.id == SectionId.CUSTOM and section.custom_name == "linking":
            parsed.linking = _read_linking(section.payload)
        if section.id in (SectionId.START, SectionId.ELEMENT, SectionId.GLOBAL):
            raise LinkError(f"a section {SectionId(section.id).name}")
    parsed.types = Reader(parsed.payload(SectionId.TYPE)).vector(_read_type)
    parsed.imports = Reader(parsed.payload(SectionId.IMPORT)).vector(read_import)
    imported = _imported_types(parsed)
    first = len(imported)
    names = {s.index: s for s in parsed.linking.symbols if s.kind == 0 and s.index >= first}
    exports = Reader(parsed.payload(SectionId.EXPORT)).vector(read_export)
    return CodeObject(
        tuple(_functions(parsed, names, first)),
        tuple(_data(parsed)),
        _host_functions(parsed, imported),
        tuple((export.name, names[export.index].name) for export in exports),
    )


def _read_type(reader: Reader) -> bytes:
    start = reader.position
    if reader.byte() != _FUNCTION_FORM:
        raise LinkError("a type that is no function's")
    for _ in range(2):
        reader.take(reader.unsigned())
    return reader.data[start : reader.position]


def _imported_types(parsed: _Object) -> list[tuple[Import, bytes]]:
    """List the imported functions with their types; memory and stack pointer become definitions."""
    functions = []
    for item in parsed.imports:
        match item.kind, item.module, item.name:
            case ExternKind.MEMORY, "env", "__linear_memory":
                pass
            case ExternKind.GLOBAL, "env", "__stack_pointer":
                pass
            case ExternKind.FUNCTION, _, _:
                assert isinstance(item.description, int)
                functions.append((item, parsed.types[item.description]))
            case _:
                raise LinkError(f"undefined symbol {item.module}.{item.name}")
    return functions


def _host_functions(
    parsed: _Object, imported: list[tuple[Import, bytes]]
) -> dict[str, tuple[str, bytes]]:
    """Give the host's functions by the names of their symbols."""
    found = {}
    for symbol in parsed.linking.symbols:
        if symbol.kind == 0 and symbol.index < len(imported):
            item, type_ = imported[symbol.index]
            if item.module == "mesh":
                found[symbol.name or item.name] = (item.name, type_)
    return found


# ------------------------------------------------------------------------------------ symbols


def _read_linking(payload: bytes) -> _Linking:
    reader = Reader(payload)
    reader.name()
    if reader.unsigned() != _LINKING_VERSION:
        raise LinkError("an object of another linking version")
    linking = _Linking()
    while not reader.is_at_end:
        kind = reader.byte()
        content = Reader(reader.sized_bytes())
        if kind == _SYMBOL_TABLE:
            linking.symbols = content.vector(_read_symbol)
        elif kind == _SEGMENT_INFO:
            linking.alignments = content.vector(_read_alignment)
        elif kind != _INIT_FUNCTIONS or content.unsigned():
            raise LinkError(f"linking subsection {kind}")
    return linking


def _read_alignment(reader: Reader) -> int:
    reader.name()
    exponent = reader.unsigned()
    reader.unsigned()
    return 1 << exponent


def _read_symbol(reader: Reader) -> _Symbol:
    kind, flags = reader.byte(), reader.unsigned()
    is_undefined = bool(flags & _UNDEFINED)
    match kind:
        case 0 | 2 | 5:
            index = reader.unsigned()
            name = "" if is_undefined and not flags & _EXPLICIT_NAME else reader.name()
            return _Symbol(kind, name, index, 0, flags)
        case 1:
            name = reader.name()
            if is_undefined:
                return _Symbol(kind, name, 0, 0, flags)
            index, offset = reader.unsigned(), reader.unsigned()
            reader.unsigned()
            return _Symbol(kind, name, index, offset, flags)
        case 3:  # a section, which the line table names
            return _Symbol(kind, "", reader.unsigned(), 0, flags)
        case _:
            raise LinkError(f"a symbol of kind {kind}")


def _symbol_name(parsed: _Object, symbol: _Symbol) -> str:
    """Name a symbol; what is imported without a name of its own has the import's."""
    if symbol.name or symbol.kind != 0:
        return symbol.name
    functions = [item for item in parsed.imports if item.kind is ExternKind.FUNCTION]
    return functions[symbol.index].name


# ------------------------------------------------------------------------------- code and data


def _relocations(parsed: _Object, target: SectionId) -> list[Relocation]:
    """List what has to be patched in a section, in the order of the places; offsets are the section's."""
    found = []
    for section in parsed.sections:
        if section.id != SectionId.CUSTOM or not section.custom_name.startswith("reloc."):
            continue
        reader = Reader(section.payload)
        reader.name()
        if parsed.sections[reader.unsigned()].id != target:
            continue
        found += [_read_relocation(parsed, reader) for _ in range(reader.unsigned())]
        reader.end()
    return sorted(found, key=lambda relocation: relocation.offset)


def _read_relocation(parsed: _Object, reader: Reader) -> Relocation:
    kind, offset, index = reader.byte(), reader.unsigned(), reader.unsigned()
    if kind == TYPE_INDEX:
        return Relocation(kind, offset, parsed.types[index].decode("latin-1"))
    symbol = parsed.linking.symbols[index]
    name = _symbol_name(parsed, symbol)
    if kind in (FUNCTION_INDEX, GLOBAL_INDEX):
        return Relocation(kind, offset, name)
    if kind not in ADDRESSES:
        raise LinkError(f"a relocation of kind {kind}")
    addend = reader.signed(32)
    if not symbol.flags & _UNDEFINED:
        addend += symbol.offset
        name = segment_name(symbol.index)
    return Relocation(kind, offset, name, addend)


def _within(found: list[Relocation], start: int, stop: int) -> tuple[Relocation, ...]:
    """Choose the relocations of a stretch, with offsets from its start."""
    first = bisect_right(found, start - 1, key=lambda relocation: relocation.offset)
    last = bisect_right(found, stop - 1, key=lambda relocation: relocation.offset)
    return tuple(
        Relocation(item.kind, item.offset - start, item.name, item.addend)
        for item in found[first:last]
    )


def _functions(parsed: _Object, names: dict[int, _Symbol], first: int) -> Iterator[FunctionCode]:
    found = _relocations(parsed, SectionId.CODE)
    types = Reader(parsed.payload(SectionId.FUNCTION)).vector(Reader.unsigned)
    rows = _rows(parsed)
    reader = Reader(parsed.payload(SectionId.CODE))
    for index in range(reader.unsigned()):
        body = reader.sized_bytes()
        start = reader.position - len(body)
        symbol = names[first + index]
        yield FunctionCode(
            symbol.name,
            bool(symbol.flags & _LOCAL),
            parsed.types[types[index]],
            body,
            _within(found, start, reader.position),
            tuple((at - start, f, line) for at, f, line in rows if start <= at < reader.position),
        )


def _rows(parsed: _Object) -> list[Row]:
    """Read the line table, if there is one."""
    for section in parsed.sections:
        if section.id == SectionId.CUSTOM and section.custom_name == ".debug_line":
            reader = Reader(section.payload)
            reader.name()
            return read_rows(reader.take(reader.stop - reader.position))
    return []


def _data(parsed: _Object) -> Iterator[Data]:
    """List the pieces of data; those that other objects see have their own names."""
    found = _relocations(parsed, SectionId.DATA)
    names = {
        symbol.index: symbol.name
        for symbol in parsed.linking.symbols
        if symbol.kind == 1 and not symbol.flags & (_LOCAL | _UNDEFINED) and symbol.offset == 0
    }
    reader = Reader(parsed.payload(SectionId.DATA))
    for index in range(reader.unsigned()):
        if reader.byte() != 0 or reader.byte() != _I32_CONST:
            raise LinkError("a data segment without a constant address")
        reader.signed(32)
        if reader.byte() != _END:
            raise LinkError("a data segment without a constant address")
        content = reader.sized_bytes()
        start = reader.position - len(content)
        relocations = _within(found, start, reader.position)
        alignment = parsed.linking.alignments[index]
        yield Data(names.get(index, ""), alignment, content, relocations)
