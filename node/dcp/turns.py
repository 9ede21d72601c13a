"""Whose turn it is: a bound on batches at once, of all clients and of each, first come first served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.sandbox import ChunkOutcome


class Turns:
    """Gives turns by owner; an owner with many jobs leaves turns for the others."""

    def __init__(self, at_once: int, per_owner: int) -> None:
        assert 0 < per_owner <= at_once
        self._all = asyncio.Semaphore(at_once)
        self._per_owner = per_owner
        self._owners: dict[str, tuple[asyncio.Semaphore, int]] = {}
        """Semaphore and the number of those who have or await a turn."""

    @asynccontextmanager
    async def turn(self, owner: str) -> AsyncIterator[None]:
        """Wait for a turn of this owner's and of all, and keep it while in the context."""
        semaphore, users = self._owners.get(owner, (asyncio.Semaphore(self._per_owner), 0))
        self._owners[owner] = (semaphore, users + 1)
        try:
            async with semaphore, self._all:
                yield
        finally:
            semaphore, users = self._owners[owner]
            if users == 1:
                del self._owners[owner]
            else:
                self._owners[owner] = (semaphore, users - 1)


class ClientCores:
    """The gateway's own cores, as one of its clients has them: in turns with the others."""

    def __init__(self, pool: SlicePool, turns: Turns, owner: str) -> None:
        self._pool = pool
        self._turns = turns
        self._owner = owner
        self.cores = pool.cores

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        """Run iterations when it is the client's turn, as `SlicePool.run`."""
        async with self._turns.turn(self._owner):
            return await self._pool.run(work, start, stop, operations_max)
