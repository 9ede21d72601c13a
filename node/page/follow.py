"""Follows one job for the page: what it prints, how far it is, and its runs' chunks, in one stream."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.jobs import Jobs
from meshnode.node.output_log import Stream
from meshnode.node.page.limits import RUNS_WATCHED_MAX, WATCH_EVERY_MS, WATCH_SHARE
from meshnode.node.page.watch import Picture, RunFrame, RunWatch, picture_json
from meshnode.protocol.values import RunId

logger = logging.getLogger(__name__)

Send = Callable[[JsonObject], Awaitable[None]]
"""Passes one event on; waits while the reader is slow."""


async def follow(
    jobs: Jobs, watch: RunWatch | None, job: str, offsets: dict[Stream, int], send: Send
) -> None:
    """Send a job's events, with `chunks` events among them, until it has ended.

    Raises:
        ExceptionGroup: of what `send` raised, when the reader went away.
    """
    turn = asyncio.Lock()

    async def send_whole(event: JsonObject) -> None:
        async with turn:
            await send(event)

    async with asyncio.TaskGroup() as group:
        watcher = watching = None
        if watch is not None:
            watcher = JobWatcher(watch, job)
            watching = group.create_task(_look_often(watcher, send_whole))
        async for event in jobs.events(job, offsets):
            if event["event"] == "ended" and watcher is not None and watching is not None:
                watching.cancel()
                await asyncio.wait({watching})
                for last in await watcher.look_last(event):
                    await send_whole(last)
            await send_whole(event)


async def _look_often(watcher: "JobWatcher", send: Send) -> None:
    """Look until cancelled; the more a look costs, the longer is the wait for the next."""
    while True:
        started_s = time.monotonic()
        events = await watcher.look()
        spent_s = time.monotonic() - started_s
        for event in events:
            await send(event)
        await asyncio.sleep(max(WATCH_EVERY_MS / 1000, (WATCH_SHARE - 1) * spent_s))


class JobWatcher:
    """Knows what one reader has been told of a job's runs, and finds what is new."""

    def __init__(self, watch: RunWatch, job: str) -> None:
        self._watch = watch
        self._job = job
        self._told: dict[RunId, Picture] = {}
        """The last pictures of the newest runs, RUNS_WATCHED_MAX at most."""
        self._complete: set[RunId] = set()
        """Runs of which all chunks are final: they are not looked at again before the job's end."""

    async def look(self) -> list[JsonObject]:
        """Return an event for each run that has changed."""
        try:
            frames = await self._watch.frames(self._job)
            going = [frame for frame in frames if frame.run not in self._complete]
            return [
                event
                for frame in going[:RUNS_WATCHED_MAX]
                for event in self._tell(await self._watch.picture(frame))
            ]
        except NodeError as err:
            return self._cannot(err)

    async def look_last(self, ended: JsonObject) -> list[JsonObject]:
        """Return what is new of the last runs that an ended job's summary names, also of such as were never seen.

        Some runs are quicker than a look, and payments come at the end. Results that are forgotten
        already are not shown: what was told of them stays.
        """
        events: list[JsonObject] = []
        try:
            for frame in self._last_frames(ended):
                now = await self._watch.picture(frame)
                if any(cell.state == "final" for cell in now.cells.values()):
                    events += self._tell(now)
        except NodeError as err:
            return events + self._cannot(err)
        return events

    def _last_frames(self, ended: JsonObject) -> list[RunFrame]:
        frames: list[RunFrame] = []
        for run, chunks in _runs_of(ended)[-RUNS_WATCHED_MAX:]:
            told = self._told.get(run)
            frame = self._watch.frame(run, chunks) if told is None else told.frame
            if frame is not None:
                frames.append(frame)
        return frames

    def _tell(self, now: Picture) -> list[JsonObject]:
        run = now.frame.run
        change = picture_json(now, self._told.pop(run, None))
        self._told[run] = now
        while len(self._told) > RUNS_WATCHED_MAX:
            del self._told[next(iter(self._told))]
        if now.is_complete:
            self._complete.add(run)
        return [] if change is None else [{"event": "chunks"} | change]

    def _cannot(self, err: NodeError) -> list[JsonObject]:
        logger.warning("event=page_cannot_look job=%s reason=%r", self._job[:8], str(err))
        return []


def _runs_of(ended: JsonObject) -> Sequence[tuple[RunId, int]]:
    """Name the loop runs of an ended job with their numbers of chunks, in their order."""
    summary = ended.get("summary")
    runs = summary.get("loop_runs") if isinstance(summary, dict) else None
    if not isinstance(runs, list):
        return ()
    return [
        (RunId(bytes.fromhex(str(run["run"]))), int(run["chunks"]))
        for run in runs
        if isinstance(run, dict) and "run" in run
    ]
