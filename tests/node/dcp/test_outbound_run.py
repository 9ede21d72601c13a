"""Loop runs on DCP with a stand-in for its client: whatever DCP does, the program gets the right tapes."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.dcp.outbound.fake import FakeDcp, Faults, fake_dcp
from tests.node.memory_node import EXPECTED, ITERATIONS, SQUARES, until

from meshnode.node.config import Config
from meshnode.node.dcp.outbound import ChosenRuns, DcpParts, DcpRuns
from meshnode.node.errors import ConfigError
from meshnode.node.job_store import GridRow, JobStore
from meshnode.node.local_runs import LocalRuns
from meshnode.node.loop_runs import LoopRequest, Progress
from meshnode.node.options import DcpOptions, HomeUse, RunOptions
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.sandbox import ChildLimits

CHUNKS = 20
LENGTH = ITERATIONS // CHUNKS
RATE = 2_000_000
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@dataclass
class Ran:
    """What the program got, and what the summary says."""

    tape: bytes
    summary: dict[str, object]
    progress: list[Progress]

    @property
    def dcp(self) -> dict[str, object]:
        told = self.summary["dcp"]
        assert isinstance(told, dict)
        return told

    @property
    def counts(self) -> tuple[object, object, object]:
        """Chunks by DCP, by home, and wrong results."""
        return self.dcp["chunks_by_dcp"], self.dcp["chunks_by_home"], self.dcp["wrong_results"]


@pytest.fixture
async def parts() -> AsyncIterator[DcpParts]:
    thread = StoreThread()
    pool = SlicePool(1, ChildLimits(nice=0))
    jobs = await thread.call(lambda: JobStore(":memory:"))
    yield DcpParts(pool=pool, jobs=jobs, thread=thread, config=Config(gateway_credits_per_dcc=RATE))
    pool.close()
    await thread.call(jobs.close)
    thread.close()


def request_for(options: DcpOptions | None, home: HomeUse = "auto") -> LoopRequest:
    return LoopRequest(
        job="job",
        ordinal=0,
        program=SQUARES,
        arguments=("squares.mojo",),
        loop=0,
        iterations=ITERATIONS,
        captures=bytes(8),
        options=RunOptions(home=home, dcp=options),
    )


async def run_loop(
    parts: DcpParts, options: DcpOptions, home: HomeUse = "auto", chunks: int = CHUNKS
) -> Ran:
    """Run the loop of squares as a program would, `chunks` of its chunks."""
    grid = GridRow(chunk_iterations=LENGTH, operations_max=10**9)
    await parts.thread.call(lambda: parts.jobs.set_grid("job", 0, grid))
    progress: list[Progress] = []
    run = await DcpRuns(parts).open(request_for(options, home), progress.append)
    assert run is not None
    try:
        async with asyncio.timeout(60):
            tapes = [await run.next() for _ in range(chunks)]
    finally:
        await run.close()
    return Ran(b"".join(tape.tape for tape in tapes), run.summary(), progress)


@pytest.mark.parametrize("home", ["auto", "never"])
async def test_dcp_computes_a_loop_and_home_agrees(
    parts: DcpParts, tmp_path: Path, home: HomeUse
) -> None:
    fake = fake_dcp(tmp_path, {})

    ran = await run_loop(parts, fake.options(), home)

    assert ran.tape == EXPECTED
    assert ran.counts == (CHUNKS, 0, 0)
    assert ran.summary["home_checks"] == CHUNKS
    assert ran.summary["cost"] == 0
    assert ran.dcp["failure"] == ""
    assert ran.dcp["job_record"] == {"job": "fakeJob", "paid": "0.5"}
    assert ran.dcp["scheduler"] == "http://127.0.0.1:1/"
    assert ran.progress[-1].chunks_done == CHUNKS


@pytest.mark.parametrize(
    "fault",
    ["wrongTapeAt", "wrongCountAt", "shortAt", "malformedAt", "notANumberAt"],
)
async def test_a_wrong_result_from_dcp_never_counts(
    parts: DcpParts, tmp_path: Path, fault: str
) -> None:
    fake = fake_dcp(tmp_path, {fault: 7})

    ran = await run_loop(parts, fake.options())

    assert ran.tape == EXPECTED
    assert ran.counts == (CHUNKS - 1, 1, 1)


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ({"crashAt": 5}, "ended (status 3)"),
        ({"throwAt": 5}, "the client broke (EFAILED)"),
        ({"cancelAt": 5}, "ETOOMANYERRORS"),
        ({"refuse": True}, "ENOFUNDS"),
        ({"unreachable": True}, "ECONNREFUSED"),
    ],
)
async def test_home_computes_what_a_failing_dcp_does_not(
    parts: DcpParts, tmp_path: Path, faults: Faults, reason: str
) -> None:
    fake = fake_dcp(tmp_path, faults)

    ran = await run_loop(parts, fake.options())

    assert ran.tape == EXPECTED
    assert reason in str(ran.dcp["failure"])
    by_dcp, by_home, wrong = ran.counts
    assert isinstance(by_dcp, int)
    assert (by_home, wrong) == (CHUNKS - by_dcp, 0)
    assert by_dcp <= 6


async def test_a_dcp_that_stalls_is_given_up_and_its_job_cancelled(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {"stallAt": 5})

    ran = await run_loop(parts, fake.options(patience_s=4), home="never")

    assert ran.tape == EXPECTED
    assert ran.counts == (5, CHUNKS - 5, 0)
    assert ran.dcp["failure"] == "it showed no progress for 4 s"
    assert "cancelled" in fake.log


async def test_the_job_of_a_client_that_breaks_is_cancelled(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {"throwAt": 5})

    await run_loop(parts, fake.options())

    assert "cancelled" in fake.log


async def test_strangers_words_do_not_reach_a_terminal_as_commands(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {"cancelAt": 5})

    ran = await run_loop(parts, fake.options())

    assert str(ran.dcp["failure"]).isprintable()


async def test_chunks_that_dcp_loses_are_computed_at_home(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {"lost": [0, 3, 19]})

    ran = await run_loop(parts, fake.options())

    assert ran.tape == EXPECTED
    assert ran.counts == (CHUNKS - 3, 3, 0)


async def test_results_that_the_client_fetches_later_count_with_their_own_value(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {"late": [2, 3]})

    ran = await run_loop(parts, fake.options())

    assert ran.tape == EXPECTED
    assert ran.counts == (CHUNKS, 0, 0)


async def test_what_the_client_prints_is_no_message(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {"nonsenseAt": 4})

    ran = await run_loop(parts, fake.options())

    assert ran.counts == (CHUNKS, 0, 0)


async def test_a_program_that_needs_no_more_cancels_its_job(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {"stallAt": 5})

    ran = await run_loop(parts, fake.options(), chunks=3)

    assert ran.tape == EXPECTED[: len(ran.tape)]
    assert "cancelled" in fake.log


@pytest.mark.parametrize(
    ("faults", "missing", "hint"),
    [
        ({"passphrase": True}, "", "has a passphrase"),
        ({}, "keystores/id.keystore", "id.keystore is missing"),
        ({}, "keystores/default.keystore", "default.keystore is missing"),
        ({}, "sdk/node_modules/dcp-client/index.js", "npm install dcp-client"),
    ],
)
async def test_wrong_settings_end_the_job_with_what_to_do(
    parts: DcpParts, tmp_path: Path, faults: Faults, missing: str, hint: str
) -> None:
    fake = fake_dcp(tmp_path, faults)
    if missing:
        (tmp_path / missing).unlink()

    with pytest.raises(ConfigError, match=hint):
        await run_loop(parts, fake.options())


async def test_without_node_the_job_ends_with_what_to_do(
    parts: DcpParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_dcp(tmp_path, {})
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigError, match=r"install Node\.js"):
        await run_loop(parts, fake.options())


async def test_the_node_process_sees_little_of_our_environment(
    parts: DcpParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    fake = fake_dcp(tmp_path, {})

    await run_loop(parts, fake.options())

    names = set(_logged(fake, "environment").split())
    assert "SECRET_TOKEN" not in names
    assert {"DCP_RESOURCE_DIR", "DCP_SCHEDULER_LOCATION", "HOME", "PATH"} <= names


async def test_an_offer_and_groups_reach_dcp_and_stay_apart_from_credits(
    parts: DcpParts, tmp_path: Path
) -> None:
    fake = fake_dcp(tmp_path, {})
    groups = tmp_path / "groups.json"
    groups.write_text('[{"joinKey": "ours", "joinSecret": "secret"}]')

    ran = await run_loop(parts, fake.options(offer_dcc="0.0001", groups=str(groups)))

    assert _logged(fake, "exec").startswith('0.0001 [{"joinKey":"ours"')
    assert ran.dcp["offered_dcc"] == "0.0020"
    assert ran.dcp["micro_credits_per_dcc"] == RATE
    assert ran.summary["cost"] == 0
    assert "secret" not in str(ran.summary)


async def test_bad_groups_end_the_job_with_what_to_do(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {})
    groups = tmp_path / "groups.json"
    groups.write_text('{"joinKey": "ours"}')

    with pytest.raises(ConfigError, match="no list of compute groups"):
        await run_loop(parts, fake.options(groups=str(groups)))


async def test_a_restarted_job_comes_to_the_same_grid(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {})
    request = request_for(fake.options(), home="never")
    grids = []

    for _ in range(2):
        run = await DcpRuns(parts).open(request, lambda _progress: None)
        assert run is not None
        await run.close()
        grids.append(
            (run.summary()["chunks"], await parts.thread.call(lambda: parts.jobs.grid("job", 0)))
        )

    assert grids[0] == grids[1]


async def test_a_small_loop_stays_plain(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {})

    run = await DcpRuns(parts).open(request_for(fake.options()), lambda _progress: None)

    assert run is None


async def test_captures_too_long_for_dcp_are_computed_at_home(
    parts: DcpParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.outbound_talk.CAPTURES_BYTES_MAX", 7)
    fake = fake_dcp(tmp_path, {})

    ran = await run_loop(parts, fake.options())

    assert ran.tape == EXPECTED
    assert ran.counts == (0, CHUNKS, 0)
    assert "captures" in str(ran.dcp["failure"])


async def test_a_jobs_options_choose_where_its_loops_run(parts: DcpParts, tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {})
    runs = ChosenRuns(LocalRuns(parts.pool), DcpRuns(parts))
    request = request_for(fake.options(), home="never")

    there = await runs.open(request, lambda _progress: None)
    here = await runs.open(
        replace(request, options=RunOptions(home="never")), lambda _progress: None
    )

    assert there is not None
    assert here is not None
    await there.close()
    await here.close()
    assert "dcp" in there.summary()
    assert "dcp" not in here.summary()


async def test_a_killed_owners_job_is_cancelled(tmp_path: Path) -> None:
    fake = fake_dcp(tmp_path, {"stallAt": 0})
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.dcp.outbound.lost_owner", str(fake.root)), cwd=ROOT
    )
    await until(lambda: "stalled" in fake.log)

    owner.kill()
    await owner.wait()

    await until(lambda: "cancelled" in fake.log)


def _logged(fake: FakeDcp, word: str) -> str:
    line = next(line for line in fake.log.splitlines() if line.startswith(word))
    return line.removeprefix(word).strip()
