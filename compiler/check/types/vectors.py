"""Vectors (`SIMD[dtype, n]`): construction, lanes, comparisons, and what their methods in the prelude need."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.types import dtype_names
from meshnode.compiler.check.values import (
    Builtin,
    Scalar,
    ScalarMethod,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import literals, tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral


def broadcast(value: ir.Expr, type_: ir.Type) -> ir.Expr:
    """Give a scalar in all lanes of a type."""
    return ir.Pure("splat", (value,), type_) if isinstance(type_, ir.VectorType) else value


def fit(body: Body, value: Value, type_: ir.VectorType, extent: tree.Extent) -> ir.Expr | None:
    """Give what converts to a vector without being asked: literals and scalars of its element type; else None."""
    match value:
        case IntLiteral() | FloatLiteral():
            constant = literals.materialise(value, type_.element)
            return None if constant is None else broadcast(constant, type_)
        case Scalar() | Stored():
            if conversions.type_of(value) == type_.element:
                expr = conversions.to_scalar(body, value, type_.element, extent)
                return broadcast(expr, type_)
        case _:
            pass
    return None


def construct(body: Body, type_: ir.VectorType, node: tree.Call) -> Value:
    """Evaluate `SIMD[dtype, n](…)`: nothing, one number for all lanes, one for each, or a vector of another type."""
    nodes = [argument.value for argument in node.arguments]
    names = [argument.name for argument in node.arguments if argument.name]
    if names not in ([], ["fill"]) or (names and len(nodes) > 1):
        body.env.unsupported(f"'{type_name(type_)}' with these arguments", node.span)
    if not nodes:
        zero = ir.Const(type_.element, 0.0 if isinstance(type_.element, ir.FloatType) else 0)
        return Scalar(broadcast(zero, type_))
    values = expressions.infer_all(body, nodes)
    if len(values) == 1:
        return Scalar(_single(body, type_, values[0], nodes[0].span))
    if len(values) != type_.lanes:
        body.env.fail(
            Code.CALL, f"'{type_name(type_)}' takes {type_.lanes} numbers, or one", node.span
        )
    lanes = [
        conversions.to_scalar(body, value, type_.element, argument.span)
        for value, argument in zip(values, nodes, strict=True)
    ]
    return Scalar(ir.Pure("lanes", tuple(lanes), type_))


def _single(body: Body, type_: ir.VectorType, value: Value, extent: tree.Extent) -> ir.Expr:
    fitting = fit(body, value, type_, extent)
    if fitting is not None:
        return fitting
    found = conversions.to_value(body, value, None, extent)
    source = conversions.type_of(found)
    if isinstance(source, ir.VectorType) and source.lanes == type_.lanes:
        expr = conversions.to_scalar(body, found, source, extent)
        return expr if source == type_ else ir.Convert(expr, type_)
    body.env.fail(
        Code.TYPE, f"cannot convert '{type_name(source)}' to '{type_name(type_)}'", extent
    )


# ------------------------------------------------------------------------------------------------------------ lanes


def lane(body: Body, owner: Value, index: ir.Expr, extent: tree.Extent) -> Value:
    """Give `v[index]`; it remembers where the vector is, so that it may be assigned."""
    type_ = conversions.type_of(owner)
    lanes, element = dtype_names.lanes_of(type_), dtype_names.element_type(type_)
    if isinstance(index, ir.Const) and not 0 <= int(index.value) < lanes:
        body.env.fail(Code.CONSTANT, f"lane {index.value} is out of range 0 to {lanes - 1}", extent)
    vector = conversions.to_scalar(body, owner, type_, extent)
    home = owner if isinstance(owner, Stored) else None
    if isinstance(vector, ir.Pure) and isinstance(index, ir.Const):
        if vector.name == "splat":
            return Scalar(vector.arguments[0])
        if vector.name == "lanes":
            return Scalar(vector.arguments[int(index.value)])
    if not isinstance(type_, ir.VectorType):
        return Scalar(vector, home)
    return Scalar(ir.Pure("lane", (vector, index), element), home)


def assign_lane(body: Body, target: Scalar, value: Value, extent: tree.Extent) -> None:
    """Store a value into the lane that `lane` gave."""
    home, expr = target.home, target.expr
    assert home is not None
    if not home.is_mutable:
        body.env.fail(Code.MUTABILITY, "expression must be mutable in assignment", extent)
    new = conversions.to_scalar(body, value, expr.type, extent)
    if not isinstance(home.place.type, ir.VectorType):
        body.assign(home.place, new, extent)
        return
    assert isinstance(expr, ir.Pure)
    vector = ir.Load(home.place, home.place.type)
    changed = ir.Pure("with_lane", (vector, expr.arguments[1], new), home.place.type)
    body.assign(home.place, changed, extent)


# ------------------------------------------------------------------------------------------------------ comparisons


def equal(op: str, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    """Give `v == w` or `v != w`, which are one Bool: of all lanes, of any lane."""
    assert isinstance(left.type, ir.VectorType)
    compare = ir.CompareOp(op)
    mask: ir.Expr = ir.Compare(compare, left, right, ir.VectorType(ir.BOOL, left.type.lanes))
    combine = ir.BinaryOp.AND if op == "==" else ir.BinaryOp.OR
    lanes = [
        ir.Pure("lane", (mask, ir.Const(ir.INT, index)), ir.BOOL)
        for index in range(left.type.lanes)
    ]
    result: ir.Expr = lanes[0]
    for other in lanes[1:]:
        result = ir.Binary(combine, result, other, ir.BOOL, span)
    return result


# -------------------------------------------------------------------------- what only the prelude says of vectors


def _operands(body: Body, node: tree.Call, count: int) -> list[ir.Expr]:
    nodes = [argument.value for argument in node.arguments]
    assert len(nodes) == count, node
    values = expressions.infer_all(body, nodes)
    return [
        conversions.to_scalar(body, value, None, n.span)
        for value, n in zip(values, nodes, strict=True)
    ]


def _compare(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    """`__compare["<"](a, b)`: lane by lane, a mask."""
    (operator,) = builtin.parameters
    assert isinstance(operator.value, tree.String)
    left, right = _operands(body, node, 2)
    mask = dtype_names.with_element(left.type, ir.BOOL)
    return Scalar(ir.Compare(ir.CompareOp(operator.value.value), left, right, mask))


def _select(body: Body, _: Builtin, node: tree.Call) -> Value:
    """`__select(mask, a, b)`: lane by lane."""
    mask, then, otherwise = _operands(body, node, 3)
    return Scalar(ir.Select(mask, then, otherwise, then.type))


def _shuffle(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    """`__shuffle["kind", numbers…](a, b)`: lanes of two vectors (or scalars) in another order."""
    kind, *numbers = builtin.parameters
    assert isinstance(kind.value, tree.String)
    constants = [
        conversions.constant_of_type(body.checker, body.env, number.value, ir.INT)
        for number in numbers
    ]
    left, right = _operands(body, node, 2)
    lanes = dtype_names.lanes_of(left.type)
    places = _order(kind.value.value, lanes, [int(c.value) for c in constants])
    if kind.value.value == "slice" and not all(0 <= place < lanes for place in places):
        body.env.fail(Code.CONSTANT, "the slice reaches beyond the vector", node.span)
    return Scalar(arranged(left, right, places))


def _order(kind: str, lanes: int, numbers: Sequence[int]) -> list[int]:
    """Say which lane of both vectors, joined, comes to each lane of the result."""
    every = range(lanes)
    match kind:
        case "rotate":
            return [(index + numbers[0]) % lanes for index in every]
        case "shift":
            return [
                index + numbers[0] if 0 <= index + numbers[0] < lanes else lanes for index in every
            ]
        case "slice":
            width, offset = numbers
            return [offset + index for index in range(width)]
        case "join":
            return list(range(2 * lanes))
        case "interleave":
            return [index // 2 + lanes * (index % 2) for index in range(2 * lanes)]
        case "reverse":
            return list(reversed(every))
        case _:
            assert kind == "deinterleave"
            return [2 * index + numbers[0] for index in range(lanes // 2)]


def arranged(left: ir.Expr, right: ir.Expr, places: Sequence[int]) -> ir.Expr:
    """Give the vector of these lanes of two joined vectors of one type; a scalar, of one lane."""
    element, lanes = dtype_names.element_type(left.type), dtype_names.lanes_of(left.type)
    assert isinstance(element, ir.IntType | ir.FloatType | ir.BoolType)
    result = dtype_names.vector(element, len(places))
    if isinstance(left.type, ir.VectorType) and isinstance(result, ir.VectorType):
        indices = tuple(ir.Const(ir.INT, place) for place in places)
        return ir.Pure("shuffle", (left, right, *indices), result)
    found = [_pick((left, right)[place // lanes], place % lanes, element) for place in places]
    return found[0] if len(found) == 1 else ir.Pure("lanes", tuple(found), result)


def _pick(source: ir.Expr, index: int, element: ir.Type) -> ir.Expr:
    if not isinstance(source.type, ir.VectorType):
        return source
    return ir.Pure("lane", (source, ir.Const(ir.INT, index)), element)


def shuffle(body: Body, method: ScalarMethod, node: tree.Call) -> Value:
    """Evaluate `v.shuffle[3, 2, 1, 0]()`, and with another vector as argument."""
    vector = conversions.to_scalar(body, method.receiver, None, node.span)
    lanes = dtype_names.lanes_of(vector.type)
    places = [
        int(conversions.constant_of_type(body.checker, body.env, a.value, ir.INT).value)
        for a in method.parameters
    ]
    other = vector
    if len(node.arguments) == 1:
        argument = node.arguments[0].value
        value = expressions.infer(body, argument, vector.type)
        other = conversions.to_scalar(body, value, vector.type, argument.span)
    limit = 2 * lanes if node.arguments else lanes
    if len(places) != lanes or not all(0 <= place < limit for place in places):
        message = f"'shuffle' takes {lanes} lane numbers from 0 to {limit - 1}"
        body.env.fail(Code.CONSTANT, message, node.span)
    return Scalar(arranged(vector, other, places))


HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "__compare": _compare,
    "__select": _select,
    "__shuffle": _shuffle,
}
"""By name."""
