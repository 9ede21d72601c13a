"""What a person waits for: measured, beside what was promised, as a table."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.table import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait, in seconds."""

    wall_s: float
    processor_s: float | None
    """Of the processes that worked for it; None where the work is done by daemons."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something a person waits for, and how long at most."""

    name: str
    seconds_max: float | None
    """None where nothing was promised."""
    waits: Sequence[Waited]

    @property
    def median_s(self) -> float:
        """The figure that is judged."""
        return statistics.median(waited.wall_s for waited in self.waits)

    @property
    def is_kept(self) -> bool:
        """Tell whether the promise was kept."""
        return self.seconds_max is None or self.median_s <= self.seconds_max


def show(title: str, promises: Sequence[Promise], load: float) -> bool:
    """Print the table, and tell whether every promise was kept."""
    table = Table(
        "", "wall s", "fastest", "slowest", "processor s", "promised s",
        title=f"{title} (load {load:.1f})",
    )  # fmt: skip
    for promise in promises:
        walls = [waited.wall_s for waited in promise.waits]
        processor = [w.processor_s for w in promise.waits if w.processor_s is not None]
        table.add_row(
            promise.name,
            f"{promise.median_s:.3f}",
            f"{min(walls):.3f}",
            f"{max(walls):.3f}",
            f"{statistics.median(processor):.3f}" if processor else "-",
            "-" if promise.seconds_max is None else f"≤ {promise.seconds_max}",
        )
    Console().print(table)
    return all(promise.is_kept for promise in promises)


def load_average() -> float:
    """Give the machine's load of the last minute."""
    return os.getloadavg()[0]


def timed(work: Callable[[], T]) -> tuple[Waited, T]:
    """Measure a call that starts processes and waits for them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_s = time.monotonic()
    result = work()
    wall_s = time.monotonic() - began_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Waited(wall_s, processor_s), result


def processor_s(pid: int) -> float:
    """Read the processor time of another process (clock_getcpuclockid of the C library)."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9
