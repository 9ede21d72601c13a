"""The picture of a run: a pure function of what is stored of it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.protocol.samples import LEASE, REQUESTER, ROOT, RUN, WORKER, descriptor, grant

from meshnode.node.control_client import JsonObject
from meshnode.node.mesh_store import MeshStore
from meshnode.node.page.follow import JobWatcher
from meshnode.node.page.limits import CHUNKS_WATCHED_MAX, RUNS_WATCHED_MAX
from meshnode.node.page.watch import (
    OPEN,
    Cell,
    RunFrame,
    RunWatch,
    frame_of,
    picture,
    picture_json,
)
from meshnode.node.requester_store import RequesterStore
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.messages import Grant, Voucher
from meshnode.protocol.run_terms import (
    HomePolicy,
    Report,
    RunTerms,
    StoredLease,
    StoredRun,
)
from meshnode.protocol.values import ChunkResult, Hash, IdentityId, RunId, digest

OTHER = IdentityId(digest(b"other worker"))
WORKER_NAME = WORKER.hex()[:16]
OTHER_NAME = OTHER.hex()[:16]
FRAME = RunFrame(run=RUN, loop=0, chunks=10, home=REQUESTER)
RIGHT, WRONG = Hash(digest(b"right")), Hash(digest(b"wrong"))


def result(chunk: int, tape: Hash = RIGHT) -> ChunkResult:
    return ChunkResult(chunk=chunk, iterations_done=10, tape_hash=tape, operations=1_000)


def report(chunk: int, worker: IdentityId, tape: Hash = RIGHT) -> Report:
    lease = None if worker == REQUESTER else LEASE
    return Report(worker=worker, lease=lease, result=result(chunk, tape))


def lease(
    start: int = 0,
    stop: int = 4,
    *,
    worker: IdentityId = WORKER,
    done: int = 0,
    is_ended: bool = False,
    is_forfeited: bool = False,
) -> StoredLease:
    granted: Grant = msgspec.structs.replace(grant(start, stop), worker=worker)
    voucher = Voucher(
        run=RUN,
        lease=LEASE,
        requester=REQUESTER,
        worker=worker,
        chunks_done=done,
        root=ROOT,
        operations=1_000 * done,
        amount=7 * done,
    )
    return StoredLease(
        grant=granted,
        stop=stop,
        voucher=voucher if done else None,
        evidence=None,
        is_ended=is_ended,
        is_forfeited=is_forfeited,
        is_settled=False,
    )


def terms(run: RunId, chunks: int = 10) -> RunTerms:
    return RunTerms(
        run=run,
        descriptor=descriptor(chunks),
        requester=REQUESTER,
        quorum=2,
        home=HomePolicy.AUTO,
        home_cores=1,
        price_max=1_000,
        operations_per_chunk=1_000,
        module_bytes=1,
        captures_bytes=1,
        tape_bytes_max=1_000,
    )


# Cells


def test_a_chunk_of_an_open_lease_is_shown_with_its_holder() -> None:
    shown = picture(FRAME, StoredRun(leases=(lease(2, 4),)))

    assert dict(shown.cells) == {chunk: Cell("leased", (WORKER_NAME,)) for chunk in (2, 3)}


def test_what_a_voucher_covers_is_in_work_no_more() -> None:
    stored = StoredRun(
        leases=(lease(0, 3, done=2),), reports=(report(0, WORKER), report(1, WORKER))
    )

    shown = picture(FRAME, stored)

    assert shown.cells[1] == Cell("reported", (), (WORKER_NAME,))
    assert shown.cells[2] == Cell("leased", (WORKER_NAME,))


def test_an_ended_lease_holds_nothing() -> None:
    assert not picture(FRAME, StoredRun(leases=(lease(is_ended=True),))).cells


def test_a_chunk_may_be_reported_by_one_and_in_work_at_another() -> None:
    stored = StoredRun(
        leases=(lease(0, 1, done=1), lease(0, 1, worker=OTHER)), reports=(report(0, WORKER),)
    )

    assert picture(FRAME, stored).cells[0] == Cell("reported", (OTHER_NAME,), (WORKER_NAME,))


def test_a_final_chunk_names_those_who_had_its_result() -> None:
    stored = StoredRun(
        reports=(report(0, WORKER), report(0, OTHER, WRONG), report(0, REQUESTER)),
        finals={0: result(0)},
    )

    assert picture(FRAME, stored).cells[0] == Cell("final", (), (WORKER_NAME, "home"))


def test_a_chunk_that_runs_at_home_is_shown_when_the_driver_tells_it() -> None:
    shown = picture(FRAME, StoredRun(), at_home=[5])

    assert dict(shown.cells) == {5: Cell("leased", ("home",))}
    assert [(share.who, share.held) for share in shown.shares] == [("home", 1)]


def test_reports_of_a_liar_do_not_count() -> None:
    stored = StoredRun(
        leases=(lease(0, 2, done=2, is_forfeited=True),),
        reports=(report(0, WORKER, WRONG), report(1, WORKER)),
        finals={},
    )

    assert not picture(FRAME, stored).cells


# Shares


def test_a_share_tells_what_was_computed_and_is_paid() -> None:
    stored = StoredRun(
        leases=(lease(0, 4, done=2), lease(4, 6, worker=OTHER)),
        reports=(report(0, WORKER), report(1, WORKER), report(0, REQUESTER)),
    )

    home, *peers = picture(FRAME, stored).shares

    assert (home.who, home.computed, home.held, home.paid) == ("home", 1, 0, 0)
    assert {(p.who, p.computed, p.held, p.paid) for p in peers} == {
        (WORKER_NAME, 2, 2, 14),
        (OTHER_NAME, 0, 2, 0),
    }


def test_a_forfeited_lease_pays_nothing() -> None:
    (share,) = picture(FRAME, StoredRun(leases=(lease(done=2, is_forfeited=True),))).shares

    assert (share.paid, share.is_wrong) == (0, True)


# Changes


def test_only_what_has_changed_is_told() -> None:
    before = picture(FRAME, StoredRun(leases=(lease(0, 2),)))
    now = picture(FRAME, StoredRun(leases=(lease(0, 2, done=1),), reports=(report(0, WORKER),)))

    whole, change = picture_json(before, None), picture_json(now, before)

    assert whole is not None
    assert change is not None
    assert (whole["is_whole"], change["is_whole"]) == (True, False)
    assert change["cells"] == [[0, "reported", [], [WORKER_NAME]]]
    assert picture_json(now, now) is None


def test_a_chunk_that_is_open_again_is_told() -> None:
    before = picture(FRAME, StoredRun(leases=(lease(0, 1),)))
    now = picture(FRAME, StoredRun(leases=(lease(0, 1, is_ended=True),)))

    change = picture_json(now, before)

    assert change is not None
    assert change["cells"] == [[0, OPEN.state, [], []]]


def test_an_untouched_run_is_told_once() -> None:
    shown = picture(FRAME, StoredRun())

    whole = picture_json(shown, None)

    assert whole is not None
    assert (whole["cells"], whole["workers"], whole["chunks"]) == ([], [], 10)
    assert not shown.is_complete


# The watcher of a job


@pytest.fixture
def watched() -> Iterator[tuple[RequesterStore, RunWatch]]:
    thread, store = StoreThread(), MeshStore(":memory:")
    requester_store = RequesterStore(store)
    yield requester_store, RunWatch(requester_store, thread, REQUESTER)
    thread.close()
    store.close()


def finish(store: RequesterStore, run: RunId, chunks: int) -> None:
    for chunk in range(chunks):
        store.store_report(run, report(chunk, REQUESTER), b"tape")
        store.store_final(run, result(chunk), REQUESTER)


def ended(*runs: tuple[RunId, int]) -> JsonObject:
    loop_runs = [{"run": run.hex(), "chunks": chunks} for run, chunks in runs]
    return {"event": "ended", "summary": {"loop_runs": loop_runs}}


async def test_a_job_sees_its_own_runs_alone(watched: tuple[RequesterStore, RunWatch]) -> None:
    store, watch = watched
    store.add_run("mine", terms(RUN))
    store.add_run("other", terms(RunId(digest(b"another run"))))

    assert await watch.frames("mine") == (frame_of(terms(RUN)),)


async def test_a_run_is_told_when_it_changes(watched: tuple[RequesterStore, RunWatch]) -> None:
    store, watch = watched
    store.add_run("job", terms(RUN))
    watcher = JobWatcher(watch, "job")

    first, second = await watcher.look(), await watcher.look()
    store.store_report(RUN, report(3, REQUESTER), b"tape")
    third = await watcher.look()

    assert [event["cells"] for event in first] == [[]]
    assert second == []
    assert [event["cells"] for event in third] == [[[3, "reported", [], ["home"]]]]


async def test_a_complete_run_is_not_looked_at_again(
    watched: tuple[RequesterStore, RunWatch],
) -> None:
    store, watch = watched
    store.add_run("job", terms(RUN))
    finish(store, RUN, 10)
    watcher = JobWatcher(watch, "job")
    await watcher.look()

    store.store_lease(grant(), 4)

    assert await watcher.look() == []
    assert len(await watcher.look_last(ended((RUN, 10)))) == 1


async def test_a_run_that_was_too_quick_is_told_at_the_end(
    watched: tuple[RequesterStore, RunWatch],
) -> None:
    store, watch = watched
    store.add_run("job", terms(RUN))
    finish(store, RUN, 10)
    store.close_run(RUN)
    watcher = JobWatcher(watch, "job")

    assert await watcher.look() == []
    (event,) = await watcher.look_last(ended((RUN, 10)))

    assert event["is_whole"]
    assert event["chunks"] == 10
    assert event["cells"] == [[chunk, "final", [], ["home"]] for chunk in range(10)]


async def test_what_is_forgotten_does_not_wipe_what_was_told(
    watched: tuple[RequesterStore, RunWatch],
) -> None:
    store, watch = watched
    store.add_run("job", terms(RUN))
    finish(store, RUN, 10)
    store.close_run(RUN)
    store.forget_job("job")

    assert await JobWatcher(watch, "job").look_last(ended((RUN, 10))) == []


async def test_a_run_of_too_many_chunks_is_not_looked_at(
    watched: tuple[RequesterStore, RunWatch],
) -> None:
    store, watch = watched
    store.add_run("job", terms(RUN, CHUNKS_WATCHED_MAX + 1))
    watcher = JobWatcher(watch, "job")

    assert await watcher.look() == []
    assert await watcher.look_last(ended((RUN, CHUNKS_WATCHED_MAX + 1))) == []


async def test_a_job_of_many_runs_shows_the_last_at_its_end(
    watched: tuple[RequesterStore, RunWatch],
) -> None:
    store, watch = watched
    runs = [RunId(digest(bytes([number]))) for number in range(RUNS_WATCHED_MAX + 3)]
    for run in runs:
        store.add_run("job", terms(run))
        finish(store, run, 2)

    told = await JobWatcher(watch, "job").look_last(ended(*((run, 2) for run in runs)))

    assert [event["run"] for event in told] == [run.hex() for run in runs[3:]]


async def test_a_broken_store_stops_the_pictures_and_not_the_job(tmp_path: Path) -> None:
    broken = MeshStore(tmp_path / "mesh.sqlite")
    broken.db.execute("DROP TABLE runs")
    thread = StoreThread()
    watcher = JobWatcher(RunWatch(RequesterStore(broken), thread, REQUESTER), "job")

    assert await watcher.look() == []
    assert await watcher.look_last(ended((RUN, 10))) == []
    thread.close()
    broken.close()
