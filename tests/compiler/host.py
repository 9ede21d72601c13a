"""A tiny host for compiled programs: runs a home module here, alone or with a pretend mesh.

`run_home(home)` runs all at home. `run_home(home, mesh=PretendMesh(slice_module, cut))` hands each
distributed loop to the slice module, chunk by chunk, each in a fresh instance.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import wasmtime

from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Limits,
    Reader,
    Section,
    SectionId,
    encode_vector,
    read_limits,
    read_sections,
    write_sections,
)
from meshnode.sandbox.prepare import OPERATIONS_EXPORT

MEMORY_BYTES = 64 << 20

Cut = Callable[[int], Sequence[tuple[int, int]]]
"""From a loop's count of iterations to its chunks, half-open, in order, covering the range once."""


def one_chunk(count: int) -> Sequence[tuple[int, int]]:
    """Cut into a single chunk."""
    return [(0, count)] if count else []


def chunks_of(size: int) -> Cut:
    """Cut into chunks of equal size."""
    return lambda count: [(start, min(start + size, count)) for start in range(0, count, size)]


@dataclass(frozen=True)
class Outcome:
    """What a program did."""

    stdout: bytes
    stderr: bytes
    exit_code: int
    """-1 if it trapped."""
    trap: str | None
    operations: int | None = None
    """Counted operations, if the module is metered."""


@dataclass(frozen=True)
class ChunkOutcome:
    """What one chunk did."""

    iterations_done: int
    tape: bytes
    trap: str | None


@dataclass
class PretendMesh:
    """A mesh of one: runs chunks of a slice module in this process."""

    slice_module: bytes
    cut: Cut = one_chunk
    memory_bytes: int = MEMORY_BYTES
    fuel: Callable[[], int] | None = None
    """How much each chunk may do, in wasmtime's units; it is stopped anywhere when that is used up."""
    loops: list[tuple[int, int]] = field(default_factory=list)
    """The (loop, count) of every loop that was distributed."""
    outcomes: list[ChunkOutcome] = field(default_factory=list)
    """Of every chunk, in order."""
    _engine: wasmtime.Engine | None = None
    _compiled: wasmtime.Module | None = None

    def run_chunk(self, captures: bytes, loop: int, start: int, stop: int) -> ChunkOutcome:
        """Run one chunk in a fresh instance."""
        if self._engine is None or self._compiled is None:
            config = wasmtime.Config()
            config.consume_fuel = self.fuel is not None
            self._engine = wasmtime.Engine(config)
            module = with_memory(self.slice_module, self.memory_bytes)
            self._compiled = wasmtime.Module(self._engine, module)
        store = wasmtime.Store(self._engine)
        if self.fuel is not None:
            store.set_fuel((1 << 63) - 1)
        exports = wasmtime.Instance(store, self._compiled, []).exports(store)
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        address = _call(store, exports, "mesh_alloc", len(captures))
        memory.write(store, captures, address)
        _call(store, exports, "mesh_load", address, len(captures))
        trap = None
        if self.fuel is not None:
            store.set_fuel(self.fuel())
        try:
            packed = _call(store, exports, "mesh_chunk", loop, start, stop)
        except wasmtime.Trap as err:
            trap = err.message
            packed = None
        progress = exports["mesh_progress"]
        assert isinstance(progress, wasmtime.Global)
        cell = progress.value(store)
        words = memory.read(store, cell, cell + 24)
        done, length, base = (int.from_bytes(words[i : i + 8], "little") for i in (0, 8, 16))
        if packed is not None:
            packed &= (1 << 64) - 1
            assert (packed >> 32, packed & 0xFFFFFFFF) == (base, length), "tape and progress differ"
        return ChunkOutcome(done, bytes(memory.read(store, base, base + length)), trap)


def with_memory(module: bytes, memory_bytes: int) -> bytes:
    """Fix a module's memory to a size, as the sandbox does."""
    pages = memory_bytes // PAGE_BYTES
    sections = []
    for section in read_sections(module):
        if section.id == SectionId.MEMORY:
            (limits,) = Reader(section.payload).vector(read_limits)
            assert limits.minimum <= pages
            section = Section(SectionId.MEMORY, encode_vector([Limits(pages, pages).encode()]))  # noqa: PLW2901
        sections.append(section)
    return write_sections(sections)


def run_home(
    home: bytes,
    arguments: Sequence[str] = ("program",),
    mesh: PretendMesh | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> Outcome:
    """Run a home module to its end."""
    return _Home(home, arguments, mesh, memory_bytes).run()


class _Exited(Exception):  # noqa: N818 (not an error)
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Run:
    loop: int
    captures: bytes
    chunks: Iterator[tuple[int, int]]


class _Home:
    def __init__(
        self, home: bytes, arguments: Sequence[str], mesh: PretendMesh | None, memory_bytes: int
    ) -> None:
        engine = wasmtime.Engine()
        self._store = wasmtime.Store(engine)
        self._arguments = arguments
        self._mesh = mesh
        self._runs: dict[int, _Run] = {}
        self._output = {1: bytearray(), 2: bytearray()}
        self._time = 0
        linker = wasmtime.Linker(engine)
        i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
        for name, parameters, results, function in (
            ("print", [i32] * 3, [], self._print),
            ("exit", [i32], [], self._exit),
            ("args", [], [i64], self._args),
            ("time", [], [i64], self._clock),
            ("distribute", [i32, i64, i32, i32], [i32], self._distribute),
            ("next", [i32], [i64], self._next),
            ("close", [i32], [], self._close),
        ):
            linker.define_func("mesh", name, wasmtime.FuncType(parameters, results), function)
        module = wasmtime.Module(engine, with_memory(home, memory_bytes))
        self._exports = linker.instantiate(self._store, module).exports(self._store)
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self._memory = memory

    def run(self) -> Outcome:
        code, trap = 0, None
        budget = self._operations_left()
        try:
            _call(self._store, self._exports, "mesh_main")
        except _Exited as err:
            code = err.code
        except wasmtime.Trap as err:
            code, trap = -1, err.message
        operations = budget - self._operations_left() if self._is_metered() else None
        return Outcome(bytes(self._output[1]), bytes(self._output[2]), code, trap, operations)

    def _is_metered(self) -> bool:
        return OPERATIONS_EXPORT in self._exports

    def _operations_left(self) -> int:
        if not self._is_metered():
            return 0
        counter = self._exports[OPERATIONS_EXPORT]
        assert isinstance(counter, wasmtime.Global)
        value = counter.value(self._store)
        assert isinstance(value, int)
        return value

    def _print(self, descriptor: int, address: int, length: int) -> None:
        self._output[descriptor] += self._memory.read(self._store, address, address + length)

    def _exit(self, code: int) -> None:
        raise _Exited(code)

    def _clock(self) -> int:
        self._time += 1000
        return self._time

    def _args(self) -> int:
        encoded = [argument.encode() for argument in self._arguments]
        parts = [len(encoded).to_bytes(4, "little")]
        for argument in encoded:
            parts += [len(argument).to_bytes(4, "little"), argument]
        return self._give(b"".join(parts))

    def _distribute(self, loop: int, count: int, address: int, length: int) -> int:
        if self._mesh is None:
            return -1
        self._mesh.loops.append((loop, count))
        captures = bytes(self._memory.read(self._store, address, address + length))
        run = len(self._mesh.loops)
        self._runs[run] = _Run(loop, captures, iter(self._mesh.cut(count)))
        return run

    def _next(self, run: int) -> int:
        assert self._mesh is not None
        current = self._runs[run]
        start, stop = next(current.chunks)
        outcome = self._mesh.run_chunk(current.captures, current.loop, start, stop)
        self._mesh.outcomes.append(outcome)
        words = (stop - start, outcome.iterations_done)
        return self._give(b"".join(w.to_bytes(8, "little") for w in words) + outcome.tape)

    def _close(self, run: int) -> None:
        del self._runs[run]

    def _give(self, data: bytes) -> int:
        address = _call(self._store, self._exports, "mesh_alloc", len(data))
        self._memory.write(self._store, data, address)
        packed = address << 32 | len(data)
        return packed - (1 << 64) if packed >> 63 else packed


def _call(
    store: wasmtime.Store, exports: wasmtime._instance.InstanceExports, name: str, *arguments: int
) -> int:
    function = exports[name]
    assert isinstance(function, wasmtime.Func), name
    result = function(store, *arguments)
    return result if isinstance(result, int) else 0
