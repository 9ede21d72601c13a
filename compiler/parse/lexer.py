"""Text to tokens, layout included: INDENT, DEDENT and NEWLINE where Mojo's lines begin, go in and end.

The terminals' names are the grammar's (`mojo.lark`). Some of them need a look at the tokens around, so that the grammar
stays LALR(1): they are settled in lexer_context.py. A t-string is read into text and the tokens of its fields.
"""

import re

from meshnode.compiler import limits
from meshnode.compiler.diagnostic import Code, Diagnostic, Note
from meshnode.compiler.ir import Span
from meshnode.compiler.parse.lexer_context import Token, settle_words
from meshnode.compiler.parse.mojo_parser import FIXED
from meshnode.compiler.parse.syntax_hints import character_hint

_PATTERN = re.compile(
    r"""(?P<space>[ \t\f]+|\\\n)
      | (?P<comment>\#[^\n]*)
      | (?P<newline>\n)
      | (?P<template>[tT](?:\"\"\"|'''|"|'))
      | (?P<string>[rR]?(?:\"\"\"[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+\"\"\"
                   |'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''
                   |"(?!"")[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'(?!'')[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'))
      | (?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
                   |(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?
                   |[0-9][0-9_]*(?:\.(?![A-Za-z_.])(?:[eE][+-]?[0-9]+)?|(?:\.)?[eE][+-]?[0-9]+)
                   |[0-9][0-9_]*)
      | (?P<word>[^\W\d]\w*|`[^`\n]+`)
      | (?P<op>\*\*=|//=|<<=|>>=|\.\.\.|->|:=|\*\*|//|<<|>>|<=|>=|==|!=|[-+*/%&|^@]=
              |[-+*/%&|^~<>=()\[\]{},.:;@])
    """,
    re.VERBOSE | re.DOTALL,
)
_AUGMENTED = frozenset(["+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>="])
_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_INSIDE_FIELD = re.compile(
    r"""\"\"\"[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+\"\"\"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''
      |"(?!"")[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'(?!'')[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'""",
    re.VERBOSE | re.DOTALL,
)
_TAB_STOP = 8

NEVER_CLOSED = "was never closed"
"""How the message on a bracket ends that swallows the rest of its file."""


__all__ = ["NEVER_CLOSED", "Lexer", "Token"]


class Lexer:
    """One text's way to tokens; `tokens` and `diagnostics` are the outcome of `run`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._indents = [0]
        self._brackets: list[Token] = []
        self._templates = 0
        """How many fields of t-strings are open; their lines do not end statements."""
        self.is_given_up = False
        """A limit was met, which is all that is said of the rest."""
        self._line = 1
        self._line_start = 0

    def run(self) -> None:
        """Read the whole text."""
        self._read(self._indentation(0), len(self.text))
        self._finish()

    def _read(self, position: int, stop: int) -> None:
        """Read the tokens between two positions."""
        text = self.text
        match_at = _PATTERN.match
        while position < stop and not self.is_given_up:
            match = match_at(text, position, stop)
            if match is None:
                position = self._refuse(position)
                continue
            kind = match.lastgroup
            start, position = match.span()
            if kind == "newline":
                position = self._newline(start, position)
            elif kind == "template":
                position = self._template(start, position, stop)
            elif kind in ("space", "comment"):
                self._count_lines(start, position)
            else:
                assert kind is not None
                self._token(kind, start, position)
            if len(self.tokens) > limits.TOKENS_MAX:
                message = f"this file is too large: it has more than {limits.TOKENS_MAX:,} tokens"
                self._give_up(message, start, position)

    def _template(self, start: int, position: int, stop: int) -> int:
        """Read a t-string whose prefix and quotes end at `position`; gives where it ends, which is before `stop`."""
        text = self.text
        quotes = text[start + 1 : position]
        self._push("TEMPLATE_START", start, position)
        opening = self._span(self.tokens[-1])
        begin = position
        while position < stop and not text.startswith(quotes, position):
            character = text[position]
            if character == "\n" and len(quotes) == 1:
                break
            if character == "\\":
                position += 2
            elif text[position : position + 2] in ("{{", "}}"):
                self._push("TEMPLATE_TEXT", begin, position + 1)
                position = begin = position + 2
            elif character == "{":
                self._push("TEMPLATE_TEXT", begin, position)
                after = _field_stop(text, position, stop)
                if after is None:
                    return self._open_field(position, stop)
                self._field(position, after)
                position = begin = after + 1
            else:
                position += 1
        if position >= stop or not text.startswith(quotes, position):
            self._add(Code.SYNTAX, "this string is not closed", opening)
            return min(position, stop)
        self._push("TEMPLATE_TEXT", begin, position)
        self._push("TEMPLATE_END", position, position + len(quotes))
        return position + len(quotes)

    def _field(self, start: int, stop: int) -> None:
        """Read one `{…}` of a t-string, whose closing bracket is at `stop`."""
        self._push("FIELD_START", start, start + 1)
        self._templates += 1
        if self._templates > limits.BRACKETS_MAX:
            self._give_up("t-strings are nested too deeply", start, start + 1)
        self._read(start + 1, stop)
        self._templates -= 1
        self._push("FIELD_END", stop, stop + 1)

    def _open_field(self, start: int, stop: int) -> int:
        """Report a `{` that nothing closes; gives where reading goes on: behind its line."""
        self._report(Code.SYNTAX, "this field of a t-string is not closed", start, start + 1)
        self._brackets.clear()
        if len(self.diagnostics) >= limits.DIAGNOSTICS_MAX:
            self.is_given_up = True  # Each of them was looked for up to the file's end.
        end = self.text.find("\n", start, stop)
        return stop if end < 0 else end

    def _push(self, kind: str, start: int, stop: int) -> None:
        """Append a token of a t-string; empty text is left out."""
        if kind == "TEMPLATE_TEXT" and start == stop:
            return
        line, column = self._line, start - self._line_start + 1
        self._count_lines(start, stop)
        last = stop - self._line_start + 1
        self.tokens.append(Token(kind, self.text[start:stop], line, column, self._line, last))

    def _token(self, kind: str, start: int, stop: int) -> None:
        text = self.text[start:stop]
        line, column = self._line, start - self._line_start + 1
        if kind == "word":
            name = FIXED.get(text, "NAME")
            text = text.strip("`")
        elif kind == "op":
            name = "AUGMENTED" if text in _AUGMENTED else FIXED.get(text, "")
            if not name:
                self._report(Code.SYNTAX, f"unexpected '{text}'", start, stop)
                return
        elif kind == "string":
            name = "STRING"
            self._count_lines(start, stop)
        else:
            name = "FLOAT" if _is_float(text) else "INTEGER"
            if stop - start > limits.LITERAL_DIGITS_MAX:
                self._report(Code.LIMIT, "this number has too many digits", start, stop)
                text = "0"
        token = Token(name, text, line, column, self._line, stop - self._line_start + 1)
        self.tokens.append(token)
        if kind == "op":
            self._bracket(token, start, stop)

    def _bracket(self, token: Token, start: int, stop: int) -> None:
        if token.text in _OPENING:
            self._brackets.append(token)
            if len(self._brackets) > limits.BRACKETS_MAX:
                self._give_up("brackets are nested too deeply", start, stop)
        elif token.text in _CLOSING:
            self._close(token)

    def _close(self, token: Token) -> None:
        """Close a bracket; one error is enough for a line, since the first leads to the others."""
        opening = self._brackets.pop() if self._brackets else None
        if opening is not None and _OPENING[opening.text] == token.text:
            return
        if opening is not None and not self._close_around(token.text):
            self._brackets.append(opening)
        if any(token.line == fault.span.line for fault in self.diagnostics[-1:]):
            return
        message = f"unmatched '{token.text}'"
        notes: tuple[Note, ...] = ()
        if opening is not None:
            message = f"'{token.text}' closes no '{opening.text}'"
            notes = (Note("this is open here", self._span(opening)),)
        self._add(Code.SYNTAX, message, self._span(token), notes)

    def _close_around(self, closing: str) -> bool:
        """Close a bracket and those within it; False if none is open that would fit."""
        for index in reversed(range(len(self._brackets))):
            if _OPENING[self._brackets[index].text] == closing:
                del self._brackets[index:]
                return True
        return False

    def _newline(self, start: int, position: int) -> int:
        """End a physical line; gives where reading goes on."""
        is_inside = bool(self._brackets or self._templates)
        if not is_inside:
            self._end_line(start - self._line_start + 1)
        self._line += 1
        self._line_start = position
        return position if is_inside else self._indentation(position)

    def _end_line(self, column: int) -> None:
        if self.tokens and self.tokens[-1].kind not in ("NEWLINE", "INDENT", "DEDENT"):
            last = self.tokens[-1]
            del column
            stop = (last.stop_line, last.stop_column)
            self.tokens.append(Token("NEWLINE", "", *stop, *stop))

    def _indentation(self, position: int) -> int:
        """Compare the next written line's indentation with the open blocks."""
        text = self.text
        while True:
            start = position
            width = 0
            while position < len(text) and text[position] in " \t\f":
                width = (
                    width + 1 if text[position] == " " else width - width % _TAB_STOP + _TAB_STOP
                )
                position += 1
            if position >= len(text):
                return position
            if text[position] == "#":
                end = text.find("\n", position)
                position = len(text) if end < 0 else end
            if position < len(text) and text[position] == "\n":
                position += 1
                self._line += 1
                self._line_start = position
                continue
            if position < len(text):
                self._blocks(width, start, position)
            return position

    def _blocks(self, width: int, start: int, stop: int) -> None:
        here = (self._line, stop - self._line_start + 1)
        if width > self._indents[-1]:
            self._indents.append(width)
            self.tokens.append(Token("INDENT", "", *here, *here))
            if len(self._indents) > limits.BLOCKS_MAX:
                self._give_up("blocks are nested too deeply", start, stop + 1)
            return
        end = self.tokens[-1][4:6] if self.tokens else here
        while width < self._indents[-1]:
            self._indents.pop()
            self.tokens.append(Token("DEDENT", "", *end, *end))
        if width > self._indents[-1]:
            message = "this line's indentation matches no block above it"
            self._report(Code.SYNTAX, message, stop, stop + 1)

    def _finish(self) -> None:
        if self._brackets:
            bracket = self._brackets[0]
            self.diagnostics.append(
                Diagnostic(Code.SYNTAX, f"'{bracket.text}' {NEVER_CLOSED}", self._span(bracket))
            )
        self._end_line(0)
        here = self.tokens[-1][4:6] if self.tokens else (self._line, 1)
        for _ in self._indents[1:]:
            self.tokens.append(Token("DEDENT", "", *here, *here))
        self.tokens.append(Token("$END", "", *here, *here))
        self.tokens = settle_words(self.tokens)

    def _count_lines(self, start: int, stop: int) -> None:
        count = self.text.count("\n", start, stop)
        if count:
            self._line += count
            self._line_start = self.text.rindex("\n", start, stop) + 1

    def _refuse(self, position: int) -> int:
        character = self.text[position]
        if character in "\"'":
            self._report(Code.SYNTAX, "this string is not closed", position, position + 1)
            self._brackets.clear()  # What closes them is most likely in the string.
            if self.text.startswith(character * 3, position):
                return len(self.text)
            end = self.text.find("\n", position)
            return len(self.text) if end < 0 else end
        if character == "\0":
            self._give_up("this file is no text: it has a NUL character", position, position + 1)
            return position
        stop = position
        while self.text.startswith(character, stop):
            stop += 1
        hint = character_hint(character)
        message = f"unexpected character {character!r}"
        self._report(Code.SYNTAX, message, position, stop, hint)
        return stop

    def _give_up(self, message: str, start: int, stop: int) -> None:
        """Report a limit, and read no further."""
        self._report(Code.LIMIT, message, start, stop)
        self.is_given_up = True
        self._brackets.clear()

    def _report(
        self, code: Code, message: str, start: int, stop: int, suggestion: str | None = None
    ) -> None:
        column = start - self._line_start + 1
        span = Span(self.file, self._line, column, self._line, column + stop - start)
        self._add(code, message, span, suggestion=suggestion)

    def _add(
        self,
        code: Code,
        message: str,
        span: Span,
        notes: tuple[Note, ...] = (),
        *,
        suggestion: str | None = None,
    ) -> None:
        if len(self.diagnostics) < limits.DIAGNOSTICS_MAX and not self.is_given_up:
            fault = Diagnostic(code, message, span, notes=notes, suggestion=suggestion)
            self.diagnostics.append(fault)

    def _span(self, token: Token) -> Span:
        return Span(self.file, *token[2:6])


def _is_float(text: str) -> bool:
    return text[:2] not in ("0x", "0X") and any(mark in text for mark in ".eE")


def _field_stop(text: str, start: int, stop: int) -> int | None:
    """Find the `}` that closes the `{` at `start`, past brackets and strings inside; None if there is none."""
    depth = 0
    position = start
    while position < stop:
        character = text[position]
        match = _INSIDE_FIELD.match(text, position, stop) if character in "\"'" else None
        if match is not None:
            position = match.end()
            continue
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth == 0:
            return position
        position += 1
    return None
