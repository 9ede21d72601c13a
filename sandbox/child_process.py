"""The owner's end of a child process: starts it, talks to it, kills it."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Self

from meshnode.sandbox import limits
from meshnode.sandbox.errors import ChildLost
from meshnode.sandbox.frames import (
    Answer,
    Ready,
    Request,
    decode_answer,
    read_frame,
    write_frame,
)
from meshnode.sandbox.profile import ChildLimits

_POLL_MS = 500
_STDERR_BYTES_MAX = 4096
_WASM_CHILD = "meshnode.sandbox.child"


class ChildOverran(ChildLost):
    """A child computed longer than it may."""


class ChildProcess:
    """One child with its pipes. One thread at a time sends and receives; any may kill."""

    def __init__(
        self,
        child_limits: ChildLimits,
        program: str = _WASM_CHILD,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Spawn a child that runs the module `program`; it is not ready yet."""
        self._limits = child_limits
        arguments = [str(child_limits.nice), str(limits.FRAME_BYTES_MAX)]
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-I", "-m", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment or {}),
            cwd="/",
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN)
        self._in_use = threading.RLock()
        self._is_killed = False
        self._age_ms_max = child_limits.wall_ms_max
        self._deadline_ns = self._cpu_ns() + self._age_ms_max * 1_000_000
        self.jail = ""
        """What holds the child besides WebAssembly itself."""

    @classmethod
    def start(cls, child_limits: ChildLimits) -> Self:
        """Start a child that runs WebAssembly; it is ready when this returns. Raises ChildLost."""
        child = cls(child_limits)
        child.wait_ready()
        return child

    def wait_ready(self) -> None:
        """Wait until the child takes requests. Raises ChildLost."""
        ready = self.receive()
        assert isinstance(ready, Ready)
        self.jail = ready.jail

    @property
    def pid(self) -> int:
        """Give the child's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Give what a child that has ended left: its code, or minus the signal that ended it."""
        return self._process.returncode

    def send(self, request: Request) -> None:
        """Send a request and start the clock for its answer. Raises ChildLost."""
        self._start_clock(self._limits.wall_ms_max)
        try:
            with self._in_use:
                write_frame(self._input, request)
        except (OSError, ValueError) as err:
            raise self._lost("it does not read") from err

    def receive(self, within_ms: int | None = None) -> Answer:
        """Wait for the next answer.

        `within_ms` starts the clock anew for an answer that is one of several; None lets it run.

        Raises:
            ChildOverran: the child computed too long, and was killed.
            ChildLost: it is gone for another reason, or wrote nonsense.
        """
        if within_ms is not None:
            self._start_clock(min(within_ms, self._limits.wall_ms_max))
        try:
            with self._in_use:
                return decode_answer(read_frame(self._output, self._wait))
        except ChildOverran as err:
            raise ChildOverran(str(self._lost(str(err)))) from err
        except (ChildLost, OSError, ValueError) as err:
            raise self._lost(str(err)) from err

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child, if it has not ended."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End the child at once, from any thread. Idempotent."""
        self._is_killed = True
        self._end()

    def _start_clock(self, age_ms_max: int) -> None:
        self._age_ms_max = age_ms_max
        self._deadline_ns = self._cpu_ns() + age_ms_max * 1_000_000

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        # Whoever sends or receives sees the end of the pipe now, and lets go of it.
        with self._in_use:
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                assert pipe is not None
                pipe.close()

    def _wait(self) -> None:
        while not self._poll.poll(_POLL_MS):
            if self._cpu_ns() > self._deadline_ns:
                raise ChildOverran(f"it computed longer than {self._age_ms_max} ms")

    def _cpu_ns(self) -> int:
        """Read the child's processor time: a child that is stopped does not age."""
        try:
            # The clock of another process (clock_getcpuclockid of the C library).
            return time.clock_gettime_ns((~self._process.pid << 3) | 2)
        except OSError:
            return 0

    def _lost(self, reason: str) -> ChildLost:
        if self._is_killed:
            return ChildLost("the child was killed")
        self._process.kill()  # in vain if it has ended, and then its code is its own
        code = self._process.wait()
        assert self._process.stderr is not None
        text = b""
        with self._in_use:
            if not self._process.stderr.closed:
                # Nobody writes any more, so this ends.
                text = os.read(self._process.stderr.fileno(), 1 << 16)[-_STDERR_BYTES_MAX:]
        self._end()
        return ChildLost(
            f"the child is lost (code {code}): {reason} {text.decode(errors='replace')}"
        )
