"""Run public Mojo programs unchanged: `python -m tests.public FOLDER [--write]`.

`programs.json` lists them: repository, commit, path, and what the real compiler's build (as tests/golden/oracle.sh
makes it) did: exit code and a digest of its output. The programs themselves are not part of this repository: FOLDER
holds checkouts, one folder `OWNER+NAME` each. Times and folders in an output are made alike before it is compared.
With --write the table goes to docs/public-programs.md.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.compiler.front_end import prelude
from tests.compiler.host import run_home

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.pipeline import compile_program
from meshnode.node.errors import NodeError
from meshnode.node.program_files import find_modules

LIST = Path(__file__).parent / "programs.json"
TABLE = Path(__file__).parents[2] / "docs" / "public-programs.md"
MEMORY_BYTES = 1 << 30
RECURSION_MAX = 20_000
_TIME = re.compile(r"\[ *\d+\.\d+ *\]|\b\d+\.\d+ ?(?:ms|s|us|ns)\b")
_FOLDER = re.compile(r"/[^ \n]*/")


@dataclass(frozen=True, slots=True)
class Public:
    """One program of the list."""

    repository: str
    commit: str
    path: str
    exit_code: int
    digest: str
    """Of the output, made alike; empty if two runs of the real build differ in more than times."""
    needs: Sequence[str] = ()
    """Other repositories whose modules it imports."""


def main() -> None:
    """Run all that are there."""
    parser = argparse.ArgumentParser(prog="python -m tests.public", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write docs/public-programs.md")
    arguments = parser.parse_args()
    sys.setrecursionlimit(RECURSION_MAX)
    rows = []
    for entry in json.loads(LIST.read_text()):
        program = Public(**entry)
        result = _try(program, arguments.folder)
        rows.append((program, result))
        sys.stdout.write(f"{program.repository} {program.path}: {result}\n")
        sys.stdout.flush()
    if arguments.write:
        TABLE.write_text(_table(rows), encoding="utf-8")


def alike(stdout: bytes) -> bytes:
    """Give an output without what differs between two runs: times, and the folder of a file."""
    text = stdout.decode(errors="replace")
    return _FOLDER.sub("", _TIME.sub("[time]", text)).encode()


def _try(program: Public, folder: Path) -> str:
    root = folder / program.repository.replace("/", "+")
    file = root / program.path
    if not file.is_file():
        return "not there"
    source = file.read_text(encoding="utf-8")
    needed = (folder / repository.replace("/", "+") for repository in program.needs)
    folders = [f for f in (root, root / "src", file.parent.parent, *needed) if f.is_dir()]
    try:
        options = CompileOptions(find_modules(file, source, folders), is_strict=True)
        compiled = compile_program(source, str(file), prelude(), options)
    except CompileError as err:
        first = err.diagnostics[0]
        return f"{Path(first.span.file).name}:{first.span.line}: {first.message}"
    except NodeError as err:
        return str(err)
    outcome = run_home(compiled.home, (str(file),), memory_bytes=MEMORY_BYTES)
    if outcome.trap is not None:
        return f"trapped: {outcome.trap}"
    if outcome.exit_code != program.exit_code:
        return f"exit code {outcome.exit_code} for {program.exit_code}"
    if program.digest and hashlib.sha256(alike(outcome.stdout)).hexdigest() != program.digest:
        return "another output"
    return "same" if program.digest else "runs (its output varies)"


def _table(rows: Sequence[tuple[Public, str]]) -> str:
    good = [result for _, result in rows if result.startswith(("same", "runs"))]
    repositories = {program.repository for program, _ in rows}
    lines = [
        "# Public programs, compiled unchanged",
        "",
        f"{len(rows)} programs of {len(repositories)} public repositories which the real compiler (1.2.0) builds and "
        f"runs: **{len(good)} of {len(rows)}** run here with the same output and exit code. "
        "The others say why not: the first diagnostic. Made by `python -m tests.public FOLDER --write`.",
        "",
        "| repository | program | commit | here |",
        "|---|---|---|---|",
    ]
    for program, result in rows:
        shown = result.replace("|", "\\|")
        lines.append(f"| {program.repository} | {program.path} | {program.commit[:10]} | {shown} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
