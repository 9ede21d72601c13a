"""Whose destruction programs can see: structs with a destructor of the program's own, and all that hold such.

Judged by what their drop functions reach, so that the elements of a library's container count.
"""

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import statements_in

COUNTED = "ArcPointer["
"""Structs of the library whose destruction can be seen: by their reference counts."""


def observed_structs(module: ir.Module) -> frozenset[ir.StructId]:
    """Find the structs whose destruction can be seen: their drop reaches a destructor of the program's own."""
    calls: dict[ir.StructId, set[ir.StructId]] = {}
    observed = {
        struct
        for struct, definition in module.structs.items()
        if struct.startswith(COUNTED)
        or any(member.name == "$alive" for member in definition.fields)
    }
    if not observed:
        return frozenset()
    for struct, definition in module.structs.items():
        if definition.drop is not None:
            calls[struct] = _dropped_within(module, definition.drop)
    changed = True
    while changed:
        changed = False
        for struct, inner in calls.items():
            if struct not in observed and inner & observed:
                observed.add(struct)
                changed = True
    return frozenset(struct for struct in observed if module.structs[struct].drop is not None)


def _dropped_within(module: ir.Module, drop: ir.FunctionId) -> set[ir.StructId]:
    """Give the structs that a drop function destroys, itself or in the functions that it calls."""
    found: set[ir.StructId] = set()
    waiting, seen = [drop], {drop}
    while waiting:
        function = module.functions.get(waiting.pop())
        if function is None:
            continue
        found.update(
            p.type.struct
            for s in statements_in(function.body)
            if isinstance(s, ir.Drop) and isinstance((p := s.place).type, ir.StructType)
        )
        found.update(
            local.type.struct for local in function.locals if isinstance(local.type, ir.StructType)
        )
        for statement in statements_in(function.body):
            if isinstance(statement, ir.Call) and statement.function not in seen:
                seen.add(statement.function)
                waiting.append(statement.function)
    return found
