"""The command `meshnode`: parses flags, calls one function for each command, and turns errors into one line and a code.

Heavy modules (the daemon, the compiler, rich) are imported by the command that needs them: `meshnode run` against a
warm daemon answers in well under half a second.
"""

import json
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from meshnode import __version__
from meshnode.node.cli_common import Common, common, examples, say
from meshnode.node.cli_module import run_module
from meshnode.node.cli_programs import check, compile_, explain, run
from meshnode.node.dcp.gateway_command import gateway
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.page.command import page
from meshnode.protocol.errors import MeshError


@click.group(
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


for command in (run, run_module, compile_, check, explain, gateway, page):
    cli.add_command(command)


@cli.command(
    epilog=examples(
        "meshnode start --detach",
        "meshnode start --listen /ip4/0.0.0.0/tcp/4001 --contribute always",
    )
)
@common
@click.option(
    "--listen", multiple=True, metavar="MULTIADDR", help="Address to listen on; may be repeated."
)
@click.option(
    "--bootstrap",
    multiple=True,
    metavar="MULTIADDR",
    help="Node to join, with its /p2p/ID; may be repeated.",
)
@click.option("--cores", type=click.IntRange(1, 1024), help="Cores to lend at most.")
@click.option(
    "--contribute",
    type=click.Choice(["never", "idle", "always"]),
    help="When to compute for others.",
)
@click.option(
    "--detach", is_flag=True, help="Return when the daemon answers; its log goes to daemon.log."
)
def start(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    listen: tuple[str, ...],
    bootstrap: tuple[str, ...],
    cores: int | None,
    contribute: str | None,
    detach: bool,
) -> None:
    """Start this machine's daemon: it may submit jobs, and computes for others while idle."""
    from meshnode.node.start_command import start_daemon

    flags: dict[str, object] = {}
    if listen:
        flags["listen"] = listen
    if bootstrap:
        flags["bootstrap"] = bootstrap
    if cores is not None:
        flags["cores"] = cores
    if contribute is not None:
        flags["contribute"] = contribute
    answer = start_daemon(data_dir, flags, is_detached=detach, is_verbose=verbose)
    if answer is not None:
        Common(data_dir, as_json, verbose).show(
            answer, lambda a: f"daemon {a['pid']} runs; node {a['peer_id']}"
        )


@cli.command(epilog=examples("meshnode stop"))
@common
def stop(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """End the daemon; running jobs go on when it is started again."""
    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("POST", "/stop"), lambda _: "the daemon stops")


@cli.command(epilog=examples("meshnode status", "meshnode status --json"))
@common
def status(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Show the node's identity, addresses, peers, and whether it works for others and why."""
    from meshnode.node.render import render_status

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/status"), render_status)


@cli.command(epilog=examples("meshnode jobs"))
@common
def jobs(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """List this node's jobs, newest first."""
    from meshnode.node.render import render_jobs

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/jobs"), render_jobs)


@cli.command(epilog=examples("meshnode job 5f2c9a1be0d34c77"))
@common
@click.argument("job_id")
def job(*, data_dir: Path, as_json: bool, verbose: bool, job_id: str) -> None:
    """Show one job: its state, who computed what, what it cost."""
    from meshnode.node.render import render_job

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", f"/jobs/{_id(job_id)}"), render_job)


@cli.command(epilog=examples("meshnode cancel 5f2c9a1be0d34c77"))
@common
@click.argument("job_id")
def cancel(*, data_dir: Path, as_json: bool, verbose: bool, job_id: str) -> None:
    """Cancel a job; what was computed until then is paid."""
    here = Common(data_dir, as_json, verbose)
    here.show(
        here.client.request("POST", f"/jobs/{_id(job_id)}/cancel"),
        lambda _: f"job {job_id} was cancelled",
    )


@cli.command(epilog=examples("meshnode peers"))
@common
def peers(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """List the connected peers."""
    from meshnode.node.render import render_peers

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/peers"), render_peers)


@cli.command(epilog=examples("meshnode ledger", "meshnode ledger --export mine.ledger"))
@common
@click.option(
    "--export",
    "export_path",
    type=click.Path(path_type=Path),
    help="Write the whole ledger for others to audit.",
)
def ledger(*, data_dir: Path, as_json: bool, verbose: bool, export_path: Path | None) -> None:
    """Show the balances and the latest entries of this node's ledger."""
    from meshnode.node.audit_command import export_ledger
    from meshnode.node.render import render_ledger

    here = Common(data_dir, as_json, verbose)
    if export_path is not None:
        here.show(
            export_ledger(data_dir, export_path),
            lambda a: f"wrote {a['entries']} entries to {a['output']}",
        )
        return
    here.show(here.client.request("GET", "/ledger"), render_ledger)


@cli.command(epilog=examples("meshnode audit", "meshnode audit mine.ledger theirs.ledger"))
@common
@click.argument("exports", nargs=-1, type=click.Path(path_type=Path))
def audit(*, data_dir: Path, as_json: bool, verbose: bool, exports: tuple[Path, ...]) -> None:
    """Check this node's ledger, or exported ones, against each other: chain, signatures, balances, receipts.

    Needs no daemon. Ends with 76 if there are findings.
    """
    from meshnode.node.audit_command import audit_ledgers
    from meshnode.node.render import render_audit

    here = Common(data_dir, as_json, verbose)
    answer = audit_ledgers(data_dir, exports)
    here.show(answer, render_audit)
    if not answer["is_sound"]:
        sys.exit(ExitCode.AUDIT_FAILED)


@cli.command(epilog=examples("meshnode version --json"))
@common
def version(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Print the version."""
    here = Common(data_dir, as_json, verbose)
    here.show({"version": __version__}, lambda a: f"meshnode {a['version']}")


def _id(text: str) -> str:
    if not text.isalnum():
        raise NodeError(f"{text!r} is no job id; `meshnode jobs` lists them", ExitCode.USAGE)
    return text


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
