"""A child process that runs one home module; its imports become calls that the owner answers.

The API blocks.
"""

from collections.abc import Sequence

from meshnode.sandbox.outcome import HomeCall
from meshnode.sandbox.profile import ChildLimits, SandboxProfile


class HomeProcess:
    """One child, one program. Used by one thread, except `kill`."""

    @classmethod
    def start(cls, child_limits: ChildLimits) -> "HomeProcess":
        """Start a child without a program (it may be kept warm)."""
        raise NotImplementedError

    def run(self, module: bytes, profile: SandboxProfile) -> None:
        """Begin `mesh_main`; then `receive` gives its calls. Raises ModuleRefused, ChildLost."""
        raise NotImplementedError

    def receive(self) -> HomeCall:
        """Wait for the program's next call. Raises ChildLost."""
        raise NotImplementedError

    def reply_run(self, run: int) -> None:
        """Answer Distribute: the run's number, or -1 to run the loop plainly at home."""
        raise NotImplementedError

    def reply_chunk(self, iterations_asked: int, iterations_done: int, tape: bytes) -> None:
        """Answer NextAsked with the run's next chunk in index order."""
        raise NotImplementedError

    def reply_args(self, arguments: Sequence[str]) -> None:
        """Answer ArgsAsked; the first is the program's name."""
        raise NotImplementedError

    def reply_time(self, time_ns: int) -> None:
        """Answer TimeAsked."""
        raise NotImplementedError

    def kill(self) -> None:
        """End the child at once, from any thread. Idempotent."""
        raise NotImplementedError
