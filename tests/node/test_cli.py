"""The command line finds its commands, and says which one is meant."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from meshnode.node.cli import cli
from meshnode.node.exit_code import ExitCode


def test_help_lists_every_command_with_what_it_does() -> None:
    result = CliRunner().invoke(cli, ["--help"])

    listed = result.output.partition("Commands:")[2]
    for name in ("audit", "check", "gateway", "page", "run", "run-module", "start"):
        assert f"\n  {name} " in listed


@pytest.mark.parametrize("name", ["run", "compile", "ledger", "gateway", "run-module", "page"])
def test_every_command_has_help_with_examples(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])

    assert result.exit_code == ExitCode.OK
    assert f"meshnode {name}" in result.output.partition("Examples:")[2]


def test_a_misspelt_command_is_recognised() -> None:
    result = CliRunner().invoke(cli, ["chek", "program.mojo"])

    assert "there is no command 'chek'; did you mean 'check'?" in result.output


def test_what_a_command_does_not_need_is_not_imported_for_it() -> None:
    heavy = "aiohttp", "asyncio", "rich", "meshnode.compiler.pipeline", "meshnode.node.cli_dcp"
    code = (
        "import sys\n"
        "from meshnode.node.cli import cli\n"
        "cli(['check', '--help'], standalone_mode=False)\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stderr == "[]\n"
