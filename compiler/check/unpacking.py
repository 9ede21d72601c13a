"""Several targets at once: the names of a declaration or loop, and the values that they are given."""

from collections.abc import Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions
from meshnode.compiler.check.body import Body, State
from meshnode.compiler.check.values import Fresh, Scalar, Stored, Value, is_scalar, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def plain_names(body: Body, targets: Sequence[tree.Target]) -> Sequence[tree.Name]:
    """Give the names of a flat list of targets."""
    match targets:
        case (tree.NestedTarget(targets=inner),):
            return plain_names(body, inner)
        case _:
            names = [target for target in targets if isinstance(target, tree.Name)]
            if len(names) < len(targets):
                body.env.unsupported("nested unpacking", targets[0].span)
            return names


def declare_several(body: Body, node: tree.Declare, names: Sequence[tree.Name]) -> None:
    """Declare the variables of `var a, b = value`."""
    if node.value is None or node.annotation is not None:
        body.env.unsupported("declaring several typed variables at once", node.span)
    values = unpack(body, node.value, len(names))
    for name, (value, extent) in zip(names, values, strict=True):
        if name.name == "_":
            continue
        type_ = conversions.natural_type(body, value, extent)
        found = conversions.to_value(body, value, type_, extent)
        place = body.declare(name, type_, State.FULL)
        conversions.store(body, place, found, extent, is_new=True)


def unpack(body: Body, node: tree.Expression, count: int) -> list[tuple[Value, tree.Extent]]:
    """Evaluate what is assigned to several targets; each value is safe from the stores to the others."""
    if isinstance(node, tree.Tuple):
        if len(node.elements) != count:
            body.env.fail(
                Code.TYPE, f"expected {count} values, found {len(node.elements)}", node.span
            )
        values = expressions.infer_all(body, node.elements)
        return [
            (_detached(body, value, element.span), element.span)
            for value, element in zip(values, node.elements, strict=True)
        ]
    value = conversions.to_value(body, expressions.infer(body, node), None, node.span)
    type_ = conversions.type_of(value)
    fields = body.checker.types.fields_of(type_)
    if not body.checker.types.is_tuple(type_) or len(fields) != count:
        body.env.fail(Code.TYPE, f"expected {count} values, found '{type_name(type_)}'", node.span)
    place = conversions.to_place(body, value, type_, node.span)
    result: list[tuple[Value, tree.Extent]] = []
    for field in fields:
        member = ir.FieldPlace(place, field.name, field.type)
        if is_scalar(field.type) or not isinstance(value, Fresh):
            result.append((_detached(body, Stored(member, is_mutable=False), node.span), node.span))
            continue
        target = body.temporary(field.type, node.span)
        span = body.env.span(node.span)
        is_owned = body.checker.types.is_owned(field.type)
        body.emit(ir.Move(target, member, span) if is_owned else ir.CopyBits(target, member, span))
        result.append((Fresh(target), node.span))
    return result


def _detached(body: Body, value: Value, extent: tree.Extent) -> Value:
    found = conversions.to_value(body, value, None, extent)
    if is_scalar(conversions.type_of(found)):
        expr = conversions.to_scalar(body, found, None, extent)
        return Scalar(body.stable_expr(expr, extent))
    if isinstance(found, Fresh):
        return found
    return Fresh(conversions.take_over(body, found, extent))
