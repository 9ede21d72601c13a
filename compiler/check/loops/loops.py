"""Loops: `while`, `for` over what can be indexed and over iterators, `break`, `continue`, `else`."""

from collections.abc import Callable, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, dangling, raising
from meshnode.compiler.check import statements as check_statements
from meshnode.compiler.check.body import Body, Flow, Loop, Poisoned, State, Variable, merge
from meshnode.compiler.check.comptime import loops
from meshnode.compiler.check.loops import for_targets, iteration, iterators
from meshnode.compiler.check.loops.iteration import IteratorSource, RangeSource
from meshnode.compiler.check.values import (
    CheckFailed,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def leave_loop(body: Body, node: tree.Break | tree.Continue) -> None:
    """Check `break` and `continue`."""
    is_break = isinstance(node, tree.Break)
    if not body.loops:
        body.env.fail(
            Code.FLOW, f"'{'break' if is_break else 'continue'}' outside of a loop", node.span
        )
    span = body.env.span(node.span)
    raising.run_finals(body, len(body.loops), node.span)
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
    first_use = len(body.looks.uses)
    condition: ir.Expr = ir.Const(ir.BOOL, value=True)

    def prepare() -> None:
        nonlocal condition
        with body.statement(node.span):
            found = conversions.to_condition(body, node.condition)
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
    loop.first_use = first_use
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
    body: Body, run: Callable[[], None], extent: tree.Extent
) -> tuple[Loop, ir.Block]:
    loop = Loop([], [], first_use=len(body.looks.uses))
    body.loops.append(loop)
    empty = {key for key, state in (body.flow or {}).items() if state is State.EMPTY}
    if body.flow is not None:
        # What is empty before the loop may be full when an iteration begins.
        unsure = {State.EMPTY: State.UNSURE}
        body.flow = {key: unsure.get(state, state) for key, state in body.flow.items()}
    try:
        inner = body.nested(run, extent)
    finally:
        body.loops.pop()
    for flow in (*loop.breaks, *loop.continues, body.flow or {}):
        flow.update(dict.fromkeys(empty - loop.assigned, State.EMPTY))
    return loop, inner


def _after_loop(
    body: Body, node: tree.While | tree.For, start: Flow | None, loop: Loop
) -> Flow | None:
    """Join the ways back to the loop's head; nothing may have been moved away that the next iteration expects."""
    flows = [*loop.continues, *([body.flow] if body.flow is not None else [])]
    back = merge(flows)
    if start is None or back is None:
        return start
    dangling.check_loop(body, loop.first_use, start, back, loop.assigned)
    for key, state in start.items():
        if dangling.is_key(key):
            continue
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
        loops.check_comptime_for(body, node)
        return
    for_each(body, node, lambda: check_statements.check_block(body, node.body))


def for_each(body: Body, node: tree.For, run: Callable[[], None]) -> None:
    """Emit a loop whose body `run` checks; what `node` has for a body only tells the names that it uses."""
    pattern = for_targets.pattern_of(node.targets, node.span)
    try:
        source = iteration.source_of(body, node.iterable)
        if isinstance(source, IteratorSource) or not iteration.is_counted(source):
            _for_iterator(body, node, pattern, source, run)
        elif isinstance(source, RangeSource) and isinstance(pattern, tree.Name):
            _for_range(body, node, pattern, source, run)
        else:
            _for_indexed(body, node, pattern, source, run)
    except CheckFailed:
        for name in for_targets.names_of(pattern):
            body.bind(name.name, Poisoned())
        raise


def _for_range(
    body: Body, node: tree.For, name: tree.Name, source: RangeSource, run: Callable[[], None]
) -> None:
    """Emit a loop over numbers: the name is the index itself, unless the numbers are no Ints."""
    if source.element != ir.INT:
        _for_indexed(body, node, name, source, run)
        return
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
    bounds = (source.start, source.stop, source.step)

    def first() -> None:
        body.bind(name.name, variable)
        run()

    _emit_for(body, node, local, bounds, first)


def _emit_for(
    body: Body,
    node: tree.For,
    index: ir.LocalId,
    bounds: tuple[ir.Expr, ir.Expr, ir.Expr],
    run: Callable[[], None],
) -> None:
    start = dict(body.flow) if body.flow is not None else None
    loop, inner = _body_of_loop(body, run, node.span)
    after = _after_loop(body, node, start, loop)
    body.flow = after
    otherwise = _otherwise(body, node.otherwise, node.span, loop)
    leaving = body.flow
    body.flow = {} if start is not None else None
    span = body.env.span(node.span)
    body.emit(ir.ForRange(index, *bounds, inner, otherwise, span))
    body.flow = leaving


def _for_indexed(
    body: Body,
    node: tree.For,
    pattern: tree.Target,
    source: iteration.Indexable,
    run: Callable[[], None],
) -> None:
    """Emit a counted loop, whose items follow from the index."""
    index = body.new_local(f"$i{len(body.locals)}", ir.INT, node.targets[0].span)
    count = iteration.count_of(body, source, node.iterable.span)
    if isinstance(source, iteration.Reversed):
        count = body.stable_expr(count, node.iterable.span)
    bounds = (ir.Const(ir.INT, 0), count, ir.Const(ir.INT, 1))
    position = ir.Load(ir.LocalPlace(index, ir.INT), ir.INT)
    span = body.env.span(node.targets[0].span)
    item = iteration.item_at(body, source, position, count, span)
    roots = iteration.places_of(source)

    def first() -> None:
        for_targets.bind_item(body, node, pattern, item, source, roots)
        run()

    _emit_for(body, node, index, bounds, first)


def _for_iterator(
    body: Body,
    node: tree.For,
    pattern: tree.Target,
    source: iteration.Source,
    run: Callable[[], None],
) -> None:
    """Emit a loop that asks for each item."""
    extent = node.iterable.span
    asked = iterators.Asked(body, source, extent)
    start = dict(body.flow) if body.flow is not None else None
    prepared = body.nested(asked.prepare, extent)

    def first() -> None:
        asked.bind(node, pattern)
        run()

    loop, inner = _body_of_loop(body, first, node.span)
    body.flow = _after_loop(body, node, start, loop)
    otherwise = _otherwise(body, node.otherwise, node.span, loop)
    leaving = body.flow
    body.flow = {} if start is not None else None
    condition = ir.Load(asked.flag, ir.BOOL)
    body.emit(ir.While(prepared, condition, inner, otherwise, body.env.span(node.span)))
    body.flow = leaving
