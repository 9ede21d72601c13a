"""One lease as its worker sees it.

What is computed, promised and vouched for. It decides nothing about others.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from meshnode.protocol.limits import (
    FLUSH_CHUNKS_MAX,
    FLUSH_INTERVAL_MS,
    RETRY_MS,
    RETRY_MS_MAX,
)
from meshnode.protocol.merkle import merkle_root
from meshnode.protocol.messages import ChunkDone, Grant, PrefixRoot, ShrinkAck, Voucher
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, IdentityId, LeaseId, chunk_leaf, cost_credits


class WorkPhase(Enum):
    """How far a lease has come; what is waiting for vouchers shows in the numbers."""

    HOLDING = auto()
    """The ledger has been asked whether the requester is good for it."""
    FETCHING = auto()
    """Module and captures are on their way."""
    READY = auto()


@dataclass(slots=True)
class Work:
    """Mutable; owned by the worker's machine."""

    grant: Grant
    received_ms: int
    stop: int
    phase: WorkPhase = WorkPhase.HOLDING
    sealed_grant: Sealed | None = None
    """Until it is stored."""
    results: list[ChunkResult] = field(default_factory=list)
    """From the lease's start."""
    tapes: dict[int, tuple[int, bytes | None]] = field(default_factory=dict)
    """Size and inline bytes of the tapes of chunks that no voucher covers."""
    running: int | None = None
    """The chunk in the sandbox."""
    covered: int = 0
    """Chunks under the newest voucher."""
    flushes: list[int] = field(default_factory=list)
    """Chunk counts that were promised and are not covered, ascending."""
    flushed_ms: int = 0
    """When the newest promise was sent first."""
    repeat_ms: int = 0
    repeats: int = 0
    failures: int = 0

    @property
    def lease(self) -> LeaseId:
        """Name the lease."""
        return self.grant.lease

    @property
    def requester(self) -> IdentityId:
        """Name the requester."""
        return self.grant.requester

    @property
    def computed_stop(self) -> int:
        """Tell the first chunk that is not computed."""
        return self.grant.start + len(self.results)

    @property
    def is_computed(self) -> bool:
        """Tell whether nothing is left to compute."""
        return self.computed_stop >= self.stop

    @property
    def is_done(self) -> bool:
        """Tell whether a voucher covers all there will be."""
        return self.is_computed and self.running is None and self.covered == len(self.results)

    @property
    def operations(self) -> int:
        """Tell the operations computed so far."""
        return sum(result.operations for result in self.results)

    def is_hold_enough(self) -> bool:
        """Tell whether the hold pays for one more chunk at its full budget."""
        operations = self.operations + self.grant.descriptor.operations_max
        return cost_credits(operations, self.grant.price) <= self.grant.amount_max

    def is_flush_due(self, now_ms: int) -> bool:
        """Tell whether results should be promised now: enough, old enough, or the last."""
        promised = self.flushes[-1] if self.flushes else self.covered
        fresh = len(self.results) - promised
        if fresh == 0:
            return False
        is_last = self.is_computed and self.running is None
        is_old = now_ms - self.flushed_ms >= FLUSH_INTERVAL_MS
        return is_last or is_old or fresh >= FLUSH_CHUNKS_MAX

    def flush(self, now_ms: int) -> list[ChunkDone | PrefixRoot]:
        """Promise all that is computed; at most one flush's chunks at once."""
        promised = self.flushes[-1] if self.flushes else self.covered
        count = min(len(self.results), promised + FLUSH_CHUNKS_MAX)
        self.flushes.append(count)
        self.flushed_ms = now_ms
        self.repeats = 0
        self.repeat_ms = now_ms + RETRY_MS
        return self._messages(promised, count)

    def repeat(self, now_ms: int) -> list[ChunkDone | PrefixRoot]:
        """State the oldest unanswered promise again, if that is due."""
        if not self.flushes or now_ms < self.repeat_ms:
            return []
        self.repeats += 1
        self.repeat_ms = now_ms + min(RETRY_MS << min(self.repeats, 8), RETRY_MS_MAX)
        return self._messages(self.covered, self.flushes[0])

    def accepts(self, voucher: Voucher) -> bool:
        """Tell whether a voucher says what it must for a prefix that was promised."""
        if not self.covered < voucher.chunks_done <= len(self.results):
            return False
        expected = self._prefix(voucher.chunks_done)
        return (
            voucher.root == expected.root
            and voucher.operations == expected.operations
            and voucher.amount == cost_credits(expected.operations, self.grant.price)
            and voucher.requester == self.grant.requester
            and voucher.worker == self.grant.worker
        )

    def cover(self, voucher: Voucher) -> None:
        """Take a stored voucher into account."""
        self.covered = voucher.chunks_done
        self.flushes = [count for count in self.flushes if count > self.covered]
        covered_stop = self.grant.start + self.covered
        self.tapes = {chunk: tape for chunk, tape in self.tapes.items() if chunk >= covered_stop}
        self.repeats, self.repeat_ms = 0, self.flushed_ms + RETRY_MS

    def shrink_ack(self) -> ShrinkAck:
        """State the end of the lease, bindingly."""
        return ShrinkAck(run=self.grant.run, lease=self.lease, stop=self.stop)

    def _messages(self, start: int, count: int) -> list[ChunkDone | PrefixRoot]:
        chunks: list[ChunkDone | PrefixRoot] = [
            self._chunk_done(result) for result in self.results[start:count]
        ]
        return [*chunks, self._prefix(count)]

    def _chunk_done(self, result: ChunkResult) -> ChunkDone:
        tape_bytes, tape = self.tapes[result.chunk]
        return ChunkDone(
            run=self.grant.run,
            lease=self.grant.lease,
            chunk=result.chunk,
            iterations_done=result.iterations_done,
            operations=result.operations,
            tape_hash=result.tape_hash,
            tape_bytes=tape_bytes,
            tape=tape,
        )

    def _prefix(self, count: int) -> PrefixRoot:
        results = self.results[:count]
        leaves = [chunk_leaf(self.grant.run_hash, result) for result in results]
        return PrefixRoot(
            run=self.grant.run,
            lease=self.grant.lease,
            chunks_done=count,
            root=merkle_root(leaves),
            operations=sum(result.operations for result in results),
        )
