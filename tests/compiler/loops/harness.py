"""Compile a program, run it plainly and over pretend meshes, and compare what can be seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from tests.compiler.front_end import prelude
from tests.compiler.host import Outcome, PretendMesh, run_home

from meshnode.compiler import ir
from meshnode.compiler.check.sources import check_program
from meshnode.compiler.llvm.units import home_module, slice_module
from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import LoopReport, Verdict
from meshnode.compiler.loops.split import TAPE_ROOTS, SplitProgram, split_loops
from meshnode.compiler.parse.parser import parse_module
from meshnode.compiler.runtime import ROOTS

EAGER = SplitOptions(must_be_worth_it=False)


@dataclass(frozen=True)
class Compiled:
    """A program's modules."""

    home: bytes
    slice: bytes
    loops: tuple[LoopReport, ...]


@lru_cache(maxsize=4)
def check(source: str) -> ir.Module:
    """Check a program with the prelude; a test that asks for its report and runs it checks it once."""
    return check_program(
        parse_module(source, "program.mojo"), prelude().names, (*ROOTS, *TAPE_ROOTS)
    )


@lru_cache(maxsize=4)
def split(source: str, options: SplitOptions = EAGER) -> SplitProgram:
    """Check a program and split its loops."""
    return split_loops(check(source), options)


def compiled(source: str, options: SplitOptions = EAGER) -> Compiled:
    """Compile a program for home and mesh."""
    program = split(source, options)
    home = home_module(program.home, prelude().units)
    slice_ = b""
    if any(loop.verdict is Verdict.DISTRIBUTED for loop in program.loops):
        slice_ = slice_module(program.slice, prelude().units)
    return Compiled(home, slice_, program.loops)


def random_cut(random: Random) -> Callable[[int], Sequence[tuple[int, int]]]:
    """Cut ranges into chunks of random sizes."""

    def cut(count: int) -> Sequence[tuple[int, int]]:
        chunks = []
        start = 0
        largest = max(1, count // random.randint(1, 6))
        while start < count:
            stop = min(count, start + random.randint(1, largest))
            chunks.append((start, stop))
            start = stop
        return chunks

    return cut


def run_both(
    program: Compiled, random: Random, fuel: Callable[[], int] | None = None
) -> tuple[Outcome, Outcome, PretendMesh]:
    """Run at home alone, and over a mesh that cuts at random and may stop chunks anywhere."""
    plain = run_home(program.home)
    mesh = PretendMesh(program.slice, random_cut(random), fuel=fuel)
    return plain, run_home(program.home, mesh=mesh if program.slice else None), mesh


def random_fuel(random: Random) -> Callable[[], int]:
    """Stop chunks early or late, at random."""
    return lambda: int(10 ** random.uniform(1.5, 5))


def check_same(source: str, seed: int = 1, options: SplitOptions = EAGER) -> PretendMesh:
    """Assert that a program does the same with and without a mesh, on one that stops chunks too; give the mesh used."""
    program = compiled(source, options)
    plain, meshed, mesh = run_both(program, Random(seed))
    assert meshed == plain
    plain, meshed, _ = run_both(program, Random(seed), random_fuel(Random(seed)))
    assert meshed == plain
    return mesh


def verdicts(source: str, options: SplitOptions = EAGER) -> list[Verdict]:
    """Give the verdicts of a program's loops, in the order of the source."""
    return [loop.verdict for loop in split(source, options).loops]
