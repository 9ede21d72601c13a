"""Loops: `while`, `for` over what can be indexed and over iterators, `break`, `continue`, `else`."""

from collections.abc import Callable, Sequence

from meshnode.compiler import (
    check_comptime_loops,
    check_conversions,
    check_for_targets,
    check_iteration,
    check_operators,
    check_raising,
    check_statements,
    ir,
    tree,
)
from meshnode.compiler.check_body import Body, Flow, Loop, Poisoned, State, Variable, merge
from meshnode.compiler.check_flow import Handler
from meshnode.compiler.check_iteration import IteratorSource, RangeSource
from meshnode.compiler.check_values import (
    CheckFailed,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code


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
    body: Body, run: Callable[[], None], extent: tree.Extent
) -> tuple[Loop, ir.Block]:
    loop = Loop([], [])
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
    pattern = check_for_targets.pattern_of(node.targets, node.span)
    try:
        source = check_iteration.source_of(body, node.iterable)
        if isinstance(source, IteratorSource):
            _for_iterator(body, node, pattern, source.value)
        elif isinstance(source, RangeSource) and isinstance(pattern, tree.Name):
            _for_range(body, node, pattern, source)
        else:
            _for_indexed(body, node, pattern, source)
    except CheckFailed:
        for name in check_for_targets.names_of(pattern):
            body.bind(name.name, Poisoned())
        raise


def _for_range(body: Body, node: tree.For, name: tree.Name, source: RangeSource) -> None:
    """Emit a loop over numbers: the name is the index itself, unless the numbers are no Ints."""
    if source.element != ir.INT:
        _for_indexed(body, node, name, source)
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
    _emit_for(body, node, local, bounds, lambda: body.bind(name.name, variable))


def _emit_for(
    body: Body,
    node: tree.For,
    index: ir.LocalId,
    bounds: tuple[ir.Expr, ir.Expr, ir.Expr],
    first: Callable[[], None],
) -> None:
    start = dict(body.flow) if body.flow is not None else None

    def run() -> None:
        first()
        check_statements.check_block(body, node.body)

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
    body: Body, node: tree.For, pattern: tree.Target, source: check_iteration.Indexable
) -> None:
    """Emit a counted loop, whose items follow from the index."""
    index = body.new_local(f"$i{len(body.locals)}", ir.INT, node.targets[0].span)
    count = check_iteration.count_of(body, source, node.iterable.span)
    if isinstance(source, check_iteration.Reversed):
        count = body.stable_expr(count, node.iterable.span)
    bounds = (ir.Const(ir.INT, 0), count, ir.Const(ir.INT, 1))
    position = ir.Load(ir.LocalPlace(index, ir.INT), ir.INT)
    span = body.env.span(node.targets[0].span)
    item = check_iteration.item_at(body, source, position, count, span)
    roots = check_iteration.places_of(source)

    def first() -> None:
        check_for_targets.bind_item(body, node, pattern, item, source, roots)

    _emit_for(body, node, index, bounds, first)


# -------------------------------------------------------------------------------------------------------- iterators


def _for_iterator(body: Body, node: tree.For, pattern: tree.Target, value: Value) -> None:
    """Emit a loop that asks an iterator for each item."""
    extent = node.iterable.span
    asked = _Asked(body, _iterator(body, value, extent), extent)
    start = dict(body.flow) if body.flow is not None else None
    prepared = body.nested(asked.prepare, extent)

    def run() -> None:
        with body.statement(node.span):
            check_for_targets.bind_next(body, node, pattern, asked.item())
        check_statements.check_block(body, node.body)

    loop, inner = _body_of_loop(body, run, node.span)
    body.flow = _after_loop(body, node, start, loop)
    otherwise = _otherwise(body, node.otherwise, node.span, loop)
    leaving = body.flow
    body.flow = {} if start is not None else None
    condition = ir.Load(asked.flag, ir.BOOL)
    body.emit(ir.While(prepared, condition, inner, otherwise, body.env.span(node.span)))
    body.flow = leaving


class _Asked:
    """An iterator in a loop: `__next__` until it raises, or while `__has_next__` says so."""

    def __init__(self, body: Body, iterator: ir.LocalPlace, extent: tree.Extent) -> None:
        self._body = body
        self._extent = extent
        self._iterator = Stored(iterator, is_mutable=True)
        self._has_test = "__has_next__" in body.checker.types.methods_of(iterator.type)
        self._item: Value | None = None
        self._outer = body.temporaries
        self.flag = body.temporary(ir.BOOL, extent)
        """Whether there is another item."""

    def prepare(self) -> None:
        """Emit what comes before each iteration."""
        if self._has_test:
            found = self._call("__has_next__")
            more = check_conversions.to_scalar(self._body, found, ir.BOOL, self._extent)
            self._body.assign(self.flag, more, self._extent)
        else:
            self._attempt()

    def item(self) -> Value:
        """Give the next item, at the start of an iteration."""
        return self._next() if self._item is None else self._item

    def _attempt(self) -> None:
        body, span = self._body, self._body.env.span(self._extent)
        handler = Handler([])
        body.handlers.append(handler)
        block, self._item = body.collect(self._next)
        body.handlers.pop()
        if handler.error is None or handler.error.struct != "StopIteration":
            body.env.unsupported("a '__next__' that does not raise 'StopIteration'", self._extent)
        error = body.temporary(handler.error, self._extent)
        stop = ir.Assign(self.flag, ir.Const(ir.BOOL, value=False), span)
        go = ir.Assign(self.flag, ir.Const(ir.BOOL, value=True), span)
        body.emit(ir.Try(tuple(block), error.local, (stop,), (go,), span))

    def _next(self) -> Value:
        # What `__next__` gives lives as long as the loop; the iteration moves it out.
        body = self._body
        inner, body.temporaries = body.temporaries, self._outer
        try:
            return self._call("__next__")
        finally:
            body.temporaries = inner

    def _call(self, name: str) -> Value:
        found = check_operators.call_dunder(self._body, name, self._iterator, [], self._extent)
        assert found is not None
        return found


def _iterator(body: Body, value: Value, extent: tree.Extent) -> ir.LocalPlace:
    """Give the iterator of a value as a local that lives as long as the loop."""
    type_ = check_conversions.type_of(value)
    if "__iter__" in body.checker.types.methods_of(type_):
        found = check_operators.call_dunder(body, "__iter__", value, [], extent)
        assert found is not None
        value = found
    found_type = check_conversions.type_of(value)
    if "__next__" not in body.checker.types.methods_of(found_type):
        if _is_of_library(body, type_):
            body.env.unsupported(f"a loop over '{type_name(type_)}'", extent)
        body.env.fail(
            Code.TYPE, f"'{type_name(type_)}' does not implement the '__iter__' method", extent
        )
    return check_conversions.take_over(body, value, extent)


def _is_of_library(body: Body, type_: ir.Type) -> bool:
    if not isinstance(type_, ir.StructType):
        return False
    symbol = body.checker.types.struct_of(type_).symbol
    return symbol is not None and symbol.module.is_prelude
