"""Claims about credit, on books in memory."""

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from tests.ledger.nodes import MESH, NOW_MS, certificate_of, lease_id

from meshnode.ledger import rules
from meshnode.ledger.accounts import (
    SELF,
    Account,
    escrow,
    identity_of,
    is_escrow,
    peer,
)
from meshnode.ledger.books import MemoryBooks
from meshnode.ledger.entry import (
    Body,
    Expired,
    Held,
    Opened,
    Posted,
    VoidCause,
    Voided,
    VoucherEvidence,
)
from meshnode.ledger.limits import (
    CREDITS_MAX,
    DAY_MS,
    HOLDS_OPEN_PER_PEER_MAX,
    REPAID_HALF_LIFE_DAYS,
    TRUSTED_MAX,
    VOUCHER_DUE_MS,
    CreditLimits,
)
from meshnode.ledger.rules import Refusal
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import IdentityId, PeerKey, digest

STRANGER, FRIEND, OTHER = (IdentityId(digest(name)) for name in (b"stranger", b"friend", b"other"))
LIMITS = CreditLimits(
    pool_credits=100,
    stranger_credits=300,
    trusted_credits=1000,
    own_credits=500,
    trusted=(FRIEND,),
)
ENDS_MS = NOW_MS + 1000
PAPER = VoucherEvidence(
    Sealed(purpose="voucher", mesh=MESH, signer=PeerKey(bytes(32)), body=b"", signature=bytes(64))
)


@dataclass
class Desk:
    """Books that follow the rules."""

    books: MemoryBooks = field(default_factory=MemoryBooks)
    leases: int = 0

    def write(self, body: Body, now_ms: int = NOW_MS) -> Refusal | None:
        refusal = rules.refusal(body, self.books, now_ms)
        if refusal is None:
            self.books.write(rules.change(body, self.books, now_ms))
        return refusal

    def hold(
        self, debit: Account, credit: Account, amount: int, now_ms: int = NOW_MS
    ) -> Refusal | None:
        self.leases += 1
        lease = lease_id(self.leases)
        return self.write(Held(lease, debit, credit, escrow(b"job"), amount, now_ms + 1000), now_ms)

    def lend(self, to: IdentityId, amount: int, now_ms: int = NOW_MS) -> Refusal | None:
        return self.hold(peer(to), SELF, amount, now_ms)

    def post(self, amount: int, now_ms: int = NOW_MS + DAY_MS + 1000) -> Refusal | None:
        """Post the newest hold."""
        return self.write(Posted(lease_id(self.leases), amount, PAPER), now_ms)


def desk(limits: CreditLimits = LIMITS) -> Desk:
    made = Desk()
    assert made.write(Opened(certificate_of("owner"), limits, None)) is None
    return made


def test_nothing_is_written_before_the_first_entry() -> None:
    assert Desk().lend(STRANGER, 1) is Refusal.NOT_OPENED


@pytest.mark.parametrize(
    ("debit", "credit", "escrow_account"),
    [
        (SELF, SELF, escrow(b"job")),
        (peer(STRANGER), peer(OTHER), escrow(b"job")),
        (SELF, Account("issue:group"), escrow(b"job")),
        (SELF, Account("peer:zz"), escrow(b"job")),
        (SELF, Account("peer:00"), escrow(b"job")),
        (SELF, peer(STRANGER), SELF),
    ],
)
def test_a_hold_is_between_this_node_and_one_peer(
    debit: Account, credit: Account, escrow_account: Account
) -> None:
    refusal = desk().write(Held(lease_id(1), debit, credit, escrow_account, 1, ENDS_MS))

    assert refusal is Refusal.ACCOUNTS_NOT_ALLOWED


@pytest.mark.parametrize("amount", [-1, 0, CREDITS_MAX + 1])
def test_an_amount_out_of_range_is_refused(amount: int) -> None:
    assert desk().lend(STRANGER, amount) is Refusal.AMOUNT_OUT_OF_RANGE


def test_an_ended_lease_gets_no_hold() -> None:
    body = Held(lease_id(1), SELF, peer(STRANGER), escrow(b"job"), 1, NOW_MS)

    assert desk().write(body) is Refusal.LEASE_ENDED


def test_holds_with_one_peer_are_bounded() -> None:
    at = desk()
    refusals = [at.hold(SELF, peer(STRANGER), 1) for _ in range(500)]
    at.books.standings[STRANGER] = replace(
        at.books.standing(STRANGER), holds_open=HOLDS_OPEN_PER_PEER_MAX
    )

    assert set(refusals) == {None}
    assert at.hold(SELF, peer(STRANGER), 1) is Refusal.TOO_MANY_HOLDS


def test_a_node_owes_no_more_than_its_own_limit() -> None:
    at = desk()

    assert at.hold(SELF, peer(STRANGER), 500) is None
    assert at.hold(SELF, peer(OTHER), 1) is Refusal.OWN_LIMIT


def test_strangers_share_one_pool() -> None:
    at = desk()

    assert at.lend(STRANGER, 60) is None
    assert at.lend(OTHER, 41) is Refusal.POOL_EMPTY
    assert at.lend(OTHER, 40) is None


def test_a_new_day_opens_a_new_pool_but_a_clock_set_back_does_not() -> None:
    at = desk()
    assert at.lend(STRANGER, 100) is None

    assert at.lend(STRANGER, 1, NOW_MS - DAY_MS) is Refusal.POOL_EMPTY
    assert at.lend(STRANGER, 100, NOW_MS + DAY_MS) is None


def test_a_strangers_debt_is_limited_over_the_days() -> None:
    at = desk()
    for day in range(3):
        assert at.lend(STRANGER, 100, NOW_MS + day * DAY_MS) is None

    assert at.lend(STRANGER, 1, NOW_MS + 3 * DAY_MS) is Refusal.PEER_LIMIT


def test_a_trusted_identity_has_its_own_limit_and_leaves_the_pool_alone() -> None:
    at = desk()

    assert at.lend(FRIEND, 1000) is None
    assert at.lend(FRIEND, 1) is Refusal.PEER_LIMIT
    assert at.books.pool().drawn_credits == 0


def test_what_a_hold_did_not_use_returns_to_the_pool() -> None:
    at = desk()
    at.lend(STRANGER, 100)
    assert at.write(Voided(lease_id(1), VoidCause.UNUSED, None)) is None

    assert at.lend(OTHER, 100) is None


def test_only_what_was_repaid_lets_a_stranger_owe_more() -> None:
    at = desk()
    at.lend(STRANGER, 100)
    at.post(100)
    day = NOW_MS + DAY_MS + 1000
    assert at.lend(OTHER, 100, day) is None
    assert at.lend(STRANGER, 1, day) is Refusal.POOL_EMPTY

    # It works off 80 of its debt, which earns it no more than these 80.
    at.hold(SELF, peer(STRANGER), 90, day)
    at.post(80, day + VOUCHER_DUE_MS + 1000)

    later = day + VOUCHER_DUE_MS + 2000
    assert at.lend(OTHER, 100, later) is None
    assert at.books.standing(STRANGER).repaid_credits == 80
    assert at.books.balance(peer(STRANGER)) == -20
    assert at.lend(STRANGER, 61, later) is Refusal.POOL_EMPTY
    assert at.lend(STRANGER, 60, later) is None


def test_work_beyond_the_debt_is_no_repayment_but_may_be_spent() -> None:
    at = desk()
    at.hold(SELF, peer(STRANGER), 150)
    at.post(150)
    day = NOW_MS + DAY_MS + 1000

    assert at.books.standing(STRANGER).repaid_credits == 0
    assert at.lend(STRANGER, 250, day) is None
    assert at.books.pool().drawn_credits == 100
    assert at.lend(STRANGER, 1, day) is Refusal.POOL_EMPTY


def test_repaid_volume_halves_with_time() -> None:
    at = desk()
    at.lend(STRANGER, 100)
    at.post(100)
    at.hold(SELF, peer(STRANGER), 100, NOW_MS)
    at.post(100)
    half_life = REPAID_HALF_LIFE_DAYS * DAY_MS
    now = NOW_MS + 2 * half_life
    pool = LIMITS.pool_credits

    assert at.books.standing(STRANGER).repaid_credits == 100
    assert at.lend(STRANGER, pool + 51, now) is Refusal.POOL_EMPTY
    assert at.lend(STRANGER, pool + 25, now) is None


def test_resolutions_are_refused_in_order() -> None:
    at = desk()
    at.lend(STRANGER, 50)
    lease, none = lease_id(1), lease_id(9)

    assert at.write(Posted(none, 1, PAPER)) is Refusal.NO_HOLD
    assert at.write(Voided(none, VoidCause.UNUSED, None)) is Refusal.NO_HOLD
    assert at.write(Expired(none)) is Refusal.NO_HOLD
    assert at.post(51) is Refusal.AMOUNT_ABOVE_HOLD
    assert at.post(50, NOW_MS + VOUCHER_DUE_MS) is Refusal.NOT_DUE
    assert at.write(Voided(lease, VoidCause.FORFEITED, None)) is Refusal.PROOF_MISSING
    assert at.write(Expired(lease), ENDS_MS - 1) is Refusal.NOT_ENDED
    assert at.write(Expired(lease), ENDS_MS) is None
    assert at.post(50) is Refusal.ALREADY_RESOLVED
    assert at.write(Voided(lease, VoidCause.UNUSED, None)) is Refusal.ALREADY_RESOLVED
    assert at.write(Expired(lease), ENDS_MS) is Refusal.ALREADY_RESOLVED
    assert at.write(Held(lease, SELF, peer(OTHER), escrow(b""), 1, ENDS_MS)) is (
        Refusal.ALREADY_RESOLVED
    )


def test_limits_that_let_credit_grow_by_itself_are_refused() -> None:
    with pytest.raises(ValueError, match="credit limit"):
        CreditLimits(pool_credits=-1)
    with pytest.raises(ValueError, match="credit limit"):
        CreditLimits(own_credits=CREDITS_MAX + 1)
    with pytest.raises(ValueError, match="repaid_percent"):
        CreditLimits(repaid_percent=101)
    with pytest.raises(ValueError, match="trusted by name"):
        CreditLimits(trusted=(STRANGER,) * (TRUSTED_MAX + 1))


def test_accounts_are_named_and_read_back() -> None:
    assert identity_of(peer(STRANGER)) == STRANGER
    assert identity_of(Account(peer(STRANGER).upper())) is None
    assert identity_of(SELF) is None
    assert is_escrow(escrow(b"job"))
    assert not is_escrow(Account("escrow:" + "0" * 200))
