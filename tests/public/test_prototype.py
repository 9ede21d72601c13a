"""The 58 programs of the prototype (exergy-connect/mojo-js) behave as meant; skipped where they are absent.

MESHNODE_PROTOTYPE names a checkout. `python -m tests.public.test_prototype` writes docs/prototype-programs.md.
"""

import os
from pathlib import Path

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import run_home

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.pipeline import compile_program

ROOT = Path(os.environ.get("MESHNODE_PROTOTYPE", ""))
IS_THERE = bool(os.environ.get("MESHNODE_PROTOTYPE"))
PROGRAMS = sorted(p for p in ROOT.rglob("*.mojo") if p.is_file()) if IS_THERE else []
TABLE = Path(__file__).parents[2] / "docs" / "prototype-programs.md"


def behaviour(path: Path) -> str:
    """Run one program and tell what it did: "ok", or what is wrong."""
    source = path.read_text(encoding="utf-8")
    try:
        program = compile_program(source, path.name, prelude(), CompileOptions())
    except CompileError as err:
        if path.name.startswith("expect_error"):
            return "ok: refused, as it should be"
        return f"refused: {err.diagnostics[0].message}"
    outcome = run_home(program.home, (path.name, "5", "two"))
    last = outcome.stdout.decode().strip().rpartition("\n")[2]
    if outcome.exit_code != 0 or outcome.trap is not None:
        return f"exit code {outcome.exit_code}, {outcome.trap}"
    if path.parent.name == "constructs" and not last.startswith("OK"):
        return f"ended with {last!r}"
    count = len(program.warnings)
    distributed = ", distributed" if program.slice else ""
    return f"ok{distributed}, {count} warning{'s' * (count != 1)} of old spellings"


@pytest.mark.skipif(not IS_THERE, reason="MESHNODE_PROTOTYPE names no checkout")
def test_all_of_the_prototypes_programs_are_there() -> None:
    assert len(PROGRAMS) == 58


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_a_program_of_the_prototype_behaves_as_it_should(path: Path) -> None:
    assert behaviour(path).startswith("ok")


if __name__ == "__main__":
    rows = [(p.relative_to(ROOT).as_posix(), behaviour(p)) for p in PROGRAMS]
    good = sum(result.startswith("ok") for _, result in rows)
    head = (
        "# The prototype's programs\n\nThe programs of `exergy-connect/mojo-js` (`test/constructs`, `web`), unchanged "
        f"and read leniently: **{good} of {len(rows)}** behave as their authors meant. Made by "
        "`MESHNODE_PROTOTYPE=CHECKOUT python -m tests.public.test_prototype`.\n\n| program | here |\n|---|---|\n"
    )
    TABLE.write_text(head + "".join(f"| {name} | {result} |\n" for name, result in rows))
