"""The grammar's rules for functions, structs and traits to tree nodes; see build_tree.py."""

# ruff: noqa: D102 - each method is the rule of its name in mojo.lark

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import msgspec

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.build_children import (
    BuildError,
    Child,
    Effects,
    body_of,
    convention_of,
    elements_of,
    expression,
    extent_of,
    header_extent,
    is_star,
    items,
    name_node,
    optional,
)

if TYPE_CHECKING:
    from meshnode.compiler.parse.lexer import Token

_CAPTURE_DEFAULTS = frozenset(["imm", "mut", "ref", "read"])


class DefinitionRules:
    """The builders; children come as the recipes of `mojo_parser.RULES` say."""

    def decorated(self, children: list[Child], _: tree.Extent) -> Child:
        *decorators, item = children
        expressions = tuple(expression(decorator) for decorator in decorators)
        match item:
            case tree.Function() | tree.Struct() | tree.Trait():
                return msgspec.structs.replace(item, decorators=expressions)
            case _:
                raise AssertionError(item)

    def function(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, parameters, written, captures, result, where, body = children
        effects = cast("Effects", written)
        return tree.Function(
            header_extent(extent, name, items(parameters), result),
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            cast("tuple[tree.FunctionParameter, ...]", items(parameters)),
            raises=effects.raises,
            result=optional(result),
            body=body_of(body),
            decorators=(),
            error=effects.error,
            captures=cast("tuple[tree.Capture, ...] | None", captures),
            where=optional(where),
        )

    def result(self, children: list[Child], _: tree.Extent) -> Child:
        return children[0]

    def where_part(self, children: list[Child], _: tree.Extent) -> Child:
        return children[-1]

    def raises_part(self, children: list[Child], _: tree.Extent) -> Child:
        return ("raises", children[0])

    def captures(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(child for child in children if isinstance(child, tree.Capture))

    def capture(self, children: list[Child], extent: tree.Extent) -> Child:
        convention, name, moved = children
        text = name_node(name).name
        mode = convention_of(convention)[0]
        if mode is None and moved is None and text in _CAPTURE_DEFAULTS:
            return tree.Capture(extent, text, None, is_moved=False)
        return tree.Capture(extent, mode, text, is_moved=moved is not None)

    def capture_moved(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Capture(extent, "var", None, is_moved=True)

    def capture_default(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.Capture(extent, "var", None, is_moved=False)

    def struct(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, traits, where, body = children
        fields, methods, constants = _members(body_of(body), "struct")
        return tree.Struct(
            header_extent(extent, name, items(traits)),
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            cast("tuple[tree.Expression, ...]", items(traits)),
            fields,
            methods,
            constants,
            (),
            optional(where),
        )

    def trait(self, children: list[Child], extent: tree.Extent) -> Child:
        name, type_parameters, traits, where, body = children
        if where is not None:
            raise BuildError("not supported yet: 'where' after a trait", extent_of(where))
        _, methods, constants = _members(body_of(body), "trait")
        return tree.Trait(
            header_extent(extent, name, items(traits)),
            name_node(name),
            cast("tuple[tree.TypeParameter, ...]", items(type_parameters)),
            cast("tuple[tree.Expression, ...]", items(traits)),
            methods,
            constants,
            (),
        )

    def traits(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def conformance(self, children: list[Child], extent: tree.Extent) -> Child:
        trait, where = children
        if where is None:
            return trait
        return tree.Where(extent, expression(trait), expression(where))

    def type_parameters(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(children[:-1])

    def type_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        name, bound, default = children
        text = cast("Token", name).text
        return tree.TypeParameter(extent, text, optional(bound), optional(default), "normal")

    def star_type_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        name, bound = [child for child in children if not is_star(child)]
        return tree.TypeParameter(extent, name_node(name).name, optional(bound), None, "star")

    def inferred_mark(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "", None, None, "inferred")

    def parameters(self, children: list[Child], _: tree.Extent) -> Child:
        return tuple(
            tree.FunctionParameter(child.span, "", None, None, None, child.kind)
            if isinstance(child, tree.TypeParameter)
            else child
            for child in children[:-1]
        )

    def parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        convention, name, annotation, default = children
        mode, origins = convention_of(convention)
        return tree.FunctionParameter(
            extent,
            cast("Token", name).text,
            mode,
            optional(annotation),
            optional(default),
            "normal",
            origins,
        )

    def star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "star")

    def spread_type(self, children: list[Child], extent: tree.Extent) -> Child:
        return tree.Spread(extent, expression(children[-1]))

    def double_star_parameter(self, children: list[Child], extent: tree.Extent) -> Child:
        return self._special(children, extent, "double_star")

    def _special(self, children: list[Child], extent: tree.Extent, kind: str) -> Child:
        convention, name, annotation = [child for child in children if not is_star(child)]
        mode, origins = convention_of(convention)
        return tree.FunctionParameter(
            extent, cast("Token", name).text, mode, optional(annotation), None, kind, origins
        )

    def bare_star(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "", None, None, "star")

    def slash_parameter(self, _: list[Child], extent: tree.Extent) -> Child:
        return tree.TypeParameter(extent, "", None, None, "slash")

    def convention(self, children: list[Child], _: tree.Extent) -> Child:
        return (cast("Token", children[0]).text, ())

    def reference_convention(self, children: list[Child], _: tree.Extent) -> Child:
        return ("ref", elements_of(children[1]))


def _members(
    statements: Sequence[tree.Statement], owner: str
) -> tuple[tuple[tree.StructField, ...], tuple[tree.Function, ...], tuple[tree.Comptime, ...]]:
    """Sort what stands in a struct or a trait; only a struct has fields."""
    fields: list[tree.StructField] = []
    methods: list[tree.Function] = []
    constants: list[tree.Comptime] = []
    for statement in statements:
        match statement:
            case tree.Declare(names=names, annotation=annotation, value=value) if owner == "struct":
                if value is not None and annotation is not None:
                    message = "a field has no value here; give it one in '__init__'"
                    raise BuildError(message, statement.span)
                if annotation is None:
                    raise BuildError("a field is written 'var name: Type'", statement.span)
                fields += [_field(target, annotation) for target in names]
            case tree.Function():
                methods.append(statement)
            case tree.Comptime():
                constants.append(statement)
            case tree.Pass() | tree.ExpressionStatement(value=tree.String() | tree.Dots()):
                pass
            case _:
                raise BuildError(f"this cannot stand in a {owner}", statement.span)
    return tuple(fields), tuple(methods), tuple(constants)


def _field(target: tree.Target, annotation: tree.Expression) -> tree.StructField:
    if not isinstance(target, tree.Name):
        raise BuildError("a field is written 'var name: Type'", target.span)
    return tree.StructField(target.span, target.name, annotation)
