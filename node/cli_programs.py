"""The commands that take a program: `run`, `compile`, `explain`."""

import json
import sys
from pathlib import Path

import click

from meshnode.node.cli_common import Common, common, examples, read_quorum, read_source, say
from meshnode.node.control_client import JsonObject
from meshnode.node.options import JobRequest, RunOptions


@click.command(
    epilog=examples(
        "meshnode run mandelbrot.mojo",
        "meshnode run search.mojo P68871 --home never --verify quorum:2",
    )
)
@common
@click.option(
    "--verify",
    callback=read_quorum,
    default="quorum:2",
    show_default=True,
    help="How results are verified.",
)
@click.option(
    "--home",
    type=click.Choice(["auto", "never", "only"]),
    default="auto",
    show_default=True,
    help="May this machine's own cores compute chunks? `never` also sends out small loops.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    verify: int,
    home: str,
    file: Path,
    arguments: tuple[str, ...],
) -> None:
    """Run a Mojo program; its loops are computed by the mesh, its output and exit code are its own.

    With --json, a summary of the job is printed on stderr at the end. Without a daemon the program runs here.
    """
    from meshnode.node.progress import progress_display
    from meshnode.node.run_command import Display, run_on_daemon

    here = Common(data_dir, as_json, verbose)
    options = RunOptions(
        quorum=verify, home="never" if home == "never" else "only" if home == "only" else "auto"
    )
    request = JobRequest(
        path=str(file), source=read_source(file), arguments=arguments, options=options
    )
    with progress_display() as progress:
        display = Display(say, progress, _json_summary if as_json else lambda _job: None)
        if here.client.is_alive():
            code = run_on_daemon(here.client, request, display)
        else:
            from meshnode.node.embedded import run_embedded

            say("no daemon runs; computing on this machine alone (`meshnode start` joins the mesh)")
            code = run_embedded(request, data_dir, display)
    sys.exit(code)


@click.command(
    name="compile",
    epilog=examples(
        "meshnode compile f.mojo --emit wasm -o f.wasm", "meshnode compile f.mojo --emit wat -o -"
    ),
)
@common
@click.option(
    "--emit", type=click.Choice(["wasm", "wat", "llvm", "js"]), default="wasm", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="File to write; - is stdout.",
)
@click.argument("file", type=click.Path(path_type=Path))
def compile_(
    *, data_dir: Path, as_json: bool, verbose: bool, emit: str, output: Path, file: Path
) -> None:
    """Compile a Mojo program to WebAssembly (the home module), its text, LLVM IR, or a JavaScript loader."""
    from meshnode.node.compile_command import compile_file

    here = Common(data_dir, as_json, verbose)
    answer = compile_file(data_dir, file, read_source(file), emit, output)
    if str(output) != "-":
        here.show(answer, lambda a: f"wrote {a['bytes']} bytes to {a['output']}")


@click.command(
    epilog=examples("meshnode explain mandelbrot.mojo", "meshnode explain mandelbrot.mojo --json")
)
@common
@click.argument("file", type=click.Path(path_type=Path))
def explain(*, data_dir: Path, as_json: bool, verbose: bool, file: Path) -> None:
    """Say for each loop of a program whether the mesh can compute it, and why."""
    from meshnode.node.compile_command import explain_file

    here = Common(data_dir, as_json, verbose)
    here.show(explain_file(data_dir, file, read_source(file)), lambda a: str(a["text"]))


def _json_summary(job: JsonObject) -> None:
    click.echo(json.dumps(job, indent=2), err=True)
