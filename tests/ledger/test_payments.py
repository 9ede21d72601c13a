"""Claims about DCP's addresses and DCC."""

import dataclasses
import sqlite3
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.ledger.nodes import (
    MESH,
    NOW_MS,
    Addresses,
    Checker,
    Key,
    Node,
    Wallet,
    claim,
    credit,
    earn,
    node,
    settle,
    spend,
)

from meshnode.ledger import accounts
from meshnode.ledger.accounts import DCC_SPENT, SELF, Account, peer
from meshnode.ledger.audit import audit
from meshnode.ledger.claim import claim_text, is_by_address
from meshnode.ledger.entry import Body, DccSpent, Entry, must_read_entry, sign_entry
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.export import decode_export, read_export
from meshnode.ledger.limits import CREDITS_MAX, DCC_MAX, CreditLimits
from meshnode.ledger.refusal import Refusal
from meshnode.ledger.report import AuditReport, Rule
from meshnode.ledger.store import FORMAT
from meshnode.protocol.sealed import signed_message
from meshnode.protocol.values import NO_HASH, RunId, digest

ALICE, BOB = Wallet("alice"), Wallet("bob")
LIMITS = CreditLimits(address_credits=100, all_addresses_credits=150, own_credits=1000)
SPENT = DccSpent("7dHqjBNWPvJdcmCz4gXj5t", ALICE.address, 20, 1_500_000, 2_000)


def balance(of: Node, account: Account) -> int:
    return of.ledger.balance(account).settled_credits


def audited(*nodes: Node) -> AuditReport:
    exports = [decode_export(one.ledger.export(), "test") for one in nodes]
    return audit(exports, Checker(), Addresses())


def forged(owner: Node, body: Body) -> AuditReport:
    """Audit a ledger to which its owner signed one more entry against the rules."""
    export = decode_export(owner.ledger.export(), "test")
    entry = Entry(
        version=1,
        ledger=owner.identity,
        incarnation=1,
        sequence=owner.ledger.head().sequence + 1,
        previous=owner.ledger.head().entry,
        body=body,
        peer_head=None,
        time_ms=NOW_MS,
    )
    entries = (*export.entries, sign_entry(entry, MESH, owner.key))
    return audit([replace(export, entries=entries)], Checker(), Addresses())


# Credits


def test_a_credit_waits_at_the_address_and_comes_from_self() -> None:
    gateway = node("gateway", LIMITS)

    assert gateway.ledger.credit_address(credit(ALICE, 1, 40), NOW_MS) is None

    assert balance(gateway, SELF) == -40
    assert balance(gateway, accounts.dcp(ALICE.address)) == 40


def test_a_slice_is_credited_once_for_each_run_and_address() -> None:
    gateway = node("gateway", LIMITS)
    other_run = RunId(digest(b"another run"))

    for _ in range(2):
        assert gateway.ledger.credit_address(credit(ALICE, 1, 10), NOW_MS) is None
    assert gateway.ledger.credit_address(credit(ALICE, 1, 11), NOW_MS) is Refusal.ALREADY_PAID
    assert gateway.ledger.credit_address(credit(ALICE, 2, 10), NOW_MS) is None
    assert gateway.ledger.credit_address(credit(BOB, 1, 10), NOW_MS) is None
    assert gateway.ledger.credit_address(credit(ALICE, 1, 10, other_run), NOW_MS) is None

    assert balance(gateway, SELF) == -40


def test_one_address_is_paid_no_more_than_its_limit_until_it_claims() -> None:
    gateway, payee = node("gateway", LIMITS), node("payee")
    assert gateway.ledger.credit_address(credit(ALICE, 1, 100), NOW_MS) is None
    assert gateway.ledger.credit_address(credit(ALICE, 2, 1), NOW_MS) is Refusal.ADDRESS_LIMIT

    assert gateway.ledger.claim(claim(ALICE, gateway, payee.identity), NOW_MS) is None

    assert gateway.ledger.credit_address(credit(ALICE, 2, 1), NOW_MS) is None


def test_a_thousand_fresh_addresses_are_paid_no_more_than_all_may_have() -> None:
    gateway = node("gateway", LIMITS)

    with gateway.ledger.batch():
        refusals = [
            gateway.ledger.credit_address(credit(Wallet(str(number)), 1, 1), NOW_MS)
            for number in range(1000)
        ]

    assert refusals == [None] * 150 + [Refusal.ALL_ADDRESSES_LIMIT] * 850
    assert balance(gateway, SELF) == -150


def test_a_batch_that_fails_leaves_room_for_others() -> None:
    gateway = node("gateway", LIMITS)
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)

    def interrupted() -> None:
        with gateway.ledger.batch():
            gateway.ledger.credit_address(credit(BOB, 1, 90), NOW_MS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert gateway.ledger.credit_address(credit(BOB, 1, 91), NOW_MS) is Refusal.ALL_ADDRESSES_LIMIT
    assert gateway.ledger.credit_address(credit(BOB, 1, 90), NOW_MS) is None


def test_two_writers_of_one_file_keep_one_limit(tmp_path: Path) -> None:
    first, second = (node("gateway", LIMITS, tmp_path / "ledger.sqlite") for _ in range(2))
    assert first.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS) is None
    assert second.ledger.credit_address(credit(BOB, 1, 60), NOW_MS) is None

    assert first.ledger.credit_address(credit(BOB, 2, 31), NOW_MS) is Refusal.ALL_ADDRESSES_LIMIT
    assert first.ledger.credit_address(credit(BOB, 2, 30), NOW_MS) is None
    assert audited(second).findings == ()
    first.ledger.close()
    second.ledger.close()


def test_a_node_owes_addresses_no_more_than_its_own_limit() -> None:
    worker = node("worker")
    gateway = node("gateway", replace(LIMITS, own_credits=50))
    gateway.ledger.hold(spend(worker, 1, 20), NOW_MS)

    assert gateway.ledger.credit_address(credit(ALICE, 1, 31), NOW_MS) is Refusal.OWN_LIMIT
    assert gateway.ledger.credit_address(credit(ALICE, 1, 30), NOW_MS) is None


@pytest.mark.parametrize("amount", [-1, 0, CREDITS_MAX + 1])
def test_a_credit_out_of_range_is_refused(amount: int) -> None:
    gateway = node("gateway", LIMITS)

    refusal = gateway.ledger.credit_address(credit(ALICE, 1, amount), NOW_MS)

    assert refusal is Refusal.AMOUNT_OUT_OF_RANGE


@pytest.mark.parametrize("job", ["", "x" * 65, "caf\u00e9", "\ud800"])
def test_a_jobs_name_that_no_entry_could_hold_is_refused(job: str) -> None:
    gateway = node("gateway", LIMITS)

    credited = gateway.ledger.credit_address(replace(credit(ALICE, 1, 1), job=job), NOW_MS)
    spent = gateway.ledger.record_dcc(replace(SPENT, job=job), NOW_MS)

    assert (credited, spent) == (Refusal.MALFORMED, Refusal.MALFORMED)
    assert gateway.ledger.head().sequence == 0


def test_limits_of_addresses_are_checked_like_the_others() -> None:
    with pytest.raises(ValueError, match="credit limit"):
        CreditLimits(address_credits=-1)
    with pytest.raises(ValueError, match="credit limit"):
        CreditLimits(all_addresses_credits=CREDITS_MAX + 1)


def test_a_lease_cannot_take_a_payments_id() -> None:
    gateway, worker = node("gateway", LIMITS), node("worker")
    gateway.ledger.credit_address(credit(ALICE, 1, 10), NOW_MS)
    payment = gateway.ledger.statement()[-1].lease
    assert payment is not None

    refusal = gateway.ledger.hold(dataclasses.replace(spend(worker, 1, 10), lease=payment), NOW_MS)

    assert refusal is Refusal.ALREADY_RESOLVED


# Claims


def test_a_claim_moves_everything_to_the_identity_that_it_names() -> None:
    gateway, payee = node("gateway", LIMITS), node("payee")
    for number in (1, 2):
        gateway.ledger.credit_address(credit(ALICE, number, 30), NOW_MS)

    assert gateway.ledger.claim(claim(ALICE, gateway, payee.identity), NOW_MS) is None

    assert balance(gateway, accounts.dcp(ALICE.address)) == 0
    assert balance(gateway, peer(payee.identity)) == 60
    assert balance(gateway, SELF) == -60


def test_a_claim_may_take_a_part_and_no_more_than_there_is() -> None:
    gateway, payee = node("gateway", LIMITS), node("payee")
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)
    gateway.ledger.credit_address(credit(BOB, 1, 60), NOW_MS)

    def take(amount: int | None, nonce: int) -> Refusal | None:
        return gateway.ledger.claim(claim(ALICE, gateway, payee.identity, amount, nonce), NOW_MS)

    assert [take(61, 1), take(0, 2), take(50, 3), take(11, 4), take(10, 5), take(None, 6)] == [
        Refusal.ABOVE_BALANCE,
        Refusal.ABOVE_BALANCE,
        None,
        Refusal.ABOVE_BALANCE,
        None,
        Refusal.ABOVE_BALANCE,
    ]
    assert balance(gateway, peer(payee.identity)) == 60


def test_a_claim_counts_once_even_when_new_credits_have_come() -> None:
    gateway, payee = node("gateway", LIMITS), node("payee")
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)
    claimed = claim(ALICE, gateway, payee.identity)
    assert gateway.ledger.claim(claimed, NOW_MS) is None
    gateway.ledger.credit_address(credit(ALICE, 2, 7), NOW_MS)

    assert gateway.ledger.claim(claimed, NOW_MS) is None

    assert balance(gateway, peer(payee.identity)) == 60
    assert balance(gateway, accounts.dcp(ALICE.address)) == 7


def test_a_claim_ends_and_is_not_for_the_ledgers_own_identity() -> None:
    gateway, payee = node("gateway", LIMITS), node("payee")
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)
    late = claim(ALICE, gateway, payee.identity, expires_ms=NOW_MS)

    assert gateway.ledger.claim(late, NOW_MS) is Refusal.CLAIM_EXPIRED
    assert gateway.ledger.claim(claim(ALICE, gateway, gateway.identity), NOW_MS) is (
        Refusal.OWN_IDENTITY
    )
    assert gateway.ledger.claim(late, NOW_MS - 1) is None


def test_what_was_claimed_may_be_spent_here() -> None:
    gateway, payee = node("gateway", replace(LIMITS, pool_credits=0)), node("payee")
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)
    assert gateway.ledger.hold(earn(payee, 1, 60), NOW_MS) is Refusal.POOL_EMPTY

    gateway.ledger.claim(claim(ALICE, gateway, payee.identity), NOW_MS)

    assert gateway.ledger.hold(earn(payee, 1, 60), NOW_MS) is None


def test_a_signature_counts_for_one_claim_in_one_ledger_of_one_mesh() -> None:
    gateway, other = node("gateway"), node("other")
    signed = claim(ALICE, gateway, other.identity, 5)
    asked, by = signed.claim, Addresses()

    assert is_by_address(asked, signed.signature, MESH, gateway.identity, by)
    assert not is_by_address(asked, signed.signature, MESH, other.identity, by)
    assert not is_by_address(asked, signed.signature, type(MESH)(NO_HASH), gateway.identity, by)
    for changed in (
        replace(asked, amount=6),
        replace(asked, amount=None),
        replace(asked, identity=gateway.identity),
        replace(asked, address=BOB.address),
        replace(asked, nonce=bytes(15) + b"\x09"),
        replace(asked, expires_s=asked.expires_s + 1),
    ):
        assert not is_by_address(changed, signed.signature, MESH, gateway.identity, by)


def test_a_claims_text_says_what_is_signed() -> None:
    text = claim_text(
        claim(ALICE, node("gateway"), node("payee").identity, 1_500_000).claim,
        MESH,
        node("gateway").identity,
    )

    assert f"Address: 0x{ALICE.address.hex()}" in text
    assert f"Pay to identity: {node('payee').identity.hex()}" in text
    assert "Amount: 1500000 micro-credits" in text
    assert f"Ledger: {node('gateway').identity.hex()}" in text
    assert text.endswith("Valid until: 2084-01-29 16:00:00 UTC")


# DCC


def test_dcc_is_recorded_once_and_apart_from_credits() -> None:
    gateway = node("gateway", LIMITS)

    for _ in range(2):
        assert gateway.ledger.record_dcc(SPENT, NOW_MS) is None
    assert gateway.ledger.record_dcc(replace(SPENT, amount=1), NOW_MS) is Refusal.ALREADY_PAID

    assert balance(gateway, accounts.dcc(ALICE.address)) == -1_500_000
    assert balance(gateway, DCC_SPENT) == 1_500_000
    assert balance(gateway, SELF) == 0
    assert accounts.is_dcc(DCC_SPENT)
    assert not accounts.is_dcc(accounts.dcp(ALICE.address))


def test_dcc_has_a_range() -> None:
    gateway = node("gateway", LIMITS)

    assert gateway.ledger.record_dcc(replace(SPENT, amount=0), NOW_MS) is (
        Refusal.AMOUNT_OUT_OF_RANGE
    )
    assert gateway.ledger.record_dcc(replace(SPENT, amount=DCC_MAX), NOW_MS) is None
    assert gateway.ledger.record_dcc(replace(SPENT, job="another"), NOW_MS) is (
        Refusal.AMOUNT_OUT_OF_RANGE
    )


def test_a_ledger_whose_currencies_only_balance_together_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    gateway = node("gateway", path=path)
    gateway.ledger.record_dcc(SPENT, NOW_MS)
    gateway.ledger.close()

    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE balances SET credits = 0 WHERE account = 'dcc:spent'")
        connection.execute("INSERT INTO balances VALUES ('self', 1500000)")
    connection.close()

    with pytest.raises(LedgerError, match="do not sum to zero"):
        node("gateway", path=path)


# Statement, audit


def busy_gateway() -> tuple[Node, Node]:
    gateway, payee = node("gateway", LIMITS), node("payee")
    settle(gateway, payee, 1, 300)
    gateway.ledger.credit_address(credit(ALICE, 1, 60), NOW_MS)
    gateway.ledger.credit_address(credit(BOB, 1, 50), NOW_MS)
    gateway.ledger.claim(claim(ALICE, gateway, payee.identity, 40), NOW_MS)
    gateway.ledger.record_dcc(SPENT, NOW_MS)
    return gateway, payee


def test_a_statement_tells_payments_with_their_accounts() -> None:
    gateway, payee = busy_gateway()

    rows = gateway.ledger.statement()

    assert [(row.kind, row.account, row.peer, row.amount) for row in rows[-4:]] == [
        ("credited", accounts.dcp(ALICE.address), None, -60),
        ("credited", accounts.dcp(BOB.address), None, -50),
        ("claimed", accounts.dcp(ALICE.address), payee.identity, 40),
        ("dccspent", accounts.dcc(ALICE.address), None, 1_500_000),
    ]
    assert [(row.kind, row.account, row.peer) for row in rows[:2]] == [
        ("opened", None, None),
        ("held", peer(payee.identity), payee.identity),
    ]


def test_honest_payments_are_sound_and_credits_sum_to_zero() -> None:
    gateway, payee = busy_gateway()

    report = audited(gateway, payee)

    assert report.findings == ()
    assert report.address_credits == 110
    assert report.self_credits + report.address_credits == 0


def test_an_audit_finds_a_credit_beyond_the_limit_of_one_and_of_all() -> None:
    gateway, _ = busy_gateway()

    for body in (credit(BOB, 2, 51), credit(Wallet("carol"), 1, 81)):
        (found,) = forged(gateway, body).findings[:1]
        assert (found.sequence, found.rule) == (gateway.ledger.head().sequence + 1, Rule.LIMITS)


def test_an_audit_finds_a_credit_given_twice() -> None:
    gateway, _ = busy_gateway()

    (found,) = forged(gateway, credit(ALICE, 1, 60)).findings[:1]

    assert found.rule is Rule.LIMITS
    assert "paid before" in found.message


@pytest.mark.parametrize("forgery", ["blank", "other address", "changed amount", "other ledger"])
def test_an_audit_finds_a_claim_that_the_address_did_not_sign(forgery: str) -> None:
    gateway, payee = busy_gateway()
    honest = claim(BOB, gateway, payee.identity, 20)
    bodies = {
        "blank": replace(honest, signature=bytes(65)),
        "other address": replace(
            honest, signature=claim(ALICE, gateway, payee.identity, 20).signature
        ),
        "changed amount": replace(honest, claim=replace(honest.claim, amount=30)),
        "other ledger": claim(BOB, payee, payee.identity, 20),
    }
    assert gateway.ledger.claim(bodies[forgery], NOW_MS) is None

    (found,) = audited(gateway).findings

    assert (found.sequence, found.rule) == (gateway.ledger.head().sequence, Rule.EVIDENCE)
    assert found.message == "its claim is not signed by the address"


def test_an_audit_finds_a_claim_counted_twice_or_for_too_much_or_too_late() -> None:
    gateway, payee = busy_gateway()
    too_late = claim(BOB, gateway, payee.identity, expires_ms=NOW_MS)
    for body, reason in (
        (claim(ALICE, gateway, payee.identity, 40), Refusal.ALREADY_PAID),
        (claim(BOB, gateway, payee.identity, 51), Refusal.ABOVE_BALANCE),
        (too_late, Refusal.CLAIM_EXPIRED),
    ):
        (found,) = forged(gateway, body).findings[:1]
        assert found.rule is Rule.LIMITS
        assert reason in found.message


@pytest.mark.parametrize("account", [accounts.dcp(ALICE.address), DCC_SPENT])
def test_an_audit_finds_a_changed_balance(account: Account) -> None:
    gateway, _ = busy_gateway()
    store = gateway.ledger._store
    query = "UPDATE balances SET credits = credits + 1 WHERE account = ?"
    store._connection.execute(query, (account,))

    (found,) = audited(gateway).findings

    assert found.rule is Rule.BOOKS
    assert account in found.message


def test_an_audit_finds_a_changed_amount() -> None:
    gateway, _ = busy_gateway()
    export = decode_export(gateway.ledger.export(), "test")
    number = next(
        number
        for number, signed in enumerate(export.entries)
        if must_read_entry(signed.entry).body == credit(BOB, 1, 50)
    )
    bare, entry = export.entries[number], must_read_entry(export.entries[number].entry)
    more = replace(entry, body=credit(BOB, 1, 51))
    edited = replace(bare, entry=msgspec.msgpack.encode(more))
    resigned = sign_entry(more, MESH, gateway.key)

    for changed, rule in ((edited, Rule.SIGNATURE), (resigned, Rule.CHAIN)):
        entries = (*export.entries[:number], changed, *export.entries[number + 1 :])
        report = audit([replace(export, entries=entries)], Checker(), Addresses())
        assert report.findings[0].rule is rule


def test_an_audit_without_means_to_check_addresses_says_so() -> None:
    gateway, _ = busy_gateway()

    (found,) = audit([decode_export(gateway.ledger.export(), "test")], Checker()).findings

    assert found.rule is Rule.EVIDENCE
    assert "cannot be checked" in found.message


# Files


def test_an_old_ledger_opens_and_audits_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    node("gateway", path=path).ledger.close()
    _make_old(path)

    before = audit([read_export(path)], Checker())
    assert _format_of(path) == 1
    gateway = node("gateway", path=path)
    gateway.ledger.credit_address(credit(ALICE, 1, 10), NOW_MS)

    assert before.findings == ()
    assert gateway.ledger.head().sequence == 1
    assert audited(gateway).findings == ()
    gateway.ledger.close()
    assert _format_of(path) == FORMAT


def test_a_ledger_of_a_later_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    node("gateway", path=path).ledger.close()
    _set_format(path, FORMAT + 1)

    with pytest.raises(LedgerError, match="use the version that wrote it"):
        node("gateway", path=path)


def test_payments_are_there_after_a_restart_and_are_still_paid_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    gateway = node("gateway", LIMITS, path)
    gateway.ledger.credit_address(credit(ALICE, 1, 100), NOW_MS)
    gateway.ledger.close()

    again = node("gateway", LIMITS, path)

    assert again.ledger.credit_address(credit(ALICE, 1, 100), NOW_MS) is None
    assert again.ledger.credit_address(credit(BOB, 1, 51), NOW_MS) is Refusal.ALL_ADDRESSES_LIMIT
    assert balance(again, accounts.dcp(ALICE.address)) == 100
    again.ledger.close()


def test_an_entry_that_could_not_be_read_again_is_never_written() -> None:
    gateway = node("gateway", LIMITS)
    short = replace(credit(ALICE, 1, 10), address=accounts.Address(b"short"))

    with pytest.raises(AssertionError, match="read again"):
        gateway.ledger.credit_address(short, NOW_MS)

    assert gateway.ledger.head().sequence == 0
    assert gateway.ledger.balances() == ()


def _make_old(path: Path) -> None:
    """Turn a new ledger into one from before there were addresses: limits had six fields."""
    limits = CreditLimits()
    new, old = (msgspec.msgpack.encode(msgspec.structs.astuple(limits)[:n]) for n in (8, 6))
    with sqlite3.connect(path) as connection:
        (entry,) = connection.execute("SELECT entry FROM entries").fetchone()
        assert entry.count(new) == 1
        changed = entry.replace(new, old)
        signature = Key("gateway").sign(signed_message("entry", MESH, changed))
        connection.execute("UPDATE entries SET entry = ?, signature = ?", (changed, signature))
    connection.close()
    _set_format(path, 1)


def _set_format(path: Path, number: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {number}")
    connection.close()


def _format_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert isinstance(number, int)
    return number
