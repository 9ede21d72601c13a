"""Runs the test suite in two halves at the same time: `python -m tests.halves [PYTEST_FLAG ...]`.

The compiler's half keeps one core busy, the other one mostly waits for processes and clocks. What the second half says
is printed when the first has ended; the exit code is the first that is not 0.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence

COMPILER = ("tests/compiler", "tests/golden")


def main(flags: Sequence[str]) -> int:
    """Run both halves and give the exit code."""
    ignored = [f"--ignore={folder}" for folder in COMPILER]
    with tempfile.TemporaryFile() as said:
        others = subprocess.Popen(
            _command(*ignored, "-p", "no:cacheprovider", *flags), stdout=said, stderr=said
        )
        try:
            first = subprocess.run(_command(*COMPILER, *flags), check=False).returncode
            second = others.wait()
        finally:
            others.kill()
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return first or second


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
