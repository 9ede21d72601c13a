"""What is wrong with a program, said to its author: values, text and JSON; finding it is not here."""

from collections.abc import Mapping
from enum import Enum, unique

import msgspec

from meshnode.compiler.ir import Span
from meshnode.protocol.errors import MeshError

_REASON_CHARACTERS_MAX = 200
_MESSAGE_CHARACTERS_MAX = 400
_EXCERPT_CHARACTERS_MAX = 160
"""Of a source line, around the place; a line of a megabyte is not shown whole."""


@unique
class Severity(Enum):
    """How bad a finding is; only errors stop a compilation."""

    ERROR = "error"
    WARNING = "warning"


@unique
class Code(Enum):
    """The kinds of findings; the value is what users see in brackets and may search for."""

    SYNTAX = "syntax"
    UNSUPPORTED = "unsupported"
    REMOVED = "removed"
    """A spelling of older Mojo versions."""
    NAME = "name"
    TYPE = "type"
    CALL = "call"
    MUTABILITY = "mutability"
    OWNERSHIP = "ownership"
    RAISES = "raises"
    FLOW = "flow"
    CONSTANT = "constant"
    LIMIT = "limit"
    INTERNAL = "internal"


def counted(count: int, noun: str) -> str:
    """Write a number of things: `1 argument`, `2 arguments`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Note(msgspec.Struct, frozen=True):
    """A further remark, at a place or at none."""

    message: str
    span: Span | None = None


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding."""

    code: Code
    message: str
    """One sentence without a final stop, in lower case, as compilers have it."""
    span: Span
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()
    suggestion: str | None = None
    """What to write instead, if there is one thing."""

    def text(self, sources: Mapping[str, str]) -> str:
        """Render for a terminal: place, message, source line with a caret, notes, suggestion."""
        lines = [
            f"{_place(self.span)}: {self.severity.value}: {_short(self.message)} [{self.code.value}]",
            *_excerpt(self.span, sources),
        ]
        for note in self.notes:
            if note.span is None:
                lines.append(f"note: {_short(note.message)}")
            else:
                lines += [f"{_place(note.span)}: note: {_short(note.message)}"]
                lines += _excerpt(note.span, sources)
        if self.suggestion is not None:
            lines.append(f"help: {self.suggestion}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Give the JSON form that `--json` prints."""
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "message": _short(self.message),
            "span": span_as_dict(self.span),
            "notes": [
                {"message": _short(note.message), "span": note.span and span_as_dict(note.span)}
                for note in self.notes
            ],
            "suggestion": self.suggestion,
        }


class CompileError(MeshError):
    """A program that cannot be compiled; `diagnostics` says why, in the order of the source."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(f"{_place(d.span)}: {d.message}" for d in diagnostics[:3]))
        self.diagnostics = diagnostics

    def text(self, sources: Mapping[str, str]) -> str:
        """Render all findings for a terminal."""
        return "\n".join(diagnostic.text(sources) for diagnostic in self.diagnostics)


def internal_error(error: Exception, span: Span) -> Diagnostic:
    """Say that the compiler itself failed, to somebody who can only report it."""
    if isinstance(error, RecursionError):
        return Diagnostic(Code.LIMIT, "this program is nested too deeply", span)
    what = " ".join(str(error).split())[:_REASON_CHARACTERS_MAX]
    reason = f"{type(error).__name__}: {what}" if what else type(error).__name__
    note = Note("this is a fault of the compiler, not of the program; please report it")
    return Diagnostic(Code.INTERNAL, f"the compiler failed here ({reason})", span, notes=(note,))


def span_as_dict(span: Span) -> dict[str, object]:
    """Give the JSON form of a span."""
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "stop_line": span.stop_line,
        "stop_column": span.stop_column,
    }


def _short(message: str) -> str:
    """Cut a message to what is read; names and literals of a program have any length, and may hold line ends."""
    line = " ".join(message.split("\n"))
    if len(line) <= _MESSAGE_CHARACTERS_MAX:
        return line
    half = _MESSAGE_CHARACTERS_MAX // 2
    return f"{line[:half]}…{line[-half:]}"


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"


def _excerpt(span: Span, sources: Mapping[str, str]) -> list[str]:
    """Show the span's first line with a caret under its start and tildes up to its end."""
    text = sources.get(span.file)
    if text is None:
        return []
    source_lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if not 1 <= span.line <= len(source_lines):
        return []
    line = source_lines[span.line - 1]
    start = max(span.column - 1, 0)
    stop = span.stop_column - 1 if span.stop_line == span.line else len(line)
    if len(line) > _EXCERPT_CHARACTERS_MAX:
        left = max(start - _EXCERPT_CHARACTERS_MAX // 2, 0)
        line = line[left : left + _EXCERPT_CHARACTERS_MAX]
        start, stop = start - left, stop - left
    margin = "".join("\t" if character == "\t" else " " for character in line[:start])
    underline = "^" + "~" * (min(stop, len(line)) - start - 1)
    return [f"  {line}", f"  {margin}{underline}"]
