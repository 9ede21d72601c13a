"""The one thread in which SQLite is used; the daemon's event loop never waits for a disk itself."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class StoreThread:
    """Carries out store calls one after another, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def call(self, function: Callable[[], T]) -> T:
        """Run `function` in the thread and return its result, or raise what it raises.

        A caller that is cancelled does not undo the call: what was asked for is carried out.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Carry out what was asked for and end the thread."""
        self._executor.shutdown(wait=True)
