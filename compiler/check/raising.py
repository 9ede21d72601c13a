"""Errors: `raise`, `try` with its parts, and calls of functions that may raise.

Every function has one type of errors, and so has every `try`: that of the first error that its body may raise. Where
another one meets it, it is converted if `Error` is wanted, and refused otherwise, as in the language.

`finally` is written out on every way out of its `try`: behind the body, in a handler that raises again, and before each
`return`, `break` and `continue`.
"""

from collections.abc import Sequence

from meshnode.compiler import ir, limits
from meshnode.compiler.check import conversions, expressions, lenient, statements
from meshnode.compiler.check.body import Body, Variable
from meshnode.compiler.check.calls import builtins, calls
from meshnode.compiler.check.flow import Final, Handler, State, merge
from meshnode.compiler.check.values import Fresh, Functions, Stored, StringLiteral, Value, type_name
from meshnode.compiler.diagnostic import Code, Diagnostic, Severity
from meshnode.compiler.parse import tree


def emit_call(
    body: Body, call: ir.Call, name: str, error: ir.StructType, extent: tree.Extent
) -> None:
    """Emit a call that may raise, with a conversion of its error if the context wants another type."""
    if not body.handlers and body.error is None:
        lenient.may_raise(body)
        body.env.fail(
            Code.RAISES,
            f"cannot call '{name}', which may raise, in a function that does not",
            extent,
            suggestion="put the call into a 'try' statement, or mark the function 'raises'",
        )
    accepted = _accepted(body, error)
    if accepted == error:
        body.emit(call)
        body.may_raise()
        return
    if accepted != body.checker.types.error_type(body.env, extent) or not _is_writable(body, error):
        body.env.fail(
            Code.RAISES,
            f"cannot call '{name}', which may raise '{type_name(error)}', in a context that supports an "
            f"error type of '{type_name(accepted)}'",
            extent,
            suggestion="catch the error with 'try', and raise one of the other type",
        )
    caught = body.temporary(error, extent)

    def handle() -> None:
        converted = _as_error(body, Stored(caught, is_mutable=False), extent)
        body.emit(ir.Raise(converted, body.env.span(extent)))

    handler = tuple(body.collect(handle)[0])
    body.emit(ir.Try((call,), caught.local, handler, (), body.env.span(extent)))
    body.may_raise()


def _accepted(body: Body, error: ir.StructType) -> ir.StructType:
    """Give the error type that may be raised here; `error` is what is raised, and decides in a new `try`."""
    if not body.handlers:
        assert body.error is not None
        return body.error
    handler = body.handlers[-1]
    if handler.error is None:
        handler.error = error
    return handler.error


def _is_writable(body: Body, type_: ir.StructType) -> bool:
    instance = body.checker.types.struct_of(type_)
    return (
        instance.symbol is None
        or instance.symbol.module.is_prelude
        or instance.has_trait("Writable")
        or "write_to" in instance.symbol.methods
    )


def _as_error(body: Body, value: Value, extent: tree.Extent) -> ir.LocalPlace:
    """Make an `Error` of any value's text."""
    text = builtins.text(body, [(value, extent)], extent)
    return _error_of(body, Fresh(text), extent)


def _error_of(body: Body, text: Value, extent: tree.Extent) -> ir.LocalPlace:
    error = body.checker.types.error_type(body.env, extent)
    functions = Functions("__init__", body.checker.types.constructors_of(error), struct=error)
    made = calls.call_values(body, functions, [(None, text, extent)], extent)
    assert isinstance(made, Fresh)
    return made.place


def check_raise(body: Body, node: tree.Raise) -> None:
    """Check `raise`; without a value it raises the error of the innermost `except` again."""
    if not body.handlers and body.error is None:
        lenient.may_raise(body)
        body.env.fail(
            Code.RAISES,
            "cannot raise in a function that does not say so",
            node.span,
            suggestion="mark the function 'raises'",
        )
    written = node.value
    if written is None:
        if body.lookup(CAUGHT) is None:
            body.env.fail(Code.FLOW, "'raise' without a value outside of 'except'", node.span)
        written = tree.Transfer(node.span, tree.Name(node.span, CAUGHT))
    value = expressions.infer(body, written)
    if isinstance(value, StringLiteral) or (
        isinstance(value, Stored | Fresh)
        and value.place.type == body.checker.types.string_type_or_none()
    ):
        value = Fresh(_error_of(body, value, node.span))
    value = conversions.to_value(body, value, None, node.span)
    type_ = conversions.type_of(value)
    if not isinstance(type_, ir.StructType):
        body.env.unsupported(f"raising a '{type_name(type_)}'", node.span)
    accepted = _accepted(body, type_)
    if accepted == type_:
        place = conversions.take_over(body, value, node.span)
    elif accepted == body.checker.types.error_type(body.env, node.span) and _is_writable(
        body, type_
    ):
        place = _as_error(body, value, node.span)
    else:
        body.env.fail(
            Code.TYPE,
            f"cannot implicitly convert '{type_name(type_)}' value to '{type_name(accepted)}'",
            node.span,
            suggestion=f"this context raises '{type_name(accepted)}'",
        )
    body.may_raise()
    body.emit(ir.Raise(place, body.env.span(node.span)))
    body.leave()


CAUGHT = "$caught"
"""The name of the error that the innermost `except` part has caught."""


def check_try(body: Body, node: tree.Try) -> None:
    """Check `try` with its parts."""
    if not node.final:
        check_try_with_exits(body, node)
        return
    inner: tuple[tree.Statement, ...] = node.body
    if node.handler is not None:
        inner = (tree.Try(node.span, node.body, node.error, node.handler, node.otherwise, ()),)
    may_leave = body.error is not None or bool(body.handlers)
    _count_final(body, node.span)
    again = tree.Raise(node.span, None)
    handler = (*node.final, again) if may_leave else node.final
    check_try_with_exits(
        body, tree.Try(node.span, inner, None, handler, node.final, ()), node.final
    )


def check_try_with_exits(body: Body, node: tree.Try, final: Sequence[tree.Statement] = ()) -> None:
    """Check `try` with `except` and `else`; jumps out of its body run `final` first."""
    body.handlers.append(Handler([]))
    is_reached = body.flow is not None and not body.env.module.is_prelude
    if final:
        body.finals.append(Final(final, len(body.loops)))
    inner = statements.nested_block(body, node.body, node.span)
    if final:
        body.finals.pop()
    raised = body.handlers.pop()
    after_body = body.flow
    otherwise: ir.Block = ()
    if node.otherwise:
        otherwise = statements.nested_block(body, node.otherwise, node.span)
        after_body = body.flow
    if is_reached and not final and raised.error is None:
        _warn_unreachable(body, node)
    error_type = raised.error or _outer_error(body, node.span)
    error = body.temporary(error_type, node.span)
    if node.error is not None:
        body.locals[error.local] = ir.Local(
            node.error.name, error_type, body.env.span(node.error.span)
        )
    body.flow = merge(raised.flows)

    def handle() -> None:
        variable = Variable(error, is_mutable=True, local=error.local)
        body.bind(CAUGHT, variable)
        body.set_state(error.local, State.FULL)
        if node.error is not None:
            body.bind(node.error.name, variable)
        statements.check_block(body, node.handler or ())

    handler = body.nested(handle, node.span)
    flows = [flow for flow in (after_body, body.flow) if flow is not None]
    body.flow = {}
    body.emit(ir.Try(inner, error.local, handler, otherwise, body.env.span(node.span)))
    body.flow = merge(flows)


def _warn_unreachable(body: Body, node: tree.Try) -> None:
    extent = node.handler[0].span if node.handler else node.span
    message = "'except' is never reached: nothing in this 'try' raises an error"
    span = body.env.span(extent)
    body.checker.warn(Diagnostic(Code.FLOW, message, span, Severity.WARNING))


def _outer_error(body: Body, extent: tree.Extent) -> ir.StructType:
    """Give what a handler that nothing reaches may raise again."""
    outer = body.handlers[-1].error if body.handlers else body.error
    return outer or body.checker.types.error_type(body.env, extent)


def _count_final(body: Body, extent: tree.Extent) -> None:
    """Count a `finally` part that is written out; those within others are, too, so that they may be countless."""
    body.bounds.finals += 1
    if body.bounds.finals > limits.FINALS_MAX:
        message = "too many ways lead out of these 'try' blocks, each through every 'finally'"
        body.env.fail(Code.LIMIT, message, extent)


def run_finals(body: Body, loops: int, extent: tree.Extent) -> None:
    """Emit the `finally` parts that a jump leaves: those opened inside of at least `loops` loops, innermost first."""
    finals = body.finals
    if body.flow is None:
        return
    for index in reversed(range(len(finals))):
        final = finals[index]
        if final.loops < loops:
            break
        _count_final(body, extent)
        body.finals = finals[:index]
        handlers, body.handlers = body.handlers, [Handler([])]
        try:
            body.block += statements.nested_block(body, final.statements, extent)
            if body.handlers[0].flows:
                body.env.unsupported("a 'finally' part that may raise, left by a jump", extent)
        finally:
            body.finals, body.handlers = finals, handlers
