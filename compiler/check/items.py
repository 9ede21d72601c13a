"""Items behind `__setitem__`: `x[i] = value` and `x[i] += value`, with several indices and keywords."""

from collections.abc import Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, operators, references
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls
from meshnode.compiler.check.values import (
    Fresh,
    Functions,
    Given,
    Scalar,
    Stored,
    Value,
    is_scalar,
)
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral


def assign_item(
    body: Body, target: tree.Subscript, value: tree.Expression, extent: tree.Extent
) -> bool:
    """Assign through `__setitem__`, if the base is a variable, field or element of a struct that has it."""
    setters = _setters(body, target)
    if setters is None:
        return False
    receiver = expressions.infer(body, target.base)
    given = calls.given_arguments(body, target.arguments)
    new = expressions.infer(body, value)
    _set(body, setters, receiver, given, (None, new, value.span), extent)
    return True


def _setters(body: Body, target: tree.Subscript) -> Functions | None:
    type_ = body.imagine(lambda: _type_of_place(body, target.base))
    methods = body.checker.types.methods_of(type_).get("__setitem__") if type_ is not None else None
    if methods is None or not isinstance(type_, ir.StructType):
        return None
    return Functions("__setitem__", methods, struct=type_)


def _type_of_place(body: Body, node: tree.Expression) -> ir.Type | None:
    value = expressions.infer(body, node)
    return value.place.type if isinstance(value, Stored) else None


def _set(
    body: Body,
    setters: Functions,
    receiver: Value,
    given: Sequence[Given],
    new: Given,
    extent: tree.Extent,
) -> None:
    """Call `__setitem__`; beside indices with keywords, the value has the last argument's name."""
    functions = Functions("__setitem__", setters.functions, receiver, setters.struct)
    keyword = _value_keyword(setters.functions, given)
    calls.call_values(body, functions, [*given, (keyword, new[1], new[2])], extent)


def _value_keyword(methods: Sequence[FunctionSymbol], given: Sequence[Given]) -> str | None:
    keywords = {keyword for keyword, _, _ in given if keyword is not None}
    for method in methods:
        names = [p.name for p in method.node.parameters if p.kind == "normal"]
        if keywords and keywords <= set(names):
            return names[-1]
    return None


def augment_item(body: Body, node: tree.AugmentedAssign) -> bool:
    """Update an item behind `__getitem__` and `__setitem__`; base and indices are evaluated once."""
    target = node.target
    assert isinstance(target, tree.Subscript)
    setters = _setters(body, target)
    if setters is None or setters.struct is None:
        return False
    getters = body.checker.types.methods_of(setters.struct).get("__getitem__")
    if getters is None or any(references.is_reference(getter) for getter in getters):
        return False
    receiver = expressions.infer(body, target.base)
    if isinstance(receiver, Stored):
        place = body.stable(receiver.place, target.base.span)
        receiver = Stored(place, receiver.is_mutable, receiver.variable)
    given: list[Given] = [
        (keyword, _steady(body, value, place), place)
        for keyword, value, place in calls.given_arguments(body, target.arguments)
    ]
    functions = Functions("__getitem__", getters, receiver, setters.struct)
    item = calls.call_values(body, functions, given, target.span)
    mark = body.mark()
    right = expressions.infer(body, node.value)
    item = body.settle(item, mark, target.span)
    new = _updated(body, node, item, right)
    _set(body, setters, receiver, given, (None, new, node.span), node.span)
    return True


def _updated(body: Body, node: tree.AugmentedAssign, item: Value, right: Value) -> Value:
    name = operators.in_place_name(node.op)
    if isinstance(item, Fresh):
        done = operators.call_dunder(body, name, item, [right], node.span)
        if done is not None:
            return item
    left, other = (item, node.target.span), (right, node.value.span)
    return operators.binary_values(body, node.op, left, other, node.span)


def _steady(body: Body, value: Value, extent: tree.Extent) -> Value:
    """Give an index that may be used twice."""
    match value:
        case IntLiteral() | FloatLiteral():
            return value
        case Fresh(place):
            return Stored(place, is_mutable=False)
        case Scalar() | Stored() if is_scalar(conversions.type_of(value)):
            expr = conversions.to_scalar(body, value, None, extent)
            return Scalar(body.stable_expr(expr, extent))
        case _:
            return value
