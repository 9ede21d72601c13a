"""The library's random numbers as a closed form (loops rules, section 2).

Philox is counter-based: its state is the seed and how many numbers were taken. If every iteration takes the same
count, a chunk knows where it starts. The count is an estimate, for functions that may reject what they drew; so it is
checked. A chunk ends with a trap after an iteration that took another count, and home believes a chunk only if just as
many numbers were taken before it as the chunk assumed. So the numbers are always the sequential run's.
"""

from meshnode.compiler import ir
from meshnode.compiler.loops.build import (
    AFFINE,
    Locals,
    assign,
    binary,
    call,
    cell,
    load,
    perform,
    when,
)
from meshnode.compiler.loops.closed import Affine, Repeat, Step, is_invariant
from meshnode.compiler.loops.effects import Summaries, is_prelude
from meshnode.compiler.loops.skip import map_of
from meshnode.compiler.loops.walk import Path, leaves_abruptly, paths_written_by, statements_in

SEED, TAKEN = 16, 17
"""Static cells of `random.mojo`."""

_LIBRARY = {
    "_next_random": 1,
    "_next_unit": 1,
    "_next_below": 1,
    "random_float64": 1,
    "random_ui64": 1,
    "random_si64": 1,
    "randn_float64": 2,
}
"""Numbers that the library's functions take, nearly always."""

_DEPTH_MAX = 8


class _NotFixed(Exception):  # noqa: N818 - not an error: ends the search
    pass


def find_draws(
    loop: ir.ForRange, module: ir.Module, summaries: Summaries
) -> tuple[Step, ...] | None:
    """Give the steps of the counter in one iteration; none if it draws nothing, None if they are not known."""
    written = paths_written_by(loop.body, summaries) | {Path(loop.index)}
    try:
        return _Draws(module, summaries, written).of(loop.body, _DEPTH_MAX)
    except _NotFixed:
        return None


class _Draws:
    def __init__(self, module: ir.Module, summaries: Summaries, written: frozenset[Path]) -> None:
        self._module = module
        self._summaries = summaries
        self._written = written

    def of(self, block: ir.Block, depth: int) -> tuple[Step, ...]:
        """Give the steps of a block."""
        steps: list[Step] = []
        for statement in block:
            if isinstance(statement, ir.Scope):
                steps += self.of(statement.body, depth)
            elif self._draws(statement):
                steps += self._statement(statement, depth)
        return tuple(steps)

    def _draws(self, statement: ir.Statement) -> bool:
        return any(
            isinstance(s, ir.Call)
            and not s.function.startswith("$")
            and self._summaries.of(s.function).random
            for s in statements_in((statement,))
        )

    def _statement(self, statement: ir.Statement, depth: int) -> tuple[Step, ...]:
        match statement:
            case ir.Call():
                return self._call(statement, depth)
            case ir.If():
                then = self.of(statement.then, depth)
                if then == self.of(statement.otherwise, depth):
                    return then
            case ir.ForRange(otherwise=()):
                bounds = (statement.start, statement.stop, statement.step)
                is_fixed = all(is_invariant(b, ir.INT, self._written) for b in bounds)
                if is_fixed and not any(leaves_abruptly(s) for s in statement.body):
                    return (Repeat(statement, self.of(statement.body, depth)),)
            case _:
                pass
        raise _NotFixed

    def _call(self, call_: ir.Call, depth: int) -> tuple[Step, ...]:
        callee = self._module.functions[call_.function]
        if is_prelude(callee):
            count = _LIBRARY.get(callee.function.partition("(")[0].partition("[")[0])
            if count is None:
                raise _NotFixed
            one = ir.Const(ir.UINT, 1)
            return (Affine(one, ir.Const(ir.UINT, count)),)
        if depth == 0:
            raise _NotFixed
        steps = self.of(callee.body, depth - 1)
        if any(isinstance(s, Repeat) and not _is_constant(s.loop) for s in steps):
            raise _NotFixed  # its bounds are the callee's variables
        return steps


def _is_constant(loop: ir.ForRange) -> bool:
    return all(isinstance(b, ir.Const) for b in (loop.start, loop.stop, loop.step))


# ------------------------------------------------------------------------------------------------------- code


def counted_map(steps: tuple[Step, ...], table: Locals) -> tuple[ir.LocalPlace, ir.Block]:
    """Make the map that one iteration applies to the count of numbers taken."""
    place, code = map_of(steps, 0, table)
    assert place.type == AFFINE
    return place, code


def go_to(map_: ir.LocalPlace, taken: ir.Expr, count: ir.Expr, target: ir.LocalPlace) -> ir.Block:
    """Set the generator to where it is `count` iterations after `taken` numbers; the target keeps the number."""
    return (
        call("_affine_at", map_, taken, count, target=target),
        call("_random_at", load(target)),
    )


def check_iteration(map_: ir.LocalPlace, expected: ir.LocalPlace) -> ir.Block:
    """Trap unless an iteration took as many numbers as expected."""
    step = load(ir.FieldPlace(map_, "addend", ir.UINT))
    is_other = ir.Compare(ir.CompareOp.NE, load(cell(TAKEN)), load(expected))
    return (
        assign(expected, binary(ir.BinaryOp.ADD, load(expected), step)),
        when(is_other, (perform("trap"),)),
    )
