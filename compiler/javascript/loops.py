"""Loops in JavaScript."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.javascript import integers
from meshnode.compiler.javascript.code import Code, as_big
from meshnode.compiler.javascript.intervals import Interval
from meshnode.compiler.javascript.scopes import Loop

if TYPE_CHECKING:
    from meshnode.compiler.javascript.function import FunctionWriter


def while_loop(writer: "FunctionWriter", statement: ir.While) -> None:
    """Write a `While`."""
    label = _open_label(writer, statement.otherwise)
    if statement.prepare:
        writer.open("while (true) {")
        if writer.block(statement.prepare, is_own=False):
            condition = writer.expression(statement.condition)
            writer.emit(f"if (!{condition.inside(15)}) break;")
            _body(writer, statement.body, label)
    else:
        writer.open(f"while ({writer.expression(statement.condition).text}) {{")
        _body(writer, statement.body, label)
    writer.close()
    _close_label(writer, statement.otherwise)


def for_range(writer: "FunctionWriter", statement: ir.ForRange) -> None:
    """Write a `ForRange`: counting in exact numbers, the end is passed at most once, and never wraps."""
    index = statement.index
    type_ = writer.function.locals[index].type
    assert isinstance(type_, ir.IntType), statement
    label = _open_label(writer, statement.otherwise)
    reach = _reach(writer, statement)
    is_big = integers.is_big(type_, reach)
    start, stop, step = (
        writer.in_form(value, type_, reach)
        for value in (statement.start, statement.stop, statement.step)
    )
    is_counter = index in writer.counters and is_big == integers.is_big(
        type_, writer.local_interval(index)
    )
    wanted = writer.function.locals[index].name
    names: list[str] = []

    def take(name: str) -> str:
        names.append(writer.local_names.take(name))
        return names[-1]

    counter = take(wanted if is_counter else f"{wanted}_count")
    first = start.text
    if not isinstance(statement.step, ir.Const):
        first = take(f"{wanted}_start")
        stop_name, step_name = take(f"{wanted}_stop"), take(f"{wanted}_step")
        writer.open("{")
        writer.emit(f"const {first} = {start.text};")
        writer.emit(f"const {stop_name} = {stop.text};")
        writer.emit(f"const {step_name} = {step.text};")
        writer.emit(f"if ({step_name} === {'0n' if is_big else '0'}) trap();")
        head = f"let {counter} = {first}"
        stop, step = Code(stop_name, is_big=is_big), Code(step_name, is_big=is_big)
    elif isinstance(statement.stop, ir.Const):
        head = f"let {counter} = {first}"
    else:
        stop_name = take(f"{wanted}_stop")
        head = f"let {counter} = {first}, {stop_name} = {stop.text}"
        stop = Code(stop_name, is_big=is_big)
    test, change = _steps(statement.step, counter, stop.text, step, type_)
    writer.open(f"for ({head}; {test}; {change}) {{")
    declared = _assign_index(writer, statement, Code(counter, is_big=is_big), is_counter=is_counter)
    _body(writer, statement.body, label)
    writer.close()
    if not isinstance(statement.step, ir.Const):
        writer.close()
    writer.local_names.give_back([*names, *declared])
    _close_label(writer, statement.otherwise)


def _reach(writer: "FunctionWriter", statement: ir.ForRange) -> Interval:
    """Give all values that counting can come to, with the one beyond the end, and the step."""
    start, stop, step = (
        writer.interval(value) for value in (statement.start, statement.stop, statement.step)
    )
    low = min(start.low, stop.low, stop.low + step.low, step.low, stop.low - step.high)
    high = max(start.high, stop.high, stop.high + step.high, step.high, stop.high - step.low)
    return Interval(low, high)


def _steps(
    step: ir.Expr, counter: str, stop: str, change: Code, type_: ir.IntType
) -> tuple[str, str]:
    """Give the test and the change."""
    up, down = f"{counter} < {stop}", f"{counter} > {stop}"
    if not isinstance(step, ir.Const):
        zero = "0n" if change.is_big else "0"
        test = f"{change.text} > {zero} ? {up} : {down}" if type_.is_signed else up
        return test, f"{counter} += {change.text}"
    if step.value == 0:
        return "trap()", ""
    size = abs(int(step.value))
    sign = "+" if step.value > 0 else "-"
    if size == 1:
        return (up if step.value > 0 else down), f"{counter}{sign}{sign}"
    amount = as_big(Code(str(size))).text if change.is_big else str(size)
    return (up if step.value > 0 else down), f"{counter} {sign}= {amount}"


def _assign_index(
    writer: "FunctionWriter", statement: ir.ForRange, counter: Code, *, is_counter: bool
) -> list[str]:
    """Give the index its value at the start of an iteration; gives the names that this declares."""
    index = statement.index
    local = writer.function.locals[index]
    if is_counter:
        writer.names[index] = counter.text
        return []
    declared = []
    if index in writer.loop_locals:
        declared = writer.declare((index,))
    assert isinstance(local.type, ir.IntType), local
    value = integers.represented(counter, local.type, writer.local_interval(index))
    writer.emit(writer.stored(ir.LocalPlace(index, local.type), value))
    return declared


def _body(writer: "FunctionWriter", body: ir.Block, label: str | None) -> None:
    writer.frames.append(Loop(label))
    writer.block(body)
    writer.frames.pop()


def _open_label(writer: "FunctionWriter", otherwise: ir.Block) -> str | None:
    if not otherwise:
        return None
    writer.labels += 1
    label = f"loop_{writer.labels}"
    writer.open(f"{label}: {{")
    return label


def _close_label(writer: "FunctionWriter", otherwise: ir.Block) -> None:
    if otherwise:
        writer.block(otherwise)
        writer.close()
