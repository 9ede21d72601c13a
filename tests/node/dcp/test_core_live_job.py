"""What a live job decides: which slices come next, which may be lent; and whose turn it is. No processes, no store."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.node.dcp.core_gateway import Port
from tests.node.dcp.test_core_store import batch_row, row

from meshnode.node.dcp import lending as lending_module
from meshnode.node.dcp.events import SUBSCRIPTIONS_PER_SESSION_MAX, Subscriptions
from meshnode.node.dcp.job_limits import GATHER_MS, SLICES_PER_BATCH_MAX
from meshnode.node.dcp.lending import ACTIVE_S, Lending, Lent
from meshnode.node.dcp.live_job import LiveJob, Returned, live_job
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.store import BatchRow, SliceCounts
from meshnode.node.dcp.turns import Turns

LATER_S = 100.0


def job(
    waiting: dict[int, int], *, is_closed: bool = True, batches: tuple[BatchRow, ...] = ()
) -> LiveJob:
    joined = replace(row("j"), is_joined=True, is_closed=is_closed)
    total = max(waiting, default=0)
    counts = SliceCounts(total=total, done=total - len(waiting))
    return live_job(joined, counts, dict(waiting), batches)


# Batches


def test_a_batch_is_of_consecutive_slices_with_as_many_failures() -> None:
    live = job({1: 0, 2: 0, 3: 1, 4: 0, 7: 0})

    assert live.next_slices(LATER_S) == range(1, 3)
    for number in (1, 2):
        live.take_value(number)
    assert live.next_slices(LATER_S) == range(3, 4)
    live.take_value(3)
    assert live.next_slices(LATER_S) == range(4, 5)


def test_a_batch_is_bounded() -> None:
    live = job(dict.fromkeys(range(1, SLICES_PER_BATCH_MAX + 10), 0))

    assert len(live.next_slices(LATER_S)) == SLICES_PER_BATCH_MAX


def test_an_open_jobs_last_slices_wait_a_moment_for_more() -> None:
    live = job({}, is_closed=False)
    live.add(3, now_s=10.0)

    assert live.next_slices(10.0) == range(0)
    assert live.next_slices(10.0 + GATHER_MS / 1000) == range(1, 4)
    live.is_closed = True
    assert live.next_slices(10.0) == range(1, 4)


def test_slices_are_added_once() -> None:
    live = job({1: 0}, is_closed=False)
    live.take_value(1)

    live.add(2, 0.0)
    live.add(2, 0.0)
    live.add(1, 0.0)

    assert (live.total, live.done, live.waiting) == (2, 1, {2: 0})


def test_a_job_is_complete_when_it_is_closed_and_nothing_waits() -> None:
    live = job({1: 0}, is_closed=False)
    live.take_value(1)
    assert not live.is_complete
    live.is_closed = True
    assert live.is_complete
    live.take_value(1)
    assert live.done == 1, "a value counts once"


def test_failures_are_counted_for_the_slice_and_the_job() -> None:
    live = job({1: 0, 2: 0})

    assert [live.take_failure(1), live.take_failure(1), live.take_failure(2)] == [1, 2, 1]
    assert live.errors == 3


def test_a_restored_job_goes_on_with_the_batches_that_are_not_done() -> None:
    batches = (batch_row(0, 1, 3), batch_row(1, 4, 2), batch_row(5, 6, 2))

    live = job({5: 0, 6: 2}, batches=batches)

    assert [batch.batch for batch in live.restored] == [1, 5]
    assert live.batch_next == 6


def test_a_batch_that_matched_lent_slices_is_not_restored() -> None:
    first = batch_row(0, 1, 2)
    checked = replace(first, terms=structs.replace(first.terms, is_known_only=True))

    live = job({1: 0, 2: 0}, batches=(checked,))

    assert not live.restored, "what was returned is lost with the restart"


# Lending


def test_a_lent_slice_is_in_no_batch_and_a_batchs_slice_is_not_lent() -> None:
    live = job(dict.fromkeys(range(1, 7), 0))
    live.computing = range(1, 3)

    assert sorted(live.lend(3)) == [4, 5, 6]
    assert sorted(live.lend(3)) == [3]
    assert live.lend(3) == ()
    live.computing = range(0)
    assert live.next_slices(LATER_S) == range(1, 3)


def test_slices_of_restored_batches_are_not_lent() -> None:
    live = job(dict.fromkeys(range(1, 7), 0), batches=(batch_row(0, 4, 3),))

    assert set(live.lend(10)) == {1, 2, 3}


def test_lending_from_a_large_job_does_not_hold_up_the_others() -> None:
    live = job(dict.fromkeys(range(1, 200_001), 0))
    live.computing = range(1, 20_001)
    live.take_value(200_000)
    began = time.thread_time()

    lent = live.lend(32)

    assert time.thread_time() - began < 0.05
    assert sorted(lent) == [*range(199_968, 200_000)]


def test_a_reserve_is_kept_at_the_end() -> None:
    live = job(dict.fromkeys(range(1, 7), 0))
    live.reserve = 2

    assert live.next_slices(LATER_S) == range(1, 5)
    for number in range(1, 5):
        live.take_value(number)
    assert live.next_slices(LATER_S) == range(0)
    live.reserve = 0
    assert live.next_slices(LATER_S) == range(5, 7)


@given(
    st.dictionaries(st.integers(1, 12), st.integers(0, 2), max_size=12),
    st.sets(st.integers(1, 12)),
    st.integers(0, 13),
    st.integers(0, 5),
    st.integers(0, 4),
)
def test_batches_and_loans_never_meet_and_nothing_is_forgotten(
    waiting: dict[int, int], lent: set[int], computing: int, asked: int, reserve: int
) -> None:
    live = job(waiting)
    live.lent = lent & waiting.keys()
    before = set(live.lent)
    live.reserve = reserve
    live.computing = range(1, computing)

    loan = set(live.lend(asked))

    assert loan <= waiting.keys() - before - set(live.computing)
    assert len(loan) == min(asked, len(waiting.keys() - before - set(live.computing)))
    live.computing = range(0)
    batch = set(live.next_slices(LATER_S))
    free = waiting.keys() - live.lent
    assert batch <= free
    assert bool(batch) == (len(free) > reserve)


def test_returned_slices_are_matched_in_runs() -> None:
    live = job(dict.fromkeys(range(1, 9), 0))
    live.lent = {2, 3, 5}
    for number in (5, 3, 2):
        live.returned[number] = Returned("v", "0x")

    assert live.next_returned() == range(2, 4)


def test_a_slice_that_was_lent_and_computed_does_not_hold_up_the_others() -> None:
    live = job({1: 0, 2: 0})
    live.lend(1)
    live.take_value(2)

    assert live.next_slices(LATER_S) == range(1, 2)


def lent(job_id: str = "j", worker: str = "w", owner: str = "o", until_s: float = 10.0) -> Lent:
    return Lent(job_id, 0, worker, owner, "0x", until_s)


def test_only_its_worker_and_identity_find_a_lent_slice() -> None:
    lending, live = Lending(), job({1: 0, 2: 0})

    assert lending.lend(live, lent(), 1) == (2,)

    found = lending.find("j", 2, "w", "o")
    assert found is not None
    assert found.slice == 2
    assert lending.find("j", 1, "w", "o") is None
    assert lending.find("j", 2, "w", "other") is None
    assert lending.find("j", 2, "other", "o") is None
    assert lending.find("other", 2, "w", "o") is None
    assert lending.held("w") == 1
    assert lending.jobs() == {"j"}
    lending.take(found)
    lending.take(found)
    assert lending.of_worker("w", "o") == ()
    assert lending.jobs() == frozenset()


def test_slices_are_overdue_when_their_time_is_over_or_their_job_has_ended() -> None:
    lending, live = Lending(), job({1: 0, 2: 0})
    lending.lend(live, lent(until_s=10.0), 1)
    lending.lend(live, lent(until_s=20.0), 1)

    assert [each.slice for each in lending.overdue(10.0, ())] == []
    assert [each.slice for each in lending.overdue(10.1, ())] == [2]
    assert {each.slice for each in lending.overdue(0.0, ["j"])} == {1, 2}


def test_workers_are_active_for_a_while_and_a_bounded_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lending_module, "WORKERS_MAX", 3)
    lending = Lending()
    for at, worker in enumerate("aabcd"):
        lending.note(worker, float(at))

    assert lending.active(5.0) == 3
    assert lending.active(3.0 + ACTIVE_S) == 1
    assert lending.active(5.0 + ACTIVE_S) == 0


# Turns


async def test_an_owner_with_many_jobs_leaves_turns_for_others() -> None:
    turns, running = Turns(at_once=3, per_owner=2), list[str]()
    gate = asyncio.Event()

    async def work(owner: str) -> None:
        async with turns.turn(owner):
            running.append(owner)
            await gate.wait()

    tasks = [asyncio.create_task(work(owner)) for owner in ("alice",) * 5 + ("bob",) * 2]
    for _ in range(5):
        await asyncio.sleep(0)

    assert running == ["alice", "alice", "bob"]
    gate.set()
    await asyncio.gather(*tasks)
    assert sorted(running) == ["alice"] * 5 + ["bob"] * 2
    assert not turns._owners, "who waits for nothing is forgotten"


async def test_a_cancelled_wait_gives_its_turn_away() -> None:
    turns = Turns(at_once=1, per_owner=1)
    async with turns.turn("alice"):
        waiting = [asyncio.create_task(_take(turns, owner)) for owner in ("alice", "bob", "alice")]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)

    assert await waiting[1] == "bob"
    assert await waiting[2] == "alice"
    assert not turns._owners


async def _take(turns: Turns, owner: str) -> str:
    async with turns.turn(owner):
        return owner


# Subscriptions


def test_the_newest_token_of_an_event_counts() -> None:
    subscriptions, port = Subscriptions(), Port("o", "s")
    old = subscriptions.subscribe(port, "j", ["stop"])["stop"]
    new = subscriptions.subscribe(port, "j", ["stop"])["stop"]

    subscriptions.emit("j", "stop", {"job": "j"})

    assert old != new
    assert len(port.requests) == 1
    assert new in str(port.requests)


def test_who_unsubscribes_hears_no_more() -> None:
    subscriptions, port = Subscriptions(), Port("o", "s")
    tokens = subscriptions.subscribe(port, "j", ["stop", "status"])

    subscriptions.unsubscribe(port, "stop", "another token")
    assert subscriptions.is_wanted("j", "stop")
    subscriptions.unsubscribe(port, "stop", tokens["stop"])

    assert not subscriptions.is_wanted("j", "stop")
    assert subscriptions.emit("j", "status", {"job": "j"}) == 1
    subscriptions.drop_session("s")
    assert subscriptions.emit("j", "status", {"job": "j"}) == 0
    assert not subscriptions._by_job
    assert not subscriptions._by_session


def test_a_session_has_a_bounded_number_of_subscriptions() -> None:
    subscriptions, port = Subscriptions(), Port("o", "s")
    for at in range(SUBSCRIPTIONS_PER_SESSION_MAX):
        subscriptions.subscribe(port, f"j{at}", ["stop"])

    with pytest.raises(DcpRefused, match="too many"):
        subscriptions.subscribe(port, "next", ["stop"])
    subscriptions.subscribe(port, "j0", ["stop"])


def test_a_result_is_told_once_to_each_and_again_to_whom_a_full_queue_lost_it() -> None:
    subscriptions, quick, slow = Subscriptions(), Port("o", "s1"), Port("o", "s2", is_full=True)
    for port in (quick, slow):
        subscriptions.subscribe(port, "j", ["result"])

    assert not subscriptions.emit_result("j", 1, {"job": "j"})
    assert subscriptions.results_due("j", range(1, 3)) == [1, 2]
    slow.is_full = False
    assert subscriptions.emit_result("j", 1, {"job": "j"})
    assert subscriptions.emit_result("j", 1, {"job": "j"})

    assert (len(quick.requests), len(slow.requests)) == (1, 1)
    assert subscriptions.results_due("j", range(1, 3)) == [2]
    slow.is_open = quick.is_open = False
    assert subscriptions.results_due("j", range(2, 3)) == [], "nobody is there"
