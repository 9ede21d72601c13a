"""The terminals that depend on the tokens around them, settled so that the grammar stays LALR(1).

`TRANSFER` is a `^` after its operand; `CONVENTION` is `mut` and its like before a name; `REFERENCE` is the `ref` of
`ref [origin]`; `TRAILING` is a comma before a closing bracket or the line's end; `EFFECT` is `thin` and its like after
a function type's parameters; `MATCH`, `CASE` and `WHERE` are these words where no name can stand.
"""

from collections.abc import Sequence
from typing import NamedTuple

from meshnode.compiler.parse.mojo_parser import FIXED


class Token(NamedTuple):
    """A terminal with its text and extent."""

    kind: str
    text: str
    line: int
    column: int
    stop_line: int
    stop_column: int


_CONVENTIONS = frozenset(
    ["mut", "out", "imm", "ref", "deinit", "read", "borrowed", "inout", "owned"]
)
_EFFECTS = frozenset(["thin", "capturing", "escaping", "unified", "abi"])
_OPERAND_STARTS = frozenset(
    [
        "NAME",
        "INTEGER",
        "FLOAT",
        "STRING",
        "TEMPLATE_START",
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
_OPERAND_ENDS = frozenset(
    [
        "NAME",
        "INTEGER",
        "FLOAT",
        "STRING",
        "RPAR",
        "RSQB",
        "RBRACE",
        "TRUE",
        "FALSE",
        "NONE",
        "EFFECT",
    ]
)
_PATTERN_STARTS = frozenset(["EQUAL", "VAR"])
"""Beside those, what a pattern may begin with."""
_ENDS = frozenset(["RPAR", "RSQB", "RBRACE", "NEWLINE", FIXED["="]])
_LAYOUT = ("NEWLINE", "INDENT", "DEDENT")


def settle_words(tokens: Sequence[Token]) -> list[Token]:
    """Give the tokens with these terminals in place; the last token is `$END`."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind == "NAME":
            before = result[-1].kind if result else "NEWLINE"
            kind = _word(tokens, index, before)
        elif kind == "COMMA" and tokens[index + 1].kind in _ENDS:
            kind = "TRAILING"
        elif kind == "CARET" and tokens[index + 1].kind not in _OPERAND_STARTS:
            kind = "TRANSFER"
        result.append(token if kind == token.kind else token._replace(kind=kind))
    return result


def _word(tokens: Sequence[Token], index: int, before: str) -> str:
    """Give the terminal of the word at `index`, which comes after a terminal `before`."""
    text, after = tokens[index].text, tokens[index + 1].kind
    if text in _CONVENTIONS and after == "NAME":
        return "CONVENTION"
    if text == "ref" and after == "LSQB":
        return "REFERENCE"
    if text == "where" and before in _OPERAND_ENDS:
        return "WHERE"
    if text in _EFFECTS and (before in _OPERAND_ENDS or before == "RAISES"):
        return "EFFECT"
    if (
        text in ("match", "case")
        and before in _LAYOUT
        and (after in _OPERAND_STARTS or (text == "case" and after in _PATTERN_STARTS))
        and ends_with_colon(tokens, index)
    ):
        return text.upper()
    return "NAME"


def ends_with_colon(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the line of the token at `index` is the header of a block."""
    depth = 0
    for position in range(index, len(tokens)):
        kind = tokens[position].kind
        depth += (kind in ("LPAR", "LSQB", "LBRACE")) - (kind in ("RPAR", "RSQB", "RBRACE"))
        if kind in ("NEWLINE", "$END"):
            return tokens[position - 1].kind == "COLON"
        if kind == "COLON" and depth == 0 and position > index + 1:
            return True
    return False
