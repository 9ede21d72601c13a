"""A job that has not ended, in memory: which slices wait, which are where, and what comes next. No IO.

Owned by `jobs.py`; everything that must survive is in the store.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from meshnode.node.dcp.carried import carries_module
from meshnode.node.dcp.job_limits import GATHER_MS, SLICES_PER_BATCH_MAX
from meshnode.node.dcp.store import BatchRow, JobRow, SliceCounts
from meshnode.node.dcp.terms import JobTerms
from meshnode.sandbox import JavaScriptProgram


@dataclass(frozen=True, slots=True)
class Returned:
    """What a worker of DCP's says that a slice's value is; it counts once it was matched."""

    value: str
    """KVIN text."""
    address: str
    """Where the worker wants to be paid."""


@dataclass(slots=True, kw_only=True)
class LiveJob:
    """See the module."""

    terms: JobTerms
    seed: bytes
    created_ms: int
    is_joined: bool
    is_closed: bool
    total: int
    done: int
    waiting: dict[int, int]
    """Slices without a value, with how often each has failed."""
    is_carrying: bool
    """Its slices only carry a module of the mesh's ABI."""
    slice_us: int
    """Measured time of a slice; 0 before the probe."""
    errors: int
    start_us: int = 0
    """Measured time of a chunk before its first slice, of Python jobs."""
    size: int = 0
    """Bytes of all slices' input and results; after a restart of the uploaded input and new results."""
    has_timed_out: bool = False
    """A slice of its last results has hung or taken too long: the next one goes alone."""
    batch_next: int = 0
    restored: deque[BatchRow] = field(default_factory=deque)
    """Batches from before a restart that are to be run on."""
    lent: set[int] = field(default_factory=set)
    """Slices that a DCP worker computes, or whose result of one is being matched: no batch takes them."""
    overdue: set[int] = field(default_factory=set)
    """Slices that were lent and did not come back in time: they are not lent again."""
    returned: dict[int, Returned] = field(default_factory=dict)
    """Of the lent slices those that came back and are to be matched."""
    reserve: int = 0
    """Free slices at the end that are kept for workers of DCP's, which ask every few seconds."""
    computing: range = range(0)
    """Slices in the batch that runs now, but for one that matches lent slices."""
    program: JavaScriptProgram | None = None
    """Once its parts were fetched."""
    end: str = ""
    task: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    started_s: float = 0.0
    """When the mesh first could compute it."""
    added_s: float = 0.0
    """When slices were last added."""
    idle_s: float | None = None
    """Since when nobody watches it and it has nothing to compute; None while that is not so."""
    told_status: tuple[int, int, int] | None = None

    @property
    def job(self) -> str:
        """The job's id."""
        return self.terms.job

    @property
    def is_complete(self) -> bool:
        """Nothing is missing and nothing will be added."""
        return self.is_closed and not self.waiting

    @property
    def distributed(self) -> int:
        """Slices that are being computed or are done."""
        computing = sum(number in self.waiting for number in self.computing)
        return self.done + len(self.lent) + computing

    def may_run(self) -> bool:
        """Tell whether the mesh may compute it."""
        return self.is_joined and not self.terms.is_local and not self.end

    def may_be_lent(self) -> bool:
        """Tell whether workers of DCP's may compute it: they get neither our runtime nor bundled modules."""
        terms = self.terms
        is_plain = terms.worktime == "map-basic" and not terms.dependencies
        return self.may_run() and is_plain and not self.is_carrying

    def next_slices(self, now_s: float) -> range:
        """Return the next consecutive slices for a batch; empty while none are free or more are being uploaded."""
        free_count = len(self.waiting) - len(self.lent)
        if free_count <= self.reserve:
            return range(0)
        first = min(number for number in self.waiting if number not in self.lent)
        stop = first + 1
        tries = self.waiting[first]
        most = 1 if self.has_timed_out else min(SLICES_PER_BATCH_MAX, free_count - self.reserve)
        while stop - first < most and stop not in self.lent and self.waiting.get(stop) == tries:
            stop += 1
        is_tail = stop > self.total
        if is_tail and self.is_carrying and not self.is_closed:
            return range(0)  # Its slices are the chunks of one run.
        if is_tail and not self.is_closed and now_s - self.added_s < GATHER_MS / 1000:
            return range(0)
        return range(first, stop)

    def next_returned(self) -> range:
        """Return consecutive slices that came back and are to be matched; empty if there are none."""
        if not self.returned:
            return range(0)
        first = stop = min(self.returned)
        while stop in self.returned and stop - first < SLICES_PER_BATCH_MAX:
            stop += 1
        return range(first, stop)

    def lend(self, count: int) -> tuple[int, ...]:
        """Take up to `count` free slices from the end, for a worker of DCP's."""
        restored = (range(row.first, row.first + row.count) for row in self.restored)
        barred = (self.lent, self.computing, self.overdue, *restored)
        lent: list[int] = []
        for number in range(self.total, 0, -1):
            if len(lent) == count:
                break
            if number in self.waiting and not any(number in slices for slices in barred):
                lent.append(number)
        self.lent.update(lent)
        return tuple(lent)

    def add(self, last: int, now_s: float) -> None:
        """Take into account that the job now has slices up to `last`."""
        for number in range(self.total + 1, last + 1):
            self.waiting[number] = 0
        self.total = max(self.total, last)
        self.added_s = now_s
        self.changed.set()

    def take_value(self, number: int) -> None:
        """Take into account that a slice has its value."""
        if self.waiting.pop(number, None) is not None:
            self.done += 1
        self.lent.discard(number)

    def take_failure(self, number: int) -> int:
        """Count a slice's failure; returns how many it has had."""
        self.errors += 1
        tries = self.waiting.pop(number, 0) + 1
        self.waiting[number] = tries
        return tries


def live_job(
    row: JobRow,
    counts: SliceCounts,
    waiting: dict[int, int],
    batches: tuple[BatchRow, ...],
    failed_in: Mapping[int, int] | None = None,
) -> LiveJob:
    """Return a stored job as it goes on: batches with slices that were neither done nor failed in them are run on.

    `failed_in` names the batch in which a waiting slice was last. What was lent is matched no more.
    """
    last = failed_in or {}
    unfinished = (
        batch
        for batch in batches
        if not batch.terms.is_known_only
        and any(
            number in waiting and last.get(number, -1) < batch.batch
            for number in range(batch.first, batch.first + batch.count)
        )
    )
    return LiveJob(
        terms=row.terms,
        seed=row.seed,
        created_ms=row.created_ms,
        is_joined=row.is_joined,
        is_closed=row.is_closed,
        total=counts.total,
        done=counts.done,
        waiting=waiting,
        is_carrying=carries_module(row.terms),
        slice_us=row.slice_us,
        errors=row.errors,
        batch_next=max([counts.last_batch, *(batch.batch for batch in batches)]) + 1,
        restored=deque(unfinished),
    )
