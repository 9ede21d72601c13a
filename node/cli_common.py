"""What the commands share: their common flags, where they print, how they read a program."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

import click

from meshnode.compiler.diagnostic import Code, Diagnostic
from meshnode.compiler.ir import Span
from meshnode.compiler.limits import SOURCE_BYTES_MAX
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


def program_flags(command: Callable[P, None]) -> Callable[P, None]:
    """Add the flags that say how a program is read."""
    strict = click.option(
        "--strict",
        is_flag=True,
        help="Refuse what only older versions of Mojo accept, instead of warning of it.",
    )
    include = click.option(
        "-I",
        "--include",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder to look for imported modules in, after the program's own.",
    )
    return strict(include(command))


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


def job_flags(command: Callable[P, None]) -> Callable[P, None]:
    """Add the flags that say where a job is computed and how it is verified."""
    verify = click.option(
        "--verify",
        callback=read_quorum,
        default="quorum:2",
        show_default=True,
        help="How results are verified.",
    )
    home = click.option(
        "--home",
        type=click.Choice(["auto", "never", "only"]),
        default="auto",
        show_default=True,
        help="May this machine's own cores compute chunks? `never` also sends out small loops.",
    )
    return verify(home(command))


def examples(*lines: str) -> str:
    """Return the epilog that shows a command's use."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def say(text: str) -> None:
    """Print one line for the person, on stderr, marked as ours and not the program's."""
    click.echo(text if "\n" in text else f"meshnode: {text}", err=True)


def read_source(file: Path) -> str:
    """Read a program.

    Raises:
        NodeError: it does not exist, cannot be read, is too large, or is no UTF-8.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(SOURCE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise NodeError(f"there is no file {file}", ExitCode.NO_INPUT) from None
    except OSError as err:
        raise NodeError(f"{file} cannot be read: {err.strerror}", ExitCode.NO_INPUT) from None
    if len(content) > SOURCE_BYTES_MAX:
        message = f"this file is too large: {SOURCE_BYTES_MAX:,} bytes at most"
        raise _unreadable(Diagnostic(Code.LIMIT, message, Span(str(file), 1, 1, 1, 1)), "")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as err:
        before = content[: err.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"this file is no text in UTF-8: byte 0x{content[err.start]:02x} is none"
        span = Span(str(file), line, column, line, column + 1)
        fault = Diagnostic(Code.SYNTAX, message, span, suggestion="save the file as UTF-8")
        raise _unreadable(fault, content.decode("utf-8", "replace")) from None


def _unreadable(fault: Diagnostic, text: str) -> NodeError:
    """Make the error of a file that is no program, as the compiler would say it."""
    error = NodeError(fault.text({fault.span.file: text}), ExitCode.COMPILE_ERROR)
    error.details = {"diagnostics": [fault.as_dict()]}
    return error
