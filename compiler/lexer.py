"""Text to tokens, layout included: INDENT, DEDENT and NEWLINE where Mojo's lines begin, go in and end.

The terminals' names are the grammar's (`mojo.lark`). Three of them need a look at the next token, so that the grammar
stays LALR(1): `TRANSFER` (a `^` after its operand), `CONVENTION` (`mut x`) and `TRAILING` (a comma before a closing
bracket or the line's end).
"""

import re
from typing import NamedTuple

from meshnode.compiler import limits
from meshnode.compiler.diagnostic import Code, Diagnostic
from meshnode.compiler.ir import Span
from meshnode.compiler.mojo_parser import FIXED


class Token(NamedTuple):
    """A terminal with its text and extent."""

    kind: str
    text: str
    line: int
    column: int
    stop_line: int
    stop_column: int


_PATTERN = re.compile(
    r"""(?P<space>[ \t\f]+|\\\n)
      | (?P<comment>\#[^\n]*)
      | (?P<newline>\n)
      | (?P<string>[rRtT]?(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
                   |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
      | (?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
                   |(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?
                   |[0-9][0-9_]*(?:\.(?![A-Za-z_.])(?:[eE][+-]?[0-9]+)?|(?:\.)?[eE][+-]?[0-9]+)
                   |[0-9][0-9_]*)
      | (?P<word>[^\W\d]\w*)
      | (?P<op>\*\*=|//=|<<=|>>=|\.\.\.|->|:=|\*\*|//|<<|>>|<=|>=|==|!=|[-+*/%&|^@]=
              |[-+*/%&|^~<>=()\[\]{},.:;@])
    """,
    re.VERBOSE | re.DOTALL,
)
_AUGMENTED = frozenset(["+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>="])
_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_CONVENTIONS = frozenset(
    ["mut", "out", "imm", "ref", "deinit", "read", "borrowed", "inout", "owned"]
)
_OPERAND_STARTS = frozenset(
    [
        "NAME",
        "INTEGER",
        "FLOAT",
        "STRING",
        "TSTRING",
        "LPAR",
        "LSQB",
        "LBRACE",
        "MINUS",
        "PLUS",
        "TILDE",
        "TRUE",
        "FALSE",
        "NONE",
        "CONVENTION",
    ]
)
_ENDS = frozenset(["RPAR", "RSQB", "RBRACE", "NEWLINE", FIXED["="]])
_TAB_STOP = 8


class Lexer:
    """One text's way to tokens; `tokens` and `diagnostics` are the outcome of `run`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._indents = [0]
        self._brackets: list[Token] = []
        self._line = 1
        self._line_start = 0

    def run(self) -> None:
        """Read the whole text."""
        text = self.text
        position = self._indentation(0)
        match_at = _PATTERN.match
        while position < len(text):
            match = match_at(text, position)
            if match is None:
                position = self._refuse(position)
                continue
            kind = match.lastgroup
            start, position = match.span()
            if kind == "newline":
                position = self._newline(start, position)
            elif kind in ("space", "comment"):
                self._count_lines(start, position)
            else:
                assert kind is not None
                self._token(kind, start, position)
            if len(self.tokens) > limits.TOKENS_MAX:
                self._report(Code.LIMIT, "this file has too many tokens", start, position)
                break
        self._finish()

    def _token(self, kind: str, start: int, stop: int) -> None:
        text = self.text[start:stop]
        line, column = self._line, start - self._line_start + 1
        if kind == "word":
            name = FIXED.get(text, "NAME")
        elif kind == "op":
            name = "AUGMENTED" if text in _AUGMENTED else FIXED.get(text, "")
            if not name:
                self._report(Code.SYNTAX, f"unexpected '{text}'", start, stop)
                return
        elif kind == "string":
            name = "TSTRING" if text[0] in "tT" else "STRING"
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
                self._report(Code.LIMIT, "brackets are nested too deeply", start, stop)
                self._brackets.pop()
        elif token.text in _CLOSING:
            if self._brackets and _OPENING[self._brackets[-1].text] == token.text:
                self._brackets.pop()
            else:
                self._report(Code.SYNTAX, f"unmatched '{token.text}'", start, stop)

    def _newline(self, start: int, position: int) -> int:
        """End a physical line; gives where reading goes on."""
        if not self._brackets:
            self._end_line(start - self._line_start + 1)
        self._line += 1
        self._line_start = position
        return position if self._brackets else self._indentation(position)

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
                self._report(Code.LIMIT, "blocks are nested too deeply", start, stop + 1)
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
                Diagnostic(Code.SYNTAX, f"'{bracket.text}' was never closed", self._span(bracket))
            )
        self._end_line(0)
        here = self.tokens[-1][4:6] if self.tokens else (self._line, 1)
        for _ in self._indents[1:]:
            self.tokens.append(Token("DEDENT", "", *here, *here))
        self.tokens.append(Token("$END", "", *here, *here))
        self.tokens = _look_ahead(self.tokens)

    def _count_lines(self, start: int, stop: int) -> None:
        count = self.text.count("\n", start, stop)
        if count:
            self._line += count
            self._line_start = self.text.rindex("\n", start, stop) + 1

    def _refuse(self, position: int) -> int:
        character = self.text[position]
        if character in "\"'":
            self._report(Code.SYNTAX, "this string is not closed", position, position + 1)
            end = self.text.find("\n", position)
            return len(self.text) if end < 0 else end
        self._report(Code.SYNTAX, f"unexpected character {character!r}", position, position + 1)
        return position + 1

    def _report(self, code: Code, message: str, start: int, stop: int) -> None:
        column = start - self._line_start + 1
        span = Span(self.file, self._line, column, self._line, column + stop - start)
        if len(self.diagnostics) < limits.DIAGNOSTICS_MAX:
            self.diagnostics.append(Diagnostic(code, message, span))

    def _span(self, token: Token) -> Span:
        return Span(self.file, *token[2:6])


def _is_float(text: str) -> bool:
    return text[:2] not in ("0x", "0X") and any(mark in text for mark in ".eE")


def _look_ahead(tokens: list[Token]) -> list[Token]:
    """Settle the terminals that depend on the next token."""
    result = []
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind == "NAME":
            if token.text in _CONVENTIONS and tokens[index + 1].kind == "NAME":
                token = token._replace(kind="CONVENTION")  # noqa: PLW2901 - the token is refined
        elif kind == "COMMA":
            if tokens[index + 1].kind in _ENDS:
                token = token._replace(kind="TRAILING")  # noqa: PLW2901 - as above
        elif kind == "CARET" and tokens[index + 1].kind not in _OPERAND_STARTS:
            token = token._replace(kind="TRANSFER")  # noqa: PLW2901 - as above
        result.append(token)
    return result
