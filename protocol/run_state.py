"""The requester machine's state and the small steps that all its parts take on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from meshnode.protocol.lease import Lease, LeasePhase
from meshnode.protocol.limits import RETRY_MS, RETRY_MS_MAX
from meshnode.protocol.messages import Rejection
from meshnode.protocol.requester_events import (
    EndLease,
    Final,
    RecordCheck,
    RequesterEffect,
    Send,
    Shun,
    VoidHold,
)
from meshnode.protocol.run_terms import RunTerms
from meshnode.protocol.scheduling import Assignments, Bidder
from meshnode.protocol.values import ChunkGrid, ChunkResult, Hash, IdentityId, LeaseId, RunHash
from meshnode.protocol.verification import (
    CheckPassed,
    Convicted,
    Finalised,
    HomeWanted,
    Outvoted,
    Verdict,
    Verification,
)

if TYPE_CHECKING:
    from random import Random


class Phase(Enum):
    """Where a run stands."""

    ANNOUNCED = "announced"
    """Nobody computes for it; offers go out."""
    RUNNING = "running"
    """Leases are open, or chunks run at home."""
    CLOSING = "closing"
    """All chunks are final, or the run failed or was cancelled; leases are settled."""
    CLOSED = "closed"


@dataclass(slots=True, kw_only=True)
class RunState:
    """Owned by one RequesterMachine; its parts are functions on it."""

    terms: RunTerms
    run_hash: RunHash
    grid: ChunkGrid
    verification: Verification
    assignments: Assignments
    rng: "Random"
    phase: Phase = Phase.ANNOUNCED
    leases: dict[LeaseId, Lease] = field(default_factory=dict)
    """All that are not settled."""
    bidders: dict[IdentityId, Bidder] = field(default_factory=dict)
    shunned: set[IdentityId] = field(default_factory=set)
    tapes: set[Hash] = field(default_factory=set)
    """Tapes in the store."""
    fetching: set[tuple[IdentityId, Hash]] = field(default_factory=set)
    home_wanted: list[int] = field(default_factory=list)
    """Disputes and checks that wait for a core at home."""
    home_running: dict[int, int] = field(default_factory=dict)
    """Chunks that run at home, with the time they started."""
    home_failures: dict[int, int] = field(default_factory=dict)
    home_chunk_ms: float = 0
    """Measured time of a chunk at home; 0 before the first."""
    failure: str | None = None
    """Why the run ended early; its leases are settled without being judged."""
    offer_sequence: int = 0
    offer_ms: int = 0
    """When the next offer is due."""
    offer_interval_ms: int = 0
    effects: list[RequesterEffect] = field(default_factory=list)
    """Of the step that is being taken."""

    def open_leases(self) -> tuple[Lease, ...]:
        """Give the leases that go on."""
        return tuple(lease for lease in self.leases.values() if lease.phase is LeasePhase.OPEN)


def is_closing(state: RunState) -> bool:
    """Tell whether no more chunks are wanted."""
    return state.phase in {Phase.CLOSING, Phase.CLOSED}


def is_ask_due(lease: Lease, now_ms: int) -> bool:
    """Tell whether the lease's open question should be asked (again); if so, count it as asked."""
    if now_ms < lease.asked_ms:
        return False
    lease.asked_ms = now_ms + min(RETRY_MS << min(lease.asks, 8), RETRY_MS_MAX)
    lease.asks += 1
    return True


def ask_afresh(lease: Lease) -> None:
    """Let the next question of this lease be asked at once."""
    lease.asked_ms, lease.asks = 0, 0


def end_lease(state: RunState, lease: Lease, *, is_agreed: bool) -> None:
    """End an open lease at its last covered prefix.

    By agreement nothing further counts; after silence a late answer may, if nobody else was
    accepted in between.
    """
    assert lease.phase is LeasePhase.OPEN
    state.assignments.release(range(lease.covered_stop, lease.stop), lease.worker)
    if is_agreed:
        lease.stop = lease.covered_stop
    lease.is_late_barred = is_agreed
    lease.phase = LeasePhase.ENDED
    lease.prefix = None
    lease.pending.clear()
    ask_afresh(lease)
    state.effects.append(EndLease(lease=lease.grant.lease))


def convict(state: RunState, lease: Lease, wrong: ChunkResult, right: ChunkResult) -> None:
    """Take all pay of a lease with a wrong result under its root; shun its worker."""
    if lease.phase is LeasePhase.OPEN:
        end_lease(state, lease, is_agreed=True)
    if lease.phase is not LeasePhase.ENDED:
        return
    lease.phase = LeasePhase.FORFEITED
    lease_id, worker = lease.grant.lease, lease.worker
    rejection = Rejection(
        run=state.terms.run,
        run_hash=state.run_hash,
        lease=lease_id,
        chunk=right.chunk,
        iterations_done=right.iterations_done,
        tape_hash=right.tape_hash,
        operations=right.operations,
    )
    state.effects += [
        lease.proof(wrong, right),
        VoidHold(lease=lease_id, is_forfeit=True),
        Shun(peer=worker),
        Send(peer=worker, message=rejection),
    ]
    del state.leases[lease_id]
    shun(state, worker)


def shun(state: RunState, worker: IdentityId) -> None:
    """End a worker's part in this run; what it did rightly is still paid."""
    state.shunned.add(worker)
    state.bidders.pop(worker, None)
    for lease in state.leases.values():
        if lease.worker == worker:
            if lease.phase is LeasePhase.OPEN:
                end_lease(state, lease, is_agreed=True)
            lease.is_late_barred = True
    state.assignments.changes += 1
    follow(state, state.verification.drop(worker))


def follow(state: RunState, verdicts: Iterable[Verdict]) -> None:
    """Do what verdicts demand."""
    for verdict in verdicts:
        match verdict:
            case Finalised(result=result, worker=worker):
                state.effects.append(Final(chunk=result.chunk, result=result, worker=worker))
            case CheckPassed(worker=worker):
                state.effects.append(RecordCheck(peer=worker))
            case Outvoted(worker=worker):
                if worker not in state.shunned:
                    shun(state, worker)
            case HomeWanted(chunk=chunk):
                if chunk not in state.home_running:
                    state.home_wanted.append(chunk)
            case Convicted():
                _follow_conviction(state, verdict)


def _follow_conviction(state: RunState, verdict: Convicted) -> None:
    report = verdict.report
    lease = state.leases.get(report.lease) if report.lease is not None else None
    if lease is not None:
        convict(state, lease, report.result, verdict.right)
    elif report.worker not in state.shunned:
        state.effects.append(Shun(peer=report.worker))
        shun(state, report.worker)
