"""Loop runs on this machine's cores alone: the embedded default, without daemon, network or ledger."""

import asyncio
from collections import deque
from dataclasses import dataclass

from meshnode.node.limits import PROGRESS_EVERY_MS, SLICE_MEMORY_BYTES_MIN
from meshnode.node.loop_runs import ChunkTape, LoopRequest, LoopRun, Progress, Report
from meshnode.node.probe import Probe, probe_loop
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.protocol.values import ChunkGrid
from meshnode.sandbox import (
    MEMORY_BYTES_MAX,
    OPERATIONS_MAX,
    ChunkOutcome,
    ModuleRefused,
    slice_profile,
)

WASM_PAGE_BYTES = 65_536

AHEAD_PER_CORE = 4
"""Chunks computed ahead of the replay, for each core: enough to keep cores busy, few enough to hold in memory."""


def slice_memory_bytes(captures_bytes: int) -> int:
    """Return a slice module's memory: the captures packed and unpacked, and room to work; whole pages.

    A pure function of the captures: it stands in the run's descriptor, and a restart must come to the same.
    """
    wanted = SLICE_MEMORY_BYTES_MIN + 3 * captures_bytes
    pages = -(-wanted // WASM_PAGE_BYTES)
    return min(pages * WASM_PAGE_BYTES, MEMORY_BYTES_MAX)


def probe_work(request: LoopRequest) -> SliceWork:
    """Return the loop as the home's own pool runs it."""
    return SliceWork(
        key=f"{request.job}/{request.ordinal}".encode(),
        module=request.program.slice,
        captures=request.captures,
        profile=slice_profile(slice_memory_bytes(len(request.captures)), OPERATIONS_MAX),
        loop=request.loop,
    )


class LocalRuns:
    """Opens loop runs on a pool of local slice processes; a loop that one core does in a second stays plain."""

    def __init__(self, pool: SlicePool) -> None:
        self._pool = pool

    async def open(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """See `LoopRuns`."""
        if request.iterations == 0:
            return None
        work = probe_work(request)
        try:
            probe = await probe_loop(self._pool, work, request.iterations)
        except ModuleRefused:
            return None
        if not request.is_forced and (
            self._pool.cores == 1 or not probe.is_worth_distributing(request.iterations)
        ):
            return None
        return _LocalRun(self._pool, work, request, probe, report)


@dataclass(slots=True)
class _Tally:
    """What was done, for the summary."""

    chunks_done: int = 0
    operations: int = 0
    wall_us: int = 0


class _LocalRun:
    """Keeps a window of chunks in flight ahead of the replay."""

    def __init__(
        self, pool: SlicePool, work: SliceWork, request: LoopRequest, probe: Probe, report: Report
    ) -> None:
        self._pool = pool
        self._work = work
        self._request = request
        length = probe.chunk_length(request.iterations)
        self._grid = ChunkGrid(request.iterations, length)
        self._budget = probe.budget(length)
        self._report = report
        self._line = request.line
        self._tally = _Tally()
        self._next_chunk = 0
        self._window: deque[asyncio.Task[ChunkOutcome]] = deque()
        self._asked = 0
        self._reported_at = 0.0

    async def next(self) -> ChunkTape:
        """See `LoopRun`."""
        self._fill()
        outcome = await self._window.popleft()
        start, stop = self._grid.bounds(self._asked)
        self._asked += 1
        self._tally.chunks_done += 1
        self._tally.operations += outcome.operations
        self._tally.wall_us += outcome.wall_us
        self._fill()
        self._tell()
        return ChunkTape(
            iterations=stop - start, iterations_done=outcome.iterations_done, tape=outcome.tape
        )

    async def close(self) -> None:
        """See `LoopRun`."""
        for task in self._window:
            task.cancel()
        await asyncio.gather(*self._window, return_exceptions=True)
        self._window.clear()

    def summary(self) -> dict[str, object]:
        """See `LoopRun`."""
        return {
            "line": self._line,
            "iterations": self._grid.iterations,
            "chunks": self._grid.count,
            "executions_per_chunk": 1,
            "home_checks": 0,
            "cost": 0,
            "workers": [
                {
                    "who": "home",
                    "chunks": self._tally.chunks_done,
                    "operations": self._tally.operations,
                    "paid": 0,
                    "verdict": "own cores",
                }
            ],
        }

    def _fill(self) -> None:
        while (
            len(self._window) < self._pool.cores * AHEAD_PER_CORE
            and self._next_chunk < self._grid.count
        ):
            start, stop = self._grid.bounds(self._next_chunk)
            self._next_chunk += 1
            run = self._pool.run(self._work, start, stop, self._budget)
            self._window.append(asyncio.get_running_loop().create_task(run))

    def _tell(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._reported_at < PROGRESS_EVERY_MS / 1000 and self._asked < self._grid.count:
            return
        self._reported_at = now_s
        per_s = self._tally.operations * 1_000_000 // max(self._tally.wall_us, 1) * self._pool.cores
        self._report(
            Progress(
                run=self._request.ordinal,
                line=self._line,
                chunks=self._grid.count,
                chunks_done=self._tally.chunks_done,
                peers=0,
                operations_per_s=per_s,
                cost=0,
            )
        )
