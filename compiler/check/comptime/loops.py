"""`comptime for`: the body once for each value, which is a constant there."""

from typing import NoReturn

from meshnode.compiler import ir, limits
from meshnode.compiler.check import statements as check_statements
from meshnode.compiler.check.body import Body, LocalConstant, Loop, merge
from meshnode.compiler.check.types import arrays
from meshnode.compiler.check.values import Known, Scalar, Value
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def check_comptime_for(body: Body, node: tree.For) -> None:
    """Check `comptime for`, iteration by iteration.

    Where a condition of run time decides on `break` or `continue`, each iteration, and all of them, become loops that
    run once.
    """
    if node.otherwise:
        body.env.unsupported("'else' after 'comptime for'", node.span)
    values = _values(body, node)
    loop = Loop(breaks=[], continues=[])
    body.loops.append(loop)
    stops = body.new_local(f"$t{len(body.locals)}", ir.BOOL, node.span)
    loop.stops = ir.LocalPlace(stops, ir.BOOL)
    outer, body.block = body.block, []
    span = body.env.span(node.span)
    for value in values:
        if body.flow is None:
            break
        body.checker.unrolled += 1
        if body.checker.unrolled > limits.UNROLLED_TOTAL_MAX:
            _refuse_length(
                body, node, limits.UNROLLED_TOTAL_MAX, "all 'comptime for' together make"
            )
        _iteration(body, node, value, loop)
    body.loops.pop()
    inner, body.block = tuple(body.block), outer
    if loop.breaks:
        flows = [*loop.breaks, *([body.flow] if body.flow is not None else [])]
        body.flow = {}
        body.declared.append(stops)
        body.emit(ir.Assign(loop.stops, ir.Const(ir.BOOL, value=False), span))
        body.emit(_once(inner, span))
        body.flow = merge(flows)
    else:
        body.block += inner


def _iteration(body: Body, node: tree.For, value: Value, loop: Loop) -> None:
    breaks, continues = len(loop.breaks), len(loop.continues)

    def run() -> None:
        _bind(body, node, value)
        check_statements.check_block(body, node.body)

    statements = body.nested(run, node.span)
    span = body.env.span(node.span)
    has_break = len(loop.breaks) > breaks
    has_continue = len(loop.continues) > continues
    if not (has_break or has_continue):
        body.block += statements
        return
    assert loop.stops is not None
    body.block.append(_once(statements, span))
    if has_break:
        stopped = ir.Load(loop.stops, ir.BOOL)
        body.block.append(ir.If(stopped, (ir.Break(span),), (), span))
    flows = [*loop.continues[continues:], *([body.flow] if body.flow is not None else [])]
    body.flow = merge(flows)


def _once(block: ir.Block, span: ir.Span) -> ir.Statement:
    """Make a loop that runs once, for breaks to leave."""
    always = ir.Const(ir.BOOL, value=True)
    return ir.While((), always, (*block, ir.Break(span)), (), span)


def _bind(body: Body, node: tree.For, value: Value) -> None:
    if len(node.targets) == 1:
        target = node.targets[0]
        if not isinstance(target, tree.Name):
            body.env.unsupported("unpacking in a 'comptime for'", node.span)
        body.bind(target.name, LocalConstant(value))
        return
    parts = _parts(body, value)
    if parts is None or len(parts) != len(node.targets):
        body.env.fail(Code.TYPE, f"expected {len(node.targets)} values", node.span)
    for target, part in zip(node.targets, parts, strict=True):
        if not isinstance(target, tree.Name):
            body.env.unsupported("unpacking in a 'comptime for'", node.span)
        body.bind(target.name, LocalConstant(part))


def _parts(body: Body, value: Value) -> list[Value] | None:
    if not isinstance(value, Known):
        return None
    fields = body.checker.types.fields_of(value.type)
    found = [body.checker.comptime.part(value, i, field.type) for i, field in enumerate(fields)]
    parts = [part for part in found if part is not None]
    return parts if len(parts) == len(found) else None


def _values(body: Body, node: tree.For) -> list[Value]:
    """Give the values that a loop goes over."""
    match node.iterable:
        case tree.Call(callee=tree.Name(name="range"), arguments=arguments) if (
            body.lookup("range") is None
        ):
            return _range(body, node, [argument.value for argument in arguments])
        case tree.ListLiteral(elements=elements):
            return [body.checker.constants.evaluate(body.env, e, body) for e in elements]
        case _:
            pass
    value = body.checker.constants.evaluate(body.env, node.iterable, body)
    items = None
    if isinstance(value, Known):
        items = body.checker.comptime.elements(value) or arrays.known_elements(body, value)
        if items is None and body.checker.types.is_tuple(value.type):
            items = _parts(body, value)
    if items is None:
        body.env.unsupported("a 'comptime for' over this value", node.iterable.span)
    return _bounded(body, node, items)


def _range(body: Body, node: tree.For, arguments: list[tree.Expression]) -> list[Value]:
    if not 1 <= len(arguments) <= 3:  # noqa: PLR2004 - range's forms
        body.env.fail(Code.CALL, "'range' takes one to three arguments", node.iterable.span)
    bounds = []
    for argument in arguments:
        value = body.checker.constants.evaluate(body.env, argument, body, ir.INT)
        assert isinstance(value, Scalar), value
        assert isinstance(value.expr, ir.Const), value
        bounds.append(int(value.expr.value))
    if bounds[2:] == [0]:
        body.env.fail(Code.CONSTANT, "the step of a range cannot be 0", node.iterable.span)
    numbers = range(*bounds)
    if len(numbers) > limits.UNROLLED_MAX:
        _refuse_length(body, node, limits.UNROLLED_MAX, "this 'comptime for' makes")
    return [Scalar(ir.Const(ir.INT, number)) for number in numbers]


def _bounded(body: Body, node: tree.For, items: list[Value]) -> list[Value]:
    if len(items) > limits.UNROLLED_MAX:
        _refuse_length(body, node, limits.UNROLLED_MAX, "this 'comptime for' makes")
    return items


def _refuse_length(body: Body, node: tree.For, count: int, what: str) -> NoReturn:
    message = f"{what} more than {count:,} iterations"
    body.env.fail(Code.LIMIT, message, node.span, suggestion="write a 'for' of run time")
