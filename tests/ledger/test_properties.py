"""Properties that hold whatever two parties do to their ledgers."""

from dataclasses import dataclass
from typing import assert_never

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.nodes import (
    NOW_MS,
    Addresses,
    Checker,
    Node,
    Wallet,
    claim,
    credit,
    earn,
    lease_id,
    meet,
    node,
    receipt,
    sign_both,
    spend,
    voucher,
)

from meshnode.ledger.accounts import SELF, is_dcc, is_dcp, peer
from meshnode.ledger.audit import audit
from meshnode.ledger.books import HoldStatus
from meshnode.ledger.entry import DccSpent, VoidCause
from meshnode.ledger.export import decode_export
from meshnode.ledger.limits import DAY_MS, CreditLimits
from meshnode.protocol.values import digest

LIMITS = CreditLimits(
    pool_credits=2_000,
    stranger_credits=5_000,
    trusted_credits=5_000,
    own_credits=6_000,
    address_credits=1_500,
    all_addresses_credits=2_500,
)
WALLETS = tuple(Wallet(word) for word in ("alice", "bob", "carol"))
LEASES = st.integers(0, 5)
AMOUNTS = st.integers(0, 2_500)


@dataclass(frozen=True)
class Hold:
    lease: int
    amount: int


@dataclass(frozen=True)
class Vouch:
    lease: int
    chunks: int
    amount: int


@dataclass(frozen=True)
class Close:
    lease: int
    amount: int


@dataclass(frozen=True)
class Void:
    lease: int
    is_forfeit: bool


@dataclass(frozen=True)
class Pass:
    hours: int


@dataclass(frozen=True)
class Pay:
    wallet: int
    slice: int
    amount: int


@dataclass(frozen=True)
class Ask:
    wallet: int
    nonce: int
    amount: int | None


@dataclass(frozen=True)
class SpendDcc:
    wallet: int
    amount: int


Settlement = Hold | Vouch | Close | Void | Pass
Payment = Pay | Ask | SpendDcc
Step = Settlement | Payment
WALLET = st.integers(0, len(WALLETS) - 1)
STEPS = st.lists(
    st.one_of(
        st.builds(Hold, LEASES, AMOUNTS),
        st.builds(Vouch, LEASES, st.integers(0, 5), AMOUNTS),
        st.builds(Close, LEASES, AMOUNTS),
        st.builds(Void, LEASES, st.booleans()),
        st.builds(Pass, st.integers(1, 40)),
        st.builds(Pay, WALLET, st.integers(0, 3), st.integers(0, 1_000)),
        st.builds(Ask, WALLET, st.integers(0, 2), st.none() | st.integers(0, 1_000)),
        st.builds(SpendDcc, WALLET, AMOUNTS),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_two_parties_do_is_sound_and_sums_to_zero(steps: list[Step]) -> None:
    pair = (node("requester", LIMITS), node("worker", LIMITS))
    meet(*pair)
    now_ms = NOW_MS
    for step in steps:
        now_ms += 1
        if isinstance(step, Pass):
            now_ms += step.hours * DAY_MS // 24
        for one in pair:
            _take(step, pair, one, now_ms)
            _check_books(one)

    exports = [decode_export(one.ledger.export(), "test") for one in pair]
    report = audit(exports, Checker(), Addresses())

    assert report.findings == ()
    assert report.self_credits + report.address_credits == 0


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_every_command_given_twice_is_given_once(steps: list[Step]) -> None:
    once, twice, worker = (node("requester"), node("requester"), node("worker"))
    for one in (once, twice):
        meet(one, worker)
    now_ms = NOW_MS
    for step in steps:
        now_ms += step.hours * DAY_MS // 24 if isinstance(step, Pass) else 1
        for one in (once, twice, twice):
            _take(step, (one, worker), one, now_ms)

    assert once.ledger.balances() == twice.ledger.balances()
    assert once.ledger.head() == twice.ledger.head()


def _take(step: Step, pair: tuple[Node, Node], one: Node, now_ms: int) -> None:
    """Let one party do a step."""
    if isinstance(step, Payment):
        _pay(step, pair, one, now_ms)
    else:
        _settle(step, pair, one, now_ms)


def _pay(step: Payment, pair: tuple[Node, Node], one: Node, now_ms: int) -> None:
    """Let one party pay; who claims from it is the other."""
    wallet = WALLETS[step.wallet]
    other = pair[1] if one is pair[0] else pair[0]
    match step:
        case Pay(_, number, amount):
            one.ledger.credit_address(credit(wallet, number, amount), now_ms)
        case Ask(_, nonce, amount):
            one.ledger.claim(claim(wallet, one, other.identity, amount, nonce), now_ms)
        case SpendDcc(_, amount):
            spent = DccSpent(f"job{amount}", wallet.address, 1, amount, 5)
            one.ledger.record_dcc(spent, now_ms)
        case _:
            assert_never(step)


def _settle(step: Settlement, pair: tuple[Node, Node], one: Node, now_ms: int) -> None:
    """Let one party do its side of a lease; leases of odd number go the other way round."""
    is_even = isinstance(step, Pass) or step.lease % 2 == 0
    requester, worker = pair if is_even else (pair[1], pair[0])
    match step:
        case Hold(lease, amount):
            ask = spend(worker, lease, amount, now_ms)
            one.ledger.hold(
                ask if one is requester else earn(requester, lease, amount, now_ms), now_ms
            )
        case Vouch(lease, chunks, amount):
            if _both_hold(pair, lease):
                one.ledger.store_voucher(voucher(requester, worker, lease, chunks, amount))
        case Close(lease, amount):
            if _both_hold(pair, lease):
                _close(requester, worker, lease, amount, now_ms)
        case Void(lease, is_forfeit):
            cause = VoidCause.FORFEITED if is_forfeit else VoidCause.UNUSED
            if _both_hold(pair, lease) and requester.ledger.voucher(lease_id(lease)) is None:
                for party in pair:
                    party.ledger.void(lease_id(lease), cause, now_ms, digest(b"proof"))
        case Pass():
            one.ledger.expire_due(now_ms)
        case _:
            assert_never(step)


def _close(requester: Node, worker: Node, lease: int, amount: int, now_ms: int) -> None:
    """Post a receipt on both sides, as the protocol does: the worker first."""
    both = sign_both(requester, worker, receipt(requester, worker, lease, 5, amount))
    if worker.ledger.post_receipt(*both, now_ms) is None:
        assert requester.ledger.post_receipt(*both, now_ms) is None


def _both_hold(pair: tuple[Node, Node], lease: int) -> bool:
    holds = [one.ledger.find_hold(lease_id(lease)) for one in pair]
    return all(hold is not None and hold.status is HoldStatus.OPEN for hold in holds)


def _check_books(one: Node) -> None:
    """Check what must hold after every step."""
    balances = one.ledger.balances()
    credits_ = [balance for balance in balances if not is_dcc(balance.account)]
    dcc = [balance for balance in balances if is_dcc(balance.account)]
    assert sum(balance.settled_credits for balance in credits_) == 0
    assert sum(balance.settled_credits for balance in dcc) == 0
    unclaimed = [balance.settled_credits for balance in balances if is_dcp(balance.account)]
    assert all(0 <= amount <= LIMITS.address_credits for amount in unclaimed)
    assert sum(unclaimed) <= LIMITS.all_addresses_credits
    for balance in credits_:
        lowest = -LIMITS.own_credits if balance.account == SELF else -LIMITS.stranger_credits
        assert balance.settled_credits - balance.held_credits >= lowest
    assert one.ledger.balance(peer(one.identity)).settled_credits == 0
