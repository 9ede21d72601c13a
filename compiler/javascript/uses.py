"""Which locals of a function are named where: what a scope or a loop may declare, and what the whole function must."""

from collections import Counter

from meshnode.compiler import ir
from meshnode.compiler.addressed import ANY_CALL_CHANGES, expressions_of
from meshnode.compiler.loops.walk import access_of, statements_in


def stray_locals(function: ir.Function, placed: set[ir.LocalId]) -> tuple[ir.LocalId, ...]:
    """Give the locals that no scope declares, and those that are also named outside of it."""
    everywhere = _uses(function.body)
    contained = set(placed)
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Scope):
            inside = _uses(statement.body)
            contained.update(x for x in statement.locals if inside[x] == everywhere[x])
    candidates = [ir.LocalId(index) for index in range(len(function.locals))]
    return tuple(
        local
        for local in candidates
        if local not in contained and (everywhere[local] or local == function.result)
    )


def loop_locals(function: ir.Function) -> dict[ir.LocalId, bool]:
    """Find the loop indices that nothing outside of their loop's body names; tell whether the body changes them."""
    declared: set[ir.LocalId] = {parameter.local for parameter in function.parameters}
    loops_of: dict[ir.LocalId, list[ir.ForRange]] = {}
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Scope):
            declared.update(statement.locals)
        elif isinstance(statement, ir.ForRange):
            loops_of.setdefault(statement.index, []).append(statement)
    if not loops_of:
        return {}
    everywhere = _uses(function.body)
    found = {}
    for local, of_local in loops_of.items():
        if local in declared or local == function.result or len(of_local) != 1:
            continue
        inside = _uses(of_local[0].body)[local]
        if everywhere[local] == inside + 1:
            found[local] = any(_assigns(s, local) for s in statements_in(of_local[0].body))
    return found


def _uses(block: ir.Block) -> Counter[ir.LocalId]:
    """Count how often locals are named."""
    uses: Counter[ir.LocalId] = Counter()
    for statement in statements_in(block):
        if isinstance(statement, ir.Try):
            uses[statement.error] += 1
            continue
        places = list(access_of(statement, ANY_CALL_CHANGES).places())
        places += [
            e.place for e in expressions_of(statement) if isinstance(e, ir.Load | ir.AddressOf)
        ]
        for place in places:
            base = place
            while isinstance(base, ir.FieldPlace | ir.ElementPlace):
                base = base.base
            if isinstance(base, ir.LocalPlace):
                uses[base.local] += 1
    return uses


def _assigns(statement: ir.Statement, local: ir.LocalId) -> bool:
    access = access_of(statement, ANY_CALL_CHANGES)
    return any(
        isinstance(place, ir.LocalPlace) and place.local == local
        for place in access.assigned + access.changed
    )
