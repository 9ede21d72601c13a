"""LLVM IR's textual pieces: types, names, constants and alias metadata."""

import struct
from functools import lru_cache
from typing import Final, assert_never

from meshnode.compiler import ir

POINTER: Final = "ptr"
_FLOAT_NAMES: Final = {32: "float", 64: "double"}
_PLAIN: Final = frozenset(range(32, 127)) - frozenset(b'"\\%')
"""Bytes that stand for themselves between quotes; `%"` is the beginning of a struct's name alone."""
FUNCTION_PREFIX: Final = "mojo."
"""Keeps program names apart from names that LLVM knows (`main`, `sin`, `memcpy`)."""

TBAA_NAMES: Final = (*("i8", "i16", "i32", "i64", "f32", "f64", "bool", "pointer", "list length"),)
"""Leaves of the alias tree; `list length` is no `i64`: stores of Int elements spare headers."""


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """Quote a name for LLVM."""
    safe = "".join(chr(byte) if byte in _PLAIN else rf"\{byte:02X}" for byte in name.encode())
    return f'"{safe}"'


def function_symbol(function: ir.FunctionId) -> str:
    """Name a function of the program."""
    return "@" + quoted(FUNCTION_PREFIX + function)


def value_type(type_: ir.Type) -> str:
    """Name the type that a value has in a register (and in memory, but for Bool)."""
    match type_:
        case ir.IntType(bits):
            return f"i{bits}"
        case ir.FloatType(bits):
            return _FLOAT_NAMES[bits]
        case ir.BoolType():
            return "i1"
        case ir.DTypeType():
            return "i8"
        case ir.VectorType(element, lanes):
            return f"<{lanes} x {value_type(element)}>"
        case ir.UnitType():
            return "void"
        case ir.PointerType():
            return POINTER
        case ir.StructType(struct_id):
            return "%" + quoted(struct_id)
        case _:
            assert_never(type_)


def memory_type(type_: ir.Type) -> str:
    """Name the type that a value has in memory; an array of a vector's lanes is not aligned more than one of them."""
    match type_:
        case ir.BoolType():
            return "i8"
        case ir.VectorType(element, lanes):
            return f"[{lanes} x {memory_type(element)}]"
        case _:
            return value_type(type_)


def constant(type_: ir.Type, value: float) -> str:
    """Write a scalar constant."""
    match type_:
        case ir.IntType(bits):
            return str(_signed(int(value), bits))
        case ir.BoolType():
            return "true" if value else "false"
        case ir.DTypeType():
            return str(int(value))
        case ir.FloatType():
            if value != value:  # noqa: PLR0124 (only NaN differs from itself)
                return "0x7FF8000000000000"
            return f"0x{struct.unpack('>Q', struct.pack('>d', value))[0]:016X}"
        case ir.PointerType():
            assert value == 0
            return "null"
        case _:
            raise AssertionError(f"no constants of {type_}")


def zero_constant(type_: ir.Type) -> str:
    """Write the zero of a type."""
    match type_:
        case ir.StructType() | ir.VectorType():
            return "zeroinitializer"
        case ir.BoolType():
            return "false"
        case _:
            return constant(type_, 0)


def tbaa_leaf(type_: ir.Type) -> str:
    """Name the alias leaf of a scalar."""
    match type_:
        case ir.IntType(bits):
            return f"i{bits}"
        case ir.FloatType(bits):
            return f"f{bits}"
        case ir.BoolType():
            return "bool"
        case ir.DTypeType():
            return "i8"
        case ir.VectorType(element):
            return tbaa_leaf(element)
        case _:
            return "pointer"


def tbaa_tag(leaf: str) -> str:
    """Refer to the access tag of an alias leaf."""
    return f", !tbaa !{2 * TBAA_NAMES.index(leaf) + 3}"


LENGTH_RANGE: Final = ", !range !0"
"""Tells of a load that it gives a list's length: no memory has room for 2^32 elements."""


def metadata() -> list[str]:
    """Define the range of lengths, and the alias tree: a root that aliases all, the leaves with their tags."""
    lines = [f"!0 = !{{i64 0, i64 {1 << 32}}}", '!1 = !{!"meshnode"}']
    for index, name in enumerate(TBAA_NAMES):
        lines.append(f'!{2 * index + 2} = !{{!"{name}", !1, i64 0}}')
        lines.append(f"!{2 * index + 3} = !{{!{2 * index + 2}, !{2 * index + 2}, i64 0}}")
    return lines


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value
