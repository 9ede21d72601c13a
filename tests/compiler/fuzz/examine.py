"""One program's examination: it is accepted or refused, in bounded time, with diagnostics that can be shown."""

import json
import random
import signal
import traceback
from dataclasses import dataclass
from types import FrameType

from meshnode.compiler import ir
from meshnode.compiler.check.skimming import Known, defined_names
from meshnode.compiler.check.sources import Reading, check_sources, skim_sources
from meshnode.compiler.diagnostic import CompileError, Diagnostic
from meshnode.compiler.llvm.lower import lower_home, lower_slice
from meshnode.compiler.llvm.optimise import optimise
from meshnode.compiler.loops.split import TAPE_ROOTS, split_loops
from meshnode.compiler.names.symbols import Library
from meshnode.compiler.parse.parser import parse_source
from meshnode.compiler.runtime import ROOTS
from meshnode.compiler.verify import verify

FILE = "fuzzed.mojo"
TOO_SLOW = "too slow"
CPU_SECONDS_MAX = 5.0
"""CPU time of one program, where the comptime interpreter may take `INTERPRETED_STEPS` only."""
INTERPRETED_STEPS = 20_000
MESSAGE_CHARACTERS_MAX = 600
"""A sentence that is longer was made from the program's text without a bound."""


class _TooSlowError(BaseException):
    """The time is over; no handler in the compiler may take it for something else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the compiler, as one program shows it."""

    kind: str
    """Findings with the same kind have most likely one cause."""
    detail: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a program is read, and how far it goes if it is accepted."""

    is_strict: bool
    is_lowered: bool
    """Through loop analysis and to LLVM IR."""
    is_built: bool
    """Through LLVM, too."""
    known: Known
    """The prelude's instances that need no check; see skimming.py."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What one program led to."""

    outcome: str
    """`accepted`, `lowered`, `built`, `refused by the parser`, `refused by the checker`, or `finding`."""
    finding: Finding | None


def examine(text: str, library: Library, way: Way) -> Examined:
    """Run a program through the front end; if it is accepted, as far as `way` says."""
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_MAX)
    try:
        return _examine(text, library, way)
    except _TooSlowError:
        return Examined("finding", Finding(TOO_SLOW, f"more than {CPU_SECONDS_MAX} s of CPU"))
    except MemoryError:
        return Examined("finding", Finding("too much memory", "MemoryError"))
    except Exception as error:  # noqa: BLE001 - an exception of any kind is what is looked for
        return Examined("finding", _exception(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _TooSlowError


def _examine(text: str, library: Library, way: Way) -> Examined:
    is_strict = way.is_strict
    try:
        program = parse_source(text, FILE, is_strict=is_strict).module
    except CompileError as error:
        return _refused(error, text, "refused by the parser")
    try:
        # What every program needs of the prelude is left out: checking it is most of the time of a small program.
        skim_sources(program, library, way.known, {}, Reading(is_strict, defined_names(text)))
    except CompileError as error:
        return _refused(error, text, "refused by the checker")
    if not (way.is_lowered or way.is_built):
        return Examined("accepted", None)
    roots = (*ROOTS, *TAPE_ROOTS)
    module = check_sources(program, library, roots, {}, is_strict=is_strict).module
    _lower(module, is_built=way.is_built)
    return Examined("built" if way.is_built else "lowered", None)


def _refused(error: CompileError, text: str, outcome: str) -> Examined:
    if not error.diagnostics:
        return Examined("finding", Finding("no diagnostics", "a CompileError without reasons"))
    if isinstance(error.__cause__, Exception):
        return Examined("finding", _exception(error.__cause__))
    for diagnostic in error.diagnostics:
        fault = _fault(diagnostic, text)
        if fault is not None:
            return Examined("finding", fault)
    return Examined(outcome, None)


def _lower(module: ir.Module, *, is_built: bool) -> None:
    faults = verify(module)
    assert not faults, f"the verifier says: {faults[0]}"
    split = split_loops(module)
    for half in (split.home, split.slice):
        faults = verify(half)
        assert not faults, f"the verifier says after the loops: {faults[0]}"
    texts = [lower_home(split.home), lower_slice(split.slice)]
    if is_built:
        for lowered in texts:
            optimise(lowered)


def _fault(diagnostic: Diagnostic, text: str) -> Finding | None:
    """Say what is wrong with a diagnostic, if something is."""
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes if note.span is not None)]
    for span in spans:
        if not _is_inside(span, text):
            return Finding(f"span outside: {_shape(diagnostic.message)}", f"{span}: {diagnostic}")
    message = str(diagnostic.as_dict()["message"])
    if not message.strip() or "\n" in message or len(message) > MESSAGE_CHARACTERS_MAX:
        return Finding(f"message: {_shape(message)}", message)
    rendered = diagnostic.text({FILE: text})
    rendered.encode()
    json.dumps(diagnostic.as_dict())
    if diagnostic.span.file == FILE and not any(
        line.strip().startswith("^") for line in rendered.split("\n")
    ):
        return Finding(f"no caret: {_shape(message)}", rendered)
    return None


def _is_inside(span: ir.Span, text: str) -> bool:
    """Tell whether a span lies in the program; spans in the prelude are not looked up."""
    if span.file != FILE:
        return span.file.startswith("prelude/")
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if not 1 <= span.line <= span.stop_line <= len(lines):
        return False
    if span.line == span.stop_line and span.stop_column < span.column:
        return False
    return (
        1 <= span.column <= len(lines[span.line - 1]) + 1
        and 1 <= span.stop_column <= len(lines[span.stop_line - 1]) + 1
    )


def _exception(error: Exception) -> Finding:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "meshnode" in frame.filename or "/compiler/" in frame.filename
    ]
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
    where = f"{frames[-1].filename.rsplit('/', 1)[-1]} {frames[-1].name}" if frames else "?"
    if isinstance(error, RecursionError):
        where = "recursion"
    what = str(error)[:300]
    kind = f"{type(error).__name__} in {where}"
    if isinstance(error, AssertionError):
        kind += f": {_shape(what)[:60]}"
    return Finding(kind, f"{type(error).__name__}: {what} at {' > '.join(places[-6:])}")


def _shape(message: str) -> str:
    """Give a message without what it quotes."""
    return "".join(part for index, part in enumerate(message.split("'")) if index % 2 == 0)[:80]


def random_for(seed: int, index: int) -> random.Random:
    """Give the source of chance for one program: the same for the same seed and index everywhere."""
    return random.Random(f"{seed}:{index}")
