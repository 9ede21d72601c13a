"""Leaving a loop early: `break` out of the loop itself, and `return` (loops rules, section 3).

Chunks stop after an iteration that leaves, and at home the replayed or plain iteration leaves both the chunk and the
loop over chunks. A chunk that runs past such an iteration, since it cannot know, computes in vain.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import assign, load, when
from meshnode.compiler.loops.walk import blocks_of, map_blocks, statements_in

_TRUE = ir.Const(ir.BOOL, value=True)


def breaks_of(block: ir.Block) -> Iterator[ir.Break]:
    """Walk the `Break`s that leave the loop whose body the block is."""
    for statement in block:
        match statement:
            case ir.Break():
                yield statement
            case ir.ForRange() | ir.While():
                yield from breaks_of(statement.otherwise)
            case _:
                for part in blocks_of(statement):
                    yield from breaks_of(part)


def leaving_in(block: ir.Block) -> tuple[ir.Statement, ...]:
    """Give the statements of a loop's body that leave the loop."""
    returns = tuple(s for s in statements_in(block) if isinstance(s, ir.Return))
    return (*breaks_of(block), *returns)


def noting_breaks(block: ir.Block, mark: ir.LocalPlace) -> ir.Block:
    """Set the mark before each `Break` that leaves the loop whose body the block is."""
    statements: list[ir.Statement] = []
    for statement in block:
        match statement:
            case ir.Break():
                statements += [assign(mark, _TRUE), statement]
            case ir.ForRange() | ir.While():
                otherwise = noting_breaks(statement.otherwise, mark)
                statements.append(replace(statement, otherwise=otherwise))
            case _:
                statements.append(map_blocks(statement, lambda b: noting_breaks(b, mark)))
    return tuple(statements)


def stopping(block: ir.Block, mark: ir.LocalPlace) -> ir.Block:
    """Let a chunk's iteration end where it leaves the loop, with the mark set: `return` too, from any depth."""
    statements: list[ir.Statement] = []
    for statement in block:
        if isinstance(statement, ir.Return):
            statements += [assign(mark, _TRUE), ir.Break(statement.span)]
            break
        if isinstance(statement, ir.Break):
            statements += [assign(mark, _TRUE), statement]
            break
        if not isinstance(statement, ir.ForRange | ir.While):
            statements.append(map_blocks(statement, lambda b: stopping(b, mark)))
            continue
        inner = replace(
            statement,
            body=_returning(statement.body, mark),
            otherwise=stopping(statement.otherwise, mark),
        )
        statements.append(inner)
        if any(isinstance(s, ir.Return) for s in statements_in(statement.body)):
            statements.append(when(load(mark), (ir.Break(statement.span),)))
    return tuple(statements)


def _returning(block: ir.Block, mark: ir.LocalPlace) -> ir.Block:
    """Let `return` leave an inner loop with the mark set; the loop's own `break`s stay."""
    statements: list[ir.Statement] = []
    for statement in block:
        if isinstance(statement, ir.Return):
            statements += [assign(mark, _TRUE), ir.Break(statement.span)]
            break
        statements.append(map_blocks(statement, lambda b: _returning(b, mark)))
        is_loop = isinstance(statement, ir.ForRange | ir.While)
        if is_loop and any(isinstance(s, ir.Return) for s in statements_in((statement,))):
            statements.append(when(load(mark), (ir.Break(statement.span),)))
    return tuple(statements)
