"""Running a program without a daemon: on this machine's cores, with nothing stored and nobody asked."""

import asyncio
from dataclasses import asdict
from pathlib import Path

from meshnode.node.compile_service import CompileService
from meshnode.node.config import Config, load_config
from meshnode.node.data_directory import open_data_directory
from meshnode.node.dcp.outbound import ChosenRuns, DcpParts, DcpRuns
from meshnode.node.exit_code import ExitCode
from meshnode.node.job_runner import JobOutcome, JobRunner
from meshnode.node.job_store import JobStore
from meshnode.node.limits import SLICE_WALL_MS_MAX
from meshnode.node.local_runs import LocalRuns
from meshnode.node.loop_runs import Progress
from meshnode.node.options import JobRequest
from meshnode.node.output_log import Stream
from meshnode.node.run_command import Display, Say, write_all
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.sandbox import ChildLimits

DESCRIPTORS: dict[Stream, int] = {"stdout": 1, "stderr": 2}


class _Terminal:
    """Passes output straight through; there is no restart to keep it for."""

    def restart(self) -> None:
        """Begin; nothing was printed yet."""

    async def append(self, stream: Stream, data: bytes) -> None:
        """Write to our own stdout or stderr."""
        write_all(DESCRIPTORS[stream], data)


def run_embedded(request: JobRequest, root: Path, display: Display) -> int:
    """Run a program and return the exit code to end with.

    Raises:
        NodeError: the data directory cannot be used.
    """
    directory = open_data_directory(root)
    config = load_config(directory.root)
    return asyncio.run(_run(request, directory.cache, config, display))


async def _run(request: JobRequest, cache: Path, config: Config, display: Display) -> int:
    thread = StoreThread()
    compiler = CompileService(cache)
    pool = SlicePool(config.cores, ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=0))

    def report(state: Progress) -> None:
        display.progress({"event": "progress"} | asdict(state))

    store = await thread.call(lambda: JobStore(":memory:"))
    dcp = DcpParts(pool=pool, jobs=store, thread=thread, config=config)
    runner = JobRunner(compiler, store, thread, ChosenRuns(LocalRuns(pool), DcpRuns(dcp)))
    runner.warm()
    try:
        outcome = await runner.run(request, "embedded", _Terminal(), report)
    finally:
        runner.close()
        pool.close()
        await compiler.close()
        thread.close()
    display.summary(
        {
            "job": None,
            "state": outcome.state,
            "exit_code": outcome.exit_code,
            "message": outcome.message,
            "summary": outcome.summary,
        }
    )
    return _code(outcome, display.say)


def _code(outcome: JobOutcome, say: Say) -> int:
    if outcome.message:
        say(outcome.message)
    return ExitCode.JOB_FAILED if outcome.exit_code is None else outcome.exit_code
