"""A loop computed by workers over the memory network: real drivers, ledgers, stores and sandboxes in one process."""

import asyncio
import logging
from pathlib import Path

import msgspec
import pytest
from tests.node.memory_node import (
    EXPECTED,
    ITERATIONS,
    MemoryNode,
    add_job,
    honest_pool,
    javascript_here,
    loop_request,
    memory_mesh,
    now_ms,
    run_javascript,
    until,
)

from meshnode.ledger.audit import audit
from meshnode.ledger.export import read_export
from meshnode.ledger.rules import Refusal
from meshnode.node import mesh_runs
from meshnode.node.errors import NodeError, StorageError
from meshnode.node.exit_code import ExitCode
from meshnode.node.keys import Ed25519Verifier
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.node.worker_store import WorkerStore
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, LeaseId
from meshnode.sandbox import ChildLimits, ChunkOutcome, decode_records, encode_record

JOB = "0123456789abcdef"


class LyingPool(SlicePool):
    """Flips a bit in each tape."""

    def __init__(self) -> None:
        super().__init__(1, ChildLimits(nice=0))

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        outcome = await super().run(work, start, stop, operations_max)
        lie = bytes([outcome.tape[0] ^ 1]) + outcome.tape[1:]
        return msgspec.structs.replace(outcome, tape=lie)


async def run_loop(
    node: MemoryNode, quorum: int, job: str = JOB
) -> tuple[bytes, dict[str, object]]:
    """Run the squares on the mesh; return the tape of all iterations, and the summary."""
    await add_job(node, job)
    async with asyncio.timeout(60):
        run = await node.runs.open(loop_request(job, quorum), lambda _progress: None)
        assert run is not None
        tape, done = b"", 0
        try:
            while done < ITERATIONS:
                chunk = await run.next()
                assert chunk.iterations_done == chunk.iterations
                tape, done = tape + chunk.tape, done + chunk.iterations
        finally:
            await run.close()
        return tape, run.summary()


async def settled(nodes: list[MemoryNode]) -> None:
    async with asyncio.timeout(30):
        for node in nodes:
            while await node.held():  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.05)


async def assert_books_agree(nodes: list[MemoryNode]) -> None:
    await settled(nodes)
    exports = []
    for node in nodes:
        path = node.root / "book"
        path.write_bytes(await node.export())
        exports.append(read_export(path))
    report = audit(exports, Ed25519Verifier())
    assert report.is_sound, report.findings
    assert sum([await node.balance() for node in nodes]) == 0


async def test_one_worker_computes_what_the_loop_says_and_is_paid(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        tape, summary = await run_loop(nodes[0], 1)

        assert tape == EXPECTED
        await assert_books_agree(nodes)
        assert await nodes[1].balance() == summary["cost"]
        assert await nodes[1].balance() > 0


async def test_two_workers_agree_on_each_chunk_and_both_are_paid(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes:
        tape, summary = await run_loop(nodes[0], 2)

        assert tape == EXPECTED
        await assert_books_agree(nodes)
        assert [await node.balance() > 0 for node in nodes[1:]] == [True, True]
        assert isinstance(summary["executions_per_chunk"], float)
        assert summary["executions_per_chunk"] >= 2


async def test_a_liar_among_three_is_unpaid_and_shunned(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool, LyingPool, honest_pool]) as nodes:
        liar = nodes[2]

        tape, _ = await run_loop(nodes[0], 2)

        assert tape == EXPECTED
        await settled([nodes[0], nodes[1], nodes[3]])
        assert await liar.balance() == 0
        shunned = await nodes[0].thread.call(nodes[0].mesh_store.shunned)
        assert shunned == {liar.keys.identity}


async def test_a_worker_that_is_cut_off_costs_time_and_nothing_else(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes:
        running = asyncio.create_task(run_loop(nodes[0], 1))
        await until(lambda: bool(nodes[1].worker.operations))
        for _ in range(3):
            nodes[0].hub.cut(nodes[0].network.key, nodes[1].network.key)
            await asyncio.sleep(0.05)

        tape, _ = await running

        assert tape == EXPECTED
        await assert_books_agree(nodes)


async def test_results_are_dropped_when_the_job_has_ended_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mesh_runs, "RESULTS_FORGOTTEN_EVERY_S", 0.05)
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        node = nodes[0]
        await run_loop(node, 1)
        await settled(nodes)
        await until(lambda: not node.runs._drivers)
        await asyncio.sleep(0.2)

        assert await rows(node, "reports") > 0
        assert (await run_again(node)) == EXPECTED

        await node.thread.call(lambda: node.jobs.end_job(JOB, "done", 0, "", now_ms()))
        await asyncio.sleep(0.3)
        assert await rows(node, "reports") == 0
        assert await rows(node, "finals") == 0
        assert await rows(node, "tapes") == 0
        assert await rows(node, "leases") > 0


async def run_again(node: MemoryNode) -> bytes:
    """Open a finished run once more, as a restarted job does."""
    run = await node.runs.open(loop_request(JOB, 1), lambda _progress: None)
    assert run is not None
    tape = b""
    while len(tape) < len(EXPECTED):
        tape += (await run.next()).tape
    await run.close()
    await until(lambda: not node.runs._drivers)
    return tape


async def rows(node: MemoryNode, table: str) -> int:
    def count() -> int:
        with node.mesh_store.told():
            found = node.mesh_store.db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0])

    return await node.thread.call(count)


async def test_a_full_disk_fails_the_job_with_one_sentence_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        node = nodes[0]

        def full(*_arguments: object) -> None:
            raise StorageError("the disk is full; free some space")

        with monkeypatch.context() as broken:
            broken.setattr(node.store, "store_final", full)
            with pytest.raises(NodeError, match="the disk is full; free some space") as caught:
                await run_loop(node, 1)

        assert caught.value.exit_code is ExitCode.STORAGE
        assert "event=run_failed" in caplog.text
        assert "Traceback" not in caplog.text
        tape, _ = await run_loop(node, 1, "fedcba9876543210")
        assert tape == EXPECTED


async def test_a_bug_in_one_run_fails_its_job_and_spares_the_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        node = nodes[0]
        with monkeypatch.context() as broken:
            broken.setattr(node.store, "store_final", raise_key_error)
            with pytest.raises(NodeError, match="please report this") as caught:
                await run_loop(node, 1)

        assert caught.value.exit_code is ExitCode.INTERNAL
        assert "KeyError" in caplog.text
        tape, _ = await run_loop(node, 1, "fedcba9876543210")
        assert tape == EXPECTED


async def test_a_bug_in_the_worker_is_survived_and_its_lease_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original, calls = WorkerStore.store_result, []

    def fail_once(
        self: WorkerStore, lease: LeaseId, result: ChunkResult, tape: bytes | None
    ) -> None:
        calls.append(result)
        if len(calls) == 3:
            raise KeyError("a bug")
        original(self, lease, result, tape)

    monkeypatch.setattr(WorkerStore, "store_result", fail_once)
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        tape, _ = await run_loop(nodes[0], 1)

        assert tape == EXPECTED
        assert "event=worker_failed" in caplog.text
        await assert_books_agree(nodes)


def raise_key_error(*_arguments: object) -> None:
    raise KeyError("a bug")


async def test_a_voucher_that_the_own_ledger_refuses_is_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        node, worker = nodes

        def refuse(_voucher: Sealed) -> Refusal:
            return Refusal.ALREADY_RESOLVED

        monkeypatch.setattr(node.ledger, "store_voucher", refuse)
        tape, _ = await run_loop(node, 1)

        assert tape == EXPECTED
        assert "event=voucher_refused" in caplog.text
        assert await worker.balance() == 0
        assert not [
            lease
            for lease in await node.thread.call(
                lambda: node.mesh_store.db.execute("SELECT voucher FROM leases").fetchall()
            )
            if lease[0] is not None
        ]


async def test_what_a_run_holds_at_a_worker_has_one_escrow_account(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        await run_loop(nodes[0], 1)
        await settled(nodes)

        leases = await rows(nodes[0], "leases")
        book = nodes[1].ledger._store
        escrows = await nodes[1].thread.call(
            lambda: {row[0] for row in book.rows("balances") if str(row[0]).startswith("escrow")}
        )
        assert leases > 1
        assert len(escrows) == 1


class ForgingPool(SlicePool):
    """Gives back another value for the first slice of each chunk."""

    def __init__(self) -> None:
        super().__init__(1, ChildLimits(nice=0))

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        outcome = await super().run(work, start, stop, operations_max)
        records = decode_records(outcome.tape, stop - start)
        assert records is not None
        forged = msgspec.structs.replace(records[0], value='{"_serializeVerId":"v9","what":-1}')
        tape = b"".join(map(encode_record, (forged, *records[1:])))
        return msgspec.structs.replace(outcome, tape=tape)


@pytest.mark.slow
async def test_two_workers_agree_on_javascript_and_both_are_paid(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes:
        records = await run_javascript(nodes[0], quorum=2)

        assert records == await asyncio.to_thread(javascript_here)
        assert records[3].value is not None
        assert records[3].value.startswith('{"_serializeVerId":"v9","what":{"arr":[9,0.')
        await until(lambda: not nodes[0].runs._drivers)
        await assert_books_agree(nodes)
        assert [await node.balance() > 0 for node in nodes[1:]] == [True, True]


@pytest.mark.slow
async def test_who_lies_about_javascript_is_outvoted_and_not_shunned(tmp_path: Path) -> None:
    async with memory_mesh(tmp_path, [honest_pool, ForgingPool, honest_pool]) as nodes:
        records = await run_javascript(nodes[0], quorum=2)

        assert records == await asyncio.to_thread(javascript_here)
        await until(lambda: not nodes[0].runs._drivers)
        assert await rows(nodes[0], "proofs") == 0
        assert not await nodes[0].thread.call(nodes[0].mesh_store.shunned)
        await assert_books_agree(nodes)
        earned = [await node.balance() for node in nodes[1:]]
        assert earned[1] < earned[0] + earned[2]
