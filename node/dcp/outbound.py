"""Loop runs on DCP: probes a loop, fixes its grid, and ships its chunks with Distributive's own client."""

import asyncio
import logging

from meshnode.node.dcp.outbound_run import DcpParts, DcpRun
from meshnode.node.dcp.outbound_work import outbound_work_function, ship
from meshnode.node.job_store import GridRow
from meshnode.node.local_runs import probe_work
from meshnode.node.loop_runs import LoopRequest, LoopRun, LoopRuns, Report
from meshnode.node.probe import probe_loop
from meshnode.sandbox import ModuleRefused

__all__ = ["ChosenRuns", "DcpParts", "DcpRuns", "outbound_work_function"]

logger = logging.getLogger(__name__)


class DcpRuns:
    """Opens loop runs on DCP, for requests that say how."""

    def __init__(self, parts: DcpParts) -> None:
        self._parts = parts

    async def open(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """See `LoopRuns`."""
        options = request.options.dcp
        assert options is not None
        if request.iterations == 0:
            return None
        try:
            grid = await self._grid(request)
            if grid is None:
                return None
            shipment = await asyncio.to_thread(ship, request, grid)
        except ModuleRefused as err:
            logger.warning("event=loop_stays_home job=%s reason=%r", request.job[:8], str(err))
            return None
        return DcpRun(self._parts, options, request, shipment, report)

    async def _grid(self, request: LoopRequest) -> GridRow | None:
        """Return the grid, the one of an earlier start if there is one; None if the loop is too small."""
        parts = self._parts
        known = await parts.thread.call(lambda: parts.jobs.grid(request.job, request.ordinal))
        if known is not None:
            return known
        probe = await probe_loop(parts.pool, probe_work(request), request.iterations)
        is_forced = request.is_forced
        if not is_forced and not probe.is_worth_distributing(request.iterations):
            return None
        length = probe.chunk_length(request.iterations)
        grid = GridRow(chunk_iterations=length, operations_max=probe.budget(length))
        await parts.thread.call(lambda: parts.jobs.set_grid(request.job, request.ordinal, grid))
        return grid


class ChosenRuns:
    """Opens a loop run where its job's options say: on DCP or elsewhere."""

    def __init__(self, elsewhere: LoopRuns, dcp: DcpRuns) -> None:
        self._elsewhere = elsewhere
        self._dcp = dcp

    async def open(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """See `LoopRuns`."""
        runs = self._elsewhere if request.options.dcp is None else self._dcp
        return await runs.open(request, report)
