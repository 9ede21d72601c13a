"""Every bound of an interval operation holds for all values: tried out, since a wrong one is a wrong answer."""

from collections.abc import Callable, Mapping
from itertools import product
from random import Random

import pytest

from meshnode.compiler import ir
from meshnode.compiler.javascript.intervals import Interval, binary, hull, widened

OPERATIONS: Mapping[ir.BinaryOp, Callable[[int, int], int]] = {
    ir.BinaryOp.ADD: lambda a, b: a + b,
    ir.BinaryOp.SUB: lambda a, b: a - b,
    ir.BinaryOp.MUL: lambda a, b: a * b,
    ir.BinaryOp.FLOOR_DIV: lambda a, b: a // b if b else 0,
    ir.BinaryOp.TRUNC_DIV: lambda a, b: int(a / b) if b else 0,
    ir.BinaryOp.MOD: lambda a, b: a % b if b else 0,
    ir.BinaryOp.AND: lambda a, b: a & b,
    ir.BinaryOp.OR: lambda a, b: a | b,
    ir.BinaryOp.XOR: lambda a, b: a ^ b,
    ir.BinaryOp.SHL: lambda a, b: a << (b & 7),
    ir.BinaryOp.SHR: lambda a, b: a >> (b & 7),
}


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_all_results_lie_within_the_bounds(op: ir.BinaryOp) -> None:
    random = Random(1)
    for _ in range(400):
        left, right = (_some(random) for _ in range(2))
        found = binary(op, left, right, 8)
        if found is None:
            continue
        for a, b in product(_values(left), _values(right)):
            result = OPERATIONS[op](a, b)
            assert found.low <= result <= found.high, (left, right, a, b)


def test_widening_covers_what_is_new_and_ends_soon() -> None:
    whole = Interval(-(1 << 63), (1 << 63) - 1)
    interval, steps = Interval(0, 0), 0
    while interval != whole:
        grown = hull(interval, Interval(interval.low - 1, interval.high + 1))
        assert grown is not None
        following = widened(interval, grown if grown.within(whole) else whole, whole)
        assert grown.within(following) or following == whole
        interval, steps = following, steps + 1
        assert steps < 20


def _some(random: Random) -> Interval:
    first, second = (
        random.choice((random.randrange(-9, 10), random.randrange(-128, 128))) for _ in range(2)
    )
    return Interval(min(first, second), max(first, second))


def _values(interval: Interval) -> set[int]:
    """All values of a small interval; of a large one those at its ends and around zero."""
    if interval.high - interval.low < 24:
        return set(range(interval.low, interval.high + 1))
    near = {interval.low + d for d in range(4)} | {interval.high - d for d in range(4)}
    near |= {v for v in range(-3, 4) if interval.low <= v <= interval.high}
    return near | set(range(interval.low, interval.high + 1, 7))
