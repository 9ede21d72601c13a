"""What stores through pointers may reach (loops rules, section 2, "Aliasing").

A pointer that is written through may lead to any variable whose address was taken: by `AddressOf`, or by a call that is
given the variable by reference and has something with a pointer to keep it in: `xs.unsafe_ptr()`, `Span(xs)`, a method
that returns a `ref`. If a function is given pointers, they may lead to whatever else it is given by reference. Lists,
dictionaries and strings have pointers too, but to what is theirs alone.
"""

from collections.abc import Iterator

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.effects import Summaries, is_prelude
from meshnode.compiler.loops.library_facts import LibraryFacts
from meshnode.compiler.loops.names import Names
from meshnode.compiler.loops.walk import (
    access_of,
    expressions_in,
    path_of,
    places_read,
    statements_in,
)

_OWNERS = ("List[", "Deque[", "Dict[", "OwnedPointer[")
"""Structs of the library whose pointers lead to what only they have."""

_POINTERS = ("Pointer[", "Span[", "ArcPointer[")

_DEPTH_MAX = 20
"""Calls within calls that are looked into."""

_COPYING = frozenset({"memory_copy", "memory_fill"})


class Aliases(msgspec.Struct):
    """Knows, for the functions of one module, who may write through pointers, and to what."""

    module: ir.Module
    summaries: Summaries
    facts: LibraryFacts = msgspec.field(default_factory=LibraryFacts)
    _holding: dict[ir.Type, bool] = msgspec.field(default_factory=dict)
    _storing: frozenset[ir.FunctionId] | None = None
    _taken: dict[ir.FunctionId, frozenset[ir.LocalId]] = msgspec.field(default_factory=dict)
    _depth: int = 0

    def stores(self, block: ir.Block, function: ir.Function) -> ir.Statement | None:
        """Give the first statement of a block that may write through a pointer that leads to something foreign."""
        found = (s for s in statements_in(block) if self._stores(s, function, self._functions()))
        return next(found, None)

    def watched(self, block: ir.Block, function: ir.Function) -> frozenset[ir.LocalId]:
        """Give the variables that a block may read through pointers, at any moment."""
        reads = any(self._follows(statement, function) for statement in statements_in(block))
        return self.taken(function) if reads else frozenset()

    def taken(self, function: ir.Function) -> frozenset[ir.LocalId]:
        """Give the variables of a function that a pointer may lead to."""
        known = self._taken.get(function.function)
        if known is None:
            self._taken[function.function] = _given(function)  # for functions that call each other
            known = self._with_moved(frozenset(self._find_taken(function)), function)
            self._taken[function.function] = known
        return known

    def names(self, function: ir.Function) -> Names:
        """Name the variables of a function for people."""
        return Names(self.module, function)

    def holds_pointer(self, type_: ir.Type) -> bool:
        """Tell whether a value of a type may lead to something that is not its own."""
        known = self._holding.get(type_)
        if known is None:
            self._holding[type_] = False  # a type within itself adds nothing
            known = self._find_pointer(type_)
            self._holding[type_] = known
        return known

    def _find_pointer(self, type_: ir.Type) -> bool:
        if isinstance(type_, ir.PointerType):
            return True
        if not isinstance(type_, ir.StructType):
            return False
        types = [f.type for f in self.module.structs[type_.struct].fields]
        if type_.struct.startswith(_OWNERS):
            types = [t.pointee if isinstance(t, ir.PointerType) else t for t in types]
        return any(self.holds_pointer(t) for t in types)

    def _functions(self) -> frozenset[ir.FunctionId]:
        """Find the functions that write through pointers: their own, or those that they are given."""
        if self._storing is None:
            known = {
                name: self.facts.storing.get(function)
                for name, function in self.module.functions.items()
            }
            storing = frozenset(name for name, fact in known.items() if fact)
            open_ = [self.module.functions[name] for name, fact in known.items() if fact is None]
            while True:
                grown = storing | {
                    function.function
                    for function in open_
                    if any(self._stores(s, function, storing) for s in statements_in(function.body))
                }
                if grown == storing:
                    break
                storing = grown
            for function in open_:
                self.facts.storing.put(function, function.function in storing)
            self._storing = storing
        return self._storing

    def _stores(
        self, statement: ir.Statement, function: ir.Function, storing: frozenset[ir.FunctionId]
    ) -> bool:
        access = access_of(statement, self.summaries)
        if any(path_of(place) is None for place in access.assigned + access.changed):
            return True
        match statement:
            case ir.Perform():
                return statement.name in _COPYING
            case ir.Call():
                return self._is_storing(statement.function, storing) and any(
                    self._gives_pointer(argument) for argument in statement.arguments
                )
            case ir.Drop():
                return self._drop_stores(statement.place.type, storing)
            case ir.Scope():
                types = (function.locals[local].type for local in statement.locals)
                return any(self._drop_stores(type_, storing) for type_ in types)
            case _:
                return False

    def _follows(self, statement: ir.Statement, function: ir.Function) -> bool:
        """Tell whether a statement may read through a pointer that leads to something foreign."""
        if any(path_of(place) is None for place in places_read(statement, self.summaries)):
            return True
        access = access_of(statement, self.summaries)
        types = [place.type for place in access.read + access.changed]
        if isinstance(statement, ir.Call | ir.Perform):
            types += [
                value.type for value in access.values if not isinstance(value, ir.StaticBytes)
            ]
        elif isinstance(statement, ir.Scope):
            types += [function.locals[local].type for local in statement.locals]
        return any(self.holds_pointer(type_) for type_ in types)

    def _is_storing(self, name: ir.FunctionId, storing: frozenset[ir.FunctionId]) -> bool:
        return name in storing and not self.summaries.of(name).ends

    def _drop_stores(self, type_: ir.Type, storing: frozenset[ir.FunctionId]) -> bool:
        if not isinstance(type_, ir.StructType) or not self.holds_pointer(type_):
            return False
        return self.module.structs[type_.struct].drop in storing

    def _gives_pointer(self, argument: ir.Argument) -> bool:
        if isinstance(argument, ir.ByReference):
            return self.holds_pointer(argument.place.type)
        is_constant = isinstance(argument.value, ir.StaticBytes)
        return not is_constant and self.holds_pointer(argument.value.type)

    # --------------------------------------------------------------------------------------------------- addresses

    def _find_taken(self, function: ir.Function) -> Iterator[ir.LocalId]:
        for number, declared in enumerate(function.locals):
            if self.holds_pointer(declared.type) and self._owns(declared.type):
                yield ir.LocalId(number)  # one part may lead to another
        given = [p.local for p in function.parameters]
        leading = [local for local in given if self.holds_pointer(function.locals[local].type)]
        for local in given:
            if any(other != local for other in leading):
                yield local
        for statement in statements_in(function.body):
            for value in access_of(statement, self.summaries).values:
                for inner in expressions_in(value):
                    if isinstance(inner, ir.AddressOf) and (path := path_of(inner.place)):
                        yield path.local
            if isinstance(statement, ir.Call):
                yield from self._kept_by(statement)

    def _kept_by(self, call: ir.Call) -> Iterator[ir.LocalId]:
        """Walk the variables whose addresses may be in what a call returns or changes."""
        yield from self._kept_of_itself(call)
        given = [a.place for a in call.arguments if isinstance(a, ir.ByReference)]
        targets = [*access_of(call, self.summaries).changed]
        if call.target is not None:
            targets.append(call.target)
        for target in targets:
            if not self.holds_pointer(target.type):
                continue
            for place in given:
                if self._is_followed(place, call):
                    continue
                if place != target and (path := path_of(place)):
                    yield path.local

    def _kept_of_itself(self, call: ir.Call) -> Iterator[ir.LocalId]:
        """Walk the variables that a call of the program's own may have given a pointer to a part of themselves."""
        callee = self.module.functions[call.function]
        if is_prelude(callee):
            return
        places = [
            (argument.place, parameter.local)
            for argument, parameter in zip(call.arguments, callee.parameters, strict=True)
            if isinstance(argument, ir.ByReference)
        ]
        if call.target is not None and callee.result is not None:
            places.append((call.target, callee.result))
        for place, local in places:
            path = path_of(place)
            if (
                path is not None
                and self.holds_pointer(place.type)
                and local in self._taken_in(callee)
            ):
                yield path.local

    def _taken_in(self, callee: ir.Function) -> frozenset[ir.LocalId]:
        """Look into a callee; calls within calls without end may take all that they are given."""
        if self._depth == _DEPTH_MAX:
            return _given(callee)
        self._depth += 1
        taken = self.taken(callee)
        self._depth -= 1
        return taken

    def _is_followed(self, place: ir.Place, call: ir.Call) -> bool:
        """Tell whether the library goes where a pointer leads: that says nothing of where the pointer itself is."""
        type_ = place.type
        is_pointer = isinstance(type_, ir.StructType) and type_.struct.startswith(_POINTERS)
        is_new = ".__init__" in call.function
        return is_pointer and not is_new and is_prelude(self.module.functions[call.function])

    def _owns(self, type_: ir.Type) -> bool:
        """Tell whether a type has a list or the like, whose elements stay where they are when it is moved."""
        if not isinstance(type_, ir.StructType):
            return False
        fields = self.module.structs[type_.struct].fields
        return type_.struct.startswith(_OWNERS) or any(self._owns(f.type) for f in fields)

    def _with_moved(
        self, taken: frozenset[ir.LocalId], function: ir.Function
    ) -> frozenset[ir.LocalId]:
        """Add the variables that what is pointed to may be moved to."""
        while True:
            grown = taken
            for statement in statements_in(function.body):
                access = access_of(statement, self.summaries)
                sources = access.changed
                if isinstance(statement, ir.CopyBits):
                    sources = access.read
                found = {path.local for place in sources if (path := path_of(place))}
                if found & taken:
                    places = [*access.assigned, *access.changed]
                    owners = [p for p in places if self._owns(p.type)]
                    grown |= {path.local for p in owners if (path := path_of(p))}
            if grown == taken:
                return taken
            taken = grown


def _given(function: ir.Function) -> frozenset[ir.LocalId]:
    """Give the parameters and the result: what a caller has too."""
    result = frozenset() if function.result is None else frozenset({function.result})
    return result | {parameter.local for parameter in function.parameters}
