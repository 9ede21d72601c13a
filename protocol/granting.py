"""Bids become holds, holds become grants.

Silence and stalls end leases; stragglers are split. Requester's side.
"""

from collections import Counter
from collections.abc import Sequence

from meshnode.protocol.lease import Lease, LeasePhase
from meshnode.protocol.limits import (
    BIDDERS_MAX,
    FLUSH_INTERVAL_MS,
    HOLD_FACTOR,
    LEASE_MS_MAX,
    LEASE_MS_MIN,
    LEASES_OPEN_MAX,
    LOST_GRACE_MS,
    SILENCE_MS,
)
from meshnode.protocol.messages import Bid, Cancel, Decline, DeclineReason, Grant, Shrink
from meshnode.protocol.requester_events import MakeHold, Send, StoreLease, VoidHold
from meshnode.protocol.run_state import RunState, ask_afresh, end_lease, is_ask_due, is_closing
from meshnode.protocol.run_terms import HomePolicy, RunTerms
from meshnode.protocol.scheduling import Bidder, lease_chunks, split_stop
from meshnode.protocol.values import IdentityId, LeaseId, cost_credits

GRANT_TRIES_MAX = 5
"""A grant that no answer confirms after so many tries is taken back; about fifteen seconds."""


def take_bid(state: RunState, now_ms: int, worker: IdentityId, bid: Bid) -> None:
    """Note who would work; grants follow in `grant_leases`."""
    reason = _refusal(state, worker, bid)
    if reason is not None:
        decline = Decline(run=bid.run, lease=None, reason=reason, retry_ms=0)
        state.effects.append(Send(peer=worker, message=decline))
        return
    bidder = state.bidders.get(worker)
    if bidder is None:
        operations = max(1, state.terms.operations_per_chunk)
        rate = max(1, bid.operations_per_s) * max(1, bid.cores) / operations / 1000
        bidder = Bidder(worker=worker, cores=0, price=0, chunks_max=0, rate=rate)
        state.bidders[worker] = bidder
    bidder.cores, bidder.price, bidder.chunks_max = bid.cores, bid.price, max(1, bid.chunks_max)
    bidder.heard_ms, bidder.lost_ms, bidder.tried = now_ms, None, -1


def grant_leases(state: RunState, now_ms: int) -> None:
    """Ask the ledger for the holds of new leases while bidders have room and chunks are free."""
    counts = Counter(
        lease.worker
        for lease in state.leases.values()
        if lease.phase in {LeasePhase.OPEN, LeasePhase.HOLDING}
    )
    ready: list[Bidder] = []
    for bidder in state.bidders.values():
        bidder.open_leases = counts[bidder.worker]
        if bidder.room(now_ms) and bidder.tried != state.assignments.changes:
            ready.append(bidder)
    if not ready:
        return
    left = state.assignments.replicas_left()
    rate_total = _rate_total([bidder for bidder in state.bidders.values() if bidder.cores])
    for bidder in sorted(ready, key=lambda bidder: -bidder.rate):
        while bidder.room(now_ms) and sum(counts.values()) < LEASES_OPEN_MAX:
            chunks = state.assignments.free_range(
                bidder.worker, lease_chunks(bidder, rate_total, left)
            )
            if not chunks:
                bidder.tried = state.assignments.changes
                if bidder.open_leases == 0:
                    split_straggler(state, now_ms, bidder.worker, bidder.rate)
                break
            _ask_hold(state, now_ms, bidder, chunks)
            bidder.open_leases += 1
            counts[bidder.worker] += 1
            left -= len(chunks)


def _rate_total(bidders: Sequence[Bidder]) -> float:
    """Tell the speed of all bidders.

    One that is not measured yet counts like the measured ones per core, for its benchmark may be
    far off: the first to be measured would take the shares of all the others.
    """
    measured = [bidder for bidder in bidders if bidder.is_measured]
    rates = sum(bidder.rate for bidder in measured)
    cores = sum(bidder.cores for bidder in measured)
    if not cores:
        return sum(bidder.rate for bidder in bidders)
    return rates / cores * sum(bidder.cores for bidder in bidders)


def held_operations(terms: RunTerms, chunks: int) -> int:
    """Tell for how many operations a lease of so many chunks gets credit.

    One chunk may use its whole budget, the others a few times the estimate: holding every
    budget in full would tie up a hundred times what is paid. A worker that comes to the end of
    its hold gives the rest of its lease back.
    """
    budget = terms.descriptor.operations_max
    likely = min(budget, HOLD_FACTOR * max(1, terms.operations_per_chunk))
    return budget + likely * (chunks - 1)


def hold_made(state: RunState, now_ms: int, lease_id: LeaseId) -> None:
    """Store and send the grant whose credits are held now."""
    lease = state.leases.get(lease_id)
    if lease is None or lease.phase is not LeasePhase.HOLDING:
        return
    bidder = state.bidders.get(lease.worker)
    chunks = range(lease.grant.start, lease.stop)
    is_overtaken = any(chunk in state.verification.finals for chunk in chunks)
    if bidder is None or bidder.cores == 0 or is_closing(state) or is_overtaken:
        state.assignments.release(chunks, lease.worker)
        state.effects.append(VoidHold(lease=lease_id, is_forfeit=False))
        del state.leases[lease_id]
        return
    lease.phase = LeasePhase.OPEN
    lease.granted_ms = now_ms
    if not any(
        other is not lease and other.worker == lease.worker for other in state.open_leases()
    ):
        bidder.begin(now_ms)
    state.effects.append(StoreLease(grant=lease.grant, stop=lease.stop))
    is_ask_due(lease, now_ms)
    state.effects.append(Send(peer=lease.worker, message=lease.grant))


def hold_refused(state: RunState, now_ms: int, lease_id: LeaseId) -> None:
    """Try a smaller lease with this worker, and wait when even one chunk is too much."""
    lease = state.leases.get(lease_id)
    if lease is None or lease.phase is not LeasePhase.HOLDING:
        return
    state.assignments.release(range(lease.grant.start, lease.stop), lease.worker)
    del state.leases[lease_id]
    bidder = state.bidders.get(lease.worker)
    if bidder is not None:
        chunks = lease.stop - lease.grant.start
        bidder.chunks_cap = max(1, chunks // 2)
        if chunks == 1:
            bidder.retry_ms = now_ms + SILENCE_MS


def split_straggler(state: RunState, now_ms: int, idle: IdentityId, rate: float) -> None:
    """Ask the slowest lease to give up a part of its rest for an idle worker (or for home)."""
    if any(lease.shrink_to is not None for lease in state.open_leases()):
        return
    slowest: tuple[float, Lease, float] | None = None
    for lease in state.open_leases():
        bidder = state.bidders.get(lease.worker)
        is_fit = lease.chunks_left > 1 and lease.worker != idle and now_ms >= lease.split_ms
        if bidder is None or not is_fit:
            continue
        if state.verification.has_report(lease.stop - 1, idle):
            continue
        left_ms = lease.chunks_left * bidder.chunk_ms()
        if slowest is None or left_ms > slowest[0]:
            slowest = (left_ms, lease, 1 / bidder.chunk_ms())
    if slowest is None or slowest[0] < 2 / max(rate, 1e-9):
        return
    _, lease, lease_rate = slowest
    lease.shrink_to = split_stop(lease.covered_stop, lease.stop, lease_rate, rate)
    if lease.shrink_to == lease.stop:
        lease.shrink_to = None
        return
    # The answer may give nothing back: what is covered lags a flush behind what is computed.
    lease.split_ms = now_ms + FLUSH_INTERVAL_MS
    ask_afresh(lease)


def shrunk(state: RunState, lease: Lease, stop: int) -> None:
    """Take a worker's binding end of its lease; what lies beyond is free at once."""
    stop = max(stop, lease.covered_stop)
    lease.is_confirmed = True
    lease.shrink_to = None
    if stop < lease.stop:
        state.assignments.release(range(stop, lease.stop), lease.worker)
        lease.stop = stop
        state.effects.append(StoreLease(grant=lease.grant, stop=stop))
    if lease.chunks_left == 0:
        end_lease(state, lease, is_agreed=True)


def watch_workers(state: RunState, now_ms: int) -> None:
    """End the leases of the lost, the silent and the stalled.

    A stalled one gets one chunk next time.
    """
    for lease in state.open_leases():
        bidder = state.bidders.get(lease.worker)
        if bidder is None:
            end_lease(state, lease, is_agreed=False)
            continue
        is_lost = bidder.lost_ms is not None and now_ms - bidder.lost_ms > LOST_GRACE_MS
        is_silent = now_ms - max(bidder.heard_ms, lease.granted_ms) > SILENCE_MS
        is_stalled = bidder.is_stalled(now_ms, state.terms.chunk_ms_max)
        is_over = now_ms - lease.granted_ms > lease.grant.lasts_ms
        if is_stalled:
            bidder.is_measured = False
        if is_lost or is_silent or is_stalled or is_over:
            bidder.retry_ms = now_ms + SILENCE_MS
            end_lease(state, lease, is_agreed=False)
            cancel = Cancel(run=state.terms.run, lease=lease.grant.lease)
            state.effects.append(Send(peer=lease.worker, message=cancel))


def repeat_questions(state: RunState, now_ms: int) -> None:
    """Send unanswered grants, shrinks and cancels again."""
    for lease in state.open_leases():
        if lease.shrink_to is not None:
            if is_ask_due(lease, now_ms):
                state.effects.append(Send(peer=lease.worker, message=_shrink(lease)))
        elif not lease.is_confirmed and is_ask_due(lease, now_ms):
            if lease.asks > GRANT_TRIES_MAX:
                end_lease(state, lease, is_agreed=False)
            else:
                state.effects.append(Send(peer=lease.worker, message=lease.grant))


def cancel_leases(state: RunState, now_ms: int) -> None:
    """Ask all open leases to end where they are."""
    for lease in state.open_leases():
        lease.shrink_to = lease.grant.start
        ask_afresh(lease)
    repeat_questions(state, now_ms)


def _refusal(state: RunState, worker: IdentityId, bid: Bid) -> DeclineReason | None:
    terms = state.terms
    if worker in state.shunned:
        return DeclineReason.SHUNNED
    if is_closing(state) or terms.home is HomePolicy.ONLY:
        return DeclineReason.ENDED
    if terms.is_known_only and not state.verification.is_known(worker):
        return DeclineReason.TERMS
    if bid.price > terms.price_max or worker == terms.requester or bid.cores == 0:
        return DeclineReason.TERMS
    if worker not in state.bidders and len(state.bidders) >= BIDDERS_MAX:
        return DeclineReason.BUSY
    return None


def _ask_hold(state: RunState, now_ms: int, bidder: Bidder, chunks: range) -> None:
    terms = state.terms
    price = bidder.price
    operations = held_operations(terms, len(chunks))
    expected_ms = int(len(chunks) * bidder.chunk_ms())
    grant = Grant(
        lease=LeaseId(state.rng.randbytes(32)),
        run=terms.run,
        run_hash=state.run_hash,
        requester=terms.requester,
        worker=bidder.worker,
        descriptor=terms.descriptor,
        start=chunks.start,
        stop=chunks.stop,
        tape_bytes_max=terms.tape_bytes_max,
        lasts_ms=min(max(LEASE_MS_MIN, 4 * expected_ms), LEASE_MS_MAX),
        amount_max=cost_credits(operations, price),
        price=price,
    )
    state.leases[grant.lease] = Lease(grant, chunks.stop, now_ms)
    state.assignments.hold(chunks, bidder.worker)
    state.effects.append(
        MakeHold(
            lease=grant.lease,
            peer=bidder.worker,
            amount=grant.amount_max,
            price=price,
            expires_ms=now_ms + grant.lasts_ms,
        )
    )


def _shrink(lease: Lease) -> Shrink | Cancel:
    run, lease_id, stop = lease.grant.run, lease.grant.lease, lease.shrink_to
    assert stop is not None
    if stop == lease.grant.start:
        return Cancel(run=run, lease=lease_id)
    return Shrink(run=run, lease=lease_id, stop=stop)
