"""Intervals of integers: what values an expression can have, for deciding where a JavaScript number is exact.

All operations are exact bounds on the mathematical result, before it wraps. `None` stands for no value at all.
"""

from typing import Final

import msgspec

from meshnode.compiler import ir

SAFE_BITS: Final = 53
SAFE_MAX: Final = (1 << SAFE_BITS) - 1
"""Integers up to this size are exact as JavaScript numbers."""


class Interval(msgspec.Struct, frozen=True):
    """All integers from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def is_safe(self) -> bool:
        """Tell whether numbers hold all values exactly."""
        return self.low >= -SAFE_MAX and self.high <= SAFE_MAX

    def within(self, other: "Interval") -> bool:
        """Tell whether all values lie in another interval."""
        return other.low <= self.low and self.high <= other.high


ADDRESSES: Final = Interval(0, (1 << 32) - 1)
INT32: Final = Interval(-(1 << 31), (1 << 31) - 1)

_THRESHOLDS: Final = tuple(
    sorted(
        [
            0,
            *(
                sign * bound
                for sign in (1, -1)
                for bound in (1 << 8, 1 << 16, 1 << 31, 1 << 32, SAFE_MAX)
            ),
        ]
    )
)


def interval_of(type_: ir.IntType) -> Interval:
    """Give all values of a type."""
    if type_.is_signed:
        return Interval(-(1 << type_.bits - 1), (1 << type_.bits - 1) - 1)
    return Interval(0, (1 << type_.bits) - 1)


def hull(left: Interval | None, right: Interval | None) -> Interval | None:
    """Give the smallest interval around both."""
    if left is None or right is None:
        return right if left is None else left
    return Interval(min(left.low, right.low), max(left.high, right.high))


def widened(old: Interval, new: Interval, whole: Interval) -> Interval:
    """Let a growing bound jump to the next of a few steps, so that growth comes to an end soon."""
    low, high = old.low, old.high
    if new.low < low:
        low = max((t for t in _THRESHOLDS if t <= new.low and t >= whole.low), default=whole.low)
    if new.high > high:
        high = min(
            (t for t in _THRESHOLDS if t >= new.high and t <= whole.high), default=whole.high
        )
    return Interval(low, high)


def binary(op: ir.BinaryOp, left: Interval, right: Interval, bits: int) -> Interval | None:  # noqa: C901, PLR0911, PLR0912 - one case an operator
    """Bound an operator's mathematical result; None if nothing better than the type is known."""
    match op:
        case ir.BinaryOp.ADD:
            return Interval(left.low + right.low, left.high + right.high)
        case ir.BinaryOp.SUB:
            return Interval(left.low - right.high, left.high - right.low)
        case ir.BinaryOp.MUL:
            return _corners([a * b for a in (left.low, left.high) for b in (right.low, right.high)])
        case ir.BinaryOp.FLOOR_DIV | ir.BinaryOp.TRUNC_DIV:
            # A quotient is no larger than the dividend (but -(MIN) is, which the caller's check of the type finds).
            if right.low > 0:
                corners = [a // b for a in (left.low, left.high) for b in (right.low, right.high)]
                return _corners([*corners, *([0] if op is ir.BinaryOp.TRUNC_DIV else [])])
            size = max(abs(left.low), abs(left.high))
            return Interval(-size, size)
        case ir.BinaryOp.MOD:
            low, high = min(right.low + 1, 0), max(right.high - 1, 0)
            if left.low >= 0 and right.low > 0:
                high = min(high, left.high)
            return Interval(low, high)
        case ir.BinaryOp.AND:
            if left.low >= 0 or right.low >= 0:
                bounds = [i.high for i in (left, right) if i.low >= 0]
                return Interval(0, min(bounds))
            return None
        case ir.BinaryOp.OR | ir.BinaryOp.XOR:
            if left.low >= 0 and right.low >= 0:
                return Interval(0, (1 << max(left.high, right.high).bit_length()) - 1)
            return None
        case ir.BinaryOp.SHL:
            if right.low >= 0 and right.high < bits:
                return _corners(
                    [a << b for a in (left.low, left.high) for b in (right.low, right.high)]
                )
            return None
        case ir.BinaryOp.SHR:
            if right.low >= 0 and right.high < bits:
                return _corners(
                    [a >> b for a in (left.low, left.high) for b in (right.low, right.high)]
                )
            return Interval(min(left.low, 0), max(left.high, 0)) if left.low >= 0 else None
        case _:
            return None


def _corners(values: list[int]) -> Interval:
    return Interval(min(values), max(values))
