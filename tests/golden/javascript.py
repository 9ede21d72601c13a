"""Running the JavaScript forms of many programs in one Node process."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.golden.catalogue import ARGUMENTS

RUNNER = Path(__file__).parent / "run_javascript.js"
MEMORY_BYTES = 64 << 20


@dataclass(frozen=True)
class FormOutcome:
    """What a program did in one form."""

    stdout: bytes
    stderr: bytes
    exit_code: int
    """-1 if it trapped."""
    trap: str | None
    operations: int | None
    """Counted operations, of a metered loader."""


def run_in_node(
    texts: Mapping[str, str], folder: Path, arguments: tuple[str, ...] = ARGUMENTS
) -> dict[str, FormOutcome]:
    """Run the forms with these texts; `folder` takes files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, text in texts.items():
        path = folder / (name.replace("/", "__") + ".js")
        path.write_text(text, encoding="utf-8")
        files[name] = str(path)
    request = folder / "request.json"
    request.write_text(json.dumps({"args": arguments, "memoryBytes": MEMORY_BYTES, "files": files}))
    command = ["node", str(RUNNER), str(request)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    return outcomes_of([json.loads(line) for line in done.stdout.splitlines()])


def outcomes_of(lines: list[dict[str, str | int | None]]) -> dict[str, FormOutcome]:
    """Read the runner's answers."""
    found = {}
    for line in lines:
        operations = line["operations"]
        trap = line["trap"]
        found[str(line["name"])] = FormOutcome(
            stdout=str(line["stdout"]).encode("latin-1"),
            stderr=str(line["stderr"]).encode("latin-1"),
            exit_code=int(line["code"] or 0),
            trap=None if trap is None else str(trap),
            operations=None if operations is None else int(operations),
        )
    return found
