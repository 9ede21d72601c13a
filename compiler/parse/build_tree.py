"""The grammar's rules to tree nodes: one method a rule, called bottom-up by the parser; it decides no names or types.

Methods are named after the rules and aliases of `mojo.lark`. They raise `BuildError` where the grammar, being LALR(1),
accepts more than the language.
"""

# ruff: noqa: D102 - each method is the rule of its name in mojo.lark

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.build_children import (
    BuildError,
    Child,
    body_of,
    elements_of,
    expression,
    extent_of,
    header_extent,
    items,
    join_extents,
    loop_targets,
    name_node,
    optional,
    statements,
)
from meshnode.compiler.parse.build_definitions import DefinitionRules
from meshnode.compiler.parse.build_expressions import ExpressionRules

if TYPE_CHECKING:
    from meshnode.compiler.parse.lexer import Token


def builders() -> dict[str, Callable[[list[Child], tree.Extent], Child]]:
    """Give the builder of each rule by name."""
    return {
        name: getattr(rules, name)
        for rules in (StatementRules(), DefinitionRules(), ExpressionRules())
        for name in dir(rules)
        if not name.startswith("_")
    }


class StatementRules:
    """The builders; children come as the recipes of `mojo_parser.RULES` say."""

    # Each method's children are fixed by the grammar, so the casts state what the grammar proves.

    def start(self, children: list[Child], _: tree.Extent) -> Child:
        return statements(children)

    def block(self, children: list[Child], _: tree.Extent) -> Child:
        return statements(children)

    def expression_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.ExpressionStatement(extent, expression(children[0]))

    def declare(self, children: list[Child], extent: tree.Extent) -> Child:
        names = tuple(_target(node) for node in elements_of(children[0]))
        return tree.Declare(extent, names, optional(children[1]), optional(children[2]))

    def reference(self, children: list[Child], extent: tree.Extent) -> Child:
        written, name, annotation, value = children[-4:]
        convention = cast("Token", written)
        if convention.text != "ref":
            raise BuildError(f"unexpected '{convention.text}'", extent_of(convention))
        return tree.BindReference(extent, name_node(name), optional(annotation), expression(value))

    def assign(self, children: list[Child], extent: tree.Extent) -> Child:
        # `a = b = value` reads as `a = (b := value)`: the value is given to the last target first.
        *targets, value = (expression(child) for child in children)
        for target in reversed(targets[1:]):
            value = tree.Walrus(join_extents(target.span, value.span), target, value)
        return tree.Assign(extent, targets[0], value)

    def augmented(self, children: list[Child], extent: tree.Extent) -> Child:
        op = cast("Token", children[1]).text[:-1]
        return tree.AugmentedAssign(extent, expression(children[0]), op, expression(children[2]))

    def comptime(self, children: list[Child], extent: tree.Extent) -> Child:
        # The keyword's token is the first child, for the other rules look at its presence.
        name, type_parameters, annotation, value, where = children[-5:]
        if where is not None:
            raise BuildError("not supported yet: 'where' after a 'comptime' name", extent)
        return tree.Comptime(
            extent,
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            optional(annotation),
            optional(value),
        )

    def pass_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Pass(extent)

    def break_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Break(extent)

    def continue_statement(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Continue(extent)

    def return_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Return(extent, optional(children[0]))

    def raise_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Raise(extent, optional(children[0]))

    def assert_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        keyword, condition, message = children
        return tree.Assert(
            extent, expression(condition), optional(message), is_comptime=keyword is not None
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
        result = cast("tuple[tree.Statement, ...]", items(otherwise))
        for part in reversed(elifs):
            node = cast("tree.If", part)
            result = (tree.If(node.span, node.condition, node.then, result, keyword is not None),)
        header = header_extent(extent, condition)
        return tree.If(
            header, expression(condition), body_of(then), result, is_comptime=keyword is not None
        )

    def elif_part(self, children: list[Child], extent: tree.Extent) -> Child:
        condition, then = children
        header = header_extent(extent, condition)
        return tree.If(header, expression(condition), body_of(then), (), is_comptime=False)

    def else_part(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def while_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        condition, body, otherwise = children
        header = header_extent(extent, condition)
        return tree.While(header, expression(condition), body_of(body), body_of(otherwise))

    def for_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        keyword, written, found, iterable, body, otherwise = children
        convention, targets = loop_targets(written, found)
        return tree.For(
            header_extent(extent, iterable),
            convention,
            targets,
            expression(iterable),
            body_of(body),
            body_of(otherwise),
            is_comptime=keyword is not None,
        )

    def targets(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def target(self, children: list[Child], _: tree.Extent) -> Child:
        return name_node(children[0])

    def reference_target(self, children: list[Child], extent: tree.Extent) -> Child:
        convention = cast("Token", children[0])
        if convention.text != "ref":
            raise BuildError(f"unexpected '{convention.text}'", extent_of(convention))
        return tree.ReferenceTarget(extent, name_node(children[1]))

    def nested_target(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.NestedTarget(extent, cast("tuple[tree.Target, ...]", children[0]))

    def try_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        body, handler, otherwise, final = children
        error: tree.Name | None = None
        handler_body: tuple[tree.Statement, ...] | None = None
        if handler is not None:
            error, handler_body = cast(
                "tuple[tree.Name | None, tuple[tree.Statement, ...]]", handler
            )
        elif final is None:
            raise BuildError("'try' needs an 'except' or a 'finally'", header_extent(extent))
        header = header_extent(extent)
        return tree.Try(
            header, body_of(body), error, handler_body, body_of(otherwise), body_of(final)
        )

    def except_part(self, children: list[Child], _: tree.Extent) -> Child:
        name, body = children
        return (name_node(name) if name else None, body)

    def finally_part(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def with_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        *found, body = children
        items_ = tuple(child for child in found if isinstance(child, tree.WithItem))
        return tree.With(header_extent(extent, items_[-1]), items_, body_of(body))

    def with_item(self, children: list[Child], extent: tree.Extent) -> Child:
        value, name = children
        return tree.WithItem(extent, expression(value), name_node(name) if name else None)

    def match_statement(self, children: list[Child], extent: tree.Extent) -> Child:
        _, subject, *rest = children
        cases = tuple(child for child in rest if isinstance(child, tree.Case))
        return tree.Match(header_extent(extent, subject), expression(subject), cases)

    def case_part(self, children: list[Child], extent: tree.Extent) -> Child:
        _, pattern, guard, body = children
        header = header_extent(extent, pattern, guard)
        return tree.Case(header, expression(pattern), optional(guard), body_of(body))

    def patterns(self, children: list[Child], extent: tree.Extent) -> Child:
        *elements, trailing = children
        if len(elements) == 1 and trailing is None:
            return elements[0]
        return tree.Tuple(extent, tuple(expression(element) for element in elements))

    def pattern_as(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Binary(extent, "as", expression(children[0]), name_node(children[-1]))

    def pattern_variable(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Unary(extent, "var", name_node(children[-1]))

    def pattern_refused(self, _: list[Child], extent: tree.Extent) -> Child:
        message = "this is not a pattern; write '==' before it to compare with its value"
        raise BuildError(message, extent)

    def decorator(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]


def _target(node: tree.Expression) -> tree.Target:
    """Take an expression after `var` for the name or names that it stands for."""
    match node:
        case tree.Name():
            return node
        case tree.Tuple(elements=elements):
            return tree.NestedTarget(node.span, tuple(_target(element) for element in elements))
        case _:
            raise BuildError("expected a name after 'var'", node.span)
