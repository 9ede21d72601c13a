"""Statements of the IR as Python closures over a frame; each gives None, or how control leaves it.

`BREAK`, `CONTINUE` and `RETURN` say so; a `Raised` is an error on its way to a `Try` or out of the function.
"""

from collections.abc import Sequence
from typing import Final, assert_never, cast

from meshnode.compiler import ir
from meshnode.compiler.interpret.calls import Action, CallCompiler, Leaving
from meshnode.compiler.interpret.effects import perform
from meshnode.compiler.interpret.expressions import (
    Code,
    Frame,
    whole,
)
from meshnode.compiler.interpret.machine import Cause, Raised, Stopped, out_of_steps
from meshnode.compiler.layout import size_of

BREAK: Final = 1
CONTINUE: Final = 2
RETURN: Final = 3


class StatementCompiler(CallCompiler):
    """Compiles the statements of one function."""

    def block(self, block: ir.Block) -> Action:
        """Compile statements in order."""
        actions = [self.statement(statement) for statement in block]
        if not actions:
            return lambda _: None
        if len(actions) == 1:
            return actions[0]
        first, second = actions[0], actions[1]
        if len(actions) == 2:  # noqa: PLR2004 - the commonest length

            def run_two(frame: Frame) -> Leaving:
                leaving = first(frame)
                return second(frame) if leaving is None else leaving

            return run_two

        def run(frame: Frame) -> Leaving:
            for action in actions:
                leaving = action(frame)
                if leaving is not None:
                    return leaving
            return None

        return run

    def statement(self, statement: ir.Statement) -> Action:  # noqa: C901, PLR0911, PLR0912 - one case a variant
        """Compile one statement."""
        match statement:
            case ir.Assign(target, value):
                return self.store(target, self.expression(value))
            case ir.CopyBits(target, source):
                return self.copy(target, source, is_move=False)
            case ir.Move(target, source):
                return self.copy(target, source, is_move=True)
            case ir.Drop(place):
                return self.drop_place(place, statement.span)
            case ir.Call():
                return self.call(statement)
            case ir.Perform():
                return perform(self, statement, self.link)
            case ir.If(condition, then, otherwise):
                return self._if(self.expression(condition), then, otherwise)
            case ir.ForRange():
                return self._for_range(statement)
            case ir.While():
                return self._while(statement)
            case ir.Break():
                return lambda _: BREAK
            case ir.Continue():
                return lambda _: CONTINUE
            case ir.Return():
                return lambda _: RETURN
            case ir.Raise(error, span):
                return self._raise(error, span)
            case ir.Try():
                return self._try(statement)
            case ir.Scope(locals_, body):
                return self._scope(locals_, body)
            case _:
                assert_never(statement)

    # --------------------------------------------------------------------------------------------------- control

    def _if(self, condition: Code, then: ir.Block, otherwise: ir.Block) -> Action:
        first = self.block(then)
        if not otherwise:
            return lambda frame: first(frame) if condition(frame) else None
        second = self.block(otherwise)
        return lambda frame: first(frame) if condition(frame) else second(frame)

    def _for_range(self, loop: ir.ForRange) -> Action:
        start, stop, step = (whole(self.expression(e)) for e in (loop.start, loop.stop, loop.step))
        body, otherwise = self.block(loop.body), self.block(loop.otherwise)
        index = ir.LocalPlace(loop.index, self.function.locals[loop.index].type)
        register = self.register(index)
        counter: list[float] = [0]
        keep = None if register is not None else self.store(index, lambda _: counter[0])
        machine, span = self.machine, loop.span

        def run(frame: Frame) -> Leaving:
            first, limit, stride = start(frame), stop(frame), step(frame)
            if not stride:
                raise Stopped(Cause.TRAP, "the step of a range is 0", span)
            for position in range(first, limit, stride):
                machine.steps -= 1
                if machine.steps < 0:
                    raise out_of_steps(span)
                if register is not None:
                    frame[register] = position
                elif keep is not None:
                    counter[0] = position
                    keep(frame)
                leaving = body(frame)
                if leaving is not None and leaving != CONTINUE:
                    return None if leaving == BREAK else leaving
            return otherwise(frame)

        return run

    def _while(self, loop: ir.While) -> Action:
        prepare, condition = self.block(loop.prepare), self.expression(loop.condition)
        body, otherwise = self.block(loop.body), self.block(loop.otherwise)
        machine, span = self.machine, loop.span

        def run(frame: Frame) -> Leaving:
            while True:
                machine.steps -= 1
                if machine.steps < 0:
                    raise out_of_steps(span)
                leaving = prepare(frame)
                if leaving is not None:
                    return leaving
                if not condition(frame):
                    return otherwise(frame)
                leaving = body(frame)
                if leaving is not None and leaving != CONTINUE:
                    return None if leaving == BREAK else leaving

        return run

    def _raise(self, error: ir.Place, span: ir.Span) -> Action:
        address, size = self.address(error), size_of(error.type, self.machine.structs)
        memory, zeros = self.machine.memory.bytes, bytes(size)

        def run(frame: Frame) -> Leaving:
            start = address(frame)
            raised = Raised(bytes(memory[start : start + size]), span)
            memory[start : start + size] = zeros
            return raised

        return run

    def _try(self, statement: ir.Try) -> Action:
        body, handler = self.block(statement.body), self.block(statement.handler)
        otherwise = self.block(statement.otherwise)
        error = self.slots[statement.error].index
        memory = self.machine.memory.bytes

        def run(frame: Frame) -> Leaving:
            leaving = body(frame)
            if leaving is None:
                return otherwise(frame)
            if not isinstance(leaving, Raised):
                return leaving
            start = int(frame[error])
            memory[start : start + len(leaving.bits)] = leaving.bits
            return handler(frame)

        return run

    def _scope(self, locals_: tuple[ir.LocalId, ...], block: ir.Block) -> Action:
        body = self.block(block)
        registers, places, drops = self._parts(locals_)
        memory = self.machine.memory.bytes

        def run(frame: Frame) -> Leaving:
            for index, zero in registers:
                frame[index] = zero
            for index, zeros in places:
                start = int(frame[index])
                memory[start : start + len(zeros)] = zeros
            leaving = body(frame)
            for drop in drops:
                drop(frame)
            return leaving

        return run

    def _parts(
        self, locals_: Sequence[ir.LocalId]
    ) -> tuple[list[tuple[int, float]], list[tuple[int, bytes]], list[Action]]:
        """Give a scope's registers and places with their zeros, and its drops."""
        registers: list[tuple[int, float]] = []
        places: list[tuple[int, bytes]] = []
        for local in locals_:
            slot, type_ = self.slots[local], self.function.locals[local].type
            if slot.is_register:
                registers.append((slot.index, zero_of(type_)))
            else:
                places.append((slot.index, bytes(size_of(type_, self.machine.structs))))
        return registers, places, self.drops_of(locals_)


def zero_of(type_: ir.Type) -> float:
    """Give the zero of a scalar or vector."""
    if isinstance(type_, ir.VectorType):
        return cast("float", (zero_of(type_.element),) * type_.lanes)
    return 0.0 if isinstance(type_, ir.FloatType) else 0
