"""Whole blocks of a list at once: loops of replay that only store floats from the tape, side by side.

    for j in range(lo, hi): x = next of the tape; a[f] = x        with f = j + what the loop does not change

becomes a copy of memory if all these elements exist and are on the tape; else the loop runs as it is, so that a
failure comes at its element.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.arrays import is_array
from meshnode.compiler.loops.build import (
    Locals,
    assign,
    binary,
    call,
    const,
    load,
    size_of,
    when,
)
from meshnode.compiler.loops.walk import map_blocks, map_operands, statements_in

_RAW_POPS = {"_pop_word": ir.FLOAT64, "_pop_half": ir.FLOAT32}
"""Functions that take values off the tape which a list holds in the same form."""


class Stretch(msgspec.Struct, frozen=True):
    """A loop that stores side by side what the tape has next."""

    loop: ir.ForRange
    list: ir.LocalPlace
    item: ir.Type
    index: ir.Expr
    """The loop's own index plus what it does not change."""


def find_stretch(loop: ir.ForRange, generated: int) -> Stretch | None:
    """Tell whether a loop of replay does nothing else; locals from `generated` on are not the program's."""
    leaves, own = _flattened(loop.body)
    if loop.otherwise or loop.step != const(1) or len(leaves) < 3:  # noqa: PLR2004 - pop, convert, store
        return None
    *cheap, pop, convert, store = leaves
    if not (isinstance(pop, ir.Call) and isinstance(pop.target, ir.LocalPlace)):
        return None
    if not (isinstance(convert, ir.Assign) and isinstance(store, ir.Assign)):
        return None
    value, target = convert.target, store.target
    if not (isinstance(value, ir.LocalPlace) and isinstance(target, ir.ElementPlace)):
        return None
    is_own = value.local in own or value.local >= generated
    is_own = is_own and not is_array(target.base.type)
    is_raw = _RAW_POPS.get(pop.function) == value.type == target.type
    if not is_own or not is_raw or not isinstance(convert.value, ir.Pure):
        return None
    if store.value != load(value) or not isinstance(target.base, ir.LocalPlace):
        return None
    index = _unfolded(target.index, cheap, own)
    changed = {value.local, pop.target.local, target.base.local} | own
    if index is None or _growth(index, loop.index, changed) != 1:
        return None
    return Stretch(loop, target.base, target.type, index)


def _unfolded(index: ir.Expr, cheap: list[ir.Statement], own: set[ir.LocalId]) -> ir.Expr | None:
    """Write an index without the variables that are computed for it; None if anything else is done before."""
    known: dict[ir.LocalId, ir.Expr] = {}

    def written_out(expr: ir.Expr) -> ir.Expr:
        if isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace):
            return known.get(expr.place.local, expr)
        return map_operands(expr, written_out)

    for statement in cheap:
        if not (isinstance(statement, ir.Assign) and isinstance(statement.target, ir.LocalPlace)):
            return None
        local, value = statement.target.local, written_out(statement.value)
        if local not in own or local in known or _growth(value, None, set()) is None:
            return None
        known[local] = value
    return written_out(index)


def find_stretches(block: ir.Block, generated: int) -> Iterator[Stretch]:
    """Walk the stretches in a block of replay."""
    for statement in statements_in(block):
        if isinstance(statement, ir.ForRange):
            stretch = find_stretch(statement, generated)
            if stretch is not None:
                yield stretch


def with_copies(block: ir.Block, tape: ir.LocalPlace, table: Locals, generated: int) -> ir.Block:
    """Copy the stretches of a block of replay."""
    statements: list[ir.Statement] = []
    for statement in block:
        stretch = None
        if isinstance(statement, ir.ForRange):
            stretch = find_stretch(statement, generated)
        if stretch is not None:
            statements += _copy(stretch, tape, table)
        else:
            inner = map_blocks(statement, lambda b: with_copies(b, tape, table, generated))
            statements.append(inner)
    return tuple(statements)


def _copy(stretch: Stretch, tape: ir.LocalPlace, table: Locals) -> ir.Block:
    start, stop, first = (table.add(f"${name}", ir.INT) for name in ("start", "stop", "first"))
    fits = table.add("$fits", ir.BOOL)
    loop = stretch.loop
    index = ir.LocalPlace(loop.index, ir.INT)
    count = binary(ir.BinaryOp.SUB, load(stop), load(start))
    length = load(ir.FieldPlace(stretch.list, "length", ir.INT))
    data = load(ir.FieldPlace(stretch.list, "data", ir.PointerType(stretch.item)))
    size = size_of(stretch.item)
    offset = ir.Convert(binary(ir.BinaryOp.MUL, load(first), size), ir.UINT)
    address = binary(ir.BinaryOp.ADD, ir.Convert(data, ir.UINT), offset)
    check = (
        assign(index, load(start)),
        assign(first, stretch.index),
        call("_block_fits", tape, load(first), count, length, size, target=fits),
    )
    copy = call("_pop_bytes", tape, address, binary(ir.BinaryOp.MUL, count, size))
    return (
        assign(start, loop.start),
        assign(stop, loop.stop),
        assign(fits, ir.Const(ir.BOOL, value=False)),
        when(ir.Compare(ir.CompareOp.LT, load(start), load(stop)), check),
        when(load(fits), (copy,), (replace(loop, start=load(start), stop=load(stop)),)),
    )


def _flattened(block: ir.Block) -> tuple[list[ir.Statement], set[ir.LocalId]]:
    """Give a block's statements without the scopes around them, and what these declare."""
    leaves: list[ir.Statement] = []
    declared: set[ir.LocalId] = set()
    for statement in block:
        if isinstance(statement, ir.Scope):
            inner, own = _flattened(statement.body)
            leaves += inner
            declared |= own | set(statement.locals)
        else:
            leaves.append(statement)
    return leaves, declared


def _growth(expr: ir.Expr, index: ir.LocalId | None, changed: set[ir.LocalId]) -> int | None:
    """Tell by how much an Int expression grows with the index; None if it may do otherwise, or fail."""
    match expr:
        case ir.Const():
            return 0
        case ir.Load(place=ir.LocalPlace(local=local)):
            if local in changed or expr.type != ir.INT:
                return None
            return int(local == index)
        case ir.Binary(op=ir.BinaryOp.ADD | ir.BinaryOp.SUB | ir.BinaryOp.MUL):
            left = _growth(expr.left, index, changed)
            right = _growth(expr.right, index, changed)
            if left is None or right is None:
                return None
            if expr.op is ir.BinaryOp.MUL:
                return 0 if left == right == 0 else None
            return left + right if expr.op is ir.BinaryOp.ADD else left - right
        case _:
            return None
