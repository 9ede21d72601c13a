"""The talk with DCP about one loop run: what its workers return is put beside what home computes.

Whatever happens to DCP ends the talk and not the job; only wrong settings of the user's are for the user to mend.
"""

import asyncio
import json
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass

from meshnode.node.dcp.outbound_child import ChildSilent, OutboundChild
from meshnode.node.dcp.outbound_limits import CAPTURES_BYTES_MAX
from meshnode.node.dcp.outbound_matching import Matching
from meshnode.node.dcp.outbound_messages import (
    SETTINGS_CODES,
    Accepted,
    Ended,
    Failed,
    FromNode,
    Malformed,
    Ready,
    Returned,
    SliceFailed,
    Start,
    Status,
)
from meshnode.node.dcp.outbound_work import Shipment, outbound_work_function
from meshnode.node.errors import ConfigError, NodeError, person_error
from meshnode.node.options import DcpOptions
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import ChunkResult

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Told:
    """What DCP said of the job."""

    version: str = ""
    """Of its client."""
    scheduler: str = ""
    job: str = ""
    slices: tuple[int, int] = (0, 0)
    """Distributed and computed, by DCP's count."""
    slice_errors: int = 0
    last_error: str = ""
    record: object = None
    """What DCP's list of jobs has on it, cost included if it says so."""
    end: str | None = None
    """None while more may come; empty when DCP finished; else why it did not."""
    settings: NodeError | None = None
    """What the user has to mend."""


class DcpTalk:
    """Owns the Node process. `serve` is its task."""

    def __init__(
        self, options: DcpOptions, name: str, shipment: Shipment, matching: Matching
    ) -> None:
        self._options = options
        self._name = name
        self._shipment = shipment
        self._matching = matching
        self._changed = asyncio.Condition()
        self._progressed_s = 0.0
        self.told = Told()

    async def serve(self) -> None:
        """Have the job deployed and take what comes, until DCP ends or is given up, or until cancelled.

        Both times the job is cancelled at DCP if it is not over.
        """
        async with AsyncExitStack() as stack:
            try:
                end = await self._talk(stack)
            except ConfigError as err:
                self.told.settings, end = err, str(err)
            except (ChildSilent, OSError) as err:
                end = str(err)
            except Exception as err:
                logger.exception("event=dcp_talk_failed dcp_job=%s", self.told.job)
                end = str(person_error(err, "spoke to DCP"))
            if end and self.told.settings is None:
                logger.info("event=dcp_given_up dcp_job=%s reason=%r", self.told.job, end)
            self.told.end = end
            await self._notify()

    async def wait_for(self, chunk: int) -> None:
        """Wait until DCP has returned a chunk, or will not.

        Raises:
            NodeError: the user's settings are wrong.
        """
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._matching.has(chunk) or self.told.end is not None
            )
        if self.told.settings is not None:
            raise self.told.settings

    async def _talk(self, stack: AsyncExitStack) -> str:
        """Return why the talk is over; empty when DCP finished."""
        shipment, options = self._shipment, self._options
        if len(shipment.captures) > CAPTURES_BYTES_MAX:
            return f"the loop's captures are longer than {CAPTURES_BYTES_MAX >> 20} MB, too long for DCP"
        child = await OutboundChild.start(options)
        stack.push_async_callback(child.end)
        await child.send(
            Start(
                sdk=options.sdk,
                name=self._name,
                work=outbound_work_function(),
                prepared=shipment.prepared,
                captures=shipment.captures,
                terms=shipment.terms,
                module=shipment.module,
                chunks=shipment.grid.count,
                offer=options.offer_dcc,
                groups=options.groups,
            )
        )
        self._progressed()
        try:
            while self.told.end is None:
                async with asyncio.timeout_at(self._progressed_s + options.patience_s):
                    message = await child.receive()
                end = await self._take(message)
                if end is not None:
                    return end
        except TimeoutError:
            pass
        return f"it showed no progress for {options.patience_s:g} s"

    def _progressed(self) -> None:
        self._progressed_s = asyncio.get_running_loop().time()

    async def _take(self, message: FromNode) -> str | None:
        """Take a message; return why the talk is over, or None."""
        told = self.told
        match message:
            case Ready(version=version, scheduler=scheduler):
                told.version, told.scheduler = version, scheduler
                self._progressed()
            case Accepted(job=job):
                told.job = job
                logger.info("event=dcp_job_accepted dcp_job=%s", job)
                self._progressed()
            case Status(distributed=distributed, computed=computed):
                if told.slices != (distributed, computed):
                    self._progressed()
                told.slices = (distributed, computed)
            case Returned() | Malformed():
                await self._put(message)
            case SliceFailed(message=text):
                told.slice_errors += 1
                told.last_error = text
                logger.debug("event=dcp_slice_failed dcp_job=%s reason=%r", told.job, text)
            case Ended() | Failed():
                return self._end(message)
        return None

    async def _put(self, message: Returned | Malformed) -> None:
        chunk = message.chunk
        if chunk >= self._shipment.grid.count:
            return
        numbers = message.numbers if isinstance(message, Returned) else None
        result = None
        if isinstance(message, Returned) and numbers is not None:
            result = ChunkResult(
                chunk=chunk,
                iterations_done=numbers[0],
                tape_hash=await asyncio.to_thread(blob_id, message.tape),
                operations=numbers[1],
            )
        self._matching.put(chunk, result)
        self._progressed()
        await self._notify()

    def _end(self, message: Ended | Failed) -> str:
        told = self.told
        if isinstance(message, Failed):
            if message.code in SETTINGS_CODES:
                raise ConfigError(message.message)
            return f"{message.message} ({message.code})"
        try:
            told.record = json.loads(bytes(message.record))
        except ValueError:
            told.record = None
        return "" if message.state == "finished" else message.reason or "it was cancelled"

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
