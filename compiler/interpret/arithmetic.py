"""Operators on two numbers in the interpreter, as Python closures over a frame."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.interpret import numbers
from meshnode.compiler.interpret.machine import Cause, Stopped, unknown

if TYPE_CHECKING:
    from meshnode.compiler.interpret.expressions import Code, Frame, Whole


def float_binary(op: ir.BinaryOp, left: "Code", right: "Code", *, is_rounded: bool) -> "Code":
    """Compile an operator on floats; `is_rounded` to binary32."""
    match op:
        case ir.BinaryOp.ADD:
            exact: Code = lambda frame: left(frame) + right(frame)  # noqa: E731 - one of four
        case ir.BinaryOp.SUB:
            exact = lambda frame: left(frame) - right(frame)  # noqa: E731 - one of four
        case ir.BinaryOp.MUL:
            exact = lambda frame: left(frame) * right(frame)  # noqa: E731 - one of four
        case ir.BinaryOp.DIV:
            exact = lambda frame: numbers.float_divide(left(frame), right(frame))  # noqa: E731 - one of four
        case _:
            raise unknown(f"'{op.value}' on floats")
    if not is_rounded:
        return exact
    return lambda frame: numbers.to_float32(exact(frame))


def truncating_division(span: ir.Span, type_: ir.IntType, left: "Whole", right: "Whole") -> "Code":
    """Compile a division toward zero, which traps at `span`."""
    wrap = numbers.wrapping(type_)

    def divide(frame: "Frame") -> float:
        dividend, divisor = left(frame), right(frame)
        if not divisor:
            raise Stopped(Cause.TRAP, "division by zero", span)
        return wrap(numbers.truncating_quotient(dividend, divisor))

    return divide


def wrapping_operator(expr: ir.Binary, type_: ir.IntType, left: "Code", right: "Code") -> "Code":
    """Compile `+`, `-`, `*`; wrapping is rare, so it is tested for first."""
    wrap, (low, high) = numbers.wrapping(type_), numbers.limits_of(type_)
    constant = expr.right.value if isinstance(expr.right, ir.Const) else None

    def add(frame: "Frame") -> float:
        result = left(frame) + right(frame)
        return result if low <= result <= high else wrap(result)

    def add_constant(frame: "Frame") -> float:
        result = left(frame) + constant  # type: ignore[operator] # only used where there is one
        return result if low <= result <= high else wrap(result)

    def subtract(frame: "Frame") -> float:
        result = left(frame) - right(frame)
        return result if low <= result <= high else wrap(result)

    def multiply(frame: "Frame") -> float:
        result = left(frame) * right(frame)
        return result if low <= result <= high else wrap(result)

    match expr.op:
        case ir.BinaryOp.ADD:
            return add if constant is None else add_constant
        case ir.BinaryOp.SUB:
            return subtract
        case _:
            return multiply
