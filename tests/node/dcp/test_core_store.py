"""What the gateway's store keeps: jobs, slices, batches, packages and allowances, also over a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.node.dcp.store import (
    BatchRow,
    BatchTerms,
    DcpStore,
    JobRow,
    SliceResult,
)
from meshnode.node.dcp.terms import JobTerms, Value

OWNER, ACCOUNT = "0x" + "1" * 40, "0x" + "2" * 40
VALUES = (Value("a"), Value("b"), Value("http://x/", is_url=True))


@pytest.fixture
def store() -> Iterator[DcpStore]:
    store = DcpStore(":memory:")
    yield store
    store.close()


def terms(job: str, owner: str = OWNER) -> JobTerms:
    return JobTerms(
        job=job,
        owner=owner,
        account=ACCOUNT,
        escrow="0x" + "3" * 40,
        work_function=Value("x => x"),
        arguments=(Value("1"),),
        worktime="map-basic",
        requirements=64,
        name="name",
        description="",
        link="",
        require_path=(),
        dependencies=(),
        is_strict=False,
        is_local=False,
        offer_dcc="0",
        has_worker_console=False,
    )


def row(job: str, created_ms: int = 5, owner: str = OWNER) -> JobRow:
    return JobRow(
        terms=terms(job, owner),
        is_joined=False,
        is_closed=False,
        end="",
        code="",
        reason="",
        slice_us=0,
        errors=0,
        created_ms=created_ms,
        ended_ms=None,
        seed=b"seed",
    )


def batch_row(number: int, first: int = 1, count: int = 3) -> BatchRow:
    batch_terms = BatchTerms(
        quote=1,
        chunk_slices=1,
        quorum=2,
        home="auto",
        is_known_only=False,
        price_max=1,
        seed=bytes([number]),
    )
    return BatchRow(batch=number, first=first, count=count, terms=batch_terms)


def done(number: int, value: str = "v") -> SliceResult:
    return SliceResult(slice=number, state="done", value=value)


def failed(number: int) -> SliceResult:
    return SliceResult(slice=number, state="waiting", value=None)


def test_a_job_is_there_after_a_restart_with_all_of_it(tmp_path: Path) -> None:
    store = DcpStore(tmp_path / "dcp.sqlite")
    assert store.add_job(row("j"), VALUES)
    store.set_joined("j")
    store.set_slice_us("j", 77)
    store.store_results("j", 0, [done(1), failed(2)])
    store.add_batch("j", batch_row(0))
    store.close()

    again = DcpStore(tmp_path / "dcp.sqlite")
    (found,) = again.unfinished()

    assert found.terms == terms("j")
    assert (found.is_joined, found.is_closed, found.slice_us, found.errors) == (True, False, 77, 1)
    assert again.data("j", range(1, 4), 100) == VALUES
    assert again.waiting("j") == {2: 1, 3: 0}
    assert again.values("j", None) == ((1, "v"),)
    assert again.batches("j") == (batch_row(0),)
    again.close()


def test_a_job_is_added_once(store: DcpStore) -> None:
    assert store.add_job(row("j"), VALUES)
    assert not store.add_job(row("j", owner="0x" + "9" * 40), VALUES)

    found = store.job("j")
    assert found is not None
    assert found.terms.owner == OWNER
    assert (store.counts("j").total, store.counts("j").done) == (3, 0)


def test_slices_of_one_request_are_added_once_and_numbered_on(store: DcpStore) -> None:
    store.add_job(row("j"), VALUES)

    assert store.add_slices("j", "r1", [Value("d")]) == 4
    assert store.add_slices("j", "r2", [Value("e"), Value("f")]) == 6
    assert store.add_slices("j", "r1", [Value("d")]) == 4
    assert store.add_slices("j", "r2", []) == 6
    assert store.counts("j").total == 6
    assert [value.text for value in store.data("j", range(4, 7), 100)] == ["d", "e", "f"]


def test_input_is_read_as_far_as_asked_but_at_least_of_one_slice(store: DcpStore) -> None:
    store.add_job(row("j"), [Value("x" * 10) for _ in range(5)])

    assert len(store.data("j", range(1, 6), 25)) == 2
    assert len(store.data("j", range(1, 6), 0)) == 1
    assert len(store.data("j", range(4, 9), 10**6)) == 2
    assert store.data("j", range(9, 12), 10**6) == ()


def test_a_value_is_stored_once_and_never_changed(store: DcpStore) -> None:
    store.add_job(row("j"), VALUES)

    assert store.store_results("j", 0, [done(1, "first"), failed(2)]) == {1, 2}
    assert store.store_results("j", 0, [done(1, "other"), failed(2)]) == set()
    assert store.store_results("j", 1, [done(1, "other"), done(2, "late"), done(9)]) == {2}

    assert store.values("j", None) == ((1, "first"), (2, "late"))
    found = store.job("j")
    assert found is not None
    assert found.errors == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.lists(st.tuples(st.integers(1, 4), st.booleans()))),
        max_size=12,
    )
)
def test_whatever_batches_come_to_each_slice_has_one_value_and_counts_its_failures(
    batches: list[tuple[int, list[tuple[int, bool]]]],
) -> None:
    store = DcpStore(":memory:")
    store.add_job(row("j"), [Value("x")] * 4)
    values: dict[int, str] = {}
    failures: dict[int, int] = {}
    for at, (batch, results) in enumerate(batches):
        unique = dict(results)
        stored = [done(n, f"{at}") if is_done else failed(n) for n, is_done in unique.items()]
        for number in store.store_results("j", batch, stored):
            assert number not in values, "a value is fresh once"
            if unique[number]:
                values[number] = f"{at}"
            else:
                failures[number] = failures.get(number, 0) + 1
    assert dict(store.values("j", None)) == values
    assert (store.counts("j").total, store.counts("j").done) == (4, len(values))
    assert store.waiting("j") == {n: failures.get(n, 0) for n in range(1, 5) if n not in values}
    store.close()


@pytest.mark.parametrize("asked", [[], [0], [-1, 2**70], [10**9]])
def test_values_that_cannot_be_are_none(store: DcpStore, asked: list[int]) -> None:
    store.add_job(row("j"), VALUES)
    store.store_results("j", 0, [done(1)])

    assert store.values("j", asked) == ()


def test_the_first_end_stays_and_drops_batches_but_not_results(store: DcpStore) -> None:
    store.add_job(row("j"), VALUES)
    store.add_slices("j", "r", VALUES)
    store.store_results("j", 0, [done(1)])
    store.add_batch("j", batch_row(0))

    store.end_job("j", "finished", "", "", 9)
    store.end_job("j", "cancelled", "E", "late", 10)

    found = store.job("j")
    assert found is not None
    assert (found.end, found.code, found.ended_ms) == ("finished", "", 9)
    assert not store.is_unfinished("j")
    assert store.batches("j") == ()
    assert store.values("j", None) == ((1, "v"),)


def test_the_first_terms_of_a_batch_stay(store: DcpStore) -> None:
    store.add_batch("j", batch_row(3, first=1))
    store.add_batch("j", batch_row(3, first=9))
    store.add_batch("j", batch_row(1))

    assert [(batch.batch, batch.first) for batch in store.batches("j")] == [(1, 1), (3, 1)]


def test_only_old_jobs_that_have_ended_are_forgotten(store: DcpStore) -> None:
    for job, ended_ms in (("old", 10), ("young", 20), ("open", None)):
        store.add_job(row(job, created_ms=0), VALUES)
        store.store_results(job, 0, [done(1)])
        if ended_ms is not None:
            store.end_job(job, "finished", "", "", ended_ms)

    assert store.forget_ended(before_ms=20) == 1

    assert store.job("old") is None
    assert store.counts("old").total == 0
    assert store.values("old", None) == ()
    for job in ("young", "open"):
        assert store.job(job) is not None
        assert (store.counts(job).total, store.counts(job).done) == (3, 1)
        assert store.values(job, None) == ((1, "v"),)


def test_an_owners_newest_jobs_are_listed_first(store: DcpStore) -> None:
    for at in range(5):
        store.add_job(row(f"j{at}", created_ms=at), ())
    store.add_job(row("other", owner="0x" + "9" * 40), ())

    assert [found.terms.job for found in store.jobs_of(OWNER, 3)] == ["j4", "j3", "j2"]


def test_unfinished_jobs_come_oldest_first(store: DcpStore) -> None:
    for job, created_ms in (("b", 2), ("a", 1), ("c", 3)):
        store.add_job(row(job, created_ms), ())
    store.end_job("c", "cancelled", "E", "", 4)

    assert [found.terms.job for found in store.unfinished()] == ["a", "b"]
    assert not store.is_unfinished("nothing")


def test_a_package_of_a_name_stays_the_first_and_its_owners_oldest_leave(store: DcpStore) -> None:
    store.add_package("p/a", "p", {"f.js": "0"}, 0)
    store.add_package("o/a", "o", {"f.js": "1"}, 1)
    store.add_package("o/a", "o", {"f.js": "2"}, 2)
    store.add_package("o/b", "o", {"f.js": "3"}, 3)
    assert store.package("o/a") == {"f.js": "1"}

    store.forget_packages("o", 1)

    assert store.package("o/a") is None
    assert store.package("p/a") == {"f.js": "0"}, "another's stay"
    assert store.package("o/b") == {"f.js": "3"}


def test_an_allowance_is_for_a_day_and_an_account(store: DcpStore) -> None:
    assert store.spend(ACCOUNT, 1, 70, 100)
    assert not store.spend(ACCOUNT, 1, 31, 100)
    assert store.spent(ACCOUNT, 1) == 70, "what is refused costs nothing"
    assert store.spend(ACCOUNT, 1, 30, 100)
    assert store.spend(ACCOUNT, 2, 100, 100)
    assert store.spend("0x" + "9" * 40, 1, 100, 100)
    assert store.spend(ACCOUNT, 1, -100, 100)
    assert store.spent(ACCOUNT, 1) == 0
    assert store.spend(ACCOUNT, 1, -100, 100)
    assert store.spent(ACCOUNT, 1) == 0, "nobody gets a credit"
    assert store.spend(ACCOUNT, 1, 10**15, None), "no limit is none"
