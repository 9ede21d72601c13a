"""The golden programs: sources beside what the real compiler's build of them printed.

`oracle.sh` makes the expected outputs; `oracle.sums` ties each to its source's hash and holds the exit code.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
EXAMPLES = ROOT / "examples"

ARGUMENTS = ("program", "one", "two words", "drei")
"""What `oracle.sh` gives to every program."""


@dataclass(frozen=True)
class Golden:
    """One program and what it must do."""

    name: str
    """Path below the folder asked for, without `.mojo`."""
    source: str
    stdout: bytes
    exit_code: int
    is_current: bool
    """Does the expected output belong to this very source?"""


def golden_programs(folder: Path = GOLDEN) -> list[Golden]:
    """All programs below a folder, by name."""
    sums = {}
    for line in (GOLDEN / "oracle.sums").read_text().splitlines():
        digest, code, path = line.split()
        sums[ROOT / path] = (digest, int(code))
    return [_golden(path, folder, sums) for path in sorted(folder.rglob("*.mojo"))]


def _golden(path: Path, folder: Path, sums: dict[Path, tuple[str, int]]) -> Golden:
    source = path.read_bytes()
    digest, code = sums.get(path, ("", -1))
    return Golden(
        name=path.relative_to(folder).with_suffix("").as_posix(),
        source=source.decode(),
        stdout=path.with_suffix(".out").read_bytes(),
        exit_code=code,
        is_current=digest == hashlib.sha256(source).hexdigest(),
    )
