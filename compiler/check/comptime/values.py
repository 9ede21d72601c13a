"""Values of structs that are known while a program is compiled, read out of the interpreter's memory.

A value is held by its parts, without addresses, so that equal values are equal here: they may be parameters, and name
instances. What owns memory in another way than `List` does cannot be held so.
"""

import hashlib
import struct
from collections.abc import Mapping

from meshnode.compiler import ir
from meshnode.compiler.interpret.memory import scalar_code
from meshnode.compiler.layout import alignment_of, offset_of, size_of

Structs = Mapping[ir.StructId, ir.StructDefinition]


class Aggregate(ir.Node, frozen=True):
    """A struct's fields, or a List's elements, in order."""

    type: ir.StructType
    parts: "tuple[Part, ...]"


Part = bytes | Aggregate
"""A scalar as it lies in memory, or a struct."""


class NotHeldError(Exception):
    """The value owns memory in a way that is not known here."""


def read_value(memory: bytearray, address: int, type_: ir.Type, structs: Structs) -> Part:
    """Read a value with all that it owns.

    Raises:
        NotHeldError: it holds addresses of other things than a List's elements.
    """
    match type_:
        case ir.StructType(name):
            definition = structs[name]
            if definition.element is not None:
                return Aggregate(type_, _elements(memory, address, definition, structs))
            fields = [
                read_value(
                    memory,
                    address + offset_of(definition, field.name, structs),
                    field.type,
                    structs,
                )
                for field in definition.fields
            ]
            return Aggregate(type_, tuple(fields))
        case ir.PointerType():
            raise NotHeldError
        case _:
            return bytes(memory[address : address + size_of(type_, structs)])


def _elements(
    memory: bytearray, address: int, definition: ir.StructDefinition, structs: Structs
) -> tuple[Part, ...]:
    assert definition.element is not None
    data, length = (
        int.from_bytes(memory[start : start + size], "little")
        for start, size in (
            (address + offset_of(definition, "data", structs), 4),
            (address + offset_of(definition, "length", structs), 8),
        )
    )
    stride = size_of(definition.element, structs)
    return tuple(
        read_value(memory, data + stride * index, definition.element, structs)
        for index in range(length)
    )


def scalar_constant(part: bytes, type_: ir.Type) -> ir.Const:
    """Give a scalar part as a constant."""
    (value,) = struct.unpack("<" + scalar_code(type_), part)
    return ir.Const(type_, value)


def is_plain(value: Part, structs: Structs) -> bool:
    """Tell whether the value's bytes are all of it: it owns nothing."""
    if isinstance(value, bytes):
        return True
    if structs[value.type.struct].element is not None:
        return False
    return all(is_plain(part, structs) for part in value.parts)


def bytes_of(value: Part, structs: Structs) -> bytes:
    """Give a plain value as it lies in memory."""
    if isinstance(value, bytes):
        return value
    definition = structs[value.type.struct]
    data = bytearray(size_of(value.type, structs))
    for field, part in zip(definition.fields, value.parts, strict=True):
        start = offset_of(definition, field.name, structs)
        encoded = bytes_of(part, structs)
        data[start : start + len(encoded)] = encoded
    return bytes(data)


def element_bytes(values: tuple[Part, ...], type_: ir.Type, structs: Structs) -> bytes:
    """Give plain elements as they lie one after the other."""
    assert size_of(type_, structs) % alignment_of(type_, structs) == 0
    return b"".join(bytes_of(value, structs) for value in values)


def text_of(value: Aggregate, structs: Structs) -> str | None:
    """Give a String's text; None for other values."""
    is_string = value.type.struct == "String" and len(value.parts) == 1
    content = value.parts[0] if is_string else None
    if not isinstance(content, Aggregate) or structs[content.type.struct].element != ir.UINT8:
        return None
    data = b"".join(part for part in content.parts if isinstance(part, bytes))
    return data.decode(errors="replace")


def value_name(value: Aggregate) -> str:
    """Write a value for an instance's name; different values have different names."""
    digest = hashlib.sha256(repr(value).encode()).hexdigest()[:16]
    return f"{value.type.struct}:{digest}"
