"""One loop run on DCP: DCP's workers compute the chunks, home computes each too, and only home's word counts.

A chunk of DCP's is final when home's own result is the same. Home's checks overlap in time with DCP's work; when DCP
fails, stalls or loses chunks, home's results stand alone. So whatever DCP does, the program gets the right bytes.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from meshnode.node.config import Config
from meshnode.node.dcp.outbound_limits import AHEAD_PER_CORE, END_S
from meshnode.node.dcp.outbound_matching import Matching, Verdict
from meshnode.node.dcp.outbound_summary import summarise
from meshnode.node.dcp.outbound_talk import DcpTalk
from meshnode.node.dcp.outbound_work import Shipment
from meshnode.node.job_store import JobStore
from meshnode.node.limits import PROGRESS_EVERY_MS
from meshnode.node.loop_runs import ChunkTape, LoopRequest, Progress, Report
from meshnode.node.options import DcpOptions
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import ChunkResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DcpParts:
    """What loop runs on DCP need of the node."""

    pool: SlicePool
    """Own cores: they check every chunk."""
    jobs: JobStore
    thread: StoreThread
    config: Config
    """Its rate is shown beside amounts in DCC; nothing is converted by it."""


class DcpRun:
    """The program's side of a loop run on DCP."""

    def __init__(
        self,
        parts: DcpParts,
        options: DcpOptions,
        request: LoopRequest,
        shipment: Shipment,
        report: Report,
    ) -> None:
        self._parts = parts
        self._options = options
        self._request = request
        self._shipment = shipment
        self._report = report
        self._line = request.line
        self._is_ahead = request.options.home != "never"
        self._matching = Matching()
        file = Path(request.arguments[0]).name if request.arguments else "loop"
        name = f"{file}:{self._line}"
        self._talk = DcpTalk(options, name, shipment, self._matching)
        self._window: deque[asyncio.Task[ChunkTape]] = deque()
        self._next_chunk = 0
        loop = asyncio.get_running_loop()
        self._opened_s = loop.time()
        self._talking = loop.create_task(self._talk.serve())
        self._reporting = loop.create_task(self._report_often())

    async def next(self) -> ChunkTape:
        """See `LoopRun`.

        Raises:
            NodeError: the settings for DCP are wrong.
            SandboxError: a chunk could not be computed at home.
        """
        self._fill()
        tape = await self._window.popleft()
        self._fill()
        return tape

    async def close(self) -> None:
        """See `LoopRun`. What DCP has not computed yet is cancelled there."""
        self._reporting.cancel()
        for task in self._window:
            task.cancel()
        await asyncio.gather(*self._window, return_exceptions=True)
        self._window.clear()
        is_complete = self._matching.returned == self._shipment.grid.count
        if self._talk.told.end is None and not is_complete:
            self._talking.cancel()
        # Otherwise DCP's last word comes, or the process is ending its job: killing it would leave that behind.
        await asyncio.wait({self._talking}, timeout=2 * END_S)
        self._talking.cancel()
        await asyncio.wait({self._talking})
        self._tell()

    def summary(self) -> dict[str, object]:
        """See `LoopRun`."""
        head: dict[str, object] = {
            "line": self._line,
            "iterations": self._shipment.grid.iterations,
            "chunks": self._shipment.grid.count,
        }
        rate = self._parts.config.gateway_credits_per_dcc
        return head | summarise(
            self._options, self._matching, self._talk.told, rate, self._shipment.grid
        )

    def _fill(self) -> None:
        ahead = self._parts.pool.cores * AHEAD_PER_CORE
        while len(self._window) < ahead and self._next_chunk < self._shipment.grid.count:
            settling = self._settle(self._next_chunk)
            self._window.append(asyncio.get_running_loop().create_task(settling))
            self._next_chunk += 1

    async def _settle(self, chunk: int) -> ChunkTape:
        """Compute a chunk at home, wait for DCP's result, and compare. Home's bytes are what the program gets."""
        if not self._is_ahead:
            await self._talk.wait_for(chunk)
        start, stop = self._shipment.grid.bounds(chunk)
        work, budget = self._shipment.work, int(self._shipment.terms.operations_max)
        outcome = await self._parts.pool.run(work, start, stop, budget)
        home = ChunkResult(
            chunk=chunk,
            iterations_done=outcome.iterations_done,
            tape_hash=await asyncio.to_thread(blob_id, outcome.tape),
            operations=outcome.operations,
        )
        await self._talk.wait_for(chunk)
        if self._matching.match(home) is Verdict.WRONG:
            logger.warning(
                "event=dcp_wrong_result dcp_job=%s job=%s chunk=%d",
                self._talk.told.job,
                self._request.job[:8],
                chunk,
            )
        return ChunkTape(
            iterations=stop - start, iterations_done=outcome.iterations_done, tape=outcome.tape
        )

    async def _report_often(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(PROGRESS_EVERY_MS / 1000)

    def _tell(self) -> None:
        elapsed_s = max(asyncio.get_running_loop().time() - self._opened_s, 0.001)
        operations = self._matching.home_operations + self._matching.agreed_operations
        self._report(
            Progress(
                run=self._request.ordinal,
                line=self._line,
                chunks=self._shipment.grid.count,
                chunks_done=self._matching.settled,
                peers=0,
                operations_per_s=int(operations / elapsed_s),
                cost=0,
            )
        )
