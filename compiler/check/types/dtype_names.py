"""The values of `DType`: their codes, names, and the scalar types that they stand for.

A DType is a value of one byte. Types that Mojo has and this compiler has not (`float16`, `int128`) are no members here.
"""

from collections.abc import Mapping
from typing import Final

from meshnode.compiler import ir

Element = ir.IntType | ir.FloatType | ir.BoolType

ELEMENTS: Final[Mapping[str, Element]] = {
    "bool": ir.BOOL,
    "int": ir.INT,
    "uint": ir.UINT,
    "int8": ir.IntType(8, is_signed=True),
    "uint8": ir.UINT8,
    "int16": ir.IntType(16, is_signed=True),
    "uint16": ir.IntType(16, is_signed=False),
    "int32": ir.IntType(32, is_signed=True),
    "uint32": ir.IntType(32, is_signed=False),
    "int64": ir.INT64,
    "uint64": ir.UINT64,
    "float32": ir.FLOAT32,
    "float64": ir.FLOAT64,
}
"""By name; a name's place is its code, which `prelude/dtype.mojo` knows too."""

NAMES: Final = tuple(ELEMENTS)

ABSENT: Final = frozenset(
    [
        "invalid",
        "int128",
        "uint128",
        "int256",
        "uint256",
        "float16",
        "bfloat16",
        "float8_e5m2",
        "float8_e4m3fn",
        "float8_e8m0fnu",
    ]
)
"""Members of the real DType that are not supported."""

LANES_MAX: Final = 1 << 15
"""Lanes of a vector, as in Mojo."""


def dtype(name: str) -> ir.Const:
    """Give the constant `DType.name`."""
    return ir.Const(ir.DTYPE, NAMES.index(name))


def name_of(constant: ir.Const) -> str:
    """Give a DType's name, `float64`."""
    return NAMES[int(constant.value)]


def element_of(constant: ir.Const) -> Element:
    """Give the scalar type that a DType stands for."""
    return ELEMENTS[name_of(constant)]


def dtype_of(type_: ir.Type) -> ir.Const | None:
    """Give the DType of a number, Bool or vector; None for other types."""
    element = type_.element if isinstance(type_, ir.VectorType) else type_
    for code, known in enumerate(ELEMENTS.values()):
        if known == element:
            return ir.Const(ir.DTYPE, code)
    return None


def lanes_of(type_: ir.Type) -> int:
    """Give the number of lanes; a scalar has one."""
    return type_.lanes if isinstance(type_, ir.VectorType) else 1


def vector(element: Element, lanes: int) -> ir.Type:
    """Give `SIMD[element, lanes]`, which is the scalar type itself for one lane."""
    return element if lanes == 1 else ir.VectorType(element, lanes)


def with_element(type_: ir.Type, element: Element) -> ir.Type:
    """Give the type of the same number of lanes with another element."""
    return vector(element, lanes_of(type_))


def element_type(type_: ir.Type) -> ir.Type:
    """Give the type of one lane; other types are their own."""
    return type_.element if isinstance(type_, ir.VectorType) else type_


def type_of_name(type_: ir.Type) -> str:
    """Name a number or vector as the library reflects it: `SIMD[DType.float64, 1]`."""
    constant = dtype_of(type_)
    assert constant is not None
    return f"SIMD[DType.{name_of(constant)}, {lanes_of(type_)}]"
