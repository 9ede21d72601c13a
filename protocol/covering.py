"""What a worker reports becomes promised, stored, vouched for and judged, in this order.

Requester's side.

Nothing counts before a PrefixRoot covers it; no voucher leaves before the tapes under it are
stored.
"""

from meshnode.protocol.lease import Lease, LeasePhase, Pending
from meshnode.protocol.limits import TAPE_INLINE_BYTES_MAX
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.messages import (
    ChunkDone,
    Decline,
    DeclineReason,
    PrefixRoot,
    result_of,
)
from meshnode.protocol.requester_events import Drop, FetchTape, Send, StoreReport, StoreVoucher
from meshnode.protocol.run_state import RunState, end_lease, follow
from meshnode.protocol.run_terms import Report
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import cost_credits


def take_chunk(state: RunState, lease: Lease, done: ChunkDone) -> None:
    """Keep one result until a prefix covers it; refuse what the terms do not allow."""
    fault = _fault(state, lease, done)
    if fault is not None:
        blame(state, lease, fault)
        return
    lease.is_confirmed = True
    if lease.may_take(done.chunk):
        lease.pending[done.chunk] = Pending(result_of(done), done.tape, done.tape_bytes)


def take_prefix(
    state: RunState, now_ms: int, lease: Lease, prefix: PrefixRoot, seal: Sealed
) -> None:
    """Check a promise against the results received; cover it once its tapes are here."""
    lease.is_confirmed = True
    voucher = lease.voucher
    if prefix.chunks_done <= len(lease.covered):
        if voucher is not None and prefix.chunks_done == voucher.chunks_done:
            _answer_again(state, lease, prefix)
        return
    stop = lease.stop if lease.is_late_barred else lease.grant.stop
    if lease.grant.start + prefix.chunks_done > stop:
        state.effects.append(decline(lease, DeclineReason.ENDED))
        return
    fresh = lease.promised(prefix)
    if fresh is None:
        return  # Results were lost on the way; the worker sends both again.
    if cost_credits(prefix.operations, lease.grant.price) > lease.grant.amount_max:
        blame(state, lease, "more operations than the hold pays for")
        return
    if not lease.agrees(prefix, fresh):
        blame(state, lease, "a prefix root does not match its chunks")
        return
    lease.prefix = (prefix, seal)
    cover(state, now_ms, lease)


def cover(state: RunState, now_ms: int, lease: Lease) -> None:
    """Accept a lease's waiting promise if all its tapes are here; else fetch them."""
    if lease.prefix is None:
        return
    prefix, seal = lease.prefix
    fresh = lease.promised(prefix)
    assert fresh is not None
    if lease.phase is LeasePhase.ENDED and not _is_late_wanted(state, lease, fresh):
        lease.prefix = None
        lease.pending.clear()
        state.effects.append(decline(lease, DeclineReason.ENDED))
        return
    if _fetch_missing(state, lease, fresh):
        return
    _accept(state, now_ms, lease, prefix, seal)


def blame(state: RunState, lease: Lease, reason: str) -> None:
    """Drop a worker that broke the protocol; its lease ends where it is covered."""
    state.effects.append(Drop(peer=lease.worker, reason=reason))
    if lease.phase is LeasePhase.OPEN:
        end_lease(state, lease, is_agreed=True)
    lease.is_late_barred = True


def decline(lease: Lease, reason: DeclineReason) -> Send:
    """Tell a worker that its lease does not go on."""
    message = Decline(run=lease.grant.run, lease=lease.grant.lease, reason=reason, retry_ms=0)
    return Send(peer=lease.worker, message=message)


def _fault(state: RunState, lease: Lease, done: ChunkDone) -> str | None:
    grant = lease.grant
    if not grant.start <= done.chunk < grant.stop:
        return "a chunk outside its lease"
    start, stop = state.grid.bounds(done.chunk)
    if done.iterations_done > stop - start:
        return "more iterations than the chunk has"
    if done.operations > grant.descriptor.operations_max:
        return "more operations than the chunk's budget"
    if done.tape_bytes > grant.tape_bytes_max:
        return "a tape larger than allowed"
    if done.tape is not None and (
        len(done.tape) != done.tape_bytes or blob_id(done.tape) != done.tape_hash
    ):
        return "a tape that is not what its hash says"
    return None


def _answer_again(state: RunState, lease: Lease, prefix: PrefixRoot) -> None:
    voucher = lease.voucher
    assert voucher is not None
    if prefix.root != voucher.root:
        blame(state, lease, "two roots for one prefix")
        return
    state.effects.append(Send(peer=lease.worker, message=voucher))


def _is_late_wanted(state: RunState, lease: Lease, fresh: tuple[Pending, ...]) -> bool:
    """Tell whether nobody was accepted for these chunks since the lease ended by silence.

    Nor may the worker have been given them again: it would be paid twice for one chunk.
    """
    if lease.is_late_barred:
        return False
    return all(_is_chunk_wanted(state, lease, pending.result.chunk) for pending in fresh)


def _is_chunk_wanted(state: RunState, lease: Lease, chunk: int) -> bool:
    return (
        state.verification.replicas_missing(chunk) > 0
        and not state.verification.has_report(chunk, lease.worker)
        and not state.assignments.is_holder(chunk, lease.worker)
    )


def _fetch_missing(state: RunState, lease: Lease, fresh: tuple[Pending, ...]) -> bool:
    is_missing = False
    for pending in fresh:
        tape_hash = pending.result.tape_hash
        if pending.tape is not None or tape_hash in state.tapes:
            continue
        is_missing = True
        if (lease.worker, tape_hash) not in state.fetching:
            state.fetching.add((lease.worker, tape_hash))
            bytes_max = max(pending.tape_bytes, TAPE_INLINE_BYTES_MAX)
            fetch = FetchTape(peer=lease.worker, tape_hash=tape_hash, bytes_max=bytes_max)
            state.effects.append(fetch)
    return is_missing


def _accept(state: RunState, now_ms: int, lease: Lease, prefix: PrefixRoot, seal: Sealed) -> None:
    fresh = lease.promised(prefix)
    assert fresh is not None
    reports: list[Report] = []
    for pending in fresh:
        report = Report(worker=lease.worker, lease=lease.grant.lease, result=pending.result)
        reports.append(report)
        tape = None if pending.result.tape_hash in state.tapes else pending.tape
        state.tapes.add(pending.result.tape_hash)
        state.effects.append(StoreReport(report=report, tape=tape))
    voucher = lease.cover(prefix, seal, fresh)
    state.effects += [
        StoreVoucher(voucher=voucher, evidence=seal, price=lease.grant.price),
        Send(peer=lease.worker, message=voucher),
    ]
    state.assignments.release((report.result.chunk for report in reports), lease.worker)
    bidder = state.bidders.get(lease.worker)
    if bidder is not None:
        bidder.measure(now_ms, len(reports))
    if lease.phase is LeasePhase.OPEN and lease.chunks_left == 0:
        end_lease(state, lease, is_agreed=True)
    for report in reports:
        follow(state, state.verification.add(report))
