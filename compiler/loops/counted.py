"""`while` loops that count: how often they run is known before, so that they are ranges.

    while i < n: ...; i += c; ...

is `for $ in range(i, n, c)` with the same body, if `i` has no other update, if each iteration makes this one, and if
the loop changes nothing in `n`. `while i < n and ok` is such a range that is left where `ok` is found to be False. `i`
stays a variable with a closed form; before its update it is the range's index.
Where a step might wrap beyond `n` the range is taken only if home finds, at the loop's start, that it does not.
"""

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import Locals, binary, const, load
from meshnode.compiler.loops.closed import continues
from meshnode.compiler.loops.walk import (
    MutationOracle,
    access_of,
    locals_declared_in,
    locals_written_by,
    map_places,
    path_of,
    paths_written_by,
    statements_in,
)

_STEP_MAX = 1 << 20
_INT_MAX = (1 << 63) - 1
_MIRRORED = {
    ir.CompareOp.LT: ir.CompareOp.GT,
    ir.CompareOp.GT: ir.CompareOp.LT,
    ir.CompareOp.LE: ir.CompareOp.GE,
    ir.CompareOp.GE: ir.CompareOp.LE,
}


class Counted(msgspec.Struct, frozen=True):
    """A `while` loop as a range."""

    loop: ir.ForRange
    condition: ir.Expr | None
    """What must hold at the loop's start; None if it always does."""


class _Test(msgspec.Struct, frozen=True):
    """`counter op bound`."""

    counter: ir.LocalPlace
    op: ir.CompareOp
    bound: ir.Expr
    others: tuple[ir.Expr, ...]
    """What else must hold for another iteration."""


def counted(
    loop: ir.While, table: Locals, oracle: MutationOracle, *, must_be_steady: bool = True
) -> Counted | None:
    """Give a `while` loop as a range if it counts; the index is a new local of the table."""
    test = _test(loop, oracle)
    if test is None:
        return None
    step = _step(loop.body, test.counter, oracle, must_be_steady=must_be_steady)
    is_up = test.op in {ir.CompareOp.LT, ir.CompareOp.LE}
    if step is None or (step > 0) != is_up or abs(step) > _STEP_MAX:
        return None
    name = table.table[test.counter.local].name
    index = table.add(name, ir.INT)
    stop, condition = test.bound, None
    is_strict = test.op in {ir.CompareOp.LT, ir.CompareOp.GT}
    if not is_strict:
        stop = binary(ir.BinaryOp.ADD, stop, const(1 if is_up else -1))
    if not is_strict or abs(step) > 1:
        edge = _INT_MAX - step if is_up else -_INT_MAX - 1 - step
        op = ir.CompareOp.LE if is_up else ir.CompareOp.GE
        condition = ir.Compare(op, test.bound, const(edge))
    leave = (ir.Break(loop.span),)
    guards = tuple(ir.If(other, (), leave, loop.span) for other in test.others)
    body = _with_index((*guards, *loop.body), test.counter, index, oracle)
    made = ir.ForRange(
        index.local, load(test.counter), stop, const(step), body, loop.otherwise, loop.span
    )
    return Counted(made, condition)


def _test(loop: ir.While, oracle: MutationOracle) -> _Test | None:
    if loop.prepare:
        return None
    parts = _conjuncts(loop.condition)
    if len(parts) > 1 and loop.otherwise:
        return None  # it runs when any of them ends the loop
    for position, part in enumerate(parts):
        if not isinstance(part, ir.Compare) or part.op not in _MIRRORED:
            continue
        for one, op, other in (
            (part.left, part.op, part.right),
            (part.right, _MIRRORED[part.op], part.left),
        ):
            place = one.place if isinstance(one, ir.Load) else None
            if not isinstance(place, ir.LocalPlace) or place.type != ir.INT:
                continue
            is_written = place.local in locals_written_by(loop.body, oracle)
            if is_written and _is_invariant(other, loop.body, oracle):
                return _Test(place, op, other, parts[:position] + parts[position + 1 :])
    return None


def _conjuncts(condition: ir.Expr) -> tuple[ir.Expr, ...]:
    """Take `and` apart, whose operands are evaluated whatever the others are."""
    if not isinstance(condition, ir.Select) or condition.type != ir.BOOL:
        return (condition,)
    if condition.otherwise != ir.Const(ir.BOOL, value=False):
        return (condition,)
    return (*_conjuncts(condition.condition), *_conjuncts(condition.then))


def _step(
    block: ir.Block, counter: ir.LocalPlace, oracle: MutationOracle, *, must_be_steady: bool
) -> int | None:
    """Give by how much each iteration moves the counter; None if that is not sure."""
    if must_be_steady and _updates(block, counter, oracle) != 1:
        return None
    for statement in block:
        if counter.local not in locals_written_by((statement,), oracle):
            if must_be_steady and continues(statement):
                return None
            continue
        if isinstance(statement, ir.Scope):
            return _step(statement.body, counter, oracle, must_be_steady=must_be_steady)
        if not isinstance(statement, ir.Assign) or not isinstance(statement.value, ir.Binary):
            return None
        value = statement.value
        if value.left != load(counter) or not isinstance(value.right, ir.Const):
            return None
        amount = int(value.right.value)
        if value.op is ir.BinaryOp.ADD:
            return amount
        return -amount if value.op is ir.BinaryOp.SUB else None
    return None


def _updates(block: ir.Block, counter: ir.LocalPlace, oracle: MutationOracle) -> int:
    """Count the statements that write the counter."""
    count = 0
    for statement in statements_in(block):
        access = access_of(statement, oracle)
        paths = [path_of(place) for place in access.assigned + access.changed]
        count += any(path is not None and path.local == counter.local for path in paths)
    return count


def _with_index(
    block: ir.Block, counter: ir.LocalPlace, index: ir.LocalPlace, oracle: MutationOracle
) -> ir.Block:
    """Read the index instead of the counter where it has not moved yet."""
    for position, statement in enumerate(block):
        if counter.local not in locals_written_by((statement,), oracle):
            continue
        before = map_places(block[:position], lambda place: _renamed(place, counter, index))
        rest = block[position + 1 :]
        if isinstance(statement, ir.Scope):
            inner = _with_index(statement.body, counter, index, oracle)
            return (*before, replace(statement, body=inner), *rest)
        return (*before, *block[position:])
    return map_places(block, lambda place: _renamed(place, counter, index))


def _renamed(place: ir.Place, counter: ir.LocalPlace, index: ir.LocalPlace) -> ir.Place:
    match place:
        case ir.LocalPlace():
            return index if place == counter else place
        case ir.FieldPlace() | ir.ElementPlace():
            return replace(place, base=_renamed(place.base, counter, index))
        case ir.PointeePlace():
            return place


def _is_invariant(expr: ir.Expr, body: ir.Block, oracle: MutationOracle) -> bool:
    """Tell whether an Int expression has one value for the whole loop, and cannot fail."""
    match expr:
        case ir.Const():
            return True
        case ir.Load(place=ir.FieldPlace(base=base, name="length")) if _is_list(base):
            return _is_plain(base) and not _resizes(body, base, oracle)
        case ir.Load(place=place):
            path = path_of(place)
            if path is None or not _is_plain(place) or path.local in locals_declared_in(body):
                return False
            return not any(path.overlaps(other) for other in paths_written_by(body, oracle))
        case ir.Binary(op=ir.BinaryOp.ADD | ir.BinaryOp.SUB | ir.BinaryOp.MUL):
            return _is_invariant(expr.left, body, oracle) and _is_invariant(
                expr.right, body, oracle
            )
        case _:
            return False


def _is_list(place: ir.Place) -> bool:
    return isinstance(place.type, ir.StructType) and place.type.struct.startswith("List[")


def _is_plain(place: ir.Place) -> bool:
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


def _resizes(body: ir.Block, list_: ir.Place, oracle: MutationOracle) -> bool:
    """Tell whether a body writes more of a list than its elements."""
    path = path_of(list_)
    assert path is not None
    for statement in statements_in(body):
        access = access_of(statement, oracle)
        for place in access.assigned + access.changed:
            found = path_of(place)
            is_other = found is not None and not path.overlaps(found)
            if not is_other and not _is_in_element(place, list_):
                return True
    return False


def _is_in_element(place: ir.Place, list_: ir.Place) -> bool:
    while isinstance(place, ir.FieldPlace | ir.ElementPlace):
        if isinstance(place, ir.ElementPlace) and place.base == list_:
            return True
        place = place.base
    return False
