"""Speed of one core: `python -m tests.bench kernels`.

Each program (the six kernels, and those of tests/bench/programs) runs as the sandbox runs it at
home (bounds-checked, metered, in a child process), and, if there is a Mojo compiler, as what
`mojo build` makes of it. All variants of all kernels take
turns; times are processor time, medians over the rounds, without starting and compiling. A ratio
under 1 is faster than native.

The compiler is named by MOJO; it is not a dependency of meshnode (`pip install mojo==1.2.0` in an
environment of its own).
"""

import math
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.bench.kernel_runs import (
    PROGRAMS,
    build_native,
    compile_home,
    metered_seconds,
    native_seconds,
    unmetered_seconds,
)

ROUNDS = 5
NATIVE_RATIO_MAX = 1.05
"""The geometric mean of metered to native time that the project promises to keep."""

Sample = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of one kernel, in seconds."""

    metered: float
    unmetered: float
    native: float | None
    """None without a Mojo compiler."""


def measure(rounds: int = ROUNDS) -> bool:
    """Measure all kernels and print the table; tells whether the promise was kept (or could not be judged)."""
    mojo = shutil.which(os.environ.get("MOJO", "mojo"))
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        start_seconds = 0.0 if mojo is None else _start_seconds(mojo, Path(folder))
        samples = {name: _samples(name, mojo, Path(folder), start_seconds) for name in PROGRAMS}
        results = _measure(samples, rounds)
    console = Console()
    console.print(_table(results, load))
    if mojo is None:
        console.print("no native times: MOJO does not name a Mojo compiler")
        return True
    ratio = _geometric_mean([r.metered / r.native for r in results.values() if r.native])
    console.print(f"promised: at most {NATIVE_RATIO_MAX} x native; measured: {ratio:.2f}")
    return ratio <= NATIVE_RATIO_MAX


def _samples(name: str, mojo: str | None, folder: Path, start_seconds: float) -> dict[str, Sample]:
    """Make one function for each variant of a kernel: it runs it once and gives its seconds."""
    home = compile_home(name)
    samples: dict[str, Sample] = {
        "metered": lambda: metered_seconds(home, name),
        "unmetered": lambda: unmetered_seconds(home),
    }
    if mojo is not None:
        build_native(mojo, PROGRAMS[name], folder / name)
        samples["native"] = lambda: native_seconds(folder / name) - start_seconds
    return samples


def _start_seconds(mojo: str, folder: Path) -> float:
    """Measure a native program that does nothing."""
    source = folder / "nothing.mojo"
    source.write_text("def main():\n    pass\n")
    build_native(mojo, source, folder / "nothing")
    return statistics.median(native_seconds(folder / "nothing") for _ in range(9))


def _measure(samples: Mapping[str, Mapping[str, Sample]], rounds: int) -> dict[str, Result]:
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for kernel, variants in samples.items():
            for variant, sample in variants.items():
                seconds = sample()
                if number > 0:  # the first round warms caches and the processor
                    times.setdefault((kernel, variant), []).append(seconds)
    medians = {key: statistics.median(values) for key, values in times.items()}
    return {
        kernel: Result(
            medians[kernel, "metered"],
            medians[kernel, "unmetered"],
            medians.get((kernel, "native")),
        )
        for kernel in samples
    }


def _table(results: Mapping[str, Result], load: float) -> Table:
    table = Table(
        "kernel", "metered s", "unmetered s", "overhead", "native s", "ratio",
        title=f"One core, processor seconds (load {load:.1f})",
    )  # fmt: skip
    for kernel, result in results.items():
        native = "-" if result.native is None else f"{result.native:.3f}"
        ratio = "-" if result.native is None else f"{result.metered / result.native:.2f}"
        metering = f"{result.metered / result.unmetered:.2f}"
        table.add_row(
            kernel, f"{result.metered:.3f}", f"{result.unmetered:.3f}", metering, native, ratio
        )
    overhead = _geometric_mean([r.metered / r.unmetered for r in results.values()])
    natives = [r.metered / r.native for r in results.values() if r.native]
    total = f"{_geometric_mean(natives):.2f}" if natives else "-"
    table.add_row("geo. mean", "", "", f"{overhead:.2f}", "", total)
    return table


def _geometric_mean(ratios: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))
