"""Tuples: their order, whether an element is among theirs, and others made of their elements."""

from functools import partial
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import comparisons, conversions, expressions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.values import Fresh, Operand, Stored, Value, is_scalar
from meshnode.compiler.diagnostic import Code, counted
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.types.types import StructInstance


def less(body: Body, left: Value, right: Value, extent: tree.Extent) -> ir.Expr:
    """Compare two tuples of one type: the first elements that differ decide."""
    type_ = conversions.type_of(left)
    first = conversions.to_place(body, left, type_, extent)
    second = conversions.to_place(body, right, type_, extent)
    fields = body.checker.types.fields_of(type_)

    def less_from(index: int) -> ir.Expr:
        if index == len(fields):
            return ir.Const(ir.BOOL, value=False)
        a = (_element(first, fields[index]), extent)
        b = (_element(second, fields[index]), extent)
        is_less = comparisons.compare(body, "<", a, b, extent)

        def equal_and_less() -> ir.Expr:
            is_equal = comparisons.compare(body, "==", a, b, extent)
            rest = partial(less_from, index + 1)
            return comparisons.conjunction(body, is_equal, rest, extent)

        return comparisons.disjunction(body, is_less, equal_and_less, extent)

    return less_from(0)


def contains(
    body: Body, item: Operand, container: Value, place: tree.Extent, extent: tree.Extent
) -> ir.Expr:
    """Tell whether a value is equal to an element of its type."""
    type_ = conversions.type_of(container)
    tuple_ = conversions.to_place(body, container, type_, place)
    fields = body.checker.types.fields_of(type_)
    wanted = conversions.natural_type(body, item[0], item[1])
    value = conversions.to_value(body, item[0], wanted, item[1])

    def among(index: int) -> ir.Expr:
        if index == len(fields):
            return ir.Const(ir.BOOL, value=False)
        if fields[index].type != wanted:
            return among(index + 1)
        other = (_element(tuple_, fields[index]), place)
        is_equal = comparisons.compare(body, "==", (value, item[1]), other, extent)
        return comparisons.disjunction(body, is_equal, partial(among, index + 1), extent)

    return among(0)


def _element(place: ir.Place, field: ir.Field) -> Stored:
    return Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=False)


METHODS = frozenset(["concat", "reverse"])
"""Methods of tuples, whatever their types."""


def has(instance: "StructInstance", name: str) -> bool:
    """Tell whether a struct is a tuple, and the name one of these methods."""
    return instance.symbol is None and name in METHODS


def call(body: Body, receiver: Value, name: str, node: tree.Call) -> Value:
    """Evaluate `t.concat(u)` or `t.reverse()`: a tuple of copies."""
    values = [receiver, *expressions.infer_all(body, [a.value for a in node.arguments])]
    if len(values) != (2 if name == "concat" else 1):
        count = 1 if name == "concat" else 0
        message = f"'{name}' takes {counted(count, 'argument')}"
        body.env.fail(Code.CALL, message, node.span)
    parts: list[Stored] = []
    for value in values:
        found = conversions.to_value(body, value, None, node.span)
        type_ = conversions.type_of(found)
        if not body.checker.types.is_tuple(type_):
            body.env.fail(Code.TYPE, f"'{name}' needs a tuple", node.span)
        place = conversions.to_place(body, found, type_, node.span)
        parts += [_element(place, field) for field in body.checker.types.fields_of(type_)]
    if name == "reverse":
        parts.reverse()
    result = body.checker.types.tuple_type([part.place.type for part in parts])
    target = body.temporary(result, node.span)
    for part, field in zip(parts, body.checker.types.fields_of(result), strict=True):
        copy: Value = part
        if not is_scalar(field.type):
            body.checker.types.require_copyable(field.type, body.env, node.span)
            copy = Fresh(conversions.copy_value(body, part.place, node.span))
        member = ir.FieldPlace(target, field.name, field.type)
        conversions.store(body, member, copy, node.span, is_new=True)
    return Fresh(target)
