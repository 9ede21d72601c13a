"""Golden programs compiled and run ahead of the tests, in a process for each core."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.compiler.front_end import prelude
from tests.compiler.host import Outcome, PretendMesh, chunks_of, run_home
from tests.golden.catalogue import ARGUMENTS, Golden

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.loops.split import split_loops
from meshnode.compiler.pipeline import check, compile_program
from meshnode.compiler.verify import verify

AHEAD = 4
"""Programs compiled before they are asked for, for each process."""


@dataclass(frozen=True, slots=True)
class GoldenRun:
    """What one program did."""

    alone: Outcome
    in_chunks: Outcome | None
    """None if no loop of it is distributed."""
    faults: tuple[str, ...]
    """What the verifier finds in its IR, before and after loops are split."""


def run_golden(golden: Golden) -> GoldenRun:
    """Compile and run one program, alone and with its loops cut into chunks."""
    file = golden.name.rsplit("/", 1)[-1] + ".mojo"
    try:
        module = check(golden.source, file, prelude())
        split = split_loops(module)
        faults = (*verify(module), *verify(split.home), *verify(split.slice))
        program = compile_program(golden.source, file, prelude())
    except CompileError as err:
        raise AssertionError(err.text({file: golden.source})) from None
    alone = run_home(program.home, ARGUMENTS)
    if not program.slice:
        return GoldenRun(alone, None, faults)
    mesh = PretendMesh(program.slice, chunks_of(7))
    return GoldenRun(alone, run_home(program.home, ARGUMENTS, mesh), faults)


@dataclass
class GoldenRuns:
    """Runs programs ahead of the tests, in the tests' order."""

    waiting: Iterator[Golden]
    pool: ProcessPoolExecutor
    futures: dict[str, Future[GoldenRun]] = field(default_factory=dict)

    def of(self, golden: Golden) -> GoldenRun:
        """Give a program's run; whatever it raised is raised here."""
        while len(self.futures) < AHEAD * (os.cpu_count() or 1):
            following = next(self.waiting, None)
            if following is None:
                break
            self.futures[following.name] = self.pool.submit(run_golden, following)
        future = self.futures.pop(golden.name, None)
        return (future or self.pool.submit(run_golden, golden)).result()


def golden_runs(programs: Iterable[Golden]) -> Iterator[GoldenRuns]:
    """Open the processes, for the programs in the order in which they will be asked for."""
    # A fork would copy the locks of LLVM's and wasmtime's threads, which earlier tests left in this process.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=context) as pool:
        runs = GoldenRuns(iter(list(programs)), pool)
        yield runs
        for future in runs.futures.values():
            future.cancel()
