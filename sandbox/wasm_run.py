"""The owner's side of a child that runs the chunks of WebAssembly slice modules."""

import signal

from meshnode.sandbox.child_process import ChildProcess
from meshnode.sandbox.errors import ChildLost, ModuleRefused
from meshnode.sandbox.frames import Captures, Load, LoadProgram, NoResult, Refused, RunChunk
from meshnode.sandbox.limits import CAPTURES_PIECE_BYTES
from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.profile import ChildLimits, JavaScriptProfile, SandboxProfile


class WasmRun:
    """One child for its whole life. See `SliceProcess` for what the methods do."""

    def __init__(self, child_limits: ChildLimits) -> None:
        self._child = ChildProcess.start(child_limits)

    @property
    def pid(self) -> int:
        """Give the child's process id."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._child.is_alive

    @property
    def jail(self) -> str:
        """Tell what holds the child."""
        return self._child.jail

    def load(
        self, module: bytes, captures: bytes, profile: SandboxProfile | JavaScriptProfile
    ) -> LoadOutcome:
        """Load a slice module. Raises ModuleRefused, ChildLost."""
        assert isinstance(profile, SandboxProfile)
        return load_child(self._child, captures, Load(module, profile))

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome:
        """Run a chunk. Raises ChildLost."""
        self._child.send(RunChunk(loop, start, stop, operations_max))
        match self._child.receive():
            case ChunkOutcome() as outcome:
                return outcome
            case NoResult(reason):
                raise ChildLost(reason)
            case answer:
                raise ChildLost(f"the child answered {type(answer).__name__} to RunChunk")

    def pause(self) -> None:
        """Stop the child."""
        self._child.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._child.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the child."""
        self._child.kill()


def load_child(child: ChildProcess, captures: bytes, request: Load | LoadProgram) -> LoadOutcome:
    """Have a child load a run. Raises ModuleRefused, ChildLost."""
    for start in range(0, len(captures), CAPTURES_PIECE_BYTES):
        child.send(Captures(captures[start : start + CAPTURES_PIECE_BYTES]))
    child.send(request)
    match child.receive():
        case LoadOutcome() as outcome:
            return outcome
        case Refused(reason):
            raise ModuleRefused(reason)
        case NoResult(reason):
            raise ChildLost(reason)
        case answer:
            raise ChildLost(f"the child answered {type(answer).__name__} to {request}")
