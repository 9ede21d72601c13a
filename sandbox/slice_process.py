"""A persistent child process that runs chunks of one slice module after another.

The API blocks. After ChildLost the process is of no use any more: start another.
"""

from typing import Self

from meshnode.sandbox.child_process import ChildProcess
from meshnode.sandbox.errors import ChildLost, ModuleRefused
from meshnode.sandbox.frames import Captures, Load, NoResult, Refused, RunChunk
from meshnode.sandbox.limits import CAPTURES_PIECE_BYTES
from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.profile import ChildLimits, SandboxProfile


class SliceProcess:
    """One child. Its methods are called by one thread at a time, except `kill`."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child

    @classmethod
    def start(cls, child_limits: ChildLimits) -> Self:
        """Start a child; it is ready when this returns."""
        return cls(ChildProcess(child_limits))

    @property
    def pid(self) -> int:
        """Give the child's process id (to stop and continue it)."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._child.is_alive

    @property
    def jail(self) -> str:
        """Tell what holds the child besides WebAssembly itself."""
        return self._child.jail

    def load(self, module: bytes, captures: bytes, profile: SandboxProfile) -> LoadOutcome:
        """Take a run's module and captures; replaces what was loaded before.

        Raises ModuleRefused, ChildLost.
        """
        for start in range(0, len(captures), CAPTURES_PIECE_BYTES):
            self._child.send(Captures(captures[start : start + CAPTURES_PIECE_BYTES]))
        self._child.send(Load(module, profile))
        match self._child.receive():
            case LoadOutcome() as outcome:
                return outcome
            case Refused(reason):
                raise ModuleRefused(reason)
            case NoResult(reason):
                raise ChildLost(reason)
            case answer:
                raise ChildLost(f"the child answered {type(answer).__name__} to Load")

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome:
        """Run iterations start...stop-1 from the state after `mesh_load`.

        Raises ChildLost.
        """
        assert 0 <= start <= stop
        self._child.send(RunChunk(loop, start, stop, operations_max))
        match self._child.receive():
            case ChunkOutcome() as outcome:
                return outcome
            case NoResult(reason):
                raise ChildLost(reason)
            case answer:
                raise ChildLost(f"the child answered {type(answer).__name__} to RunChunk")

    def kill(self) -> None:
        """End the child at once, from any thread; a running call raises ChildLost. Idempotent."""
        self._child.kill()
