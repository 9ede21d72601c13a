"""The image of a started Python: made once for a directory of files, and kept beside them.

`python -m meshnode.sandbox.javascript.pyodide_image DIR` makes it; without it every child process
that runs Python jobs spends the seconds of a first start.
"""

import hashlib
import os
import sys
from pathlib import Path

import msgspec

from meshnode.sandbox.javascript.pyodide_files import DIGESTS

_NAME = "meshnode.image"


class PyodideImage(msgspec.Struct, frozen=True, array_like=True):
    """What a context starts from."""

    key: bytes
    """Of what the image was made from: another version of this package needs another image."""
    journal: str
    """JSON of the order in which libraries were linked (pyodide.js)."""
    memory: bytes
    """Pyodide's own form of a snapshot."""


_images = msgspec.msgpack.Decoder(PyodideImage)


def image_key(scripts: str) -> bytes:
    """Digest what an image follows from: our scripts, and the files."""
    parts = [scripts, *(f"{name} {digest}" for name, digest in sorted(DIGESTS.items()))]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def read_image(directory: Path, key: bytes) -> PyodideImage | None:
    """Read the directory's image; None if there is none, or one of another version."""
    try:
        image = _images.decode((directory / _NAME).read_bytes())
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    return image if image.key == key else None


def write_image(directory: Path, image: PyodideImage) -> None:
    """Keep an image in the directory; two writers do not disturb each other. Raises OSError."""
    temporary = directory / f"{_NAME}.{os.getpid()}"
    temporary.write_bytes(msgspec.msgpack.encode(image))
    temporary.replace(directory / _NAME)


def main() -> None:
    """Make the image of the directory that the command line names."""
    # Here, for the runtime imports this module too, and only this command needs it.
    from meshnode.sandbox.javascript.pyodide_runtime import PyodideRuntime

    directory = Path(sys.argv[1])
    runtime = PyodideRuntime(directory)
    write_image(directory, runtime.prepare())


if __name__ == "__main__":
    main()
