"""`match`: the first case whose pattern fits the subject and whose guard holds.

The subject is evaluated once. Names in patterns stand for the parts of the subject that they meet; a case without a
guard whose pattern always fits ends the search, and so does the second of `True` and `False`.
"""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Sequence
from functools import partial

from meshnode.compiler import ir
from meshnode.compiler.check import comparisons, conversions, expressions, statements
from meshnode.compiler.check.body import Body, Flow, Variable, merge
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import Fresh, Scalar, Stored, Value, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

_TRUE = ir.Const(ir.BOOL, value=True)
_FALSE = ir.Const(ir.BOOL, value=False)

Names = dict[str, Value]
"""What a pattern's names stand for."""


def check_match(body: Body, node: tree.Match) -> None:
    """Check a `match` statement."""
    subject = _subject(body, node.subject)
    cases = _completed(node.cases)
    body.block += body.nested(lambda: _cases(body, subject, cases, node.span), node.span)


def _completed(cases: Sequence[tree.Case]) -> Sequence[tree.Case]:
    """Let the case for the other one of `True` and `False` take everything that comes to it."""
    seen: set[bool] = set()
    result: list[tree.Case] = []
    for case in cases:
        pattern = case.pattern
        if isinstance(pattern, tree.Bool) and case.guard is None:
            seen.add(pattern.value)
            if len(seen) == 2:  # noqa: PLR2004 - both truth values
                pattern = tree.Name(pattern.span, "_")
        result.append(tree.Case(case.span, pattern, case.guard, case.body))
    return result


def _subject(body: Body, node: tree.Expression) -> Value:
    value = conversions.to_value(body, expressions.infer(body, node), None, node.span)
    match value:
        case Scalar(expr):
            target = body.temporary(expr.type, node.span)
            body.assign(target, expr, node.span)
            return Scalar(ir.Load(target, expr.type))
        case Stored(place, is_mutable, _):
            return Stored(body.stable(place, node.span), is_mutable)
        case _:
            return value


def _cases(body: Body, subject: Value, cases: Sequence[tree.Case], extent: tree.Extent) -> None:
    """Check the cases from here on, each in the other branch of the one before."""
    if not cases:
        return
    case, *others = cases
    names: Names = {}
    with body.statement(case.span):
        condition = _test(body, case.pattern, subject, names)
        before = _copied(body.flow)
        flag = None
        if case.guard is not None:
            flag = body.temporary(ir.BOOL, case.span)
            body.assign(flag, _FALSE, case.span)
        refused: list[Flow] = []
        then = body.nested(partial(_take, body, case, names, flag, refused), case.span)
        if flag is None and condition == _TRUE:
            body.block += then
            return
        after, body.flow = body.flow, merge([*([before] if before is not None else []), *refused])
        otherwise = body.nested(partial(_cases, body, subject, others, extent), extent)
        flows = [flow for flow in (after, body.flow) if flow is not None]
        body.flow = before
        span = body.env.span(case.span)
        if flag is None:
            body.emit(ir.If(condition, then, otherwise, span))
        else:
            body.emit(ir.If(condition, then, (), span))
            untaken = comparisons.negated(ir.Load(flag, ir.BOOL))
            body.emit(ir.If(untaken, otherwise, (), span))
        body.flow = merge(flows)


def _copied(flow: Flow | None) -> Flow | None:
    return None if flow is None else dict(flow)


def _take(
    body: Body,
    case: tree.Case,
    names: Names,
    flag: ir.LocalPlace | None,
    refused: list[Flow],
) -> None:
    """Check what a case does; its guard, if it has one, sets the flag."""
    for name, value in names.items():
        body.bind(name, _variable(body, value, case.pattern.span))
    if flag is None or case.guard is None:
        statements.check_block(body, case.body)
        return
    with body.statement(case.guard.span):
        condition = conversions.to_condition(body, case.guard)
        body.assign(flag, condition, case.guard.span)
    if body.flow is not None:
        refused.append(dict(body.flow))
    inner = statements.nested_block(body, case.body, case.span)
    after, body.flow = body.flow, _copied(refused[0]) if refused else None
    body.emit(ir.If(ir.Load(flag, ir.BOOL), inner, (), body.env.span(case.span)))
    body.flow = after


def _variable(body: Body, value: Value, extent: tree.Extent) -> Variable:
    match value:
        case Stored(place, is_mutable, _):
            return Variable(place, is_mutable, None)
        case Fresh(place):
            return Variable(place, is_mutable=True, local=None)
        case _:
            expr = conversions.to_scalar(body, value, None, extent)
            local = body.new_local(f"$t{len(body.locals)}", expr.type, extent)
            body.declared.append(local)
            place = ir.LocalPlace(local, expr.type)
            body.assign(place, expr, extent)
            return Variable(place, is_mutable=True, local=None)


# ---------------------------------------------------------------------------------------------------------- patterns


def _test(body: Body, pattern: tree.Expression, value: Value, names: Names) -> ir.Expr:  # noqa: C901, PLR0911 - one case a pattern
    """Give the condition under which a pattern fits, and note its names."""
    match pattern:
        case tree.Name(name="_"):
            return _TRUE
        case tree.Name(name=name):
            names[name] = value
            return _TRUE
        case tree.Binary(op="|", left=left, right=right):
            return _either(body, left, right, value, names)
        case tree.Binary(op="as", left=inner, right=tree.Name(name=name)):
            condition = _test(body, inner, value, names)
            names[name] = value
            return condition
        case tree.Unary(op="var", operand=tree.Name(name=name)):
            names[name] = conversions.owned(body, value, pattern.span)
            return _TRUE
        case tree.Tuple(elements=elements):
            return _all(body, _parts(body, pattern, value, len(elements)), elements, names)
        case tree.ListLiteral(elements=elements):
            return _test_list(body, pattern, value, elements, names)
        case tree.Call():
            return _test_struct(body, pattern, value, names)
        case tree.Unary(op="==", operand=wanted):
            return _test_equal(body, wanted, value)
        case tree.Integer() | tree.Float() | tree.String() | tree.Bool() | tree.Attribute():
            return _test_equal(body, pattern, value)
        case _:
            message = (
                "this expression is not a pattern; write '==' before it to compare with its value"
            )
            body.env.fail(Code.SYNTAX, message, pattern.span)


def _test_equal(body: Body, wanted: tree.Expression, value: Value) -> ir.Expr:
    at = wanted.span
    found = expressions.infer(body, wanted, conversions.type_of(value))
    return comparisons.compare(body, "==", (value, at), (found, at), at)


def _either(
    body: Body, left: tree.Expression, right: tree.Expression, value: Value, names: Names
) -> ir.Expr:
    bound = len(names)
    first = _test(body, left, value, names)
    if first == _TRUE and len(names) == bound:
        return _TRUE
    rest = partial(_test, body, right, value, names)
    result = comparisons.disjunction(body, first, rest, right.span)
    if len(names) > bound:
        body.env.unsupported("names in alternatives of a pattern", right.span)
    return result


def _all(
    body: Body, values: Sequence[Value], patterns: Sequence[tree.Expression], names: Names
) -> ir.Expr:
    """Test patterns one after the other, each only if those before fit."""
    result: ir.Expr = _TRUE
    for value, pattern in zip(values, patterns, strict=True):
        rest = partial(_test, body, pattern, value, names)
        result = comparisons.conjunction(body, result, rest, pattern.span)
    return result


def _parts(body: Body, pattern: tree.Expression, value: Value, count: int) -> list[Value]:
    type_ = conversions.type_of(value)
    fields = body.checker.types.fields_of(type_)
    if not body.checker.types.is_tuple(type_) or len(fields) != count:
        message = f"a tuple of {count} does not fit '{type_name(type_)}'"
        body.env.fail(Code.TYPE, message, pattern.span)
    return [_field(value, field) for field in fields]


def _field(value: Value, field: ir.Field) -> Value:
    assert isinstance(value, Stored | Fresh)
    is_mutable = isinstance(value, Fresh) or value.is_mutable
    return Stored(ir.FieldPlace(value.place, field.name, field.type), is_mutable)


def _test_list(
    body: Body,
    pattern: tree.Expression,
    value: Value,
    elements: Sequence[tree.Expression],
    names: Names,
) -> ir.Expr:
    type_ = conversions.type_of(value)
    element = body.checker.types.element_of(type_)
    if element is None or not isinstance(value, Stored | Fresh):
        body.env.fail(Code.TYPE, f"a list does not fit '{type_name(type_)}'", pattern.span)
    place = value.place
    is_mutable = isinstance(value, Fresh) or value.is_mutable
    length = ir.Load(ir.FieldPlace(place, "length", ir.INT), ir.INT)
    fits = ir.Compare(ir.CompareOp.EQ, length, ir.Const(ir.INT, len(elements)))
    span = body.env.span(pattern.span)
    values: list[Value] = [
        Stored(ir.ElementPlace(place, ir.Const(ir.INT, index), element, span), is_mutable)
        for index in range(len(elements))
    ]
    rest = partial(_all, body, values, elements, names)
    return comparisons.conjunction(body, fits, rest, pattern.span)


def _test_struct(body: Body, pattern: tree.Call, value: Value, names: Names) -> ir.Expr:
    type_ = types.resolve_type(body.checker, body.env, pattern.callee)
    found = conversions.type_of(value)
    if type_ != found or not isinstance(value, Stored | Fresh):
        message = f"'{type_name(type_)}' does not fit '{type_name(found)}'"
        body.env.fail(Code.TYPE, message, pattern.span)
    fields = {field.name: field for field in body.checker.types.fields_of(type_)}
    values = []
    for argument in pattern.arguments:
        if argument.name is None:
            message = "struct patterns do not support positional arguments; name the fields"
            body.env.fail(Code.SYNTAX, message, argument.span)
        if argument.name not in fields:
            message = f"'{type_name(type_)}' has no field '{argument.name}'"
            body.env.fail(Code.NAME, message, argument.span)
        values.append(_field(value, fields[argument.name]))
    return _all(body, values, [argument.value for argument in pattern.arguments], names)
