"""Inside a child: one loaded JavaScript program and its slices.

Every chunk gets a fresh V8 context, and so does the rest of a chunk behind a slice that ran out of
memory or changed JavaScript's own objects. A slice that overruns its time ends the child.
"""

import os
import resource
import time
from collections.abc import Callable, Iterable

from meshnode.sandbox import limits
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.frames import (
    Answer,
    LoadProgram,
    NoResult,
    Refused,
    RunChunk,
    SliceDone,
    SliceStopped,
)
from meshnode.sandbox.javascript.context import ContextRun
from meshnode.sandbox.javascript.isolate import Isolate
from meshnode.sandbox.javascript.program import LoadedProgram, load_program
from meshnode.sandbox.javascript.pyodide_runtime import PyodideRuntime
from meshnode.sandbox.javascript.scripts import Scripts
from meshnode.sandbox.javascript.verdicts import NO_DATUM
from meshnode.sandbox.outcome import LoadOutcome

_TICK_S = 0.02
"""A slice is found to overrun its time so much too late."""
_AWAKE_NS_MAX = 40_000_000
"""Two ticks: a longer gap between two looks means that the child was stopped."""
_IDLE_SHARE = 4
"""A slice that sleeps (WebAssembly can wait for memory to change) ages so much slower."""
_DATA_FIELD = 5
"""Of /proc/self/statm: pages of private writable memory (proc(5))."""


class JavaScriptHost:
    """Holds what the last LoadProgram gave."""

    def __init__(self, send: Callable[[Answer], None], pyodide: PyodideRuntime) -> None:
        """Read every file that will be needed; `send` takes answers from any thread."""
        self._send = send
        self._scripts = Scripts()
        self._pyodide = pyodide
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        _, self._data_bytes_max = resource.getrlimit(resource.RLIMIT_DATA)
        self._captures: list[bytes] = []
        """Pieces for the next program."""
        self._program: LoadedProgram | None = None

    def add_captures(self, piece: bytes) -> None:
        """Keep a piece of the next program's data."""
        self._captures.append(piece)

    def load(self, request: LoadProgram) -> LoadOutcome | Refused:
        """Check and keep a program; answer for the owner."""
        self._program = None
        captures = b"".join(self._captures)
        self._captures.clear()
        try:
            program = load_program(request.module, captures, request.profile)
            if program.program.worktime == "pyodide":
                self._pyodide.prepare()
        except ModuleRefused as err:
            return Refused(str(err))
        self._program = program
        return LoadOutcome(0, None)

    def run_chunk(self, request: RunChunk) -> None:
        """Run slices start...stop-1, and answer for each."""
        program = self._program
        if program is None:
            self._send(NoResult("no program is loaded"))
            return
        at, stop = request.start, min(request.stop, len(program.data))
        while at < stop:
            at = self._run_context(program, at, stop)
        for _ in range(max(at, stop), request.stop):
            self._send(SliceDone(NO_DATUM))

    def _run_context(self, program: LoadedProgram, start: int, stop: int) -> int:
        """Run slices in a new context; return the first that still needs another one."""
        isolate = Isolate(program.profile.memory_bytes)
        self._bound_memory(program.profile.memory_bytes)
        boot = self._scripts.boot(program)
        between: Iterable[str] = ()
        if program.program.worktime == "pyodide":
            between = self._pyodide.scripts(isolate, boot.name)
        run = ContextRun(isolate, program, boot, between, (start, stop), self._send)
        run.begin()
        watch = _Watch(run, program)
        while not isolate.wait(_TICK_S):
            stopped = watch.overrun()
            if stopped is not None:
                self._stop(run, watch.at, stopped)
        isolate.close()
        resource.setrlimit(resource.RLIMIT_DATA, (self._data_bytes_max,) * 2)
        return run.at

    def _stop(self, run: ContextRun, at: int, stopped: SliceStopped) -> None:
        """End the process, and with it the slice, unless it has just ended by itself."""
        with run.reporting:
            if run.at == at:
                self._send(stopped)
                os._exit(0)

    def _bound_memory(self, memory_bytes: int) -> None:
        """Bound buffers and WebAssembly memories, which V8 does not count.

        RLIMIT_DATA counts private writable memory. RLIMIT_AS would also count addresses, of which
        V8 reserves a terabyte.
        """
        pages = int(os.pread(self._statm, 256, 0).split()[_DATA_FIELD])
        more = memory_bytes + memory_bytes // 4 + limits.JAVASCRIPT_MEMORY_SLACK_BYTES
        bytes_max = pages * resource.getpagesize() + more
        if self._data_bytes_max != resource.RLIM_INFINITY:
            bytes_max = min(bytes_max, self._data_bytes_max)
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_max, self._data_bytes_max))


class _Watch:
    """The clock of the running slice: its processor time, so that a stopped child does not age."""

    def __init__(self, run: ContextRun, program: LoadedProgram) -> None:
        self._run = run
        self._slice_ns_max = program.program.slice_ms_max * 1_000_000
        self._progress_ns_max = program.program.progress_ms_max * 1_000_000
        self._read_ns = time.monotonic_ns()
        self._awake_ns = 0
        self.at = run.at
        """The slice that was running when `overrun` looked."""
        self._progress_count = run.progress_count
        self._slice_ns = self._progress_ns = self._now_ns()
        """When it began, and when it last called `progress`."""

    def overrun(self) -> SliceStopped | None:
        """Look at the slice; tell if its time is over."""
        now_ns = self._now_ns()
        at, progress_count = self._run.at, self._run.progress_count
        if self.at != at:
            self.at = at
            self._slice_ns = self._progress_ns = now_ns
        if self._progress_count != progress_count:
            self._progress_count = progress_count
            self._progress_ns = now_ns
        if now_ns - self._progress_ns > self._progress_ns_max:
            return SliceStopped(is_silent=True)
        if now_ns - self._slice_ns > self._slice_ns_max:
            return SliceStopped(is_silent=False)
        return None

    def _now_ns(self) -> int:
        """Give the processor time, or a share of the time in which this thread was not stopped."""
        read_ns = time.monotonic_ns()
        self._awake_ns += min(read_ns - self._read_ns, _AWAKE_NS_MAX)
        self._read_ns = read_ns
        return max(time.process_time_ns(), self._awake_ns // _IDLE_SHARE)
