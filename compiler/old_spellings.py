"""Words at which a program shows that it is of another age, or ahead of us: each with the message that helps."""

from collections.abc import Sequence

from meshnode.compiler.diagnostic import Code
from meshnode.compiler.lexer import Token

_REMOVED = {
    "fn": ("'fn' has been removed; use 'def' instead", "DEF"),
    "let": ("'let' has been removed; use 'var' instead", "VAR"),
    "alias": ("'alias' has been removed; use 'comptime' instead", "COMPTIME"),
}
_UNSUPPORTED_STATEMENTS = {
    "class": "classes (write a struct)",
    "async": "'async'",
    "del": "'del'",
    "global": "'global'",
    "nonlocal": "'nonlocal'",
    "extension": "extensions",
    "enum": "enumerations",
    "yield": "'yield'",
}
_UNSUPPORTED_ANYWHERE = {
    "await": "'await'",
}
_CONVENTIONS = {
    "inout": "'inout' has been removed; use 'mut' (or 'out self' in a constructor) instead",
    "borrowed": "'borrowed' has been removed; leave it out (or use 'imm')",
    "read": "'read' has been removed; leave it out (or use 'imm')",
    "owned": "'owned' has been removed; use 'var' instead",
}
_STARTS = frozenset(["NAME", "INTEGER", "FLOAT", "STRING", "LPAR", "LSQB", "DEF", "CONVENTION"])

Finding = tuple[Code, str, str | None]
"""Code, message, and the terminal to read the word as (None: skip the statement)."""


def find_old_spelling(tokens: Sequence[Token], index: int, *, begins_line: bool) -> Finding | None:
    """Look at the word at `index`; None if there is nothing to say."""
    token = tokens[index]
    text = token.text
    if token.kind == "CONVENTION":
        if text not in _CONVENTIONS:
            return None
        return (Code.REMOVED, _CONVENTIONS[text], "CONVENTION")
    if token.kind != "NAME":
        return None
    after = tokens[index + 1].kind
    if text in _UNSUPPORTED_ANYWHERE and after in (*_STARTS, "COLON"):
        return (Code.UNSUPPORTED, f"not supported yet: {_UNSUPPORTED_ANYWHERE[text]}", None)
    if not begins_line:
        return None
    if text in _REMOVED and after == "NAME":
        message, kind = _REMOVED[text]
        return (Code.REMOVED, message, kind)
    if text in _UNSUPPORTED_STATEMENTS and after in _STARTS and _is_statement(tokens, index):
        return (Code.UNSUPPORTED, f"not supported yet: {_UNSUPPORTED_STATEMENTS[text]}", None)
    return None


def _is_statement(tokens: Sequence[Token], index: int) -> bool:
    """Tell `match (x):` from a call `match(x)`: only the statement's line ends with a colon, or a word follows."""
    if tokens[index + 1].kind not in ("LPAR", "LSQB"):
        return True
    position = index
    while tokens[position].kind not in ("NEWLINE", "$END"):
        position += 1
    return tokens[position - 1].kind == "COLON"
