"""One lease as its requester sees it.

Range, promises received, vouchers given. It decides nothing about others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from meshnode.protocol.limits import FLUSH_CHUNKS_MAX, FLUSHES_UNCOVERED_TRUSTED_MAX
from meshnode.protocol.merkle import merkle_proof, merkle_root
from meshnode.protocol.messages import Grant, PrefixRoot, Receipt, Voucher
from meshnode.protocol.requester_events import StoreProof
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    NO_HASH,
    ChunkResult,
    Hash,
    IdentityId,
    chunk_leaf,
    cost_credits,
)

PENDING_CHUNKS_MAX = FLUSH_CHUNKS_MAX * (FLUSHES_UNCOVERED_TRUSTED_MAX + 1)
"""Results kept that no PrefixRoot covers yet.

An honest worker's exposure window and one flush more.
"""


class LeasePhase(Enum):
    """What is still to come for a lease."""

    HOLDING = auto()
    """The ledger has been asked for the hold; nobody else knows of the lease."""
    OPEN = auto()
    ENDED = auto()
    """By agreement or by silence; it waits for its chunks to be final and its receipt."""
    FORFEITED = auto()
    SETTLED = auto()


@dataclass(frozen=True, slots=True)
class Pending:
    """A reported chunk that no PrefixRoot covers yet."""

    result: ChunkResult
    tape: bytes | None
    tape_bytes: int


@dataclass(slots=True)
class Lease:
    """Mutable; owned by the requester's machine."""

    grant: Grant
    stop: int
    granted_ms: int
    phase: LeasePhase = LeasePhase.HOLDING
    covered: list[ChunkResult] = field(default_factory=list)
    """Results under the newest voucher, from the lease's start."""
    pending: dict[int, Pending] = field(default_factory=dict)
    prefix: tuple[PrefixRoot, Sealed] | None = None
    """A promise that waits for tapes to be fetched."""
    voucher: Voucher | None = None
    evidence: Sealed | None = None
    tape_bytes: int = 0
    shrink_to: int | None = None
    """Asked of the worker and not yet answered; the lease's start means cancel."""
    split_ms: int = 0
    """It may not be asked for a part of its rest before."""
    is_confirmed: bool = False
    """The worker has shown that it knows the lease."""
    is_late_barred: bool = False
    """Ended by agreement: nothing further can count."""
    asked_ms: int = 0
    """When the unanswered grant, shrink or receipt was last sent."""
    asks: int = 0
    first_offer_ms: int | None = None
    """When its receipt was first offered; None before."""
    judged: int = 0
    """Covered chunks, from the start, that were compared with what is final."""

    @property
    def worker(self) -> IdentityId:
        """Name the worker."""
        return self.grant.worker

    @property
    def covered_stop(self) -> int:
        """Tell the first chunk that no voucher covers."""
        return self.grant.start + len(self.covered)

    @property
    def chunks_left(self) -> int:
        """Tell how many chunks are still to come."""
        return max(0, self.stop - self.covered_stop)

    def may_take(self, chunk: int) -> bool:
        """Tell whether a result for this chunk is kept until its prefix comes."""
        stop = self.stop if self.is_late_barred else self.grant.stop
        return self.covered_stop <= chunk < min(stop, self.covered_stop + PENDING_CHUNKS_MAX)

    def promised(self, prefix: PrefixRoot) -> tuple[Pending, ...] | None:
        """Give the pending results that `prefix` newly covers, or None while some have not come."""
        fresh = range(self.covered_stop, self.grant.start + prefix.chunks_done)
        if any(chunk not in self.pending for chunk in fresh):
            return None
        return tuple(self.pending[chunk] for chunk in fresh)

    def agrees(self, prefix: PrefixRoot, fresh: Sequence[Pending]) -> bool:
        """Tell whether root and operations of `prefix` are those of the results received."""
        results = [*self.covered, *(pending.result for pending in fresh)]
        root = merkle_root(self._leaves(results))
        return root == prefix.root and prefix.operations == sum(
            result.operations for result in results
        )

    def cover(self, prefix: PrefixRoot, sealed: Sealed, fresh: Sequence[Pending]) -> Voucher:
        """Take the prefix as accepted and give the voucher that answers it."""
        for pending in fresh:
            self.covered.append(pending.result)
            self.tape_bytes += pending.tape_bytes
            del self.pending[pending.result.chunk]
        self.prefix = None
        self.evidence = sealed
        grant = self.grant
        amount = cost_credits(prefix.operations, grant.price)
        assert amount <= grant.amount_max
        self.voucher = Voucher(
            run=grant.run,
            lease=grant.lease,
            requester=grant.requester,
            worker=grant.worker,
            chunks_done=prefix.chunks_done,
            root=prefix.root,
            operations=prefix.operations,
            amount=amount,
        )
        return self.voucher

    def receipt(self) -> Receipt:
        """Give the receipt over the final voucher; the driver fills in heads and time."""
        voucher, grant = self.voucher, self.grant
        assert voucher is not None
        return Receipt(
            run=grant.run,
            run_hash=grant.run_hash,
            lease=grant.lease,
            requester=grant.requester,
            worker=grant.worker,
            start=grant.start,
            chunks_done=voucher.chunks_done,
            root=voucher.root,
            operations=voucher.operations,
            bytes_moved=self.tape_bytes,
            price=grant.price,
            amount=voucher.amount,
            requester_head=NO_HASH,
            worker_head=NO_HASH,
            time_ms=0,
        )

    def proof(self, wrong: ChunkResult, right: ChunkResult) -> StoreProof:
        """Show that the worker promised `wrong` under its newest root."""
        assert self.evidence is not None
        index = wrong.chunk - self.grant.start
        assert self.covered[index] == wrong
        return StoreProof(
            peer=self.worker,
            evidence=self.evidence,
            start=self.grant.start,
            wrong=wrong,
            right=right,
            path=merkle_proof(self._leaves(self.covered), index),
        )

    def _leaves(self, results: Sequence[ChunkResult]) -> list[Hash]:
        return [chunk_leaf(self.grant.run_hash, result) for result in results]
