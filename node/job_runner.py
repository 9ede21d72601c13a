"""Runs one program at home: compiles it, serves the home module's calls, and hands its loops to `LoopRuns`."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from meshnode.compiler import CompileError, Program
from meshnode.node.compile_service import CompileService
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.job_store import JobState, JobStore
from meshnode.node.limits import HOME_MEMORY_BYTES
from meshnode.node.loop_runs import LoopRequest, LoopRun, LoopRuns, Report
from meshnode.node.module_jobs import module_program
from meshnode.node.options import JobRequest
from meshnode.node.output_log import Output
from meshnode.node.store_thread import StoreThread
from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    Closed,
    Distribute,
    Exited,
    HomeCall,
    HomeProcess,
    NextAsked,
    Printed,
    TimeAsked,
    home_profile,
)

T = TypeVar("T")

STDERR = 2

HOME_LIMITS = ChildLimits(wall_ms_max=2**40, nice=0)
"""A program at home may run, and wait for the mesh, as long as its owner likes."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """How a job ended."""

    state: JobState
    exit_code: int | None
    message: str = ""
    summary: dict[str, object] = field(default_factory=dict)


class JobRunner:
    """Holds what every job needs; `run` may be called for several jobs at once."""

    def __init__(
        self, compiler: CompileService, store: JobStore, thread: StoreThread, loop_runs: LoopRuns
    ) -> None:
        self._compiler = compiler
        self._store = store
        self._thread = thread
        self._loop_runs = loop_runs
        self._homes = WarmHomes()

    def warm(self) -> None:
        """Start the first home process ahead."""
        self._homes.warm()

    def close(self) -> None:
        """End the home process that waits."""
        self._homes.close()

    async def run(self, request: JobRequest, job: str, log: Output, report: Report) -> JobOutcome:
        """Run a program to its end. Cancelling this task kills its process and ends its loop runs.

        Raises:
            NodeError: the disk is full, or the process could not be started.
        """
        try:
            program = await self._program(request)
        except CompileError as err:
            return JobOutcome(
                state="failed",
                exit_code=ExitCode.COMPILE_ERROR,
                message=err.text(request.sources),
                summary={"diagnostics": [d.as_dict() for d in err.diagnostics]},
            )
        for warning in program.warnings:
            text = warning.text(request.sources)
            await log.append("stderr", f"{text}\n".encode())
        home = _Home(await self._homes.take(), request, job)
        session = _Session(self, request, job, program, home, report)
        try:
            return await session.serve(log)
        finally:
            await session.close()

    async def _program(self, request: JobRequest) -> Program:
        if request.module is not None:
            return module_program(request.module)
        return await self._compiler.compile(request.source, request.path, request.compile_options)

    async def journalled(self, job: str, ordinal: int, value: int) -> int:
        """Return the value that this home call returned the first time (design: a restarted `main` repeats itself)."""
        return await self._thread.call(lambda: self._store.journalled(job, ordinal, value))

    async def open_run(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """Hand a loop to whatever computes loops."""
        return await self._loop_runs.open(request, report)


class WarmHomes:
    """Keeps one home process started ahead: it takes a tenth of a second, and a person waits."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warm-home")
        self._next: Future[HomeProcess] | None = None

    def warm(self) -> None:
        """Start a process if none is ready; returns at once."""
        if self._next is None:
            self._next = self._executor.submit(HomeProcess.start, HOME_LIMITS)

    async def take(self) -> HomeProcess:
        """Return a started process, and start the one after it.

        Raises:
            SandboxError: it could not be started.
        """
        self.warm()
        assert self._next is not None
        ready, self._next = self._next, None
        process = await asyncio.wrap_future(ready)
        self.warm()
        return process

    def close(self) -> None:
        """End the waiting process."""
        if self._next is not None:
            self._next.add_done_callback(_kill_ready)
        self._executor.shutdown(wait=True)


def _kill_ready(ready: "Future[HomeProcess]") -> None:
    if not ready.cancelled() and ready.exception() is None:
        ready.result().kill()


class _Home:
    """The home process with a thread of its own for its blocking calls."""

    def __init__(self, process: HomeProcess, request: JobRequest, job: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"home-{job[:8]}")
        self._process = process
        self.arguments = (request.path, *request.arguments)

    async def call(self, function: Callable[[HomeProcess], T]) -> T:
        """Run a blocking call of the process in its thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, function, self._process)

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._executor.shutdown(wait=False)


class _Session:
    """One start of one program: counts its home calls and holds its loop runs."""

    def __init__(
        self,
        runner: JobRunner,
        request: JobRequest,
        job: str,
        program: Program,
        home: _Home,
        report: Report,
    ) -> None:
        self._runner = runner
        self._request = request
        self._job = job
        self._program = program
        self._home = home
        self._report = report
        self._calls = 0
        self._runs: dict[int, LoopRun] = {}
        self._summaries: dict[int, dict[str, object]] = {}

    async def serve(self, log: Output) -> JobOutcome:
        """Serve the program's calls until it ends."""
        log.restart()
        profile = home_profile(HOME_MEMORY_BYTES)
        await self._home.call(lambda home: home.run(self._program.home, profile))
        while True:
            call = await self._home.call(lambda home: home.receive())
            if isinstance(call, Exited):
                await self._close_runs()
                return self._outcome(call)
            await self._serve(call, log)

    async def _serve(self, call: HomeCall, log: Output) -> None:
        match call:
            case Printed(descriptor=descriptor, text=text):
                await log.append("stderr" if descriptor == STDERR else "stdout", text)
            case ArgsAsked():
                await self._home.call(lambda home: home.reply_args(self._home.arguments))
            case TimeAsked():
                self._calls += 1
                time_ns = await self._runner.journalled(self._job, self._calls, time.monotonic_ns())
                await self._home.call(lambda home: home.reply_time(time_ns))
            case Distribute():
                number = await self._distribute(call)
                await self._home.call(lambda home: home.reply_run(number))
            case NextAsked(run=run):
                tape = await self._run(run).next()
                await self._home.call(
                    lambda home: home.reply_chunk(tape.iterations, tape.iterations_done, tape.tape)
                )
            case Closed(run=run):
                await self._close_run(run)
            case Exited():
                raise AssertionError("the loop above ends at Exited")
            case _:
                assert_never(call)

    async def _distribute(self, call: Distribute) -> int:
        ordinal = len(self._summaries)
        request = LoopRequest(
            job=self._job,
            ordinal=ordinal,
            program=self._program,
            arguments=self._home.arguments,
            loop=call.loop,
            iterations=call.count,
            captures=call.captures,
            options=self._request.options,
        )
        run = await self._runner.open_run(request, self._report)
        self._summaries[ordinal] = {}
        if run is None:
            return -1
        self._runs[ordinal] = run
        return ordinal

    def _run(self, run: int) -> LoopRun:
        if run not in self._runs:
            raise NodeError(
                f"the program asked for loop run {run}, which is not open", ExitCode.INTERNAL
            )
        return self._runs[run]

    async def _close_run(self, run: int) -> None:
        loop_run = self._runs.pop(run, None)
        if loop_run is not None:
            await loop_run.close()
            self._summaries[run] = loop_run.summary()

    async def _close_runs(self) -> None:
        for run in list(self._runs):
            await self._close_run(run)

    def _outcome(self, call: Exited) -> JobOutcome:
        summary: dict[str, object] = {"loop_runs": [s for s in self._summaries.values() if s]}
        if call.trap is None:
            return JobOutcome(state="done", exit_code=call.code, summary=summary)
        message = f"the program was stopped: {call.trap}"
        return JobOutcome(
            state="failed", exit_code=ExitCode.JOB_FAILED, message=message, summary=summary
        )

    async def close(self) -> None:
        self._home.kill()
        await self._close_runs()
