"""Text with values in it: t-strings, and `format` of strings.

A t-string is not text yet: it is written where it is printed, from what its variables hold then, so a variable that is
declared with one is another name for its parts. `format` of a literal is taken apart here, that of other strings when
the program runs.
"""

from collections.abc import Iterator, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import assignments, conversions, expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import builtins, calls, construction
from meshnode.compiler.check.values import (
    Fresh,
    Given,
    Operand,
    Scalar,
    Stored,
    StringLiteral,
    TemplateParts,
    Value,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def template(body: Body, node: tree.Template) -> Value:
    """Evaluate a t-string's values."""
    values = expressions.infer_all(body, node.parts)
    pairs = zip(values, node.parts, strict=True)
    return TemplateParts(tuple((value, part.span) for value, part in pairs))


def flattened(pieces: Sequence[Operand]) -> Iterator[Operand]:
    """Give pieces of text, the parts of t-strings one by one."""
    for piece in pieces:
        if isinstance(piece[0], TemplateParts):
            yield from flattened(piece[0].parts)
        else:
            yield piece


def text(body: Body, parts: TemplateParts, extent: tree.Extent) -> Value:
    """Write a t-string into a String."""
    return Fresh(builtins.text(body, parts.parts, extent))


def lasting(body: Body, parts: TemplateParts) -> TemplateParts:
    """Keep a t-string's values as long as the block: variables are read when it is written, the rest is kept now."""
    return TemplateParts(tuple((_kept(body, value, at), at) for value, at in parts.parts))


def _kept(body: Body, value: Value, extent: tree.Extent) -> Value:
    match value:
        case TemplateParts():
            return lasting(body, value)
        case Stored(place, is_mutable, _):
            return Stored(assignments.stable_in_block(body, place, extent), is_mutable)
        case Scalar(expr) if not isinstance(expr, ir.Const):
            target = _lasting_local(body, expr.type, extent)
            body.assign(target, expr, extent)
            return Scalar(ir.Load(target, expr.type))
        case Fresh(place):
            target = _lasting_local(body, place.type, extent)
            conversions.store(body, target, value, extent, is_new=True)
            return Stored(target, is_mutable=False)
        case _:
            return value


def _lasting_local(body: Body, type_: ir.Type, extent: tree.Extent) -> ir.LocalPlace:
    local = body.new_local(f"$t{len(body.locals)}", type_, extent)
    body.declared.append(local)
    return ir.LocalPlace(local, type_)


# ----------------------------------------------------------------------------------------------------------- format


def format_text(body: Body, receiver: Value, node: tree.Call) -> Value:
    """Evaluate `text.format(…)`."""
    given = calls.given_arguments(body, node.arguments)
    for keyword, _, extent in given:
        if keyword is not None:
            body.env.fail(Code.CALL, "'format' takes no keyword arguments", extent)
    if not isinstance(receiver, StringLiteral):
        return _format_later(body, receiver, given, node.span)
    pieces: list[Operand] = []
    for literal, field in _fields(body, receiver.text, node):
        pieces.append((StringLiteral(literal), node.span))
        if field is not None:
            pieces.append(_argument(body, field, given, node))
    return Fresh(builtins.text(body, pieces, node.span))


def _fields(body: Body, source: str, node: tree.Call) -> Iterator[tuple[str, str | None]]:
    """Take a format apart: text, and the field after it (None at the end), numbered if it was empty."""
    literal = ""
    position = 0
    automatic = 0
    is_manual = False
    while position < len(source):
        two = source[position : position + 2]
        if two in ("{{", "}}"):
            literal += two[0]
            position += 2
            continue
        if two[0] not in "{}":
            literal += two[0]
            position += 1
            continue
        stop = source.find("}", position)
        if two[0] == "}" or stop < 0 or "{" in source[position + 1 : stop]:
            message = f"there is a single curly {two[0]} left unclosed or unescaped"
            body.env.fail(Code.CONSTANT, message, node.callee.span)
        field = source[position + 1 : stop]
        if field.split("!")[0] == "":
            field = f"{automatic}{field}"
            automatic += 1
        else:
            is_manual = True
        if is_manual and automatic:
            message = "Cannot both use manual and automatic indexing"
            body.env.fail(Code.CONSTANT, message, node.callee.span)
        yield literal, field
        literal, position = "", stop + 1
    yield literal, None


def _argument(body: Body, field: str, given: Sequence[Given], node: tree.Call) -> Operand:
    name, _, conversion = field.partition("!")
    if not name.isdecimal() or int(name) >= len(given):
        body.env.fail(Code.CALL, f"the format asks for '{name}', which is not given", node.span)
    _, value, extent = given[int(name)]
    if conversion not in ("", "r", "s"):
        body.env.fail(Code.CONSTANT, f"there is no conversion '!{conversion}'", node.callee.span)
    if conversion == "r":
        found = conversions.to_value(body, value, None, extent)
        value = operators.call_prelude(body, "repr", [found], extent)
    return value, extent


def _format_later(
    body: Body, receiver: Value, given: Sequence[Given], extent: tree.Extent
) -> Value:
    """Format with a text that only the running program knows: it gets the arguments as texts."""
    string = body.checker.types.string_type(body.env, extent)
    strings = body.checker.types.list_type(body.env, string, extent)
    texts = Stored(construction.construct(body, strings, {}, extent), is_mutable=True)
    for _, value, at in given:
        text_of = Fresh(builtins.text(body, [(value, at)], at))
        operators.call_dunder(body, "append", texts, [text_of], at)
    return operators.call_prelude(body, "_format", [receiver, texts], extent)
