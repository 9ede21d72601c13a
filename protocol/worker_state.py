"""The worker machine's state and the small steps that all its parts take on it."""

from collections import OrderedDict
from dataclasses import dataclass, field

from meshnode.protocol.limits import (
    FLUSHES_UNCOVERED_STRANGER_MAX,
    FLUSHES_UNCOVERED_TRUSTED_MAX,
    FORGOTTEN_LEASES_MAX,
    OFFERS_KNOWN_MAX,
    RESULTS_KEPT_MS,
)
from meshnode.protocol.messages import Decline, DeclineReason, WorkMessage
from meshnode.protocol.offers import OfferBook
from meshnode.protocol.requester_events import Send
from meshnode.protocol.values import IdentityId, LeaseId, RunHash, RunId
from meshnode.protocol.work import Work, WorkPhase
from meshnode.protocol.worker_events import (
    EndWork,
    ExpectIncome,
    ForgetIncome,
    ForgetWork,
    ReleaseRun,
    StopChunk,
    StoreWork,
    WorkerEffect,
    WorkerPolicy,
)

BUSY_RETRY_MS = 1_000
"""Told with a refusal for lack of room; leases are much longer."""


@dataclass(slots=True)
class WorkerState:
    """Owned by one WorkerMachine; its parts are functions on it."""

    policy: WorkerPolicy
    works: dict[LeaseId, Work] = field(default_factory=dict)
    """The leases held, oldest first."""
    offers: OfferBook = field(default_factory=OfferBook)
    bids: set[RunId] = field(default_factory=set)
    """Runs of known offers that were bid for."""
    ready: set[RunHash] = field(default_factory=set)
    """Runs whose module and captures are here."""
    fetching: set[RunHash] = field(default_factory=set)
    unfit: OrderedDict[RunHash, None] = field(default_factory=OrderedDict)
    """Runs that are not worked for any more."""
    forgotten: OrderedDict[LeaseId, None] = field(default_factory=OrderedDict)
    """Leases that have ended."""
    lost: set[IdentityId] = field(default_factory=set)
    """Requesters of leases held that are not connected now."""
    effects: list[WorkerEffect] = field(default_factory=list)
    """Of the step that is being taken."""


def send(state: WorkerState, peer: IdentityId, message: WorkMessage) -> None:
    """Send to a requester."""
    state.effects.append(Send(peer=peer, message=message))


def decline(
    state: WorkerState, peer: IdentityId, run: RunId, lease: LeaseId | None, reason: DeclineReason
) -> None:
    """Refuse a grant, a lease or (lease None) the whole run."""
    retry_ms = BUSY_RETRY_MS if reason is DeclineReason.BUSY else 0
    send(state, peer, Decline(run=run, lease=lease, reason=reason, retry_ms=retry_ms))


def unfinished(state: WorkerState) -> int:
    """Count the leases with chunks left to compute.

    Those of lost requesters keep nobody else's waiting: a stranger could take every core for a
    minute by granting leases and going away.
    """
    works = (work for work in state.works.values() if work.requester not in state.lost)
    return sum(not work.is_computed for work in works)


def lose(state: WorkerState, requester: IdentityId) -> None:
    """Note that a requester is gone, if it has leases here; their work goes on within its window."""
    if any(work.requester == requester for work in state.works.values()):
        state.lost.add(requester)


def window(state: WorkerState, work: Work) -> int:
    """Tell how many flushes may wait for their voucher."""
    is_trusted = work.requester in state.policy.trusted
    return FLUSHES_UNCOVERED_TRUSTED_MAX if is_trusted else FLUSHES_UNCOVERED_STRANGER_MAX


def store(state: WorkerState, work: Work) -> None:
    """Store a lease with its present end."""
    state.effects.append(
        StoreWork(
            grant=work.grant,
            sealed_grant=work.sealed_grant,
            received_ms=work.received_ms,
            stop=work.stop,
        )
    )


def expect_income(state: WorkerState, work: Work) -> None:
    """Ask the ledger whether the requester is good for a lease."""
    grant = work.grant
    state.effects.append(
        ExpectIncome(
            lease=grant.lease,
            run_hash=grant.run_hash,
            peer=grant.requester,
            amount=grant.amount_max,
            price=grant.price,
            expires_ms=work.received_ms + grant.lasts_ms + RESULTS_KEPT_MS,
        )
    )


def stop_chunk(state: WorkerState, work: Work) -> None:
    """Kill the chunk that runs, if one does."""
    if work.running is not None:
        state.effects.append(StopChunk(lease=work.lease, chunk=work.running))
        work.running = None


def shrink(state: WorkerState, work: Work, stop: int) -> None:
    """Bring the end down to `stop`, bindingly."""
    if stop < work.stop:
        work.stop = stop
        store(state, work)
    send(state, work.requester, work.shrink_ack())


def give_back(state: WorkerState, now_ms: int, work: Work) -> None:
    """Stop at once; what is computed is still promised and paid."""
    stop_chunk(state, work)
    shrink(state, work, work.computed_stop)
    if work.phase is not WorkPhase.HOLDING:
        advance_work(state, now_ms, work)


def abandon(state: WorkerState, work: Work) -> None:
    """Stop at once and drop what no voucher covers."""
    stop_chunk(state, work)
    forget(state, work)


def refuse_run(state: WorkerState, now_ms: int, terms: RunHash, reason: DeclineReason) -> None:
    """Give all leases of a run back and take no more of it."""
    state.unfit[terms] = None
    if len(state.unfit) > OFFERS_KNOWN_MAX:
        state.unfit.popitem(last=False)
    for work in tuple(state.works.values()):
        if work.grant.run_hash == terms:
            decline(state, work.requester, work.grant.run, None, reason)
            give_back(state, now_ms, work)


def advance_work(state: WorkerState, now_ms: int, work: Work) -> None:
    """Flush, repeat and end a lease as time demands."""
    if work.phase is WorkPhase.HOLDING:
        return
    overtime_ms = now_ms - work.received_ms - work.grant.lasts_ms
    if overtime_ms > RESULTS_KEPT_MS:
        abandon(state, work)
        return
    if overtime_ms > 0 and not work.is_computed:
        give_back(state, now_ms, work)
    while work.is_flush_due(now_ms) and len(work.flushes) < window(state, work):
        for message in work.flush(now_ms):
            send(state, work.requester, message)
    for message in work.repeat(now_ms):
        send(state, work.requester, message)
    if work.is_done and work.lease in state.works:
        forget(state, work)


def forget(state: WorkerState, work: Work) -> None:
    """Drop a lease. Once results were computed a voucher may be on its way, and the hold stays."""
    lease = work.lease
    ended = EndWork(lease=lease) if work.results else ForgetIncome(lease=lease)
    state.effects += [ended, ForgetWork(lease=lease)]
    del state.works[lease]
    state.forgotten[lease] = None
    if len(state.forgotten) > FORGOTTEN_LEASES_MAX:
        state.forgotten.popitem(last=False)
    if all(other.requester != work.requester for other in state.works.values()):
        state.lost.discard(work.requester)
    terms = work.grant.run_hash
    if all(other.grant.run_hash != terms for other in state.works.values()):
        state.ready.discard(terms)
        state.fetching.discard(terms)
        state.effects.append(ReleaseRun(run_hash=terms))
