"""`meshnode compile --explain-cost`: runs a program here, and shows what its lines cost.

What is counted is what a run on this machine alone is charged: the module is the usual one, instruction by instruction,
and counters by line stand beside the meter's.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from meshnode.compiler.loops.report import LoopReport, Verdict
from meshnode.compiler.program import CountedHome, CountedProgram
from meshnode.node.compile_command import with_compiler
from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.limits import HOME_MEMORY_BYTES
from meshnode.node.program_files import ProgramFile
from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    ChildLost,
    Distribute,
    Exited,
    HomeProcess,
    LineMap,
    TimeAsked,
    home_profile,
)

AT_HOME = -1
"""The answer to a loop that asks for the mesh: run it where it stands."""
WALL_MS_MAX = 2**40
"""The program may take as long as its owner waits."""

Place = tuple[str, int]
"""A file and a line."""

BAR_CELLS = 10
GAP_LINES = 4
"""So many lines in a row that cost nothing are left out."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_COUNTED = """\
Counted are the operations that a run on this machine alone is charged. A function, and a loop's body in each iteration,
is charged as a whole when it is entered, branches that are not taken included; what the compiler moved or merged counts
for a line near by. 'library' is the part in functions of the library that the line called."""
_MESH = """
'm' marks statements of loops that the mesh computes when that is worth it: their operations are what it is paid for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one line cost, in operations."""

    own: int
    library: int

    @property
    def operations(self) -> int:
        """Both together."""
        return self.own + self.library


@dataclass(frozen=True, slots=True)
class Costs:
    """What a run cost."""

    exited: Exited
    lines: Mapping[Place, Cost]
    mesh: frozenset[Place]
    """Lines of statements that the mesh computes."""

    @property
    def elsewhere(self) -> int:
        """Operations before `main`, behind it, and in a library function that ended the program."""
        return self.exited.operations - sum(cost.operations for cost in self.lines.values())


def explain_cost(root: Path, program: ProgramFile, arguments: Sequence[str]) -> JsonObject:
    """Run a program and give what its lines cost, as data and as text. Its own output is dropped.

    Raises:
        ProgramRefusedError: the program has errors.
        NodeError: its process ended without an answer, or Ctrl-C was pressed.
    """
    counted = with_compiler(
        root,
        program,
        lambda compiler: compiler.count_lines(program.source, str(program.file), program.options),
    )
    costs = _run(counted, [str(program.file), *arguments])
    exited = costs.exited
    lines = sorted(costs.lines.items(), key=lambda item: (-item[1].operations, item[0]))
    return {
        "operations": exited.operations,
        "exit_code": None if exited.trap else exited.code,
        "trap": exited.trap,
        "elsewhere": costs.elsewhere,
        "lines": [
            {
                "file": place[0],
                "line": place[1],
                "operations": cost.operations,
                "library": cost.library,
                "share": round(cost.operations / max(exited.operations, 1), 6),
                "mesh": place in costs.mesh,
            }
            for place, cost in lines
        ],
        "text": "\n".join(_report(costs, program)),
    }


def line_map(home: CountedHome) -> tuple[LineMap, list[Place]]:
    """Give the lines of a module numbers.

    An instruction without a line has that of the one before it, or of the first behind it that has one.
    """
    numbers: dict[Place, int] = {}
    functions = {}
    for index, rows in home.functions.items():
        known = [(file, line) for _, file, line in rows if line]
        if not known:
            continue
        runs, (file, line) = [], known[0]
        for offset, row_file, row_line in rows:
            if row_line:
                file, line = row_file, row_line
            runs.append((offset, numbers.setdefault((home.files[file], line), len(numbers))))
        functions[index] = tuple(runs)
    return LineMap(functions), list(numbers)


def _run(counted: CountedProgram, arguments: Sequence[str]) -> Costs:
    lines, places = line_map(counted.home)
    try:
        process = HomeProcess.start(ChildLimits(wall_ms_max=WALL_MS_MAX, nice=0))
        try:
            process.run(counted.home.module, home_profile(HOME_MEMORY_BYTES), lines)
            exited = _serve(process, arguments)
        finally:
            process.kill()
    except ChildLost as err:
        raise NodeError(f"the program's process ended: {err}", ExitCode.JOB_FAILED) from err
    except KeyboardInterrupt:
        message = "interrupted; costs are known when the program ends"
        raise NodeError(message, ExitCode.INTERRUPTED) from None
    costs = {places[cost.line]: Cost(cost.own, cost.called) for cost in exited.costs}
    return Costs(exited, costs, _mesh_lines(counted.loops))


def _serve(process: HomeProcess, arguments: Sequence[str]) -> Exited:
    """Answer the program's calls, as a machine without a mesh does; what it prints is dropped."""
    while True:
        match process.receive():
            case Exited() as exited:
                return exited
            case Distribute():
                process.reply_run(AT_HOME)
            case ArgsAsked():
                process.reply_args(arguments)
            case TimeAsked():
                process.reply_time(time.time_ns())
            case _:
                pass


def _mesh_lines(loops: Sequence[LoopReport]) -> frozenset[Place]:
    spans = [
        span for loop in loops if loop.verdict is Verdict.DISTRIBUTED for span in loop.recorded
    ]
    return frozenset(
        (span.file, line) for span in spans for line in range(span.line, span.stop_line + 1)
    )


# ------------------------------------------------------------------------------------------- text


def _report(costs: Costs, program: ProgramFile) -> Iterator[str]:
    exited = costs.exited
    ended = f"stopped: {exited.trap}" if exited.trap else f"exit code {exited.code}"
    yield f"{program.file}: {exited.operations:,} operations ({ended})"
    yield ""
    yield f"  {'operations':>15} {'library':>15} {'%':>6}"
    by_file = Counter[str]()
    for (file, _), cost in costs.lines.items():
        by_file[file] += cost.operations
    files = [str(program.file), *(f for f, _ in by_file.most_common() if f != str(program.file))]
    for file in files:
        if file != files[0]:
            yield f"{file}:"
        yield from _file_lines(file, program.sources.get(file, "").splitlines(), costs)
    if costs.elsewhere:
        yield _row(Cost(costs.elsewhere, 0), costs, " ") + " before, behind and beside the program"
    yield ""
    yield _COUNTED + (_MESH if costs.mesh else "")


def _file_lines(file: str, texts: Sequence[str], costs: Costs) -> Iterator[str]:
    """Show a file's lines in place, without long stretches that cost nothing."""
    gap: list[str] = []
    for number, text in enumerate(texts, 1):
        cost = costs.lines.get((file, number), Cost(0, 0))
        mark = "m" if (file, number) in costs.mesh else " "
        shown = f"{_row(cost, costs, mark)} {number:4} {text}".rstrip()
        if cost.operations == 0:
            gap.append(shown)
            continue
        yield from gap if len(gap) <= GAP_LINES else [gap[0], " " * 52 + "   ⋮", gap[-1]]
        gap.clear()
        yield shown
    yield from gap[:1]


def _row(cost: Cost, costs: Costs, mark: str) -> str:
    """Write the columns before a line: operations, those in the library, share, a bar."""
    if cost.operations == 0:
        return f"{mark} {'':15} {'':15} {'':6} {'':{BAR_CELLS}}"
    share = cost.operations / costs.exited.operations
    library = f"{cost.library:,}" if cost.library else ""
    return (
        f"{mark} {cost.operations:15,} {library:>15} {100 * share:6.2f} {_bar(share):{BAR_CELLS}}"
    )


def _bar(share: float) -> str:
    eighths = round(share * BAR_CELLS * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
