"""A persistent child process that runs chunks of one slice module after another.

The API blocks. After ChildLost the process is of no use any more: start another.
"""

from pathlib import Path
from typing import Protocol, Self

from meshnode.sandbox.javascript.run import JavaScriptRun
from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.profile import ChildLimits, JavaScriptProfile, SandboxProfile, SliceKind
from meshnode.sandbox.wasm_run import WasmRun


class _Run(Protocol):
    """What the kinds of child have in common."""

    @property
    def pid(self) -> int: ...

    @property
    def is_alive(self) -> bool: ...

    @property
    def jail(self) -> str: ...

    def load(
        self, module: bytes, captures: bytes, profile: SandboxProfile | JavaScriptProfile
    ) -> LoadOutcome: ...

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def kill(self) -> None: ...


class SliceProcess:
    """One child. One thread at a time calls it; any may call `kill`, `pause`, `resume`."""

    def __init__(self, run: _Run) -> None:
        self._run = run

    @classmethod
    def start(
        cls, child_limits: ChildLimits, kind: SliceKind = "wasm", pyodide: Path | None = None
    ) -> Self:
        """Start a child for one kind of slice; it is ready when this returns.

        A JavaScript child that its slice brought down is replaced within the same call, so that
        `pid` may change in any call. Raises ChildLost.
        """
        if kind == "javascript":
            return cls(JavaScriptRun(child_limits, pyodide))
        return cls(WasmRun(child_limits))

    @property
    def pid(self) -> int:
        """Give the child's process id (to stop and continue it)."""
        return self._run.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._run.is_alive

    @property
    def jail(self) -> str:
        """Tell what holds the child besides WebAssembly or V8 itself."""
        return self._run.jail

    def load(
        self, module: bytes, captures: bytes, profile: SandboxProfile | JavaScriptProfile
    ) -> LoadOutcome:
        """Take a run's module and captures; replaces what was loaded before.

        The profile's type must fit the process's kind. A JavaScript run's module and captures are
        those of `encode_program` and `encode_data`.

        Raises ModuleRefused, ChildLost.
        """
        return self._run.load(module, captures, profile)

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome:
        """Run iterations start...stop-1 from the state after `mesh_load`.

        Iterations of JavaScript (loop 0) are slices: each gets a record on the tape whatever
        befalls it, and the quoted price is what counts, not `operations_max`.

        Raises ChildLost.
        """
        assert 0 <= start <= stop
        return self._run.run_chunk(loop, start, stop, operations_max)

    def pause(self) -> None:
        """Stop the child where it is (within a scheduler's tick). It does not age meanwhile."""
        self._run.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._run.resume()

    def kill(self) -> None:
        """End the child at once, from any thread; a running call raises ChildLost. Idempotent."""
        self._run.kill()
