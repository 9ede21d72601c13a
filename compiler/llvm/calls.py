"""Calls in a function being lowered: arguments, results, and who owns what afterwards.

The calling convention is `signature.py`'s.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.llvm.attributes import NEVER_RETURN
from meshnode.compiler.llvm.scopes import Exit, ScopeWriter
from meshnode.compiler.llvm.signature import has_result_pointer
from meshnode.compiler.llvm.surroundings import Surroundings
from meshnode.compiler.llvm.text import memory_type, value_type


class CallWriter(ScopeWriter):
    """Adds calls to scopes."""

    def __init__(self, module: Surroundings, function: ir.Function) -> None:
        super().__init__(module, function)
        self.allocas: list[str] = []
        """The stack slots, which are made at the function's entry."""

    def call(self, call: ir.Call) -> None:
        """Write a call."""
        callee = self.module.functions[call.function]
        given = [
            self._argument(argument, callee, index) for index, argument in enumerate(call.arguments)
        ]
        arguments = given.copy()
        result_type = None if callee.result is None else callee.locals[callee.result].type
        result_address = None
        if has_result_pointer(callee):
            assert result_type is not None
            result_address = self._result_address(call, result_type)
            arguments.insert(0, f"ptr {result_address}")
        symbol = self.module.callee(call.function)
        if callee.raises:
            arguments.append(f"ptr {self.error_address()}")
            status = self.value(f"call i32 {symbol}({', '.join(arguments)})")
            self._hand_over(call, callee, given)
            has_failed = self.value(f"icmp ne i32 {status}, 0")
            succeeded = self.new_label("ok")
            self.branch(has_failed, self.exit_label(Exit.RAISE), succeeded)
            self.start_block(succeeded)
        elif result_type is None or result_address is not None:
            self.emit(f"call void {symbol}({', '.join(arguments)})")
            if call.function in NEVER_RETURN:
                self.terminate("unreachable")
                return
            self._hand_over(call, callee, given)
        else:
            value = self.value(f"call {value_type(result_type)} {symbol}({', '.join(arguments)})")
            self._hand_over(call, callee, given)
            if call.target is not None:
                self.store_place(call.target, value)
            return
        if result_address is not None and result_type is not None:
            self._deliver(call.target, result_type, result_address)

    def _argument(self, argument: ir.Argument, callee: ir.Function, index: int) -> str:
        parameter = callee.parameters[index]
        type_ = callee.locals[parameter.local].type
        match argument:
            case ir.ByValue(value):
                assert parameter.passing is ir.Passing.VALUE, (callee.function, index)
                return f"{value_type(type_)} {self.expression(value)}"
            case ir.ByReference(place):
                return f"ptr {self.address(place)}"
            case _:
                assert_never(argument)

    def _hand_over(self, call: ir.Call, callee: ir.Function, given: list[str]) -> None:
        """Leave nothing behind of what the callee owned, and has destroyed or kept."""
        for argument, parameter, address in zip(
            call.arguments, callee.parameters, given, strict=True
        ):
            if parameter.passing is ir.Passing.OWNED:
                assert isinstance(argument, ir.ByReference), call.function
                self.leave_empty(argument.place, address.removeprefix("ptr "))

    def _result_address(self, call: ir.Call, type_: ir.Type) -> str:
        """Give where the callee writes: the target itself if nothing else can name it."""
        target = call.target
        parameters = {parameter.local for parameter in self.function.parameters}
        if (
            isinstance(target, ir.LocalPlace)
            and target.local not in parameters
            and not any(_mentions(argument, target.local) for argument in call.arguments)
        ):
            return self.addresses[target.local]
        slot = f"%r.{self.new_label('result')}"
        self.allocas.append(f"  {slot} = alloca {memory_type(type_)}")
        return slot

    def _deliver(self, target: ir.Place | None, type_: ir.Type, source: str) -> None:
        """Move a result from where the callee wrote it to the target."""
        if target is None:
            self.destroy_at(type_, source)
            return
        address = self.target_address(target)
        if address != source:
            self.copy(type_, source, address)


def _mentions(argument: ir.Argument, local: ir.LocalId) -> bool:
    """Tell whether a callee may reach a local through an argument."""
    if isinstance(argument, ir.ByValue):
        value = argument.value
        return isinstance(value.type, ir.PointerType) and not isinstance(value, ir.StaticBytes)
    place = argument.place
    while not isinstance(place, ir.LocalPlace):
        if isinstance(place, ir.PointeePlace):
            return True
        place = place.base
    return place.local == local
