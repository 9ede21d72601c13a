"""Where the locals of a function are in plain JavaScript: variables, or stretches of the stack in linear memory."""

from collections.abc import Mapping

from meshnode.compiler import ir
from meshnode.compiler.addressed import addressed_locals, is_struct, result_in_need
from meshnode.compiler.layout import Structs, size_of
from meshnode.compiler.loops.walk import statements_in

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
        """Give a call room for its struct result if it needs some."""
        needed = result_in_need(function, call, functions[call.function])
        if needed is not None:
            self.result_offsets[id(call)] = self._room(needed)
