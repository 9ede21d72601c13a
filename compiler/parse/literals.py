"""Exact literal arithmetic, and how literals and constants become scalars of a type.

Literal expressions are computed with unbounded integers and rationals before they get a type (`0.1 + 0.2` prints 0.3,
`1 << 100 >> 98` is 4), as the language has it. A literal that is too large for its type wraps.
"""

import math
import struct
from fractions import Fraction

import msgspec

from meshnode.compiler import ir, limits


class IntLiteral(msgspec.Struct, frozen=True):
    """An integer without a type yet."""

    value: int


class FloatLiteral(msgspec.Struct, frozen=True):
    """A real number without a type yet."""

    value: Fraction
    is_negative_zero: bool = False


Literal = IntLiteral | FloatLiteral


class LiteralError(Exception):
    """A literal expression without a value; the text says why."""


def read_integer(text: str) -> IntLiteral:
    """Give the value of an integer literal as written."""
    return IntLiteral(int(text.replace("_", ""), 0) if text[:1] == "0" and len(text) > 1 and text[1].isalpha()
                      else int(text.replace("_", "")))  # fmt: skip


def read_float(text: str) -> FloatLiteral:
    """Give the value of a float literal as written."""
    mantissa, _, exponent = text.replace("_", "").lower().partition("e")
    if exponent and abs(int(exponent)) > limits.LITERAL_DIGITS_MAX:
        raise LiteralError("this number's exponent is too large")
    return FloatLiteral(Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0))


def negate(literal: Literal) -> Literal:
    """Give `-literal`."""
    if isinstance(literal, IntLiteral):
        return IntLiteral(-literal.value)
    is_zero = literal.value == 0
    return FloatLiteral(-literal.value, is_negative_zero=is_zero and not literal.is_negative_zero)


def fold(op: str, left: Literal, right: Literal) -> Literal:
    """Compute `left op right` exactly; raises LiteralError where there is no exact value."""
    if isinstance(left, IntLiteral) and isinstance(right, IntLiteral) and op != "/":
        return IntLiteral(_bounded(_fold_integers(op, left.value, right.value)))
    return FloatLiteral(_fold_rationals(op, Fraction(left.value), Fraction(right.value)))


def _fold_integers(op: str, left: int, right: int) -> int:  # noqa: C901, PLR0911 - one case an operator
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right if right else 0
        case "%":
            return left % right if right else 0
        case "&":
            return left & right
        case "|":
            return left | right
        case "^":
            return left ^ right
        case ">>" if right >= 0:
            return left >> min(right, limits.LITERAL_BITS_MAX)
        case "<<" if 0 <= right <= limits.LITERAL_BITS_MAX:
            return left << right
        case "**" if right >= 0 and left.bit_length() * right <= limits.LITERAL_BITS_MAX:
            return int(left**right)
        case _:
            raise LiteralError(f"'{op}' has no value for these literals")


def _fold_rationals(op: str, left: Fraction, right: Fraction) -> Fraction:
    if op in ("/", "//", "%") and right == 0:
        raise LiteralError("division of a literal by zero")
    match op:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/":
            value = left / right
        case "//":
            value = Fraction(math.floor(left / right))
        case "%":
            value = left - right * math.floor(left / right)
        case "**" if (
            right.denominator == 1 and abs(right) <= _power_max(left) and (left or right >= 0)
        ):
            value = Fraction(left ** int(right))
        case _:
            raise LiteralError(f"'{op}' has no exact value for these literals")
    _bounded(value.numerator)
    _bounded(value.denominator)
    return value


def _power_max(base: Fraction) -> int:
    return limits.LITERAL_BITS_MAX // max(
        base.numerator.bit_length(), base.denominator.bit_length()
    )


def _bounded(value: int) -> int:
    if value.bit_length() > limits.LITERAL_BITS_MAX:
        raise LiteralError("this value is too large for literal arithmetic")
    return value


def materialise(literal: Literal, type_: ir.Type) -> ir.Const | None:
    """Give the constant of a scalar type; None if the literal does not adapt to it."""
    match literal, type_:
        case IntLiteral(value), ir.IntType():
            return ir.Const(type_, wrap(value, type_))
        case ((IntLiteral(value) | FloatLiteral(value)), ir.FloatType()):
            if isinstance(literal, FloatLiteral) and literal.is_negative_zero:
                return ir.Const(type_, -0.0)
            return ir.Const(type_, nearest(Fraction(value), type_.bits))
        case _:
            return None


def wrap(value: int, type_: ir.IntType) -> int:
    """Reduce an integer into its type's range."""
    value &= (1 << type_.bits) - 1
    is_negative = type_.is_signed and value >> (type_.bits - 1)
    return value - (1 << type_.bits) if is_negative else value


def nearest(value: Fraction, bits: int) -> float:
    """Round a rational once to the nearest Float64 or Float32, ties to even; too large gives an infinity."""
    if value == 0:
        return 0.0
    precision, exponent_min = (53, -1074) if bits == 64 else (24, -149)  # noqa: PLR2004 - IEEE 754
    sign = -1.0 if value < 0 else 1.0
    value = abs(value)
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - precision
    if value >= Fraction(2) ** (exponent + precision):
        exponent += 1
    exponent = max(exponent, exponent_min)
    mantissa = round(value / Fraction(2) ** exponent)
    exponent_max = 1024 if bits == 64 else 128  # noqa: PLR2004 - IEEE 754
    if mantissa.bit_length() + exponent > exponent_max:
        return sign * math.inf
    return sign * math.ldexp(mantissa, exponent)


def round_float32(value: float) -> float:
    """Round a Float64 to Float32."""
    try:
        result: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return result


def fold_constants(op: ir.BinaryOp, left: ir.Const, right: ir.Const) -> ir.Const | None:
    """Compute an operator on two constants of one type as the machine would; None where it is left to run time."""
    type_ = left.type
    if isinstance(type_, ir.IntType):
        return _fold_machine_integers(op, type_, int(left.value), int(right.value))
    if not isinstance(type_, ir.FloatType):
        return None
    a, b = float(left.value), float(right.value)
    match op:
        case ir.BinaryOp.ADD:
            value = a + b
        case ir.BinaryOp.SUB:
            value = a - b
        case ir.BinaryOp.MUL:
            value = a * b
        case ir.BinaryOp.DIV if b != 0:
            value = a / b
        case _:
            return None
    if not math.isfinite(value):
        return None
    return ir.Const(type_, value if type_.bits == 64 else round_float32(value))  # noqa: PLR2004 - the width


def _fold_machine_integers(
    op: ir.BinaryOp, type_: ir.IntType, left: int, right: int
) -> ir.Const | None:
    if op is ir.BinaryOp.TRUNC_DIV:
        if right == 0:
            return None
        quotient = abs(left) // abs(right)
        return ir.Const(type_, wrap(quotient if (left < 0) == (right < 0) else -quotient, type_))
    if op in (ir.BinaryOp.SHL, ir.BinaryOp.SHR):
        right &= type_.bits - 1
    try:
        return ir.Const(type_, wrap(_fold_integers(op.value, left, right), type_))
    except LiteralError:
        return None


def compare(op: str, left: Literal | ir.Const, right: Literal | ir.Const) -> bool:
    """Compare two literals, or two constants of one type."""
    match op:
        case "==":
            return left.value == right.value
        case "!=":
            return left.value != right.value
        case "<":
            return left.value < right.value
        case "<=":
            return left.value <= right.value
        case ">":
            return left.value > right.value
        case _:
            return left.value >= right.value
