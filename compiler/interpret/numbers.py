"""Numbers in the interpreter: operations of the IR on Python's ints and floats, bit for bit as the modules do them.

A value of an integer type is an int in the type's range, a Float32 a float that binary32 can hold.
"""

import math
import struct
from array import array
from collections.abc import Callable
from typing import Final, cast

from meshnode.compiler import ir

Number = float
"""An int or a float."""

Operation = Callable[[Number], Number]
Operation2 = Callable[[Number, Number], Number]

_FLOAT32_DIGITS: Final = 24
_FLOAT_FORMATS: Final = {32: ("<f", "<I", 0x7FC00000), 64: ("<d", "<Q", 0x7FF8000000000000)}
_ROUNDER: Final = array("f", [0.0])


def wrapping(type_: ir.IntType) -> Operation:
    """Give the function that brings any integer into a type's range."""
    mask = (1 << type_.bits) - 1
    half = 1 << type_.bits - 1

    def signed(value: int) -> int:
        return (value + half & mask) - half

    def unsigned(value: int) -> int:
        return value & mask

    # Only integers reach these.
    return cast("Operation", signed if type_.is_signed else unsigned)


def limits_of(type_: ir.IntType) -> tuple[int, int]:
    """Give the smallest and the largest value."""
    if type_.is_signed:
        return -(1 << type_.bits - 1), (1 << type_.bits - 1) - 1
    return 0, (1 << type_.bits) - 1


def to_float32(value: Number) -> float:
    """Round to the nearest binary32, ties to even; what is too large becomes infinite."""
    _ROUNDER[0] = value
    return _ROUNDER[0]


def float_divide(left: Number, right: Number) -> float:
    """Divide as IEEE 754 says."""
    if right:
        return left / right
    if left != left or not left:  # noqa: PLR0124 - only NaN differs from itself
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def integer_operation(op: ir.BinaryOp, type_: ir.IntType) -> Operation2 | None:
    """Give an operator on integers that needs no place to trap at; None for TRUNC_DIV."""
    wrap = cast("Callable[[int], int]", wrapping(type_))
    counts = type_.bits - 1

    def floor_div(left: int, right: int) -> int:
        return wrap(left // right) if right else 0

    def modulo(left: int, right: int) -> int:
        return left % right if right else 0

    def shift_left(left: int, right: int) -> int:
        return wrap(left << (right & counts))

    operations: dict[ir.BinaryOp, Callable[[int, int], int]] = {
        ir.BinaryOp.ADD: lambda left, right: wrap(left + right),
        ir.BinaryOp.SUB: lambda left, right: wrap(left - right),
        ir.BinaryOp.MUL: lambda left, right: wrap(left * right),
        ir.BinaryOp.FLOOR_DIV: floor_div,
        ir.BinaryOp.MOD: modulo,
        ir.BinaryOp.AND: lambda left, right: left & right,
        ir.BinaryOp.OR: lambda left, right: left | right,
        ir.BinaryOp.XOR: lambda left, right: left ^ right,
        ir.BinaryOp.SHL: shift_left,
        ir.BinaryOp.SHR: lambda left, right: left >> (right & counts),
    }
    # Only integers reach these.
    return cast("Operation2 | None", operations.get(op))


def truncating_quotient(left: int, right: int) -> int:
    """Divide toward zero; the divisor is not zero."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def conversion(source: ir.Type, target: ir.Type) -> Operation | None:  # noqa: PLR0911 - one case a pair
    """Give the function that converts; None if values stay as they are."""
    match source, target:
        case ir.FloatType(), ir.IntType():
            return _saturating(target)
        case ((ir.IntType() | ir.FloatType()), ir.BoolType()):
            return lambda value: value != 0
        case ir.BoolType(), ir.IntType():
            return int
        case ir.IntType(), ir.PointerType():
            return wrapping(ir.IntType(32, is_signed=False))
        case ir.PointerType(), ir.PointerType():
            return None
        case ((ir.IntType() | ir.PointerType()), ir.IntType()):
            return None if source == target else wrapping(target)
        case ir.IntType(), ir.FloatType(32):
            return cast("Operation", _integer_to_float32)  # only integers reach it
        case ((ir.IntType() | ir.BoolType()), ir.FloatType()):
            return float
        case ir.FloatType(64), ir.FloatType(32):
            return to_float32
        case _:
            return None


def _saturating(type_: ir.IntType) -> Operation:
    low, high = limits_of(type_)

    def convert(value: Number) -> Number:
        if value != value:  # noqa: PLR0124 - only NaN differs from itself
            return 0
        if value <= low:
            return low
        return high if value >= high else int(value)

    return convert


def _integer_to_float32(value: int) -> float:
    """Round once, not by way of binary64."""
    size = abs(value)
    shift = size.bit_length() - _FLOAT32_DIGITS
    if shift <= 0:
        return float(value)
    digits, rest, half = size >> shift, size & (1 << shift) - 1, 1 << shift - 1
    if rest > half or (rest == half and digits & 1):
        digits += 1
    return math.copysign(math.ldexp(digits, shift), value)


# ----------------------------------------------------------------------------------------------------- intrinsics


def intrinsic(name: str, source: ir.Type, target: ir.Type) -> Operation | None:
    """Give a pure intrinsic on one number; None if there is none of that name."""
    if name == "bitcast":
        return _bitcast(source, target)
    if isinstance(source, ir.IntType):
        return _bit_intrinsic(name, source)
    if name == "sqrt":
        return _rounded(_square_root, target)
    operations: dict[str, Operation] = {
        "floor": lambda value: _whole(math.floor, value),
        "ceil": lambda value: _whole(math.ceil, value),
        "trunc": lambda value: _whole(math.trunc, value),
        "round_even": lambda value: _whole(round, value),
        "abs": math.fabs,
    }
    return operations.get(name)


def _rounded(operation: Operation, type_: ir.Type) -> Operation:
    if type_ == ir.FLOAT32:
        return lambda value: to_float32(operation(value))
    return operation


def _square_root(value: Number) -> float:
    return math.sqrt(value) if value >= 0 else math.nan


def _whole(rounding: Callable[[float], int], value: Number) -> float:
    """Round to an integer that is a float and keeps its sign when it is zero."""
    if not math.isfinite(value):
        return value
    return math.copysign(float(rounding(value)), value)


def copysign(value: Number, sign: Number) -> float:
    """Give the first's magnitude the second's sign; a NaN counts as positive."""
    positive = sign != sign  # noqa: PLR0124 - only NaN differs from itself
    return math.copysign(value, 1.0 if positive else sign)


def _bit_intrinsic(name: str, type_: ir.IntType) -> Operation | None:
    bits, mask = type_.bits, (1 << type_.bits) - 1
    wrap = cast("Callable[[int], int]", wrapping(type_))

    def trailing(value: int) -> int:
        return wrap((value & -value).bit_length() - 1 if value else bits)

    operations: dict[str, Callable[[int], int]] = {
        "count_ones": lambda value: wrap((value & mask).bit_count()),
        "leading_zeros": lambda value: wrap(bits - (value & mask).bit_length()),
        "trailing_zeros": trailing,
        "bit_reverse": lambda value: wrap(int(f"{value & mask:0{bits}b}"[::-1], 2)),
        "byte_swap": lambda value: wrap(
            int.from_bytes((value & mask).to_bytes(bits // 8, "little"), "big")
        ),
    }
    return cast("Operation | None", operations.get(name))  # only integers reach these


def _bitcast(source: ir.Type, target: ir.Type) -> Operation:
    match source, target:
        case ir.FloatType(bits), ir.IntType():
            floats, integers, quiet = _FLOAT_FORMATS[bits]
            wrap = wrapping(target)

            def to_bits(value: Number) -> Number:
                if value != value:  # noqa: PLR0124 - only NaN differs from itself
                    return wrap(quiet)
                (pattern,) = struct.unpack(integers, struct.pack(floats, value))
                return wrap(pattern)

            return to_bits
        case ir.IntType(bits), ir.FloatType():
            floats, integers, _ = _FLOAT_FORMATS[bits]
            mask = (1 << bits) - 1

            def from_bits(value: int) -> float:
                (number,) = struct.unpack(floats, struct.pack(integers, value & mask))
                return float(number)

            return cast("Operation", from_bits)  # only integers reach it
        case _, ir.IntType():
            return wrapping(target)
        case _:
            return lambda value: value
