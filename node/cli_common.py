"""What the commands share: their common flags, where they print, how they read a program."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

import click

from meshnode.node.control_client import ControlClient, JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Common:
    """The flags that every command has."""

    data_dir: Path
    as_json: bool
    verbose: bool

    @property
    def client(self) -> ControlClient:
        """The daemon of this data directory."""
        return ControlClient(self.data_dir.expanduser().absolute() / "control.sock")

    def show(self, answer: JsonObject, render: Callable[[JsonObject], str]) -> None:
        """Print an answer as JSON or for a person."""
        click.echo(json.dumps(answer, indent=2) if self.as_json else render(answer))


def common(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command `--data-dir`, `--json` and `--verbose`."""
    for option in (
        click.option("--verbose", is_flag=True, help="Show the trace of an error too."),
        click.option("--json", "as_json", is_flag=True, help="Print machine-readable JSON."),
        click.option(
            "--data-dir",
            type=click.Path(file_okay=False, path_type=Path),
            envvar="MESHNODE_HOME",
            default=Path("~/.meshnode"),
            show_default=True,
            help="Where this node keeps its keys, jobs and ledger (environment: MESHNODE_HOME).",
        ),
    ):
        command = option(command)
    return command


QUORUM_MAX = 8
"""More replicas than this buy nothing that a check at home does not give cheaper."""


def read_quorum(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Read `--verify quorum:k`; None where it was left out."""
    if value is None:
        return None
    kind, _, count = value.partition(":")
    if kind != "quorum" or not count.isdecimal() or not 1 <= int(count) <= QUORUM_MAX:
        raise click.BadParameter(f"write quorum:k with k from 1 to {QUORUM_MAX}, such as quorum:2")
    return int(count)


def examples(*lines: str) -> str:
    """Return the epilog that shows a command's use."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def say(text: str) -> None:
    """Print one line for the person, on stderr, marked as ours and not the program's."""
    click.echo(text if "\n" in text else f"meshnode: {text}", err=True)


def read_source(file: Path) -> str:
    """Read a program.

    Raises:
        NodeError: it does not exist, cannot be read, or is no UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NodeError(f"there is no file {file}", ExitCode.NO_INPUT) from None
    except UnicodeDecodeError:
        raise NodeError(f"{file} is no text in UTF-8", ExitCode.NO_INPUT) from None
    except OSError as err:
        raise NodeError(f"{file} cannot be read: {err.strerror}", ExitCode.NO_INPUT) from None
