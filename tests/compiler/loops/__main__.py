"""Many random loop programs, interpreted: `python -m tests.compiler.loops --count 10000 --seed 1`."""

import sys
import time
from collections import Counter

import click
from tests.compiler.loops.generator import program
from tests.compiler.loops.interpreted import BATCH, try_programs

SHOWN_EACH = 10
"""Batches after which the tally is shown."""


@click.command()
@click.option("--count", default=1000)
@click.option("--seed", default=1)
def main(count: int, seed: int) -> None:
    """Run programs until one differs."""
    tally: Counter[str] = Counter()
    began = time.monotonic()
    for number, first in enumerate(range(seed, seed + count, BATCH)):
        if number % SHOWN_EACH == SHOWN_EACH - 1:
            print(first, dict(tally), f"{time.process_time():.0f} s of CPU", flush=True)  # noqa: T201
        for seed_number, result in try_programs(range(first, min(first + BATCH, seed + count))):
            tally["programs"] += 1
            tally["loops split"] += result.split
            tally["programs with a split loop"] += result.split > 0
            if not result.is_same:
                print(program(seed_number))  # noqa: T201 - a command line tool
                sys.exit(f"seed {seed_number} differs:\n{result.detail}")
    elapsed_s, cpu_s = time.monotonic() - began, time.process_time()
    print(dict(tally), f"{elapsed_s:.0f} s, {cpu_s:.0f} s of CPU")  # noqa: T201


if __name__ == "__main__":
    main()
