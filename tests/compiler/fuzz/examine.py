"""One program's examination: it is accepted or refused, in bounded time, with diagnostics that can be shown."""

import json
import random
import signal
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic
from meshnode.compiler.llvm.lower import lower_home, lower_slice
from meshnode.compiler.llvm.optimise import optimise
from meshnode.compiler.loops import split_loops
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.parse import tree
from meshnode.compiler.pipeline import check
from meshnode.compiler.verify import verify

FILE = "fuzzed.mojo"
TOO_SLOW = "too slow"
CPU_SECONDS_MAX = 20.0
"""CPU time of one program; a run of the comptime interpreter alone may take fifteen."""
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
class Examined:
    """What one program led to."""

    outcome: str
    """`accepted`, `refused by the parser`, `refused by the checker`, or `finding`."""
    finding: Finding | None


def examine(
    text: str, prelude: Sequence[tree.Module], *, is_strict: bool, is_lowered: bool, is_built: bool
) -> Examined:
    """Run a program through the front end; if it is accepted, optionally through loop analysis, lowering and LLVM."""
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_MAX)
    try:
        return _examine(text, prelude, CompileOptions((), is_strict), is_lowered, is_built)
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


def _examine(
    text: str,
    prelude: Sequence[tree.Module],
    options: CompileOptions,
    is_lowered: bool,  # noqa: FBT001 - handed on by name above
    is_built: bool,  # noqa: FBT001
) -> Examined:
    try:
        module = check(text, FILE, prelude, options)
    except CompileError as error:
        if not error.diagnostics:
            return Examined("finding", Finding("no diagnostics", "a CompileError without reasons"))
        if isinstance(error.__cause__, Exception):
            return Examined("finding", _exception(error.__cause__))
        for diagnostic in error.diagnostics:
            fault = _fault(diagnostic, text)
            if fault is not None:
                return Examined("finding", fault)
        is_syntax = error.diagnostics[0].code in (Code.SYNTAX, Code.REMOVED)
        return Examined(f"refused by the {'parser' if is_syntax else 'checker'}", None)
    if is_lowered:
        _lower(module, is_built=is_built)
    return Examined("accepted", None)


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
