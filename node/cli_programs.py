"""The commands that take a program: `run`, `compile`, `check`, `explain`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import click

from meshnode.compiler.options import CompileOptions
from meshnode.node.cli_common import Common, common, examples, read_quorum, read_source, say
from meshnode.node.cli_dcp import DcpFlags, dcp_flags, dcp_sentences, read_dcp
from meshnode.node.control_client import JsonObject
from meshnode.node.options import JobRequest, RunOptions
from meshnode.node.program_files import ProgramFile, find_modules

P = ParamSpec("P")


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


@click.command(
    epilog=examples(
        "meshnode run mandelbrot.mojo",
        "meshnode run search.mojo P68871 --home never --verify quorum:2",
        "meshnode run collatz.mojo --via dcp --dcp-sdk ~/dcp --dcp-offer 0.0001",
    )
)
@common
@dcp_flags
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


@click.command(
    name="compile",
    epilog=examples(
        "meshnode compile f.mojo --emit wasm -o f.wasm",
        "meshnode compile f.mojo --emit wat -o -",
        "meshnode compile --explain-cost f.mojo 1000",
    ),
)
@common
@click.option(
    "--emit",
    type=click.Choice(
        ["wasm", "slice", "wat", "llvm", "js", "js-metered", "js-plain", "ast", "ir", "split"]
    ),
    default="wasm",
    show_default=True,
    help="js: WebAssembly within a JavaScript loader; js-metered: the same, and tells the operations that a run took; "
    "js-plain: readable JavaScript alone.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write; - is stdout.",
)
@click.option(
    "--explain-cost",
    is_flag=True,
    help="Run the program on this machine instead, with the ARGUMENTS, and show how many operations each of its lines "
    "is charged.",
)
@program_flags
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def compile_(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    emit: str,
    output: Path | None,
    explain_cost: bool,
    strict: bool,
    include: tuple[Path, ...],
    file: Path,
    arguments: tuple[str, ...],
) -> None:
    """Compile a Mojo program to WebAssembly (the home module), its text, LLVM IR, or JavaScript.

    With --explain-cost, show which lines its operations, and so its credits, go to.
    """
    here = Common(data_dir, as_json, verbose)
    if explain_cost:
        if output is not None:
            raise click.UsageError("--explain-cost writes no file; leave -o out")
        from meshnode.node.cost_command import explain_cost as run_and_count

        program = _read(file, include, strict=strict)
        here.show(run_and_count(data_dir, program, arguments), lambda a: str(a["text"]))
        return
    if output is None:
        raise click.UsageError("say with -o where to write, or ask for --explain-cost")
    if arguments:
        raise click.UsageError("a program gets ARGUMENTS when it is run: with --explain-cost")
    from meshnode.node.compile_command import compile_file

    answer = compile_file(data_dir, _read(file, include, strict=strict), emit, output)
    if str(output) != "-":
        here.show(answer, lambda a: f"wrote {a['bytes']} bytes to {a['output']}")


@click.command(
    name="check",
    epilog=examples("meshnode check mandelbrot.mojo", "meshnode check old.mojo --strict --json"),
)
@common
@program_flags
@click.argument("file", type=click.Path(path_type=Path))
def check(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    strict: bool,
    include: tuple[Path, ...],
    file: Path,
) -> None:
    """Find what is wrong with a Mojo program, without compiling it to code. A running daemon answers at once."""
    from meshnode.node.checking import check_on_daemon

    here = Common(data_dir, as_json, verbose)
    program = _read(file, include, strict=strict)
    answer = check_on_daemon(here.client, program)
    if answer is None:
        from meshnode.node.compile_command import check_file

        answer = check_file(data_dir, program)
    here.show(answer, lambda a: str(a["text"]))


@click.command(
    epilog=examples("meshnode explain mandelbrot.mojo", "meshnode explain mandelbrot.mojo --json")
)
@common
@program_flags
@click.argument("file", type=click.Path(path_type=Path))
def explain(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    strict: bool,
    include: tuple[Path, ...],
    file: Path,
) -> None:
    """Say for each loop of a program whether the mesh can compute it, and why."""
    from meshnode.node.compile_command import explain_file

    here = Common(data_dir, as_json, verbose)
    program = _read(file, include, strict=strict)
    here.show(explain_file(data_dir, program), lambda a: str(a["text"]))


def _read(file: Path, include: tuple[Path, ...], *, strict: bool) -> ProgramFile:
    source = read_source(file)
    return ProgramFile(file, source, CompileOptions(find_modules(file, source, include), strict))


def _summary(*, as_json: bool) -> Callable[[JsonObject], None]:
    """Return what is said of a job at its end: as JSON, or only what DCP had to do with it."""

    def show(job: JsonObject) -> None:
        if as_json:
            click.echo(json.dumps(job, indent=2), err=True)
            return
        for sentence in dcp_sentences(job):
            say(sentence)

    return show
