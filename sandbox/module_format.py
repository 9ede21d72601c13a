"""A module's sections as values, within bounds; it refuses every feature that ABI 1 leaves out.

Left out are: several memories or tables, shared or 64-bit ones, imported ones, start functions,
passive segments, reference-typed globals, extended constant expressions, and whatever
`function_body` does not know. The snapshot after `mesh_load` holds memory and numeric globals only,
so nothing else may change while a module runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from meshnode.protocol.wasm_binary import (
    Export,
    ExternKind,
    FunctionType,
    GlobalType,
    Import,
    Limits,
    Reader,
    Section,
    SectionId,
    TableType,
    ValueType,
    WasmFormatError,
    encode_bytes,
    encode_function_import,
    encode_signed,
    encode_unsigned,
    encode_vector,
    read_export,
    read_function_type,
    read_global_type,
    read_import,
    read_limits,
    read_sections,
    read_table_type,
    write_sections,
)
from meshnode.sandbox import limits
from meshnode.sandbox.errors import ModuleRefused

_T = TypeVar("_T")

_CONSTANT_OPCODES: dict[int, int] = {
    ValueType.I32: 0x41,
    ValueType.I64: 0x42,
    ValueType.F32: 0x43,
    ValueType.F64: 0x44,
}
_END = 0x0B


@dataclass(frozen=True, slots=True)
class Global:
    """A global with its constant initial value."""

    type: GlobalType
    constant: bytes
    """The constant instruction without `end`."""


@dataclass(frozen=True, slots=True)
class ElementSegment:
    """Functions that are written into the table before anything runs."""

    offset: int
    functions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DataSegment:
    """Bytes that are written into the memory before anything runs."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedModule:
    """All of a module but its custom sections, which have no meaning."""

    types: tuple[FunctionType, ...]
    imports: tuple[Import, ...]
    """Functions only."""
    functions: tuple[int, ...]
    """Type indices of the functions that are not imported."""
    table: TableType | None
    memory: Limits
    globals: tuple[Global, ...]
    exports: tuple[Export, ...]
    elements: tuple[ElementSegment, ...]
    bodies: tuple[bytes, ...]
    """Locals and instructions, one for each of `functions`."""
    data: tuple[DataSegment, ...]

    def function_type(self, index: int) -> FunctionType:
        """Give the type of a function, imported ones first."""
        if index < len(self.imports):
            description = self.imports[index].description
            assert isinstance(description, int)
            return self.types[description]
        return self.types[self.functions[index - len(self.imports)]]

    @property
    def function_count(self) -> int:
        """Tell the number of functions, imported ones among them."""
        return len(self.imports) + len(self.functions)


def parse_module(module: bytes, bytes_max: int = limits.MODULE_BYTES_MAX) -> ParsedModule:
    """Take a module apart and check its bounds.

    Types within bodies are not checked; the engine does that. Raises ModuleRefused.
    """
    if len(module) > bytes_max:
        raise ModuleRefused(f"the module is longer than {bytes_max} bytes")
    try:
        return _parse(module)
    except WasmFormatError as err:
        raise ModuleRefused(f"the module is malformed: {err}") from err


def _parse(module: bytes) -> ParsedModule:
    payloads = {section.id: section.payload for section in read_sections(module)}
    if SectionId.START in payloads:
        raise ModuleRefused("the module has a start function")

    def vector(section: SectionId, read: Callable[[Reader], _T], count_max: int) -> tuple[_T, ...]:
        return _read_vector(payloads.get(section, b"\0"), section.name, read, count_max)

    tables = vector(SectionId.TABLE, read_table_type, 1)
    memories = vector(SectionId.MEMORY, read_limits, 1)
    if not memories:
        raise ModuleRefused("the module has no memory of its own")
    parsed = ParsedModule(
        types=vector(SectionId.TYPE, _read_type, limits.TYPES_MAX),
        imports=vector(SectionId.IMPORT, _read_function_import, limits.IMPORTS_MAX),
        functions=vector(SectionId.FUNCTION, Reader.unsigned, limits.FUNCTIONS_MAX),
        table=tables[0] if tables else None,
        memory=memories[0],
        globals=vector(SectionId.GLOBAL, _read_global, limits.GLOBALS_MAX),
        exports=vector(SectionId.EXPORT, read_export, limits.EXPORTS_MAX),
        elements=vector(SectionId.ELEMENT, _read_elements, limits.TABLE_ELEMENTS_MAX),
        bodies=vector(SectionId.CODE, _read_body, limits.FUNCTIONS_MAX),
        data=vector(SectionId.DATA, _read_data, limits.DATA_SEGMENTS_MAX),
    )
    _check_indices(parsed)
    return parsed


def _read_vector(
    payload: bytes, name: str, read: Callable[[Reader], _T], count_max: int
) -> tuple[_T, ...]:
    count = Reader(payload).unsigned()
    if count > count_max:
        raise ModuleRefused(
            f"the {name.lower()} section has {count} entries, more than {count_max}"
        )
    reader = Reader(payload)
    items = reader.vector(read)
    reader.end()
    return items


def _check_indices(module: ParsedModule) -> None:
    if len(module.bodies) != len(module.functions):
        raise ModuleRefused("functions and bodies differ in number")
    type_indices = [*module.functions, *(item.description for item in module.imports)]
    for index in type_indices:
        if not isinstance(index, int) or index >= len(module.types):
            raise ModuleRefused("a function has an unknown type")
    for segment in module.elements:
        if any(index >= module.function_count for index in segment.functions):
            raise ModuleRefused("a table names an unknown function")
        stop = segment.offset + len(segment.functions)
        if module.table is None or stop > module.table.limits.minimum:
            raise ModuleRefused("an element segment lies outside the table")
    if module.table is not None:
        if module.table.element_type != ValueType.FUNCREF:
            raise ModuleRefused("the table holds something other than functions")
        if module.table.limits.minimum > limits.TABLE_ELEMENTS_MAX:
            raise ModuleRefused(f"the table has more than {limits.TABLE_ELEMENTS_MAX} elements")


def _read_type(reader: Reader) -> FunctionType:
    function_type = read_function_type(reader)
    if len(function_type.parameters) > limits.PARAMETERS_MAX:
        raise ModuleRefused(f"a function has more than {limits.PARAMETERS_MAX} parameters")
    if len(function_type.results) > limits.RESULTS_MAX:
        raise ModuleRefused(f"a function has more than {limits.RESULTS_MAX} results")
    return function_type


def _read_function_import(reader: Reader) -> Import:
    item = read_import(reader)
    if item.kind != ExternKind.FUNCTION:
        raise ModuleRefused(f"the module imports {item.module}.{item.name}, not a function")
    return item


def _read_global(reader: Reader) -> Global:
    global_type = read_global_type(reader)
    start = reader.position
    opcode = reader.byte()
    if opcode != _CONSTANT_OPCODES.get(global_type.value_type):
        raise ModuleRefused("a global is no number, or its initial value no plain constant")
    if global_type.is_mutable and global_type.value_type in (ValueType.F32, ValueType.F64):
        # The snapshot reads globals through the host, which need not keep every NaN's bits.
        raise ModuleRefused("a mutable global is a float")
    match global_type.value_type:
        case ValueType.I32:
            reader.signed(32)
        case ValueType.I64:
            reader.signed(64)
        case ValueType.F32:
            reader.take(4)
        case _:
            reader.take(8)
    constant = reader.data[start : reader.position]
    if reader.byte() != _END:
        raise ModuleRefused("a global's initial value is no plain constant")
    return Global(global_type, constant)


def _read_offset(reader: Reader) -> int:
    if reader.byte() != _CONSTANT_OPCODES[ValueType.I32]:
        raise ModuleRefused("a segment's offset is no plain constant")
    offset = reader.signed(32) & 0xFFFF_FFFF
    if reader.byte() != _END:
        raise ModuleRefused("a segment's offset is no plain constant")
    return offset


def _read_elements(reader: Reader) -> ElementSegment:
    if reader.unsigned() != 0:
        raise ModuleRefused("an element segment is passive, declarative or typed")
    offset = _read_offset(reader)
    return ElementSegment(offset, reader.vector(Reader.unsigned))


def _read_data(reader: Reader) -> DataSegment:
    flags = reader.unsigned()
    if flags == 2:  # noqa: PLR2004 (active, with a memory index: specification 5.5.14)
        flags = reader.unsigned()
    if flags != 0:
        raise ModuleRefused("a data segment is passive or for a second memory")
    return DataSegment(_read_offset(reader), reader.sized_bytes())


def _read_body(reader: Reader) -> bytes:
    body = reader.sized_bytes()
    if len(body) > limits.FUNCTION_BYTES_MAX:
        raise ModuleRefused(f"a function is longer than {limits.FUNCTION_BYTES_MAX} bytes")
    return body


def encode_module(module: ParsedModule) -> bytes:
    """Put a module together again."""
    table, no_index = module.table, encode_unsigned(0)
    data = [
        no_index + _encode_offset(segment.offset) + encode_bytes(segment.data)
        for segment in module.data
    ]
    elements = [
        no_index
        + _encode_offset(s.offset)
        + encode_vector([encode_unsigned(f) for f in s.functions])
        for s in module.elements
    ]
    imports = [
        encode_function_import(item.module, item.name, item.description)
        for item in module.imports
        if isinstance(item.description, int)
    ]
    sections = {
        SectionId.TYPE: [item.encode() for item in module.types],
        SectionId.IMPORT: imports,
        SectionId.FUNCTION: [encode_unsigned(index) for index in module.functions],
        SectionId.TABLE: [table.encode()] if table else [],
        SectionId.MEMORY: [module.memory.encode()],
        SectionId.GLOBAL: [
            item.type.encode() + item.constant + bytes([_END]) for item in module.globals
        ],
        SectionId.EXPORT: [export.encode() for export in module.exports],
        SectionId.ELEMENT: elements,
        SectionId.CODE: [encode_bytes(body) for body in module.bodies],
        SectionId.DATA: data,
    }
    return write_sections(
        Section(section, encode_vector(items)) for section, items in sections.items() if items
    )


def _encode_offset(offset: int) -> bytes:
    signed = offset - (1 << 32) if offset >= 1 << 31 else offset
    return bytes([_CONSTANT_OPCODES[ValueType.I32]]) + encode_signed(signed) + bytes([_END])
