"""Fields of structs as variables of their own, for the analysis of one loop.

A loop in a method writes `self.total` and reads `self.cells`: two variables in all but name. A field that the body
writes, and whose struct it never touches as a whole, gets a local that stands for it; rules and forms then need not
know fields. The locals are never used at home: `restored` puts the fields back into the code that runs there. In a
chunk they are ordinary locals.
"""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import Locals
from meshnode.compiler.loops.names import Names
from meshnode.compiler.loops.walk import (
    MutationOracle,
    Path,
    locals_declared_in,
    map_blocks,
    map_places,
    path_of,
    paths_written_by,
    places_read,
    statements_in,
)

Fields = Mapping[ir.LocalId, ir.Place]
"""The field that each such local stands for."""


def with_fields(
    loop: ir.ForRange, names: Names, table: Locals, oracle: MutationOracle
) -> tuple[ir.ForRange, Fields]:
    """Rewrite a loop's body so that the fields it writes are locals."""
    declared = locals_declared_in((loop,))
    touched: set[Path] = set()
    written = paths_written_by(loop.body, oracle)
    for statement in statements_in(loop.body):
        touched |= {p for place in places_read(statement, oracle) if (p := path_of(place))}
    touched |= written
    chosen = sorted(
        (
            path
            for path in written
            if path.fields and path.local not in declared and not _is_split(path, touched, names)
        ),
        key=lambda path: (path.local, path.fields),
    )
    places: dict[Path, ir.LocalPlace] = {}
    fields: dict[ir.LocalId, ir.Place] = {}
    for path in chosen:
        local = table.add(names.path(path).strip("`"), names.type_at(path))
        places[path] = local
        fields[local.local] = _place_at(path, names)
    if not places:
        return loop, {}
    body = map_places(loop.body, lambda place: _renamed(place, places))
    read = (path_of(p) for statement in statements_in(body) for p in places_read(statement, oracle))
    reads = Counter(path.local for path in read if path is not None)
    passing = frozenset(local for local, count in reads.items() if count == 1)
    return replace(loop, body=_direct(body, frozenset(fields), passing)), fields


def _direct(
    block: ir.Block, fields: frozenset[ir.LocalId], passing: frozenset[ir.LocalId]
) -> ir.Block:
    """Let calls give their results to the new locals at once: a field's result went through another local."""
    statements: list[ir.Statement] = []
    for statement in block:
        call = statements[-1] if statements else None
        match statement, call:
            case (
                ir.Assign(target=ir.LocalPlace() as target, value=ir.Load(place=source)),
                ir.Call(target=ir.LocalPlace() as result, arguments=arguments),
            ) if (
                target.local in fields
                and source == result
                and result.local in passing
                and all(isinstance(argument, ir.ByValue) for argument in arguments)
            ):
                statements[-1] = replace(call, target=target)
            case _:
                statements.append(map_blocks(statement, lambda b: _direct(b, fields, passing)))
    return tuple(statements)


def restored(block: ir.Block, fields: Fields) -> ir.Block:
    """Put the fields back into code that runs at home."""
    if not fields:
        return block

    def restore(place: ir.Place) -> ir.Place:
        match place:
            case ir.LocalPlace():
                return fields.get(place.local, place)
            case ir.FieldPlace() | ir.ElementPlace():
                return replace(place, base=restore(place.base))
            case ir.PointeePlace():
                return place

    return map_places(block, restore)


def _is_split(path: Path, touched: set[Path], names: Names) -> bool:
    """Tell whether the body touches a struct around the field as a whole, or the field is a list's own."""
    for count in range(len(path.fields)):
        outer = Path(path.local, path.fields[:count])
        type_ = names.type_at(outer)
        is_list = isinstance(type_, ir.StructType) and names.module.structs[type_.struct].element
        if outer in touched or is_list:
            return True
    return False


def _renamed(place: ir.Place, places: Mapping[Path, ir.LocalPlace]) -> ir.Place:
    match place:
        case ir.FieldPlace():
            path = path_of(place)
            if path is not None and path in places and _is_chain(place):
                return places[path]
            return replace(place, base=_renamed(place.base, places))
        case ir.ElementPlace():
            return replace(place, base=_renamed(place.base, places))
        case ir.LocalPlace() | ir.PointeePlace():
            return place


def _is_chain(place: ir.Place) -> bool:
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


def _place_at(path: Path, names: Names) -> ir.Place:
    place: ir.Place = ir.LocalPlace(path.local, names.function.locals[path.local].type)
    for count in range(1, len(path.fields) + 1):
        type_ = names.type_at(Path(path.local, path.fields[:count]))
        place = ir.FieldPlace(place, path.fields[count - 1], type_)
    return place
