"""A job's stdout and stderr as append-only files, with readers that wait for more.

A restarted program prints the same bytes again from the start (everything that it is told is journalled), so what is
already in the file is skipped by offset and never written twice.
"""

import asyncio
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from meshnode.node.data_directory import storage_error

Stream = Literal["stdout", "stderr"]

READ_BYTES_MAX = 1 << 16
"""Bytes that one read returns at most; one event of the control API."""


class Output(Protocol):
    """Where a running program's output goes."""

    def restart(self) -> None:
        """Note that the program starts again from its beginning."""
        ...

    async def append(self, stream: Stream, data: bytes) -> None:
        """Take the program's next bytes."""
        ...


class OutputLog:
    """Both output streams of one job. `append` and `read` belong to the asyncio thread."""

    def __init__(self, folder: Path, job: str) -> None:
        self._paths: dict[Stream, Path] = {
            "stdout": folder / f"{job}.stdout",
            "stderr": folder / f"{job}.stderr",
        }
        self._files: dict[Stream, BinaryIO] = {}
        self._produced: dict[Stream, int] = {"stdout": 0, "stderr": 0}
        self._changed = asyncio.Condition()
        self.version = 0
        """Counts the changes; read it before reading the rest, and wait for another."""

    def size(self, stream: Stream) -> int:
        """Return the bytes stored so far."""
        path = self._paths[stream]
        return path.stat().st_size if path.exists() else 0

    def restart(self) -> None:
        """Note that the program starts again from its beginning."""
        self._produced = {"stdout": 0, "stderr": 0}

    async def append(self, stream: Stream, data: bytes) -> None:
        """Take the program's next bytes; those that are stored from an earlier start are skipped.

        Raises:
            StorageError: the disk is full.
        """
        stored = self.size(stream)
        offset = self._produced[stream]
        self._produced[stream] = offset + len(data)
        fresh = data[max(0, stored - offset) :]
        if not fresh:
            return
        try:
            if stream not in self._files:
                self._files[stream] = self._paths[stream].open("ab", buffering=0)
            self._files[stream].write(fresh)
        except OSError as err:
            raise storage_error(err, self._paths[stream]) from err
        await self.notify()

    async def notify(self) -> None:
        """Wake every reader; also called when the job's state changes."""
        async with self._changed:
            self.version += 1
            self._changed.notify_all()

    async def wait(self, seen_version: int, timeout_s: float) -> None:
        """Wait, at most `timeout_s`, until there was a change after `seen_version`."""
        async with self._changed:
            try:
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: self.version != seen_version), timeout_s
                )
            except TimeoutError:
                return

    def read(self, stream: Stream, offset: int) -> bytes:
        """Return at most READ_BYTES_MAX stored bytes from `offset` on; empty if there are no more yet."""
        path = self._paths[stream]
        if not path.exists():
            return b""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(READ_BYTES_MAX)

    def close(self) -> None:
        """Close the files; appending again opens them again."""
        for file in self._files.values():
            file.close()
        self._files.clear()
