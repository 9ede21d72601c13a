"""Two workers against one: `python -m tests.bench scaling`.

One program, whose loop is all of its work, runs on a requester daemon with one worker daemon of one core, and with two
(`--verify quorum:1 --home never`). What the machine itself allows is measured in the same rounds: the same chunks in
one plain sandbox process, and in two. The promise is a share of that ceiling, for two cores of one machine are never
twice one. Times are from the first grant to the end of the loop run; requester and network use the same two cores.

Two kinds of mesh: workers that the requester trusts, and strangers, of whose chunks it computes one in twenty again.
"""

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table
from tests.e2e.mesh import MeshNode, free_port, wait_until_meshed, wait_until_settled

from meshnode.compiler.pipeline import compile_program
from meshnode.node.limits import WORKER_NICE
from meshnode.node.local_runs import slice_memory_bytes
from meshnode.node.prelude_cache import load_prelude
from meshnode.protocol.values import ChunkGrid
from meshnode.sandbox import (
    MEMORY_BYTES_MAX,
    OPERATIONS_MAX,
    ArgsAsked,
    ChildLimits,
    Distribute,
    HomeProcess,
    SliceProcess,
    home_profile,
    slice_profile,
)

PROGRAM = Path("tests/bench/collatz_20m.mojo")
ROUNDS = 3
CHUNKS = 48
SHARE_MIN = 0.9
"""Of the two plain processes' speed-up, what a mesh of two workers promises to reach."""

WORKER_FLAGS = ("--contribute", "always", "--cores", "1")
REQUESTER_FLAGS = ("--contribute", "never", "--cores", "1")
RUN_FLAGS = ("--verify", "quorum:1", "--home", "never")


@dataclass(frozen=True, slots=True)
class Work:
    """The program's loop as a slice process takes it."""

    module: bytes
    captures: bytes
    loop: int
    iterations: int


@dataclass(frozen=True, slots=True)
class Timed:
    """One run, in seconds."""

    granted_s: float
    """From the first grant to the last replay; of plain processes, from the first chunk to the last."""
    whole_s: float
    """From the command to its end."""
    processor_s: float
    """Processor time of all processes over the whole run; a busy machine changes it less than the times above."""
    daemons_s: float
    """Of it the daemons' own: network, stores, machines; not slices, `main` and the compiler."""


Runner = Callable[[int], Timed]
"""Runs the program with so many workers."""


def measure(rounds: int = ROUNDS) -> bool:
    """Measure, print the table, and tell whether the mesh of trusted workers kept the promise."""
    load = os.getloadavg()[0]
    work = _work()
    runners: dict[str, Runner] = {
        "plain processes": lambda workers: _run_plain(work, workers),
        "mesh, trusted": lambda workers: run_mesh(PROGRAM, workers, is_trusted=True),
        "mesh, strangers": lambda workers: run_mesh(PROGRAM, workers, is_trusted=False),
    }
    times: dict[tuple[str, int], list[Timed]] = {}
    for _ in range(rounds):
        for name, run in runners.items():
            for workers in (1, 2):
                times.setdefault((name, workers), []).append(run(workers))
    shares = {name: _share(times, name) for name in runners}
    console = Console()
    console.print(_table(times, shares, load))
    share = shares["mesh, trusted"]
    console.print(f"promised: at least {SHARE_MIN} of the ceiling; measured: {share:.2f}")
    return share >= SHARE_MIN


def _work() -> Work:
    """Compile the program and run its `main` up to the loop."""
    program = compile_program(PROGRAM.read_text(), PROGRAM.name, load_prelude())
    home = HomeProcess.start(ChildLimits(nice=0))
    try:
        home.run(program.home, home_profile(MEMORY_BYTES_MAX))
        while not isinstance(call := home.receive(), Distribute):
            assert isinstance(call, ArgsAsked), call
            home.reply_args([PROGRAM.name])
    finally:
        home.kill()
    return Work(program.slice, call.captures, call.loop, call.count)


def _run_plain(work: Work, workers: int) -> Timed:
    """Divide the chunks evenly among processes; every second one each, for later numbers cost more."""
    grid = ChunkGrid(work.iterations, -(-work.iterations // CHUNKS))
    profile = slice_profile(slice_memory_bytes(len(work.captures)), OPERATIONS_MAX)
    processes = [SliceProcess.start(ChildLimits(nice=WORKER_NICE)) for _ in range(workers)]
    try:
        for process in processes:
            assert process.load(work.module, work.captures, profile).trap is None

        def run(number: int) -> None:
            for chunk in range(number, grid.count, workers):
                outcome = processes[number].run_chunk(
                    work.loop, *grid.bounds(chunk), OPERATIONS_MAX
                )
                assert outcome.trap is None

        processor_s = sum(_processor_s(process.pid) for process in processes)
        began_s = time.monotonic()
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(run, range(workers)))
        seconds = time.monotonic() - began_s
        processor_s = sum(_processor_s(process.pid) for process in processes) - processor_s
    finally:
        for process in processes:
            process.kill()
    return Timed(seconds, seconds, processor_s, 0.0)


def run_mesh(program: Path, workers: int, *, is_trusted: bool) -> Timed:
    """Run a program on daemons that are up and have computed something small; check its output."""
    with tempfile.TemporaryDirectory() as folder, _daemons(Path(folder), workers) as nodes:
        requester = nodes[-1]
        if is_trusted:
            _trust(requester, nodes[:-1])
        wait_until_meshed([requester, *nodes[:-1]])
        _warm(requester, Path(folder) / "warm.mojo")
        pids = [node.process.pid for node in nodes if node.process is not None]
        daemons_s, families_s = _sum(_processor_s, pids), _sum(_family_s, pids)
        began_s = time.monotonic()
        done = requester.cli("run", *RUN_FLAGS, str(program))
        whole_s = time.monotonic() - began_s
        daemons_s, families_s = (
            _sum(_processor_s, pids) - daemons_s,
            _sum(_family_s, pids) - families_s,
        )
        assert done.stdout == program.with_suffix(".out").read_bytes(), done.stderr
        granted_s = _granted_s(requester)
        wait_until_settled(nodes)
        return Timed(granted_s, whole_s, families_s, daemons_s)


def _warm(requester: MeshNode, program: Path) -> None:
    """Run a hundredth of the work, so that every daemon has its child processes, as one that has run for a while."""
    program.write_text(PROGRAM.read_text().replace("20000000", "200000"))
    done = requester.cli("run", *RUN_FLAGS, str(program))
    assert done.returncode == 0, done


@contextlib.contextmanager
def _daemons(folder: Path, workers: int) -> Iterator[list[MeshNode]]:
    """Start workers and, last, a requester."""
    nodes: list[MeshNode] = []
    try:
        for number in range(workers + 1):
            flags = WORKER_FLAGS if number < workers else REQUESTER_FLAGS
            listen = ("--listen", f"/ip4/127.0.0.1/tcp/{free_port()}")
            bootstrap = [flag for node in nodes for flag in ("--bootstrap", node.address())]
            node = MeshNode(folder / f"node{number}", [*flags, *listen, *bootstrap])
            nodes.append(node)
            node.start()
        yield nodes
    finally:
        for node in nodes:
            node.stop()


def _trust(requester: MeshNode, workers: list[MeshNode]) -> None:
    """Start the requester again with a configuration that names the workers."""
    requester.stop()
    identities = ", ".join(f'"{worker.status()["identity"]}"' for worker in workers)
    (requester.root / "config.toml").write_text(f"trusted = [{identities}]\n")
    requester.start()


def _granted_s(requester: MeshNode) -> float:
    jobs = requester.client.request("GET", "/jobs")["jobs"]
    assert isinstance(jobs, list)
    runs = jobs[0]["summary"]["loop_runs"]
    return sum(float(run["closed_ms"] - run["first_grant_ms"]) for run in runs) / 1000


def _processor_s(pid: int) -> float:
    """Processor seconds of a process, without its children."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _family_s(pid: int) -> float:
    """Processor seconds of a process and its children, ended ones too."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    ended_s = float(times.children_user + times.children_system)
    return ended_s + _processor_s(pid) + sum(_family_s(child.pid) for child in process.children())


def _sum(of: Callable[[int], float], pids: list[int]) -> float:
    return sum(map(of, pids))


def _median(times: list[Timed], of: Callable[[Timed], float]) -> float:
    return statistics.median(map(of, times))


def _speed_ups(times: dict[tuple[str, int], list[Timed]], name: str) -> list[float]:
    pairs = zip(times[name, 1], times[name, 2], strict=True)
    return [one.granted_s / two.granted_s for one, two in pairs]


def _share(times: dict[tuple[str, int], list[Timed]], name: str) -> float:
    """Give the median over the rounds of the share of the ceiling."""
    ceilings = _speed_ups(times, "plain processes")
    pairs = zip(_speed_ups(times, name), ceilings, strict=True)
    return statistics.median(speed_up / ceiling for speed_up, ceiling in pairs)


def _table(
    times: dict[tuple[str, int], list[Timed]], shares: dict[str, float], load: float
) -> Table:
    table = Table(
        "", "one s", "two s", "speed-up", "of the ceiling", "whole run s", "processor s", "daemons s",
        title=f"Two workers against one: {PROGRAM.stem} (load {load:.1f})",
    )  # fmt: skip
    for name, share in shares.items():
        one, two = times[name, 1], times[name, 2]

        def pair(
            of: Callable[[Timed], float], one: list[Timed] = one, two: list[Timed] = two
        ) -> str:
            return f"{_median(one, of):.2f} / {_median(two, of):.2f}"

        table.add_row(
            name,
            f"{_median(one, lambda timed: timed.granted_s):.2f}",
            f"{_median(two, lambda timed: timed.granted_s):.2f}",
            f"{statistics.median(_speed_ups(times, name)):.2f}",
            f"{share:.2f}",
            pair(lambda timed: timed.whole_s),
            pair(lambda timed: timed.processor_s),
            pair(lambda timed: timed.daemons_s),
        )
    return table
