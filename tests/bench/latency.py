"""How long a person waits: `python -m tests.bench latency`.

* hello: `meshnode run` of a program that was never compiled before, on a running daemon.
* first chunk: from the command to the requester's first grant, to its arrival at the worker, and to the first result
  in the worker's store; two daemons, a new program each time.

Wall times, medians; beside them the processor seconds of all processes involved, which a busy machine changes less.
How long compiling takes is measured by `compile_time.py`.
"""

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.waits import Promise, Waited, load_average, show, timed
from tests.e2e.mesh import MeshNode, free_port, mesh, wait_until_settled

ROUNDS = 11
FOLDER = Path("tests/bench")
COLLATZ = FOLDER / "collatz_20m.mojo"
MESH_FLAGS = ("--contribute", "always", "--cores", "1")

HELLO_S_MAX = 0.5
FIRST_CHUNK_S_MAX = 2.0

FIRST_CHUNK_GIVEN_UP_S = 30.0
WATCH_EVERY_S = 0.005


def measure(rounds: int = ROUNDS) -> bool:
    """Measure, print the table, and tell whether every promise was kept."""
    load = load_average()
    with tempfile.TemporaryDirectory() as folder:
        promises = [
            Promise("hello world", HELLO_S_MAX, _hellos(Path(folder) / "hello", rounds)),
            *_first_chunks(Path(folder) / "chunk", rounds),
        ]
    return show(f"Latency, medians of {rounds}", promises, load)


def _hellos(folder: Path, rounds: int) -> list[Waited]:
    node = MeshNode(folder / "node", [*MESH_FLAGS, "--listen", f"/ip4/127.0.0.1/tcp/{free_port()}"])
    node.start()
    try:
        return [_hello(node, folder / f"hello{number}.mojo", number) for number in range(rounds)]
    finally:
        node.stop()


def _hello(node: MeshNode, program: Path, number: int) -> Waited:
    program.write_text(f'def main():\n    print("hello", {number})\n')
    waited, output = timed(lambda: node.cli("run", str(program)).stdout)
    assert output == b"hello %d\n" % number, output
    return waited


def _first_chunks(folder: Path, rounds: int) -> list[Promise]:
    with mesh(folder, 2, MESH_FLAGS) as nodes:
        waits = [_first_chunk(nodes, folder / f"run{n}.mojo", n) for n in range(rounds)]
    names = ("first chunk granted", "first chunk at a worker", "first chunk computed")
    return [
        Promise(name, FIRST_CHUNK_S_MAX, [Waited(seconds, None) for seconds in column])
        for name, column in zip(names, zip(*waits, strict=True), strict=True)
    ]


def _first_chunk(nodes: list[MeshNode], program: Path, number: int) -> tuple[float, float, float]:
    """Run a small job that goes to the worker whatever it is worth; gives seconds since the command."""
    program.write_text(COLLATZ.read_text().replace("20000000", str(1_000_000 + number)))
    requester, worker = nodes
    command = [sys.executable, "-m", "meshnode", "run", "--data-dir", str(requester.root)]
    flags = ["--verify", "quorum:1", "--home", "never"]
    began_ms = time.time_ns() / 1e6
    with subprocess.Popen([*command, *flags, str(program)], stdout=subprocess.DEVNULL) as running:
        received_ms, computed_ms = _watch(worker, began_ms)
    assert running.returncode == 0
    jobs = requester.client.request("GET", "/jobs")["jobs"]
    assert isinstance(jobs, list)
    (run,) = jobs[0]["summary"]["loop_runs"]
    wait_until_settled(nodes)
    granted_s, received_s, computed_s = (
        (at_ms - began_ms) / 1000 for at_ms in (run["first_grant_ms"], received_ms, computed_ms)
    )
    return granted_s, received_s, computed_s


def _watch(worker: MeshNode, began_ms: float) -> tuple[float, float]:
    """Tell when a worker stored its first lease since, and when its first result."""
    deadline_s = time.monotonic() + FIRST_CHUNK_GIVEN_UP_S
    received_ms: float | None = None
    with contextlib.closing(sqlite3.connect(worker.root / "mesh.sqlite")) as store:
        while time.monotonic() < deadline_s:
            (lease_ms,) = store.execute("SELECT min(received_ms) FROM work").fetchone()
            if lease_ms is not None and lease_ms >= began_ms - 1:
                received_ms = received_ms or lease_ms
            if received_ms and store.execute("SELECT 1 FROM results").fetchone():
                return received_ms, time.time_ns() / 1e6
            time.sleep(WATCH_EVERY_S)
    raise AssertionError(f"no chunk came:\n{worker.log}")
