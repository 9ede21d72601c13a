"""The gateway's jobs: taken, computed batch after batch, told about, ended; gone on with after a restart.

`JobRunner`'s sibling for DCP. It decides what happens to a job; what a batch is and how it gets to the mesh is in
`batches.py`, what the client hears in `telling.py`.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from meshnode.node.dcp.batches import PYTHON
from meshnode.node.dcp.compute import Computing
from meshnode.node.dcp.endings import Endings
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.job_limits import (
    ERRORS_MAX,
    JOB_IDLE_S,
    JOBS_KEPT_MS,
    JOBS_LISTED_MAX,
    STATUS_EVERY_S,
    TEXT_MAX,
    TRIES_MAX,
)
from meshnode.node.dcp.lending import SLICES_PER_CORE, Lending
from meshnode.node.dcp.live_job import LiveJob, live_job
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.room import bytes_of, check_job_room, check_slice_room
from meshnode.node.dcp.store import DcpStore, JobEnd, JobRow, SliceCounts, SliceResult
from meshnode.node.dcp.telling import CANCELLED, FINISHED, Ended, Teller
from meshnode.node.dcp.terms import JobTerms, Value
from meshnode.node.errors import NodeError, StorageError
from meshnode.node.store_thread import StoreThread

logger = logging.getLogger(__name__)

NO_PYTHON = (
    "Python jobs need Pyodide, which this gateway does not have: its owner can fetch it and name its folder with the "
    "setting `pyodide` (docs/dcp.md). JavaScript jobs work without it: set job.js_ref.worktime = 'map-basic' and give "
    "the work function as JavaScript"
)
SEED_BYTES = 16
RESERVE_S = 8.0
"""Idle workers of DCP's ask every six or seven seconds."""
FORGET_EVERY_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsParts:
    """What jobs are kept and computed with."""

    store: DcpStore
    thread: StoreThread
    subscriptions: Subscriptions
    teller: Teller
    computing: Computing
    lending: Lending
    has_python: bool
    """Python jobs can be run here."""
    now_ms: Callable[[], int]


class DcpJobs:
    """All jobs of one gateway. `serve` owns their tasks."""

    def __init__(self, parts: JobsParts) -> None:
        self._parts = parts
        self._live: dict[str, LiveJob] = {}
        self._endings = Endings(parts.store, parts.thread, parts.subscriptions, parts.teller)
        self.is_ready = asyncio.Event()
        """Set when the jobs of before a restart are here."""
        self._group: asyncio.TaskGroup | None = None

    async def serve(self) -> None:
        """Go on with unfinished jobs, and run new ones until cancelled; those are gone on with at the next start."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await self._restore()
                self.is_ready.set()
                group.create_task(self._tell_statuses())
                while True:
                    await self._forget_old()
                    await asyncio.sleep(FORGET_EVERY_S)
            finally:
                self._group = None

    @property
    def live(self) -> Mapping[str, LiveJob]:
        """The jobs that have not ended."""
        return self._live

    # What clients ask

    async def submit(self, terms: JobTerms, values: Sequence[Value], *, is_open: bool) -> int:
        """Take a job; the same job again is the same. Returns its last slice number.

        Raises:
            DcpRefused: too many jobs, or the id belongs to another.
        """
        if terms.worktime == PYTHON and not self._parts.has_python:
            raise DcpRefused("ENOWORKTIME", NO_PYTHON)
        if terms.job not in self._live:
            check_job_room(self._live.values(), terms.owner)
        row = JobRow(
            terms=terms,
            is_joined=False,
            is_closed=not is_open,
            end="",
            code="",
            reason="",
            slice_us=0,
            errors=0,
            created_ms=self._parts.now_ms(),
            ended_ms=None,
            seed=secrets.token_bytes(SEED_BYTES),
        )
        if not await self._parts.thread.call(lambda: self._parts.store.add_job(row, values)):
            known = await self._parts.thread.call(lambda: self._parts.store.job(terms.job))
            if known is None or known.terms.owner != terms.owner:
                raise DcpRefused("EEXIST", "another client has a job of this id")
            return (await self._counts(terms.job)).total
        waiting = dict.fromkeys(range(1, len(values) + 1), 0)
        live = live_job(row, SliceCounts(total=len(values), done=0), waiting, ())
        live.size = bytes_of(values)
        self._launch(live)
        logger.info("event=dcp_job_accepted job=%s owner=%s", terms.job[:8], terms.owner[2:10])
        return len(values)

    async def add_slices(self, owner: str, job: str, request: str, values: Sequence[Value]) -> int:
        """Append slices to an open job; the same request again is the same. Returns the last slice number.

        Raises:
            DcpRefused: no such job of this client's, or it takes no more slices.
        """
        row = await self.row(owner, job)
        live = self._live.get(job)
        if row.end:  # The client hears why by `stop`, which it only heeds later.
            return (await self._counts(job)).total
        if live is None:
            raise DcpRefused("ESTOPPING", "the gateway is stopping; try again later")
        if live.is_closed:
            raise DcpRefused("ECLOSED", "the job is closed and takes no more slices")
        known = await self._parts.thread.call(lambda: self._parts.store.uploaded(job, request))
        if known is not None:
            return known
        check_slice_room(self._live.values(), live, values)
        size = bytes_of(values)
        live.size += size  # before it is stored: uploads come side by side
        last = await self._parts.thread.call(
            lambda: self._parts.store.add_slices(job, request, values)
        )
        if last <= live.total:  # the same request at the same time
            live.size -= size
        live.add(last, asyncio.get_running_loop().time())
        return last

    async def close(self, owner: str, job: str) -> None:
        """Let no more slices be added; an ended job stays as it is. Raises DcpRefused."""
        row = await self.row(owner, job)
        if row.end:
            return
        await self._parts.thread.call(lambda: self._parts.store.set_closed(job))
        live = self._live.get(job)
        if live is not None:
            live.is_closed = True
            live.changed.set()

    async def join(self, owner: str, job: str) -> None:
        """Put a job into the public compute group: from then on the mesh computes it. Raises DcpRefused."""
        await self.row(owner, job)
        await self._parts.thread.call(lambda: self._parts.store.set_joined(job))
        live = self._live.get(job)
        if live is not None:
            live.is_joined = True
            live.changed.set()

    async def cancel(self, owner: str, job: str, reason: str) -> None:
        """End a job as cancelled; an ended job stays as it is. Raises DcpRefused."""
        row = await self.row(owner, job)
        live = self._live.get(job)
        if row.end or live is None:
            return
        await self.end(live, CANCELLED, "ECANCELLED", reason or "cancelled by its owner")

    async def row(self, owner: str, job: str) -> JobRow:
        """Return a job of this client's. Raises DcpRefused: there is none."""
        row = await self._parts.thread.call(lambda: self._parts.store.job(job))
        if row is None or row.terms.owner != owner:
            raise DcpRefused("ENOJOB", "you have no job of this id here")
        return row

    async def listed(self, owner: str) -> tuple[tuple[JobRow, SliceCounts], ...]:
        """Return a client's jobs, newest first, with their counts."""

        def read() -> tuple[tuple[JobRow, SliceCounts], ...]:
            store = self._parts.store
            rows = store.jobs_of(owner, JOBS_LISTED_MAX)
            return tuple((row, store.counts(row.terms.job)) for row in rows)

        return await self._parts.thread.call(read)

    async def values(
        self, owner: str, job: str, slices: Sequence[int] | None
    ) -> tuple[tuple[int, str], ...]:
        """Return the values that there are, by slice number. Raises DcpRefused."""
        await self.row(owner, job)
        return await self._parts.thread.call(lambda: self._parts.store.values(job, slices))

    async def tell_if_ended(self, job: str) -> None:
        """Tell a job's end to who subscribed when it was over."""
        row = await self._parts.thread.call(lambda: self._parts.store.job(job))
        if row is not None and row.end:
            counts = await self._counts(job)
            self._endings.tell(self._group, job, Ended(row.end, counts.total, row.code, row.reason))

    # A job's life

    async def end(self, live: LiveJob, end: JobEnd, code: str = "", reason: str = "") -> None:
        """End a job: durably, then for its client, then for whatever computes it."""
        if live.end:
            return
        live.end = end
        now_ms = self._parts.now_ms()
        await self._parts.thread.call(
            lambda: self._parts.store.end_job(live.job, end, code, reason, now_ms)
        )
        self._live.pop(live.job, None)
        self._parts.teller.tell_status(live, end)
        if code == "ENOFUNDS":
            self._parts.teller.tell_no_funds(live.job, reason)
        self._endings.tell(self._group, live.job, Ended(end, live.total, code, reason))
        logger.info("event=dcp_job_ended job=%s end=%s code=%s", live.job[:8], end, code or "-")
        live.changed.set()
        if live.task is not None and live.task is not asyncio.current_task():
            live.task.cancel()

    async def take_local_value(self, live: LiveJob, number: int, value: str) -> None:
        """Take a value that a client's own worker came to."""
        result = SliceResult(slice=number, state="done", value=value)
        batch = live.batch_next
        fresh = await self._parts.thread.call(
            lambda: self._parts.store.store_results(live.job, batch, [result])
        )
        if number in fresh:
            live.take_value(number)
            self._parts.teller.tell_value(live.job, number, value)
            live.changed.set()

    async def take_local_failure(self, live: LiveJob, number: int, reason: str) -> None:
        """Count a failure at a client's own worker; too many end the job."""
        if live.take_failure(number) >= TRIES_MAX or live.errors >= ERRORS_MAX:
            await self.end(live, CANCELLED, "ETOOMANYERRORS", f"a slice fails: {reason}"[:TEXT_MAX])

    def _launch(self, live: LiveJob) -> None:
        if self._group is None:
            raise DcpRefused("ESTOPPING", "the gateway is stopping; try again later")
        self._live[live.job] = live
        live.task = self._group.create_task(self._run(live), name=f"dcp job {live.job}")

    async def _run(self, live: LiveJob) -> None:
        """Compute a job to its end. This is a task's root: whatever goes wrong becomes the job's end."""
        try:
            await self._compute(live)
        except asyncio.CancelledError:
            if not live.end:  # the gateway stops: the job stays unfinished, and is gone on with
                raise
        except DcpRefused as err:
            await self._end_if_stored(live, err.code, err.message)
        except StorageError as err:
            _log_unstored(live, err)
        except NodeError as err:
            await self._end_if_stored(live, "EMESH", str(err))
        except Exception:
            logger.exception("event=dcp_job_crashed job=%s", live.job[:8])
            await self._end_if_stored(live, "EBUG", "the gateway failed; its log has the reason")

    async def _end_if_stored(self, live: LiveJob, code: str, reason: str) -> None:
        try:
            await self.end(live, CANCELLED, code, reason)
        except StorageError as err:
            live.end = ""
            _log_unstored(live, err)

    async def _compute(self, live: LiveJob) -> None:
        loop = asyncio.get_running_loop()
        while not live.end:
            live.changed.clear()
            if live.is_complete:
                await self.end(live, FINISHED)
                return
            if live.may_run():
                self._set_reserve(live, loop.time())
                if returned := live.next_returned():
                    await self._parts.computing.match(live, returned)
                    continue
                if live.restored or live.next_slices(loop.time()):
                    await self._parts.computing.run(live)
                    continue
            await self._wait(live)

    def _set_reserve(self, live: LiveJob, now_s: float) -> None:
        """Keep some slices for DCP's workers that will ask soon, while the job is young."""
        active = self._parts.lending.active(now_s)
        live.started_s = live.started_s or now_s
        if not active or now_s - live.started_s > RESERVE_S or not live.may_be_lent():
            live.reserve = 0
            return
        free = len(live.waiting) - len(live.lent)
        live.reserve = min(free // 2 + 1, SLICES_PER_CORE * active)

    @staticmethod
    async def _wait(live: LiveJob) -> None:
        """Wait for a change; a job with slices that may still be gathered is looked at again soon."""
        gathers = len(live.waiting) > len(live.lent) and live.may_run()
        try:
            async with asyncio.timeout(0.02 if gathers else None):
                await live.changed.wait()
        except TimeoutError:
            return

    async def _restore(self) -> None:
        store = self._parts.store

        def read_job(row: JobRow) -> LiveJob:
            job = row.terms.job
            waiting, batches = store.waiting(job), store.batches(job)
            live = live_job(row, store.counts(job), waiting, batches, store.failed_in(job))
            live.size = store.uploaded_bytes(job)
            return live

        def read() -> tuple[LiveJob, ...]:
            return tuple(map(read_job, store.unfinished()))

        for live in await self._parts.thread.call(read):
            self._launch(live)

    async def _tell_statuses(self) -> None:
        while True:
            now_s = asyncio.get_running_loop().time()
            for live in tuple(self._live.values()):
                self._parts.teller.tell_status(live)
                if self._is_abandoned(live, now_s):
                    await self._end_if_stored(
                        live, "EABANDONED", "the job was neither closed nor watched for hours"
                    )
            await asyncio.sleep(STATUS_EVERY_S)

    def _is_abandoned(self, live: LiveJob, now_s: float) -> bool:
        """Tell whether a job has had nothing to compute, and nobody who watches it, for JOB_IDLE_S."""
        is_busy = live.may_run() and bool(live.waiting)
        if is_busy or self._parts.subscriptions.is_wanted(live.job, "stop"):
            live.idle_s = None
            return False
        live.idle_s = now_s if live.idle_s is None else live.idle_s
        return now_s - live.idle_s > JOB_IDLE_S

    async def _forget_old(self) -> None:
        before_ms = self._parts.now_ms() - JOBS_KEPT_MS
        try:
            await self._parts.thread.call(lambda: self._parts.store.forget_ended(before_ms))
        except StorageError as err:
            logger.error("event=dcp_jobs_not_forgotten reason=%r", str(err))  # noqa: TRY400  a full disk needs no trace

    async def _counts(self, job: str) -> SliceCounts:
        return await self._parts.thread.call(lambda: self._parts.store.counts(job))


def _log_unstored(live: LiveJob, err: StorageError) -> None:
    """Tell that a job waits for the next start: nothing of it can be stored now."""
    logger.error("event=dcp_job_waits job=%s reason=%r", live.job[:8], str(err))
