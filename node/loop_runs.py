"""The port between a running program and whatever computes its loops: this machine alone, or the mesh."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from meshnode.compiler import Program
from meshnode.node.options import RunOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopRequest:
    """One execution of one distributable loop, as the home module asks for it."""

    job: str
    ordinal: int
    """The how-manieth loop run of the job this is; the same after a restart."""
    program: Program
    arguments: tuple[str, ...]
    loop: int
    """Number of the loop in the program's report."""
    iterations: int
    captures: bytes
    options: RunOptions

    @property
    def line(self) -> int:
        """The loop's line in the source; 0 for a module that has none."""
        return next((r.span.line for r in self.program.loops if r.number == self.loop), 0)

    @property
    def is_forced(self) -> bool:
        """Must it be cut into chunks, whatever it costs? Else it may run plainly in the home program."""
        return self.options.home == "never" or not self.program.loops


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTape:
    """What replay needs of one chunk."""

    iterations: int
    """Iterations that the chunk has."""
    iterations_done: int
    """Iterations whose values are on the tape; the program runs the rest of the chunk at home."""
    tape: bytes
    operations: int = 0
    """Counted by the sandbox; 0 where nobody asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a loop run is."""

    run: int
    """The ordinal."""
    line: int
    """Line of the loop in the source."""
    chunks: int
    chunks_done: int
    peers: int
    operations_per_s: int
    cost: int
    """Micro-credits promised so far."""


Report = Callable[[Progress], None]
"""Takes progress, at most a few times a second; must not block."""


class LoopRun(Protocol):
    """One loop run under way."""

    async def next(self) -> ChunkTape:
        """Return the next chunk in order, waiting until it is final. Called exactly once for each chunk."""
        ...

    async def close(self) -> None:
        """End the run: leases that are left are cancelled, what was computed is paid. Safe to call twice."""
        ...

    def summary(self) -> dict[str, object]:
        """Return who computed what, for the job's summary (JSON)."""
        ...


class LoopRuns(Protocol):
    """Opens loop runs."""

    async def open(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """Start a loop run; None if the loop had better run plainly in the home program (too small, not worth it)."""
        ...
