"""A persistent child process that runs chunks of one slice module after another; the API blocks."""

from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.profile import ChildLimits, SandboxProfile


class SliceProcess:
    """One child. Its methods are called by one thread at a time, except `kill`."""

    @classmethod
    def start(cls, child_limits: ChildLimits) -> "SliceProcess":
        """Start a child; it is ready when this returns."""
        raise NotImplementedError

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        raise NotImplementedError

    def load(self, module: bytes, captures: bytes, profile: SandboxProfile) -> LoadOutcome:
        """Take a run's module and captures; replaces what was loaded before.

        Raises ModuleRefused, ChildLost.
        """
        raise NotImplementedError

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome:
        """Run iterations start...stop-1 from the state after `mesh_load`. Raises ChildLost."""
        raise NotImplementedError

    def kill(self) -> None:
        """End the child at once, from any thread; a running call raises ChildLost. Idempotent."""
        raise NotImplementedError
