"""Many random loop programs, interpreted: `python -m tests.compiler.loops --count 10000 --seed 1`."""

import sys
import time
from collections import Counter

import click
from tests.compiler.loops.generator import program
from tests.compiler.loops.interpreted import BATCH, try_programs


@click.command()
@click.option("--count", default=1000)
@click.option("--seed", default=1)
def main(count: int, seed: int) -> None:
    """Run programs until one differs."""
    tally: Counter[str] = Counter()
    began = time.monotonic()
    for first in range(seed, seed + count, BATCH):
        for number, result in try_programs(range(first, min(first + BATCH, seed + count))):
            tally["programs"] += 1
            tally["loops split"] += result.split
            tally["programs with a split loop"] += result.split > 0
            if not result.is_same:
                print(program(number))  # noqa: T201 - a command line tool
                sys.exit(f"seed {number} differs:\n{result.detail}")
    print(dict(tally), f"{time.monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
