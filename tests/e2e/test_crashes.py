"""`kill -9` at any moment: the output is right, nothing accepted is computed again, the ledgers agree."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from tests.e2e.crashing_daemon import STEPS
from tests.e2e.mesh import MeshNode, mesh, wait_until_meshed, wait_until_settled
from tests.e2e.programs import long_output, write_long_program

from meshnode.node.errors import DaemonError
from meshnode.protocol.messages import Grant

pytestmark = pytest.mark.e2e

LIMIT = 4_000_000
SHORT_LIMIT = 700_000
WORKER_STEPS = ("work", "result", "voucher-held", "forget")


@pytest.fixture(scope="module")
def expected() -> bytes:
    return long_output(LIMIT)


def start_run(node: MeshNode, program: Path, quorum: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "meshnode", "run", "--data-dir", str(node.root), str(program)]
    return subprocess.Popen(
        [*command, "--home", "never", "--verify", f"quorum:{quorum}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def chunks_done(node: MeshNode) -> int:
    """Return the final chunks stored at the requester."""
    try:
        with sqlite3.connect(f"file:{node.root / 'mesh.sqlite'}?mode=ro", uri=True) as db:
            count = int(db.execute("SELECT count(*) FROM finals").fetchone()[0])
        db.close()
    except sqlite3.Error:
        return 0
    return count


def wait_for_chunks(node: MeshNode, count: int) -> None:
    deadline = time.monotonic() + 60
    while chunks_done(node) < count:
        assert time.monotonic() < deadline, node.log
        time.sleep(0.05)


def reports(node: MeshNode) -> set[tuple[int, bytes]]:
    with sqlite3.connect(f"file:{node.root / 'mesh.sqlite'}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT chunk, worker FROM reports").fetchall()
    db.close()
    return set(rows)


def leases(node: MeshNode) -> dict[bytes, Grant]:
    """Return the leases that a requester has granted, with the ends that they have now."""
    with sqlite3.connect(f"file:{node.root / 'mesh.sqlite'}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT lease, grant_, stop FROM leases").fetchall()
    db.close()
    return {
        row[0]: msgspec.structs.replace(msgspec.msgpack.decode(row[1], type=Grant), stop=row[2])
        for row in rows
    }


def assert_books_agree(nodes: Sequence[MeshNode], folder: Path) -> None:
    """Every ledger is sound, all together are, and the balances sum to zero."""
    wait_until_settled(nodes)
    exports = []
    for i, node in enumerate(nodes):
        export = folder / f"{i}.ledger"
        assert node.cli("ledger", "--export", str(export)).returncode == 0
        exports.append(str(export))
    audit = nodes[0].cli_json("audit", *exports)
    assert audit["findings"] == []
    assert audit["self_credits"] == 0


def finish(run: subprocess.Popen[bytes], timeout_s: float = 240) -> bytes:
    stdout, stderr = run.communicate(timeout=timeout_s)
    assert run.returncode == 0, stderr.decode()
    return stdout


def test_a_killed_worker_costs_time_and_nothing_else(tmp_path: Path, expected: bytes) -> None:
    program = write_long_program(tmp_path, LIMIT)
    with mesh(tmp_path, 4) as nodes:
        run = start_run(nodes[0], program, 2)
        wait_for_chunks(nodes[0], 3)
        nodes[2].kill()

        assert finish(run) == expected
        nodes[2].start()
        wait_until_meshed(nodes)
        assert_books_agree(nodes, tmp_path)


def test_a_killed_requester_goes_on_where_it_was(tmp_path: Path, expected: bytes) -> None:
    program = write_long_program(tmp_path, LIMIT)
    with mesh(tmp_path, 4) as nodes:
        run = start_run(nodes[1], program, 2)
        wait_for_chunks(nodes[1], 3)
        nodes[1].kill()
        accepted, granted = reports(nodes[1]), leases(nodes[1])
        nodes[1].start()

        assert finish(run) == expected
        assert len(accepted) >= 6
        again = {
            (chunk, lease.worker)
            for name, lease in leases(nodes[1]).items()
            if name not in granted
            for chunk in range(lease.start, lease.stop)
        }
        assert not again & accepted
        assert_books_agree(nodes, tmp_path)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", list(STEPS))
def test_a_crash_at_any_step_of_writing_is_survived(step: str, when: str, tmp_path: Path) -> None:
    program = write_long_program(tmp_path, SHORT_LIMIT)
    with mesh(tmp_path, 2) as nodes:
        victim = nodes[1] if step in WORKER_STEPS else nodes[0]
        victim.stop()
        victim.command = (sys.executable, "-m", "tests.e2e.crashing_daemon")
        victim.environment = {"MESHNODE_TEST_CRASH": f"{step}:2:{when}"}
        victim.start()
        wait_until_meshed(nodes)
        run = start_run(nodes[0], program, 1)
        wait_for_death(victim, run)
        victim.environment = {}
        victim.start()

        assert finish(run) == long_output(SHORT_LIMIT)
        assert_books_agree(nodes, tmp_path)


def wait_for_death(victim: MeshNode, run: subprocess.Popen[bytes]) -> None:
    """Wait until the victim killed itself; a step may also not be reached twice in a short run."""
    deadline = time.monotonic() + 60
    assert victim.process is not None
    while victim.process.poll() is None and time.monotonic() < deadline:
        if run.poll() is not None and victim.process.poll() is None:
            wait_until_settled_or_dead(victim)
            break
        time.sleep(0.05)
    victim.process.kill()
    victim.process.wait()
    victim.process = None


def wait_until_settled_or_dead(victim: MeshNode) -> None:
    deadline = time.monotonic() + 15
    assert victim.process is not None
    while victim.process.poll() is None and time.monotonic() < deadline:
        try:
            if int(str(victim.status()["held"])) == 0:
                return
        except DaemonError:
            return
        time.sleep(0.1)
