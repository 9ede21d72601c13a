"""Reads the prelude's sources from the package, and keeps their parsed form in a cache folder.

The cache is MessagePack of the trees under the hash of everything that decides them; whatever
cannot be decoded is parsed again.
"""

import contextlib
import functools
import hashlib
import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_module
from meshnode.node.atomic_file import write_atomically


def compiler_fingerprint() -> str:
    """Hash the compiler and the prelude: programs compiled by other versions are not reused."""
    digest = hashlib.sha256()
    for name, content in _sources(importlib.resources.files("meshnode.compiler")):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Give the name and content of every source file in a folder and in those below it."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".mojo")):
            yield prefix + entry.name, entry.read_bytes()
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry, f"{prefix}{entry.name}/")


def load_prelude(cache: Path | None, fingerprint: str) -> tuple[tree.Module, ...]:
    """Give the parsed prelude; `cache` is a folder, None to parse without one."""
    path = None if cache is None else cache / f"prelude-{fingerprint[:16]}"
    if path is not None:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.msgpack.decode(path.read_bytes(), type=tuple[tree.Module, ...])
    trees = _parse()
    if path is not None:
        with contextlib.suppress(OSError):
            write_atomically(path, msgspec.msgpack.encode(trees))
    return trees


@functools.cache
def _parse() -> tuple[tree.Module, ...]:
    folder = importlib.resources.files("meshnode.compiler") / "prelude"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".mojo")),
        key=lambda entry: entry.name,
    )
    return tuple(
        parse_module(entry.read_text(encoding="utf-8"), f"prelude/{entry.name}") for entry in files
    )
