"""The captures of a split loop: the places at home, and the struct that holds them in a slice."""

from meshnode.compiler import ir
from meshnode.compiler.loops.plan import LoopPlan
from meshnode.compiler.loops.walk import Path, path_of


def capture_places(plan: LoopPlan) -> tuple[ir.Place, ...]:
    """Give home's places of the captures, in order."""
    return tuple(place_at(path, plan) for path in plan.captures)


def place_at(path: Path, plan: LoopPlan) -> ir.Place:
    """Give the place that a path names."""
    place: ir.Place = ir.LocalPlace(path.local, plan.body.function.locals[path.local].type)
    for count in range(1, len(path.fields) + 1):
        part = Path(path.local, path.fields[:count])
        place = ir.FieldPlace(place, path.fields[count - 1], plan.body.names.type_at(part))
    return place


def captures_struct(plan: LoopPlan, number: int) -> ir.StructDefinition:
    """Give the struct of a loop's captures: start, step, random numbers' state, then the captures in order."""
    fields = [ir.Field("start", ir.INT), ir.Field("step", ir.INT)]
    if plan.body.draws:
        fields += [ir.Field("seed", ir.UINT), ir.Field("taken", ir.UINT)]
    fields += [
        ir.Field(f"capture{index}", plan.body.names.type_at(path))
        for index, path in enumerate(plan.captures)
    ]
    name = ir.StructId(f"$Captures{number}")
    return ir.StructDefinition(name, tuple(fields), None, None, None)


def substitute(place: ir.Place, locals_: dict[Path, ir.LocalPlace]) -> ir.Place:
    """Replace the field of an outer variable that is captured by the local that holds it."""
    if isinstance(place, ir.FieldPlace):
        path = path_of(place)
        if path is not None and path in locals_ and len(path.fields) == _chain_length(place):
            return locals_[path]
        return ir.FieldPlace(substitute(place.base, locals_), place.name, place.type)
    if isinstance(place, ir.ElementPlace):
        base = substitute(place.base, locals_)
        return ir.ElementPlace(base, place.index, place.type, place.span)
    return place


def _chain_length(place: ir.Place) -> int:
    length = 0
    while isinstance(place, ir.FieldPlace):
        place = place.base
        length += 1
    return length if isinstance(place, ir.LocalPlace) else -1
