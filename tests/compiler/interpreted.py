"""A tiny host for interpreted programs: what `host.py` is for their modules."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.compiler.host import Outcome

from meshnode.compiler import ir
from meshnode.compiler.interpret.interpreter import Interpreter
from meshnode.compiler.interpret.machine import Bounds, Cause, Raised, Stopped
from meshnode.compiler.layout import size_of
from meshnode.compiler.runtime import ERROR, UNHANDLED_ERROR

BOUNDS = Bounds(steps=100_000, memory_bytes=16 << 20)


@dataclass
class Console:
    """A host that keeps what is printed and distributes nothing."""

    program_arguments: Sequence[str] = ("program",)
    output: dict[int, bytearray] = field(default_factory=lambda: {1: bytearray(), 2: bytearray()})
    _time: int = 0

    def write(self, descriptor: int, data: bytes) -> None:
        self.output[descriptor] += data

    def arguments(self) -> bytes:
        encoded = [argument.encode() for argument in self.program_arguments]
        parts = [len(encoded).to_bytes(4, "little")]
        for argument in encoded:
            parts += [len(argument).to_bytes(4, "little"), argument]
        return b"".join(parts)

    def time(self) -> int:
        self._time += 1000
        return self._time

    def distribute(self, loop: int, count: int, captures: bytes) -> int:
        del loop, count, captures
        return -1

    def next(self, run: int) -> bytes:
        raise AssertionError(run)

    def close(self, run: int) -> None:
        raise AssertionError(run)


def run_interpreted(module: ir.Module, host: Console, bounds: Bounds = BOUNDS) -> Outcome:
    """Run a whole program; raises `Stopped` if it used up its bounds."""
    interpreter = Interpreter(module.functions, module.structs, host, bounds)
    code, trap = 0, None
    try:
        run_main(interpreter, module)
    except Stopped as stopped:
        if stopped.cause not in (Cause.EXIT, Cause.TRAP):
            raise
        code, trap = stopped.code, None
        if stopped.cause is Cause.TRAP:
            code, trap = -1, stopped.message
    return Outcome(bytes(host.output[1]), bytes(host.output[2]), code, trap)


def run_main(interpreter: Interpreter, module: ir.Module) -> None:
    """Run `main`, and tell of an error that leaves it."""
    result = interpreter.call(module.main)
    if not isinstance(result, Raised):
        return
    address = interpreter.memory.reserved(size_of(ir.StructType(ERROR), module.structs))
    interpreter.memory.bytes[address : address + len(result.bits)] = result.bits
    interpreter.call(UNHANDLED_ERROR, address)
