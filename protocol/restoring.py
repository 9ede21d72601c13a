"""A restarted requester's machine takes up what the store knows.

What no voucher covers does not exist.
"""

from collections.abc import Iterable

from meshnode.protocol.lease import Lease, LeasePhase
from meshnode.protocol.run_state import RunState, follow
from meshnode.protocol.run_terms import Report, StoredLease, StoredRun
from meshnode.protocol.scheduling import Bidder
from meshnode.protocol.values import ChunkResult, LeaseId


def restore(state: RunState, stored: StoredRun, now_ms: int) -> None:
    """Rebuild leases, reports and finals.

    What follows from them beyond the store becomes effects.
    """
    state.shunned.update(stored.shunned)
    by_lease = _by_lease(stored.reports)
    believed = [report for report in stored.reports if report.lease is None]
    for kept in stored.leases:
        covered = _covered(kept, by_lease.get(kept.grant.lease, {}))
        if not kept.is_forfeited and kept.grant.worker not in stored.shunned:
            believed += [
                Report(worker=kept.grant.worker, lease=kept.grant.lease, result=result)
                for result in covered
            ]
        if not kept.is_forfeited and not kept.is_settled:
            _restore_lease(state, kept, covered, now_ms)
    state.tapes.update(report.result.tape_hash for report in believed)
    follow(state, state.verification.restore(believed, stored.finals.values()))


def _by_lease(reports: Iterable[Report]) -> dict[LeaseId, dict[int, ChunkResult]]:
    by_lease: dict[LeaseId, dict[int, ChunkResult]] = {}
    for report in reports:
        if report.lease is not None:
            by_lease.setdefault(report.lease, {})[report.result.chunk] = report.result
    return by_lease


def _covered(kept: StoredLease, results: dict[int, ChunkResult]) -> list[ChunkResult]:
    if kept.voucher is None:
        return []
    start = kept.grant.start
    return [results[chunk] for chunk in range(start, start + kept.voucher.chunks_done)]


def _restore_lease(
    state: RunState, kept: StoredLease, covered: list[ChunkResult], now_ms: int
) -> None:
    grant = kept.grant
    lease = Lease(grant, kept.stop, now_ms)
    lease.covered, lease.voucher, lease.evidence = covered, kept.voucher, kept.evidence
    state.leases[grant.lease] = lease
    if kept.is_ended:
        lease.phase = LeasePhase.ENDED
        lease.is_late_barred = True
        return
    lease.phase = LeasePhase.OPEN
    state.assignments.hold(range(lease.covered_stop, lease.stop), grant.worker)
    if grant.worker not in state.bidders:
        operations = max(1, state.terms.operations_per_chunk)
        state.bidders[grant.worker] = Bidder(
            worker=grant.worker,
            cores=0,
            price=grant.price,
            chunks_max=1,
            rate=1_000_000 / operations,
            heard_ms=now_ms,
            progress_ms=now_ms,
        )
