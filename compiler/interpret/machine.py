"""What running code shares in the interpreter: memory, bounds, the host, and the ways in which a run stops."""

from collections.abc import Mapping
from enum import Enum, unique
from typing import Final, Protocol

import msgspec

from meshnode.compiler import ir, limits
from meshnode.compiler.interpret.memory import Memory

CHAIN_MAX: Final = 8
"""Calls that a stopped run names."""


@unique
class Cause(Enum):
    """Why a run stopped before its end."""

    TRAP = "trap"
    EXIT = "exit"
    """The program ended itself; `code` says how."""
    STEPS = "too many steps"
    CALLS = "calls are nested too deeply"
    MEMORY = "too much memory for variables or static data"
    UNKNOWN = "something that cannot be interpreted"


class Stopped(Exception):  # noqa: N818 - programs stop for many reasons
    """The run is over; memory is as it was left."""

    def __init__(self, cause: Cause, message: str, span: ir.Span | None, code: int = 0) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.span = span
        self.code = code
        self.chain: list[ir.Span] = []
        """The calls that led here, innermost first."""

    def called_from(self, span: ir.Span) -> None:
        """Note a call on the way out."""
        if len(self.chain) < CHAIN_MAX:
            self.chain.append(span)


class Raised:
    """A function came back with an error; what it returns instead of a result."""

    __slots__ = ("bits", "chain", "span")

    def __init__(self, bits: bytes, span: ir.Span) -> None:
        self.bits = bits
        """The error value, moved out of where it was."""
        self.span = span
        self.chain: list[ir.Span] = []

    def called_from(self, span: ir.Span) -> None:
        """Note a call on the way out."""
        if len(self.chain) < CHAIN_MAX:
            self.chain.append(span)


class Host(Protocol):
    """What lies outside of a program."""

    def write(self, descriptor: int, data: bytes) -> None:
        """Take what a program prints."""

    def arguments(self) -> bytes:
        """Give the program's arguments in the form of the ABI."""

    def time(self) -> int:
        """Give the time in nanoseconds."""

    def distribute(self, loop: int, count: int, captures: bytes) -> int:
        """Take a loop; -1 to decline it."""

    def next(self, run: int) -> bytes:
        """Give the next chunk's header and tape."""

    def close(self, run: int) -> None:
        """End a loop's run."""


class Bounds(msgspec.Struct, frozen=True):
    """How much a run may use."""

    steps: int = limits.INTERPRETED_STEPS_MAX
    """Calls and iterations of loops."""
    memory_bytes: int = limits.INTERPRETED_BYTES_MAX
    calls: int = limits.INTERPRETED_CALLS_MAX
    """Depth of nested calls."""


class Machine(msgspec.Struct):
    """One run's state; all compiled functions of an interpreter refer to it."""

    functions: Mapping[ir.FunctionId, ir.Function]
    structs: Mapping[ir.StructId, ir.StructDefinition]
    memory: Memory
    host: Host | None
    """None: every host call traps, as in a slice."""
    bounds: Bounds
    steps: int = 0
    """How many are left."""
    depth: int = 0
    stack: int = msgspec.field(default=0)
    """Where free stack begins."""

    def restart(self) -> None:
        """Forget calls that were under way, and allow all steps again."""
        self.steps = self.bounds.steps
        self.depth = 0
        self.stack = self.memory.stack_start


def out_of_steps(span: ir.Span) -> Stopped:
    """Say that the steps are used up."""
    return Stopped(Cause.STEPS, "this takes too many steps", span)


def unknown(what: str, span: ir.Span | None = None) -> Stopped:
    """Say that the interpreter does not know something."""
    return Stopped(Cause.UNKNOWN, f"{what} cannot be interpreted", span)
