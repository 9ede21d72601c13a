"""The ledger of one node: each command passes the rules and becomes a signed, durable entry.

It is opened and used in one thread. Sealed messages given to it were opened by the caller; what it
keeps of them is checked again by an audit.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meshnode.ledger import accounts, rules
from meshnode.ledger.accounts import SELF, Account
from meshnode.ledger.books import HoldRow
from meshnode.ledger.entry import (
    ENTRY_VERSION,
    Body,
    Claimed,
    Credited,
    DccSpent,
    Entry,
    Expired,
    Held,
    Opened,
    Posted,
    ReceiptEvidence,
    Resolution,
    SignedEntry,
    VoidCause,
    Voided,
    VoucherEvidence,
    entry_hash,
    head_of,
    must_read_entry,
    sign_entry,
)
from meshnode.ledger.export import export_of
from meshnode.ledger.limits import VOUCHER_DUE_MS, CreditLimits
from meshnode.ledger.rules import Refusal
from meshnode.ledger.settlement import (
    receipt_in,
    refusal_of_receipt,
    refusal_of_voucher,
    voucher_in,
)
from meshnode.ledger.statement import Balance, StatementRow, balance_of, statement_row
from meshnode.ledger.store import Store
from meshnode.protocol.identity import Certificate
from meshnode.protocol.limits import INT_MAX
from meshnode.protocol.messages import LedgerHead, Voucher
from meshnode.protocol.sealed import Sealed, Signer
from meshnode.protocol.values import NO_HASH, Hash, IdentityId, LeaseId, MeshId
from meshnode.protocol.wire import read_body, seal


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What to set aside for a lease. The lease's id is the hold's id."""

    lease: LeaseId
    debit: Account
    """`accounts.SELF` at the requester, `accounts.peer(requester)` at the worker."""
    credit: Account
    """`accounts.peer(worker)` at the requester, `accounts.SELF` at the worker."""
    job: bytes
    """The job's id at the requester, the run's hash at the worker."""
    amount_max: int
    expires_ms: int
    """The lease's deadline as the Grant states it; a voucher falls due 24 hours later."""


class Ledger:
    """A node's ledger. A command returns None when done, now or before, else its refusal."""

    def __init__(
        self, store: Store, certificate: Certificate, mesh: MeshId, signer: Signer
    ) -> None:
        """Take over an open store; use `Ledger.open`."""
        self._store = store
        self._certificate = certificate
        self._mesh = mesh
        self._signer = signer

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        mesh: MeshId,
        certificate: Certificate,
        signer: Signer,
        limits: CreditLimits,
        now_ms: int,
    ) -> "Ledger":
        """Open or create the ledger at `path`, ":memory:" for one without a file.

        `certificate` is the identity's for the key of `signer`. Changed limits or a new key are
        written as an entry. Raises LedgerError.
        """
        assert certificate.working_key == signer.key
        store = Store(path)
        try:
            store.claim(certificate.identity, mesh)
            store.check()
            ledger = cls(store, certificate, mesh, signer)
            ledger._begin(limits, now_ms)
        except BaseException:
            store.close()
            raise
        return ledger

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def batch(self) -> AbstractContextManager[None]:
        """Commit all commands of a block together; nothing of them is durable before its end."""
        return self._store.transaction()

    # Commands

    def hold(self, request: HoldRequest, now_ms: int) -> Refusal | None:
        """Set credits aside. A lease that was resolved before is refused for ever."""
        body = Held(
            lease=request.lease,
            debit=request.debit,
            credit=request.credit,
            escrow=accounts.escrow(request.job),
            amount_max=request.amount_max,
            expires_ms=request.expires_ms,
        )
        return self._write(body, now_ms)

    def store_voucher(self, voucher: Sealed) -> Refusal | None:
        """Keep the newest voucher of its lease, given (requester) or held (worker).

        The caller has checked the signature; the signer's certificate was learned before.
        """
        with self._store.transaction():
            paper = voucher_in(voucher)
            hold = None if paper is None else self._store.hold(paper.lease)
            known = None if paper is None else self._newest_voucher(paper.lease)
            refusal = refusal_of_voucher(self.identity, hold, paper, known)
            if refusal is not None or paper is None:
                return refusal
            if self._store.signer(voucher.signer) != paper.requester:
                return Refusal.UNKNOWN_KEY
            self._store.put_voucher(paper.lease, voucher)
            return None

    def post_receipt(self, requester: Sealed, worker: Sealed, now_ms: int) -> Refusal | None:
        """Settle a hold by a receipt that both sides signed, each in its envelope.

        The caller has checked both signatures; the signers' certificates were learned before.
        """
        receipt = receipt_in(requester)
        if receipt is None or requester.body != worker.body:
            return Refusal.MALFORMED
        evidence = ReceiptEvidence(requester, worker.signer, worker.signature)
        with self._store.transaction():
            hold = self._store.hold(receipt.lease)
            if hold is None:
                return Refusal.NO_HOLD
            known = self._newest_voucher(receipt.lease)
            refusal = refusal_of_receipt(self.identity, hold, receipt, known)
            signers = (self._store.signer(requester.signer), self._store.signer(worker.signer))
            if refusal is None and signers != (receipt.requester, receipt.worker):
                refusal = Refusal.UNKNOWN_KEY
            return refusal or self._write(Posted(receipt.lease, receipt.amount, evidence), now_ms)

    def void(
        self, lease: LeaseId, cause: VoidCause, now_ms: int, proof: Hash | None = None
    ) -> Refusal | None:
        """Give a hold back whole: nothing is owed, or a proof (its hash) forfeits what was.

        A requester that gave a voucher can only void by forfeit.
        """
        with self._store.transaction():
            hold = self._store.hold(lease)
            voucher = self._newest_voucher(lease)
            is_payer = hold is not None and hold.debit == SELF
            is_owed = is_payer and voucher is not None and voucher.amount > 0
            if is_owed and cause is not VoidCause.FORFEITED:
                return Refusal.VOUCHER_OUTSTANDING
            return self._write(Voided(lease, cause, proof), now_ms)

    def expire_due(self, now_ms: int) -> tuple[LeaseId, ...]:
        """Resolve the holds whose lease ended a day ago; tell their leases.

        Their vouchers are posted; a hold without one expires. Nodes that live void such holds
        much earlier, but a late answer may still earn a voucher, so this does not hurry.
        """
        resolved: list[LeaseId] = []
        with self._store.transaction():
            for hold in self._store.ended_holds(now_ms - VOUCHER_DUE_MS):
                refusal = self._write(self._due(hold), now_ms)
                assert refusal is None, "a due hold was refused its end"
                resolved.append(hold.lease)
        return tuple(resolved)

    def credit_address(self, credit: Credited, now_ms: int) -> Refusal | None:
        """Keep credits for the DCP address whose worker did a slice that was matched."""
        return self._write(credit, now_ms)

    def claim(self, claimed: Claimed, now_ms: int) -> Refusal | None:
        """Move an address's credits to the identity that it names. The caller checked who signed."""
        if claimed.claim.identity == self.identity:
            return Refusal.OWN_IDENTITY
        return self._write(claimed, now_ms)

    def record_dcc(self, spent: DccSpent, now_ms: int) -> Refusal | None:
        """Record what a job at DCP cost in its own currency, once it has ended."""
        return self._write(spent, now_ms)

    def learn_certificate(self, certificate: Certificate) -> None:
        """Keep a peer's certificate, which an audit needs to check the peer's signatures."""
        self._store.put_certificate(certificate)

    def note_head(self, head: Sealed) -> Sealed | None:
        """Keep a peer's sealed LedgerHead, to be quoted in the next entry with that peer.

        Returns the head known before if the two contradict: together they prove a fork.
        """
        body = read_body(head)
        assert isinstance(body, LedgerHead)
        known = self._store.peer_head(body.ledger)
        if known is not None:
            old = read_body(known)
            assert isinstance(old, LedgerHead)
            if (old.incarnation, old.sequence) == (body.incarnation, body.sequence):
                return known if old.entry != body.entry else None
            if (old.incarnation, old.sequence) > (body.incarnation, body.sequence):
                return None
        self._store.put_head(body.ledger, head)
        return None

    def recover(self, seen: LedgerHead, now_ms: int) -> bool:
        """Begin a new incarnation if `seen`, a head that we once signed, is not in this ledger.

        That is so when the file was restored from a backup. Returns whether it was needed.
        """
        assert seen.ledger == self.identity
        with self._store.transaction():
            if self._knows(seen):
                return False
            opened = self._opened()
            body = Opened(self._certificate, opened.limits, seen)
            self._append(body, now_ms, seen.incarnation + 1)
            return True

    # Questions

    @property
    def identity(self) -> IdentityId:
        """Tell whose ledger it is."""
        return IdentityId(self._certificate.identity)

    def head(self) -> LedgerHead:
        """Name the newest durable entry."""
        newest = self._store.newest()
        assert newest is not None
        return head_of(newest[1])

    def sealed_head(self) -> Sealed:
        """Sign the head, for counterparties."""
        return seal(self.head(), self._mesh, self._signer)

    def peer_head(self, identity: IdentityId) -> LedgerHead | None:
        """Give the newest head known of a peer's ledger."""
        sealed = self._store.peer_head(identity)
        if sealed is None:
            return None
        body = read_body(sealed)
        assert isinstance(body, LedgerHead)
        return body

    def find_hold(self, lease: LeaseId) -> HoldRow | None:
        """Find a lease's hold; None when none was made."""
        return self._store.hold(lease)

    def open_holds(self) -> tuple[HoldRow, ...]:
        """List the holds that are not resolved yet, the one that ends first before the others."""
        return self._store.ended_holds(INT_MAX)

    def voucher(self, lease: LeaseId) -> Sealed | None:
        """Find the newest voucher of a lease that is not resolved yet."""
        return self._store.voucher(lease)

    def receipt(self, lease: LeaseId) -> tuple[Sealed, Sealed] | None:
        """Find the receipt that was posted for a lease, in both envelopes, requester's first."""
        signed = self._store.resolution(lease)
        body = None if signed is None else must_read_entry(signed.entry).body
        if not isinstance(body, Posted) or not isinstance(body.evidence, ReceiptEvidence):
            return None
        return body.evidence.requester, body.evidence.by_worker()

    def balance(self, account: Account) -> Balance:
        """Give one account's balance."""
        return balance_of(account, self._store, self._store.held(account))

    def balances(self) -> tuple[Balance, ...]:
        """Give the balances of all accounts but escrow, by name."""
        names = (Account(str(row[0])) for row in self._store.rows("balances"))
        return tuple(self.balance(name) for name in names if not accounts.is_escrow(name))

    def statement(self, newest: int = 100) -> tuple[StatementRow, ...]:
        """List the newest entries, oldest first."""
        last = self._store.newest()
        assert last is not None
        entries = self._store.entries(max(1, last[0] - newest + 1))
        return tuple(statement_row(must_read_entry(s.entry), self._store) for s in entries)

    def entries(self) -> Iterator[SignedEntry]:
        """Read all entries in order."""
        return self._store.entries()

    def export(self) -> bytes:
        """Write everything that an audit needs, for anybody (audit.py)."""
        return msgspec.msgpack.encode(export_of(self._store))

    # Entries

    def _begin(self, limits: CreditLimits, now_ms: int) -> None:
        with self._store.transaction():
            opened = self._store.opened()
            asked = (self._certificate, limits)
            if opened is None or (opened.certificate, opened.limits) != asked:
                self._write(Opened(self._certificate, limits, None), now_ms)
            self._store.put_certificate(self._certificate)

    def _write(self, body: Body, now_ms: int) -> Refusal | None:
        with self._store.transaction():
            if rules.is_repeat(body, self._store):
                return None
            refusal = rules.refusal(body, self._store, now_ms)
            if refusal is None:
                self._append(body, now_ms)
            return refusal

    def _append(self, body: Body, now_ms: int, incarnation: int | None = None) -> None:
        newest = self._store.newest()
        head = None if newest is None else head_of(newest[1])
        entry = Entry(
            version=ENTRY_VERSION,
            ledger=self.identity,
            incarnation=incarnation or (1 if head is None else head.incarnation),
            sequence=0 if head is None or incarnation is not None else head.sequence + 1,
            previous=NO_HASH if head is None else head.entry,
            body=body,
            peer_head=self._counterparty_head(body),
            time_ms=now_ms,
        )
        change = rules.change(body, self._store, now_ms)
        self._store.append(sign_entry(entry, self._mesh, self._signer), change)
        if isinstance(body, Resolution):
            self._store.drop_voucher(body.lease)

    def _counterparty_head(self, body: Body) -> LedgerHead | None:
        if not isinstance(body, Held | Resolution):
            return None
        parties = body if isinstance(body, Held) else self._store.hold(body.lease)
        assert parties is not None
        peer = rules.counterparty(parties.debit, parties.credit)
        return None if peer is None else self.peer_head(peer)

    def _due(self, hold: HoldRow) -> Posted | Expired:
        sealed = self._store.voucher(hold.lease)
        voucher = None if sealed is None else voucher_in(sealed)
        if sealed is None or voucher is None or voucher.amount == 0:
            return Expired(hold.lease)
        return Posted(hold.lease, voucher.amount, VoucherEvidence(sealed))

    def _newest_voucher(self, lease: LeaseId) -> Voucher | None:
        sealed = self._store.voucher(lease)
        return None if sealed is None else voucher_in(sealed)

    def _opened(self) -> Opened:
        opened = self._store.opened()
        assert opened is not None
        return opened

    def _knows(self, seen: LedgerHead) -> bool:
        """Look for a head in this incarnation; what was lost of older ones was declared then."""
        newest = self._store.newest()
        assert newest is not None
        number, signed = newest
        head = head_of(signed)
        if head.incarnation != seen.incarnation:
            return seen.incarnation < head.incarnation
        found = self._store.entry(number - head.sequence + seen.sequence)
        return found is not None and entry_hash(found.entry) == seen.entry
