"""The command `meshnode`: parses flags, calls one function for each command, and turns errors into one line and a code.

A command's module is imported when it is asked for, and heavy modules (the daemon, the compiler, rich) by the command
that needs them: `meshnode check` and `meshnode run` against a warm daemon answer in a fraction of a second.
"""

import json
import sys
import traceback
from importlib import import_module
from typing import Final, NoReturn

import click

from meshnode.node.cli_common import examples, say
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.protocol.errors import MeshError

_PLACES: Final = {
    "run": "cli_run:run",
    "run-module": "cli_module:run_module",
    "compile": "cli_programs:compile_",
    "check": "cli_programs:check",
    "explain": "cli_programs:explain",
    "gateway": "dcp.gateway_command:gateway",
    "page": "page.command:page",
    **{
        name: f"cli_daemon:{name}"
        for name in (
            "start",
            "stop",
            "status",
            "jobs",
            "job",
            "cancel",
            "peers",
            "ledger",
            "audit",
            "version",
        )
    },
}
"""Where each command is."""


class _Commands(click.Group):
    """The commands by their places."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        del ctx
        return sorted(_PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of the name."""
        del ctx
        if cmd_name not in _PLACES:
            return None
        module, _, attribute = _PLACES[cmd_name].partition(":")
        found = getattr(import_module(f"meshnode.node.{module}"), attribute)
        assert isinstance(found, click.Command), cmd_name
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with, or say which one is meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, _PLACES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "; `meshnode --help` lists them"
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "meshnode start --detach", "meshnode run program.mojo", "meshnode explain program.mojo"
    ),
)
def cli() -> None:
    """Run ordinary Mojo programs on a mesh of machines: same output, every part verified, a bill anyone can check.

    Exit codes: the program's own; 64 usage, 65 compile error, 66 no such file, 69 no daemon, 70 a bug of ours,
    71 data directory in use, 74 disk full or file corrupt, 75 job failed or cancelled, 76 audit failed,
    78 configuration.
    """


def _tell(err: MeshError) -> ExitCode:
    """Say what went wrong on stderr, as JSON if asked, and return the code to end with."""
    code = err.exit_code if isinstance(err, NodeError) else ExitCode.JOB_FAILED
    if "--json" in sys.argv:
        details = err.details if isinstance(err, NodeError) else {}
        click.echo(json.dumps({"error": str(err), "exit_code": code} | details, indent=2), err=True)
    else:
        say(str(err))
    return code


def main() -> NoReturn:
    """Run the command line and end the process with an `ExitCode` or the program's own code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as err:
        err.show()
        sys.exit(ExitCode.USAGE)
    except MeshError as err:
        if "--verbose" in sys.argv:
            traceback.print_exc()
        sys.exit(_tell(err))
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.INTERRUPTED)
    sys.exit(ExitCode.OK)
