"""The golden programs: sources beside what the real compiler's build of them printed.

`oracle.sh` makes the expected outputs; `oracle.sums` ties each to its source's hash and holds the exit code.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

ARGUMENTS = ("program", "one", "two words", "drei")
"""What `oracle.sh` gives to every program."""


@dataclass(frozen=True)
class Golden:
    """One program and what it must do."""

    name: str
    """Path below this folder, without `.mojo`."""
    source: str
    stdout: bytes
    exit_code: int
    is_current: bool
    """Does the expected output belong to this very source?"""


def golden_programs() -> list[Golden]:
    """All programs, by name."""
    sums = {}
    for line in (FOLDER / "oracle.sums").read_text().splitlines():
        digest, code, path = line.split()
        sums[path] = (digest, int(code))
    return [_golden(path, sums) for path in sorted(FOLDER.rglob("*.mojo"))]


def _golden(path: Path, sums: dict[str, tuple[str, int]]) -> Golden:
    source = path.read_bytes()
    relative = path.relative_to(FOLDER)
    digest, code = sums.get(relative.as_posix(), ("", -1))
    return Golden(
        name=relative.with_suffix("").as_posix(),
        source=source.decode(),
        stdout=path.with_suffix(".out").read_bytes(),
        exit_code=code,
        is_current=digest == hashlib.sha256(source).hexdigest(),
    )
