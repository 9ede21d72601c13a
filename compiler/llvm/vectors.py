"""Lowering of vectors (`SIMD[dtype, n]` with n > 1): LLVM cuts them into WebAssembly's 128 bits.

What LLVM has no safe vector instruction for (checked division, canonical bit patterns) is done lane by lane.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import memory_type, value_type

if TYPE_CHECKING:
    from meshnode.compiler.llvm.expressions import ExpressionWriter

LANE_OPERATIONS = frozenset(["splat", "lanes", "lane", "with_lane", "shuffle"])
"""The intrinsics that move lanes."""


def element_of(type_: ir.Type) -> ir.Type:
    """Give the type of one lane."""
    return type_.element if isinstance(type_, ir.VectorType) else type_


def filled(type_: ir.Type, lane: str) -> str:
    """Write a constant with the same text in all lanes."""
    if not isinstance(type_, ir.VectorType):
        return lane
    return f"<{', '.join([f'{value_type(type_.element)} {lane}'] * type_.lanes)}>"


def in_memory(type_: ir.VectorType) -> tuple[str, str]:
    """Give the vector type to load and store, and its alignment: no more than a lane has."""
    lane = memory_type(type_.element)
    size = {"i8": 1, "i16": 2, "i32": 4, "float": 4}.get(lane, 8)
    return f"<{type_.lanes} x {lane}>", f", align {size}"


def lane_operation(writer: "ExpressionWriter", expr: ir.Pure) -> str:
    """Write an intrinsic of `LANE_OPERATIONS`."""
    name = value_type(expr.type)
    match expr.name:
        case "splat":
            assert isinstance(expr.type, ir.VectorType), expr
            (number,) = expr.arguments
            lane = f"{value_type(number.type)} {writer.expression(number)}"
            first = writer.value(f"insertelement {name} poison, {lane}, i32 0")
            mask = f"<{expr.type.lanes} x i32> zeroinitializer"
            return writer.value(f"shufflevector {name} {first}, {name} poison, {mask}")
        case "lanes":
            return joined(writer, expr.type, [writer.expression(a) for a in expr.arguments])
        case "lane":
            vector, index = expr.arguments
            value, place = writer.expression(vector), _lane_index(writer, vector.type, index)
            return writer.value(f"extractelement {value_type(vector.type)} {value}, i32 {place}")
        case "with_lane":
            vector, index, new = expr.arguments
            value, place = writer.expression(vector), _lane_index(writer, vector.type, index)
            lane = f"{value_type(new.type)} {writer.expression(new)}"
            return writer.value(f"insertelement {name} {value}, {lane}, i32 {place}")
        case _:
            return _shuffle(writer, expr)


def _lane_index(writer: "ExpressionWriter", type_: ir.Type, index: ir.Expr) -> str:
    """Compute a lane's number; one that is out of range is taken modulo the number of lanes."""
    assert isinstance(type_, ir.VectorType), type_
    if isinstance(index, ir.Const):
        return str(int(index.value) & (type_.lanes - 1))
    number = writer.value(f"trunc i64 {writer.expression(index)} to i32")
    return writer.value(f"and i32 {number}, {type_.lanes - 1}")


def _shuffle(writer: "ExpressionWriter", expr: ir.Pure) -> str:
    left, right, *places = expr.arguments
    source = value_type(left.type)
    indices = [str(int(p.value)) for p in places if isinstance(p, ir.Const)]
    assert len(indices) == len(places), expr
    values = f"{source} {writer.expression(left)}, {source} {writer.expression(right)}"
    mask = f"<{len(indices)} x i32> <{', '.join(f'i32 {index}' for index in indices)}>"
    return writer.value(f"shufflevector {values}, {mask}")


def joined(writer: "ExpressionWriter", type_: ir.Type, lanes: Sequence[str]) -> str:
    """Make a vector of its lanes' values."""
    name, lane_type = value_type(type_), value_type(element_of(type_))
    result = "poison"
    for index, lane in enumerate(lanes):
        result = writer.value(f"insertelement {name} {result}, {lane_type} {lane}, i32 {index}")
    return result


def by_lanes(
    writer: "ExpressionWriter",
    type_: ir.Type,
    operands: Sequence[tuple[ir.Type, str]],
    compute: Callable[[Sequence[str]], str],
) -> str:
    """Compute each lane by itself; `compute` gets the operands' lanes."""
    if not isinstance(type_, ir.VectorType):
        return compute([value for _, value in operands])
    results = []
    for index in range(type_.lanes):
        lanes = [
            writer.value(f"extractelement {value_type(operand)} {value}, i32 {index}")
            for operand, value in operands
        ]
        results.append(compute(lanes))
    return joined(writer, type_, results)
