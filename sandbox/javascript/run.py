"""The owner's side of a child that runs JavaScript slices.

The child answers slice by slice, so that the owner knows which slice was running when the child
died. That slice fails, and a new child goes on with the next one.
"""

import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from meshnode.sandbox.child_process import ChildOverran, ChildProcess
from meshnode.sandbox.errors import ChildLost
from meshnode.sandbox.frames import LoadProgram, RunChunk, SliceDone, SliceStopped
from meshnode.sandbox.javascript.format import (
    ENDINGS_MAX,
    JavaScriptProgram,
    SliceRecord,
    decode_program,
    encode_record,
)
from meshnode.sandbox.javascript.verdicts import (
    ENDED,
    NOT_RUN,
    OUTPUT_TOO_LONG,
    silent,
    too_slow,
)
from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.profile import ChildLimits, JavaScriptProfile, SandboxProfile
from meshnode.sandbox.wasm_run import load_child

_CHILD = "meshnode.sandbox.javascript.child"
_ENVIRONMENT = {"TZ": "UTC", "LANG": "en_US.UTF-8"}
"""Of the child: V8 takes its time zone and language from there."""
_GRACE_MS = 2_000
"""The child ends a slice that takes too long by itself; the owner ends a child that does not."""
_SIGKILL = -9


class JavaScriptRun:
    """One child after another. Used by one thread at a time, except `kill` and the properties."""

    def __init__(self, child_limits: ChildLimits, pyodide: Path | None = None) -> None:
        self._limits = child_limits
        self._environment = dict(_ENVIRONMENT)
        if pyodide is not None:
            self._environment["MESHNODE_PYODIDE"] = str(pyodide)
        self._lock = threading.Lock()
        """Held while a child is exchanged for another, or all are forbidden."""
        self._is_killed = False
        self._is_paused = False
        self._request: LoadProgram | None = None
        self._captures = b""
        self._program = JavaScriptProgram(worktime="", work_function="", arguments=())
        self._child = self._spawn()
        self._child.wait_ready()

    @property
    def pid(self) -> int:
        """Give the present child's process id."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """The present child has not ended."""
        return self._child.is_alive

    @property
    def jail(self) -> str:
        """Tell what holds the child."""
        return self._child.jail

    def load(
        self, module: bytes, captures: bytes, profile: SandboxProfile | JavaScriptProfile
    ) -> LoadOutcome:
        """Load a JavaScript program. Raises ModuleRefused, ChildLost."""
        assert isinstance(profile, JavaScriptProfile)
        self._request = None
        if not self._child.is_alive:
            self._restart()
        request = LoadProgram(module, profile)
        outcome = load_child(self._child, captures, request)
        # Kept for the next child. The program is sound now: the child has checked it.
        self._request, self._captures = request, captures
        self._program = decode_program(module)
        return outcome

    def run_chunk(self, loop: int, start: int, stop: int, operations_max: int) -> ChunkOutcome:
        """Run a chunk, whose every slice gets a record. Raises ChildLost."""
        assert loop == 0
        del operations_max  # the quoted price is all that a slice costs
        if self._request is None:
            raise ChildLost("no program is loaded")
        began_ns = time.monotonic_ns()
        if not self._child.is_alive:
            self._replace()
        tape = _Tape(self._request.profile.output_bytes_max, stop - start)
        self._fill(tape, start, stop)
        return ChunkOutcome(
            iterations_done=stop - start,
            tape=tape.joined(),
            operations=self._request.profile.slice_operations * (stop - start),
            trap=None,
            wall_us=(time.monotonic_ns() - began_ns) // 1000,
        )

    def _fill(self, tape: "_Tape", start: int, stop: int) -> None:
        """Run slices until all have a record; when too many have ended their child, the rest is left out."""
        tried = -1
        at = start
        ended = 0
        while at < stop and ended < ENDINGS_MAX:
            at, ending = self._run_slices(at, stop, tape)
            if ending is None:
                return
            if ending.record is not None or tried == at:
                tape.add(ending.record or ENDED)
                at += 1
                ended += 1
            else:
                tried = at
            self._replace()
        for _ in range(at, stop):
            tape.add(NOT_RUN)

    def kill(self) -> None:
        """End the child, and let no other take its place."""
        with self._lock:
            self._is_killed = True
            child = self._child
        child.kill()

    def pause(self) -> None:
        """Stop the child, and every one that takes its place."""
        with self._lock:
            self._is_paused = True
            self._child.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        with self._lock:
            self._is_paused = False
            self._child.signal(signal.SIGCONT)

    def _run_slices(self, start: int, stop: int, tape: "_Tape") -> "tuple[int, _Ending | None]":
        """Run slices until `stop` or the end of the child; tell which slice is next, and the end."""
        at = start
        try:
            self._child.send(RunChunk(0, start, stop, 0))
            while at < stop:
                answer = self._next_answer()
                if isinstance(answer, SliceStopped):
                    return at, _Ending(self._overrun(answer))
                tape.add(answer.record)
                at += 1
        except ChildOverran:
            if self._limits.wall_ms_max < self._program.slice_ms_max + _GRACE_MS:
                raise  # this host's own bound: other hosts may be more patient
            return at, _Ending(too_slow(self._program.slice_ms_max))
        except ChildLost:
            if self._is_killed:
                raise
            return at, self._ending()
        return at, None

    def _next_answer(self) -> SliceDone | SliceStopped:
        answer = self._child.receive(self._program.slice_ms_max + _GRACE_MS)
        if not isinstance(answer, SliceDone | SliceStopped):
            self._child.kill()  # only a child whose V8 was broken into says anything else
            raise ChildLost(f"the child answered {type(answer).__name__} to RunChunk")
        return answer

    def _overrun(self, stopped: SliceStopped) -> SliceRecord:
        if stopped.is_silent:
            return silent(self._program.progress_ms_max)
        return too_slow(self._program.slice_ms_max)

    def _ending(self) -> "_Ending":
        """Judge a child that has ended by itself, or was killed by somebody else."""
        # V8 never ends by SIGKILL: it says nothing about the slice.
        return _Ending(None if self._child.exit_code == _SIGKILL else ENDED)

    def _replace(self) -> None:
        """Put a new child with the same program in the place of one that has ended."""
        assert self._request is not None
        self._restart()
        load_child(self._child, self._captures, self._request)

    def _restart(self) -> None:
        self._child.kill()
        self._spawn().wait_ready()

    def _spawn(self) -> ChildProcess:
        with self._lock:
            if self._is_killed:
                raise ChildLost("the child was killed")
            self._child = ChildProcess(self._limits, _CHILD, self._environment)
            if self._is_paused:
                self._child.signal(signal.SIGSTOP)
            return self._child


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a child ended during a slice."""

    record: SliceRecord | None
    """What became of the slice; None if it should be tried once more."""


class _Tape:
    """The chunk's records, within its bound."""

    def __init__(self, bytes_max: int, slices: int) -> None:
        self._parts: list[bytes] = []
        self._bytes_max = self._room = bytes_max - slices * len(encode_record(NOT_RUN))
        """What is left when every slice is left out: those records always fit."""

    def add(self, record: SliceRecord) -> None:
        part = encode_record(record)
        if len(part) > self._room:
            too_long = len(part) > self._bytes_max
            self._parts.append(encode_record(OUTPUT_TOO_LONG if too_long else NOT_RUN))
            return
        self._parts.append(part)
        self._room -= len(part)

    def joined(self) -> bytes:
        return b"".join(self._parts)
