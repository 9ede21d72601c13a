"""Who gets which chunks, and how many.

Adaptive weighting and splitting (design note: trust, 3). Nothing is sent here.

Each open lease *holds* its chunks that no voucher covers; a chunk is free for a worker while it
needs more replicas than it has reports and holders, and the worker is neither.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from meshnode.protocol.limits import (
    LEASE_CHUNKS_MAX,
    LEASE_TARGET_MS,
    STALL_FACTOR,
    STALL_MS_MIN,
    STALL_UNMEASURED_MS,
)
from meshnode.protocol.values import IdentityId
from meshnode.protocol.verification import Verification

RATE_WINDOW_MS = 500
"""A rate is taken over at least this long; shorter spans measure the flushes."""
RATE_WEIGHT = 0.5
"""Weight of the newest measured rate against the earlier ones."""


@dataclass(slots=True)
class Bidder:
    """What the requester knows of one worker in this run. Mutable; owned by the machine."""

    worker: IdentityId
    cores: int
    """Leases it runs at once; 0 after it declined or before it has bid."""
    price: int
    chunks_max: int
    rate: float
    """Chunks per millisecond, of all its cores: first from its benchmark, then measured."""
    is_measured: bool = False
    heard_ms: int = 0
    lost_ms: int | None = None
    """When its connection was lost; None while connected."""
    progress_ms: int = 0
    """When it last got a grant while idle, or had a chunk covered."""
    retry_ms: int = 0
    """No grant before this time."""
    open_leases: int = 0
    """Counted afresh before each round of grants."""
    chunks_cap: int = LEASE_CHUNKS_MAX
    """Chunks of its next lease at most.

    Halved when the ledger refuses a hold, doubled by progress.
    """
    tried: int = -1
    """`Assignments.changes` when nothing was found for it.

    Nothing new can be found until it grows.
    """
    window_ms: int | None = None
    """Start of the window that is measured; None before its first grant (a restart resumes leases without one)."""
    window_chunks: int = 0

    def measure(self, now_ms: int, chunks: int) -> None:
        """Take into account that `chunks` more were covered."""
        self.progress_ms = now_ms
        self.chunks_cap = min(2 * self.chunks_cap, LEASE_CHUNKS_MAX)
        if self.window_ms is None:
            self.window_ms = now_ms
            return
        self.window_chunks += chunks
        spent_ms = now_ms - self.window_ms
        if spent_ms < RATE_WINDOW_MS and self.is_measured:
            return
        rate = self.window_chunks / max(1, spent_ms)
        self.rate = RATE_WEIGHT * rate + (1 - RATE_WEIGHT) * self.rate if self.is_measured else rate
        self.is_measured = True
        self.window_ms, self.window_chunks = now_ms, 0

    def begin(self, now_ms: int) -> None:
        """Take into account that an idle worker got work."""
        self.progress_ms = now_ms
        self.window_ms, self.window_chunks = now_ms, 0

    def chunk_ms(self) -> float:
        """Tell the expected time of one chunk on one of its cores."""
        return max(1, self.cores) / max(self.rate, 1e-9)

    def is_stalled(self, now_ms: int, chunk_ms_max: int) -> bool:
        """Tell whether it has made no progress for far longer than a chunk takes.

        `chunk_ms_max` is time that any chunk of the run may take.
        """
        patience_ms = STALL_MS_MIN if self.is_measured else STALL_UNMEASURED_MS
        patience_ms = max(patience_ms, chunk_ms_max)
        return now_ms - self.progress_ms > max(patience_ms, STALL_FACTOR * self.chunk_ms())

    def room(self, now_ms: int) -> int:
        """Tell how many more leases it may get: one per core and one waiting, on trial just one."""
        if self.cores == 0 or self.lost_ms is not None or now_ms < self.retry_ms:
            return 0
        leases_max = self.cores + 1 if self.is_measured else 1
        return max(0, leases_max - self.open_leases)


def lease_chunks(bidder: Bidder, rate_total: float, replicas_left: int) -> int:
    """Tell the length of a bidder's next lease: half of what is left by its share of the speed.

    One chunk on trial. Each core gets its part, since a lease runs on one core.
    """
    if not bidder.is_measured:
        return 1
    share = bidder.rate / max(rate_total, bidder.rate) / bidder.cores
    half = ceil(replicas_left / 2 * share)
    in_time = int(LEASE_TARGET_MS / bidder.chunk_ms())
    return max(1, min(half, in_time, bidder.chunks_max, bidder.chunks_cap))


def split_stop(start: int, stop: int, rate: float, rate_other: float) -> int:
    """Tell where to cut the rest start…stop of a straggler, so that both parts end together."""
    assert start < stop
    kept = ceil((stop - start) * rate / max(rate + rate_other, 1e-9))
    return min(stop, start + max(1, kept))


class Assignments:
    """Which workers hold which chunks, and which chunks are free."""

    def __init__(self, count: int, verification: Verification) -> None:
        self._count = count
        self._verification = verification
        self._holders: dict[int, set[IdentityId]] = {}
        self._cursor = 0
        self.changes = 0
        """Grows when chunks may have become free."""

    def hold(self, chunks: Iterable[int], worker: IdentityId) -> None:
        """Note that the worker computes these chunks."""
        for chunk in chunks:
            self._holders.setdefault(chunk, set()).add(worker)

    def release(self, chunks: Iterable[int], worker: IdentityId) -> None:
        """Note that the worker does not compute them any more, done or not."""
        self.changes += 1
        for chunk in chunks:
            holders = self._holders.get(chunk)
            if holders is not None:
                holders.discard(worker)
                if not holders:
                    del self._holders[chunk]

    def is_held(self) -> bool:
        """Tell whether any chunk is being computed."""
        return bool(self._holders)

    def is_holder(self, chunk: int, worker: IdentityId) -> bool:
        """Tell whether this worker computes the chunk."""
        return worker in self._holders.get(chunk, ())

    def missing(self, chunk: int) -> int:
        """Tell how many replicas nobody has promised or computes."""
        holders = self._holders.get(chunk, ())
        return self._verification.replicas_missing(chunk) - len(holders)

    def replicas_left(self) -> int:
        """Tell how many replicas nobody has promised or computes, over all chunks."""
        return sum(max(0, self.missing(chunk)) for chunk in range(self._first(), self._count))

    def is_free(self, chunk: int, worker: IdentityId) -> bool:
        """Tell whether this worker may be given the chunk."""
        return (
            self.missing(chunk) > 0
            and not self.is_holder(chunk, worker)
            and not self._verification.has_report(chunk, worker)
        )

    def free_range(self, worker: IdentityId, chunks_max: int) -> range:
        """Give the first free chunks in a row, at most `chunks_max`; empty if none is free."""
        start = next(
            (c for c in range(self._first(), self._count) if self.is_free(c, worker)), None
        )
        if start is None:
            return range(0)
        stop = start + 1
        while stop < min(self._count, start + chunks_max) and self.is_free(stop, worker):
            stop += 1
        return range(start, stop)

    def for_home(self, home: IdentityId) -> int | None:
        """Give the chunk that home should run next.

        Untouched if there is one, else one that lacks a replica.
        """
        second: int | None = None
        for chunk in range(self._first(), self._count):
            if not self.is_free(chunk, home):
                continue
            if chunk not in self._holders and not self._verification.reporters(chunk):
                return chunk
            if second is None:
                second = chunk
        return second

    def _first(self) -> int:
        while self._cursor < self._count and self._cursor in self._verification.finals:
            self._cursor += 1
        return self._cursor
