"""The grammar's expression rules to tree nodes; see build_tree.py."""

# ruff: noqa: D102 - each method is the rule of its name in mojo.lark

import re
from typing import cast

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.build_children import (
    Child,
    Effects,
    convention_of,
    elements_of,
    expression,
    items,
    loop_targets,
    name_node,
    name_of,
    optional,
    positional_argument,
)
from meshnode.compiler.parse.lexer import Token

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

    def template(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Template(extent, tuple(_template_part(child) for child in children[1:-1]))

    def template_field(self, children: list[Child], _: tree.Extent) -> Child:
        return children[1]

    def true(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Bool(extent, value=True)

    def false(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Bool(extent, value=False)

    def none(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.NoneLiteral(extent)

    def ellipsis(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Dots(extent)

    def parenthesised(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def empty_tuple(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Tuple(extent, ())

    def walrus(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Walrus(extent, name_node(children[0]), expression(children[1]))

    def comptime_expression(self, children: list[Child], extent: tree.Extent) -> Child:
        line, column = extent[:2]
        name = tree.Name((line, column, line, column + len("comptime")), "comptime")
        return tree.Call(extent, name, (positional_argument(children[-1]),))

    def named_test(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def lambda_function(self, children: list[Child], extent: tree.Extent) -> Child:
        parameters, written, captures, result, value = children
        effects = cast("Effects", written)
        return tree.Lambda(
            extent,
            cast("tuple[tree.FunctionParameter, ...]", items(parameters)),
            effects.raises,
            effects.error,
            cast("tuple[tree.Capture, ...] | None", captures),
            optional(result),
            expression(value),
        )

    def function_type(self, children: list[Child], extent: tree.Extent) -> Child:
        type_parameters, parameters, written, result = children
        effects = cast("Effects", written)
        return tree.FunctionType(
            extent,
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            cast("tuple[tree.FunctionParameter, ...]", items(parameters)),
            effects.words,
            effects.error,
            optional(result),
        )

    def effects(self, children: list[Child], _: tree.Extent) -> Child:
        words = cast("list[tuple[str, tree.Expression | None]]", children)
        errors = [error for word, error in words if word == "raises"]
        return Effects(tuple(word for word, _ in words), errors[0] if errors else None)

    def effect(self, children: list[Child], _: tree.Extent) -> Child:
        first = children[0]
        return (first.text, None) if isinstance(first, Token) else first

    def parameter_types(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def parameter_type(self, children: list[Child], extent: tree.Extent) -> Child:
        convention, first, second = children
        name, annotation = ("", first) if second is None else (name_of(first), second)
        mode, origins = convention_of(convention)
        return tree.FunctionParameter(
            extent, name, mode, expression(annotation), None, "normal", origins
        )

    def variadic_type(self, children: list[Child], extent: tree.Extent) -> Child:
        mode, origins = convention_of(children[0])
        annotation = expression(children[-1])
        return tree.FunctionParameter(extent, "", mode, annotation, None, "star", origins)

    def reference_type(self, children: list[Child], extent: tree.Extent) -> Child:
        if len(children) == 2:  # noqa: PLR2004 - `ref T`
            return tree.ReferenceType(extent, (), expression(children[1]))
        return tree.ReferenceType(extent, elements_of(children[1]), expression(children[2]))

    def empty_list(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.ListLiteral(extent, ())

    def list_display(self, children: list[Child], extent: tree.Extent) -> Child:
        elements = tuple(expression(child) for child in children[:-1])
        return tree.ListLiteral(extent, elements)

    def list_comprehension(self, children: list[Child], extent: tree.Extent) -> Child:
        return _comprehension(extent, "list", children)

    def set_comprehension(self, children: list[Child], extent: tree.Extent) -> Child:
        return _comprehension(extent, "set", children)

    def dictionary_comprehension(self, children: list[Child], extent: tree.Extent) -> Child:
        return _comprehension(extent, "dictionary", children)

    def comprehension(self, children: list[Child], extent: tree.Extent) -> Child:
        written, found, iterable, *conditions = children
        convention, targets = loop_targets(written, found)
        return tree.ForClause(
            extent,
            convention,
            targets,
            expression(iterable),
            tuple(expression(condition) for condition in conditions),
        )

    def empty_dictionary(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.DictionaryLiteral(extent, ())

    def set_display(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.SetLiteral(extent, tuple(expression(child) for child in children[:-1]))

    def dictionary_display(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.DictionaryLiteral(extent, cast("tuple[tree.Entry, ...]", tuple(children[:-1])))

    def entry(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Entry(extent, expression(children[0]), expression(children[1]))

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

    def spread(self, children: list[Child], extent: tree.Extent) -> Child:
        return positional_argument(tree.Spread(extent, expression(children[-1])))

    def keyword_spread(self, children: list[Child], extent: tree.Extent) -> Child:
        return positional_argument(tree.KeywordSpread(extent, expression(children[-1])))

    def slice(self, children: list[Child], extent: tree.Extent) -> Child:
        start, stop, step = children
        return tree.Slice(extent, optional(start), optional(stop), optional(step))

    def keyword_slice(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Argument(extent, cast("Token", children[0]).text, expression(children[-1]))


def _comprehension(extent: tree.Extent, kind: str, children: list[Child]) -> tree.Comprehension:
    element, *clauses = children
    return tree.Comprehension(
        extent,
        kind,
        cast("tree.Expression | tree.Entry", element),
        cast("tuple[tree.ForClause, ...]", tuple(clauses)),
    )


def _template_part(child: Child) -> tree.Expression:
    if isinstance(child, Token):
        return tree.String(child[2:6], unescape_text(child.text))
    return expression(child)


def unescape(literal: str) -> str:
    """Give the value of one string literal, prefix and quotes included."""
    is_raw = literal[0] in "rR"
    body = literal[1:] if is_raw else literal
    quotes = 3 if body[:3] in ('"""', "'''") and len(body) >= 6 else 1  # noqa: PLR2004 - two triples
    body = body[quotes:-quotes]
    return body if is_raw else unescape_text(body)


def unescape_text(text: str) -> str:
    """Give what text between quotes means."""
    return text if "\\" not in text else _ESCAPE.sub(_unescape_one, text)


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
