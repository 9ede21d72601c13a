import subprocess
import sys
from pathlib import Path

import pytest
from tests.ledger.nodes import (
    HOUR_MS,
    MESH,
    NOW_MS,
    Checker,
    Key,
    certificate_of,
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
from meshnode.ledger.entry import VoidCause
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.export import decode_export
from meshnode.ledger.ledger import Ledger
from meshnode.ledger.limits import VOUCHER_DUE_MS, CreditLimits
from meshnode.ledger.rules import Refusal
from meshnode.protocol.identity import certify
from meshnode.protocol.values import digest
from meshnode.protocol.wire import seal

DUE_MS = NOW_MS + HOUR_MS + VOUCHER_DUE_MS


def test_both_ledgers_agree_after_a_receipt() -> None:
    requester, worker = node("requester"), node("worker")

    settle(requester, worker, 1, 700)

    assert requester.ledger.balance(SELF).settled_credits == -700
    assert requester.ledger.balance(peer(worker.identity)).settled_credits == 700
    assert worker.ledger.balance(SELF).settled_credits == 700
    assert worker.ledger.balance(peer(requester.identity)).settled_credits == -700
    assert {b.held_credits for b in requester.ledger.balances()} == {0}


def test_an_open_hold_shows_as_held_and_not_as_spent() -> None:
    requester, worker = node("requester"), node("worker")

    requester.ledger.hold(spend(worker, 1, 500), NOW_MS)

    balance = requester.ledger.balance(SELF)
    assert (balance.settled_credits, balance.held_credits) == (0, 500)


def test_every_command_may_be_repeated() -> None:
    requester, worker = node("requester"), node("worker")
    settle(requester, worker, 1, 700)
    both = requester.ledger.receipt(lease_id(1))
    assert both is not None
    head = requester.ledger.head()

    assert requester.ledger.post_receipt(*both, NOW_MS) is None

    assert requester.ledger.head() == head
    assert worker.ledger.receipt(lease_id(1)) == both


def test_a_hold_of_a_resolved_lease_is_refused_for_ever() -> None:
    requester, worker = node("requester"), node("worker")
    settle(requester, worker, 1, 700)

    refusal = worker.ledger.hold(earn(requester, 1, 1400), NOW_MS)

    assert refusal is Refusal.ALREADY_RESOLVED


def test_a_grant_that_comes_again_later_is_the_same_hold() -> None:
    requester, worker = node("requester"), node("worker")
    assert worker.ledger.hold(earn(requester, 1, 500), NOW_MS) is None

    assert worker.ledger.hold(earn(requester, 1, 500, NOW_MS + 5), NOW_MS + 5) is None
    assert worker.ledger.hold(earn(requester, 1, 501), NOW_MS) is Refusal.ID_TAKEN


def test_the_newest_voucher_is_kept_and_none_goes_back() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    worker.ledger.hold(earn(requester, 1, 500), NOW_MS)
    first, second = (voucher(requester, worker, 1, n, 100 * n) for n in (1, 2))
    assert worker.ledger.store_voucher(first) is None
    assert worker.ledger.store_voucher(second) is None
    assert worker.ledger.store_voucher(second) is None

    assert worker.ledger.store_voucher(first) is Refusal.OUTDATED
    assert worker.ledger.voucher(lease_id(1)) == second


def test_vouchers_that_do_not_fit_the_hold_are_refused() -> None:
    requester, worker, other = node("requester"), node("worker"), node("other")
    meet(requester, worker, other)
    worker.ledger.hold(earn(requester, 1, 500), NOW_MS)
    paper = receipt(requester, worker, 1, 1, 100)

    refusals = [
        worker.ledger.store_voucher(voucher(requester, worker, 1, 1, 501)),
        worker.ledger.store_voucher(voucher(other, worker, 1, 1, 100)),
        worker.ledger.store_voucher(voucher(requester, other, 1, 1, 100)),
        worker.ledger.store_voucher(voucher(requester, worker, 2, 1, 100)),
        worker.ledger.store_voucher(seal(paper, MESH, requester.key)),
    ]

    assert refusals == [
        Refusal.AMOUNT_ABOVE_HOLD,
        Refusal.OTHER_PARTIES,
        Refusal.OTHER_PARTIES,
        Refusal.NO_HOLD,
        Refusal.MALFORMED,
    ]


def test_a_voucher_falls_due_a_day_after_its_lease_on_both_sides() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    requester.ledger.hold(spend(worker, 1, 500), NOW_MS)
    worker.ledger.hold(earn(requester, 1, 500), NOW_MS)
    given = voucher(requester, worker, 1, 3, 300)
    for one in (requester, worker):
        one.ledger.store_voucher(given)

    early = [one.ledger.expire_due(DUE_MS - 1) for one in (requester, worker)]
    due = [one.ledger.expire_due(DUE_MS) for one in (requester, worker)]

    assert early == [(), ()]
    assert due == [(lease_id(1),), (lease_id(1),)]
    assert requester.ledger.balance(SELF).settled_credits == -300
    assert worker.ledger.balance(SELF).settled_credits == 300
    assert worker.ledger.voucher(lease_id(1)) is None


def test_a_hold_without_a_voucher_expires_a_day_after_its_lease() -> None:
    requester, worker = node("requester"), node("worker")
    requester.ledger.hold(spend(worker, 1, 500), NOW_MS)

    assert requester.ledger.expire_due(DUE_MS - 1) == ()
    assert requester.ledger.expire_due(DUE_MS) == (lease_id(1),)
    assert requester.ledger.balance(SELF).held_credits == 0


def test_a_requester_cannot_take_a_voucher_back_without_a_proof() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    requester.ledger.hold(spend(worker, 1, 500), NOW_MS)
    requester.ledger.store_voucher(voucher(requester, worker, 1, 1, 100))
    lease, void = lease_id(1), requester.ledger.void

    assert void(lease, VoidCause.UNUSED, NOW_MS) is Refusal.VOUCHER_OUTSTANDING
    assert void(lease, VoidCause.FORFEITED, NOW_MS) is Refusal.PROOF_MISSING
    assert void(lease, VoidCause.FORFEITED, NOW_MS, digest(b"proof")) is None
    assert void(lease, VoidCause.FORFEITED, NOW_MS, digest(b"proof")) is None
    assert requester.ledger.expire_due(DUE_MS) == ()


def test_receipts_that_do_not_fit_are_refused() -> None:
    requester, worker, other = node("requester"), node("worker"), node("other")
    meet(requester, worker, other)
    worker.ledger.hold(earn(requester, 1, 500), NOW_MS)
    worker.ledger.store_voucher(voucher(requester, worker, 1, 2, 200))
    papers = {
        amount: sign_both(requester, worker, receipt(requester, worker, 1, 2, amount))
        for amount in (100, 200, 501)
    }
    foreign = sign_both(other, worker, receipt(other, worker, 1, 2, 200))
    unknown = sign_both(requester, worker, receipt(requester, worker, 9, 2, 200))

    post = worker.ledger.post_receipt
    refusals = [
        post(papers[200][0], papers[501][1], NOW_MS),
        post(*unknown, NOW_MS),
        post(*foreign, NOW_MS),
        post(*papers[100], NOW_MS),
        post(*papers[501], NOW_MS),
    ]

    assert refusals == [
        Refusal.MALFORMED,
        Refusal.NO_HOLD,
        Refusal.OTHER_PARTIES,
        Refusal.BELOW_VOUCHER,
        Refusal.AMOUNT_ABOVE_HOLD,
    ]
    assert post(*papers[200], NOW_MS) is None


def test_a_batch_is_written_whole_or_not_at_all() -> None:
    requester, worker = node("requester"), node("worker")
    head = requester.ledger.head()

    def interrupted() -> None:
        with requester.ledger.batch():
            requester.ledger.hold(spend(worker, 1, 500), NOW_MS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert requester.ledger.head() == head
    assert requester.ledger.find_hold(lease_id(1)) is None


def test_a_reopened_ledger_goes_on_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    requester, worker = node("requester", path=path), node("worker")
    settle(requester, worker, 1, 700)
    head = requester.ledger.head()
    requester.ledger.close()

    again = node("requester", path=path)

    assert again.ledger.head() == head
    assert again.ledger.balance(SELF).settled_credits == -700


def test_changed_limits_are_written_into_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    first = node("requester", path=path)
    first.ledger.close()

    again = node("requester", CreditLimits(pool_credits=5), path=path)

    assert again.ledger.head().sequence == 1
    assert [row.kind for row in again.ledger.statement()] == ["opened", "opened"]


def test_a_ledger_of_another_identity_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    node("requester", path=path).ledger.close()

    with pytest.raises(LedgerError, match="another identity"):
        node("worker", path=path)


def test_damage_lock_and_missing_folder_are_told_in_one_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"this is no database" * 100)
    locked = tmp_path / "locked.sqlite"
    holder = node("requester", path=locked)

    with pytest.raises(LedgerError, match="damaged"):
        node("requester", path=damaged)
    with pytest.raises(LedgerError, match="cannot be opened"):
        node("requester", path=tmp_path / "nowhere" / "ledger.sqlite")
    with (
        holder.ledger.batch(),
        pytest.raises(LedgerError, match="another process"),
    ):
        node("requester", path=locked)
    holder.ledger.close()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    requester, worker = node("requester", path=tmp_path / "ledger.sqlite"), node("worker")
    requester.ledger.hold(spend(worker, 0, 1), NOW_MS)
    store = requester.ledger._store
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    head = requester.ledger.head()

    def fill() -> None:
        with requester.ledger.batch():
            for number in range(1, 200):
                requester.ledger.hold(spend(worker, number, 1), NOW_MS)

    with pytest.raises(LedgerError, match="disk is full"):
        fill()

    assert requester.ledger.head() == head
    assert requester.ledger.balance(SELF).held_credits == 1
    requester.ledger.close()


def test_a_restored_backup_declares_a_new_incarnation(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.sqlite", tmp_path / "backup.sqlite"
    worker = node("worker")
    requester = node("requester", path=path)
    requester.ledger.close()
    backup.write_bytes(path.read_bytes())
    requester = node("requester", path=path)
    requester.ledger.hold(spend(worker, 1, 10), NOW_MS)
    lost = requester.ledger.head()
    requester.ledger.close()

    restored = node("requester", path=backup)

    assert restored.ledger.recover(lost, NOW_MS)
    assert not restored.ledger.recover(lost, NOW_MS + 1)
    assert (restored.ledger.head().incarnation, restored.ledger.head().sequence) == (2, 0)
    restored.ledger.close()


def test_a_head_that_we_have_needs_no_recovery() -> None:
    requester, worker = node("requester"), node("worker")
    first = requester.ledger.head()
    requester.ledger.hold(spend(worker, 1, 10), NOW_MS)
    second = requester.ledger.head()

    assert not requester.ledger.recover(first, NOW_MS)
    assert not requester.ledger.recover(second, NOW_MS)


def test_two_heads_at_one_place_are_told() -> None:
    requester, worker = node("requester"), node("worker")
    meet(requester, worker)
    forged = seal(
        type(worker.ledger.head())(
            ledger=worker.identity,
            incarnation=1,
            sequence=0,
            entry=digest(b"other"),
            time_ms=NOW_MS,
        ),
        MESH,
        worker.key,
    )

    assert requester.ledger.note_head(forged) == worker.ledger.sealed_head()
    assert requester.ledger.note_head(worker.ledger.sealed_head()) is None


def test_a_key_change_is_written_into_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    node("requester", path=path).ledger.close()

    key = Key("requester second key")
    certificate = certify(Key("requester root"), key.key, NOW_MS, NOW_MS * 2)
    ledger = Ledger.open(
        path, mesh=MESH, certificate=certificate, signer=key, limits=CreditLimits(), now_ms=NOW_MS
    )

    assert certificate_of("requester").identity == ledger.identity
    assert ledger.head().sequence == 1
    ledger.close()


def test_papers_of_unknown_keys_are_refused() -> None:
    requester, worker = node("requester"), node("worker")
    worker.ledger.hold(earn(requester, 1, 500), NOW_MS)
    both = sign_both(requester, worker, receipt(requester, worker, 1, 1, 100))

    refusal = worker.ledger.store_voucher(voucher(requester, worker, 1, 1, 100))

    assert refusal is Refusal.UNKNOWN_KEY
    assert worker.ledger.post_receipt(*both, NOW_MS) is Refusal.UNKNOWN_KEY


@pytest.mark.parametrize("entries", [1, 40])
def test_a_killed_process_loses_nothing_that_it_was_told_is_done(
    tmp_path: Path, entries: int
) -> None:
    path = tmp_path / "ledger.sqlite"
    program = (
        "import sys, itertools\n"
        "from pathlib import Path\n"
        "from tests.ledger.nodes import NOW_MS, node, spend\n"
        "requester, worker = node('requester', path=Path(sys.argv[1])), node('worker')\n"
        "for number in itertools.count():\n"
        "    requester.ledger.hold(spend(worker, number, 1), NOW_MS)\n"
        "    print(number, flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    done = [int(child.stdout.readline()) for _ in range(entries)][-1]

    child.kill()
    rest = child.stdout.read().split()
    child.wait()
    child.stdout.close()

    again = node("requester", path=path)
    done = int(rest[-1]) if rest and rest[-1].isdigit() else done
    assert again.ledger.head().sequence >= done + 1
    assert audit([decode_export(again.ledger.export(), "test")], Checker()).is_sound
    again.ledger.close()
