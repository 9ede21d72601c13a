"""Blobs on disk: files named by id, within a bound in bytes; the one unused for longest makes room.

Its methods block on the disk; `blobs` calls them in threads. A blob that is being fetched is a folder of pieces, so a
fetch that was broken off goes on where it stood, whoever serves the rest.
"""

import os
import shutil
import threading
import time
from pathlib import Path

from meshnode.node.data_directory import storage_error
from meshnode.protocol.limits import BLOB_PIECE_BYTES
from meshnode.protocol.merkle import blob_id, leaf_hash
from meshnode.protocol.values import Hash

_PARTIAL = ".part"


class BlobStore:
    """The blobs of one data directory; safe to call from several threads."""

    def __init__(self, folder: Path, bytes_max: int) -> None:
        """Open a folder, making it if need be.

        Raises:
            StorageError: it cannot be made.
        """
        self._folder = folder
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left_over in folder.glob("*.new"):
                left_over.unlink()
        except OSError as err:
            raise storage_error(err, folder) from err

    def has(self, blob: Hash) -> bool:
        """Tell whether a blob is here, whole."""
        return self._path(blob).exists()

    def size(self, blob: Hash) -> int | None:
        """Tell a blob's size, or None when it is not here."""
        try:
            return self._path(blob).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, data: bytes) -> Hash:
        """Store a blob, making room for it, and return its id.

        Raises:
            StorageError: the disk is full.
        """
        blob = blob_id(data)
        self._write(self._path(blob), data)
        self._make_room(blob)
        return blob

    def get(self, blob: Hash) -> bytes | None:
        """Read a blob, or give None when it is not here or was damaged on disk (then it is removed)."""
        path = self._path(blob)
        try:
            data = path.read_bytes()
            _touch(path)
        except FileNotFoundError:
            return None
        if blob_id(data) != blob:
            path.unlink(missing_ok=True)
            return None
        return data

    def piece(self, blob: Hash, index: int) -> bytes | None:
        """Read one piece of a blob, or give None when there is no such piece. Its reader checks it."""
        path = self._path(blob)
        try:
            with path.open("rb") as file:
                file.seek(index * BLOB_PIECE_BYTES)
                data = file.read(BLOB_PIECE_BYTES)
            _touch(path)
        except FileNotFoundError:
            return None
        return data or None

    # Fetching

    def add_piece(self, blob: Hash, index: int, data: bytes) -> None:
        """Keep one checked piece of a blob that is being fetched."""
        folder = self._partial(blob)
        folder.mkdir(mode=0o700, exist_ok=True)
        self._write(folder / str(index), data)

    def pieces_here(self, blob: Hash, pieces: tuple[Hash, ...]) -> frozenset[int]:
        """Tell which pieces of a blob that is being fetched are here and whole."""
        folder = self._partial(blob)
        if not folder.exists():
            return frozenset()
        here: set[int] = set()
        for index, piece in enumerate(pieces):
            path = folder / str(index)
            if path.exists() and leaf_hash(path.read_bytes()) == piece:
                here.add(index)
        return frozenset(here)

    def finish(self, blob: Hash, count: int) -> bytes:
        """Put the pieces together to the whole blob, store and return it.

        Raises:
            StorageError: the disk is full.
        """
        folder = self._partial(blob)
        data = b"".join((folder / str(index)).read_bytes() for index in range(count))
        assert blob_id(data) == blob, "each piece was checked on arrival"
        self._write(self._path(blob), data)
        shutil.rmtree(folder, ignore_errors=True)
        self._make_room(blob)
        return data

    # Disk

    def _path(self, blob: Hash) -> Path:
        return self._folder / blob.hex()

    def _partial(self, blob: Hash) -> Path:
        return self._folder / (blob.hex() + _PARTIAL)

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all."""
        new_path = path.with_name(f"{path.name}.{threading.get_ident()}.new")
        try:
            with new_path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new_path.replace(path)
            _touch(path)
        except OSError as err:
            new_path.unlink(missing_ok=True)
            raise storage_error(err, path) from err

    def _make_room(self, keep: Hash) -> None:
        """Remove what was unused for longest until the rest is within the bound; never the one just stored."""
        with self._lock:
            uses = [_use(path) for path in self._folder.iterdir()]
            total = sum(size for _, size, _ in uses)
            for _, size, path in sorted(uses):
                if total <= self._bytes_max:
                    return
                if path.name == keep.hex():
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
                total -= size


def _touch(path: Path) -> None:
    """Note that a file is used now, more exactly than the kernel's clock of some milliseconds would."""
    now_ns = time.time_ns()
    os.utime(path, ns=(now_ns, now_ns))


def _use(path: Path) -> tuple[int, int, Path]:
    """Tell when an entry was last used, and its size."""
    try:
        status = path.stat()
        if not path.is_dir():
            return status.st_mtime_ns, status.st_size, path
        size = sum(piece.stat().st_size for piece in path.iterdir())
    except FileNotFoundError:  # another thread removed it
        return 0, 0, path
    return status.st_mtime_ns, size, path
