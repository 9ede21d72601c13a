"""Folds with `and` and `or`, which evaluate their right side under a condition on the accumulator.

The checker makes three statements of `ok = ok and e`:

    t = ok; if t { ...; t = e }; ok = t

Analysis would stop at the carried condition. `straightened` writes what a chunk may do instead,

    t = True; if t { ...; t = e }; ok = ok & t

which leaves the same in `ok`; a failure in `e` is repeated at home, where `ok` may be False. Chunks get `t = ok` back,
so that they stop evaluating `e` as the program does. All this is sound only if the fold is recognised and `e` is
recorded as a whole; else the planner refuses the short cut.
"""

from collections import Counter

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import binary, load
from meshnode.compiler.loops.walk import (
    MutationOracle,
    access_of,
    leaves_abruptly,
    locals_declared_in,
    locals_written_by,
    map_blocks,
    path_of,
    places_read,
    statements_in,
)


class Shortcut(msgspec.Struct, frozen=True):
    """One fold that was straightened."""

    start: ir.Statement
    """`t = True` (or False)."""
    start_as_written: ir.Statement
    """`t = ok`, which chunks run."""
    test: ir.Statement
    """`if t { ... }`"""
    fold: ir.Statement
    """`ok = ok & t` (or `|`)."""
    fold_as_written: ir.Statement
    """`ok = t`"""


def straightened(
    loop: ir.ForRange,
    oracle: MutationOracle,
    refused: frozenset[ir.Statement],
    *,
    must_be_closed: bool = True,
) -> tuple[ir.ForRange, tuple[Shortcut, ...]]:
    """Rewrite the short cuts of a loop's body but those whose last statement is refused."""
    found: list[Shortcut] = []
    mentions = _mentions(loop.body, oracle)
    declared = locals_declared_in(loop.body)

    def rewrite(block: ir.Block) -> ir.Block:
        statements = [map_blocks(statement, rewrite) for statement in block]
        for place in range(len(block) - 2):
            triple = block[place : place + 3]
            op = _operator(*triple)
            if op is None or triple[2] in refused:
                continue
            written = locals_written_by(triple[:2], oracle)
            own = _mentions(triple, oracle)
            is_closed = written <= declared and all(own[v] == mentions[v] for v in written)
            if must_be_closed and not is_closed:
                continue  # the condition decides more than the accumulator
            first, last = triple[0], triple[2]
            assert isinstance(first, ir.Assign)
            assert isinstance(last, ir.Assign)
            start = replace(first, value=ir.Const(ir.BOOL, value=op is ir.BinaryOp.AND))
            fold = replace(last, value=binary(op, ir.Load(last.target, ir.BOOL), last.value))
            statements[place], statements[place + 2] = start, fold
            found.append(Shortcut(start, first, statements[place + 1], fold, last))
        return tuple(statements)

    body = rewrite(loop.body)
    return (replace(loop, body=body) if found else loop), tuple(found)


def _operator(first: ir.Statement, test: ir.Statement, last: ir.Statement) -> ir.BinaryOp | None:
    """Tell whether three statements are `ok = ok and ...` or `ok = ok or ...`."""
    if not (isinstance(first, ir.Assign) and isinstance(last, ir.Assign)):
        return None
    if not (isinstance(first.target, ir.LocalPlace) and isinstance(last.target, ir.LocalPlace)):
        return None
    if not isinstance(test, ir.If) or first.target.type != ir.BOOL or first.target == last.target:
        return None
    if first.value != load(last.target) or last.value != load(first.target):
        return None
    if test.condition != load(first.target) or bool(test.then) == bool(test.otherwise):
        return None
    if leaves_abruptly(test):
        return None
    return ir.BinaryOp.AND if test.then else ir.BinaryOp.OR


def _mentions(block: ir.Block, oracle: MutationOracle) -> Counter[ir.LocalId]:
    found: Counter[ir.LocalId] = Counter()
    for statement in statements_in(block):
        for place in (*places_read(statement, oracle), *access_of(statement, oracle).assigned):
            path = path_of(place)
            if path is not None:
                found[path.local] += 1
    return found
