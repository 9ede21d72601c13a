"""Whether what others signed bears an entry out: receipts, vouchers, heads, certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from meshnode.ledger.accounts import SELF
from meshnode.ledger.books import HoldRow
from meshnode.ledger.entry import Posted, ReceiptEvidence, VoucherEvidence
from meshnode.ledger.rules import counterparty
from meshnode.ledger.settlement import (
    are_parties,
    receipt_in,
    refusal_of_receipt,
    voucher_in,
)
from meshnode.protocol.identity import Certificate, certificate_holds
from meshnode.protocol.messages import LedgerHead
from meshnode.protocol.sealed import Sealed, Verifier
from meshnode.protocol.values import IdentityId, MeshId, PeerKey
from meshnode.protocol.wire import WireError, open_sealed


@dataclass(frozen=True, slots=True)
class Keys:
    """Which working keys belong to which identities, by certificates that were checked."""

    mesh: MeshId
    verifier: Verifier
    identities: Mapping[PeerKey, IdentityId]

    def is_by(self, sealed: Sealed, identity: IdentityId | None) -> bool:
        """Tell whether an envelope was sealed by a key of this identity."""
        if identity is None or self.identities.get(sealed.signer) != identity:
            return False
        try:
            open_sealed(sealed, self.mesh, self.verifier)
        except WireError:
            return False
        return True


def keys_of(certificates: Sequence[Certificate], mesh: MeshId, verifier: Verifier) -> Keys:
    """Keep the certificates that hold; one that has ended since still tells whose key it was."""
    identities = {
        PeerKey(certificate.working_key): IdentityId(certificate.identity)
        for certificate in certificates
        if certificate_holds(certificate, 0, verifier)
    }
    return Keys(mesh, verifier, identities)


def fault_of_posting(body: Posted, hold: HoldRow, owner: IdentityId, keys: Keys) -> str | None:
    """Tell what is wrong with the paper behind a posting; None when nothing is."""
    peer = counterparty(hold.debit, hold.credit)
    requester, worker = (owner, peer) if hold.debit == SELF else (peer, owner)
    match body.evidence:
        case ReceiptEvidence():
            receipt = receipt_in(body.evidence.requester)
            if receipt is None:
                return "its receipt is none"
            if not keys.is_by(body.evidence.requester, requester):
                return "its receipt is not signed by the requester"
            if not keys.is_by(body.evidence.by_worker(), worker):
                return "its receipt is not signed by the worker"
            if receipt.amount != body.amount:
                return f"its receipt is over {receipt.amount}, not {body.amount}"
            return refusal_of_receipt(owner, hold, receipt, None)
        case VoucherEvidence():
            voucher = voucher_in(body.evidence.voucher)
            if voucher is None:
                return "its voucher is none"
            if voucher.amount != body.amount:
                return f"its voucher is over {voucher.amount}, not {body.amount}"
            return fault_of_voucher(body.evidence.voucher, hold, owner, keys)
        case _:
            assert_never(body.evidence)


def fault_of_voucher(sealed: Sealed, hold: HoldRow, owner: IdentityId, keys: Keys) -> str | None:
    """Tell what is wrong with a voucher for a hold; None when nothing is."""
    voucher = voucher_in(sealed)
    if voucher is None:
        return "its voucher is none"
    if not are_parties(owner, hold, voucher):
        return "its voucher names other parties"
    if not keys.is_by(sealed, IdentityId(voucher.requester)):
        return "its voucher is not signed by the requester"
    return "its voucher exceeds the hold" if voucher.amount > hold.amount_max else None


def fault_of_head(sealed: Sealed, keys: Keys) -> str | None:
    """Tell what is wrong with a head kept of a peer; None when nothing is."""
    try:
        body = open_sealed(sealed, keys.mesh, keys.verifier)
    except WireError as err:
        return f"a kept head is not authentic: {err}"
    if not isinstance(body, LedgerHead):
        return "a kept head is none"
    is_own = keys.identities.get(sealed.signer) == body.ledger
    return None if is_own else f"a kept head of {body.ledger.hex()[:8]} is not signed by it"
