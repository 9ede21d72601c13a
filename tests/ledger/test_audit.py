import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace
from tests.ledger.nodes import (
    HOUR_MS,
    MESH,
    NOW_MS,
    Checker,
    Node,
    earn,
    lease_id,
    meet,
    node,
    receipt,
    settle,
    sign_both,
    spend,
    voucher,
)

from meshnode.ledger.accounts import SELF, peer
from meshnode.ledger.audit import audit
from meshnode.ledger.entry import (
    Entry,
    Expired,
    ForkProof,
    Held,
    Posted,
    ReceiptEvidence,
    SignedEntry,
    VoidCause,
    entry_hash,
    is_fork,
    must_read_entry,
    sign_entry,
)
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.export import Export, decode_export, read_export
from meshnode.ledger.limits import VOUCHER_DUE_MS, CreditLimits
from meshnode.ledger.report import AuditReport, Rule
from meshnode.protocol.values import digest

if TYPE_CHECKING:
    from collections.abc import Callable

DUE_MS = NOW_MS + HOUR_MS + VOUCHER_DUE_MS


def exported(one: Node) -> Export:
    return decode_export(one.ledger.export(), "test")


def audited(*exports: Export) -> AuditReport:
    return audit(exports, Checker())


def busy_pair(path: Path | str = ":memory:") -> tuple[Node, Node]:
    """Let two nodes do one of everything."""
    requester, worker = node("requester", path=path), node("worker")
    settle(requester, worker, 1, 700)
    settle(worker, requester, 2, 300)
    for number in (3, 4, 5, 6):
        assert requester.ledger.hold(spend(worker, number, 100), NOW_MS) is None
        assert worker.ledger.hold(earn(requester, number, 100), NOW_MS) is None
    for one in (requester, worker):
        assert one.ledger.store_voucher(voucher(requester, worker, 3, 1, 50)) is None
        assert one.ledger.void(lease_id(4), VoidCause.UNUSED, NOW_MS) is None
        one.ledger.expire_due(DUE_MS)
        assert (
            one.ledger.hold(
                (earn if one is worker else spend)(
                    requester if one is worker else worker, 7, 100, DUE_MS
                ),
                DUE_MS,
            )
            is None
        )
        assert one.ledger.store_voucher(voucher(requester, worker, 7, 1, 20)) is None
    return requester, worker


def test_honest_ledgers_are_sound_and_sum_to_zero() -> None:
    requester, worker = busy_pair()

    report = audited(exported(requester), exported(worker))

    assert report.findings == ()
    assert report.pending == ()
    assert (report.receipts, report.receipts_cross_checked, report.vouchers) == (4, 2, 2)
    assert report.self_credits == 0


def test_an_export_can_be_read_from_a_file_while_the_node_writes(tmp_path: Path) -> None:
    path, other = tmp_path / "ledger.sqlite", tmp_path / "worker.ledger"
    requester, worker = busy_pair(path)
    other.write_bytes(worker.ledger.export())

    report = audited(read_export(path), read_export(other))

    assert report.is_sound
    requester.ledger.close()


def test_any_edited_byte_of_any_entry_is_named() -> None:
    requester, _ = busy_pair()
    export = exported(requester)
    for number, signed in enumerate(export.entries):
        honest = must_read_entry(signed.entry)
        for at in range(0, len(signed.entry), 23):
            edited = bytearray(signed.entry)
            edited[at] ^= 1
            report = audited(_with_entry(export, number, replace(signed, entry=bytes(edited))))
            first = report.findings[0]
            assert (first.incarnation, first.sequence) == (honest.incarnation, honest.sequence)


def test_an_edited_signature_is_named() -> None:
    requester, _ = busy_pair()
    export = exported(requester)
    signed = export.entries[3]
    edited = replace(signed, signature=bytes([signed.signature[0] ^ 1]) + signed.signature[1:])

    (found,) = audited(_with_entry(export, 3, edited)).findings

    assert (found.sequence, found.rule) == (3, Rule.SIGNATURE)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE balances SET credits = credits + 1 WHERE account = 'self'", Rule.BOOKS),
        ("UPDATE balances SET account = 'selg' WHERE account = 'self'", Rule.BOOKS),
        ("DELETE FROM balances WHERE account = 'self'", Rule.BOOKS),
        ("UPDATE holds SET status = 'voided' WHERE status = 'posted'", Rule.BOOKS),
        ("UPDATE holds SET entry = entry + 1", Rule.BOOKS),
        ("UPDATE standings SET repaid_credits = repaid_credits + 1", Rule.BOOKS),
        ("UPDATE summary SET pool_drawn = pool_drawn - 1", Rule.BOOKS),
        ("UPDATE entries SET signature = zeroblob(64) WHERE number = 4", Rule.SIGNATURE),
        ("UPDATE entries SET number = 99 WHERE number = 4", Rule.CHAIN),
        ("DELETE FROM entries WHERE number = 4", Rule.CHAIN),
        ("DELETE FROM entries WHERE number = (SELECT max(number) FROM entries)", Rule.BOOKS),
        ("DELETE FROM entries", Rule.FORMAT),
        ("DELETE FROM certificates", Rule.EVIDENCE),
    ],
)
def test_an_edited_file_is_found(tmp_path: Path, statement: str, rule: Rule) -> None:
    path = tmp_path / "ledger.sqlite"
    busy_pair(path)[0].ledger.close()

    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()

    report = audited(read_export(path))
    assert report.findings
    assert report.findings[0].rule is rule


def test_an_edited_balance_names_the_last_entry_that_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    requester, worker = node("requester", path=path), node("worker")
    settle(requester, worker, 1, 700)
    requester.ledger.hold(spend(worker, 2, 5), NOW_MS)
    requester.ledger.close()

    with sqlite3.connect(path) as connection:
        name = peer(worker.identity)
        connection.execute("UPDATE balances SET credits = 701 WHERE account = ?", (name,))
    connection.close()

    (found,) = audited(read_export(path)).findings
    assert (found.sequence, found.rule) == (2, Rule.BOOKS)
    with pytest.raises(LedgerError, match="do not sum to zero"):
        node("requester", path=path)


def test_an_entry_that_breaks_a_limit_is_found() -> None:
    requester, worker = node("requester"), node("worker")
    worker.ledger.hold(earn(requester, 1, 100), NOW_MS)
    held = must_read_entry(exported(worker).entries[1].entry)
    assert isinstance(held.body, Held)
    bad = replace(held, body=replace(held.body, amount_max=CreditLimits().pool_credits + 1))

    report = audited(_resigned(exported(worker), worker, 1, bad))

    assert [found.rule for found in report.findings] == [Rule.LIMITS]


def test_a_posting_without_both_signatures_is_found() -> None:
    requester, worker = node("requester"), node("worker")
    settle(requester, worker, 1, 700)
    entry = must_read_entry(exported(worker).entries[2].entry)
    assert isinstance(entry.body, Posted)
    assert isinstance(entry.body.evidence, ReceiptEvidence)
    forged = replace(entry.body.evidence.requester, signature=bytes(64))
    bad = replace(
        entry, body=replace(entry.body, evidence=replace(entry.body.evidence, requester=forged))
    )

    report = audited(_resigned(exported(worker), worker, 2, bad))

    assert [(found.sequence, found.rule) for found in report.findings] == [(2, Rule.EVIDENCE)]


def test_one_side_that_has_not_posted_yet_is_pending() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    requester.ledger.hold(spend(worker, 1, 700), NOW_MS)
    worker.ledger.hold(earn(requester, 1, 700), NOW_MS)
    both = sign_both(requester, worker, receipt(requester, worker, 1, 1, 100))
    worker.ledger.post_receipt(*both, NOW_MS)

    report = audited(exported(requester), exported(worker))

    assert report.is_sound
    assert len(report.pending) == 1


def test_a_side_that_hides_what_it_signed_is_found() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    requester.ledger.hold(spend(worker, 1, 700), NOW_MS)
    worker.ledger.hold(earn(requester, 1, 700), NOW_MS)
    both = sign_both(requester, worker, receipt(requester, worker, 1, 1, 100))
    worker.ledger.post_receipt(*both, NOW_MS)
    requester.ledger.void(lease_id(1), VoidCause.UNUSED, NOW_MS)

    report = audited(exported(requester), exported(worker))

    assert [found.rule for found in report.findings] == [Rule.COUNTERPARTY]


def test_a_rewritten_history_is_found_by_the_heads_that_others_quote() -> None:
    worker = node("worker")
    first, second = node("requester"), node("requester")
    first.ledger.hold(spend(worker, 1, 10), NOW_MS)
    second.ledger.hold(spend(worker, 2, 20), NOW_MS)
    meet(first, worker)
    worker.ledger.hold(earn(first, 1, 10), NOW_MS)

    report = audited(exported(second), exported(worker))

    assert [(found.sequence, found.rule) for found in report.findings] == [(1, Rule.HEAD)]
    both = audited(exported(first), exported(second))
    assert [(found.sequence, found.rule) for found in both.findings] == [(1, Rule.FORK)]


def test_a_fork_is_a_portable_proof() -> None:
    worker = node("worker")
    first, second = node("requester"), node("requester")
    first.ledger.hold(spend(worker, 1, 10), NOW_MS)
    second.ledger.hold(spend(worker, 2, 20), NOW_MS)
    one, other = exported(first).entries[1], exported(second).entries[1]
    mine, theirs = first.certificate, worker.certificate

    assert is_fork(ForkProof((mine, mine), (one, other)), MESH, Checker()) == first.identity
    for certificates, entries in (
        ((mine, mine), (one, one)),
        ((mine, theirs), (one, other)),
        ((mine, mine), (one, replace(other, signature=bytes(64)))),
        ((mine, mine), (one, exported(first).entries[0])),
        ((mine, mine), (one, SignedEntry(b"", bytes(64)))),
    ):
        assert is_fork(ForkProof(certificates, entries), MESH, Checker()) is None


def test_a_recovered_ledger_is_sound(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.sqlite", tmp_path / "backup.sqlite"
    worker = node("worker")
    node("requester", path=path).ledger.close()
    backup.write_bytes(path.read_bytes())
    full = node("requester", path=path)
    full.ledger.hold(spend(worker, 1, 10), NOW_MS)
    restored = node("requester", path=backup)
    restored.ledger.recover(full.ledger.head(), NOW_MS)
    restored.ledger.hold(spend(worker, 2, 10), NOW_MS)

    report = audited(exported(restored))

    assert report.findings == ()
    full.ledger.close()
    restored.ledger.close()


@pytest.mark.parametrize("edit", ["identity", "certificates", "vouchers", "heads"])
def test_edited_papers_are_found(edit: str) -> None:
    requester, _ = busy_pair()
    export = exported(requester)
    edits: dict[str, Callable[[], Export]] = {
        "identity": lambda: replace(export, identity=digest(b"another")),
        "certificates": lambda: replace(
            export, certificates=tuple(replace(c, signature=bytes(64)) for c in export.certificates)
        ),
        "vouchers": lambda: replace(
            export, vouchers=tuple(replace(v, signature=bytes(64)) for v in export.vouchers)
        ),
        "heads": lambda: replace(
            export, heads=tuple(replace(h, signature=bytes(64)) for h in export.heads)
        ),
    }

    assert not audited(edits[edit]()).is_sound


def test_a_repeated_resolution_is_found() -> None:
    requester, _ = busy_pair()
    export = exported(requester)
    last = must_read_entry(export.entries[-1].entry)
    twice = replace(
        last,
        sequence=last.sequence + 1,
        previous=entry_hash(export.entries[-1].entry),
        body=Expired(lease_id(1)),
    )
    signed = sign_entry(twice, MESH, requester.key)

    (found,) = audited(replace(export, entries=(*export.entries, signed))).findings

    assert (found.sequence, found.rule) == (last.sequence + 1, Rule.LIMITS)


def test_a_report_is_machine_readable() -> None:
    requester, _ = busy_pair()

    encoded = msgspec.json.decode(msgspec.json.encode(audited(exported(requester))))

    assert encoded["findings"] == []
    assert encoded["entries"] == len(exported(requester).entries)


def test_what_is_no_export_is_told(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"garbage")
    foreign = tmp_path / "foreign.sqlite"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (a)")
    connection.close()

    with pytest.raises(LedgerError, match="no ledger at"):
        read_export(tmp_path / "missing")
    with pytest.raises(LedgerError, match="not a ledger's export"):
        read_export(garbage)
    with pytest.raises(LedgerError, match="is no ledger"):
        read_export(foreign)


def test_a_statement_tells_every_entry() -> None:
    requester, _ = busy_pair()

    rows = requester.ledger.statement()

    assert len(rows) == len(exported(requester).entries)
    posted = sum(row.amount for row in rows if row.kind == "posted")
    assert posted == requester.ledger.balance(SELF).settled_credits
    assert len(requester.ledger.statement(newest=2)) == 2


def _with_entry(export: Export, number: int, signed: SignedEntry) -> Export:
    entries = list(export.entries)
    entries[number] = signed
    return replace(export, entries=tuple(entries))


def _resigned(export: Export, owner: Node, number: int, entry: Entry) -> Export:
    """Let a dishonest owner sign another entry in place of its last one, books and all."""
    assert number == len(export.entries) - 1
    changed = _with_entry(export, number, sign_entry(entry, MESH, owner.key))
    return replace(changed, tables=export.tables)
