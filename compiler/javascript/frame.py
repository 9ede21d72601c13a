"""Where the locals of a function are in plain JavaScript: variables, or stretches of the stack in linear memory."""

from collections.abc import Iterator, Mapping

from meshnode.compiler import ir
from meshnode.compiler.layout import Structs, size_of
from meshnode.compiler.loops.walk import access_of, expressions_in, indexes_of, statements_in

_ALIGNMENT = 16


class Frame:
    """One function's frame."""

    def __init__(
        self,
        function: ir.Function,
        functions: Mapping[ir.FunctionId, ir.Function],
        structs: Structs,
    ) -> None:
        self._structs = structs
        self.size = 0
        """Bytes of stack."""
        self.offsets: dict[ir.LocalId, int] = {}
        """Of the locals that have memory of their own."""
        self.result_offsets: dict[int, int] = {}
        """For each call (by `id`) whose struct result needs memory of its own."""
        self.addresses: set[ir.LocalId] = set()
        """Parameters and results whose variable holds the address of the value."""
        self.spilled: list[ir.LocalId] = []
        """Parameters by value that must be in memory."""
        addressed = set(addressed_locals(function))
        by_value = {p.local for p in function.parameters if p.passing is ir.Passing.VALUE}
        for parameter in function.parameters:
            if parameter.local not in by_value or is_struct(function, parameter.local):
                self.addresses.add(parameter.local)
        if function.result is not None and is_struct(function, function.result):
            self.addresses.add(function.result)
        for index, local in enumerate(function.locals):
            local_id = ir.LocalId(index)
            if local_id in self.addresses:
                continue
            if is_struct(function, local_id) or local_id in addressed:
                self.offsets[local_id] = self._room(local.type)
                if local_id in by_value:
                    self.spilled.append(local_id)
        for statement in statements_in(function.body):
            if isinstance(statement, ir.Call):
                self._place_result(function, statement, functions)

    def is_variable(self, local: ir.LocalId) -> bool:
        """Tell whether a JavaScript variable holds the local's value."""
        return local not in self.offsets and local not in self.addresses

    def _room(self, type_: ir.Type) -> int:
        offset = self.size
        size = max(size_of(type_, self._structs), 1)  # a place of its own even for nothing
        self.size += -(-size // _ALIGNMENT) * _ALIGNMENT
        return offset

    def _place_result(
        self,
        function: ir.Function,
        call: ir.Call,
        functions: Mapping[ir.FunctionId, ir.Function],
    ) -> None:
        """Give a call room for its struct result, unless it may write to the target at once."""
        callee = functions[call.function]
        if callee.result is None or not is_struct(callee, callee.result):
            return
        target = call.target
        parameters = {parameter.local for parameter in function.parameters}
        if (
            isinstance(target, ir.LocalPlace)
            and target.local not in parameters
            and not any(_mentions(argument, target.local) for argument in call.arguments)
        ):
            return
        self.result_offsets[id(call)] = self._room(callee.locals[callee.result].type)


def is_struct(function: ir.Function, local: ir.LocalId) -> bool:
    """Tell whether a local is an aggregate, which lives in memory."""
    return isinstance(function.locals[local].type, ir.StructType)


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


def _mentions(argument: ir.Argument, local: ir.LocalId) -> bool:
    """Tell whether a callee may reach a local through an argument."""
    if isinstance(argument, ir.ByValue):
        return isinstance(argument.value.type, ir.PointerType)
    roots = list(_root(argument.place))
    return not roots or roots[0] == local
