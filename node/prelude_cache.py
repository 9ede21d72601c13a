"""Reads the prelude's sources from the package, and keeps what was made of them in a cache folder.

That is their parsed form, the checked form of what programs reached of them, and the code of what they share, all in
MessagePack under the hash of everything that decides them. Whatever cannot be read is made again.
"""

import contextlib
import functools
import hashlib
import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from meshnode.compiler.library import Prelude
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_module
from meshnode.node.sealed_file import read_sealed, write_sealed

KEPT_VERSIONS_MAX = 2
"""Versions of the compiler whose files are kept: two installations may share a folder."""
KEPT_UNITS_MAX = 1000
"""Programs of all kinds together need a few hundred."""


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


class PreludeCache:
    """The files of one version of the compiler in a folder."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._version = fingerprint[:16]
        self._units_kept = 0
        self._checked_kept = 0

    def load(self) -> Prelude:
        """Give the prelude with what is known of it."""
        units: dict[str, msgspec.Raw] = {}
        content = read_sealed(self._path("units"))
        if content is not None:
            units = msgspec.msgpack.decode(content, type=dict[str, msgspec.Raw])
        self._units_kept = len(units)
        prelude = Prelude(self._trees(), units, read_sealed(self._path("checked")))
        self._checked_kept = prelude.remembered_count()
        return prelude

    def keep(self, prelude: Prelude) -> None:
        """Write what was added since it was loaded."""
        units = prelude.units.encoded
        if len(units) != self._units_kept:
            self._units_kept = len(units)
            newest = dict(list(units.items())[-KEPT_UNITS_MAX:])
            self._write("units", msgspec.msgpack.encode(newest))
        if prelude.remembered_count() != self._checked_kept:
            self._checked_kept = prelude.remembered_count()
            self._write("checked", prelude.encode())

    def _trees(self) -> tuple[tree.Module, ...]:
        content = read_sealed(self._path("prelude"))
        if content is not None:
            return msgspec.msgpack.decode(content, type=tuple[tree.Module, ...])
        trees = _parse()
        self._write("prelude", msgspec.msgpack.encode(trees))
        return trees

    def _path(self, kind: str) -> Path:
        return self._folder / f"{kind}-{self._version}"

    def _write(self, kind: str, content: bytes) -> None:
        """Write a file, and remove those of old versions; a full disk makes the next start slower, no more."""
        with contextlib.suppress(OSError):
            write_sealed(self._path(kind), content)
            versions = self._folder.glob(f"{kind}-*")
            kept = sorted(versions, key=lambda entry: entry.stat().st_mtime)
            for oldest in kept[:-KEPT_VERSIONS_MAX]:
                oldest.unlink(missing_ok=True)


def load_prelude() -> Prelude:
    """Give the prelude without a cache."""
    return Prelude(_parse())


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
