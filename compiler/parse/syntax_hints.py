"""What to write instead, at a token that cannot stand where it is: habits from other languages, and slips.

Only suggestions; whether a program is right is decided by the grammar alone.
"""

from collections.abc import Sequence

from meshnode.compiler.parse.lexer_context import Token

_WORDS = {
    "func": "a function is written 'def name(argument: Type) -> Type:'",
    "function": "a function is written 'def name(argument: Type) -> Type:'",
    "const": "a constant is written 'comptime name = value'",
    "interface": "write a trait: 'trait Name:'",
    "switch": "write 'match value:' with 'case' blocks, or 'if' and 'elif'",
    "print": "write the arguments of 'print' in parentheses",
    "elseif": "write 'elif'",
    "elsif": "write 'elif'",
    "lambda": "write the arguments in parentheses with their types, as in 'lambda (x: Int) -> Int: x + 1'",
    "new": "leave 'new' out: a value is made by calling its type",
}
_DOUBLED = {
    "AMPERSAND": "write 'and'",
    "BAR": "write 'or'",
    "EQUAL": "write '==' to compare values",
}
_CHARACTERS = {
    "!": "write 'not'",
    "?": "a choice is written 'a if condition else b'",
    "$": "names have no '$'",
    "“": "strings stand in plain quotes",
    "”": "strings stand in plain quotes",
    "\u2019": "strings stand in plain quotes",
    "\u00a0": "this looks like a space and is none; write a plain one",
}
_CONDITIONS = frozenset(["IF", "ELIF", "WHILE"])
_LAYOUT = ("NEWLINE", "INDENT", "DEDENT")


def character_hint(character: str) -> str | None:
    """Suggest what to write instead of a character that no token begins with."""
    return _CHARACTERS.get(character)


def token_hint(tokens: Sequence[Token], index: int) -> str | None:
    """Suggest what to write where the token at `index` cannot stand."""
    if index == 0:
        return None
    line = _line_start(tokens, index)
    if tokens[index].kind == "NEWLINE":
        return _increment_hint(tokens, line, index)
    return _mark_hint(tokens[line], tokens[index - 1], tokens[index]) or _word_hint(
        tokens[line], tokens[index - 1], tokens[index]
    )


def _mark_hint(first: Token, before: Token, token: Token) -> str | None:
    """Suggest for a mark; `first` is the first token of its line."""
    if token.text == "=" and (first.kind in _CONDITIONS or before.kind == "EQUAL"):
        return _DOUBLED["EQUAL"]
    if token.kind == before.kind and token.kind in _DOUBLED:
        return _DOUBLED[token.kind]
    if token.kind == "COLON" and before is first and first.kind == "NAME":
        return f"a variable or field is declared with 'var {first.text}: Type'"
    if token.text == ">" and before.text == "<":
        return "write '!=' to tell that values differ"
    if token.kind == "LBRACE" and first.kind not in ("NAME", "VAR", "RETURN"):
        return "a block begins with ':' and is indented; there are no braces around it"
    return None


def _word_hint(first: Token, before: Token, token: Token) -> str | None:
    if token.kind == "IF" and before.kind == "ELSE":
        return "write 'elif'"
    if token.text == "default":
        return "write 'case _:'"
    if first.kind == "EXCEPT" and token.text == "as":
        return "write 'except name:'; the type of the error follows from the 'try'"
    if before.text in ("lambda", "new") or (first is before and first.kind == "NAME"):
        return _WORDS.get(before.text)
    return None


def _increment_hint(tokens: Sequence[Token], line: int, index: int) -> str | None:
    """Suggest `+= 1` for a line that ends with `++`."""
    kinds = [token.kind for token in tokens[index - 2 : index]]
    if kinds not in (["PLUS", "PLUS"], ["MINUS", "MINUS"]):
        return None
    sign = tokens[index - 1].text
    target = "".join(token.text for token in tokens[line : index - 2])
    return f"write '{target} {sign}= 1'" if target.isidentifier() else f"write '{sign}= 1'"


def _line_start(tokens: Sequence[Token], index: int) -> int:
    start = index
    while start and tokens[start - 1].kind not in _LAYOUT:
        start -= 1
    return start
