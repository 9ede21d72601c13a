"""Random loop programs in the interpreter: several at once, since checking the prelude is what takes long.

Each program is run plainly and over random grids, some of whose chunks are stopped anywhere, like in `generator.py`,
but record and replay are interpreted: nothing is lowered, so what LLVM makes of them is not tested here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tests.compiler.host import Cut, Outcome
from tests.compiler.interpreted import Console
from tests.compiler.loops.generator import Result, program
from tests.compiler.loops.harness import EAGER, random_cut, split
from tests.compiler.loops.programs.text import HEAD, MAIN

from meshnode.compiler import ir
from meshnode.compiler.interpret.interpreter import Interpreter
from meshnode.compiler.interpret.machine import Bounds, Cause, Raised, Stopped
from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import SplitProgram
from meshnode.compiler.runtime import PROGRESS_CELL

BATCH = 25
"""Programs of one module; all their loops together may be split (at most 32)."""

_BOUNDS = Bounds(steps=300_000, memory_bytes=1 << 17)


@dataclass
class PretendMesh(Console):
    """The host of a program whose chunks are interpreted in an interpreter of their own."""

    slices: Interpreter | None = None
    exports: dict[str, ir.FunctionId] = field(default_factory=dict)
    cut: Cut | None = None
    """None: all is run at home."""
    steps: Callable[[], int] | None = None
    """How many steps each chunk may take before it is stopped."""
    runs: dict[int, tuple[int, bytes, Iterator[tuple[int, int]]]] = field(default_factory=dict)
    """The loop runs that were distributed."""

    def start(self, cut: Cut | None, steps: Callable[[], int] | None) -> None:
        """Forget the last program's run."""
        self.output = {1: bytearray(), 2: bytearray()}
        self.cut, self.steps = cut, steps
        self.runs.clear()

    def distribute(self, loop: int, count: int, captures: bytes) -> int:
        if self.cut is None:
            return -1
        run = len(self.runs) + 1
        self.runs[run] = (loop, captures, iter(self.cut(count)))
        return run

    def next(self, run: int) -> bytes:
        loop, captures, chunks = self.runs[run]
        start, stop = next(chunks)
        done, tape = self._chunk(loop, captures, start, stop)
        return b"".join(word.to_bytes(8, "little") for word in (stop - start, done)) + tape

    def close(self, run: int) -> None:
        self.runs[run] = (0, b"", iter(()))

    def _chunk(self, loop: int, captures: bytes, start: int, stop: int) -> tuple[int, bytes]:
        slices = self.slices
        assert slices is not None
        slices.reset()
        address = self._call("mesh_alloc", len(captures))
        memory = slices.memory.bytes
        memory[address : address + len(captures)] = captures
        self._call("mesh_load", address, len(captures))
        try:
            self._call("mesh_chunk", loop, start, stop, steps=self.steps() if self.steps else 0)
        except Stopped as stopped:
            assert stopped.cause in (Cause.TRAP, Cause.STEPS, Cause.EXIT), stopped  # noqa: PT017
        cells = slices.memory.cells + 8 * PROGRESS_CELL
        done, length, base = (
            int.from_bytes(memory[cells + i : cells + i + 8], "little") for i in (0, 8, 16)
        )
        return done, bytes(memory[base : base + length])

    def _call(self, name: str, *arguments: int, steps: int = 0) -> int:
        assert self.slices is not None
        result = self.slices.call(self.exports[name], *arguments, steps=steps)
        assert not isinstance(result, Raised)
        return int(result)


def try_programs(seeds: range, options: SplitOptions = EAGER) -> Iterator[tuple[int, Result]]:
    """Run the programs of some seeds; one that differs is the last."""
    built = split(_joined(seeds), options)
    mesh, home = _instances(built)
    for seed in seeds:
        yield seed, _try(seed, built, home, mesh)


def loops_taken(source: str, options: SplitOptions = EAGER) -> int:
    """Assert that a program does the same over several meshes; give how many loop runs the first took."""
    built = split(source, options)
    mesh, home = _instances(built)
    name = built.home.main
    mesh.start(None, None)
    plain = _run(name, home, mesh)
    taken = 0
    for grid in range(4):
        random = Random(grid)
        mesh.start(random_cut(random), _random_steps(random) if grid > 1 else None)
        assert _run(name, home, mesh) == plain
        taken = taken or len(mesh.runs)
    return taken


def _instances(built: SplitProgram) -> tuple[PretendMesh, Interpreter]:
    """Make a mesh for a program, and the interpreter of its home."""
    mesh = PretendMesh(
        slices=Interpreter(built.slice.functions, built.slice.structs, None, _BOUNDS),
        exports={f.exported: name for name, f in built.slice.functions.items() if f.exported},
    )
    return mesh, Interpreter(built.home.functions, built.home.structs, mesh, _BOUNDS)


def _joined(seeds: range) -> str:
    """Write one program with the `main` of each seed as a function; its own `main` only makes them reachable."""
    parts = [HEAD]
    for seed in seeds:
        text = program(seed)
        assert text.startswith(HEAD)
        assert text.count(MAIN) == 1
        text = text[len(HEAD) :].replace(MAIN, f"def main_{seed}() raises:\n")
        parts.append(text.replace(" work(", f" work_{seed}(") + "\n\n")
    parts += [MAIN, *[f"    main_{seed}()\n" for seed in seeds]]
    return "".join(parts)


def _try(seed: int, built: SplitProgram, home: Interpreter, mesh: PretendMesh) -> Result:
    name = ir.FunctionId(f"main_{seed}")
    functions = {name, ir.FunctionId(f"work_{seed}")}
    count = sum(
        loop.verdict is Verdict.DISTRIBUTED and loop.function in functions for loop in built.loops
    )
    mesh.start(None, None)
    plain = _run(name, home, mesh)
    for grid in range(3 if count else 0):
        random = Random(seed * 10 + grid)
        mesh.start(random_cut(random), _random_steps(random) if grid else None)
        meshed = _run(name, home, mesh)
        if meshed != plain:
            detail = f"grid {grid}\nplain {plain}\nmesh  {meshed}"
            return Result(is_same=False, split=count, detail=detail)
    return Result(is_same=True, split=count)


def _random_steps(random: Random) -> Callable[[], int]:
    """Stop chunks early or late, at random."""
    return lambda: int(10 ** random.uniform(0.5, 4))


def _run(name: ir.FunctionId, home: Interpreter, mesh: PretendMesh) -> Outcome:
    home.reset()
    code, trap = 0, None
    try:
        result = home.call(name)
        if isinstance(result, Raised):
            code = 1
    except Stopped as stopped:
        code, trap = stopped.code, None if stopped.cause is Cause.EXIT else stopped.cause.value
    return Outcome(bytes(mesh.output[1]), bytes(mesh.output[2]), code, trap)
