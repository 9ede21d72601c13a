"""Calls, moves and drops in the interpreter, as Python closures over a frame."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from meshnode.compiler import ir
from meshnode.compiler.interpret.expressions import (
    Code,
    ExpressionCompiler,
    Frame,
    Slot,
    Whole,
)
from meshnode.compiler.interpret.machine import Machine, Raised, Stopped
from meshnode.compiler.layout import is_owned, size_of

Leaving = int | Raised | None
Action = Callable[[Frame], Leaving]


class Run(Protocol):
    """A compiled function."""

    def __call__(self, *arguments: float) -> float | Raised:
        """Take arguments in order, then the result's address if the result is a struct."""


class Linked:
    """A function that can be called; `run` compiles it when it is called first, and is replaced then."""

    __slots__ = ("run",)

    def __init__(self, run: Run) -> None:
        self.run = run


Link = Callable[[ir.FunctionId], Linked]
"""Gives the function of a name."""


class CallCompiler(ExpressionCompiler):
    """Compiles the calls and moves of one function."""

    def __init__(
        self,
        machine: Machine,
        function: ir.Function,
        slots: Mapping[ir.LocalId, Slot],
        link: Link,
        result_slots: dict[int, int],
    ) -> None:
        super().__init__(machine, slots)
        self.function = function
        self.link = link
        self._result_slots = result_slots
        """For each call (by `id`) whose struct result needs memory of its own, the slot with its address."""

    # ----------------------------------------------------------------------------------------------------- moves

    def copy(self, target: ir.Place, source: ir.Place, *, is_move: bool) -> Action:
        """Compile `CopyBits` or `Move`."""
        if not isinstance(target.type, ir.StructType):
            return self.store(target, self.load(source, source.type))
        from_, to = self.address(source), self.address(target)
        memory, size = self.machine.memory.bytes, size_of(target.type, self.machine.structs)
        zeros = bytes(size)
        clears = is_move and is_owned(target.type, self.machine.structs)

        def copy(frame: Frame) -> None:
            start, stop = from_(frame), to(frame)
            memory[stop : stop + size] = memory[start : start + size]
            if clears:
                memory[start : start + size] = zeros

        return copy

    def drop_place(self, place: ir.Place, span: ir.Span) -> Action:
        """Compile `Drop`."""
        if not is_owned(place.type, self.machine.structs):
            return lambda _: None
        return self._drop(self.address(place), place.type, span)

    def _drop(self, address: Whole, type_: ir.Type, span: ir.Span) -> Action:
        assert isinstance(type_, ir.StructType)
        drop = self.machine.structs[type_.struct].drop
        assert drop is not None
        callee = self.link(drop)
        memory, size = self.machine.memory.bytes, size_of(type_, self.machine.structs)
        zeros = bytes(size)

        def run(frame: Frame) -> None:
            place = address(frame)
            try:
                callee.run(place)
            except Stopped as stopped:
                stopped.called_from(span)
                raise
            memory[place : place + size] = zeros

        return run

    def drops_of(self, locals_: Sequence[ir.LocalId]) -> list[Action]:
        """Compile the drops of owned locals, last declared first."""
        drops = []
        for local in reversed(locals_):
            declared = self.function.locals[local]
            if is_owned(declared.type, self.machine.structs):
                place = ir.LocalPlace(local, declared.type)
                drops.append(self.drop_place(place, declared.span))
        return drops

    # ----------------------------------------------------------------------------------------------------- calls

    def call(self, call: ir.Call) -> Action:
        """Compile a call with its arguments and the delivery of its result."""
        declared = self.machine.functions[call.function]
        arguments = [
            self.expression(a.value) if isinstance(a, ir.ByValue) else self.address(a.place)
            for a in call.arguments
        ]
        deliver = None
        result = None if declared.result is None else declared.locals[declared.result].type
        if isinstance(result, ir.StructType):
            arguments.append(self._result_address(call))
            deliver = self._deliver_struct(call, result)
        elif result is not None and call.target is not None:
            deliver = self._deliver_scalar(call.target)
        return self._invoke(call, arguments, deliver)

    def _invoke(
        self,
        call: ir.Call,
        arguments: Sequence[Code],
        deliver: Callable[[Frame, float], None] | None,
    ) -> Action:
        callee, span = self.link(call.function), call.span
        invoke = _with_arguments(callee, arguments)

        def run(frame: Frame) -> Leaving:
            try:
                result = invoke(frame)
            except Stopped as stopped:
                stopped.called_from(span)
                raise
            if isinstance(result, Raised):
                result.called_from(span)
                return result
            if deliver is not None:
                deliver(frame, result)
            return None

        return run

    def _result_address(self, call: ir.Call) -> Whole:
        own = self._result_slots.get(id(call))
        if own is not None:
            index = own
            return lambda frame: int(frame[index])
        assert call.target is not None
        return self.address(call.target)

    def _deliver_struct(
        self, call: ir.Call, type_: ir.StructType
    ) -> Callable[[Frame, float], None] | None:
        """Bring a result from the call's own memory to its target, or drop it."""
        own = self._result_slots.get(id(call))
        if own is None:
            return None
        index, memory = own, self.machine.memory.bytes
        source: Whole = lambda frame: int(frame[index])  # noqa: E731 - one of two
        if call.target is None:
            if not is_owned(type_, self.machine.structs):
                return None
            drop = self._drop(source, type_, call.span)

            def discard(frame: Frame, _: float) -> None:
                drop(frame)

            return discard
        target, size = self.address(call.target), size_of(type_, self.machine.structs)

        def deliver(frame: Frame, _: float) -> None:
            start, place = source(frame), target(frame)
            memory[place : place + size] = memory[start : start + size]

        return deliver

    def _deliver_scalar(self, target: ir.Place) -> Callable[[Frame, float], None]:
        register = self.register(target)
        if register is not None:

            def keep(frame: Frame, value: float) -> None:
                frame[register] = value

            return keep
        cell: list[float] = [0]
        store = self.store(target, lambda _: cell[0])

        def deliver(frame: Frame, value: float) -> None:
            cell[0] = value
            store(frame)

        return deliver


def _with_arguments(callee: Linked, arguments: Sequence[Code]) -> Callable[[Frame], float | Raised]:
    """Compile the evaluation of arguments and the call."""
    match list(arguments):
        case []:
            return lambda _: callee.run()
        case [first]:
            return lambda frame: callee.run(first(frame))
        case [first, second]:
            return lambda frame: callee.run(first(frame), second(frame))
        case [first, second, third]:
            return lambda frame: callee.run(first(frame), second(frame), third(frame))
        case many:
            return lambda frame: callee.run(*[argument(frame) for argument in many])
