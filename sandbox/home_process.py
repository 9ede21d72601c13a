"""A child process that runs one home module; its imports become calls that the owner answers.

The API blocks.
"""

from collections.abc import Sequence
from typing import Self

from meshnode.sandbox.child_process import ChildProcess
from meshnode.sandbox.errors import ChildLost, ModuleRefused
from meshnode.sandbox.frames import NoResult, Refused, Reply, RunHome, Started
from meshnode.sandbox.line_costs import LineMap
from meshnode.sandbox.outcome import HOME_CALLS, HomeCall
from meshnode.sandbox.profile import ChildLimits, SandboxProfile


class HomeProcess:
    """One child, one program. Used by one thread, except `kill`."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child

    @classmethod
    def start(cls, child_limits: ChildLimits) -> Self:
        """Start a child without a program (it may be kept warm)."""
        return cls(ChildProcess.start(child_limits))

    @property
    def pid(self) -> int:
        """Give the child's process id (to stop and continue it)."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._child.is_alive

    def run(self, module: bytes, profile: SandboxProfile, lines: LineMap | None = None) -> None:
        """Begin `mesh_main`; then `receive` gives its calls, with costs by line at the end if `lines` is given.

        Raises ModuleRefused, ChildLost.
        """
        self._child.send(RunHome(module, profile, lines))
        match self._child.receive():
            case Started():
                return
            case Refused(reason):
                raise ModuleRefused(reason)
            case answer:
                raise ChildLost(f"the child answered {type(answer).__name__} to RunHome")

    def receive(self) -> HomeCall:
        """Wait for the program's next call.

        Raises ChildLost.
        """
        answer = self._child.receive()
        if isinstance(answer, NoResult):
            raise ChildLost(answer.reason)
        if not isinstance(answer, HOME_CALLS):
            raise ChildLost(f"the child sent {type(answer).__name__} for a call")
        return answer

    def reply_run(self, run: int) -> None:
        """Answer Distribute: the run's number, or -1 to run the loop plainly at home."""
        self._child.send(Reply(run))

    def reply_chunk(self, iterations_asked: int, iterations_done: int, tape: bytes) -> None:
        """Answer NextAsked with the run's next chunk in index order."""
        head = iterations_asked.to_bytes(8, "little") + iterations_done.to_bytes(8, "little")
        self._child.send(Reply(head + tape))

    def reply_args(self, arguments: Sequence[str]) -> None:
        """Answer ArgsAsked; the first is the program's name."""
        encoded = [argument.encode() for argument in arguments]
        parts = [len(item).to_bytes(4, "little") + item for item in encoded]
        self._child.send(Reply(len(parts).to_bytes(4, "little") + b"".join(parts)))

    def reply_time(self, time_ns: int) -> None:
        """Answer TimeAsked."""
        self._child.send(Reply(time_ns))

    def kill(self) -> None:
        """End the child at once, from any thread. Idempotent."""
        self._child.kill()
