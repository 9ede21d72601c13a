"""The data directory: where it is, what lies in it, and that one daemon at a time uses it."""

import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from meshnode.node.errors import DataDirectoryError, StorageError
from meshnode.node.exit_code import ExitCode

SOCKET_PATH_BYTES_MAX = 107
"""`sun_path` of unix(7) has 108 bytes with its final zero."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The paths in one node's data directory."""

    root: Path

    @property
    def socket(self) -> Path:
        """The control API's Unix socket."""
        return self.root / "control.sock"

    @property
    def jobs(self) -> Path:
        """The job store (SQLite)."""
        return self.root / "jobs.sqlite"

    @property
    def ledger(self) -> Path:
        """The ledger (SQLite)."""
        return self.root / "ledger.sqlite"

    @property
    def output(self) -> Path:
        """Folder of the jobs' stdout and stderr."""
        return self.root / "output"

    @property
    def blobs(self) -> Path:
        """Folder of the blob store."""
        return self.root / "blobs"

    @property
    def cache(self) -> Path:
        """Folder of what can be computed again: compiled programs, native code, the parsed prelude."""
        return self.root / "cache"

    @property
    def log(self) -> Path:
        """The daemon's log when it is detached."""
        return self.root / "daemon.log"


def open_data_directory(root: Path) -> DataDirectory:
    """Create the directory (mode 0700) with its folders.

    Raises:
        DataDirectoryError: it cannot be created or written, or its path is too long for a socket.
    """
    directory = DataDirectory(root.expanduser().absolute())
    if len(os.fsencode(directory.socket)) > SOCKET_PATH_BYTES_MAX:
        raise DataDirectoryError(
            f"the data directory's path {directory.root} is too long for a socket; choose a shorter one",
            ExitCode.USAGE,
        )
    try:
        for folder in (directory.root, directory.output, directory.cache):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as err:
        raise storage_error(err, directory.root) from err
    return directory


def storage_error(err: OSError, path: Path) -> StorageError:
    """Tell a failed file operation in one sentence."""
    if err.errno == errno.ENOSPC:
        return StorageError(f"the disk that holds {path} is full; free some space and try again")
    return StorageError(f"{path} cannot be written: {err.strerror}; choose another with --data-dir")


class DirectoryLock:
    """Exclusive use of a data directory, until `release` or the process's end (flock(2))."""

    def __init__(self, directory: DataDirectory) -> None:
        path = directory.root / "lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as err:
            raise storage_error(err, path) from err
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise DataDirectoryError(
                f"the data directory {directory.root} is in use by another daemon; "
                "`meshnode stop` ends it, or choose another with --data-dir",
                ExitCode.DATA_DIRECTORY_IN_USE,
            ) from None

    def release(self) -> None:
        """Let another daemon have the directory."""
        os.close(self._file)
