"""Whole functions in the interpreter: where their locals are, how they begin and end."""

import operator

from meshnode.compiler import ir
from meshnode.compiler.addressed import addressed_locals, is_struct, result_in_need
from meshnode.compiler.interpret.calls import Action, Link, Run
from meshnode.compiler.interpret.expressions import Slot
from meshnode.compiler.interpret.machine import Cause, Machine, Raised, Stopped
from meshnode.compiler.interpret.statements import StatementCompiler, zero_of
from meshnode.compiler.layout import is_owned, size_of
from meshnode.compiler.loops.walk import statements_in

_ALIGNMENT = 16


class _Frame:
    """Where each local of a function is: frame index, or place in the function's stretch of the stack.

    The frame holds the arguments, the address of a struct result, the addresses of what is in memory, the rest.
    """

    def __init__(self, machine: Machine, function: ir.Function) -> None:
        self._machine = machine
        self.slots: dict[ir.LocalId, Slot] = {}
        self.result_slots: dict[int, int] = {}
        self.offsets: list[int] = []
        self.size = 0
        self.spilled: list[tuple[int, ir.LocalPlace]] = []
        """Scalar arguments that must be in memory: their frame index, their place."""
        self._count = len(function.parameters)
        addressed = set(addressed_locals(function))
        self._place_parameters(function, addressed)
        registers: list[ir.LocalId] = []
        for index, local in enumerate(function.locals):
            local_id = ir.LocalId(index)
            if local_id in self.slots:
                continue
            if isinstance(local.type, ir.StructType) or local_id in addressed:
                self.slots[local_id] = Slot(self._in_memory(local.type), is_register=False)
            else:
                registers.append(local_id)
        for statement in statements_in(function.body):
            if isinstance(statement, ir.Call):
                self._place_result(function, statement)
        for position, local_id in enumerate(registers):
            self.slots[local_id] = Slot(self._count + position, is_register=True)
        self.zeros = [zero_of(function.locals[local_id].type) for local_id in registers]

    def _place_parameters(self, function: ir.Function, addressed: set[ir.LocalId]) -> None:
        spilled = []
        for index, parameter in enumerate(function.parameters):
            type_ = function.locals[parameter.local].type
            is_value = parameter.passing is ir.Passing.VALUE and not isinstance(
                type_, ir.StructType
            )
            if is_value and parameter.local in addressed:
                spilled.append((index, ir.LocalPlace(parameter.local, type_)))
            else:
                self.slots[parameter.local] = Slot(index, is_register=is_value)
        if function.result is not None and is_struct(function, function.result):
            self.slots[function.result] = Slot(self._count, is_register=False)
            self._count += 1
        for index, place in spilled:
            self.slots[place.local] = Slot(self._in_memory(place.type), is_register=False)
            self.spilled.append((index, place))

    def _in_memory(self, type_: ir.Type) -> int:
        """Give room on the stack; gives the frame index that will hold the address."""
        self.offsets.append(self.size)
        size = size_of(type_, self._machine.structs)
        self.size += -(-size // _ALIGNMENT) * _ALIGNMENT
        self._count += 1
        return self._count - 1

    def _place_result(self, function: ir.Function, call: ir.Call) -> None:
        """Give a call room for its struct result if it needs some."""
        callee = self._machine.functions.get(call.function)
        needed = None if callee is None else result_in_need(function, call, callee)
        if needed is not None:
            self.result_slots[id(call)] = self._in_memory(needed)


def compile_function(machine: Machine, function: ir.Function, link: Link) -> Run:
    """Compile a function; the result takes arguments in order, then the address of a struct result."""
    frame = _Frame(machine, function)
    compiler = StatementCompiler(machine, function, frame.slots, link, frame.result_slots)
    owned = [
        parameter.local
        for parameter in function.parameters
        if parameter.passing is ir.Passing.OWNED
        and is_owned(function.locals[parameter.local].type, machine.structs)
    ]
    body = compiler.block(function.body)
    drops = compiler.drops_of(owned)
    start = _start(compiler, function, frame)
    result = (
        compiler.load(_result_place(function), _result_place(function).type)
        if (function.result is not None and not is_struct(function, function.result))
        else None
    )
    on_error = [] if function.result is None else compiler.drops_of([function.result])
    offsets, zeros, size = frame.offsets, frame.zeros, frame.size
    blank, memory, stop = bytes(size), machine.memory.bytes, machine.memory.stack_stop
    name, span, deepest = function.function, function.span, machine.bounds.calls

    def run(*arguments: float) -> float | Raised:
        base = machine.stack
        machine.stack = base + size
        machine.depth += 1
        machine.steps -= 1
        if machine.stack > stop or machine.depth > deepest or machine.steps < 0:
            raise _too_much(machine, name, span)
        if size:
            memory[base : base + size] = blank
        frame = [*arguments, *[base + offset for offset in offsets], *zeros]
        for action in start:
            action(frame)
        leaving = body(frame)
        for drop in drops:
            drop(frame)
        machine.stack = base
        machine.depth -= 1
        if isinstance(leaving, Raised):
            for drop in on_error:
                drop(frame)
            return leaving
        return 0 if result is None else result(frame)

    return run


def _start(compiler: StatementCompiler, function: ir.Function, frame: _Frame) -> list[Action]:
    """Give what a function does before its body: spill arguments, zero a struct result."""
    actions: list[Action] = []
    for index, place in frame.spilled:
        actions.append(compiler.store(place, operator.itemgetter(index)))
    if function.result is not None and is_struct(function, function.result):
        place = _result_place(function)
        address, memory = compiler.address(place), compiler.machine.memory.bytes
        zeros = bytes(size_of(place.type, compiler.machine.structs))

        def clear(values: list[float]) -> None:
            start = address(values)
            memory[start : start + len(zeros)] = zeros

        actions.append(clear)
    return actions


def _result_place(function: ir.Function) -> ir.LocalPlace:
    assert function.result is not None
    return ir.LocalPlace(function.result, function.locals[function.result].type)


def _too_much(machine: Machine, name: str, span: ir.Span) -> Stopped:
    if machine.steps < 0:
        return Stopped(Cause.STEPS, "this takes too many steps", span)
    if machine.depth > machine.bounds.calls:
        return Stopped(Cause.CALLS, f"calls are nested too deeply, at '{name}'", span)
    return Stopped(Cause.MEMORY, f"too much memory for variables, at '{name}'", span)
