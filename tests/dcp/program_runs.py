"""Runs of programs of the real clients: what was expected of them, and what came."""

import difflib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.dcp.clients import PROGRAMS, Clients

PROGRAM_S = 120.0
EXAMPLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """One program and what it must print."""

    name: str
    path: Path
    feature: str
    interpreter: str
    seconds_max: float
    expected: str | None
    """The whole standard output; None where only `expected_lines` are looked for."""
    expected_lines: tuple[str, ...] = ()
    """Lines that must come; then the program is ended, for some never end by themselves."""


@dataclass(frozen=True, slots=True)
class Run:
    """How one program went."""

    program: Program
    seconds: float
    fault: str
    """Empty: it did what was expected. Otherwise why not."""

    @property
    def is_right(self) -> bool:
        """It printed what was expected and ended in time."""
        return not self.fault


def our_programs(clients: Clients) -> list[Program]:
    """The JavaScript programs beside this module."""
    return _programs([*PROGRAMS.glob("*.js"), *PROGRAMS.glob("*.mjs")], clients, "node")


def python_programs(clients: Clients) -> list[Program]:
    """The Python programs beside this module."""
    return _programs([*(PROGRAMS / "python").glob("*.py")], clients, str(clients.python))


def _programs(paths: list[Path], clients: Clients, interpreter: str) -> list[Program]:
    """Read the first lines of each, which say its feature and its time."""
    programs = []
    for path in sorted(paths):
        head = path.read_text(encoding="utf-8")
        feature = re.search(r"^(?://|#) Feature: (.*)$", head, re.MULTILINE)
        seconds = re.search(r"^(?://|#) Seconds: (\d+)$", head, re.MULTILINE)
        assert feature, f"{path.name} does not say its feature"
        programs.append(
            Program(
                str(path.relative_to(PROGRAMS)),
                clients.programs / path.relative_to(PROGRAMS),
                feature[1],
                interpreter,
                float(seconds[1]) if seconds else PROGRAM_S,
                path.with_suffix(".out").read_text(encoding="utf-8"),
            )
        )
    return programs


_EXAMPLES: dict[str, tuple[str, ...]] = {
    "simple-job.js": ("Job completed, here are the results:  [ 2, 4, 6, 8 ]",),
    "simple-job-es6.mjs": ("[ 2, 4, 6, 8 ]",),
    "remote-data/simple-job-remote-data-pattern.js": (
        "Job completed, here are the results:  [ 'FOO', 'BAR' ]",
    ),
    "remote-data/simple-job-remote-function.js": (
        "Job completed, here are the results:  [ 2, 4, 6, 8 ]",
    ),
    "remote-data/simple-job-remote-input.js": (
        "Job completed, here are the results:  [ 'FOO', 'BAR' ]",
    ),
}
"""The client's own examples, unmodified, and the line that each must come to."""


def examples(clients: Clients) -> list[Program]:
    """The client's own examples; those in `remote-data` use fixed ports, so only one may run at a time."""
    folder = clients.package / "examples" / "nodejs"
    return [
        Program(
            f"examples/{name}",
            folder / name,
            "the client's own example, unmodified",
            "node",
            EXAMPLE_S,
            None,
            lines,
        )
        for name, lines in _EXAMPLES.items()
    ]


def run_program(program: Program, clients: Clients, home: Path, url: str) -> Run:
    """Run one program against the gateway at `url`."""
    environment = clients.node_environment(home, url)
    began = time.monotonic()
    if program.expected is None:
        fault = _run_to_lines(program, environment)
    else:
        fault = _run_to_end(program, environment, program.expected)
    return Run(program, time.monotonic() - began, fault)


def _run_to_end(program: Program, environment: dict[str, str], expected: str) -> str:
    process = _start([program.interpreter, str(program.path)], environment, program.path.parent)
    try:
        output, errors = process.communicate(timeout=program.seconds_max)
    except subprocess.TimeoutExpired:
        _end(process)
        output, errors = process.communicate()
        return (
            f"not over after {program.seconds_max:.0f} s; {_difference(output, expected)}{errors}"
        )
    if output == expected and process.returncode == 0:
        return ""
    return f"exit code {process.returncode}; {_difference(output, expected)}{errors}"


def _difference(output: str, expected: str) -> str:
    lines = difflib.unified_diff(
        expected.splitlines(), output.splitlines(), "expected", "printed", lineterm="", n=1
    )
    return "\n".join(lines) + "\n"


def _run_to_lines(program: Program, environment: dict[str, str]) -> str:
    """Read what a program prints until all wanted lines have come."""
    process = _start([program.interpreter, str(program.path)], environment, program.path.parent)
    timer = threading.Timer(program.seconds_max, _end, (process,))
    timer.start()
    wanted = list(program.expected_lines)
    text = ""
    assert process.stdout is not None
    for line in process.stdout:
        text += line
        if line.rstrip("\n") in wanted:
            wanted.remove(line.rstrip("\n"))
        if not wanted:
            break
    timer.cancel()
    _end(process)
    output, errors = process.communicate()
    return f"did not print {wanted}:\n{text}{output}{errors}" if wanted else ""


def _start(
    command: Sequence[str], environment: dict[str, str], folder: Path
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
