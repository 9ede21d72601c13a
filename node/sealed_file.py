"""Files that tell whether they are as they were written: their content behind its hash."""

import contextlib
import hashlib
from pathlib import Path

from meshnode.node.atomic_file import write_atomically

_DIGEST_BYTES = 32


def read_sealed(path: Path) -> bytes | None:
    """Read a file's content; None if it is missing, cannot be read, or is damaged."""
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST_BYTES:]).digest() == content[:_DIGEST_BYTES]:
            return content[_DIGEST_BYTES:]
    return None


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(path, hashlib.sha256(content).digest() + content)
