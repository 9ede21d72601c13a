"""Sizes, alignments and offsets of IR types in wasm32's linear memory, as C lays them out.

LLVM computes the same from its own struct types; this is for whoever needs numbers before that.
"""

from collections.abc import Mapping
from typing import assert_never

from meshnode.compiler.ir import (
    BoolType,
    DTypeType,
    FloatType,
    IntType,
    PointerType,
    StructDefinition,
    StructId,
    StructType,
    Type,
    UnitType,
    VectorType,
)

Structs = Mapping[StructId, StructDefinition]

POINTER_BYTES = 4


def size_of(type_: Type, structs: Structs) -> int:
    """Give the size in bytes as an element of an array, so a multiple of the alignment."""
    return _size_and_alignment(type_, structs, {})[0]


def alignment_of(type_: Type, structs: Structs) -> int:
    """Give the alignment in bytes."""
    return _size_and_alignment(type_, structs, {})[1]


def offset_of(struct: StructDefinition, field: str, structs: Structs) -> int:
    """Give a field's offset in bytes."""
    offset = 0
    known: _Known = {}
    for member in struct.fields:
        size, alignment = _size_and_alignment(member.type, structs, known)
        offset = _aligned(offset, alignment)
        if member.name == field:
            return offset
        offset += size
    raise AssertionError(f"{struct.struct} has no field {field}")


def is_owned(type_: Type, structs: Structs) -> bool:
    """Tell whether values of the type must be dropped."""
    return isinstance(type_, StructType) and structs[type_.struct].drop is not None


_Known = dict[StructId, tuple[int, int]]
"""What was computed: a struct of two of a struct of two … would take exponential time without."""


def _size_and_alignment(type_: Type, structs: Structs, known: _Known) -> tuple[int, int]:
    match type_:
        case IntType(bits) | FloatType(bits):
            return bits // 8, bits // 8
        case BoolType() | DTypeType():
            return 1, 1
        case VectorType(element, lanes):
            size, alignment = _size_and_alignment(element, structs, known)
            return size * lanes, alignment
        case UnitType():
            return 0, 1
        case PointerType():
            return POINTER_BYTES, POINTER_BYTES
        case StructType(struct):
            if struct not in known:
                size, alignment = 0, 1
                for field in structs[struct].fields:
                    field_size, field_alignment = _size_and_alignment(field.type, structs, known)
                    size = _aligned(size, field_alignment) + field_size
                    alignment = max(alignment, field_alignment)
                known[struct] = _aligned(size, alignment), alignment
            return known[struct]
        case _:
            assert_never(type_)


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
