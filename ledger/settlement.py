"""Whether a voucher or a receipt settles a hold: pure comparisons of what was signed with the hold.

Signatures are not checked here: the node opened the envelopes, and an audit checks them again.
"""

from meshnode.ledger.accounts import SELF
from meshnode.ledger.books import HoldRow, HoldStatus
from meshnode.ledger.rules import Refusal, counterparty
from meshnode.protocol.messages import Receipt, Voucher
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import IdentityId, cost_credits
from meshnode.protocol.wire import WireError, read_body


def voucher_in(envelope: Sealed) -> Voucher | None:
    """Read a sealed voucher; None when it is none."""
    try:
        body = read_body(envelope)
    except WireError:
        return None
    return body if isinstance(body, Voucher) else None


def receipt_in(envelope: Sealed) -> Receipt | None:
    """Read a sealed receipt; None when it is none."""
    try:
        body = read_body(envelope)
    except WireError:
        return None
    return body if isinstance(body, Receipt) else None


def refusal_of_voucher(
    owner: IdentityId, hold: HoldRow | None, voucher: Voucher | None, known: Voucher | None
) -> Refusal | None:
    """Tell why a voucher is not kept in place of the `known` one; None when it is."""
    if voucher is None:
        return Refusal.MALFORMED
    if hold is None:
        return Refusal.NO_HOLD
    if hold.status is not HoldStatus.OPEN:
        return Refusal.ALREADY_RESOLVED
    if not are_parties(owner, hold, voucher):
        return Refusal.OTHER_PARTIES
    if voucher.amount > hold.amount_max:
        return Refusal.AMOUNT_ABOVE_HOLD
    if known is not None and not _is_later(voucher, known):
        return Refusal.OUTDATED
    return None


def refusal_of_receipt(
    owner: IdentityId, hold: HoldRow, receipt: Receipt, known: Voucher | None
) -> Refusal | None:
    """Tell why a receipt does not settle a hold; None when it does."""
    if not are_parties(owner, hold, receipt):
        return Refusal.OTHER_PARTIES
    if receipt.amount > cost_credits(receipt.operations, receipt.price):
        return Refusal.ABOVE_PRICE
    if known is not None and not _is_later(receipt, known):
        return Refusal.BELOW_VOUCHER
    return None


def are_parties(owner: IdentityId, hold: HoldRow, paper: Voucher | Receipt) -> bool:
    """Tell whether a paper is about this hold between the ledger's owner and the hold's peer."""
    peer = counterparty(hold.debit, hold.credit)
    payer, payee = (owner, peer) if hold.debit == SELF else (peer, owner)
    return (paper.lease, paper.requester, paper.worker) == (hold.lease, payer, payee)


def _is_later(paper: Voucher | Receipt, known: Voucher) -> bool:
    """Tell whether a paper owes for at least what the newest voucher owed for."""
    return (
        paper.chunks_done >= known.chunks_done
        and paper.operations >= known.operations
        and paper.amount >= known.amount
    )
