"""Statements of a function's body, except loops."""

from collections.abc import Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import (
    assignments,
    augmented,
    conversions,
    dangling,
    expressions,
    lifetimes,
    linear,
    matching,
    raising,
    references,
    with_blocks,
)
from meshnode.compiler.check.body import (
    Body,
    Flow,
    Poisoned,
    State,
    merge,
)
from meshnode.compiler.check.calls import assertions, nested
from meshnode.compiler.check.loops import loops
from meshnode.compiler.check.values import (
    Nothing,
    Scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def check_block(body: Body, statements: Sequence[tree.Statement]) -> None:
    """Check statements in order; each error ends its statement only."""
    for statement in statements:
        with body.statement(statement.span):
            check_statement(body, statement)


def nested_block(body: Body, statements: Sequence[tree.Statement], extent: tree.Extent) -> ir.Block:
    """Check statements as a block of their own."""

    def run() -> None:
        check_block(body, statements)
        with body.statement(extent):
            linear.check_end(body, body.scopes[-1:], extent)

    return body.nested(run, extent)


def check_statement(body: Body, node: tree.Statement) -> None:  # noqa: C901, PLR0912, PLR0915 - one case a node
    """Check one statement and emit what it means."""
    match node:
        case tree.ExpressionStatement(value=value):
            evaluate(body, value)
        case tree.Declare():
            assignments.declare(body, node)
        case tree.BindReference():
            assignments.bind_reference(body, node)
        case tree.Assign(target=target, value=value):
            assignments.assign(body, node, target, value)
        case tree.AugmentedAssign():
            augmented.augmented(body, node)
        case tree.Comptime():
            assignments.declare_constant(body, node)
        case tree.If():
            _if(body, node)
        case tree.While():
            loops.check_while(body, node)
        case tree.For():
            loops.check_for(body, node)
        case tree.Try():
            raising.check_try(body, node)
        case tree.Return():
            _return(body, node)
        case tree.Raise():
            raising.check_raise(body, node)
        case tree.Assert():
            _assert(body, node)
        case tree.Break() | tree.Continue():
            loops.leave_loop(body, node)
        case tree.Pass():
            pass
        case tree.Import():
            place = (body.env.module.file, node.span)
            if place in body.checker.symbols.hidden_imports:
                body.env.unsupported("this import inside a function", node.span)
        case tree.Function():
            nested.define(body, node)
        case tree.Struct():
            body.bind(node.name.name, Poisoned())
            body.env.unsupported("structs inside functions", node.span)
        case tree.Trait():
            body.env.unsupported("traits inside functions", node.span)
        case tree.With():
            with_blocks.check_with(body, node)
        case tree.Match():
            matching.check_match(body, node)


def evaluate(body: Body, node: tree.Expression) -> None:
    """Evaluate an expression for its effect."""
    if isinstance(node, tree.String | tree.Dots):
        return
    value = expressions.infer(body, node)
    if isinstance(value, Nothing):
        return
    found = conversions.to_value(body, value, None, node.span)
    lifetimes.keep_alive(body, [found], node.span)
    if isinstance(found, Scalar) and _may_have_meaning(found.expr):
        body.stable_expr(found.expr, node.span)


def _may_have_meaning(expr: ir.Expr) -> bool:
    is_call_result = isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace)
    return not is_call_result and not isinstance(expr, ir.Const)


# ----------------------------------------------------------------------------------------------------------- control


def _if(body: Body, node: tree.If) -> None:
    if node.is_comptime:
        value = body.checker.constants.evaluate(body.env, node.condition, body)
        constant = conversions.truth(body, value, node.condition.span)
        if not isinstance(constant, ir.Const):
            body.env.unsupported("computing this condition at compile time", node.condition.span)
        chosen = node.then if constant.value else node.otherwise
        for statement in nested_block(body, chosen, node.span):
            body.block.append(statement)
        return
    condition = conversions.to_condition(body, node.condition)
    before = dict(body.flow) if body.flow is not None else None
    then = nested_block(body, node.then, node.span)
    after_then, body.flow = body.flow, before
    otherwise = nested_block(body, node.otherwise, node.span)
    flows: list[Flow] = [flow for flow in (after_then, body.flow) if flow is not None]
    body.flow = before
    body.emit(ir.If(condition, then, otherwise, body.env.span(node.span)))
    body.flow = merge(flows)


def _return(body: Body, node: tree.Return) -> None:
    try:
        _check_result(body, node)
        raising.run_finals(body, 0, node.span)
        linear.check_end(body, body.scopes, node.span)
        body.emit(ir.Return(body.env.span(node.span)))
    finally:
        body.leave()


def _check_result(body: Body, node: tree.Return) -> None:
    is_none = isinstance(node.value, tree.NoneLiteral) and body.result_type == ir.UNIT
    if node.value is not None and not is_none:
        _return_value(body, node.value, node.span)
    elif body.result is not None and body.constructed is None and not _named_result(body):
        body.env.fail(
            Code.TYPE, f"'return' needs a '{type_name(body.result_type)}' value", node.span
        )
    elif body.result is not None:
        require_result(body, node.span)


def _named_result(body: Body) -> bool:
    return body.result is not None and not body.locals[body.result].name.startswith("$")


def _return_value(body: Body, node: tree.Expression, extent: tree.Extent) -> None:
    if body.result is None or _named_result(body):
        value = expressions.infer(body, node)
        if isinstance(value, Nothing):
            return
        message = "this function has no result to return"
        suggestion = "write '-> Type' after its arguments"
        body.env.fail(Code.TYPE, message, extent, suggestion=suggestion)
    if body.referable is not None:
        references.return_place(body, node)
        return
    value = expressions.infer(body, node, body.result_type)
    value = conversions.to_value(body, value, body.result_type, node.span)
    value = conversions.owned(body, value, node.span)
    dangling.check_returned(body, value, node.span)
    place = ir.LocalPlace(body.result, body.result_type)
    conversions.store(body, place, value, extent, is_new=True)


def require_result(body: Body, extent: tree.Extent) -> None:
    """Check at a function's end that its result has been given."""
    if body.flow is None or body.result is None or body.is_faulty:
        return
    if body.constructed is not None:
        for field in body.checker.types.fields_of(body.result_type):
            if body.state((body.constructed, field.name)) is not State.FULL:
                body.env.fail(
                    Code.OWNERSHIP, f"field 'self.{field.name}' is not initialised here", extent
                )
    elif _named_result(body):
        body.use(body.result, body.locals[body.result].name, extent)
    else:
        body.env.fail(
            Code.FLOW,
            "return expected at end of function with results",
            extent,
            suggestion="end every path with 'return …' or 'raise …'",
        )


def _assert(body: Body, node: tree.Assert) -> None:
    if node.is_comptime:
        value = body.checker.constants.evaluate(body.env, node.condition, body)
        constant = conversions.truth(body, value, node.condition.span)
        if isinstance(constant, ir.Const) and constant.value:
            return
        message = "this assertion does not hold"
        if node.message is not None:
            text = body.checker.constants.text(body.env, node.message, body)
            message += f": {text}"
        body.env.fail(Code.CONSTANT, message, node.span)
    assertions.check_assert(body, node)
