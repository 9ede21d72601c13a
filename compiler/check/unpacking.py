"""Several targets at once: the names of a declaration or loop, and the values that they are given."""

from collections.abc import Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions
from meshnode.compiler.check.body import Body, State
from meshnode.compiler.check.values import Fresh, Scalar, Stored, Value, is_scalar, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

Part = tuple[tree.Target | tree.Expression, Value, tree.Extent]
"""One target, the value that it is given, and where that stands."""


def names_in(targets: Sequence[tree.Target]) -> list[tree.Name]:
    """List the names that the targets of a declaration stand for."""
    names: list[tree.Name] = []
    for target in targets:
        match target:
            case tree.NestedTarget(targets=inner):
                names += names_in(inner)
            case tree.ReferenceTarget(name=name) | (tree.Name() as name):
                names.append(name)
    return names


def declare_several(body: Body, node: tree.Declare) -> None:
    """Declare the variables of `var a, (b, c) = value`."""
    targets = node.names
    while len(targets) == 1 and isinstance(targets[0], tree.NestedTarget):
        targets = targets[0].targets
    if node.value is None or node.annotation is not None:
        body.env.unsupported("declaring several typed variables at once", node.span)
    for name, value, extent in unpack(body, node.value, targets):
        if not isinstance(name, tree.Name) or name.name == "_":
            continue
        type_ = conversions.natural_type(body, value, extent)
        found = conversions.to_value(body, value, type_, extent)
        place = body.declare(name, type_, State.FULL)
        conversions.store(body, place, found, extent, is_new=True)


def unpack(
    body: Body,
    node: tree.Expression,
    targets: Sequence[tree.Target | tree.Expression],
    wanted: Sequence[ir.Type | None] | None = None,
) -> list[Part]:
    """Evaluate what is assigned to several targets; each value is safe from the stores to the others."""
    count = len(targets)
    if isinstance(node, tree.Tuple):
        if len(node.elements) != count:
            body.env.fail(
                Code.TYPE, f"expected {count} values, found {len(node.elements)}", node.span
            )
        types = wanted or [None] * count
        values = expressions.infer_all(body, node.elements, types)
        parts = [
            (target, _detached(body, value, element.span, type_), element.span)
            for target, value, element, type_ in zip(
                targets, values, node.elements, types, strict=True
            )
        ]
    else:
        value = conversions.to_value(body, expressions.infer(body, node), None, node.span)
        parts = _take_apart(body, value, targets, node.span)
    return [part for group in parts for part in _nested(body, *group)]


def _nested(
    body: Body, target: tree.Target | tree.Expression, value: Value, extent: tree.Extent
) -> list[Part]:
    """Give what a target's own targets are given, if it has some."""
    match target:
        case tree.NestedTarget(targets=inner) | tree.Tuple(elements=inner):
            parts = _take_apart(body, value, inner, extent)
            return [part for group in parts for part in _nested(body, *group)]
        case _:
            return [(target, value, extent)]


def _take_apart(
    body: Body,
    value: Value,
    targets: Sequence[tree.Target | tree.Expression],
    extent: tree.Extent,
) -> list[Part]:
    """Give the parts of a tuple, moved out of it if it is ours."""
    type_ = conversions.type_of(value)
    fields = body.checker.types.fields_of(type_)
    if not body.checker.types.is_tuple(type_) or len(fields) != len(targets):
        message = f"expected {len(targets)} values, found '{type_name(type_)}'"
        body.env.fail(Code.TYPE, message, extent)
    place = conversions.to_place(body, value, type_, extent)
    result: list[Part] = []
    for target, field in zip(targets, fields, strict=True):
        member = ir.FieldPlace(place, field.name, field.type)
        if is_scalar(field.type) or not isinstance(value, Fresh):
            found = _detached(body, Stored(member, is_mutable=False), extent)
            result.append((target, found, extent))
            continue
        part = body.temporary(field.type, extent)
        span = body.env.span(extent)
        is_owned = body.checker.types.is_owned(field.type)
        body.emit(ir.Move(part, member, span) if is_owned else ir.CopyBits(part, member, span))
        result.append((target, Fresh(part), extent))
    return result


def _detached(body: Body, value: Value, extent: tree.Extent, type_: ir.Type | None = None) -> Value:
    found = conversions.to_value(body, value, type_, extent)
    if is_scalar(conversions.type_of(found)):
        expr = conversions.to_scalar(body, found, None, extent)
        return Scalar(body.stable_expr(expr, extent))
    if isinstance(found, Fresh):
        return found
    return Fresh(conversions.take_over(body, found, extent))
