"""Opening a SQLite file of the daemon, and telling its errors in one sentence; it knows no tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from meshnode.node.errors import StorageError

SqlitePath = Path | Literal[":memory:"]


def open_file(path: SqlitePath, schema: str) -> sqlite3.Connection:
    """Open or create a file whose commits survive any kill (WAL, synchronous=FULL), used from the store thread.

    Raises:
        StorageError: the disk is full, or the file is locked or damaged.
    """
    with told(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(schema)
    return connection


@contextmanager
def told(path: SqlitePath) -> Iterator[None]:
    """Turn SQLite's errors into a StorageError with one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as err:
        text = str(err)
        if "full" in text:
            raise StorageError(
                f"the disk that holds {path} is full; free some space and try again"
            ) from err
        if "locked" in text:
            raise StorageError(f"{path} is used by another program; stop that first") from err
        raise StorageError(f"{path} is damaged ({text}); restore it from a backup") from err
