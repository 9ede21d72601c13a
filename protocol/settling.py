"""Ended leases are judged, then closed by a receipt or a voided hold. Requester's side.

A receipt is offered only when every covered chunk is final, and each covered result is compared
with what is final: until then a wrong chunk can still take the lease's pay.
"""

from meshnode.protocol.lease import Lease, LeasePhase
from meshnode.protocol.limits import RECEIPT_PATIENCE_MS
from meshnode.protocol.messages import Decline, DeclineReason, ReceiptAck
from meshnode.protocol.requester_events import OfferReceipt, PostReceipt, Send, VoidHold
from meshnode.protocol.run_state import (
    RunState,
    convict,
    end_lease,
    follow,
    is_ask_due,
    is_closing,
)
from meshnode.protocol.values import LeaseId, is_voted


def settle_leases(state: RunState, now_ms: int) -> None:
    """Judge ended leases as far as chunks are final; offer receipts for those that passed."""
    for lease in tuple(state.leases.values()):
        if lease.phase is not LeasePhase.ENDED:
            continue
        if not lease.covered:
            _void_if_useless(state, lease)
        elif _is_judged(state, lease):
            _offer(state, now_ms, lease)


def take_receipt(state: RunState, lease: Lease, ack: ReceiptAck) -> None:
    """Let the ledger judge a worker's signature."""
    if lease.phase is LeasePhase.ENDED and lease.judged == len(lease.covered):
        post = PostReceipt(peer=lease.worker, lease=lease.grant.lease, answer=ack.receipt)
        state.effects.append(post)


def receipt_posted(state: RunState, lease_id: LeaseId) -> None:
    """Forget a settled lease."""
    lease = state.leases.get(lease_id)
    if lease is not None and lease.phase is LeasePhase.ENDED:
        lease.phase = LeasePhase.SETTLED
        del state.leases[lease_id]


def voucher_refused(state: RunState, lease_id: LeaseId) -> None:
    """Drop a lease that the ledger has closed already: what it owed before is the ledger's."""
    lease = state.leases.get(lease_id)
    if lease is None:
        return
    if lease.phase is LeasePhase.OPEN:
        end_lease(state, lease, is_agreed=True)
    lease.phase = LeasePhase.SETTLED
    del state.leases[lease_id]
    ended = Decline(run=lease.grant.run, lease=lease_id, reason=DeclineReason.ENDED, retry_ms=0)
    state.effects.append(Send(peer=lease.worker, message=ended))


def _void_if_useless(state: RunState, lease: Lease) -> None:
    """Void the hold of a lease without any pay, once no late answer can be of use."""
    verification = state.verification
    is_useful = not lease.is_late_barred and not is_closing(state)
    chunks = range(lease.grant.start, lease.stop)
    if is_useful and any(verification.replicas_missing(chunk) for chunk in chunks):
        return
    lease.phase = LeasePhase.SETTLED
    state.effects.append(VoidHold(lease=lease.grant.lease, is_forfeit=False))
    del state.leases[lease.grant.lease]


def _is_judged(state: RunState, lease: Lease) -> bool:
    """Compare covered results with what is final, as far as that goes; true when all were right."""
    if state.failure is not None:
        lease.judged = len(
            lease.covered
        )  # Nothing more becomes final; what was vouched for is paid.
        return True
    while lease.judged < len(lease.covered):
        result = lease.covered[lease.judged]
        truth = state.verification.truth(result.chunk)
        if truth is None:
            return False
        if truth != result and result.chunk not in state.verification.home_results:
            follow(state, state.verification.want_home(result.chunk))
            return False
        if truth != result and not is_voted(state.terms.descriptor):
            convict(state, lease, result, truth)
            return False
        lease.judged += 1  # Voted work convicts nobody: what was vouched for is paid.
    return True


def _offer(state: RunState, now_ms: int, lease: Lease) -> None:
    lease.is_late_barred = True
    if lease.first_offer_ms is None:
        lease.first_offer_ms = now_ms
    if now_ms - lease.first_offer_ms > RECEIPT_PATIENCE_MS:
        lease.phase = LeasePhase.SETTLED  # The ledger posts its voucher by time.
        del state.leases[lease.grant.lease]
    elif is_ask_due(lease, now_ms):
        state.effects.append(OfferReceipt(peer=lease.worker, receipt=lease.receipt()))
