"""Balances and entries as people read them. It only reads."""

from dataclasses import dataclass
from typing import assert_never

from meshnode.ledger.accounts import SELF, Account, identity_of
from meshnode.ledger.books import Books, HoldRow
from meshnode.ledger.entry import (
    Body,
    Claimed,
    Credited,
    DccSpent,
    Entry,
    Expired,
    Held,
    Opened,
    Payment,
    Posted,
    Voided,
)
from meshnode.ledger.payments import payment_id
from meshnode.protocol.values import IdentityId, LeaseId


@dataclass(frozen=True, slots=True)
class Balance:
    """One account as people read it; the accounts of DCC are in micro-DCC (`accounts.is_dcc`)."""

    account: Account
    settled_credits: int
    """What has been posted; over a mesh at rest the `self` accounts sum to zero."""
    held_credits: int
    """What open holds set aside from it."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry as people read it (`meshnode ledger`)."""

    incarnation: int
    sequence: int
    time_ms: int
    kind: str
    lease: LeaseId | None
    """The lease, or the payment's id."""
    peer: IdentityId | None
    account: Account | None
    """The account beside `self`: the peer's, or the DCP or DCC account."""
    amount: int
    """What moved to `self` (negative: from it); for a hold, what is set aside; for a claim, what
    moved to the peer; for `dccspent`, micro-DCC.
    """


def balance_of(account: Account, books: Books, held_credits: int) -> Balance:
    """Put together one account's balance; `held_credits` are its open holds."""
    return Balance(account, books.balance(account) + held_credits, held_credits)


def statement_row(entry: Entry, books: Books) -> StatementRow:
    """Write one line of a statement."""
    lease = _lease_of(entry.body)
    hold = None if lease is None else books.hold(lease)
    is_from_self = hold is not None and hold.debit == SELF
    return StatementRow(
        incarnation=entry.incarnation,
        sequence=entry.sequence,
        time_ms=entry.time_ms,
        kind=type(entry.body).__name__.lower(),
        lease=lease,
        peer=None if hold is None else identity_of(hold.debit) or identity_of(hold.credit),
        account=None if hold is None else hold.credit if is_from_self else hold.debit,
        amount=_amount(entry.body, hold) * (-1 if is_from_self else 1),
    )


def _lease_of(body: Body) -> LeaseId | None:
    if isinstance(body, Payment):
        return payment_id(body)
    return None if isinstance(body, Opened) else body.lease


def _amount(body: Body, hold: HoldRow | None) -> int:
    match body:
        case Held():
            return body.amount_max
        case Posted():
            return body.amount
        case Credited() | Claimed() | DccSpent():
            assert hold is not None
            return hold.amount
        case Opened() | Voided() | Expired():
            return 0
        case _:
            assert_never(body)
