"""`meshnode check` and `compile`: what they print of a program that is wrong, for people and for programs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from meshnode.compiler.limits import SOURCE_BYTES_MAX
from meshnode.node.exit_code import ExitCode

WRONG = "def main():\n    prnt(1)\n    var x: Int = 'a'\n"
OLD = "fn main():\n    print(1)\n"
PLACE = {"line": 2, "column": 5, "stop_line": 2, "stop_column": 9}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory, so that the prelude is parsed once."""
    return tmp_path_factory.mktemp("home")


def meshnode(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "meshnode", arguments[0], "--data-dir", str(home)]
    return subprocess.run(
        [*command, *arguments[1:]], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", [("check",), ("compile", "-o", "-")], ids=["check", "compile"])
def test_errors_are_json_if_asked(home: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "wrong.mojo"
    file.write_text(WRONG)

    done = meshnode(home, *command, "--json", str(file))

    answer = json.loads(done.stderr)
    assert done.returncode == answer["exit_code"] == ExitCode.COMPILE_ERROR
    assert done.stdout == ""
    assert [d["code"] for d in answer["diagnostics"]] == ["name", "type"]
    assert answer["diagnostics"][0] == {
        "code": "name",
        "severity": "error",
        "message": "use of unknown declaration 'prnt'",
        "span": {"file": str(file), **PLACE},
        "notes": [],
        "suggestion": "did you mean 'print'?",
    }


def test_errors_show_line_and_caret(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.mojo"
    file.write_text(WRONG)

    done = meshnode(home, "check", str(file))

    assert done.returncode == ExitCode.COMPILE_ERROR
    assert done.stderr.startswith(
        f"{file}:2:5: error: use of unknown declaration 'prnt' [name]\n      prnt(1)\n      ^~~~\n"
        "help: did you mean 'print'?\n"
    )


def test_warnings_are_json_if_asked_and_no_failure(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.mojo"
    file.write_text(OLD)

    done = meshnode(home, "check", "--json", str(file))

    (warning,) = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == ExitCode.OK
    assert (warning["code"], warning["severity"], warning["span"]["line"]) == (
        "removed",
        "warning",
        1,
    )


def test_a_file_that_is_no_text_is_a_diagnostic_at_its_line(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "latin.mojo"
    file.write_bytes("def main():\n    print('é')\n".encode("latin-1"))

    done = meshnode(home, "check", "--json", str(file))

    (found,) = json.loads(done.stderr)["diagnostics"]
    assert done.returncode == ExitCode.COMPILE_ERROR
    assert found["message"] == "this file is no text in UTF-8: byte 0xe9 is none"
    assert (found["span"]["line"], found["span"]["column"]) == (2, 12)


def test_a_file_that_is_too_large_is_not_read(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "large.mojo"
    file.write_bytes(b"#" * (SOURCE_BYTES_MAX + 1))

    done = meshnode(home, "check", str(file))

    assert done.returncode == ExitCode.COMPILE_ERROR
    assert "this file is too large" in done.stderr


def test_a_file_that_is_not_there_has_its_own_exit_code(home: Path, tmp_path: Path) -> None:
    assert meshnode(home, "check", str(tmp_path / "none.mojo")).returncode == ExitCode.NO_INPUT
