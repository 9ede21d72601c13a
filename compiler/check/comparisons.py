"""Comparisons and logical operators: chains and short circuits, on scalars and structs."""

from collections.abc import Callable, Mapping
from functools import partial

from meshnode.compiler import ir, limits
from meshnode.compiler.check import conversions, expressions, implicit, operators, tuples
from meshnode.compiler.check.body import Body, fresh, merge
from meshnode.compiler.check.types import arrays, vectors
from meshnode.compiler.check.values import (
    ListItems,
    Operand,
    Scalar,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.expression_reads import may_trap
from meshnode.compiler.parse import literals, tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

COMPARE_DUNDERS: Mapping[str, str] = {
    "==": "__eq__",
    "!=": "__ne__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}
"""The methods that comparisons call."""


_MIRRORED: Mapping[str, tuple[str, bool, bool]] = {
    # operator: (the one it is made of, operands swapped, check_comparisons.negated)
    "!=": ("==", False, True),
    ">": ("<", True, False),
    ">=": ("<", False, True),
    "<=": ("<", True, True),
}


_TRUE = ir.Const(ir.BOOL, value=True)
_FALSE = ir.Const(ir.BOOL, value=False)


def negated(condition: ir.Expr) -> ir.Expr:
    """Give `not condition`."""
    if isinstance(condition, ir.Const):
        return ir.Const(ir.BOOL, value=not condition.value)
    return ir.Unary(ir.UnaryOp.NOT, condition, ir.BOOL)


def comparison(body: Body, node: tree.Comparison) -> Value:
    """Evaluate a comparison, or a chain of them (which stops at the first that is false)."""
    operands, ops = node.operands, node.ops
    if len(ops) == 1:
        left, right = expressions.infer_all(body, operands)
        return Scalar(
            compare(body, ops[0], (left, operands[0].span), (right, operands[1].span), node.span)
        )
    left = expressions.infer(body, operands[0])
    return Scalar(_chain(body, node, left, 0))


def _chain(body: Body, node: tree.Comparison, left: Value, index: int) -> ir.Expr:
    """Compare from the index-th operand on, whose value is `left`."""
    mark = body.mark()
    right = expressions.infer(body, node.operands[index + 1])
    left = body.settle(left, mark, node.operands[index].span)
    is_last = index == len(node.ops) - 1
    if not is_last and isinstance(right, Scalar | Stored):
        right = _once(body, right, node.operands[index + 1].span)
    first = (left, node.operands[index].span)
    second = (right, node.operands[index + 1].span)
    result = compare(body, node.ops[index], first, second, node.span)
    if is_last:
        return result
    return conjunction(body, result, partial(_chain, body, node, right, index + 1), node.span)


def _once(body: Body, value: Value, extent: tree.Extent) -> Value:
    if isinstance(conversions.type_of(value), ir.StructType):
        return value
    expr = conversions.to_scalar(body, value, None, extent)
    return Scalar(body.stable_expr(expr, extent))


def compare(body: Body, op: str, left: Operand, right: Operand, extent: tree.Extent) -> ir.Expr:
    """Compare two values."""
    if op in ("is", "is not") or (op in ("==", "!=") and implicit.is_none(right[0])):
        return _identical(body, op, left, right, extent)
    if op in ("in", "not in"):
        return _contains(body, op, left, right, extent)
    alike = _alike(left[0], right[0]) if op in ("==", "!=") else None
    if alike is not None:
        return ir.Const(ir.BOOL, value=alike == (op == "=="))
    literal = (IntLiteral, FloatLiteral)
    if isinstance(left[0], literal) and isinstance(right[0], literal):
        return ir.Const(ir.BOOL, literals.compare(op, left[0], right[0]))
    a, b = operators.adapt(body, op, left, right)
    left_type, right_type = conversions.type_of(a), conversions.type_of(b)
    if isinstance(left_type, ir.StructType):
        return _compare_structs(body, op, a, operators.as_written(right[0], b), extent)
    if left_type != right_type:
        operators.refuse(body, op, left_type, right_type, extent)
    if isinstance(left_type, ir.VectorType) and op not in ("==", "!="):
        message = f"'{op}' compares single numbers, not '{type_name(left_type)}'"
        name = COMPARE_DUNDERS[op].strip("_")
        body.env.fail(Code.TYPE, message, extent, suggestion=f"write 'v.{name}(w)' for a mask")
    first = conversions.to_scalar(body, a, left_type, left[1])
    second = conversions.to_scalar(body, b, right_type, right[1])
    if isinstance(first, ir.Const) and isinstance(second, ir.Const):
        return ir.Const(ir.BOOL, literals.compare(op, first, second))
    if isinstance(left_type, ir.VectorType):
        return vectors.equal(op, first, second, body.env.span(extent))
    return ir.Compare(ir.CompareOp(op), first, second)


def _alike(left: Value, right: Value) -> bool | None:
    """Compare two texts or two types that are known; None for other values."""
    match left, right:
        case (StringLiteral(), StringLiteral()) | (TypeName(), TypeName()):
            return left == right
        case _:
            return None


_IDENTITY_DUNDERS: Mapping[str, str] = {
    "is": "__is__",
    "is not": "__isnot__",
    "==": "__eq__",
    "!=": "__ne__",
}


def _identical(body: Body, op: str, left: Operand, right: Operand, extent: tree.Extent) -> ir.Expr:
    """Compare by `is`, or with None, which only the left side's own methods do."""
    value = conversions.to_value(body, left[0], None, left[1])
    result = operators.call_dunder(body, _IDENTITY_DUNDERS[op], value, [right[0]], extent)
    if result is None:
        name = type_name(conversions.type_of(value))
        suggestion = (
            f"only an 'Optional[{name}]' may be None" if implicit.is_none(right[0]) else None
        )
        message = f"'{name}' has no operator '{op}'"
        body.env.fail(Code.TYPE, message, extent, suggestion=suggestion)
    return conversions.to_scalar(body, result, ir.BOOL, extent)


def _contains(body: Body, op: str, left: Operand, right: Operand, extent: tree.Extent) -> ir.Expr:
    if isinstance(right[0], ListItems) and not isinstance(left[0], IntLiteral | FloatLiteral):
        element = conversions.natural_type(body, left[0], left[1])
        array = arrays.type_of_elements(body, right[0].node, element)
        right = (conversions.to_value(body, right[0], array, right[1]), right[1])
    container = conversions.to_value(body, right[0], None, right[1])
    if body.checker.types.is_tuple(conversions.type_of(container)):
        expr = tuples.contains(body, left, container, right[1], extent)
        return negated(expr) if op == "not in" else expr
    result = operators.call_dunder(body, "__contains__", container, [left[0]], extent)
    if result is None:
        name = type_name(conversions.type_of(container))
        body.env.fail(Code.TYPE, f"'{name}' has no '__contains__' for '{op}'", extent)
    expr = conversions.to_scalar(body, result, ir.BOOL, extent)
    return negated(expr) if op == "not in" else expr


def _compare_structs(
    body: Body, op: str, left: Value, right: Value, extent: tree.Extent
) -> ir.Expr:
    result = operators.call_dunder(body, COMPARE_DUNDERS[op], left, [right], extent)
    if result is not None:
        return conversions.to_scalar(body, result, ir.BOOL, extent)
    type_, other_type = (conversions.natural_type(body, v, extent) for v in (left, right))
    if not isinstance(type_, ir.StructType):
        operators.refuse(body, op, type_, other_type, extent)
    is_tuple = body.checker.types.is_tuple(type_)
    if is_tuple and op == "<" and type_ == other_type:
        return tuples.less(body, left, right, extent)
    if op in _MIRRORED:
        other, is_swapped, is_negated = _MIRRORED[op]
        a, b = (right, left) if is_swapped else (left, right)
        made = _compare_structs(body, other, a, b, extent)
        return negated(made) if is_negated else made
    instance = body.checker.types.struct_of(type_)
    is_equatable = instance.symbol is None or instance.has_trait("Equatable")
    if op != "==" or not is_equatable or type_ != other_type:
        operators.refuse(body, op, type_, other_type, extent)
    return _compare_fields(body, left, right, extent)


def _compare_fields(body: Body, left: Value, right: Value, extent: tree.Extent) -> ir.Expr:
    """Compare two structs of one type field by field."""
    type_ = conversions.type_of(left)
    if body.checker.types.part_count(type_) > limits.COMPARED_PARTS_MAX:
        message = f"'{type_name(type_)}' has too many parts to be compared one by one"
        body.env.fail(Code.LIMIT, message, extent, suggestion="write the struct's '__eq__'")
    first = conversions.to_place(body, left, type_, extent)
    second = conversions.to_place(body, right, type_, extent)

    def compare_from(index: int) -> ir.Expr:
        fields = body.checker.types.fields_of(type_)
        if index == len(fields):
            return _TRUE
        name, field = fields[index].name, fields[index].type
        a = Stored(ir.FieldPlace(first, name, field), is_mutable=False)
        b = Stored(ir.FieldPlace(second, name, field), is_mutable=False)
        result = compare(body, "==", (a, extent), (b, extent), extent)
        return conjunction(body, result, partial(compare_from, index + 1), extent)

    return compare_from(0)


def logical(body: Body, node: tree.Logical) -> Value:
    """Evaluate `and` and `or`, the right side only if needed."""
    left = conversions.to_condition(body, node.left)
    right = partial(conversions.to_condition, body, node.right)
    if node.op == "and":
        return Scalar(conjunction(body, left, right, node.span))
    return Scalar(disjunction(body, left, right, node.span))


def conjunction(
    body: Body, left: ir.Expr, right: Callable[[], ir.Expr], extent: tree.Extent
) -> ir.Expr:
    """Give `left and right()`."""
    if isinstance(left, ir.Const):
        return right() if left.value else _FALSE
    return _short_circuit(body, left, right, extent, is_and=True)


def disjunction(
    body: Body, left: ir.Expr, right: Callable[[], ir.Expr], extent: tree.Extent
) -> ir.Expr:
    """Give `left or right()`."""
    if isinstance(left, ir.Const):
        return _TRUE if left.value else right()
    return _short_circuit(body, left, right, extent, is_and=False)


def _short_circuit(
    body: Body, left: ir.Expr, right: Callable[[], ir.Expr], extent: tree.Extent, *, is_and: bool
) -> ir.Expr:
    before = dict(body.flow) if body.flow is not None else None
    block, value = body.collect(right)
    if not block and not may_trap(value):
        if is_and:
            return ir.Select(left, value, _FALSE, ir.BOOL)
        return ir.Select(left, _TRUE, value, ir.BOOL)
    target = body.temporary(ir.BOOL, extent)
    span = body.env.span(extent)
    body.emit(ir.Assign(target, left, span))
    part = (*block, ir.Assign(target, value, span))
    after = body.flow
    body.flow = merge([flow for flow in (before, after) if flow is not None])
    condition = ir.Load(target, ir.BOOL)
    then, otherwise = (part, ()) if is_and else ((), part)
    body.emit(ir.If(condition, then, otherwise, span))
    result = fresh(target)
    assert isinstance(result, Scalar)
    return result.expr
