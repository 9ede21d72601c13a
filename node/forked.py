"""Runs work in a copy of this process, at the same time; for a process of one thread, as the compile child is."""

import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

IS_POSSIBLE = hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def forked(work: Callable[[], bytes]) -> Callable[[], bytes]:
    """Begin work in a copy of this process; gives what waits for its result.

    If the copy fails, for whatever reason, the work is done here, so that whatever it raises is raised here.
    """
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        _work_and_end(work, reading, writing)
    os.close(writing)

    def wait() -> bytes:
        with os.fdopen(reading, "rb") as stream:
            result = stream.read()
        _, status = os.waitpid(copy, 0)
        return result if status == 0 else work()

    return wait


def _work_and_end(work: Callable[[], bytes], reading: int, writing: int) -> None:
    """Do the work in the copy, which ends here: nothing of the original's may run in it."""
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            stream.write(work())
        status = 0
    finally:
        os._exit(status)
