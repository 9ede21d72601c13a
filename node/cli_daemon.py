"""The commands that ask the daemon, start and stop it, or read what it keeps."""

import sys
from pathlib import Path

import click

from meshnode import __version__
from meshnode.node.cli_common import Common, common, examples
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode


@click.command(
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


@click.command(epilog=examples("meshnode stop"))
@common
def stop(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """End the daemon; running jobs go on when it is started again."""
    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("POST", "/stop"), lambda _: "the daemon stops")


@click.command(epilog=examples("meshnode status", "meshnode status --json"))
@common
def status(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Show the node's identity, addresses, peers, and whether it works for others and why."""
    from meshnode.node.render import render_status

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/status"), render_status)


@click.command(epilog=examples("meshnode jobs"))
@common
def jobs(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """List this node's jobs, newest first."""
    from meshnode.node.render import render_jobs

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/jobs"), render_jobs)


@click.command(epilog=examples("meshnode job 5f2c9a1be0d34c77"))
@common
@click.argument("job_id")
def job(*, data_dir: Path, as_json: bool, verbose: bool, job_id: str) -> None:
    """Show one job: its state, who computed what, what it cost."""
    from meshnode.node.render import render_job

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", f"/jobs/{_id(job_id)}"), render_job)


@click.command(epilog=examples("meshnode cancel 5f2c9a1be0d34c77"))
@common
@click.argument("job_id")
def cancel(*, data_dir: Path, as_json: bool, verbose: bool, job_id: str) -> None:
    """Cancel a job; what was computed until then is paid."""
    here = Common(data_dir, as_json, verbose)
    here.show(
        here.client.request("POST", f"/jobs/{_id(job_id)}/cancel"),
        lambda _: f"job {job_id} was cancelled",
    )


@click.command(epilog=examples("meshnode peers"))
@common
def peers(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """List the connected peers."""
    from meshnode.node.render import render_peers

    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/peers"), render_peers)


@click.command(epilog=examples("meshnode ledger", "meshnode ledger --export mine.ledger"))
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


@click.command(epilog=examples("meshnode audit", "meshnode audit mine.ledger theirs.ledger"))
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


@click.command(epilog=examples("meshnode version --json"))
@common
def version(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Print the version."""
    here = Common(data_dir, as_json, verbose)
    here.show({"version": __version__}, lambda a: f"meshnode {a['version']}")


def _id(text: str) -> str:
    if not text.isalnum():
        raise NodeError(f"{text!r} is no job id; `meshnode jobs` lists them", ExitCode.USAGE)
    return text
