"""The grammar's expression rules to tree nodes; see build_tree.py."""

# ruff: noqa: D102 - each method is the rule of its name in mojo.lark

import re
from typing import TYPE_CHECKING, cast

from meshnode.compiler import tree
from meshnode.compiler.build_children import (
    Child,
    expression,
    items,
    name_node,
    positional_argument,
)

if TYPE_CHECKING:
    from meshnode.compiler.lexer import Token

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\n|.)", re.DOTALL
)


class ExpressionRules:
    """The builders; children come as the recipes of `mojo_parser.RULES` say."""

    def tests(self, children: list[Child], extent: tree.Extent) -> Child:
        *elements, trailing = children
        if len(elements) == 1 and trailing is None:
            return elements[0]
        return tree.Tuple(extent, tuple(expression(element) for element in elements))

    def ternary(self, children: list[Child], extent: tree.Extent) -> Child:
        then, condition, otherwise = (expression(child) for child in children)
        return tree.Ternary(extent, condition, then, otherwise)

    def logical_or(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Logical(extent, "or", expression(children[0]), expression(children[1]))

    def logical_and(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Logical(extent, "and", expression(children[0]), expression(children[1]))

    def logical_not(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Unary(extent, "not", expression(children[-1]))

    def comparison_chain(self, children: list[Child], extent: tree.Extent) -> Child:
        operands = tuple(expression(child) for child in children[::2])
        return tree.Comparison(extent, operands, tuple(cast("str", op) for op in children[1::2]))

    def comparison_op(self, children: list[Child], _: tree.Extent) -> Child:
        return " ".join(cast("Token", child).text for child in children)

    def binary(self, children: list[Child], extent: tree.Extent) -> Child:
        left, op, right = children
        text = cast("Token", op).text
        return tree.Binary(extent, text, expression(left), expression(right))

    def unary(self, children: list[Child], extent: tree.Extent) -> Child:
        op, operand = children
        return tree.Unary(extent, cast("Token", op).text, expression(operand))

    def call(self, children: list[Child], extent: tree.Extent) -> Child:
        callee, arguments = children
        found = cast("tuple[tree.Argument, ...]", items(arguments))
        return tree.Call(extent, expression(callee), found)

    def subscript(self, children: list[Child], extent: tree.Extent) -> Child:
        base, arguments = children
        found = cast("tuple[tree.Argument, ...]", items(arguments))
        return tree.Subscript(extent, expression(base), found)

    def attribute(self, children: list[Child], extent: tree.Extent) -> Child:
        base, name = children[0], children[-1]
        return tree.Attribute(extent, expression(base), cast("Token", name).text)

    def transfer(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Transfer(extent, expression(children[0]))

    def name(self, children: list[Child], _: tree.Extent) -> Child:
        return name_node(children[0])

    def integer(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Integer(extent, cast("Token", children[0]).text)

    def float_number(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Float(extent, cast("Token", children[0]).text)

    def string(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.String(extent, "".join(unescape(cast("Token", c).text) for c in children))

    def template(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "t-strings")

    def true(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Bool(extent, value=True)

    def false(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Bool(extent, value=False)

    def none(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.NoneLiteral(extent)

    def ellipsis(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "'...'")

    def parenthesised(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def empty_tuple(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Tuple(extent, ())

    def walrus(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "assignment expressions (':=')")

    def empty_list(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.ListLiteral(extent, ())

    def list_display(self, children: list[Child], extent: tree.Extent) -> Child:
        elements = tuple(expression(child) for child in children[:-1])
        return tree.ListLiteral(extent, elements)

    def list_comprehension(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "list comprehensions")

    def braces(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "dictionary and set displays")

    def comprehension(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Pass(extent)

    def arguments(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def subscripts(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(
            child if isinstance(child, tree.Argument) else positional_argument(child)
            for child in children[:-1]
        )

    def positional(self, children: list[Child], _: tree.Extent) -> Child:
        return positional_argument(children[0])

    def keyword(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Argument(extent, cast("Token", children[0]).text, expression(children[1]))

    def spread(self, _: list[Child], extent: tree.Extent) -> Child:
        return positional_argument(tree.Unsupported(extent, "'*' before an argument"))

    def slice(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "slices")


def unescape(literal: str) -> str:
    """Give the value of one string literal, prefix and quotes included."""
    is_raw = literal[0] in "rR"
    body = literal[1:] if literal[0] in "rRtT" else literal
    quotes = 3 if body[:3] in ('"""', "'''") and len(body) >= 6 else 1  # noqa: PLR2004 - two triples
    body = body[quotes:-quotes]
    return body if is_raw or "\\" not in body else _ESCAPE.sub(_unescape_one, body)


def _unescape_one(match: re.Match[str]) -> str:
    text = match[1]
    if text == "\n":
        return ""
    if text[0] in "xuU" and len(text) > 1:
        value = int(text[1:], 16)
        return chr(value) if value <= 0x10FFFF and not 0xD800 <= value < 0xE000 else "\ufffd"  # noqa: PLR2004 - Unicode
    if text.isdigit():
        return chr(int(text, 8)) if all(digit in "01234567" for digit in text) else text
    return _ESCAPES.get(text, text)
