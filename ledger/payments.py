"""Payments at once, without a hold: to DCP's addresses, by their claims, and in DCC.

A stock DCP worker is a stranger that names nothing but an address. For a slice that was matched,
the owner credits the address; the credits leave `self` and wait until the address signs a claim
that names an identity, whose balance they then join. What waits is limited, for one address and for
all, and leaves `self` under the owner's own limit: nobody can make this node owe without bound.

A payment is written to the books as a hold that was posted as it was made; its id, which covers
what it is for, makes applying it twice applying it once. Pure functions, as in rules.py.
"""

from typing import assert_never

import msgspec

from meshnode.ledger.accounts import DCC_SPENT, SELF, Account, dcc, dcp, peer
from meshnode.ledger.books import Books, Change, HoldRow, HoldStatus
from meshnode.ledger.entry import JOB_LENGTH_MAX, Claimed, Credited, DccSpent, Payment
from meshnode.ledger.limits import CREDITS_MAX, DCC_MAX, CreditLimits
from meshnode.ledger.refusal import Refusal
from meshnode.protocol.values import LeaseId, digest

_SECOND_MS = 1000


def payment_id(body: Payment) -> LeaseId:
    """Name a payment by what it is for; the amount of a claim is what its address signed."""
    match body:
        case Credited():
            # A client chose the job's name: `ascii` writes any text, also one that is then refused.
            named = msgspec.msgpack.encode((ascii(body.job), body.slice, body.run, body.address))
            return LeaseId(digest(b"meshnode/dcp-credit/1", named))
        case Claimed():
            return LeaseId(digest(b"meshnode/dcp-claim/1", msgspec.msgpack.encode(body.claim)))
        case DccSpent():
            named = msgspec.msgpack.encode((ascii(body.job), body.address))
            return LeaseId(digest(b"meshnode/dcc-spent/1", named))
        case _:
            assert_never(body)


def is_repeat(body: Payment, books: Books) -> bool:
    """Tell whether the payment was made before."""
    row = books.hold(payment_id(body))
    return row is not None and (isinstance(body, Claimed) or row.amount == body.amount)


def refusal(body: Payment, books: Books, limits: CreditLimits, now_ms: int) -> Refusal | None:
    """Tell why the payment may not be made now; None when it may."""
    if books.hold(payment_id(body)) is not None:
        return Refusal.ALREADY_PAID
    match body:
        case Credited():
            return _refusal_of_credit(body, books, limits)
        case Claimed():
            return _refusal_of_claim(body, books, now_ms)
        case DccSpent():
            return _refusal_of_dcc(body, books)
        case _:
            assert_never(body)


def change(body: Payment, books: Books, now_ms: int) -> Change:
    """Say what a payment that was not refused does to the books."""
    match body:
        case Credited():
            debit, credit, amount = SELF, dcp(body.address), body.amount
        case Claimed():
            debit, credit = dcp(body.claim.address), peer(body.claim.identity)
            amount = _claimed(body, books)
        case DccSpent():
            debit, credit, amount = dcc(body.address), DCC_SPENT, body.amount
        case _:
            assert_never(body)
    return Change(
        postings=((debit, -amount), (credit, amount)),
        hold=_row(payment_id(body), debit, credit, amount, now_ms),
    )


def _refusal_of_credit(body: Credited, books: Books, limits: CreditLimits) -> Refusal | None:
    if not _is_name(body.job):
        return Refusal.MALFORMED
    if not 1 <= body.amount <= CREDITS_MAX:
        return Refusal.AMOUNT_OUT_OF_RANGE
    if body.amount - books.balance(SELF) > limits.own_credits:
        return Refusal.OWN_LIMIT
    if body.amount + books.balance(dcp(body.address)) > limits.address_credits:
        return Refusal.ADDRESS_LIMIT
    if body.amount + books.unclaimed_credits() > limits.all_addresses_credits:
        return Refusal.ALL_ADDRESSES_LIMIT
    return None


def _refusal_of_claim(body: Claimed, books: Books, now_ms: int) -> Refusal | None:
    if now_ms >= body.claim.expires_s * _SECOND_MS:
        return Refusal.CLAIM_EXPIRED
    is_there = 1 <= _claimed(body, books) <= books.balance(dcp(body.claim.address))
    return None if is_there else Refusal.ABOVE_BALANCE


def _refusal_of_dcc(body: DccSpent, books: Books) -> Refusal | None:
    if not _is_name(body.job):
        return Refusal.MALFORMED
    is_in_range = 1 <= body.amount <= DCC_MAX - books.balance(DCC_SPENT)
    return None if is_in_range else Refusal.AMOUNT_OUT_OF_RANGE


def _is_name(job: str) -> bool:
    """Tell whether a job's name is one that can be read again from an entry."""
    return 0 < len(job) <= JOB_LENGTH_MAX and job.isascii()


def _claimed(body: Claimed, books: Books) -> int:
    """Tell how much a claim is for."""
    whole = books.balance(dcp(body.claim.address))
    return whole if body.claim.amount is None else body.claim.amount


def _row(payment: LeaseId, debit: Account, credit: Account, amount: int, now_ms: int) -> HoldRow:
    return HoldRow(
        lease=payment,
        debit=debit,
        credit=credit,
        escrow=credit,
        amount_max=amount,
        expires_ms=now_ms,
        status=HoldStatus.POSTED,
        drawn=0,
        drawn_day=0,
        amount=amount,
    )
