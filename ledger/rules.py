"""What may be written, and what it does to the books: pure functions, without a clock.

`refusal` tests a body before it is written, `change` says what it does; replaying a ledger calls
the same two in the same order, which is how an audit finds an entry that should never have been
written.

Credit is given as follows (design note: trust, 2). A hold that debits a peer lends to it. What
the peer has here pays first. Then a trusted identity may owe up to its limit. A stranger may owe
what it has *repaid* before (posted volume does not count: two accomplices can post any volume to
one another), and everything beyond that is drawn from one daily pool which all strangers share,
so that a thousand fresh keys get no more than one.
"""

from typing import assert_never

from msgspec.structs import replace

from meshnode.ledger import payments
from meshnode.ledger.accounts import SELF, Account, identity_of, is_dcc, is_escrow
from meshnode.ledger.books import Books, Change, HoldRow, HoldStatus, Pool, Standing
from meshnode.ledger.entry import (
    Body,
    Claimed,
    Credited,
    DccSpent,
    Expired,
    Held,
    Opened,
    Payment,
    Posted,
    ReceiptEvidence,
    VoidCause,
    Voided,
    VoucherEvidence,
)
from meshnode.ledger.limits import (
    CREDITS_MAX,
    DAY_MS,
    HOLDS_OPEN_PER_PEER_MAX,
    REPAID_HALF_LIFE_DAYS,
    VOUCHER_DUE_MS,
    CreditLimits,
)
from meshnode.ledger.refusal import Refusal
from meshnode.protocol.values import IdentityId

__all__ = ["Refusal", "change", "counterparty", "is_repeat", "refusal"]


def refusal(body: Body, books: Books, now_ms: int) -> Refusal | None:
    """Tell why `body` may not be written now; None when it may."""
    limits = books.limits()
    if isinstance(body, Opened):
        return None
    if limits is None:
        return Refusal.NOT_OPENED
    match body:
        case Held():
            return _refusal_of_hold(body, books, limits, now_ms)
        case Posted():
            return _refusal_of_post(body, books, now_ms)
        case Voided():
            return _refusal_of_void(body, books)
        case Expired():
            return _refusal_of_expiry(body, books, now_ms)
        case Credited() | Claimed() | DccSpent():
            return payments.refusal(body, books, limits, now_ms)
        case _:
            assert_never(body)


def is_repeat(body: Body, books: Books) -> bool:
    """Tell whether `body` was written before: applying twice is applying once."""
    if isinstance(body, Opened):
        return False
    if isinstance(body, Payment):
        return payments.is_repeat(body, books)
    hold = books.hold(body.lease)
    if hold is None:
        return False
    match body:
        case Held():
            # A grant that comes again after a crash has a later end; it is the same lease.
            asked = (body.debit, body.credit, body.escrow, body.amount_max)
            found = (hold.debit, hold.credit, hold.escrow, hold.amount_max)
            return hold.status is HoldStatus.OPEN and asked == found
        case Posted():
            return hold.status is HoldStatus.POSTED and hold.amount == body.amount
        case Voided():
            return hold.status is HoldStatus.VOIDED
        case Expired():
            return hold.status is HoldStatus.EXPIRED
        case _:
            assert_never(body)


def change(body: Body, books: Books, now_ms: int) -> Change:
    """Say what a body that was not refused does to the books."""
    if isinstance(body, Opened):
        return Change(limits=body.limits)
    if isinstance(body, Held):
        result = _change_of_hold(body, books, now_ms)
    elif isinstance(body, Payment):
        result = payments.change(body, books, now_ms)
    else:
        hold = books.hold(body.lease)
        assert hold is not None, "a hold is resolved that the rules did not find"
        match body:
            case Posted():
                result = _resolve(hold, HoldStatus.POSTED, body.amount, books, now_ms)
            case Voided():
                result = _resolve(hold, HoldStatus.VOIDED, 0, books, now_ms)
            case Expired():
                result = _resolve(hold, HoldStatus.EXPIRED, 0, books, now_ms)
            case _:
                assert_never(body)
    for currency in (True, False):
        amounts = (amount for account, amount in result.postings if is_dcc(account) is currency)
        assert sum(amounts) == 0, "postings do not sum to zero"
    return result


def counterparty(debit: Account, credit: Account) -> IdentityId | None:
    """Find the peer of a hold; None unless one side is this node and the other a peer."""
    if debit == SELF:
        return identity_of(credit)
    if credit == SELF:
        return identity_of(debit)
    return None


# Refusals


def _refusal_of_hold(body: Held, books: Books, limits: CreditLimits, now_ms: int) -> Refusal | None:
    hold = books.hold(body.lease)
    if hold is not None:
        return Refusal.ID_TAKEN if hold.status is HoldStatus.OPEN else Refusal.ALREADY_RESOLVED
    if not 1 <= body.amount_max <= CREDITS_MAX:
        return Refusal.AMOUNT_OUT_OF_RANGE
    identity = counterparty(body.debit, body.credit)
    if identity is None or not is_escrow(body.escrow):
        return Refusal.ACCOUNTS_NOT_ALLOWED
    if body.expires_ms <= now_ms:
        return Refusal.LEASE_ENDED
    if books.standing(identity).holds_open >= HOLDS_OPEN_PER_PEER_MAX:
        return Refusal.TOO_MANY_HOLDS
    owed = _owed(books, body.debit) + body.amount_max
    if body.debit == SELF:
        return Refusal.OWN_LIMIT if owed > limits.own_credits else None
    return _refusal_of_loan(identity, owed, body.amount_max, books, now_ms)


def _refusal_of_loan(
    identity: IdentityId, owed: int, amount: int, books: Books, now_ms: int
) -> Refusal | None:
    limits = books.limits()
    assert limits is not None
    is_trusted = identity in limits.trusted
    if owed > (limits.trusted_credits if is_trusted else limits.stranger_credits):
        return Refusal.PEER_LIMIT
    drawn = _draw(identity, owed, amount, books, now_ms)
    left = limits.pool_credits - _pool_on(books.pool(), now_ms).drawn_credits
    return Refusal.POOL_EMPTY if drawn > max(0, left) else None


def _refusal_of_post(body: Posted, books: Books, now_ms: int) -> Refusal | None:
    hold = books.hold(body.lease)
    if hold is None:
        return Refusal.NO_HOLD
    if hold.status is not HoldStatus.OPEN:
        return Refusal.ALREADY_RESOLVED
    if not 0 <= body.amount <= hold.amount_max:
        return Refusal.AMOUNT_ABOVE_HOLD
    match body.evidence:
        case ReceiptEvidence():
            return None
        case VoucherEvidence():
            is_due = now_ms >= hold.expires_ms + VOUCHER_DUE_MS
            return None if is_due else Refusal.NOT_DUE
        case _:
            assert_never(body.evidence)


def _refusal_of_void(body: Voided, books: Books) -> Refusal | None:
    hold = books.hold(body.lease)
    if hold is None:
        return Refusal.NO_HOLD
    if hold.status is not HoldStatus.OPEN:
        return Refusal.ALREADY_RESOLVED
    if body.cause is VoidCause.FORFEITED and body.proof is None:
        return Refusal.PROOF_MISSING
    return None


def _refusal_of_expiry(body: Expired, books: Books, now_ms: int) -> Refusal | None:
    hold = books.hold(body.lease)
    if hold is None:
        return Refusal.NO_HOLD
    if hold.status is not HoldStatus.OPEN:
        return Refusal.ALREADY_RESOLVED
    return Refusal.NOT_ENDED if now_ms < hold.expires_ms else None


# Changes


def _change_of_hold(body: Held, books: Books, now_ms: int) -> Change:
    identity = counterparty(body.debit, body.credit)
    assert identity is not None
    lends = body.debit != SELF
    owed = _owed(books, body.debit) + body.amount_max
    drawn = _draw(identity, owed, body.amount_max, books, now_ms) if lends else 0
    pool = _pool_on(books.pool(), now_ms)
    standing = books.standing(identity)
    return Change(
        postings=((body.debit, -body.amount_max), (body.escrow, body.amount_max)),
        hold=_row(body, HoldStatus.OPEN, drawn, pool.day, 0),
        standing=(
            identity,
            replace(
                standing,
                held_credits=standing.held_credits + (body.amount_max if lends else 0),
                holds_open=standing.holds_open + 1,
            ),
        ),
        pool=replace(pool, drawn_credits=pool.drawn_credits + drawn),
    )


def _resolve(hold: HoldRow, status: HoldStatus, amount: int, books: Books, now_ms: int) -> Change:
    """Give back what was not used, to the payer and to the pool, and remember what was repaid."""
    identity = counterparty(hold.debit, hold.credit)
    assert identity is not None
    lends = hold.debit != SELF
    rest = hold.amount_max - amount
    standing = books.standing(identity)
    freed = replace(
        standing,
        held_credits=standing.held_credits - (hold.amount_max if lends else 0),
        holds_open=standing.holds_open - 1,
    )
    if not lends:
        debt = _owed(books, hold.credit) - standing.held_credits
        freed = _repay(freed, min(amount, max(0, debt)), now_ms)
    pool = _pool_on(books.pool(), now_ms)
    returned = min(hold.drawn, rest) if hold.drawn_day == pool.day else 0
    return Change(
        postings=((hold.escrow, -hold.amount_max), (hold.credit, amount), (hold.debit, rest)),
        hold=replace(hold, status=status, amount=amount),
        standing=(identity, freed),
        pool=replace(pool, drawn_credits=pool.drawn_credits - returned),
    )


def _row(body: Held, status: HoldStatus, drawn: int, drawn_day: int, amount: int) -> HoldRow:
    return HoldRow(
        lease=body.lease,
        debit=body.debit,
        credit=body.credit,
        escrow=body.escrow,
        amount_max=body.amount_max,
        expires_ms=body.expires_ms,
        status=status,
        drawn=drawn,
        drawn_day=drawn_day,
        amount=amount,
    )


# Credit


def _owed(books: Books, account: Account) -> int:
    """Tell how far an account is below zero, with what it has on hold."""
    return -books.balance(account)


def _draw(identity: IdentityId, owed: int, amount: int, books: Books, now_ms: int) -> int:
    """Tell what a loan takes from the strangers' pool.

    That is what neither a balance nor repaid volume covers. `owed` is the debt with the loan,
    `amount` the loan itself.
    """
    limits = books.limits()
    assert limits is not None
    if identity in limits.trusted:
        return 0
    repaid = _decayed(books.standing(identity), now_ms).repaid_credits
    earned = repaid * limits.repaid_percent // 100
    return max(0, owed - max(earned, owed - amount, 0))


def _repay(standing: Standing, amount: int, now_ms: int) -> Standing:
    decayed = _decayed(standing, now_ms)
    return replace(decayed, repaid_credits=decayed.repaid_credits + amount)


def _decayed(standing: Standing, now_ms: int) -> Standing:
    """Halve the repaid volume for each half-life that has passed."""
    half_lives = max(0, now_ms // DAY_MS - standing.repaid_day) // REPAID_HALF_LIFE_DAYS
    if half_lives == 0:
        return standing
    return replace(
        standing,
        repaid_credits=standing.repaid_credits >> min(half_lives, 63),
        repaid_day=standing.repaid_day + half_lives * REPAID_HALF_LIFE_DAYS,
    )


def _pool_on(pool: Pool, now_ms: int) -> Pool:
    """Give the pool as it is today; a clock that was set back opens no fresh pool."""
    day = now_ms // DAY_MS
    return Pool(day=day) if day > pool.day else pool
