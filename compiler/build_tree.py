"""The grammar's rules to tree nodes: one method a rule, called bottom-up by the parser; it decides no names or types.

Methods are named after the rules and aliases of `mojo.lark`. They raise `BuildError` where the grammar, being LALR(1),
accepts more than the language.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from meshnode.compiler import tree
from meshnode.compiler.lexer import Token

Child: TypeAlias = object
"""A token, a node, a tuple of these, or None for an absent optional."""


class BuildError(Exception):
    """A phrase that the grammar accepts and the language does not."""

    def __init__(self, message: str, extent: tree.Extent) -> None:
        super().__init__(message)
        self.message = message
        self.extent = extent


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\n|.)", re.DOTALL
)


def builders() -> dict[str, Callable[[list[Child], tree.Extent], Child]]:
    """Give the builder of each rule by name."""
    rules = _Rules()
    return {name: getattr(rules, name) for name in dir(rules) if not name.startswith("_")}


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


def _extent(first: tree.Extent, last: tree.Extent) -> tree.Extent:
    return (first[0], first[1], last[2], last[3])


def _of(node: Child) -> tree.Extent:
    if isinstance(node, tuple) and not isinstance(node, Token):
        return _extent(_of(node[0]), _of(node[-1]))
    if isinstance(node, Token):
        return node[2:6]
    return cast("tree.Node", node).span


def _header(extent: tree.Extent, *parts: Child) -> tree.Extent:
    """Give the extent from a statement's start to the last of its header's parts."""
    stop: tree.Extent = (*extent[:2], extent[0], extent[1] + 1)
    for part in parts:
        if part:
            stop = _of(part)
    return _extent(extent, stop)


def _name(token: Child) -> tree.Name:
    assert isinstance(token, Token)
    return tree.Name(token[2:6], token.text)


def _items(value: Child) -> tuple[Child, ...]:
    return cast("tuple[Child, ...]", value) if value else ()


class _Rules:
    """The builders; children come as the recipes of `mojo_parser.RULES` say."""

    # Each method's children are fixed by the grammar, so the casts state what the grammar proves.

    def start(self, children: list[Child], _: tree.Extent) -> Child:
        return _statements(children)

    def block(self, children: list[Child], _: tree.Extent) -> Child:
        return _statements(children)

    def expression_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.ExpressionStatement(extent, _expression(children[0]))

    def declare(self, children: list[Child], extent: tree.Extent) -> Child:
        target = _expression(children[0])
        names = target.elements if isinstance(target, tree.Tuple) else (target,)
        for name in names:
            if not isinstance(name, tree.Name):
                raise BuildError("expected a name after 'var'", name.span)
        return tree.Declare(
            extent,
            cast("tuple[tree.Name, ...]", names),
            _optional(children[1]),
            _optional(children[2]),
        )

    def reference(self, children: list[Child], extent: tree.Extent) -> Child:
        convention = cast("Token", children[0])
        if convention.text != "ref":
            raise BuildError(f"unexpected '{convention.text}'", _of(convention))
        return tree.BindReference(extent, _name(children[1]), _expression(children[2]))

    def assign(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Assign(extent, _expression(children[0]), _expression(children[1]))

    def augmented(self, children: list[Child], extent: tree.Extent) -> Child:
        op = cast("Token", children[1]).text[:-1]
        return tree.AugmentedAssign(extent, _expression(children[0]), op, _expression(children[2]))

    def comptime(self, children: list[Child], extent: tree.Extent) -> Child:
        # The keyword's token is the first child, for the other rules look at its presence.
        name, annotation, value = children[-3:]
        return tree.Comptime(extent, _name(name), _optional(annotation), _expression(value))

    def pass_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Pass(extent)

    def break_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Break(extent)

    def continue_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Continue(extent)

    def return_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Return(extent, _optional(children[0]))

    def raise_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Raise(extent, _optional(children[0]))

    def assert_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        keyword, condition, message = children
        return tree.Assert(
            extent, _expression(condition), _optional(message), is_comptime=keyword is not None
        )

    def import_from(self, children: list[Child], extent: tree.Extent) -> Child:
        names = tuple(child for child in children[1:] if isinstance(child, tree.ImportedName))
        return tree.Import(extent, cast("str", children[0]), names, None)

    def import_star(self, children: list[Child], extent: tree.Extent) -> Child:
        star = tree.ImportedName(extent, "*", "*")
        return tree.Import(extent, cast("str", children[0]), (star,), None)

    def import_module(self, children: list[Child], extent: tree.Extent) -> Child:
        module = cast("str", children[0])
        alias = cast("Token", children[1]).text if children[1] else module
        return tree.Import(extent, module, (), alias)

    def imported(self, children: list[Child], extent: tree.Extent) -> Child:
        name, alias = cast("tuple[Token, Token | None]", tuple(children))
        return tree.ImportedName(extent, name.text, (alias or name).text)

    def module_name(self, children: list[Child], _: tree.Extent) -> Child:
        return "".join(cast("Token", child).text for child in children)

    # -- compound statements

    def if_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        keyword, condition, then, *elifs, otherwise = children
        result = cast("tuple[tree.Statement, ...]", _items(otherwise))
        for part in reversed(elifs):
            node = cast("tree.If", part)
            result = (tree.If(node.span, node.condition, node.then, result, keyword is not None),)
        header = _header(extent, condition)
        return tree.If(
            header, _expression(condition), _body(then), result, is_comptime=keyword is not None
        )

    def elif_part(self, children: list[Child], extent: tree.Extent) -> Child:
        condition, then = children
        header = _header(extent, condition)
        return tree.If(header, _expression(condition), _body(then), (), is_comptime=False)

    def else_part(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def while_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        condition, body, otherwise = children
        header = _header(extent, condition)
        return tree.While(header, _expression(condition), _body(body), _body(otherwise))

    def for_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        keyword, convention, targets, iterable, body, otherwise = children
        return tree.For(
            _header(extent, iterable),
            cast("str | None", convention),
            cast("tuple[tree.Name, ...]", targets),
            _expression(iterable),
            _body(body),
            _body(otherwise),
            is_comptime=keyword is not None,
        )

    def targets(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(_name(child) for child in children)

    def try_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        body, handler, otherwise, final = children
        error: tree.Name | None = None
        handler_body: tuple[tree.Statement, ...] | None = None
        if handler is not None:
            error, handler_body = cast(
                "tuple[tree.Name | None, tuple[tree.Statement, ...]]", handler
            )
        elif final is None:
            raise BuildError("'try' needs an 'except' or a 'finally'", _header(extent))
        header = _header(extent)
        return tree.Try(header, _body(body), error, handler_body, _body(otherwise), _body(final))

    def except_part(self, children: list[Child], _: tree.Extent) -> Child:
        name, body = children
        return (_name(name) if name else None, body)

    def finally_part(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def decorated(self, children: list[Child], _: tree.Extent) -> Child:
        *decorators, item = children
        node = cast("tree.Function | tree.Struct", item)
        expressions = tuple(_expression(decorator) for decorator in decorators)
        if isinstance(node, tree.Function):
            return tree.Function(
                node.span, node.name, node.type_parameters, node.parameters, node.raises,
                node.result, node.body, expressions,
            )  # fmt: skip
        return tree.Struct(
            node.span, node.name, node.type_parameters, node.traits, node.fields, node.methods,
            node.constants, expressions,
        )  # fmt: skip

    def decorator(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def function(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, parameters, raises, result, body = children
        return tree.Function(
            _header(extent, name, _items(parameters), result),
            _name(name),
            cast("tuple[tree.TypeParameter, ...]", _items(type_parameters)),
            cast("tuple[tree.FunctionParameter, ...]", _items(parameters)),
            raises is not None,
            _optional(result),
            _body(body),
            (),
        )

    def raises_part(self, children: list[Child], extent: tree.Extent) -> Child:
        if children[0] is not None and not _is_error(children[0]):
            raise BuildError("not supported yet: typed errors ('raises' with a type)", extent)
        return "raises"

    def struct(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, traits, body = children
        fields: list[tree.StructField] = []
        methods: list[tree.Function] = []
        constants: list[tree.Comptime] = []
        for statement in _body(body):
            match statement:
                case tree.Declare(names=names, annotation=annotation, value=value):
                    if annotation is None or value is not None:
                        raise BuildError("a field is written 'var name: Type'", statement.span)
                    fields += [tree.StructField(n.span, n.name, annotation) for n in names]
                case tree.Function():
                    methods.append(statement)
                case tree.Comptime():
                    constants.append(statement)
                case tree.Pass() | tree.ExpressionStatement(value=tree.String()):
                    pass
                case _:
                    raise BuildError("this cannot stand in a struct", statement.span)
        return tree.Struct(
            _header(extent, name, _items(traits)),
            _name(name),
            cast("tuple[tree.TypeParameter, ...]", _items(type_parameters)),
            tuple(argument.value for argument in cast("tuple[tree.Argument, ...]", _items(traits))),
            tuple(fields),
            tuple(methods),
            tuple(constants),
            (),
        )

    def traits(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def type_parameters(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def type_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        name, bound, default = children
        text = cast("Token", name).text
        return tree.TypeParameter(extent, text, _optional(bound), _optional(default))

    def parameters(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(
            tree.FunctionParameter(child.span, "", None, None, None, child.name)
            if isinstance(child, tree.TypeParameter)
            else child
            for child in children[:-1]
        )

    def parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        convention, name, annotation, default = children
        return tree.FunctionParameter(
            extent,
            cast("Token", name).text,
            cast("str | None", convention),
            _optional(annotation),
            _optional(default),
            "normal",
        )

    def star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "star")

    def double_star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "double_star")

    def _special(self, children: list[Child], extent: tree.Extent, kind: str) -> Child:
        convention, name, annotation = [child for child in children if not _is_star(child)]
        return tree.FunctionParameter(
            extent,
            cast("Token", name).text,
            cast("str | None", convention),
            _optional(annotation),
            None,
            kind,
        )

    def bare_star(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "star", None, None)

    def slash_parameter(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "slash", None, None)

    def convention(self, children: list[Child], _: tree.Extent) -> Child:
        return cast("Token", children[0]).text

    # -- expressions

    def tests(self, children: list[Child], extent: tree.Extent) -> Child:
        *elements, trailing = children
        if len(elements) == 1 and trailing is None:
            return elements[0]
        return tree.Tuple(extent, tuple(_expression(element) for element in elements))

    def ternary(self, children: list[Child], extent: tree.Extent) -> Child:
        then, condition, otherwise = (_expression(child) for child in children)
        return tree.Ternary(extent, condition, then, otherwise)

    def logical_or(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Logical(extent, "or", _expression(children[0]), _expression(children[1]))

    def logical_and(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Logical(extent, "and", _expression(children[0]), _expression(children[1]))

    def logical_not(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Unary(extent, "not", _expression(children[-1]))

    def comparison_chain(self, children: list[Child], extent: tree.Extent) -> Child:
        operands = tuple(_expression(child) for child in children[::2])
        return tree.Comparison(extent, operands, tuple(cast("str", op) for op in children[1::2]))

    def comparison_op(self, children: list[Child], _: tree.Extent) -> Child:
        return " ".join(cast("Token", child).text for child in children)

    def binary(self, children: list[Child], extent: tree.Extent) -> Child:
        left, op, right = children
        text = cast("Token", op).text
        return tree.Binary(extent, text, _expression(left), _expression(right))

    def unary(self, children: list[Child], extent: tree.Extent) -> Child:
        op, operand = children
        return tree.Unary(extent, cast("Token", op).text, _expression(operand))

    def call(self, children: list[Child], extent: tree.Extent) -> Child:
        callee, arguments = children
        found = cast("tuple[tree.Argument, ...]", _items(arguments))
        return tree.Call(extent, _expression(callee), found)

    def subscript(self, children: list[Child], extent: tree.Extent) -> Child:
        base, arguments = children
        found = cast("tuple[tree.Argument, ...]", _items(arguments))
        return tree.Subscript(extent, _expression(base), found)

    def attribute(self, children: list[Child], extent: tree.Extent) -> Child:
        base, name = children[0], children[-1]
        return tree.Attribute(extent, _expression(base), cast("Token", name).text)

    def transfer(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Transfer(extent, _expression(children[0]))

    def name(self, children: list[Child], _: tree.Extent) -> Child:
        return _name(children[0])

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
        elements = tuple(_expression(child) for child in children[:-1])
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
            child if isinstance(child, tree.Argument) else _positional(child)
            for child in children[:-1]
        )

    def positional(self, children: list[Child], _: tree.Extent) -> Child:
        return _positional(children[0])

    def keyword(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Argument(extent, cast("Token", children[0]).text, _expression(children[1]))

    def spread(self, _: list[Child], extent: tree.Extent) -> Child:
        return _positional(tree.Unsupported(extent, "'*' before an argument"))

    def slice(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Unsupported(extent, "slices")


def _positional(value: Child) -> tree.Argument:
    node = _expression(value)
    return tree.Argument(node.span, None, node)


def _statements(children: Sequence[Child]) -> tuple[tree.Statement, ...]:
    kept = tuple(child for child in children if not isinstance(child, Token))
    return cast("tuple[tree.Statement, ...]", kept)


def _expression(child: Child) -> tree.Expression:
    return cast("tree.Expression", child)


def _optional(child: Child) -> tree.Expression | None:
    return cast("tree.Expression | None", child)


def _body(child: Child) -> tuple[tree.Statement, ...]:
    return cast("tuple[tree.Statement, ...]", _items(child))


def _is_error(child: Child) -> bool:
    return isinstance(child, tree.Name) and child.name == "Error"


def _is_star(child: Child) -> bool:
    return isinstance(child, Token) and child.kind in ("STAR", "POWER")
