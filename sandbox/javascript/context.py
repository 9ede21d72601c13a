"""Inside a child: the slices that one V8 context runs, one after the other."""

import itertools
import threading
from collections.abc import Callable, Iterable

import msgspec

from meshnode.sandbox.frames import Answer as Frame
from meshnode.sandbox.frames import SliceDone
from meshnode.sandbox.javascript.format import EVENT_BYTES_MAX, SliceRecord
from meshnode.sandbox.javascript.isolate import Answer, Isolate
from meshnode.sandbox.javascript.program import LoadedProgram
from meshnode.sandbox.javascript.scripts import Boot
from meshnode.sandbox.javascript.verdicts import (
    BROKEN,
    ENDED,
    NEVER_PROGRESSED,
    OUTPUT_TOO_LONG,
    silent,
    too_slow,
)

_BATCH_SLICES_MAX = 256
_BATCH_CHARS_MAX = 1 << 20
"""Data handed to the context at a time: it costs an evaluation, and memory in the child."""
_SPOILED = "~"
"""Stands before a record if the slice has changed JavaScript's own objects."""
_records = msgspec.json.Decoder(SliceRecord)


class ContextRun:
    """Runs slices until all are done, or until one needs a new context.

    `answered` is called in V8's thread; `at` and `progress_count` may be read by any.
    """

    def __init__(
        self,
        isolate: Isolate,
        program: LoadedProgram,
        boot: Boot,
        between: Iterable[str],
        iterations: tuple[int, int],
        send: Callable[[Frame], None],
    ) -> None:
        self._isolate = isolate
        self._program = program
        self._boot = boot
        *begin, opening = boot.scripts
        self._starting = itertools.chain(begin, between, (opening,))
        self.at, self._stop = iterations
        self._taken = self.at
        """First slice whose datum the context does not have yet."""
        self._send = send
        self.reporting = threading.Lock()
        """Held while the end of a slice is told: a slice has only one."""
        limits = program.program
        self._verdicts = {
            "!silent": silent(limits.progress_ms_max),
            "!slow": too_slow(limits.slice_ms_max),
            "!never": NEVER_PROGRESSED,
            "!long": OUTPUT_TOO_LONG,
        }

    @property
    def progress_count(self) -> int:
        """Tell how often `progress` was called, modulo 2^32."""
        return self._isolate.shared.value

    def begin(self) -> None:
        """Start the context and its first slice."""
        self._isolate.run(next(self._starting), self._answered)

    def _answered(self, answer: Answer) -> str | None:
        """Take what an evaluation gave, and choose the next."""
        text = answer.text
        if answer.is_out_of_memory:
            self._report(ENDED)
            return None
        script = next(self._starting, None)
        if script is not None:
            return script
        if text == "":
            return self._step()
        if text is None:
            self._report(BROKEN)
            return None
        plain = text.removeprefix(_SPOILED)
        self._report(self._verdicts.get(plain) or self._decoded(plain))
        is_fit = plain == text and self.at < self._stop
        return self._step() if is_fit else None

    def _step(self) -> str:
        """Let the running slice go on, or begin the next."""
        if self.at < self._taken:
            return f"{self._boot.name}.step()"
        batch: list[tuple[str, tuple[int, ...]]] = []
        chars = 0
        while self._taken < self._stop and len(batch) < _BATCH_SLICES_MAX:
            datum = self._program.data[self._taken]
            chars += len(datum)
            if batch and chars > _BATCH_CHARS_MAX:
                break
            batch.append((datum, self._program.seeds(self._taken)))
            self._taken += 1
        return f"{self._boot.name}.take({msgspec.json.encode(batch).decode()}); ''"

    def _report(self, record: SliceRecord) -> None:
        with self.reporting:
            self._send(SliceDone(record))
            self.at += 1

    def _decoded(self, text: str) -> SliceRecord:
        """Believe nothing: a work function may have changed what the context makes its text with."""
        try:
            record = _records.decode(text)
        except (msgspec.DecodeError, ValueError):
            return BROKEN
        if (record.value is None) == (record.error is None):
            return BROKEN
        room = EVENT_BYTES_MAX
        for count, event in enumerate(record.events):
            room -= len(event.name.encode()) + len(event.payload.encode())
            if room < 0:
                return SliceRecord(record.value, record.error, record.events[:count])
        return record
