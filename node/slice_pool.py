"""The slice processes of this machine: one a core, started at need, killed to cancel, stopped while the owner is back.

The sandbox's API blocks; each process has one thread here that waits for it.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from meshnode.node.limits import LOAD_S_MAX
from meshnode.node.slice_work import SliceWork
from meshnode.sandbox import (
    ChildLimits,
    ChildLost,
    ChunkOutcome,
    LoadOutcome,
    ModuleRefused,
    SliceKind,
    SliceProcess,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")


class _Slot:
    """One core: a process for each kind of slice, of which one runs, with their thread.

    A killed process is replaced by the next call.
    """

    def __init__(self, child_limits: ChildLimits, number: int, pyodide: Path | None) -> None:
        self._limits = child_limits
        self._pyodide = pyodide
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"slice-{number}")
        self._processes: dict[SliceKind, SliceProcess] = {}
        self._is_paused = False
        self._kills = 0
        self.key: bytes | None = None

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        """Run a chunk. If the caller is cancelled, the process is killed."""
        try:
            if self.key != work.key:
                await self._load(work)
            return await self._call(
                work.kind, lambda p: p.run_chunk(work.loop, start, stop, operations_max)
            )
        except ModuleRefused:
            self.key = None
            raise
        except BaseException:
            self.kill()
            raise

    async def load(self, work: SliceWork) -> LoadOutcome:
        """Load a run's module and captures, to learn whether the sandbox takes them."""
        try:
            return await self._load(work)
        except BaseException:
            self.kill()
            raise

    async def _load(self, work: SliceWork) -> LoadOutcome:
        """Load within LOAD_S_MAX: nobody pays for loading, and it keeps a core from those who do."""
        try:
            async with asyncio.timeout(LOAD_S_MAX):
                outcome = await self._call(
                    work.kind, lambda p: p.load(work.module, work.captures, work.profile)
                )
        except TimeoutError:
            raise ChildLost(f"loading took longer than {LOAD_S_MAX:.0f} s") from None
        self.key = work.key
        return outcome

    async def _call(self, kind: SliceKind, function: Callable[[SliceProcess], T]) -> T:
        kills = self._kills

        def in_thread() -> T:
            process = self._processes.get(kind)
            if process is None or not process.is_alive:
                process = SliceProcess.start(self._limits, kind, self._pyodide)
                self._processes[kind] = process
                if self._kills != kills:  # It was being started when the others were killed.
                    del self._processes[kind]
                    process.kill()
                    raise ChildLost("the slice was given up")
                if self._is_paused:  # It was being started when the others were stopped.
                    process.pause()
            return function(process)

        return await asyncio.get_running_loop().run_in_executor(self._executor, in_thread)

    def kill(self) -> None:
        """End the process at once; the next call starts another.

        In a thread: the kernel takes 0.1 s to free a gigabyte, for which the event loop should not wait.
        """
        self.key = None
        self._kills += 1
        processes, self._processes = self._processes, {}
        for process in processes.values():
            asyncio.get_running_loop().run_in_executor(None, process.kill)

    def pause(self) -> None:
        """Stop the processes, and those that are being started."""
        self._is_paused = True
        for process in tuple(self._processes.values()):
            process.pause()

    def resume(self) -> None:
        """Let the processes go on."""
        self._is_paused = False
        for process in tuple(self._processes.values()):
            process.resume()

    def close(self) -> None:
        """End the processes and the thread."""
        self._kills += 1
        for process in tuple(self._processes.values()):
            process.kill()
        self._executor.shutdown(wait=False)


class Cores(Protocol):
    """Where chunks are run: a pool, or a client's turns at one."""

    @property
    def cores(self) -> int:
        """How many run at once, at most."""

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        """Run iterations, as `SlicePool.run`."""


class SlicePool:
    """Runs chunks on as many cores as the owner lends; more callers wait in order."""

    def __init__(self, cores: int, child_limits: ChildLimits, pyodide: Path | None = None) -> None:
        """`pyodide` is the folder that Python slices need; without it they are refused."""
        assert cores > 0
        self._slots = [_Slot(child_limits, number, pyodide) for number in range(cores)]
        self._idle = list(self._slots)
        self._free = asyncio.Semaphore(cores)
        self.cores = cores

    @property
    def running(self) -> int:
        """Tell how many chunks are running now."""
        return len(self._slots) - len(self._idle)

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        """Run iterations start…stop-1 on the next free core, one that has the module loaded if possible.

        Raises:
            ModuleRefused: the sandbox does not take the module.
            ChildLost: the process died or took too long; the next call gets a new one.
        """
        async with self._free:
            slot = self._take(work.key)
            try:
                return await slot.run(work, start, stop, operations_max)
            finally:
                self._idle.append(slot)

    async def load(self, work: SliceWork) -> LoadOutcome:
        """Load a run on a free core without running a chunk; raises like `run`."""
        async with self._free:
            slot = self._take(work.key)
            try:
                return await slot.load(work)
            finally:
                self._idle.append(slot)

    def pause(self) -> None:
        """Stop every process where it is (within a scheduler's tick)."""
        for slot in self._slots:
            slot.pause()

    def resume(self) -> None:
        """Let every process go on."""
        for slot in self._slots:
            slot.resume()

    def close(self) -> None:
        """Kill every process."""
        for slot in self._slots:
            slot.close()

    def _take(self, key: bytes) -> _Slot:
        slot = next((slot for slot in self._idle if slot.key == key), self._idle[0])
        self._idle.remove(slot)
        return slot
