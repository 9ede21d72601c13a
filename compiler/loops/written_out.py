"""Calls that change what outlives the iteration, written out, so that the analysis sees what they change.

`rng.next()` and `stats.add(x)` are the program's own short functions; as calls they would only say "changes `rng`".
Written out they are an affine step and two folds. Arguments by reference become the places that they name, values get
a variable, and a `return` before the end leaves a loop of one round. At home nothing depends on this: plain
iterations keep the calls.
"""

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.aliases import Aliases
from meshnode.compiler.loops.arrays import is_array
from meshnode.compiler.loops.build import Locals, assign, const, count_up, load, scope
from meshnode.compiler.loops.effects import is_prelude
from meshnode.compiler.loops.leaving import stopping
from meshnode.compiler.loops.walk import (
    access_of,
    indexes_of,
    locals_declared_in,
    map_blocks,
    map_places,
    path_of,
    statements_in,
)

_STATEMENTS_MAX = 80
"""Statements of a function that is written out."""

_DEPTH_MAX = 4
"""Calls within calls that are written out."""


class Inliner(msgspec.Struct, frozen=True):
    """Writes out calls in one loop's body."""

    module: ir.Module
    aliases: Aliases
    table: Locals

    def loop(self, loop: ir.ForRange) -> ir.ForRange:
        """Write out the calls of a loop's body that change variables from outside it."""
        body = self._block(loop.body, locals_declared_in((loop,)), _DEPTH_MAX)
        return replace(loop, body=body) if body != loop.body else loop

    def _block(self, block: ir.Block, declared: frozenset[ir.LocalId], depth: int) -> ir.Block:
        statements: list[ir.Statement] = []
        for statement in block:
            if isinstance(statement, ir.Call) and self._is_wanted(statement, declared, depth):
                body, own = self._written_out(statement)
                inner = self._block(body, declared | own, depth - 1)
                statements += inner
            else:
                statements.append(map_blocks(statement, lambda b: self._block(b, declared, depth)))
        return tuple(statements)

    def _is_wanted(self, call: ir.Call, declared: frozenset[ir.LocalId], depth: int) -> bool:
        if depth == 0 or call.function.startswith("$"):
            return False
        callee = self.module.functions[call.function]
        if is_prelude(callee) or any(p.passing is ir.Passing.OWNED for p in callee.parameters):
            return False
        if call.function in self.aliases.summaries.overlapping:
            return False
        access = access_of(call, self.aliases.summaries)
        places = [path_of(place) for place in access.changed]
        changes = any(path is not None and path.local not in declared for path in places)
        references = [a.place for a in call.arguments if isinstance(a, ir.ByReference)]
        if not changes or any(indexes_of(p) and not self._is_row(p) for p in references):
            return False
        if self.aliases.stores(callee.body, callee) is not None:
            return False  # as a call, it writes only what it is given
        count = sum(1 for _ in statements_in(callee.body))
        return count <= _STATEMENTS_MAX and not self._recurs(callee)

    def _is_row(self, place: ir.Place) -> bool:
        """Tell whether a place is a list in a list that is reached without an index."""
        if (
            not isinstance(place, ir.ElementPlace)
            or indexes_of(place.base)
            or is_array(place.base.type)
        ):
            return False
        type_ = place.type
        return isinstance(type_, ir.StructType) and bool(self.module.structs[type_.struct].element)

    def _row(
        self, place: ir.Place, own: list[ir.LocalPlace], before: list[ir.Statement]
    ) -> ir.Place:
        """Evaluate a row's index once, and fail as the call would if there is no such row."""
        if not self._is_row(place):
            return place
        assert isinstance(place, ir.ElementPlace)
        index, length = self.table.add("$row", ir.INT), self.table.add("$length", ir.INT)
        own += [index, length]
        row = replace(place, index=load(index))
        before.append(assign(index, place.index))
        before.append(assign(length, load(ir.FieldPlace(row, "length", ir.INT))))
        return row

    def _recurs(self, callee: ir.Function) -> bool:
        return any(
            isinstance(s, ir.Call) and s.function == callee.function
            for s in statements_in(callee.body)
        )

    def _written_out(self, call: ir.Call) -> tuple[ir.Block, frozenset[ir.LocalId]]:
        """Give the statements that stand for a call, and the locals that they use."""
        callee = self.module.functions[call.function]
        mark = len(self.table.table)
        places: dict[ir.LocalId, ir.Place] = {}
        own: list[ir.LocalPlace] = []
        before: list[ir.Statement] = []
        for parameter, argument in zip(callee.parameters, call.arguments, strict=True):
            if isinstance(argument, ir.ByReference):
                places[parameter.local] = self._row(argument.place, own, before)
                continue
            local = callee.locals[parameter.local]
            value = self.table.add(local.name, local.type)
            places[parameter.local] = value
            own.append(value)
            before.append(assign(value, argument.value))
        for number, local in enumerate(callee.locals):
            if ir.LocalId(number) not in places:
                places[ir.LocalId(number)] = self.table.add(local.name, local.type)
        body = self._body(callee, places)
        after: ir.Block = ()
        if callee.result is not None:
            result = places[callee.result]
            assert isinstance(result, ir.LocalPlace)
            own.append(result)
            if call.target is not None:
                after = (_handed_over(call.target, result, self.module, call.span),)
        fresh = frozenset(ir.LocalId(number) for number in range(mark, len(self.table.table)))
        return (scope(tuple(own), (*before, *body, *after)),), fresh

    def _body(self, callee: ir.Function, places: dict[ir.LocalId, ir.Place]) -> ir.Block:
        body = _without_last_return(callee.body)
        body = tuple(_renamed_locals(s, places) for s in body)
        body = map_places(body, lambda place: _substituted(place, places))
        if not any(isinstance(s, ir.Return) for s in statements_in(body)):
            return body
        mark = self.table.add("$returned", ir.BOOL)
        once = self.table.add("$once", ir.INT)
        start = assign(mark, ir.Const(ir.BOOL, value=False))
        inner = count_up(once, const(0), const(1), stopping(body, mark))
        return (scope((mark,), (start, inner)),)


def _handed_over(
    target: ir.Place, result: ir.LocalPlace, module: ir.Module, span: ir.Span
) -> ir.Statement:
    if not isinstance(result.type, ir.StructType):
        return ir.Assign(target, load(result), span)
    if module.structs[result.type.struct].drop is None:
        return ir.CopyBits(target, result, span)
    return ir.Move(target, result, span)


def _without_last_return(block: ir.Block) -> ir.Block:
    if not block:
        return block
    *front, last = block
    if isinstance(last, ir.Return):
        return tuple(front)
    if isinstance(last, ir.Scope):
        return (*front, replace(last, body=_without_last_return(last.body)))
    return block


def _renamed_locals(statement: ir.Statement, places: dict[ir.LocalId, ir.Place]) -> ir.Statement:
    """Rename what a statement itself declares: scopes, indexes, caught errors."""
    statement = map_blocks(statement, lambda b: tuple(_renamed_locals(s, places) for s in b))
    match statement:
        case ir.Scope():
            return replace(statement, locals=tuple(_local(v, places) for v in statement.locals))
        case ir.ForRange():
            return replace(statement, index=_local(statement.index, places))
        case ir.Try():
            return replace(statement, error=_local(statement.error, places))
        case _:
            return statement


def _local(local: ir.LocalId, places: dict[ir.LocalId, ir.Place]) -> ir.LocalId:
    place = places[local]
    assert isinstance(place, ir.LocalPlace)
    return place.local


def _substituted(place: ir.Place, places: dict[ir.LocalId, ir.Place]) -> ir.Place:
    match place:
        case ir.LocalPlace():
            return places[place.local]
        case ir.FieldPlace() | ir.ElementPlace():
            return replace(place, base=_substituted(place.base, places))
        case ir.PointeePlace():
            return place
