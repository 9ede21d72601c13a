"""Words at which a program shows that it is of another age, or ahead of us: each with the message that helps.

Today's compiler refuses them (`--strict`); read leniently, those with one meaning are read as today's, with a warning.
What needs more than a look at the tokens around is in modernise.py.
"""

from collections.abc import Sequence

import msgspec

from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse.lexer import Token
from meshnode.compiler.parse.lexer_context import ends_with_colon

_REMOVED = {
    "fn": ("'fn' has been removed; use 'def' instead", ("DEF", "def")),
    "let": ("'let' has been removed; use 'var' instead", ("VAR", "var")),
    "alias": ("'alias' has been removed; use 'comptime' instead", ("COMPTIME", "comptime")),
}
_UNSUPPORTED_STATEMENTS = {
    "class": "classes (write a struct)",
    "async": "'async'",
    "del": "'del'",
    "global": "'global'",
    "nonlocal": "'nonlocal'",
    "extension": "extensions",
    "__extension": "extensions",
    "enum": "enumerations",
    "yield": "'yield'",
}
_CONVENTIONS = {
    "inout": "'inout' has been removed; use 'mut' (or 'out self' in a constructor) instead",
    "borrowed": "'borrowed' has been removed; leave it out (or use 'imm')",
    "read": "'read' has been removed; leave it out (or use 'imm')",
    "owned": "'owned' has been removed; use 'var' instead",
}
_CONSTRUCTORS = frozenset(["__init__", "__copyinit__", "__moveinit__"])
_ENDINGS = frozenset(["__del__", "__moveinit__"])
_STARTS = frozenset(["NAME", "INTEGER", "FLOAT", "STRING", "LPAR", "LSQB", "DEF", "CONVENTION"])


class Finding(msgspec.Struct, frozen=True):
    """What is said of a word, and how it is read."""

    code: Code
    message: str
    replacement: tuple[str, str] | None
    """Kind and text of the token to read instead; None: the whole statement is skipped."""
    count: int = 1
    """How many tokens the replacement stands for."""


def find_old_spelling(tokens: Sequence[Token], index: int, *, begins_line: bool) -> Finding | None:
    """Look at the word at `index`; None if there is nothing to say."""
    token = tokens[index]
    text = token.text
    if token.kind == "CONVENTION":
        return _convention(tokens, index) if text in _CONVENTIONS else None
    if token.kind == "AT" and begins_line:
        return _comptime_statement(tokens, index)
    if token.kind != "NAME":
        return None
    return _at_line_start(tokens, index) if begins_line else _within_line(tokens, index)


def _within_line(tokens: Sequence[Token], index: int) -> Finding | None:
    token = tokens[index]
    text, after = token.text, tokens[index + 1].kind
    if text == "fn" and after == "LPAR":
        return Finding(Code.REMOVED, *_REMOVED["fn"])
    if text == "await" and after in _STARTS:
        return Finding(Code.UNSUPPORTED, "not supported yet: 'await'", None)
    if text == "f" and after == "STRING" and tokens[index + 1][2:4] == token[4:6]:
        message = 'there are no f-strings; write a t-string, t"…"'
        return Finding(Code.SYNTAX, message, None)
    return None


def _at_line_start(tokens: Sequence[Token], index: int) -> Finding | None:
    text, after = tokens[index].text, tokens[index + 1].kind
    if text == "await" and after in _STARTS:
        return Finding(Code.UNSUPPORTED, "not supported yet: 'await'", None)
    if text in _REMOVED and after == "NAME":
        return Finding(Code.REMOVED, *_REMOVED[text])
    if text in _UNSUPPORTED_STATEMENTS and after in _STARTS and _is_statement(tokens, index):
        what = _UNSUPPORTED_STATEMENTS[text]
        return Finding(Code.UNSUPPORTED, f"not supported yet: {what}", None)
    return None


def _convention(tokens: Sequence[Token], index: int) -> Finding:
    """Read an old convention; what it means for `self` depends on the method."""
    text = tokens[index].text
    method = tokens[index - 2].text if index >= 2 else ""  # noqa: PLR2004 - the name and `(` before
    is_self = tokens[index + 1].text == "self"
    today = {"inout": "mut", "owned": "var"}.get(text, "imm")
    if text == "inout" and is_self and method in _CONSTRUCTORS:
        today = "out"
    if text == "owned" and (
        (is_self and method in _ENDINGS) or _is_in_method(tokens, index, "__moveinit__")
    ):
        today = "deinit"
    kind = "VAR" if today == "var" else "CONVENTION"
    return Finding(Code.REMOVED, _CONVENTIONS[text], (kind, today))


def _is_in_method(tokens: Sequence[Token], index: int, name: str) -> bool:
    """Tell whether the token stands in the parameters of a method of that name."""
    position = index
    while position and tokens[position].kind not in ("NEWLINE", "INDENT", "DEDENT"):
        if tokens[position].text == name:
            return True
        position -= 1
    return False


def _comptime_statement(tokens: Sequence[Token], index: int) -> Finding | None:
    """Read `@parameter` above `if` and `for` as `comptime`."""
    following = [token.kind for token in tokens[index + 1 : index + 4]]
    is_old = tokens[index + 1].text == "parameter" and following[1:] in (
        ["NEWLINE", "IF"],
        ["NEWLINE", "FOR"],
    )
    if not is_old:
        return None
    message = "'@parameter' has been removed here; write 'comptime if' or 'comptime for' instead"
    return Finding(Code.REMOVED, message, ("COMPTIME", "comptime"), count=3)


def _is_statement(tokens: Sequence[Token], index: int) -> bool:
    """Tell `del (x)` from a call: only the statement's line ends with a colon, or a word follows."""
    if tokens[index + 1].kind not in ("LPAR", "LSQB"):
        return True
    return ends_with_colon(tokens, index)
