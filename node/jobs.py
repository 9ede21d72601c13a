"""The jobs of one node: taken, run a few at a time, watched, cancelled, and gone on with after a restart."""

import asyncio
import base64
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field

import msgspec

from meshnode.node.control_client import JsonObject
from meshnode.node.data_directory import DataDirectory
from meshnode.node.errors import DaemonError, NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.job_runner import JobOutcome, JobRunner
from meshnode.node.job_store import JobRow, JobStore
from meshnode.node.limits import (
    EVENTS_HEARTBEAT_S,
    JOBS_LISTED_MAX,
    JOBS_QUEUED_MAX,
    JOBS_RUNNING_MAX,
)
from meshnode.node.loop_runs import Progress
from meshnode.node.options import JobRequest, ModuleRun, RunOptions
from meshnode.node.output_log import OutputLog, Stream
from meshnode.node.store_thread import StoreThread

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _LiveJob:
    """A job that is queued or running in this process."""

    log: OutputLog
    progress: dict[int, Progress] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None


class Jobs:
    """Owns the tasks of all running jobs; everything else reads rows and logs."""

    def __init__(
        self,
        store: JobStore,
        thread: StoreThread,
        directory: DataDirectory,
        runner: JobRunner,
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._thread = thread
        self._directory = directory
        self._runner = runner
        self._now_ms = now_ms
        self._live: dict[str, _LiveJob] = {}
        self._slots = asyncio.Semaphore(JOBS_RUNNING_MAX)
        self._group: asyncio.TaskGroup | None = None

    async def serve(self) -> None:
        """Go on with unfinished jobs, and run new ones until cancelled; those are gone on with at the next start."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for row in await self._thread.call(self._store.unfinished_jobs):
                    self._launch(row)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    async def submit(self, request: JobRequest) -> str:
        """Store a job and queue it; returns its id.

        Raises:
            DaemonError: too many jobs are queued, or the daemon is stopping.
        """
        if self._group is None:
            raise DaemonError(
                "the daemon is stopping; start it again and submit then",
                ExitCode.DAEMON_UNREACHABLE,
            )
        if len(self._live) >= JOBS_QUEUED_MAX:
            raise DaemonError(
                f"{len(self._live)} jobs are queued, the most there may be; wait",
                ExitCode.JOB_FAILED,
            )
        row = JobRow(
            job=secrets.token_hex(8),
            path=request.path,
            source=request.source,
            arguments=json.dumps(list(request.arguments)),
            options=msgspec.json.encode(request.options).decode(),
            state="queued",
            exit_code=None,
            message="",
            created_ms=self._now_ms(),
            ended_ms=None,
            summary="{}",
        )
        run = None if request.module is None else msgspec.msgpack.encode(request.module)
        await self._thread.call(lambda: self._store.add_job(row, request.modules, run))
        self._launch(row)
        return row.job

    async def cancel(self, job: str) -> None:
        """End a job as cancelled; a job that has ended already stays as it is."""
        await self.row(job)
        live = self._live.get(job)
        if live is not None and live.task is not None:
            live.task.cancel("cancelled by its owner")
            await asyncio.wait({live.task})

    async def row(self, job: str) -> JobRow:
        """Return a job's row.

        Raises:
            DaemonError: there is no such job.
        """
        row = await self._thread.call(lambda: self._store.job(job))
        if row is None:
            raise DaemonError(f"there is no job {job}; `meshnode jobs` lists them", ExitCode.USAGE)
        return row

    async def rows(self) -> tuple[JobRow, ...]:
        """Return the newest jobs."""
        return await self._thread.call(lambda: self._store.jobs(JOBS_LISTED_MAX))

    async def events(self, job: str, offsets: dict[Stream, int]) -> AsyncIterator[JsonObject]:
        """Yield a job's output from the given offsets on, its progress, and last its end."""
        told: dict[int, Progress] = {}
        # Kept, so that the last progress is told even if the job ends before it could be.
        live = self._live.get(job)
        log = live.log if live else OutputLog(self._directory.output, job)
        while True:
            seen_version = log.version
            row = await self.row(job)
            is_ended = row.ended_ms is not None
            for stream in ("stdout", "stderr"):
                while data := log.read(stream, offsets[stream]):
                    yield {
                        "event": stream,
                        "offset": offsets[stream],
                        "data": base64.b64encode(data).decode(),
                    }
                    offsets[stream] += len(data)
            for run, progress in list(live.progress.items()) if live else []:
                if told.get(run) != progress:
                    told[run] = progress
                    yield {"event": "progress"} | asdict(progress)
            if is_ended:
                yield {"event": "ended"} | job_json(row)
                return
            await log.wait(seen_version, EVENTS_HEARTBEAT_S)
            if log.version == seen_version:
                yield {"event": "heartbeat"}

    def _launch(self, row: JobRow) -> None:
        assert self._group is not None
        assert row.job not in self._live
        live = _LiveJob(OutputLog(self._directory.output, row.job))
        self._live[row.job] = live
        live.task = self._group.create_task(self._run(row, live), name=f"job {row.job}")

    async def _run(self, row: JobRow, live: _LiveJob) -> None:
        """Run one job to its end. This is a task's root: whatever goes wrong becomes the job's end."""
        try:
            async with self._slots:
                await self._thread.call(lambda: self._store.set_state(row.job, "running"))
                request = await self._thread.call(lambda: self._request(row))
                outcome = await self._runner.run(request, row.job, live.log, self._reporter(live))
        except asyncio.CancelledError:
            if (
                self._group is None
            ):  # the daemon stops: the job stays unfinished, and is gone on with
                raise
            outcome = JobOutcome(state="cancelled", exit_code=None, message="the job was cancelled")
        except NodeError as err:
            outcome = JobOutcome(state="failed", exit_code=err.exit_code, message=str(err))
        except Exception as err:
            logger.exception("event=job_crashed job=%s", row.job[:8])
            message = f"meshnode failed ({type(err).__name__}: {err}); please report this, the log has the trace"
            outcome = JobOutcome(state="failed", exit_code=ExitCode.INTERNAL, message=message)
        await self._end(row.job, live, outcome)

    def _request(self, row: JobRow) -> JobRequest:
        """Put a stored job together again."""
        run = self._store.module_run(row.job)
        return JobRequest(
            path=row.path,
            source=row.source,
            modules=self._store.modules(row.job),
            module=None if run is None else msgspec.msgpack.decode(run, type=ModuleRun),
            arguments=tuple(json.loads(row.arguments)),
            options=msgspec.json.decode(row.options, type=RunOptions),
        )

    async def _end(self, job: str, live: _LiveJob, outcome: JobOutcome) -> None:
        summary = json.dumps(outcome.summary)

        def write() -> None:
            self._store.set_summary(job, summary)
            self._store.end_job(
                job, outcome.state, outcome.exit_code, outcome.message, self._now_ms()
            )

        try:
            await self._thread.call(write)
        except NodeError:
            logger.exception("event=job_end_not_stored job=%s", job[:8])
        self._live.pop(job, None)
        logger.info(
            "event=job_ended job=%s state=%s exit_code=%s",
            job[:8],
            outcome.state,
            outcome.exit_code,
        )
        await live.log.notify()
        live.log.close()

    @staticmethod
    def _reporter(live: _LiveJob) -> Callable[[Progress], None]:
        wakes: set[asyncio.Task[None]] = set()

        def report(progress: Progress) -> None:
            live.progress[progress.run] = progress
            if not wakes:
                wake = asyncio.get_running_loop().create_task(live.log.notify())
                wakes.add(wake)
                wake.add_done_callback(wakes.discard)

        return report


def job_json(row: JobRow) -> JsonObject:
    """Return what the control API tells of a job."""
    return {
        "job": row.job,
        "path": row.path,
        "arguments": json.loads(row.arguments),
        "options": json.loads(row.options),
        "state": row.state,
        "exit_code": row.exit_code,
        "message": row.message,
        "created_ms": row.created_ms,
        "ended_ms": row.ended_ms,
        "summary": json.loads(row.summary),
    }
