"""Vectors in the interpreter: tuples of lanes. An operator is compiled for one lane, and applied to each.

The types of code say `float` where a tuple of them may stand: which it is, the IR's types tell.
"""

import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.interpret.machine import unknown
from meshnode.compiler.interpret.memory import scalar_code

if TYPE_CHECKING:
    from meshnode.compiler.interpret.expressions import Code, ExpressionCompiler, Frame, Whole

Lanes = tuple[float, ...]


def packed(type_: ir.VectorType) -> struct.Struct:
    """Give how a vector lies in memory."""
    return struct.Struct(f"<{type_.lanes}{scalar_code(type_.element)}")


def has_lanes(expr: ir.Expr) -> bool:
    """Tell whether an expression gives a vector, or takes one."""
    return any(isinstance(part.type, ir.VectorType) for part in (expr, *_operands(expr)))


def expression(compiler: "ExpressionCompiler", expr: ir.Expr) -> "Code":
    """Compile an expression that gives or takes vectors, and is no load."""
    operands = _operands(expr)
    codes = [compiler.expression(operand) for operand in operands]
    match expr:
        case ir.Pure("splat", _, ir.VectorType(lanes=count)):
            (number,) = codes
            return _vector(lambda frame: (number(frame),) * count)
        case ir.Pure("lanes"):
            return _vector(lambda frame: tuple([code(frame) for code in codes]))
        case ir.Pure("lane"):
            vector, index = _lanes_of(codes[0]), _index(operands[0], codes[1])
            return lambda frame: vector(frame)[index(frame)]
        case ir.Pure("with_lane"):
            return _with_lane(operands, codes)
        case ir.Pure("shuffle"):
            return _shuffle(operands, codes)
        case ir.Select(condition) if not isinstance(condition.type, ir.VectorType):
            test, then, otherwise = codes
            return lambda frame: then(frame) if test(frame) else otherwise(frame)
        case _:
            return _by_lanes(compiler, expr, operands, codes)


def _operands(expr: ir.Expr) -> tuple[ir.Expr, ...]:
    match expr:
        case ir.Binary() | ir.Compare():
            return expr.left, expr.right
        case ir.Unary() | ir.Convert():
            return (expr.operand,)
        case ir.Select():
            return expr.condition, expr.then, expr.otherwise
        case ir.Pure():
            return expr.arguments
        case _:
            return ()


def _lanes_of(code: "Code") -> "Callable[[Frame], Lanes]":
    return cast("Callable[[Frame], Lanes]", code)


def _vector(code: "Callable[[Frame], Lanes]") -> "Code":
    return cast("Code", code)


def _index(vector: ir.Expr, index: "Code") -> "Whole":
    """Give a lane's number, modulo the lanes."""
    assert isinstance(vector.type, ir.VectorType), vector
    last = vector.type.lanes - 1
    return lambda frame: int(index(frame)) & last


def _with_lane(operands: Sequence[ir.Expr], codes: Sequence["Code"]) -> "Code":
    vector, index, new = _lanes_of(codes[0]), _index(operands[0], codes[1]), codes[2]

    def put(frame: "Frame") -> Lanes:
        lanes, place = list(vector(frame)), index(frame)
        lanes[place] = new(frame)
        return tuple(lanes)

    return _vector(put)


def _shuffle(operands: Sequence[ir.Expr], codes: Sequence["Code"]) -> "Code":
    left, right = _lanes_of(codes[0]), _lanes_of(codes[1])
    places = [int(place.value) for place in operands[2:] if isinstance(place, ir.Const)]

    def shuffle(frame: "Frame") -> Lanes:
        both = left(frame) + right(frame)
        return tuple([both[place] for place in places])

    return _vector(shuffle)


def _by_lanes(
    compiler: "ExpressionCompiler",
    expr: ir.Expr,
    operands: Sequence[ir.Expr],
    codes: Sequence["Code"],
) -> "Code":
    """Apply an operator to each lane: it is compiled over a frame that holds one lane of each operand."""
    lanes = [
        ir.Load(ir.LocalPlace(ir.LocalId(number), _element(operand)), _element(operand))
        for number, operand in enumerate(operands)
    ]
    one = compiler.over_registers(len(lanes)).expression(_with_operands(expr, lanes))
    vectors = [_lanes_of(code) for code in codes]

    def apply(frame: "Frame") -> Lanes:
        each = zip(*[vector(frame) for vector in vectors], strict=True)
        return tuple([one(list(lane)) for lane in each])

    return _vector(apply)


def _element(expr: ir.Expr) -> ir.Type:
    return expr.type.element if isinstance(expr.type, ir.VectorType) else expr.type


def _with_operands(expr: ir.Expr, lanes: Sequence[ir.Expr]) -> ir.Expr:
    """Give the same operator on single numbers."""
    type_ = _element(expr)
    match expr:
        case ir.Binary() | ir.Compare():
            return replace(expr, left=lanes[0], right=lanes[1], type=type_)
        case ir.Unary() | ir.Convert():
            return replace(expr, operand=lanes[0], type=type_)
        case ir.Select():
            return replace(expr, condition=lanes[0], then=lanes[1], otherwise=lanes[2], type=type_)
        case ir.Pure():
            return replace(expr, arguments=tuple(lanes), type=type_)
        case _:
            raise unknown(f"a vector of the kind {type(expr).__name__}")
