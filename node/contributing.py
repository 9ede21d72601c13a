"""Watches the owner's use of the machine, and pauses work for others within a second of it."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

from meshnode.node.config import Config
from meshnode.node.idle import CALM_S, SAMPLE_EVERY_S, Contribution, MachineUse, contribution
from meshnode.node.limits import SLICE_MEMORY_BYTES_MIN
from meshnode.node.slice_pool import SlicePool
from meshnode.protocol.values import PROFILE, PROFILE_JAVASCRIPT, PROFILE_PYTHON, IdentityId
from meshnode.protocol.worker_events import WorkerPolicy
from meshnode.sandbox import MEMORY_BYTES_MAX, OPERATIONS_MAX, OUTPUT_BYTES_MAX

logger = logging.getLogger(__name__)

OPERATIONS_PER_S_GUESS = 1_000_000_000
"""Of one core, until a chunk was measured."""


def worker_policy(identity: IdentityId, config: Config) -> WorkerPolicy:
    """Return what this node computes for others; no core is lent before the owner's use was looked at."""
    return WorkerPolicy(
        identity=identity,
        cores=0,
        operations_per_s=OPERATIONS_PER_S_GUESS,
        price=config.price_per_giga,
        memory_bytes_max=_lent_memory_bytes(config),
        tape_bytes_max=OUTPUT_BYTES_MAX,
        operations_max=OPERATIONS_MAX,
        trusted=frozenset(config.trusted),
        refused=frozenset(),
        profiles=_profiles(config),
    )


def _profiles(config: Config) -> frozenset[int]:
    """Name the kinds of slices that this node computes for others."""
    kinds = {PROFILE}
    if config.javascript:
        kinds |= {PROFILE_JAVASCRIPT}
        kinds |= {PROFILE_PYTHON} if config.pyodide else set()
    return frozenset(kinds)


def _lent_memory_bytes(config: Config) -> int:
    """Bound a foreign module's memory: all cores' modules together take half of the machine's at most."""
    share = int(psutil.virtual_memory().total) // (2 * config.cores)
    return min(MEMORY_BYTES_MAX, max(share, SLICE_MEMORY_BYTES_MIN))


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
