"""Inside a child: one loaded slice module and its chunks."""

import time

import wasmtime

from meshnode.sandbox import limits
from meshnode.sandbox.engine import Compiler, HostExhausted, Instance
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.frames import Load, NoResult, Refused, RunChunk
from meshnode.sandbox.outcome import ChunkOutcome, LoadOutcome
from meshnode.sandbox.prepare import OPERATIONS_EXPORT
from meshnode.sandbox.profile import SandboxProfile  # noqa: TC001 (cheap, and clearer)
from meshnode.sandbox.snapshot import (
    Snapshot,
    bake_snapshot,
    open_page_map,
    restore_snapshot,
    take_snapshot,
)

_PROGRESS_BYTES = 24


class SliceHost:
    """Holds what the last Load gave."""

    def __init__(self) -> None:
        self._compiler = Compiler()
        self._page_map = open_page_map()
        self._profile: SandboxProfile | None = None
        self._module: wasmtime.Module | None = None
        self._snapshot = Snapshot((), ())
        self._load_trap: str | None = None
        self._captures: list[bytes] = []
        """Pieces for the next Load."""

    def add_captures(self, piece: bytes) -> None:
        """Keep a piece of the next Load's captures."""
        self._captures.append(piece)

    def load(self, request: Load) -> LoadOutcome | Refused | NoResult:
        """Prepare, compile and load; answer for the owner."""
        self._module = None
        try:
            return self._load(request)
        except ModuleRefused as err:
            return Refused(str(err))
        except HostExhausted as err:
            return NoResult(str(err))

    def _load(self, request: Load) -> LoadOutcome:
        captures = b"".join(self._captures)
        self._captures.clear()
        prepared = self._compiler.prepare(request.module, request.profile, "slice")
        module = prepared.module
        instance = self._instance(module)
        trap_reason = None
        try:
            address = instance.place(captures)
            instance.call("mesh_load", address, len(captures))
        except wasmtime.Trap as trap:
            trap_reason = instance.trap_reason(trap)
        self._load_trap = None if trap_reason is None else f"load: {trap_reason}"
        snapshot = take_snapshot(instance, self._instance(module), self._page_map)
        if snapshot.size > limits.SNAPSHOT_COPIED_BYTES_MAX and self._load_trap is None:
            module = self._compiler.compile_once(bake_snapshot(prepared.binary, snapshot))
            snapshot = Snapshot((), ())
        self._module, self._snapshot, self._profile = module, snapshot, request.profile
        operations = request.profile.operations_max - instance.operations_left(trap_reason)
        return LoadOutcome(operations, self._load_trap)

    def run_chunk(self, request: RunChunk) -> ChunkOutcome | NoResult:
        """Run one chunk in a fresh instance."""
        if self._module is None or self._profile is None:
            return NoResult("no module is loaded")
        if self._load_trap is not None:
            return ChunkOutcome(0, b"", 0, self._load_trap, 0)
        began_ns = time.perf_counter_ns()
        instance = self._instance(self._module)
        restore_snapshot(instance, self._snapshot)
        instance.set_global(OPERATIONS_EXPORT, request.operations_max)
        trap_reason = None
        packed = None
        try:
            packed = instance.call("mesh_chunk", request.loop, request.start, request.stop)
        except wasmtime.Trap as trap:
            try:
                trap_reason = instance.trap_reason(trap)
            except HostExhausted as err:
                return NoResult(str(err))
        done, tape, fault = self._results(instance, packed, request.stop - request.start)
        return ChunkOutcome(
            iterations_done=done,
            tape=tape,
            operations=request.operations_max - instance.operations_left(trap_reason),
            trap=trap_reason or fault,
            wall_us=(time.perf_counter_ns() - began_ns) // 1000,
        )

    def _results(
        self, instance: Instance, packed: int | None, asked: int
    ) -> tuple[int, bytes, str | None]:
        """Read iterations done and tape, which the module may have made nonsense of.

        `packed` is what `mesh_chunk` returned; None after a trap.
        """
        assert self._profile is not None
        progress = instance.read(
            instance.get_global("mesh_progress") & 0xFFFF_FFFF, _PROGRESS_BYTES
        )
        if progress is None:
            return 0, b"", "progress outside of the memory"
        done, size, base = (int.from_bytes(progress[at : at + 8], "little") for at in (0, 8, 16))
        if packed is not None:
            size, base = packed & 0xFFFF_FFFF, packed >> 32 & 0xFFFF_FFFF
        if done > asked:
            return 0, b"", "more iterations than asked"
        if size > self._profile.output_bytes_max:
            return 0, b"", "output too long"
        tape = instance.read(base, size)
        if tape is None:
            return 0, b"", "tape outside of the memory"
        return done, tape, None

    def _instance(self, module: wasmtime.Module) -> Instance:
        return Instance(self._compiler.engine, module, {})
