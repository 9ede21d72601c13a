"""Loops: `while`, `for` over ranges and lists, `break`, `continue`, `else`."""

from collections.abc import Callable, Sequence

from meshnode.compiler import (
    check_assignments,
    check_comptime_loops,
    check_conversions,
    check_expressions,
    check_raising,
    check_statements,
    ir,
    tree,
)
from meshnode.compiler.check_body import Body, Flow, Loop, Poisoned, State, Variable, merge
from meshnode.compiler.check_values import (
    Fresh,
    ListItems,
    Stored,
    Value,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.literals import IntLiteral


def leave_loop(body: Body, node: tree.Break | tree.Continue) -> None:
    """Check `break` and `continue`."""
    is_break = isinstance(node, tree.Break)
    if not body.loops:
        body.env.fail(
            Code.FLOW, f"'{'break' if is_break else 'continue'}' outside of a loop", node.span
        )
    span = body.env.span(node.span)
    check_raising.run_finals(body, len(body.loops), node.span)
    stops = body.loops[-1].stops
    if stops is not None and is_break:
        body.emit(ir.Assign(stops, ir.Const(ir.BOOL, value=True), span))
    body.emit(ir.Break(span) if is_break or stops is not None else ir.Continue(span))
    flow = body.leave()
    if flow is not None:
        loop = body.loops[-1]
        (loop.breaks if is_break else loop.continues).append(flow)


def check_while(body: Body, node: tree.While) -> None:
    """Check a `while` loop."""
    start = dict(body.flow) if body.flow is not None else None
    condition: ir.Expr = ir.Const(ir.BOOL, value=True)

    def prepare() -> None:
        nonlocal condition
        with body.statement(node.span):
            found = check_conversions.to_condition(body, node.condition)
            if body.block or body.temporaries:
                found = _outside(body, found, node.condition.span)
            condition = found

    def _outside(body: Body, expr: ir.Expr, extent: tree.Extent) -> ir.Expr:
        local = body.new_local(f"$t{len(body.locals)}", expr.type, extent)
        outer_temporaries.append(local)
        place = ir.LocalPlace(local, expr.type)
        body.assign(place, expr, extent)
        return ir.Load(place, expr.type)

    outer_temporaries = body.temporaries
    prepared = body.nested(prepare, node.span)
    is_endless = isinstance(condition, ir.Const) and bool(condition.value)
    at_condition = dict(body.flow) if body.flow is not None else None
    loop, inner = _body_of_loop(
        body, lambda: check_statements.check_block(body, node.body), node.span
    )
    after = _after_loop(body, node, start, loop)
    if after is not None and at_condition is not None:
        after = merge([at_condition, after])
    body.flow = None if is_endless else (after or at_condition)
    otherwise = _otherwise(body, node.otherwise, node.span, loop)
    leaving = body.flow
    body.flow = {} if start is not None else None
    body.emit(ir.While(prepared, condition, inner, otherwise, body.env.span(node.span)))
    body.flow = leaving


def _body_of_loop(
    body: Body, run: Callable[[], None], extent: tree.Extent, iterated: ir.Place | None = None
) -> tuple[Loop, ir.Block]:
    loop = Loop([], [], iterated)
    body.loops.append(loop)
    if body.flow is not None:
        # What is empty before the loop may be full when an iteration begins.
        unsure = {State.EMPTY: State.UNSURE}
        body.flow = {key: unsure.get(state, state) for key, state in body.flow.items()}
    try:
        inner = body.nested(run, extent)
    finally:
        body.loops.pop()
    return loop, inner


def _after_loop(
    body: Body, node: tree.While | tree.For, start: Flow | None, loop: Loop
) -> Flow | None:
    """Join the ways back to the loop's head; nothing may have been moved away that the next iteration expects."""
    flows = [*loop.continues, *([body.flow] if body.flow is not None else [])]
    back = merge(flows)
    if start is None or back is None:
        return start
    for key, state in start.items():
        if state is State.FULL and back.get(key, state) is not State.FULL:
            local = key if isinstance(key, int) else key[0]
            name = body.locals[local].name
            back[key] = State.FULL
            body.env.fail(
                Code.OWNERSHIP,
                f"'{name}' is transferred away in a loop, so the next iteration would not have it",
                node.span,
            )
    return merge([start, {key: back.get(key, state) for key, state in start.items()}])


def _otherwise(
    body: Body, statements: Sequence[tree.Statement], extent: tree.Extent, loop: Loop
) -> ir.Block:
    """Check the `else` part; afterwards `flow` joins it with the breaks."""
    block: ir.Block = ()
    if statements:
        block = check_statements.nested_block(body, statements, extent)
    flows = [*loop.breaks, *([body.flow] if body.flow is not None else [])]
    body.flow = merge(flows)
    return block


def check_for(body: Body, node: tree.For) -> None:
    """Check a `for` loop."""
    if node.is_comptime:
        check_comptime_loops.check_comptime_for(body, node)
        return
    if len(node.targets) > 1 or not isinstance(node.targets[0], tree.Name):
        body.env.unsupported("unpacking in a 'for' statement's head", node.span)
    match node.iterable:
        case tree.Call(callee=tree.Name(name="range"), arguments=arguments) if (
            body.lookup("range") is None and "range" not in body.env.module.names
        ):
            bounds = _range_bounds(body, node.iterable, arguments)
            _for_range(body, node, bounds)
        case _:
            _for_list(body, node)


def _only_name(node: tree.For) -> tree.Name:
    name = node.targets[0]
    assert isinstance(name, tree.Name), "check_for has seen to it"
    return name


Bounds = tuple[ir.Expr, ir.Expr, ir.Expr]


def _range_bounds(body: Body, node: tree.Expression, arguments: Sequence[tree.Argument]) -> Bounds:
    if not 1 <= len(arguments) <= 3 or any(argument.name for argument in arguments):  # noqa: PLR2004 - range's forms
        body.env.fail(Code.CALL, "'range' takes one to three positional arguments", node.span)
    nodes = [argument.value for argument in arguments]
    values = check_expressions.infer_all(body, nodes)
    exprs = [_bound(body, value, n.span) for value, n in zip(values, nodes, strict=True)]
    zero, one = ir.Const(ir.INT, 0), ir.Const(ir.INT, 1)
    if len(exprs) == 1:
        return (zero, exprs[0], one)
    step = exprs[2] if len(exprs) > 2 else one  # noqa: PLR2004 - range's forms
    if isinstance(step, ir.Const) and step.value == 0:
        body.env.fail(Code.CONSTANT, "the step of a range cannot be 0", node.span)
    return (exprs[0], exprs[1], step)


def _bound(body: Body, value: Value, extent: tree.Extent) -> ir.Expr:
    if isinstance(value, IntLiteral):
        return check_conversions.to_scalar(body, value, ir.INT, extent)
    found = check_conversions.to_value(body, value, None, extent)
    type_ = check_conversions.type_of(found)
    if type_ != ir.INT:
        body.env.unsupported(f"a range of '{type_name(type_)}'", extent)
    return check_conversions.to_scalar(body, found, ir.INT, extent)


def _for_range(body: Body, node: tree.For, bounds: Bounds) -> None:
    name = _only_name(node)
    if node.convention not in (None, "var", "ref"):
        body.env.unsupported(f"'{node.convention}' in a 'for' statement's head", node.span)
    shown = name.name if name.name != "_" else f"$t{len(body.locals)}"
    local = body.new_local(shown, ir.INT, name.span)
    if node.convention != "var":
        body.fixed.add(local)
    variable = Variable(
        ir.LocalPlace(local, ir.INT),
        node.convention == "var",
        None,
        f"write 'for var {name.name} in …' for a copy of its own",
    )
    _emit_for(body, node, local, bounds, {name.name: variable}, None)


def _emit_for(  # noqa: PLR0913, PLR0917 - the parts of one statement
    body: Body,
    node: tree.For,
    index: ir.LocalId,
    bounds: Bounds,
    names: dict[str, Variable],
    iterated: ir.Place | None,
    first: Callable[[], None] | None = None,
) -> None:
    start = dict(body.flow) if body.flow is not None else None

    def run() -> None:
        for name, variable in names.items():
            body.bind(name, variable)
        if first is not None:
            first()
        check_statements.check_block(body, node.body)

    loop, inner = _body_of_loop(body, run, node.span, iterated)
    after = _after_loop(body, node, start, loop)
    body.flow = after
    otherwise = _otherwise(body, node.otherwise, node.span, loop)
    leaving = body.flow
    body.flow = {} if start is not None else None
    span = body.env.span(node.span)
    body.emit(ir.ForRange(index, *bounds, inner, otherwise, span))
    body.flow = leaving


def _for_list(body: Body, node: tree.For) -> None:
    name = _only_name(node)
    value = check_expressions.infer(body, node.iterable)
    if isinstance(value, ListItems):
        type_ = check_assignments.list_type_of(body, value.node)
        value = check_expressions.build_list(body, value.node, type_)
    found = check_conversions.to_value(body, value, None, node.iterable.span)
    type_of_list = check_conversions.type_of(found)
    element = body.checker.types.element_of(type_of_list)
    if element is None:
        body.bind(name.name, Poisoned())
        body.env.unsupported(f"a loop over '{type_name(type_of_list)}'", node.iterable.span)
    is_mutable = node.convention == "ref"
    match found:
        case Stored(place, mutable, _):
            is_mutable = is_mutable and mutable
            place = body.stable(place, node.iterable.span)
        case Fresh(place):
            pass
        case _:
            raise AssertionError(found)
    index = body.new_local(f"$i{len(body.locals)}", ir.INT, name.span)
    length = ir.Load(ir.FieldPlace(place, "length", ir.INT), ir.INT)
    bounds = (ir.Const(ir.INT, 0), length, ir.Const(ir.INT, 1))
    position = ir.Load(ir.LocalPlace(index, ir.INT), ir.INT)
    item = ir.ElementPlace(place, position, element, body.env.span(name.span))
    if node.convention == "var":
        _emit_for(body, node, index, bounds, {}, place, lambda: _copy_item(body, name, item))
        return
    why = f"write 'for ref {name.name} in …' to change the elements"
    variable = Variable(item, is_mutable, None, why)
    _emit_for(body, node, index, bounds, {name.name: variable}, place)


def _copy_item(body: Body, name: tree.Name, item: ir.ElementPlace) -> None:
    with body.statement(name.span):
        place = body.declare(name, item.type, State.FULL)
        source: Value = Stored(item, is_mutable=False)
        if not is_scalar(item.type):
            source = Fresh(check_conversions.copy_value(body, item, name.span))
        check_conversions.store(body, place, source, name.span, is_new=True)
