"""Watches the owner's use of the machine, and pauses work for others within a second of it."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from meshnode.node.config import Config
from meshnode.node.idle import CALM_S, SAMPLE_EVERY_S, Contribution, MachineUse, contribution
from meshnode.node.slice_pool import SlicePool
from meshnode.protocol.worker_events import WorkerPolicy

logger = logging.getLogger(__name__)


class Contributing:
    """Watches the owner's use of the machine, and pauses the worker within a second."""

    def __init__(
        self,
        config: Config,
        pool: SlicePool,
        tell: Callable[[WorkerPolicy], None],
        policy: WorkerPolicy,
        sample: Callable[[], MachineUse],
    ) -> None:
        """`sample` tells the machine's use since it was called before (`IdleWatch.sample`); it may block."""
        self._config = config
        self._pool = pool
        self._tell = tell
        self._policy = policy
        self._sample = sample
        self.now = Contribution(may_work=config.contribute == "always", reason="just started")

    async def serve(self) -> None:
        """Sample until cancelled. A pause is at once; work is taken up again after CALM_S without a reason to pause."""
        self._apply(await self._look())
        if self._config.contribute != "idle":
            return  # nothing that could be seen would change it, and looking costs a hundredth of a core
        calm_since_s = time.monotonic()
        while True:
            await asyncio.sleep(SAMPLE_EVERY_S)
            now = await self._look()
            if not now.may_work:
                calm_since_s = time.monotonic()
            is_calm = time.monotonic() - calm_since_s >= CALM_S
            if now.may_work == self.now.may_work or (now.may_work and not is_calm):
                continue
            self._apply(now)

    async def _look(self) -> Contribution:
        """Decide by a sample; it reads a file for each process, for which the control API should not wait."""
        return contribution(self._config, await asyncio.to_thread(self._sample))

    def _apply(self, now: Contribution) -> None:
        logger.info("event=contribution may_work=%s reason=%r", now.may_work, now.reason)
        if now.may_work:
            self._pool.resume()
        else:
            self._pool.pause()
        cores = self._config.cores if now.may_work else 0
        self._tell(replace(self._policy, cores=cores))
        self.now = now
