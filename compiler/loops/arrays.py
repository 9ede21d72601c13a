"""Elements of Arrays as places of the Array, for loop analysis.

The checker makes of `ys[i]`, with `ys` an Array, what a pointer to its first element and an offset lead to. Analysis
knows nothing of what pointers lead to, so that it would neither record such a read nor know what such a write changes.
`with_elements` makes it an element of `ys`; `without_elements` undoes this for the back ends, in which elements are
those of Lists.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import GENERATED
from meshnode.compiler.loops.walk import map_blocks, map_places, statements_in

_ZERO = ir.Const(ir.INT, 0)

Kept = Mapping[ir.LocalId, ir.Place]
"""Temporaries with the Arrays in which what they lead to lies."""


def with_elements(function: ir.Function) -> ir.Function:
    """Make elements of Arrays places within them."""
    kept = _kept(function)
    locals_ = tuple(
        replace(local, type=ir.INT) if number in kept else local
        for number, local in enumerate(function.locals)
    )
    body = _with_indexes(function.body, kept) if kept else function.body
    return replace(function, locals=locals_, body=map_places(body, partial(_element, kept)))


def _kept(function: ir.Function) -> Kept:
    """Find the temporaries that keep where an element is and are only followed: an assignment's target is one."""
    found: dict[ir.LocalId, ir.Place] = {}
    definitions: Counter[ir.LocalId] = Counter()
    mentions: Counter[ir.LocalId] = Counter()

    def count(place: ir.Place) -> ir.Place:
        inner = place
        while isinstance(inner, ir.FieldPlace | ir.ElementPlace):
            inner = inner.base
        if isinstance(inner, ir.LocalPlace):
            mentions[inner.local] += 1
        elif isinstance(inner.pointer, ir.Load) and isinstance(inner.pointer.place, ir.LocalPlace):
            mentions[inner.pointer.place.local] -= 1
        return place

    map_places(function.body, count)
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Assign) and isinstance(statement.target, ir.LocalPlace):
            local, place = statement.target.local, _array_and_index(statement.value)
            definitions[local] += 1
            if place is not None and _is_fixed(place[0]):
                found[local] = place[0]
    is_temporary = {n for n, local in enumerate(function.locals) if local.name.startswith("$")}
    return {
        local: array
        for local, array in found.items()
        if definitions[local] == mentions[local] == 1 and local in is_temporary
    }


def _is_fixed(place: ir.Place) -> bool:
    """Tell whether a place is the same wherever it is named."""
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


def _with_indexes(block: ir.Block, kept: Kept) -> ir.Block:
    """Let temporaries keep indexes instead of pointers."""
    statements: list[ir.Statement] = []
    for statement in block:
        match statement:
            case ir.Assign(target=ir.LocalPlace(local=local), value=value) if local in kept:
                found = _array_and_index(value)
                assert found is not None
                target = ir.LocalPlace(local, ir.INT)
                statements.append(replace(statement, target=target, value=found[1]))
            case _:
                statements.append(map_blocks(statement, lambda b: _with_indexes(b, kept)))
    return tuple(statements)


def without_elements(function: ir.Function) -> ir.Function:
    """Make elements of Arrays what pointers lead to again."""
    return replace(function, body=map_places(function.body, _pointee))


def is_array(type_: ir.Type) -> bool:
    """Tell whether a type is one of the library's Arrays."""
    return isinstance(type_, ir.StructType) and type_.struct.startswith("Array[")


def _element(kept: Kept, place: ir.Place) -> ir.Place:
    match place:
        case ir.PointeePlace(pointer=ir.Load(place=ir.LocalPlace(local=local)), type=type_) if (
            local in kept
        ):
            index = ir.Load(ir.LocalPlace(local, ir.INT), ir.INT)
            return ir.ElementPlace(kept[local], index, type_, GENERATED)
        case ir.PointeePlace(pointer=pointer, type=type_):
            found = _array_and_index(pointer)
            if found is None:
                return place
            return ir.ElementPlace(*found, type_, GENERATED)
        case ir.FieldPlace() | ir.ElementPlace():
            return replace(place, base=_element(kept, place.base))
        case ir.LocalPlace():
            return place


def _array_and_index(pointer: ir.Expr) -> tuple[ir.Place, ir.Expr] | None:
    index: ir.Expr = _ZERO
    if isinstance(pointer, ir.Pure) and pointer.name == "pointer_offset":
        pointer, index = pointer.arguments
    if not isinstance(pointer, ir.Convert) or not isinstance(pointer.operand, ir.AddressOf):
        return None
    array = pointer.operand.place
    return (array, index) if is_array(array.type) else None


def _pointee(place: ir.Place) -> ir.Place:
    match place:
        case ir.ElementPlace(base=base, index=index, type=type_) if is_array(base.type):
            array = _pointee(base)
            pointer = ir.PointerType(type_)
            first = ir.Convert(ir.AddressOf(array, ir.PointerType(array.type)), pointer)
            if index == _ZERO:
                return ir.PointeePlace(first, type_)
            return ir.PointeePlace(ir.Pure("pointer_offset", (first, index), pointer), type_)
        case ir.FieldPlace() | ir.ElementPlace():
            return replace(place, base=_pointee(place.base))
        case ir.LocalPlace() | ir.PointeePlace():
            return place
