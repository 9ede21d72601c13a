"""The owner's end of a child process: starts it, talks to it, kills it."""

import os
import select
import subprocess
import sys
import threading
import time

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


class ChildProcess:
    """One child with its pipes. One thread at a time sends and receives; any may kill."""

    def __init__(self, child_limits: ChildLimits) -> None:
        self._limits = child_limits
        arguments = [str(child_limits.nice), str(limits.FRAME_BYTES_MAX)]
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-I", "-m", "meshnode.sandbox.child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
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
        self._deadline_ns = self._cpu_ns() + child_limits.wall_ms_max * 1_000_000
        ready = self.receive()
        assert isinstance(ready, Ready)
        self.jail = ready.jail
        """What holds the child besides WebAssembly itself."""

    @property
    def pid(self) -> int:
        """Give the child's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """The child has not ended."""
        return self._process.poll() is None

    def send(self, request: Request) -> None:
        """Send a request and start the clock for its answer. Raises ChildLost."""
        self._deadline_ns = self._cpu_ns() + self._limits.wall_ms_max * 1_000_000
        try:
            with self._in_use:
                write_frame(self._input, request)
        except (OSError, ValueError) as err:
            raise self._lost("it does not read") from err

    def receive(self) -> Answer:
        """Wait for the next answer. Raises ChildLost."""
        try:
            with self._in_use:
                return decode_answer(read_frame(self._output, self._wait))
        except (ChildLost, OSError, ValueError) as err:
            raise self._lost(str(err)) from err

    def kill(self) -> None:
        """End the child at once, from any thread. Idempotent."""
        self._is_killed = True
        self._end()

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
                raise ChildLost(f"it computed longer than {self._limits.wall_ms_max} ms")

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
        self._process.kill()
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
