"""Text to tree: an LALR driver over the tables that lark made, with recovery by whole statements; no names, no types.

After a syntax error the statement at fault is cut out of the tokens, with the block below it, and the rest is read
again, so that one run reports the errors of several statements. A program without errors is read once.
"""

from functools import cache

import msgspec
from msgspec.structs import replace

from meshnode.compiler import limits
from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic, Severity
from meshnode.compiler.ir import Span
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.build_children import BuildError, Child
from meshnode.compiler.parse.build_tree import builders
from meshnode.compiler.parse.lexer import NEVER_CLOSED, Lexer, Token
from meshnode.compiler.parse.modernise import modernise
from meshnode.compiler.parse.mojo_parser import RULES, START, STATES, STOP
from meshnode.compiler.parse.old_spellings import find_old_spelling
from meshnode.compiler.parse.syntax_hints import token_hint

_BUILDERS = builders()
_LAYOUT = ("NEWLINE", "INDENT", "DEDENT")
_LINE_ENDS = ("NEWLINE", "$END")
_SHOWN_CHARACTERS_MAX = 60
"""Of a token that a message names."""
_CUT_COST = 16
"""Tokens that are copied, where a statement is cut out, in the time in which one is parsed."""
_CONTINUATIONS = ("ELSE", "ELIF", "EXCEPT", "FINALLY")


class _ParseError(Exception):
    """The token at `index` cannot stand where it is, or a phrase that ends before it is wrong."""

    def __init__(
        self, index: int, message: str, extent: tree.Extent, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.index = index
        self.message = message
        self.extent = extent
        self.suggestion = suggestion


class Parsed(msgspec.Struct, frozen=True):
    """A file that was read."""

    module: tree.Module
    warnings: tuple[Diagnostic, ...]
    """Old spellings that were read as today's."""


def parse_module(text: str, file: str) -> tree.Module:
    """Parse one source file of today's Mojo.

    Raises:
        CompileError: with all syntax errors that were found.
    """
    return parse_source(text, file, is_strict=True).module


def parse_source(text: str, file: str, *, is_strict: bool) -> Parsed:
    """Parse one source file; if not strict, old spellings with one meaning are read with a warning.

    Raises:
        CompileError: with all syntax errors that were found.
    """
    if len(text) > limits.SOURCE_BYTES_MAX:
        message = (
            f"this file is too large: {len(text):,} characters, {limits.SOURCE_BYTES_MAX:,} at most"
        )
        raise CompileError((Diagnostic(Code.LIMIT, message, Span(file, 1, 1, 1, 1)),))
    lexer = Lexer(text.replace("\r\n", "\n").removeprefix("\ufeff"), file)
    lexer.run()
    diagnostics = lexer.diagnostics
    if lexer.is_given_up:
        raise CompileError(tuple(diagnostics))
    tokens, old = _replace_old_spellings(lexer.tokens, file, diagnostics)
    if is_strict:
        diagnostics += old[: limits.DIAGNOSTICS_MAX]
    body: tuple[tree.Statement, ...] = ()
    read = 0
    while len(diagnostics) < limits.DIAGNOSTICS_MAX and read < limits.REPARSED_TOKENS_MAX:
        try:
            body = _parse(tokens)
            break
        except _ParseError as error:
            read += error.index + len(tokens) // _CUT_COST
            if _is_news(error, tokens[error.index], diagnostics):
                diagnostics.append(_diagnostic(error, file))
            rest = _cut(tokens, error.index)
            if rest == tokens:
                break
            tokens = rest
    if diagnostics:
        raise CompileError(tuple(sorted(diagnostics, key=lambda d: (d.span.line, d.span.column))))
    stop = tokens[-1]
    module = tree.Module((1, 1, stop.line, stop.column), file, body)
    if is_strict:
        return Parsed(module, ())
    modern, found = modernise(module)
    warnings = [replace(finding, severity=Severity.WARNING) for finding in (*old, *found)]
    return Parsed(modern, tuple(warnings))


def _is_news(error: _ParseError, token: Token, diagnostics: list[Diagnostic]) -> bool:
    """Tell whether an error is more than what follows from one that is known: on its line, or in its open bracket."""
    if diagnostics and (token.kind in _CONTINUATIONS or token.kind == "TRY"):
        return False
    line = error.extent[0]
    return not any(
        d.span.line == line or (d.message.endswith(NEVER_CLOSED) and d.span.line < line)
        for d in diagnostics
    )


def _diagnostic(error: _ParseError, file: str) -> Diagnostic:
    code = Code.UNSUPPORTED if error.message.startswith("not supported") else Code.SYNTAX
    span = Span(file, *error.extent)
    return Diagnostic(code, error.message, span, suggestion=error.suggestion)


def _first_token(tokens: list[Token], extent: tree.Extent) -> int:
    """Give the index of the token at which a phrase begins."""
    for index, token in enumerate(tokens):
        if token[2:4] >= extent[:2] and token.kind not in _LAYOUT:
            return index
    return len(tokens) - 1


_DEPTH_ENDS = ("block", "expression_statement")
"""What is nested in these is counted anew."""
_PASSED_ON = [rule[1:] == (1, None, False, (0,)) and rule[0] not in _DEPTH_ENDS for rule in RULES]
"""By rule, whether it makes a symbol of a single other one and leaves its value alone, as most reductions do."""


@cache
def _pass_on(below: int, state: int, kind: str) -> int:
    """Give the state after the reductions that leave the topmost value alone, with one kind of token to come."""
    while True:
        row = STATES[state]
        action = row if isinstance(row, int) else row.get(kind, 0)
        if action >= 0 or not _PASSED_ON[-action - 1]:
            return state
        after = STATES[below]
        assert not isinstance(after, int)
        state = after[RULES[-action - 1][0]] - 1


def _parse(tokens: list[Token]) -> tuple[tree.Statement, ...]:
    """Run the tables over the tokens: shift-reduce with one stack of states and one of (value, extent, depth)."""
    states = [START]
    values: list[tuple[Child, tree.Extent, int]] = []
    index = 0
    while True:
        token = tokens[index]
        row = STATES[states[-1]]
        action = row if isinstance(row, int) else row.get(token.kind, 0)
        if action > 0:
            states.append(action - 1)
            values.append((token, token[2:6], 0))
            index += 1
        elif action < 0 and _PASSED_ON[-action - 1]:
            states[-1] = _pass_on(states[-2], states[-1], token.kind)
        elif action < 0:
            try:
                _reduce(states, values, RULES[-action - 1], token)
            except BuildError as error:
                start = _first_token(tokens, error.extent)
                raise _ParseError(start, error.message, error.extent) from None
            if states[-1] == STOP:
                return values[0][0]  # type: ignore[return-value]  # what rule `start` builds
        else:
            message = _unexpected(states, tokens, index)
            raise _ParseError(index, message, token[2:6], token_hint(tokens, index))


def _reduce(
    states: list[int],
    values: list[tuple[Child, tree.Extent, int]],
    rule: tuple[str, int, str | None, bool, tuple[int | None, ...]],
    token: Token,
) -> None:
    origin, length, builder, is_inlined, recipe = rule
    taken = values[len(values) - length :]
    del values[len(values) - length :], states[len(states) - length :]
    if taken:
        start, stop = taken[0][1], taken[-1][1]
        extent = (start[0], start[1], stop[2], stop[3])
        depth = max([entry[2] for entry in taken])
    else:
        extent, depth = (token.line, token.column, token.line, token.column), 0
    children: list[Child] = []
    for item in recipe:
        if item is None:
            children.append(None)
        elif item < 0:
            spliced: list[Child] = taken[-1 - item][0]  # type: ignore[assignment]  # such rules hold lists
            if children:
                children += spliced
            else:
                children = spliced  # Nobody else has it; a copy for each statement of a file would be quadratic.
        else:
            children.append(taken[item][0])
    value: Child = children
    if builder is not None:
        depth += 1
        value = _BUILDERS[builder](children, extent)
        if depth > limits.NESTING_MAX:
            raise BuildError("this is nested too deeply", extent)
    elif not is_inlined:
        value = children[0]
    if origin in _DEPTH_ENDS:
        depth = 0
    values.append((value, extent, depth))
    row = STATES[states[-1]]
    assert not isinstance(row, int)
    states.append(row[origin] - 1)


def _unexpected(states: list[int], tokens: list[Token], index: int) -> str:
    """Say what is wrong with the token at `index`."""
    token = tokens[index]
    if token.kind == "INDENT":
        return "this line is indented without a reason"
    if _begins_line(tokens, index) and index and tokens[index - 1].kind == "NEWLINE":
        return (
            f"expected an indented block before {_show(token)}"
            if token.text
            else "expected an indented block"
        )
    if token.kind in ("NEWLINE", "$END"):
        if _accepts(states, "COLON"):
            return "expected ':' at the end of the line"
        return "this statement is not complete"
    if token.kind in _CONTINUATIONS and _begins_line(tokens, index):
        return f"'{token.text}' without the statement that it belongs to"
    if token.kind == "NAME" and tokens[index - 1].kind == "NAME":
        return f"unexpected {_show(token)} after '{tokens[index - 1].text}'"
    return f"unexpected {_show(token)}"


def _show(token: Token) -> str:
    if len(token.text) > _SHOWN_CHARACTERS_MAX:
        return f"'{token.text[:_SHOWN_CHARACTERS_MAX]}…'"
    return f"'{token.text}'" if token.text else "the end of the block"


def _accepts(states: list[int], kind: str) -> bool:
    """Tell whether the parser would take a token of this kind now."""
    stack = list(states)
    while True:
        row = STATES[stack[-1]]
        action = row if isinstance(row, int) else row.get(kind, 0)
        if action >= 0:
            return action > 0
        origin, length, *_ = RULES[-action - 1]
        del stack[len(stack) - length :]
        after = STATES[stack[-1]]
        assert not isinstance(after, int)
        stack.append(after[origin] - 1)


def _begins_line(tokens: list[Token], index: int) -> bool:
    return index == 0 or tokens[index - 1].kind in _LAYOUT


def _cut(tokens: list[Token], index: int) -> list[Token]:
    """Replace the statement around `index`, and the block below it, by `pass`."""
    start = index
    if tokens[index].kind == "INDENT":
        return tokens[:index] + tokens[_block_stop(tokens, index) :]
    if start and _begins_line(tokens, start) and tokens[start - 1].kind == "NEWLINE":
        is_orphan = tokens[start].kind in _CONTINUATIONS
        if not is_orphan and tokens[start - 2].kind == "COLON":
            start -= 2  # A header without a block: the header's line is at fault.
    while start and tokens[start - 1].kind not in _LAYOUT:
        start -= 1
    start = _decorated_start(tokens, start)
    stop = start
    while tokens[stop].kind == "AT":
        stop = next(i for i in range(stop, len(tokens)) if tokens[i].kind in _LINE_ENDS) + 1
    while tokens[stop].kind not in ("NEWLINE", "$END"):
        stop += 1
    if tokens[stop].kind == "$END":
        return [*tokens[:start], tokens[stop]]
    stop += 1
    if tokens[stop].kind == "INDENT":
        stop = _block_stop(tokens, stop)
    here = tokens[start][2:6]
    return [
        *tokens[:start],
        Token("PASS", "pass", *here),
        Token("NEWLINE", "", *here),
        *tokens[stop:],
    ]


def _decorated_start(tokens: list[Token], start: int) -> int:
    """Give where the decorators above the line at `start` begin, or the line itself."""
    while start and tokens[start - 1].kind == "NEWLINE":
        line = start - 1
        while line and tokens[line - 1].kind not in _LAYOUT:
            line -= 1
        if tokens[line].kind != "AT":
            break
        start = line
    return start


def _block_stop(tokens: list[Token], index: int) -> int:
    """Give the index after the DEDENT that closes the INDENT at `index`."""
    depth = 0
    for position in range(index, len(tokens)):
        kind = tokens[position].kind
        depth += (kind == "INDENT") - (kind == "DEDENT")
        if depth == 0:
            return position + 1
    return len(tokens) - 1


def _replace_old_spellings(
    tokens: list[Token], file: str, diagnostics: list[Diagnostic]
) -> tuple[list[Token], list[Diagnostic]]:
    """Give the tokens as today's Mojo has them, with the words that it dropped; report what is not supported yet."""
    result: list[Token] = []
    old: list[Diagnostic] = []
    index = 0
    while index < len(tokens):
        found = find_old_spelling(tokens, index, begins_line=_begins_line(tokens, index))
        token = tokens[index]
        if found is None:
            result.append(token)
            index += 1
            continue
        finding = Diagnostic(found.code, found.message, Span(file, *token[2:6]))
        if found.replacement is not None:
            old.append(finding)
            kind, text = found.replacement
            result.append(token._replace(kind=kind, text=text))
            index += found.count
            continue
        if len(diagnostics) < limits.DIAGNOSTICS_MAX:
            diagnostics.append(finding)
        rest = _cut(tokens, index)
        while result and result[-1].kind not in _LAYOUT:
            result.pop()
        tokens = result + rest[len(result) :]
        index = len(result)
    return result, old
