"""`meshnode run-module`: a slice module of any language, run over its iterations by the mesh."""

import sys
from pathlib import Path
from typing import Literal

import click

from meshnode.node.cli_common import Common, common, examples, job_flags
from meshnode.node.cli_run import run_request
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.options import JobRequest, ModuleRun, RunOptions

MODULE_BYTES_MAX = 8 << 20
"""A request to the daemon may have 16 MiB, and holds this in base64."""

CAPTURES_BYTES_MAX = 3 << 20
"""As above."""

ITERATIONS_MAX = 2**53


@click.command(
    name="run-module",
    epilog=examples(
        "meshnode run-module collatz.wasm --iterations 1000",
        "meshnode run-module render.wasm --iterations 480 --captures scene.bin > picture.ppm",
    ),
)
@common
@click.option(
    "--iterations",
    type=click.IntRange(1, ITERATIONS_MAX),
    required=True,
    help="How many there are; the mesh cuts them into chunks.",
)
@click.option(
    "--captures",
    type=click.Path(path_type=Path, allow_dash=True),
    help="File whose bytes `mesh_load` gets; - is stdin. Without it there are none.",
)
@click.option("--loop", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@job_flags
@click.argument("module", type=click.Path(path_type=Path))
def run_module(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    iterations: int,
    captures: Path | None,
    loop: int,
    verify: int,
    home: Literal["auto", "never", "only"],
    module: Path,
) -> None:
    """Run a WebAssembly slice module (ABI 1, docs/slice-abi.md), made from any language, on the mesh.

    The bytes of all its tapes, in the order of the iterations, go to stdout. A chunk that traps ends the job with exit
    code 1, after what came before it.
    """
    here = Common(data_dir, as_json, verbose)
    run = ModuleRun(
        content=_read(module, MODULE_BYTES_MAX),
        captures=b"" if captures is None else _read(captures, CAPTURES_BYTES_MAX),
        iterations=iterations,
        loop=loop,
    )
    options = RunOptions(quorum=verify, home=home)
    sys.exit(
        run_request(here, JobRequest(path=str(module), source="", module=run, options=options))
    )


def _read(file: Path, bytes_max: int) -> bytes:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as err:
        raise NodeError(f"{file} cannot be read: {err.strerror}", ExitCode.NO_INPUT) from None
    if len(data) > bytes_max:
        raise NodeError(f"{file} has more than {bytes_max} bytes", ExitCode.NO_INPUT)
    return data
