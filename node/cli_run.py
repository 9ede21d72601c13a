"""The command `run`, and what runs a job for other commands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from meshnode.node.cli_common import (
    Common,
    common,
    examples,
    job_flags,
    program_flags,
    read_source,
    say,
)
from meshnode.node.cli_dcp import DcpFlags, dcp_flags, dcp_sentences, read_dcp
from meshnode.node.control_client import JsonObject
from meshnode.node.options import JobRequest, RunOptions
from meshnode.node.program_files import find_modules


@click.command(
    epilog=examples(
        "meshnode run mandelbrot.mojo",
        "meshnode run search.mojo P68871 --home never --verify quorum:2",
        "meshnode run collatz.mojo --via dcp --dcp-sdk ~/dcp --dcp-offer 0.0001",
    )
)
@common
@dcp_flags
@job_flags
@program_flags
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(
    *,
    strict: bool,
    include: tuple[Path, ...],
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    verify: int,
    home: str,
    via: str,
    dcp_sdk: Path | None,
    dcp_keystores: Path | None,
    dcp_scheduler: str | None,
    dcp_offer: str | None,
    dcp_groups: Path | None,
    dcp_patience: float | None,
    file: Path,
    arguments: tuple[str, ...],
) -> None:
    """Run a Mojo program; its loops are computed by the mesh, its output and exit code are its own.

    With --json, a summary of the job is printed on stderr at the end. Without a daemon the program runs here.
    """
    here = Common(data_dir, as_json, verbose)
    flags = DcpFlags(
        sdk=dcp_sdk,
        keystores=dcp_keystores,
        scheduler=dcp_scheduler,
        offer=dcp_offer,
        groups=dcp_groups,
        patience=dcp_patience,
    )
    dcp = read_dcp(via, home, flags)
    options = RunOptions(
        quorum=verify,
        home="never" if home == "never" else "only" if home == "only" else "auto",
        dcp=dcp,
        strict=strict,
    )
    source = read_source(file)
    request = JobRequest(
        path=str(file),
        source=source,
        modules=find_modules(file, source, include),
        arguments=arguments,
        options=options,
    )
    sys.exit(run_request(here, request))


def run_request(here: Common, request: JobRequest) -> int:
    """Run a job on the daemon, or here if there is none; gives the exit code to end with."""
    from meshnode.node.progress import progress_display
    from meshnode.node.run_command import Display, run_on_daemon

    with progress_display() as progress:
        display = Display(say, progress, _summary(as_json=here.as_json))
        if here.client.is_alive():
            return run_on_daemon(here.client, request, display)
        from meshnode.node.embedded import run_embedded

        where = "on this machine alone"
        if request.options.dcp is not None:
            where = "on DCP and this machine"
        say(f"no daemon runs; computing {where} (`meshnode start` joins the mesh)")
        return run_embedded(request, here.data_dir, display)


def _summary(*, as_json: bool) -> Callable[[JsonObject], None]:
    """Return what is said of a job at its end: as JSON, or only what DCP had to do with it."""

    def show(job: JsonObject) -> None:
        if as_json:
            click.echo(json.dumps(job, indent=2), err=True)
            return
        for sentence in dcp_sentences(job):
            say(sentence)

    return show
