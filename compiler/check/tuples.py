"""Comparisons of tuples beyond `==`: their order, and whether an element is among theirs."""

from functools import partial

from meshnode.compiler import ir
from meshnode.compiler.check import comparisons, conversions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.values import Operand, Stored, Value
from meshnode.compiler.parse import tree


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
