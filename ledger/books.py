"""What entries add up to: balances, holds, standings, the strangers' pool. It decides nothing.

`Books` is what the rules read. `MemoryBooks` serves replay, audits and tests; the store serves
the same from SQLite.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from meshnode.ledger.accounts import Account, is_dcp
from meshnode.ledger.limits import CreditLimits
from meshnode.protocol.values import IdentityId, LeaseId


class HoldStatus(StrEnum):
    """Where a hold stands; every status but OPEN is final."""

    OPEN = "open"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class HoldRow(msgspec.Struct, frozen=True):
    """One hold, or a payment at once, which is a hold that was posted as it was made."""

    lease: LeaseId
    """Of a payment its id (payments.py)."""
    debit: Account
    credit: Account
    escrow: Account
    amount_max: int
    expires_ms: int
    status: HoldStatus
    drawn: int
    """What it took from the strangers' pool."""
    drawn_day: int
    """The pool's day at that time."""
    amount: int
    """What was posted; 0 until then."""


class Standing(msgspec.Struct, frozen=True):
    """What a peer has earned here by paying back."""

    repaid_credits: int = 0
    repaid_day: int = 0
    """The day from which the repaid volume's half-life runs."""
    held_credits: int = 0
    """Sum of the open holds that debit this peer."""
    holds_open: int = 0
    """Open holds in which this peer is either side."""


class Pool(msgspec.Struct, frozen=True):
    """What strangers have drawn on one day."""

    day: int = 0
    drawn_credits: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry does to the books. Postings sum to zero."""

    postings: tuple[tuple[Account, int], ...] = ()
    hold: HoldRow | None = None
    standing: tuple[IdentityId, Standing] | None = None
    pool: Pool | None = None
    limits: CreditLimits | None = None


class Books(Protocol):
    """What the rules may read."""

    def balance(self, account: Account) -> int:
        """Give an account's balance; 0 for one never used."""

    def hold(self, lease: LeaseId) -> HoldRow | None:
        """Find a hold; None for one never made."""

    def standing(self, identity: IdentityId) -> Standing:
        """Give a peer's standing; a blank one for a newcomer."""

    def pool(self) -> Pool:
        """Give what strangers have drawn on the newest day."""

    def unclaimed_credits(self) -> int:
        """Give what all DCP addresses together have here."""

    def limits(self) -> CreditLimits | None:
        """Give the limits in force; None before the first entry."""


@dataclass(slots=True)
class MemoryBooks:
    """Books in dictionaries."""

    balances: dict[Account, int] = field(default_factory=dict)
    holds: dict[LeaseId, HoldRow] = field(default_factory=dict)
    standings: dict[IdentityId, Standing] = field(default_factory=dict)
    strangers_pool: Pool = field(default_factory=Pool)
    unclaimed: int = 0
    limits_in_force: CreditLimits | None = None

    def balance(self, account: Account) -> int:
        """Give an account's balance; 0 for one never used."""
        return self.balances.get(account, 0)

    def hold(self, lease: LeaseId) -> HoldRow | None:
        """Find a hold; None for one never made."""
        return self.holds.get(lease)

    def standing(self, identity: IdentityId) -> Standing:
        """Give a peer's standing; a blank one for a newcomer."""
        return self.standings.get(identity, Standing())

    def pool(self) -> Pool:
        """Give what strangers have drawn on the newest day."""
        return self.strangers_pool

    def unclaimed_credits(self) -> int:
        """Give what all DCP addresses together have here."""
        return self.unclaimed

    def limits(self) -> CreditLimits | None:
        """Give the limits in force; None before the first entry."""
        return self.limits_in_force

    def write(self, change: Change) -> None:
        """Take over what an entry does."""
        for account, amount in change.postings:
            self.balances[account] = self.balance(account) + amount
            self.unclaimed += amount if is_dcp(account) else 0
        if change.hold is not None:
            self.holds[change.hold.lease] = change.hold
        if change.standing is not None:
            identity, standing = change.standing
            self.standings[identity] = standing
        self.strangers_pool = change.pool or self.strangers_pool
        self.limits_in_force = change.limits or self.limits_in_force
