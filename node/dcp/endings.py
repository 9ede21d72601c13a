"""How a client hears of a job's end, for certain: after all results, and again until it has heeded it."""

import asyncio
from functools import partial

from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.store import DcpStore
from meshnode.node.dcp.telling import FINISHED, Ended, Teller
from meshnode.node.store_thread import StoreThread

RESULTS_TOGETHER = 256
"""Results that are read from the store in one go when they are told late."""
FULL_QUEUE_S = 0.05
STOP_REPEATED_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Pauses; a client unsubscribes a second after it has heeded a job's end."""


class Endings:
    """Tells the ends of jobs."""

    def __init__(
        self,
        store: DcpStore,
        thread: StoreThread,
        subscriptions: Subscriptions,
        teller: Teller,
    ) -> None:
        self._store = store
        self._thread = thread
        self._subscriptions = subscriptions
        self._teller = teller
        self._telling: dict[str, asyncio.Event] = {}
        """Jobs whose end is being told, with what ends the pause before it is told again."""

    def tell(self, group: asyncio.TaskGroup | None, job: str, ended: Ended) -> None:
        """Tell a job's end in a task of its own; one that is being told already is told again at once."""
        if job in self._telling:
            self._telling[job].set()
        elif group is not None:
            self._telling[job] = asyncio.Event()
            telling = group.create_task(self._tell_end_often(job, ended))
            telling.add_done_callback(lambda _: self._telling.pop(job, None))

    async def _tell_end_often(self, job: str, ended: Ended) -> None:
        """Tell a job's end after its results, and again: a client does not heed it before its uploads are answered."""
        for pause_s in (0.0, *STOP_REPEATED_S):
            await self._pause(self._telling[job], pause_s)
            if not self._subscriptions.is_wanted(job, "stop"):
                return
            if ended.end == FINISHED:
                await self._tell_results(job, ended.total)
            self._teller.tell_stop(job, ended)

    @staticmethod
    async def _pause(over: asyncio.Event, pause_s: float) -> None:
        try:
            async with asyncio.timeout(pause_s):
                await over.wait()
        except TimeoutError:
            return
        over.clear()

    async def _tell_results(self, job: str, total: int) -> None:
        """Tell results that a subscriber was not told, as fast as its session takes them."""
        due = self._subscriptions.results_due(job, range(1, total + 1))
        for at in range(0, len(due), RESULTS_TOGETHER):
            part = due[at : at + RESULTS_TOGETHER]
            values = await self._thread.call(partial(self._store.values, job, part))
            for number, value in values:
                while not self._teller.tell_value(job, number, value):  # noqa: ASYNC110  a queue tells nobody that it drains
                    await asyncio.sleep(FULL_QUEUE_S)
