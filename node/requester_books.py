"""The requester's commands to its ledger, with what must be stored beside them. All of it runs in the store thread.

A command that the ledger refuses is an event for the machine, never a crash; nothing signed leaves for it.
"""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from meshnode.ledger import HoldRequest, Ledger, VoidCause, accounts
from meshnode.node.links import Links
from meshnode.node.requester_store import RequesterStore
from meshnode.protocol import requester_events as r
from meshnode.protocol.messages import Proof, ReceiptOffer
from meshnode.protocol.run_terms import RunTerms
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import NO_HASH, Hash, LeaseId, digest
from meshnode.protocol.wire import encode, seal

logger = logging.getLogger(__name__)


class RequesterBooks:
    """One run's side of the ledger."""

    def __init__(
        self,
        terms: RunTerms,
        ledger: Ledger,
        store: RequesterStore,
        links: Links,
        now_ms: Callable[[], int],
    ) -> None:
        self.unpayable: set[LeaseId] = set()
        """Leases for which the ledger refused a voucher; nothing signed may leave for them."""
        self._terms = terms
        self._ledger = ledger
        self._store = store
        self._links = links
        self._now_ms = now_ms
        self._owed: dict[LeaseId, int] = {}
        self._newest_proof: Hash | None = None

    @property
    def cost(self) -> int:
        """Tell the micro-credits promised by vouchers."""
        return sum(self._owed.values())

    def hold(self, effect: r.MakeHold) -> r.RequesterEvent:
        """Set credits aside for a lease."""
        request = HoldRequest(
            lease=effect.lease,
            debit=accounts.SELF,
            credit=accounts.peer(effect.peer),
            job=self._terms.run,
            amount_max=effect.amount,
            expires_ms=effect.expires_ms,
        )
        refusal = self._ledger.hold(request, self._now_ms())
        if refusal is None:
            return r.HoldMade(lease=effect.lease)
        logger.warning(
            "event=hold_refused lease=%s cause=%s", effect.lease.hex()[:8], refusal.value
        )
        return r.HoldRefused(lease=effect.lease, cause=refusal.value)

    def void(self, effect: r.VoidHold) -> None:
        """Give a hold back; a forfeit names the proof."""
        cause = VoidCause.FORFEITED if effect.is_forfeit else VoidCause.UNUSED
        proof = self._newest_proof if effect.is_forfeit else None
        refusal = self._ledger.void(effect.lease, cause, self._now_ms(), proof)
        if refusal is not None:
            logger.warning(
                "event=void_refused lease=%s cause=%s", effect.lease.hex()[:8], refusal.value
            )
            return
        self._store.settle_lease(effect.lease, is_forfeit=effect.is_forfeit)

    def store_voucher(self, effect: r.StoreVoucher) -> r.RequesterEvent | None:
        """Seal and keep a voucher with the promise that it answers."""
        links, lease = self._links, effect.voucher.lease
        envelope = seal(effect.voucher, links.mesh, links.signer)
        refusal = self._ledger.store_voucher(envelope)
        if refusal is not None:
            logger.error("event=voucher_refused lease=%s cause=%s", lease.hex()[:8], refusal.value)
            self.unpayable.add(lease)
            return r.VoucherRefused(lease=lease, cause=refusal.value)
        self._store.store_voucher(effect.voucher, effect.evidence)
        self._owed[lease] = effect.voucher.amount
        return None

    def store_proof(self, effect: r.StoreProof) -> None:
        """Keep a proof, and its hash for the forfeit that the machine asks for right after it."""
        proof = self._proof(effect)
        self._store.store_proof(effect.peer, proof)
        self._newest_proof = digest(encode(proof))

    def _proof(self, effect: r.StoreProof) -> Proof:
        return Proof(
            prefix_root=effect.evidence,
            descriptor=self._terms.descriptor,
            start=effect.start,
            chunk=effect.wrong.chunk,
            iterations_done=effect.wrong.iterations_done,
            tape_hash=effect.wrong.tape_hash,
            operations=effect.wrong.operations,
            path=effect.path,
        )

    def post_receipt(self, effect: r.PostReceipt) -> r.RequesterEvent:
        """Post a receipt that the worker has countersigned, if it is the offered one."""
        offered = self._store.offered_receipt(effect.lease)
        if offered is None or effect.answer.body != offered.body:
            return r.ReceiptRefused(
                lease=effect.lease, cause="the answer is not to the offered receipt"
            )
        refusal = self._ledger.post_receipt(offered, effect.answer, self._now_ms())
        if refusal is not None:
            logger.warning(
                "event=receipt_refused lease=%s cause=%s", effect.lease.hex()[:8], refusal.value
            )
            return r.ReceiptRefused(lease=effect.lease, cause=refusal.value)
        self._store.settle_lease(effect.lease, is_forfeit=False)
        return r.ReceiptPosted(lease=effect.lease)

    def receipt_offer(self, effect: r.OfferReceipt) -> ReceiptOffer:
        """Return the offer of a receipt; the same bytes again for the same lease, also after a restart."""
        lease = effect.receipt.lease
        offered = self._store.offered_receipt(lease)
        if offered is None:
            offered = self._sealed_receipt(effect)
            self._store.store_receipt(lease, offered)
        return ReceiptOffer(run=effect.receipt.run, lease=lease, receipt=offered)

    def _sealed_receipt(self, effect: r.OfferReceipt) -> Sealed:
        worker_head = self._ledger.peer_head(effect.peer)
        receipt = replace(
            effect.receipt,
            requester_head=self._ledger.head().entry,
            worker_head=NO_HASH if worker_head is None else worker_head.entry,
            time_ms=self._now_ms(),
        )
        return seal(receipt, self._links.mesh, self._links.signer)
