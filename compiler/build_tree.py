"""The grammar's rules to tree nodes: one method a rule, called bottom-up by the parser; it decides no names or types.

Methods are named after the rules and aliases of `mojo.lark`. They raise `BuildError` where the grammar, being LALR(1),
accepts more than the language.
"""

# ruff: noqa: D102 - each method is the rule of its name in mojo.lark

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from meshnode.compiler import tree
from meshnode.compiler.build_children import (
    BuildError,
    Child,
    body_of,
    expression,
    extent_of,
    header_extent,
    is_error,
    is_star,
    items,
    name_node,
    optional,
    statements,
)
from meshnode.compiler.build_expressions import ExpressionRules

if TYPE_CHECKING:
    from meshnode.compiler.lexer import Token


def builders() -> dict[str, Callable[[list[Child], tree.Extent], Child]]:
    """Give the builder of each rule by name."""
    return {
        name: getattr(rules, name)
        for rules in (StatementRules(), ExpressionRules())
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
        target = expression(children[0])
        names = target.elements if isinstance(target, tree.Tuple) else (target,)
        for name in names:
            if not isinstance(name, tree.Name):
                raise BuildError("expected a name after 'var'", name.span)
        return tree.Declare(
            extent,
            cast("tuple[tree.Name, ...]", names),
            optional(children[1]),
            optional(children[2]),
        )

    def reference(self, children: list[Child], extent: tree.Extent) -> Child:
        convention = cast("Token", children[0])
        if convention.text != "ref":
            raise BuildError(f"unexpected '{convention.text}'", extent_of(convention))
        return tree.BindReference(extent, name_node(children[1]), expression(children[2]))

    def assign(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Assign(extent, expression(children[0]), expression(children[1]))

    def augmented(self, children: list[Child], extent: tree.Extent) -> Child:
        op = cast("Token", children[1]).text[:-1]
        return tree.AugmentedAssign(extent, expression(children[0]), op, expression(children[2]))

    def comptime(self, children: list[Child], extent: tree.Extent) -> Child:
        # The keyword's token is the first child, for the other rules look at its presence.
        name, annotation, value = children[-3:]
        return tree.Comptime(extent, name_node(name), optional(annotation), expression(value))

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
        keyword, convention, targets, iterable, body, otherwise = children
        return tree.For(
            header_extent(extent, iterable),
            cast("str | None", convention),
            cast("tuple[tree.Name, ...]", targets),
            expression(iterable),
            body_of(body),
            body_of(otherwise),
            is_comptime=keyword is not None,
        )

    def targets(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(name_node(child) for child in children)

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

    def decorated(self, children: list[Child], _: tree.Extent) -> Child:
        *decorators, item = children
        node = cast("tree.Function | tree.Struct", item)
        expressions = tuple(expression(decorator) for decorator in decorators)
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
            header_extent(extent, name, items(parameters), result),
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            cast("tuple[tree.FunctionParameter, ...]", items(parameters)),
            raises is not None,
            optional(result),
            body_of(body),
            (),
        )

    def raises_part(self, children: list[Child], extent: tree.Extent) -> Child:
        if children[0] is not None and not is_error(children[0]):
            raise BuildError("not supported yet: typed errors ('raises' with a type)", extent)
        return "raises"

    def struct(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, traits, body = children
        fields: list[tree.StructField] = []
        methods: list[tree.Function] = []
        constants: list[tree.Comptime] = []
        for statement in body_of(body):
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
            header_extent(extent, name, items(traits)),
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            tuple(argument.value for argument in cast("tuple[tree.Argument, ...]", items(traits))),
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
        return tree.TypeParameter(extent, text, optional(bound), optional(default))

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
            optional(annotation),
            optional(default),
            "normal",
        )

    def star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "star")

    def double_star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "double_star")

    def _special(self, children: list[Child], extent: tree.Extent, kind: str) -> Child:
        convention, name, annotation = [child for child in children if not is_star(child)]
        return tree.FunctionParameter(
            extent,
            cast("Token", name).text,
            cast("str | None", convention),
            optional(annotation),
            None,
            kind,
        )

    def bare_star(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "star", None, None)

    def slash_parameter(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "slash", None, None)

    def convention(self, children: list[Child], _: tree.Extent) -> Child:
        return cast("Token", children[0]).text
