"""Audits: everything that a ledger claims is checked again from its export alone.

One pass over the entries checks chain, certificates and signatures and replays the same rules that
wrote them; then the stored books are compared with the replay, row by row. Several exports are
compared with one another (crosscheck.py). It re-runs no chunk yet.
"""

from collections.abc import Sequence

from meshnode.ledger import rules
from meshnode.ledger.claim import AddressRecovery, is_by_address
from meshnode.ledger.crosscheck import compare_ledgers
from meshnode.ledger.entry import (
    ENTRY_VERSION,
    Claimed,
    Entry,
    Opened,
    Posted,
    ReceiptEvidence,
    SignedEntry,
    entry_hash,
    is_signed,
    read_entry,
)
from meshnode.ledger.evidence import (
    Keys,
    fault_of_head,
    fault_of_posting,
    fault_of_voucher,
    keys_of,
)
from meshnode.ledger.export import EXPORT_VERSION, Export
from meshnode.ledger.replayed import ReplayedLedger, compare_tables, credited, settled_self
from meshnode.ledger.report import AuditReport, Finding, Place, Rule, finding
from meshnode.ledger.settlement import receipt_in, voucher_in
from meshnode.protocol.identity import certificate_holds
from meshnode.protocol.sealed import Verifier
from meshnode.protocol.values import NO_HASH, Hash, IdentityId, PeerKey


def audit(
    exports: Sequence[Export], verifier: Verifier, addresses: AddressRecovery | None = None
) -> AuditReport:
    """Check one or more ledgers, each by itself and all against one another.

    Without `addresses` the signatures of claims cannot be checked, and each claim is a finding.
    """
    findings: list[Finding] = []
    ledgers: list[ReplayedLedger] = []
    for export in exports:
        auditor = _Auditor(export, verifier, addresses)
        auditor.run()
        ledgers.append(auditor.replayed)
        findings += auditor.findings
    comparison = compare_ledgers(ledgers)
    return AuditReport(
        ledgers=len(ledgers),
        entries=sum(len(export.entries) for export in exports),
        receipts=sum(len(ledger.by_receipt) for ledger in ledgers),
        vouchers=sum(len(ledger.by_voucher) for ledger in ledgers),
        receipts_cross_checked=comparison.receipts_cross_checked,
        self_credits=sum(settled_self(ledger.books) for ledger in ledgers),
        address_credits=sum(credited(ledger.books) for ledger in ledgers),
        findings=(*findings, *comparison.findings),
        pending=comparison.pending,
    )


class _Auditor:
    """Reads one export from its first entry to its last."""

    def __init__(
        self, export: Export, verifier: Verifier, addresses: AddressRecovery | None
    ) -> None:
        self._export = export
        self._verifier = verifier
        self._addresses = addresses
        self._keys: Keys = keys_of(export.certificates, export.mesh, verifier)
        self._key: PeerKey | None = None
        """The working key in force."""
        self._previous: Hash | None = NO_HASH
        """Hash of the entry before; None when that one was found damaged, and named."""
        self.replayed = ReplayedLedger(IdentityId(export.identity))
        self.findings: list[Finding] = []

    def run(self) -> None:
        """Check everything."""
        if self._export.version != EXPORT_VERSION:
            self._find(Place(1, 0), Rule.FORMAT, "the export has another version")
            return
        for number, signed in enumerate(self._export.entries, start=1):
            if not self._read(number, signed):
                # Without this entry no later one can be judged.
                return
        if not self._export.entries:
            self._find(Place(1, 0), Rule.FORMAT, "the ledger has no first entry")
            return
        if all(found.rule is not Rule.SIGNATURE for found in self.findings):
            # The books of an edited entry differ of course; it is named already.
            self.findings += compare_tables(self.replayed, self._export.tables)
        self._check_papers()

    def _read(self, number: int, signed: SignedEntry) -> bool:
        place = self._next_place()
        entry = read_entry(signed.entry)
        if entry is None:
            self._find(place, Rule.FORMAT, "its bytes are no entry")
            return False
        if isinstance(entry.body, Opened):
            if self._begins_anew(entry):
                place = Place(entry.incarnation, 0)
            self._take_key(entry, entry.body, place)
        is_whole = self._check_form(entry, signed, place)
        self._note(entry, signed, place)
        # An entry whose bytes were edited is named once; the next one's link is not its fault.
        self._previous = entry_hash(signed.entry) if is_whole else None
        return self._replay(number, entry, place)

    def _next_place(self) -> Place:
        if not self.replayed.numbered:
            return Place(1, 0)
        head = self.replayed.head
        return Place(head.incarnation, head.sequence + 1)

    def _begins_anew(self, entry: Entry) -> bool:
        """Tell whether an opening entry rightly declares that newer ones were lost."""
        assert isinstance(entry.body, Opened)
        lost = entry.body.recovers
        return (
            lost is not None
            and bool(self.replayed.numbered)
            and lost.ledger == self.replayed.identity
            and entry.incarnation == lost.incarnation + 1
            and entry.incarnation > self.replayed.head.incarnation
        )

    def _take_key(self, entry: Entry, body: Opened, place: Place) -> None:
        certificate = body.certificate
        is_ours = certificate.identity == self.replayed.identity
        if is_ours and certificate_holds(certificate, entry.time_ms, self._verifier):
            self._key = PeerKey(certificate.working_key)
            return
        self._find(place, Rule.CERTIFICATE, "its working key is not certified by the identity")

    def _check_form(self, entry: Entry, signed: SignedEntry, place: Place) -> bool:
        """Check signature, place and link; tell whether the bytes are as they were signed."""
        if self._key is None or not is_signed(signed, self._export.mesh, self._key, self._verifier):
            self._find(place, Rule.SIGNATURE, "its bytes are not what was signed")
            return False
        if (entry.version, entry.ledger) != (ENTRY_VERSION, self.replayed.identity):
            self._find(place, Rule.FORMAT, "it belongs to another ledger or version")
        if Place(entry.incarnation, entry.sequence) != place:
            self._find(place, Rule.CHAIN, f"it is numbered {entry.incarnation}:{entry.sequence}")
        if self._previous is not None and entry.previous != self._previous:
            self._find(place, Rule.CHAIN, "it does not follow the entry before it")
        return True

    def _note(self, entry: Entry, signed: SignedEntry, place: Place) -> None:
        replayed, name = self.replayed, entry_hash(signed.entry)
        replayed.numbered.append(place)
        replayed.places[name] = place
        replayed.hashes[place] = name
        if entry.peer_head is not None:
            replayed.quoted.append((place, entry.peer_head))

    def _replay(self, number: int, entry: Entry, place: Place) -> bool:
        replayed, body = self.replayed, entry.body
        refusal = rules.refusal(body, replayed.books, entry.time_ms)
        if refusal is not None:
            self._find(place, Rule.LIMITS, f"it should have been refused: {refusal}")
            return False
        if isinstance(body, Posted):
            self._check_posting(body, place)
        elif isinstance(body, Claimed):
            self._check_claim(body, place)
        replayed.write(number, rules.change(body, replayed.books, entry.time_ms))
        return True

    def _check_posting(self, body: Posted, place: Place) -> None:
        replayed = self.replayed
        hold = replayed.books.hold(body.lease)
        assert hold is not None
        fault = fault_of_posting(body, hold, replayed.identity, self._keys)
        if fault is not None:
            self._find(place, Rule.EVIDENCE, fault)
        if not isinstance(body.evidence, ReceiptEvidence):
            replayed.by_voucher.add(body.lease)
            return
        replayed.by_receipt.add(body.lease)
        receipt = receipt_in(body.evidence.requester)
        if receipt is None:
            return
        is_worker = receipt.worker == replayed.identity
        quoted = Hash(receipt.worker_head if is_worker else receipt.requester_head)
        if quoted != NO_HASH and quoted not in replayed.places:
            self._find(place, Rule.HEAD, "its receipt quotes a head that is not on this chain")

    def _check_claim(self, body: Claimed, place: Place) -> None:
        ledger, mesh, addresses = self.replayed.identity, self._export.mesh, self._addresses
        if addresses is None:
            self._find(place, Rule.EVIDENCE, "its claim cannot be checked: no means are given here")
        elif not is_by_address(body.claim, body.signature, mesh, ledger, addresses):
            self._find(place, Rule.EVIDENCE, "its claim is not signed by the address")

    def _check_papers(self) -> None:
        replayed = self.replayed
        for certificate in self._export.certificates:
            if not certificate_holds(certificate, 0, self._verifier):
                name = certificate.identity.hex()[:8]
                message = f"the certificate kept of {name} is not signed by it"
                self._find(replayed.head, Rule.CERTIFICATE, message)
        for sealed in self._export.vouchers:
            voucher = voucher_in(sealed)
            hold = None if voucher is None else replayed.books.hold(voucher.lease)
            if hold is None:
                self._find(replayed.head, Rule.VOUCHER, "a kept voucher is for no hold")
                continue
            fault = fault_of_voucher(sealed, hold, replayed.identity, self._keys)
            if fault is not None:
                self._find(replayed.resolved_at[hold.lease], Rule.VOUCHER, fault)
        for sealed in self._export.heads:
            fault = fault_of_head(sealed, self._keys)
            if fault is not None:
                self._find(replayed.head, Rule.HEAD, fault)

    def _find(self, place: Place, rule: Rule, message: str) -> None:
        self.findings.append(finding(self.replayed.identity, place, rule, message))
