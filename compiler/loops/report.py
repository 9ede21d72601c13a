"""What became of each loop of a program, for `explain`: values, text and JSON forms; deciding is `plan.py`'s work."""

from collections.abc import Mapping
from enum import Enum, unique

import msgspec

from meshnode.compiler.ir import Span


@unique
class Verdict(Enum):
    """What happens to a loop."""

    DISTRIBUTED = "distributed"
    """Offered to the mesh when it is reached; a probe decides whether that pays."""
    NOT_DISTRIBUTED = "not distributed"
    """Something in it depends on the iterations before."""
    NOT_WORTH_IT = "not worth it"
    """It could be split, but what would be recorded costs less than the tape."""
    INSIDE = "inside a distributed loop"
    """It runs within the iterations of a distributed loop."""


class Reason(msgspec.Struct, frozen=True):
    """Why something is not distributed, at its place in the source."""

    message: str
    span: Span
    help: str | None = None
    """A change of the program that would help, if one is known."""


def host_reason(function: str, span: Span) -> Reason:
    """Say that a call prints or asks the host for something."""
    if function == "_print":
        return Reason("prints", span)
    return Reason(
        f"calls `{function}`, which prints or asks the host for something",
        span,
        f"let `{function}` return what it computes, and print that in the loop",
    )


def random_reason(function: str, span: Span) -> Reason:
    """Say that a call draws random numbers that chunks cannot know."""
    return Reason(
        f"calls `{function}`, which draws random numbers, and how many were drawn before is not "
        "known at an iteration's start",
        span,
        "let each iteration draw equally many, not under a condition, and do not leave the loop early",
    )


class Capture(msgspec.Struct, frozen=True):
    """A value that travels to the chunks because the recorded part reads it."""

    name: str
    """As in the source: `a`, `self.cells`."""
    type: str
    """Readable type: `Int`, `List[Float64]`."""


class LoopReport(msgspec.Struct, frozen=True):
    """One loop's verdict and what led to it."""

    number: int | None
    """The loop's number in the slice ABI; None unless distributed."""
    function: str
    """The function that the loop is in."""
    span: Span
    """The loop's header."""
    verdict: Verdict
    reason: Reason | None = None
    """The first statement that stops it; None if distributed."""
    recorded: tuple[Span, ...] = ()
    """Statements computed on the mesh."""
    replayed: tuple[Span, ...] = ()
    """Statements executed at home, in order."""
    captures: tuple[Capture, ...] = ()
    tape: tuple[str, ...] = ()
    """Types of the values that one iteration puts on the tape, in order of the program text."""
    forms: tuple[str, ...] = ()
    """Folds and selections that moved into the chunk, in words."""
    closed: tuple[str, ...] = ()
    """Carried variables whose values chunks compute, in words."""
    notes: tuple[str, ...] = ()
    suggestion: str | None = None
    """A change of the program that would help, if one is known."""

    def text(self, sources: Mapping[str, str]) -> str:
        """Render for a terminal: header with its source line, then what is known, one line each."""
        place = f"{self.span.file}:{self.span.line}"
        lines = [f"{place}: {self.verdict.value} (loop in {self.function})"]
        lines += excerpt(self.span, sources, underline=False)
        if self.reason is not None:
            lines.append(f"  {self.reason.message}")
            lines += excerpt(self.reason.span, sources, underline=True)
        for title, spans in (("recorded", self.recorded), ("replayed", self.replayed)):
            if spans:
                lines.append(f"  {title}: {_line_ranges(spans)}")
        if self.captures:
            captures = ", ".join(f"{c.name}: {c.type}" for c in self.captures)
            lines.append(f"  captures: {captures}")
        if self.tape:
            lines.append(f"  tape: {', '.join(self.tape)}")
        lines += [f"  in the chunk: {form}" for form in self.forms]
        lines += [f"  closed form: {form}" for form in self.closed]
        lines += [f"  note: {note}" for note in self.notes]
        if self.suggestion is not None:
            lines.append(f"  help: {self.suggestion}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Give the JSON form that `explain --json` prints."""
        return {
            "number": self.number,
            "function": self.function,
            "span": _span_as_dict(self.span),
            "verdict": self.verdict.value,
            "reason": self.reason
            and {"message": self.reason.message, "span": _span_as_dict(self.reason.span)},
            "recorded": [_span_as_dict(span) for span in self.recorded],
            "replayed": [_span_as_dict(span) for span in self.replayed],
            "captures": [{"name": c.name, "type": c.type} for c in self.captures],
            "tape": list(self.tape),
            "forms": list(self.forms),
            "closed": list(self.closed),
            "notes": list(self.notes),
            "suggestion": self.suggestion,
        }


def explain(reports: tuple[LoopReport, ...], sources: Mapping[str, str]) -> str:
    """Render all loops of a program, in the order of the source."""
    if not reports:
        return "no loops\n"
    return "\n\n".join(report.text(sources) for report in reports) + "\n"


def excerpt(span: Span, sources: Mapping[str, str], *, underline: bool) -> list[str]:
    """Show the span's first source line, with a caret under its start if asked."""
    source_lines = sources.get(span.file, "").splitlines()
    if not 1 <= span.line <= len(source_lines):
        return []
    line = source_lines[span.line - 1]
    shown = [f"    {line}"]
    if underline:
        stop = span.stop_column if span.stop_line == span.line else len(line) + 1
        width = max(min(stop, len(line) + 1) - span.column, 1)
        shown.append("    " + " " * (span.column - 1) + "^" + "~" * (width - 1))
    return shown


def _line_ranges(spans: tuple[Span, ...]) -> str:
    """Say which lines the spans start on: `lines 3-5, 8`."""
    lines = sorted({span.line for span in spans})
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and ranges[-1][1] == line - 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"line{'s' if len(lines) > 1 else ''} {shown}"


def _span_as_dict(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "stop_line": span.stop_line,
        "stop_column": span.stop_column,
    }
