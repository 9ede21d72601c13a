"""Speed: `python -m tests.bench [kernels|latency|compile|scaling|examples|dcp]`, the first four without an argument.

Each prints one table with medians and its promise, and says whether the promise was kept. The machine should be idle:
`load` is the load average when a table was begun.
"""

import argparse
import sys
from collections.abc import Callable

from tests.bench import compile_time, dcp_throughput, examples, kernels, latency, scaling

BENCHMARKS: dict[str, Callable[[], bool]] = {
    "kernels": kernels.measure,
    "latency": latency.measure,
    "compile": compile_time.measure,
    "scaling": scaling.measure,
    "examples": examples.measure,
    "dcp": dcp_throughput.measure,
}
USUAL = ("kernels", "latency", "compile", "scaling")


def main() -> int:
    """Run the named benchmarks; 1 if one of them did not keep its promise."""
    parser = argparse.ArgumentParser(prog="tests.bench", description="speed, as medians")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    names = parser.parse_args().names or USUAL
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}")
    kept = [BENCHMARKS[name]() for name in names]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
