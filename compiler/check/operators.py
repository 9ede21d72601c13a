"""Operators: exact on literals, machine arithmetic on scalars, dunder methods on structs."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence
from typing import NoReturn

from meshnode.compiler import ir
from meshnode.compiler.check import comparisons, conversions, expressions, lenient
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls
from meshnode.compiler.check.types import dtype_names
from meshnode.compiler.check.values import (
    Functions,
    ListItems,
    Operand,
    Scalar,
    StringLiteral,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import OverloadSet
from meshnode.compiler.parse import literals, tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

_INT_OPS: Mapping[str, ir.BinaryOp] = {
    "+": ir.BinaryOp.ADD,
    "-": ir.BinaryOp.SUB,
    "*": ir.BinaryOp.MUL,
    "/": ir.BinaryOp.TRUNC_DIV,
    "//": ir.BinaryOp.FLOOR_DIV,
    "%": ir.BinaryOp.MOD,
    "&": ir.BinaryOp.AND,
    "|": ir.BinaryOp.OR,
    "^": ir.BinaryOp.XOR,
    "<<": ir.BinaryOp.SHL,
    ">>": ir.BinaryOp.SHR,
}
_FLOAT_OPS: Mapping[str, ir.BinaryOp] = {
    "+": ir.BinaryOp.ADD,
    "-": ir.BinaryOp.SUB,
    "*": ir.BinaryOp.MUL,
    "/": ir.BinaryOp.DIV,
}
_BOOL_OPS: Mapping[str, ir.BinaryOp] = {
    "&": ir.BinaryOp.AND,
    "|": ir.BinaryOp.OR,
    "^": ir.BinaryOp.XOR,
}
_PRELUDE_OPS: Mapping[str, str] = {"**": "_pow", "//": "_floor_div", "%": "_mod"}
_ADAPTING = (ir.IntType, ir.FloatType, ir.VectorType)
"""The types that a literal operand takes."""
_DUNDERS: Mapping[str, str] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<<": "lshift",
    ">>": "rshift",
    "@": "matmul",
}


def unary(body: Body, node: tree.Unary, expected: ir.Type | None) -> Value:
    """Evaluate `-x`, `+x`, `~x`, `not x`."""
    if node.op == "not":
        return Scalar(comparisons.negated(conversions.to_condition(body, node.operand)))
    value = expressions.infer(body, node.operand, expected)
    if isinstance(value, IntLiteral | FloatLiteral):
        folded = _unary_literal(node.op, value)
        if folded is not None:
            return folded
    found = conversions.to_value(body, value, None, node.operand.span)
    type_ = conversions.type_of(found)
    if isinstance(type_, ir.StructType):
        name = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[node.op]
        result = call_dunder(body, name, found, [], node.span)
        if result is not None:
            return result
    elif _has_unary(node.op, dtype_names.element_type(type_)):
        expr = conversions.to_scalar(body, found, type_, node.span)
        return Scalar(expr if node.op == "+" else _unary_scalar(node.op, expr, type_))
    body.env.fail(Code.TYPE, f"'{type_name(type_)}' has no operator '{node.op}'", node.span)


def _unary_literal(op: str, value: IntLiteral | FloatLiteral) -> Value | None:
    if op == "-":
        return literals.negate(value)
    if op == "+":
        return value
    return IntLiteral(~value.value) if isinstance(value, IntLiteral) else None


def _has_unary(op: str, element: ir.Type) -> bool:
    if op == "~":
        return isinstance(element, ir.IntType | ir.BoolType)
    return isinstance(element, ir.IntType | ir.FloatType)


def _unary_scalar(op: str, expr: ir.Expr, type_: ir.Type) -> ir.Expr:
    if dtype_names.element_type(type_) == ir.BOOL:
        return ir.Unary(ir.UnaryOp.NOT, expr, type_)
    if isinstance(expr, ir.Const) and isinstance(type_, ir.IntType):
        value = -int(expr.value) if op == "-" else ~int(expr.value)
        return ir.Const(type_, literals.wrap(value, type_))
    if isinstance(expr, ir.Const):
        return ir.Const(type_, -float(expr.value))
    return ir.Unary(ir.UnaryOp.NEG if op == "-" else ir.UnaryOp.INVERT, expr, type_)


# ------------------------------------------------------------------------------------------------------- arithmetic


def binary(body: Body, node: tree.Binary, expected: ir.Type | None) -> Value:
    """Evaluate an arithmetic or bitwise operator; chains are evaluated without recursion."""
    chain = [node]
    while isinstance(chain[-1].left, tree.Binary):
        chain.append(chain[-1].left)
    value = expressions.infer(body, chain[-1].left, expected)
    extent = chain[-1].left.span
    for link in reversed(chain):
        mark = body.mark()
        right = expressions.infer(body, link.right)
        left = body.settle(value, mark, extent)
        value = binary_values(body, link.op, (left, extent), (right, link.right.span), link.span)
        extent = link.span
    return value


def binary_values(body: Body, op: str, left: Operand, right: Operand, extent: tree.Extent) -> Value:
    """Apply a binary operator to two values."""
    folded = _fold(body, op, left[0], right[0], extent)
    if folded is not None:
        return folded
    a, b = adapt(body, op, left, right)
    left_type, right_type = conversions.type_of(a), conversions.type_of(b)
    if isinstance(left_type, ir.StructType) or isinstance(right_type, ir.StructType):
        return _binary_structs(body, op, as_written(left[0], a), as_written(right[0], b), extent)
    native = _native_op(op, dtype_names.element_type(left_type))
    if left_type == right_type and native is not None:
        first = conversions.to_scalar(body, a, left_type, left[1])
        second = conversions.to_scalar(body, b, right_type, right[1])
        return Scalar(make_binary(native, first, second, body.env.span(extent)))
    prelude = _PRELUDE_OPS.get(op)
    is_number = isinstance(left_type, ir.IntType | ir.FloatType | ir.VectorType)
    if prelude is not None and is_number and (op == "**" or left_type == right_type):
        return call_prelude(body, prelude, [a, b], extent)
    refuse(body, op, left_type, right_type, extent)


def _fold(body: Body, op: str, left: Value, right: Value, extent: tree.Extent) -> Value | None:
    if isinstance(left, IntLiteral | FloatLiteral) and isinstance(right, IntLiteral | FloatLiteral):
        try:
            return literals.fold(op, left, right)
        except literals.LiteralError as error:
            if op == "**" and isinstance(right, FloatLiteral):
                operands = [
                    conversions.to_value(body, v, ir.FLOAT64, extent) for v in (left, right)
                ]
                return call_prelude(body, "_pow", operands, extent)
            body.env.fail(Code.CONSTANT, str(error), extent)
    if isinstance(left, StringLiteral) and isinstance(right, StringLiteral) and op == "+":
        return StringLiteral(left.text + right.text)
    return None


def adapt(body: Body, op: str, left: Operand, right: Operand) -> tuple[Value, Value]:
    """Give literals, and numbers beside a vector, the other operand's type."""
    a, b = left[0], right[0]
    literal = (IntLiteral, FloatLiteral)
    if isinstance(a, literal):
        second = conversions.to_value(body, b, None, right[1])
        type_ = conversions.type_of(second)
        adapts = op != "**" and isinstance(type_, _ADAPTING)
        return conversions.to_value(body, a, type_ if adapts else None, left[1]), second
    if isinstance(a, ListItems):
        second = conversions.to_value(body, b, None, right[1])
        type_ = conversions.type_of(second)
        return conversions.to_value(body, a, type_, left[1]), second
    first = conversions.to_value(body, a, None, left[1])
    type_ = conversions.type_of(first)
    adapts = isinstance(b, literal) and op != "**" and isinstance(type_, _ADAPTING)
    adapts = adapts or isinstance(b, ListItems)
    second = conversions.to_value(body, b, type_ if adapts else None, right[1])
    if op != "**":
        first, second = lenient.promote(body, (first, left[1]), (second, right[1]))
    return _broadcast(body, op, (first, left[1]), (second, right[1]))


def as_written(value: Value, adapted: Value) -> Value:
    """Give a literal itself for what `adapt` made of it, since a method may take it as another type than its own."""
    return value if isinstance(value, IntLiteral | FloatLiteral) else adapted


def _broadcast(body: Body, op: str, left: Operand, right: Operand) -> tuple[Value, Value]:
    """Spread a number over the lanes of the vector that it meets."""
    a, b = left[0], right[0]
    left_type, right_type = conversions.type_of(a), conversions.type_of(b)
    if isinstance(left_type, ir.VectorType) and left_type.element == right_type and op != "**":
        return a, conversions.to_value(body, b, left_type, right[1])
    if isinstance(right_type, ir.VectorType) and right_type.element == left_type:
        return conversions.to_value(body, a, right_type, left[1]), b
    return a, b


def _native_op(op: str, type_: ir.Type) -> ir.BinaryOp | None:
    match type_:
        case ir.IntType():
            return _INT_OPS.get(op)
        case ir.FloatType():
            return _FLOAT_OPS.get(op)
        case ir.BoolType():
            return _BOOL_OPS.get(op)
        case _:
            return None


def make_binary(op: ir.BinaryOp, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    """Make an operator's expression, computing constants."""
    if isinstance(left, ir.Const) and isinstance(right, ir.Const):
        folded = literals.fold_constants(op, left, right)
        if folded is not None:
            return folded
    return ir.Binary(op, left, right, left.type, span)


def _binary_structs(body: Body, op: str, left: Value, right: Value, extent: tree.Extent) -> Value:
    name = _DUNDERS[op]
    result = call_dunder(body, f"__{name}__", left, [right], extent)
    if result is None:
        result = call_dunder(body, f"__r{name}__", right, [left], extent)
    if result is None:
        left_type = conversions.natural_type(body, left, extent)
        refuse(body, op, left_type, conversions.natural_type(body, right, extent), extent)
    return result


def refuse(body: Body, op: str, left: ir.Type, right: ir.Type, extent: tree.Extent) -> NoReturn:
    """Stop: the operator does not exist for these types."""
    suggestion = None
    numbers = (ir.IntType, ir.FloatType)
    if isinstance(left, numbers) and isinstance(right, numbers) and left != right:
        suggestion = f"convert one side explicitly, as in '{type_name(left)}(…)'"
    elif op == "%" and type_name(left) == "String":
        suggestion = 'write a t-string, as in t"{x}", or \'"{}".format(x)\''
    elif op == "+" and "String" in (type_name(left), type_name(right)):
        suggestion = "convert the other side with 'String(…)'"
    elif op in ("==", "!=") and left == right and isinstance(left, ir.StructType):
        suggestion = "add 'Equatable' to the struct's traits"
    body.env.fail(
        Code.TYPE,
        f"no operator '{op}' for '{type_name(left)}' and '{type_name(right)}'",
        extent,
        suggestion=suggestion,
    )


def in_place_name(op: str) -> str:
    """Give the method of an augmented assignment."""
    return f"__i{_DUNDERS[op]}__"


def call_dunder(
    body: Body, name: str, receiver: Value, arguments: Sequence[Value], extent: tree.Extent
) -> Value | None:
    """Call a struct's special method; None if the struct has none of that name."""
    type_ = conversions.natural_type(body, receiver, extent)
    if not isinstance(type_, ir.StructType):
        return None
    methods = body.checker.types.methods_of(type_).get(name)
    if methods is None:
        return None
    functions = Functions(name, methods, receiver=receiver, struct=type_)
    given = [(None, argument, extent) for argument in arguments]
    return calls.call_values(body, functions, given, extent)


def call_prelude(body: Body, name: str, arguments: Sequence[Value], extent: tree.Extent) -> Value:
    """Call a function of the prelude by name."""
    symbol = body.checker.symbols.prelude.get(name)
    if not isinstance(symbol, OverloadSet):
        body.env.unsupported(f"what needs the prelude's '{name}'", extent)
    given = [(None, argument, extent) for argument in arguments]
    return calls.call_values(body, Functions(name, symbol.functions), given, extent)
