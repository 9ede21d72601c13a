"""What an audit found, for people and machines. It finds nothing itself."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from meshnode.protocol.values import IdentityId


class Rule(StrEnum):
    """What an entry was found to break."""

    FORMAT = "format"
    """The bytes are no entry, or not one of this ledger."""
    CHAIN = "chain"
    """The entry does not follow from the one before it."""
    CERTIFICATE = "certificate"
    """The identity never certified the key that signed."""
    SIGNATURE = "signature"
    LIMITS = "limits"
    """The entry should have been refused: a limit, a second resolution, too much."""
    EVIDENCE = "evidence"
    """A posting without a receipt of both sides or a voucher that was due, or a claim without its
    address's signature.
    """
    BOOKS = "books"
    """A stored balance, hold, standing or pool is not what the entries add up to."""
    VOUCHER = "voucher"
    """A kept voucher is not the requester's, or not for its hold."""
    HEAD = "head"
    """A quoted head is not on the chain whose head it is said to be."""
    COUNTERPARTY = "counterparty"
    """The other side's ledger says otherwise."""
    FORK = "fork"
    """Two exports of one ledger differ at one place."""


class Place(NamedTuple):
    """Where an entry stands in its ledger."""

    incarnation: int
    sequence: int


class Finding(msgspec.Struct, frozen=True):
    """One entry that is wrong, and why."""

    ledger: str
    """Identity in hex."""
    incarnation: int
    sequence: int
    rule: Rule
    message: str

    def __str__(self) -> str:
        """Tell it in one line."""
        place = f"{self.incarnation}:{self.sequence}"
        return f"ledger {self.ledger[:8]} entry {place} [{self.rule}] {self.message}"


def finding(ledger: IdentityId, place: Place, rule: Rule, message: str) -> Finding:
    """Name an entry that breaks a rule."""
    return Finding(ledger.hex(), place.incarnation, place.sequence, rule, message)


class AuditReport(msgspec.Struct, frozen=True):
    """An audit of one or more ledgers."""

    ledgers: int
    entries: int
    receipts: int
    """Postings by a receipt that both sides signed."""
    vouchers: int
    """Postings by a voucher that was due."""
    receipts_cross_checked: int
    """Receipts found in both sides' ledgers."""
    self_credits: int
    """Sum of the `self` accounts without holds."""
    address_credits: int
    """What was credited to DCP addresses, claimed or not: these credits left `self` for parties
    without a ledger. For a whole mesh at rest it and `self_credits` sum to zero.
    """
    findings: tuple[Finding, ...]
    pending: tuple[Finding, ...]
    """What one side has posted and the other not yet: no fault, but not at rest."""

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings
