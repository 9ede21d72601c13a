"""How long a person waits: `python -m tests.bench latency`.

* hello: `meshnode run` of a program that was never compiled before, on a running daemon.
* compile: a program of a hundred lines in fresh processes, with the prelude's cache but no cached result; once as
  `meshnode compile`, once as the compile process alone, which also makes the slice module.
* first chunk: from the command to the requester's first grant, to its arrival at the worker, and to the first result
  in the worker's store; two daemons, a new program each time.

Wall times, medians; beside them the processor seconds of all processes involved, which a busy machine changes less.
"""

import contextlib
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.e2e.mesh import MeshNode, free_port, mesh, wait_until_settled

from meshnode.node.compile_messages import Compiled, CompileRequest, decode_answer, frame

ROUNDS = 11
FOLDER = Path("tests/bench")
HUNDRED_LINES = FOLDER / "hundred_lines.mojo"
COLLATZ = FOLDER / "collatz_20m.mojo"
MESH_FLAGS = ("--contribute", "always", "--cores", "1")

HELLO_S_MAX = 0.5
COMPILE_S_MAX = 0.8
FIRST_CHUNK_S_MAX = 2.0

FIRST_CHUNK_GIVEN_UP_S = 30.0
WATCH_EVERY_S = 0.005


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait, in seconds."""

    wall_s: float
    processor_s: float | None
    """Of the processes that were started for it and have ended; None where the work is done by daemons."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something a person waits for, and how long at most."""

    name: str
    seconds_max: float
    waits: list[Waited]

    @property
    def median_s(self) -> float:
        """The figure that is judged."""
        return statistics.median(waited.wall_s for waited in self.waits)


def measure(rounds: int = ROUNDS) -> bool:
    """Measure, print the table, and tell whether every promise was kept."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        promises = [
            Promise("hello world", HELLO_S_MAX, _hellos(Path(folder) / "hello", rounds)),
            *_compilations(Path(folder) / "compile", rounds),
            *_first_chunks(Path(folder) / "chunk", rounds),
        ]
    table = Table(
        "", "wall s", "fastest", "slowest", "processor s", "promised s",
        title=f"Latency, medians of {rounds} (load {load:.1f})",
    )  # fmt: skip
    for promise in promises:
        walls = [waited.wall_s for waited in promise.waits]
        processor = [w.processor_s for w in promise.waits if w.processor_s is not None]
        table.add_row(
            promise.name,
            f"{promise.median_s:.2f}",
            f"{min(walls):.2f}",
            f"{max(walls):.2f}",
            f"{statistics.median(processor):.2f}" if processor else "-",
            f"< {promise.seconds_max}",
        )
    Console().print(table)
    return all(promise.median_s < promise.seconds_max for promise in promises)


def _hellos(folder: Path, rounds: int) -> list[Waited]:
    node = MeshNode(folder / "node", [*MESH_FLAGS, "--listen", f"/ip4/127.0.0.1/tcp/{free_port()}"])
    node.start()
    try:
        return [_hello(node, folder / f"hello{number}.mojo", number) for number in range(rounds)]
    finally:
        node.stop()


def _hello(node: MeshNode, program: Path, number: int) -> Waited:
    program.write_text(f'def main():\n    print("hello", {number})\n')
    waited, output = _timed(lambda: node.cli("run", str(program)).stdout)
    assert output == b"hello %d\n" % number, output
    return waited


def _compilations(folder: Path, rounds: int) -> list[Promise]:
    """Compile distinct texts; the first, not counted, fills the prelude's cache."""
    folder.mkdir()
    commands: list[Waited] = []
    children: list[Waited] = []
    for number in range(rounds + 1):
        program = folder / f"program{number}.mojo"
        program.write_text(f"# {number}\n{HUNDRED_LINES.read_text()}")
        commands.append(_timed(partial(_compile, folder, program))[0])
        children.append(_timed(partial(_compile_in_child, folder, program))[0])
    return [
        Promise("meshnode compile, 100 lines", COMPILE_S_MAX, commands[1:]),
        Promise("compile process, 100 lines", COMPILE_S_MAX, children[1:]),
    ]


def _compile(folder: Path, program: Path) -> None:
    command = [sys.executable, "-m", "meshnode", "compile", "--data-dir", str(folder / "node")]
    output = program.with_suffix(".wasm")
    subprocess.run([*command, "--emit", "wasm", "-o", str(output), str(program)], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip


def _compile_in_child(folder: Path, program: Path) -> None:
    request = frame(CompileRequest(program.read_text(), program.name, None))
    cache = str(folder / "node" / "cache")
    done = subprocess.run(
        [sys.executable, "-m", "meshnode.node.compile_child", cache],
        input=request,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert isinstance(decode_answer(done.stdout[4:]), Compiled)


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


def _timed(work: Callable[[], bytes | None]) -> tuple[Waited, bytes | None]:
    """Measure a call that starts processes and waits for them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_s = time.monotonic()
    result = work()
    wall_s = time.monotonic() - began_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Waited(wall_s, processor_s), result
