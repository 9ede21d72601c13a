"""Whose turn it is: a bound on batches at once, of all clients and of each, first come first served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


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
