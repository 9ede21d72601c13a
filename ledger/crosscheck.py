"""Several ledgers compared with one another: postings on both sides, heads, forks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshnode.ledger.accounts import SELF
from meshnode.ledger.books import HoldRow, HoldStatus
from meshnode.ledger.replayed import ReplayedLedger
from meshnode.ledger.report import Finding, Place, Rule, finding
from meshnode.ledger.rules import counterparty
from meshnode.protocol.values import IdentityId


@dataclass(frozen=True, slots=True)
class Comparison:
    """What several ledgers say of one another."""

    findings: tuple[Finding, ...]
    pending: tuple[Finding, ...]
    receipts_cross_checked: int


def compare_ledgers(ledgers: Sequence[ReplayedLedger]) -> Comparison:
    """Compare each posting and each quoted head with the other party's ledger, if it is given."""
    findings: list[Finding] = []
    pending: list[Finding] = []
    checked = 0
    by_identity: dict[IdentityId, ReplayedLedger] = {}
    for ledger in ledgers:
        known = by_identity.setdefault(ledger.identity, ledger)
        findings += _forks(known, ledger)
    for ledger in by_identity.values():
        findings += _lost_heads(ledger, by_identity)
        for hold in ledger.books.holds.values():
            peer = counterparty(hold.debit, hold.credit)
            other = None if peer is None else by_identity.get(peer)
            if other is None or hold.status is not HoldStatus.POSTED:
                continue
            if _waits(other.books.hold(hold.lease)):
                pending.append(_told(ledger, hold, "the other side has not posted it yet"))
                continue
            fault = _fault(hold, other.books.hold(hold.lease))
            if fault is not None:
                findings.append(_told(ledger, hold, fault))
            is_both = hold.lease in ledger.by_receipt and hold.lease in other.by_receipt
            checked += hold.debit == SELF and is_both and fault is None
    return Comparison(tuple(findings), tuple(pending), checked)


def _waits(theirs: HoldRow | None) -> bool:
    return theirs is not None and theirs.status is HoldStatus.OPEN


def _fault(ours: HoldRow, theirs: HoldRow | None) -> str | None:
    """Tell how the other side contradicts a posting; None when it posted the same."""
    if theirs is None:
        return "the other side knows no hold for this lease"
    if theirs.status is not HoldStatus.POSTED:
        return f"the other side has {theirs.status} what this side posted"
    if theirs.amount != ours.amount:
        return f"this side posted {ours.amount}, the other {theirs.amount}"
    return None


def _told(ledger: ReplayedLedger, hold: HoldRow, message: str) -> Finding:
    place = ledger.resolved_at[hold.lease]
    return finding(ledger.identity, place, Rule.COUNTERPARTY, message)


def _lost_heads(
    ledger: ReplayedLedger, by_identity: Mapping[IdentityId, ReplayedLedger]
) -> list[Finding]:
    """Find quoted heads that the quoted ledger does not have: its history was rewritten.

    A head newer than the export was written since and says nothing.
    """
    findings: list[Finding] = []
    for place, head in ledger.quoted:
        quoted = by_identity.get(IdentityId(head.ledger))
        at = Place(head.incarnation, head.sequence)
        if quoted is None or at > quoted.head or quoted.hashes.get(at) == head.entry:
            continue
        name = f"{ledger.identity.hex()[:8]} entry {place.incarnation}:{place.sequence}"
        message = f"it is not the entry that ledger {name} quotes"
        findings.append(finding(quoted.identity, at, Rule.HEAD, message))
    return findings


def _forks(one: ReplayedLedger, other: ReplayedLedger) -> list[Finding]:
    """Find the first place at which two exports of one ledger differ."""
    for place, entry in one.hashes.items():
        if other.hashes.get(place, entry) != entry:
            message = "another export of this ledger has another entry here"
            return [finding(one.identity, place, Rule.FORK, message)]
    return []
