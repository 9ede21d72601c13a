"""Which locals of a function have an address that somebody may hold: these live in memory, the others need not."""

from collections.abc import Iterator

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import access_of, expressions_in, indexes_of, statements_in


class _AnyCallChanges:
    def changes(self, function: ir.FunctionId, parameter: int) -> bool:
        """Say yes: where an argument is passed by reference, its address is taken."""
        del function, parameter
        return True


ANY_CALL_CHANGES = _AnyCallChanges()


def expressions_of(statement: ir.Statement) -> Iterator[ir.Expr]:
    """Walk all expressions that a statement evaluates by itself, those within places included."""
    access = access_of(statement, ANY_CALL_CHANGES)
    expressions = [*access.values]
    for place in access.places():
        expressions += indexes_of(place)
    for expression in expressions:
        yield from expressions_in(expression)


def addressed_locals(function: ir.Function) -> Iterator[ir.LocalId]:
    """Give the locals whose address is taken."""
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Call):
            for argument in statement.arguments:
                if isinstance(argument, ir.ByReference):
                    yield from _root(argument.place)
        for inner in expressions_of(statement):
            if isinstance(inner, ir.AddressOf):
                yield from _root(inner.place)


def _root(place: ir.Place) -> Iterator[ir.LocalId]:
    while isinstance(place, ir.FieldPlace | ir.ElementPlace):
        place = place.base
    if isinstance(place, ir.LocalPlace):
        yield place.local


def may_reach(argument: ir.Argument, local: ir.LocalId) -> bool:
    """Tell whether a callee may reach a local through an argument."""
    if isinstance(argument, ir.ByValue):
        return isinstance(argument.value.type, ir.PointerType)
    roots = list(_root(argument.place))
    return not roots or roots[0] == local


def is_struct(function: ir.Function, local: ir.LocalId) -> bool:
    """Tell whether a local is an aggregate, which lives in memory."""
    return isinstance(function.locals[local].type, ir.StructType)


def result_in_need(function: ir.Function, call: ir.Call, callee: ir.Function) -> ir.Type | None:
    """Give the type of a struct result that needs room of its own; None if the call writes it to its target at once."""
    if callee.result is None or not is_struct(callee, callee.result):
        return None
    target = call.target
    if (
        isinstance(target, ir.LocalPlace)
        and all(target.local != parameter.local for parameter in function.parameters)
        and not any(may_reach(argument, target.local) for argument in call.arguments)
    ):
        return None
    return callee.locals[callee.result].type
