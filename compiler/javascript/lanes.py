"""Vectors in JavaScript: arrays of their lanes; operators work lane by lane. Lanes of 64-bit integers are BigInts."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.javascript import integers
from meshnode.compiler.javascript.code import WIDE, WORD, Code, as_big, call, infix
from meshnode.compiler.javascript.intervals import Interval, interval_of

if TYPE_CHECKING:
    from meshnode.compiler.javascript.expressions import ExpressionWriter

OPERATIONS = frozenset(["splat", "lanes", "lane", "with_lane", "shuffle"])
"""The intrinsics that move lanes."""


def _lane(type_: ir.Type, name: str) -> Code:
    return Code(name, is_big=isinstance(type_, ir.IntType) and type_.bits == WIDE)


def _range(type_: ir.IntType) -> Interval:
    return interval_of(type_)


def binary(expr: ir.Binary, left: Code, right: Code) -> Code:
    """Write an operator on two vectors."""
    from meshnode.compiler.javascript.expressions import boolean

    assert isinstance(expr.type, ir.VectorType), expr
    element = expr.type.element
    first, second = _lane(element, "a"), _lane(element, "b")
    body: Code
    match element:
        case ir.IntType():
            scalar = ir.Binary(expr.op, expr.left, expr.right, element, expr.span)
            whole = _range(element)
            body = integers.operation(scalar, (first, whole), (second, whole), whole)
        case ir.FloatType(bits):
            body = infix(expr.op.value, first, second)
            body = call("Math.fround", body) if bits == WORD else body
        case ir.BoolType():
            body = boolean(expr.op, first, second)
    return call("lanes2", left, right, f"(a, b) => {body.text}")


def compared(sign: str, left: Code, right: Code) -> Code:
    """Compare lane by lane."""
    return call("lanes2", left, right, f"(a, b) => a {sign} b")


def unary(expr: ir.Unary, operand: Code) -> Code:
    """Write an operator on one vector."""
    from meshnode.compiler.javascript.expressions import negative

    assert isinstance(expr.type, ir.VectorType), expr
    element = expr.type.element
    lane = _lane(element, "a")
    body: Code
    match element:
        case ir.IntType():
            scalar, whole = ir.Unary(expr.op, expr.operand, element), _range(element)
            write = integers.negated if expr.op is ir.UnaryOp.NEG else integers.inverted
            body = write(scalar, lane, whole, whole)
        case ir.FloatType():
            body = negative(lane)
        case ir.BoolType():
            body = Code("!a")
    return call("lanes", operand, f"(a) => {body.text}")


def converted(source: ir.Type, target: ir.Type, operand: Code) -> Code:
    """Convert lane by lane."""
    from meshnode.compiler.javascript.expressions import conversion

    lane = _lane(source, "a")
    if isinstance(source, ir.IntType) and isinstance(target, ir.IntType):
        body = integers.converted(source, target, lane, _range(source))
    else:
        body = conversion(source, target, lane)
    if isinstance(target, ir.IntType):
        body = integers.represented(body, target, _range(target))
    return operand if body.text == "a" else call("lanes", operand, f"(a) => {body.text}")


def intrinsic(expr: ir.Pure, arguments: list[Code]) -> Code:
    """Write an intrinsic that works on each lane."""
    from meshnode.compiler.javascript.expressions import intrinsic as on_scalars

    assert isinstance(expr.type, ir.VectorType), expr
    sources = [_element(argument.type) for argument in expr.arguments]
    given = tuple(ir.Const(source, 0) for source in sources)
    scalar = ir.Pure(expr.name, given, expr.type.element)
    names = [_lane(source, name) for source, name in zip(sources, "ab", strict=False)]
    body = on_scalars(scalar, names)
    if isinstance(expr.type.element, ir.IntType):
        body = integers.represented(body, expr.type.element, _range(expr.type.element))
    if len(arguments) == 1:
        return call("lanes", arguments[0], f"(a) => {body.text}")
    return call("lanes2", *arguments, f"(a, b) => {body.text}")


def operation(writer: "ExpressionWriter", expr: ir.Pure) -> Code:
    """Write an intrinsic of `OPERATIONS`."""
    values = [_whole_lane(writer, argument) for argument in expr.arguments]
    match expr.name:
        case "splat":
            assert isinstance(expr.type, ir.VectorType), expr
            return call("splat", values[0], str(expr.type.lanes))
        case "lanes":
            return Code(f"[{', '.join(value.text for value in values)}]")
        case "lane":
            code = call("lane", values[0], writer.expression(expr.arguments[1]))
            return Code(code.text, code.binding, _lane(expr.type, "a").is_big)
        case "with_lane":
            return call("withLane", values[0], writer.expression(expr.arguments[1]), values[2])
        case _:
            indices = [str(int(a.value)) for a in expr.arguments[2:] if isinstance(a, ir.Const)]
            return call("shuffle", values[0], values[1], f"[{', '.join(indices)}]")


def _whole_lane(writer: "ExpressionWriter", argument: ir.Expr) -> Code:
    """Write a vector, or a number in the form that lanes have."""
    code = writer.expression(argument)
    if isinstance(argument.type, ir.IntType) and argument.type.bits == WIDE:
        return as_big(code)
    return code


def _element(type_: ir.Type) -> ir.Type:
    return type_.element if isinstance(type_, ir.VectorType) else type_
