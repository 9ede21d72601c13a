"""Updates in place: `target op= value`."""

from meshnode.compiler import ir
from meshnode.compiler.check import assignments, conversions, expressions, items, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.types import vectors
from meshnode.compiler.check.values import Scalar, Stored, is_scalar
from meshnode.compiler.parse import tree


def augmented(body: Body, node: tree.AugmentedAssign) -> None:
    """Check `target op= value`."""
    if isinstance(node.target, tree.Name) and body.lookup(node.target.name) is None:
        value = tree.Integer(node.value.span, "0")
        assignments.assign_name(body, node.target, expressions.infer(body, value), node.span)
    if isinstance(node.target, tree.Subscript) and items.augment_item(body, node):
        return
    target = expressions.infer(body, node.target)
    if isinstance(target, Scalar) and target.home is not None:
        _augment_lane(body, node, target)
        return
    augment_place(body, node, assignments.place_of(body, node.target, target))


def _augment_lane(body: Body, node: tree.AugmentedAssign, lane: Scalar) -> None:
    """Update a lane of a vector."""
    right = expressions.infer(body, node.value)
    result = operators.binary_values(
        body, node.op, (lane, node.target.span), (right, node.value.span), node.span
    )
    vectors.assign_lane(body, lane, result, node.span)


def augment_place(body: Body, node: tree.AugmentedAssign, place: ir.Place) -> None:
    """Update a place that is evaluated once."""
    mark = body.mark()
    right = expressions.infer(body, node.value)
    current = body.settle(Stored(place, is_mutable=True), mark, node.target.span)
    assert isinstance(current, Stored)
    place = current.place
    if not is_scalar(place.type):
        name = operators.in_place_name(node.op)
        if operators.call_dunder(body, name, current, [right], node.span) is not None:
            return
    result = operators.binary_values(
        body, node.op, (current, node.target.span), (right, node.value.span), node.span
    )
    conversions.store(body, place, result, node.span, is_new=False)
