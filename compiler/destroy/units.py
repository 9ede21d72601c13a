"""What destruction watches in one function: units, and which of them a statement uses, defines and gives away.

A unit is a variable that the function owns, or one of its fields. A pointer into a variable (and what holds such
pointers) stands for the variable: its uses are uses of all that it may point into, told without regard to flow.
"""

from collections.abc import Iterator, Mapping

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import (
    Access,
    access_of,
    indexes_of,
    path_of,
    places_read_by,
    statements_in,
)


class Unit(msgspec.Struct, frozen=True, order=True):
    """A variable, or a field of one."""

    local: ir.LocalId
    field: str = ""
    """Empty: the whole variable."""


class Touch(msgspec.Struct, frozen=True):
    """What a statement by itself does with units."""

    used: frozenset[Unit]
    defined: frozenset[Unit]
    """Given a new value; what they held is gone."""
    emptied: frozenset[Unit]
    """Moved away, given to a callee that takes them over, or dropped."""


class Passings:
    """Knows how functions take their arguments."""

    def __init__(self, functions: Mapping[ir.FunctionId, ir.Function]) -> None:
        self.functions = functions

    def changes(self, function: ir.FunctionId, parameter: int) -> bool:
        """Tell whether the callee may write the argument's place; see `walk.MutationOracle`."""
        passing = self.functions[function].parameters[parameter].passing
        return passing in {ir.Passing.MUTATE, ir.Passing.OWNED}

    def takes(self, call: ir.Call, parameter: int) -> bool:
        """Tell whether the callee takes the argument over."""
        passing = self.functions[call.function].parameters[parameter].passing
        return passing is ir.Passing.OWNED


class Borrowing:
    """Knows which types may hold pointers into what somebody else owns."""

    def __init__(self, module: ir.Module) -> None:
        self._module = module
        self._known: dict[ir.StructId, bool] = {}

    def may_borrow(self, type_: ir.Type) -> bool:
        """Tell whether a value of the type may point into a variable."""
        match type_:
            case ir.PointerType():
                return True
            case ir.StructType(struct):
                if struct not in self._known:
                    self._known[struct] = False
                    self._known[struct] = self._struct_borrows(struct)
                return self._known[struct]
            case _:
                return False

    def _struct_borrows(self, struct: ir.StructId) -> bool:
        definition = self._module.structs[struct]
        drop = None if definition.drop is None else self._module.functions.get(definition.drop)
        owns = drop is not None and any(isinstance(s, ir.Call) for s in statements_in(drop.body))
        for field in definition.fields:
            type_ = field.type
            while owns and isinstance(type_, ir.PointerType):
                type_ = type_.pointee  # its own memory; what lies there may point elsewhere
            if self.may_borrow(type_):
                return True
        return False


class Units:
    """The units of one function."""

    def __init__(
        self,
        function: ir.Function,
        units: Mapping[ir.LocalId, tuple[Unit, ...]],
        passings: Passings,
        borrowing: Borrowing,
    ) -> None:
        self._function = function
        self._units = units
        self._passings = passings
        self._origins = _origins(function, passings, borrowing) if units else {}

    def of(self, local: ir.LocalId) -> tuple[Unit, ...]:
        """Give a variable's units; none if it is not watched."""
        return self._units.get(local, ())

    def touch(self, statement: ir.Statement) -> Touch:
        """Tell what a statement by itself does, its blocks left out."""
        access = access_of(statement, self._passings)
        used: set[Unit] = set()
        for value in access.values:
            used |= self.read_by(value)
        for place in access.places():
            for index in indexes_of(place):
                used |= self.read_by(index)
        defined = {unit for place in access.assigned for unit in self.exactly(place)}
        emptied = set(self._emptied(statement))
        dropped: set[Unit] = set()
        if isinstance(statement, ir.Drop):  # a whole variable's drop uses its fields
            is_whole = isinstance(statement.place, ir.LocalPlace)
            dropped = {unit for unit in emptied if not (is_whole and unit.field)}
        for place in (*access.read, *access.changed, *access.assigned):
            used |= self._mentioned(place)
        targets = set(access.assigned) - {*access.read, *access.changed}
        only_defined = {unit for place in targets for unit in self.exactly(place)}
        reads = {u for p in (*access.read, *access.changed) for u in self._mentioned(p)}
        used -= (only_defined - reads) | dropped
        return Touch(frozenset(used), frozenset(defined), frozenset(emptied))

    def read_by(self, expr: ir.Expr) -> frozenset[Unit]:
        """Give the units that an expression uses."""
        return frozenset(u for place in places_read_by(expr) for u in self._mentioned(place))

    def directly_read_by(self, expr: ir.Expr) -> frozenset[Unit]:
        """Give the units that an expression reads itself, pointers into them left out."""
        found: set[Unit] = set()
        for place in places_read_by(expr):
            path = path_of(place)
            if path is not None:
                found.update(self.of(path.local))
        return frozenset(found)

    def exactly(self, place: ir.Place) -> tuple[Unit, ...]:
        """Give the units that make up a place; none if it is not that of whole units."""
        match place:
            case ir.LocalPlace(local):
                return self.of(local)
            case ir.FieldPlace(ir.LocalPlace(local), name):
                return tuple(unit for unit in self.of(local) if unit.field == name)
            case _:
                return ()

    def _mentioned(self, place: ir.Place) -> frozenset[Unit]:
        path = path_of(place)
        if path is None:
            return frozenset()
        found: set[Unit] = set()
        for unit in self.of(path.local):
            if not unit.field or not path.fields or path.fields[0] == unit.field:
                found.add(unit)
        for origin in self._origins.get(path.local, ()):
            found.update(self.of(origin))
        return frozenset(found)

    def _emptied(self, statement: ir.Statement) -> Iterator[Unit]:
        match statement:
            case ir.Move(_, source):
                yield from self.exactly(source)
            case ir.Drop(place) | ir.Raise(place):
                yield from self.exactly(place)
            case ir.Call():
                for number, argument in enumerate(statement.arguments):
                    if isinstance(argument, ir.ByReference) and self._passings.takes(
                        statement, number
                    ):
                        yield from self.exactly(argument.place)
            case _:
                return


def _origins(
    function: ir.Function, passings: Passings, borrowing: Borrowing
) -> dict[ir.LocalId, set[ir.LocalId]]:
    """Find which variables each local may point into."""
    found: dict[ir.LocalId, set[ir.LocalId]] = {}
    for statement in statements_in(function.body):
        access = access_of(statement, passings)
        sources = set(_sources(access))
        if not sources:
            continue
        targets = [*access.assigned]
        if isinstance(statement, ir.Call):
            targets += access.changed
        for target in targets:
            path = path_of(target)
            if path is not None and borrowing.may_borrow(function.locals[path.local].type):
                found.setdefault(path.local, set()).update(sources - {path.local})
    changed = True
    while changed:
        changed = False
        for local, origins in found.items():
            wider = origins.union(*(found.get(origin, ()) for origin in origins)) - {local}
            if wider != origins:
                found[local] = wider
                changed = True
    return found


def _sources(access: Access) -> Iterator[ir.LocalId]:
    """Walk the variables whose address, or pointers, a statement hands on."""
    places = [*access.read, *access.changed]
    for value in access.values:
        places += places_read_by(value)
    for place in places:
        path = path_of(place)
        if path is not None:
            yield path.local


def copied_whole(function: ir.Function) -> set[ir.LocalId]:
    """Find the variables that are copied as a whole without the source's saying so."""
    return {
        argument.place.local
        for statement in statements_in(function.body)
        if isinstance(statement, ir.Call) and statement.is_elidable
        for argument in statement.arguments
        if isinstance(argument, ir.ByReference) and isinstance(argument.place, ir.LocalPlace)
    }
