"""Intrinsics with an effect, in the interpreter: raw memory, host calls, traps."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from meshnode.compiler import ir
from meshnode.compiler.interpret.expressions import Frame, Whole, whole
from meshnode.compiler.interpret.machine import Cause, Host, Machine, Stopped, unknown
from meshnode.compiler.runtime import MESH_ALLOC

if TYPE_CHECKING:
    from meshnode.compiler.interpret.calls import CallCompiler, Link

_SIZES: Final = 0xFFFFFFFF
"""Sizes and lengths are 32 bits wide."""


def perform(
    compiler: "CallCompiler", statement: ir.Perform, link: "Link"
) -> Callable[[Frame], None]:
    """Compile one effect."""
    name, span, machine = statement.name, statement.span, compiler.machine
    arguments = [whole(compiler.expression(argument)) for argument in statement.arguments]
    match name:
        case "memory_copy":
            return _memory_copy(machine.memory.bytes, *arguments)
        case "memory_fill":
            return _memory_fill(machine.memory.bytes, *arguments)
        case "trap":

            def trap(_: Frame) -> None:
                raise Stopped(Cause.TRAP, "the program ends itself by a trap", span)

            return trap
        case _:
            pass
    host = machine.host
    if host is None:

        def refuse(_: Frame) -> None:
            raise Stopped(Cause.TRAP, f"'{name}' is not possible here", span)

        return refuse
    call = _host_call(name, host, machine, arguments, link)
    if statement.target is None:

        def run(frame: Frame) -> None:
            call(frame)

        return run
    return compiler.store(statement.target, call)


def _memory_copy(
    memory: bytearray, target: Whole, source: Whole, size: Whole
) -> Callable[[Frame], None]:
    def copy(frame: Frame) -> None:
        to, start, count = target(frame), source(frame), size(frame) & _SIZES
        if max(to, start) + count > len(memory):
            raise IndexError
        memory[to : to + count] = memory[start : start + count]

    return copy


def _memory_fill(
    memory: bytearray, target: Whole, value: Whole, size: Whole
) -> Callable[[Frame], None]:
    def fill(frame: Frame) -> None:
        to, byte, count = target(frame), value(frame) & 0xFF, size(frame) & _SIZES
        if to + count > len(memory):
            raise IndexError
        memory[to : to + count] = bytes([byte]) * count

    return fill


def _host_call(
    name: str, host: Host, machine: Machine, arguments: Sequence[Whole], link: "Link"
) -> Whole:
    memory = machine.memory.bytes

    def read(start: int, size: int) -> bytes:
        return bytes(memory[start : start + size])

    def give(data: bytes) -> int:
        start = int(link(MESH_ALLOC).run(len(data)))  # type: ignore[arg-type] # it does not raise
        memory[start : start + len(data)] = data
        return start << 32 | len(data)

    def exit_(code: int) -> int:
        raise Stopped(Cause.EXIT, "the program ends itself", None, code & _SIZES)

    def write(descriptor: int, start: int, size: int) -> int:
        host.write(descriptor, read(start, size))
        return 0

    def close(run: int) -> int:
        host.close(run)
        return 0

    calls: dict[str, Callable[[list[int]], int]] = {
        "host_print": lambda given: write(*given),
        "host_exit": lambda given: exit_(*given),
        "host_args": lambda _: give(host.arguments()),
        "host_time": lambda _: host.time(),
        "host_distribute": lambda given: host.distribute(given[0], given[1], read(*given[2:])),
        "host_next": lambda given: give(host.next(*given)),
        "host_close": lambda given: close(*given),
    }
    call = calls.get(name)
    if call is None:
        raise unknown(f"the intrinsic '{name}'")
    return lambda frame: call([argument(frame) for argument in arguments])
