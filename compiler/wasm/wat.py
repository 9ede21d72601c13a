"""WebAssembly modules as text, for people; unknown instructions become comments.

Functions are named by the name section. The text format is the specification's chapter 6, unfolded,
with one instruction a line.
"""

import struct
from collections.abc import Iterator, Mapping

import msgspec

from meshnode.protocol.wasm_binary import (
    ExternKind,
    FunctionType,
    GlobalType,
    Import,
    Limits,
    Reader,
    SectionId,
    TableType,
    ValueType,
    WasmFormatError,
    read_export,
    read_function_type,
    read_global_type,
    read_import,
    read_limits,
    read_sections,
    read_table_type,
)
from meshnode.protocol.wasm_opcodes import Immediates, Instruction, read_instruction

_PLAIN = frozenset(range(32, 127)) - frozenset(b'"\\')
_NO_TYPE = -64
_CUSTOM_NAME_FUNCTIONS = 1


class _Names(msgspec.Struct, frozen=True):
    types: tuple[FunctionType, ...]
    functions: Mapping[int, str]
    function_types: tuple[int, ...]
    """Of imported functions, then of the module's own."""


def wat_text(module: bytes) -> str:
    """Print a module.

    Raises:
        WasmFormatError: the bytes are no module.
    """
    payloads: dict[int, bytes] = {}
    name_section = b""
    for section in read_sections(module):
        if section.id != SectionId.CUSTOM:
            payloads[section.id] = section.payload
        elif section.custom_name == "name":
            name_section = section.payload
    return "\n".join(["(module", *_module_lines(payloads, name_section), ")", ""])


def _module_lines(payloads: Mapping[int, bytes], name_section: bytes) -> Iterator[str]:
    def reader(section: SectionId) -> Reader:
        return Reader(payloads.get(section, b"\0"))

    types = reader(SectionId.TYPE).vector(read_function_type)
    imports = reader(SectionId.IMPORT).vector(read_import)
    own = reader(SectionId.FUNCTION).vector(Reader.unsigned)
    imported = tuple(i.description for i in imports if isinstance(i.description, int))
    names = _Names(types, _function_names(name_section), (*imported, *own))
    for index, type_ in enumerate(types):
        yield f"  (type (;{index};) (func{_signature(type_)}))"
    for index, item in enumerate(imports):
        origin = f"{_quoted(item.module)} {_quoted(item.name)}"
        yield f"  (import {origin} {_imported(item, index, names)})"
    for table in reader(SectionId.TABLE).vector(read_table_type):
        yield f"  (table {_limits(table.limits)} {_type(table.element_type)})"
    for limits in reader(SectionId.MEMORY).vector(read_limits):
        yield f"  (memory {_limits(limits)})"
    yield from _globals(reader(SectionId.GLOBAL))
    for export in reader(SectionId.EXPORT).vector(read_export):
        target = names.functions.get(export.index) if export.kind is ExternKind.FUNCTION else None
        yield f"  (export {_quoted(export.name)} ({_KINDS[export.kind]} {target or export.index}))"
    yield from _elements(reader(SectionId.ELEMENT))
    yield from _code(reader(SectionId.CODE), names, len(imported))
    yield from _data(reader(SectionId.DATA))


_KINDS = {
    ExternKind.FUNCTION: "func",
    ExternKind.TABLE: "table",
    ExternKind.MEMORY: "memory",
    ExternKind.GLOBAL: "global",
}


def _function_names(section: bytes) -> dict[int, str]:
    """Read the name section's functions; names that are used twice get their index."""
    if not section:
        return {}
    reader = Reader(section)
    reader.name()
    names: dict[int, str] = {}
    taken: set[str] = set()
    while not reader.is_at_end:
        kind, content = reader.byte(), Reader(reader.sized_bytes())
        if kind == _CUSTOM_NAME_FUNCTIONS:
            for _ in range(content.unsigned()):
                index, name = content.unsigned(), _identifier(content.name())
                names[index] = f"{name}.{index}" if name in taken else name
                taken.add(name)
    return names


def _identifier(name: str) -> str:
    allowed = "!#$%&'*+-./:<=>?@\\^_`|~"
    return "$" + "".join(c if (c.isascii() and c.isalnum()) or c in allowed else "_" for c in name)


def _quoted(text: str) -> str:
    return '"' + _escaped(text.encode()) + '"'


def _escaped(data: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"\\{byte:02x}" for byte in data)


def _type(value_type: int) -> str:
    try:
        return ValueType(value_type).name.lower()
    except ValueError as err:
        raise WasmFormatError(f"unknown value type {value_type:#x}") from err


def _signature(type_: FunctionType) -> str:
    parameters = "".join(f" {_type(value)}" for value in type_.parameters)
    results = "".join(f" {_type(value)}" for value in type_.results)
    return (f" (param{parameters})" if parameters else "") + (
        f" (result{results})" if results else ""
    )


def _limits(limits: Limits) -> str:
    return str(limits.minimum) if limits.maximum is None else f"{limits.minimum} {limits.maximum}"


def _imported(item: Import, index: int, names: _Names) -> str:
    match item.description:
        case int(type_index):
            name = names.functions.get(index, "")
            return f"(func {name} (type {type_index}))".replace("  ", " ")
        case TableType(element_type, limits):
            return f"(table {_limits(limits)} {_type(element_type)})"
        case Limits() as limits:
            return f"(memory {_limits(limits)})"
        case GlobalType() as global_type:
            return f"(global {_global_type(global_type)})"


def _global_type(global_type: GlobalType) -> str:
    name = _type(global_type.value_type)
    return f"(mut {name})" if global_type.is_mutable else name


def _globals(reader: Reader) -> Iterator[str]:
    for index in range(reader.unsigned()):
        global_type = read_global_type(reader)
        yield f"  (global (;{index};) {_global_type(global_type)} ({_constant(reader)}))"


def _constant(reader: Reader) -> str:
    """Print a constant expression of one instruction."""
    text = _instruction(read_instruction(reader), None)
    if read_instruction(reader).opcode.mnemonic != "end":
        raise WasmFormatError("a constant expression of several instructions")
    return text


def _elements(reader: Reader) -> Iterator[str]:
    for _ in range(reader.unsigned()):
        if reader.unsigned() != 0:
            yield "  ;; an element segment of another kind"
            return
        offset = _constant(reader)
        indices = " ".join(str(index) for index in reader.vector(Reader.unsigned))
        yield f"  (elem ({offset}) func {indices})"


def _data(reader: Reader) -> Iterator[str]:
    for _ in range(reader.unsigned()):
        if reader.unsigned() != 0:
            yield "  ;; a data segment of another kind"
            return
        yield f'  (data ({_constant(reader)}) "{_escaped(reader.sized_bytes())}")'


def _code(reader: Reader, names: _Names, imported: int) -> Iterator[str]:
    for index in range(imported, imported + reader.unsigned()):
        type_index = names.function_types[index]
        name = names.functions.get(index, f"(;{index};)")
        yield f"  (func {name} (type {type_index}){_signature(names.types[type_index])}"
        body = Reader(reader.sized_bytes())
        for _ in range(body.unsigned()):
            count, value_type = body.unsigned(), _type(body.byte())
            yield f"    (local{f' {value_type}' * count})"
        yield from _body(body, names)
        yield "  )"


def _body(body: Reader, names: _Names) -> Iterator[str]:
    depth = 2
    while not body.is_at_end:
        start = body.position
        try:
            instruction = read_instruction(body)
        except WasmFormatError:
            yield f"{'  ' * depth};; unknown: {body.data[start : body.stop].hex(' ')}"
            return
        mnemonic = instruction.opcode.mnemonic
        if mnemonic in ("end", "else"):
            depth -= 1
        if not body.is_at_end:
            yield "  " * depth + _instruction(instruction, names)
        if mnemonic in ("block", "loop", "if", "else"):
            depth += 1


def _instruction(instruction: Instruction, names: _Names | None) -> str:  # noqa: C901, PLR0911 (a table)
    """Print one instruction without indentation."""
    mnemonic, values = instruction.opcode.mnemonic, instruction.values
    match instruction.opcode.immediates:
        case Immediates.BLOCK:
            return mnemonic + _block_type(values[0])
        case Immediates.MEMORY | Immediates.MEMORY_LANE:
            parts = [mnemonic]
            if values[1]:
                parts.append(f"offset={values[1]}")
            parts.append(f"align={1 << values[0]}")
            return " ".join(parts + [str(lane) for lane in values[2:]])
        case Immediates.F32 | Immediates.F64:
            return f"{mnemonic} {_float(values[0], instruction.opcode.immediates)}"
        case Immediates.BYTES16:
            lanes = values[0].to_bytes(16, "little")
            if mnemonic == "v128.const":
                words = struct.unpack("<4I", lanes)
                return f"{mnemonic} i32x4 " + " ".join(f"{word:#010x}" for word in words)
            return f"{mnemonic} " + " ".join(str(lane) for lane in lanes)
        case Immediates.ZERO | Immediates.ZERO2:
            return mnemonic
        case Immediates.TYPES:
            return f"{mnemonic} (result {' '.join(_type(value) for value in values)})"
        case Immediates.INDEX2 if mnemonic == "call_indirect":
            return f"{mnemonic} (type {values[0]})"
        case _:
            if mnemonic == "call" and names is not None and values[0] in names.functions:
                return f"call {names.functions[values[0]]}"
            return " ".join([mnemonic, *(str(value) for value in values)])


def _block_type(value: int) -> str:
    if value == _NO_TYPE:
        return ""
    return f" (type {value})" if value >= 0 else f" (result {_type(value & 0x7F)})"


def _float(bits: int, kind: Immediates) -> str:
    """Print a float exactly: hexadecimal digits, or a NaN with its payload."""
    is_double = kind is Immediates.F64
    size, mantissa_bits = (8, 52) if is_double else (4, 23)
    value = float(struct.unpack("<d" if is_double else "<f", bits.to_bytes(size, "little"))[0])
    sign = "-" if bits >> (size * 8 - 1) else ""
    if value != value:  # noqa: PLR0124 (only NaN differs from itself)
        return f"{sign}nan:{bits & (1 << mantissa_bits) - 1:#x}"
    if value in (float("inf"), float("-inf")):
        return f"{sign}inf"
    return value.hex()
