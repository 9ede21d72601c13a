"""`debug_assert` and `assert`, which check nothing unless a program asks for it, and `comptime(…)`."""

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, operators, statements, testing
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import builtins, calls
from meshnode.compiler.check.values import Builtin, Given, Nothing, Scalar, Stored, Value
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

ALWAYS = "safe"
"""The mode whose assertions are checked without being asked for."""


def debug_assert(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    """Evaluate `debug_assert(condition, …)`: its arguments, as of any call; in mode `safe` it checks the condition."""
    mode = ""
    for parameter in builtin.parameters:
        if parameter.name in (None, "assert_mode"):
            mode = body.checker.constants.text(body.env, parameter.value, body)
    given = calls.given_arguments(body, node.arguments)
    if not given:
        body.env.fail(Code.CALL, "'debug_assert' misses its condition", node.span)
    condition = _truth(body, given[0])
    if mode == ALWAYS:
        message = [(value, extent) for _, value, extent in given[1:]]
        place = testing.shown_place(body, node)
        span = body.env.span(node.span)
        failed = ir.Unary(ir.UnaryOp.NOT, condition, ir.BOOL)
        body.emit(ir.If(failed, tuple(_failure(body, message, place, node)), (), span))
    return Nothing()


def _truth(body: Body, given: Given) -> ir.Expr:
    _, value, extent = given
    return body.stable_expr(conversions.truth(body, value, extent), extent)


def _failure(
    body: Body, message: Sequence[tuple[Value, tree.Extent]], place: str, node: tree.Call
) -> list[ir.Statement]:
    def run() -> None:
        text = Stored(builtins.text(body, message, node.span), is_mutable=False)
        at = Scalar(ir.StaticBytes(place.encode("utf-8", "replace") + b"\0"))
        operators.call_prelude(body, "_assertion_failed", [text, at], node.span)

    return body.collect(run)[0]


def check_assert(body: Body, node: tree.Assert) -> None:
    """Check `assert condition, message`: the condition is evaluated, and its value has no meaning."""
    statements.evaluate(body, node.condition)
    if node.message is not None:
        message = node.message
        body.imagine(lambda: expressions.infer(body, message))


def constant(body: Body, _: Builtin, node: tree.Call) -> Value:
    """Evaluate `comptime(value)` while the program is compiled."""
    return body.checker.constants.evaluate(body.env, node.arguments[0].value, body)


HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "comptime": constant,
    "debug_assert": debug_assert,
}
"""By name."""
