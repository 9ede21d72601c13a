"""The commands that look at a program without running it on the mesh: `compile`, `check`, `explain`."""

from pathlib import Path

import click

from meshnode.compiler.options import CompileOptions
from meshnode.node.cli_common import Common, common, examples, program_flags, read_source
from meshnode.node.program_files import ProgramFile, find_modules


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
