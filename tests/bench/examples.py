"""The three examples on one core and on a mesh of two workers: `python -m tests.bench examples`.

On a machine of two cores this shows what a mesh costs rather than what it gains: requester, network and checks share
the cores with the workers. Nothing is promised; it is not part of `make bench`, for it takes minutes.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.bench.scaling import run_mesh

PROGRAMS = tuple(
    Path("examples") / name
    for name in ("smith_waterman.mojo", "option_price.mojo", "ray_tracer.mojo")
)
ROUNDS = 3


def measure(rounds: int = ROUNDS) -> bool:
    """Measure and print the table."""
    table = Table(
        "", "no daemon s", "one worker s", "two workers s",
        title=f"The examples, whole runs (load {os.getloadavg()[0]:.1f})",
    )  # fmt: skip
    for program in PROGRAMS:
        variants = (
            partial(_run_alone, program),
            partial(_run_on, program, 1),
            partial(_run_on, program, 2),
        )
        times = [[variant() for variant in variants] for _ in range(rounds)]
        medians = [statistics.median(column) for column in zip(*times, strict=True)]
        table.add_row(program.stem, *(f"{seconds:.1f}" for seconds in medians))
    Console().print(table)
    return True


def _run_alone(program: Path) -> float:
    """Run without a daemon, on one core."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text("cores = 1\n")
        began_s = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "meshnode", "run", "--data-dir", folder, str(program)],
            capture_output=True,
            check=True,
        )
        assert done.stdout == program.with_suffix(".out").read_bytes(), done.stderr
        return time.monotonic() - began_s


def _run_on(program: Path, workers: int) -> float:
    return run_mesh(program, workers, is_trusted=False).whole_s
