"""Balances and entries as people read them. It only reads."""

from dataclasses import dataclass
from typing import assert_never

from meshnode.ledger.accounts import SELF, Account
from meshnode.ledger.books import Books
from meshnode.ledger.entry import Body, Entry, Expired, Held, Opened, Posted, Voided
from meshnode.ledger.rules import counterparty
from meshnode.protocol.values import IdentityId, LeaseId


@dataclass(frozen=True, slots=True)
class Balance:
    """One account as people read it."""

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
    peer: IdentityId | None
    amount: int
    """What moved to `self` (negative: from it); for a hold, what is set aside."""


def balance_of(account: Account, books: Books, held_credits: int) -> Balance:
    """Put together one account's balance; `held_credits` are its open holds."""
    return Balance(account, books.balance(account) + held_credits, held_credits)


def statement_row(entry: Entry, books: Books) -> StatementRow:
    """Write one line of a statement."""
    lease = None if isinstance(entry.body, Opened) else entry.body.lease
    hold = None if lease is None else books.hold(lease)
    return StatementRow(
        incarnation=entry.incarnation,
        sequence=entry.sequence,
        time_ms=entry.time_ms,
        kind=type(entry.body).__name__.lower(),
        lease=lease,
        peer=None if hold is None else counterparty(hold.debit, hold.credit),
        amount=_amount(entry.body) * (-1 if hold is not None and hold.debit == SELF else 1),
    )


def _amount(body: Body) -> int:
    match body:
        case Held():
            return body.amount_max
        case Posted():
            return body.amount
        case Opened() | Voided() | Expired():
            return 0
        case _:
            assert_never(body)
