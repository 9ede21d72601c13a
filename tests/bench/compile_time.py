"""How long compiling takes: `python -m tests.bench compile`, with `MOJO=/path/to/mojo` beside the real compiler.

Every text is new, so that no result is cached, but the caches of the prelude are filled, as they are after the first
compilation of an installation.

* fresh: a compile process from its start to its end, which makes home and slice module.
* warm: the same request to a process that has compiled another text before, as the daemon's.
* unchanged: what was compiled before, from the cache on disk, in the process that asks.
* check warm: the command `meshnode check` on a running daemon, from its start to its end.

Between them, each round times a fixed computation in Python, the yardstick: a shared machine is by turns faster and
slower by half, and seconds of two runs are comparable only beside it.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table
from tests.bench.kernel_runs import KERNELS, PROGRAMS, build_native
from tests.bench.waits import Promise, Waited, load_average, processor_s, show, timed
from tests.e2e.mesh import MeshNode, free_port

from meshnode.node.compile_messages import Compiled, CompileRequest, decode_answer, frame
from meshnode.node.compile_service import CompileService

ROUNDS = 11
NATIVE_ROUNDS = 3
HUNDRED_LINES = Path("tests/bench/hundred_lines.mojo")
FURTHER = ("binary_trees", "levenshtein", "string_building", "word_counts")
HELLO = 'def main():\n    print("hello")\n'

FRESH_S_MAX = 0.7
WARM_S_MAX = 0.35
UNCHANGED_S_MAX = 0.05
CHECK_S_MAX = 0.15


def measure(rounds: int = ROUNDS) -> bool:
    """Measure, print the tables, and tell whether every promise was kept."""
    load = load_average()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with WarmCompiler(folder / "cache") as compiler:
            promises = [
                *_compilations(compiler, folder, rounds),
                *_checks(folder, rounds),
            ]
            kept = show(f"Compiling 100 lines, medians of {rounds}", promises, load)
            if mojo := os.environ.get("MOJO"):
                _beside_native(compiler, mojo, folder)
    return kept


class WarmCompiler:
    """A compile process that waits for requests."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        cache.mkdir(parents=True, exist_ok=True)
        self._process = _start(cache)
        self._texts = 0

    def __enter__(self) -> Self:
        self.compile(HUNDRED_LINES.read_text())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def new(self, source: str) -> str:
        """Give a text that no cache knows."""
        self._texts += 1
        return f"{source}\n# {os.getpid()} {self._texts}\n"

    def compile(self, source: str) -> Waited:
        """Compile a program."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = frame(CompileRequest(self.new(source), "program.mojo", None))
        began_s, used_s = time.monotonic(), processor_s(self._process.pid)
        self._process.stdin.write(request)
        self._process.stdin.flush()
        size = int.from_bytes(self._process.stdout.read(4), "little")
        answer = decode_answer(self._process.stdout.read(size))
        wall_s = time.monotonic() - began_s
        assert isinstance(answer, Compiled), answer
        return Waited(wall_s, processor_s(self._process.pid) - used_s)

    def compile_fresh(self, source: str) -> Waited:
        """Compile a program in a process of its own."""
        request = frame(CompileRequest(self.new(source), "program.mojo", None))

        def run() -> bytes:
            return _start(self.cache).communicate(request)[0]

        waited, output = timed(run)
        assert isinstance(decode_answer(output[4:]), Compiled)
        return waited


def _start(cache: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "meshnode.node.compile_process", str(cache)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _compilations(compiler: WarmCompiler, folder: Path, rounds: int) -> list[Promise]:
    source = HUNDRED_LINES.read_text()
    waits = [
        (compiler.compile_fresh(source), compiler.compile(source), _yardstick(),
         _unchanged(compiler, source), _command(folder, compiler.new(source)))
        for _ in range(rounds)
    ]  # fmt: skip
    fresh, warm, yardstick, unchanged, commands = zip(*waits, strict=True)
    return [
        Promise("a fresh compile process", FRESH_S_MAX, fresh),
        Promise("a warm compile process", WARM_S_MAX, warm),
        Promise("unchanged", UNCHANGED_S_MAX, unchanged),
        Promise("the command meshnode compile, fresh", None, commands),
        Promise("yardstick", None, yardstick),
    ]


def _yardstick() -> Waited:
    """Sum up a million squares."""
    began_s, used_s = time.monotonic(), time.process_time()
    assert sum(number * number for number in range(1_000_000)) == 333332833333500000
    return Waited(time.monotonic() - began_s, time.process_time() - used_s)


def _unchanged(compiler: WarmCompiler, source: str) -> Waited:
    """Find a program in the cache: a service that has found nothing there yet, as a command's."""
    asyncio.run(_serve(compiler.cache, source))
    began_s, used_s = time.monotonic(), time.process_time()
    asyncio.run(_serve(compiler.cache, source))
    return Waited(time.monotonic() - began_s, time.process_time() - used_s)


async def _serve(cache: Path, source: str) -> None:
    service = CompileService(cache)
    assert (await service.compile(source, "program.mojo")).home
    await service.close()


def _command(folder: Path, source: str) -> Waited:
    program = folder / "program.mojo"
    program.write_text(source)
    command = [sys.executable, "-m", "meshnode", "compile", "--data-dir", str(folder / "node")]
    command += ["-o", str(folder / "program.wasm"), str(program)]
    return timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))[0]


def _checks(folder: Path, rounds: int) -> list[Promise]:
    """Check new texts on a daemon; the first, not counted, lets it know the prelude."""
    listen = f"/ip4/127.0.0.1/tcp/{free_port()}"
    node = MeshNode(folder / "daemon", ["--contribute", "never", "--listen", listen])
    node.start()
    program = folder / "checked.mojo"
    waits = []
    try:
        for number in range(rounds + 1):
            program.write_text(f"{HUNDRED_LINES.read_text()}\n# {number}\n")
            waits.append(timed(lambda: node.cli("check", str(program)))[0])
    finally:
        node.stop()
    return [Promise("the command meshnode check on a daemon", CHECK_S_MAX, waits[1:])]


def _beside_native(compiler: WarmCompiler, mojo: str, folder: Path) -> None:
    """Compile programs in turns with `mojo build`; the first of ours, not counted, compiles what all share."""
    sources = {"hello": HELLO, "hundred_lines": HUNDRED_LINES.read_text()}
    sources |= {name: PROGRAMS[name].read_text() for name in (*KERNELS, *FURTHER)}
    table = Table(
        "", "warm s", "fresh s", "mojo build s", "warm: build", title=f"load {load_average():.1f}"
    )
    for name, source in sources.items():
        compiler.compile(source)
        file = folder / f"{name}.mojo"
        file.write_text(source)
        rounds = [
            (compiler.compile(source), compiler.compile_fresh(source), _native(mojo, file, folder))
            for _ in range(NATIVE_ROUNDS)
        ]
        warm, fresh, native = (_median(column) for column in zip(*rounds, strict=True))
        table.add_row(
            name, f"{warm:.2f}", f"{fresh:.2f}", f"{native:.2f}", f"1:{native / warm:.0f}"
        )
    Console().print(table)


def _native(mojo: str, file: Path, folder: Path) -> Waited:
    return timed(lambda: build_native(mojo, file, folder / "native"))[0]


def _median(waits: Sequence[Waited]) -> float:
    return statistics.median(waited.wall_s for waited in waits)
