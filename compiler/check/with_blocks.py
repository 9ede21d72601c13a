"""`with`: a manager is entered, and left on every way out of the block, with or without its error."""

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, lifetimes, raising, statements
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.values import Stored, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree

_ERROR = "$error"


def check_with(body: Body, node: tree.With) -> None:
    """Check a `with` statement; several managers are statements within each other."""
    item, *others = node.items
    inner = (tree.With(node.span, tuple(others), node.body),) if others else node.body
    body.block += body.nested(lambda: _enter(body, item, inner), node.span)


def _enter(body: Body, item: tree.WithItem, inner: tuple[tree.Statement, ...]) -> None:
    extent = item.span
    is_place, type_ = body.imagine(lambda: _kind(body, item.value))
    methods = body.checker.types.methods_of(type_)
    if "__enter__" not in methods:
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' does not implement '__enter__'", extent)
    if _takes_over(methods["__enter__"][0]):
        _bind_entered(body, item, item.value)
        statements.check_block(body, inner)
        if item.name is not None and body.flow is not None:
            with body.statement(extent):
                entered = expressions.infer(body, item.name)
                lifetimes.keep_alive(body, [entered], extent)
        return
    manager = tree.Name(item.value.span, f"$manager{len(body.locals)}")
    declare: tree.Statement = tree.Declare(extent, (manager,), None, item.value)
    if is_place:
        declare = tree.BindReference(extent, manager, None, item.value)
    with body.statement(extent):
        statements.check_statement(body, declare)
    _bind_entered(body, item, manager)
    leave = tree.ExpressionStatement(extent, _call(manager, "__exit__"))
    exits = methods.get("__exit__", ())
    if not exits:
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' does not implement '__exit__'", extent)
    sees_error = any(len(symbol.node.parameters) > 1 for symbol in exits)
    with body.statement(extent):
        if not sees_error:
            raising.check_try(body, tree.Try(extent, inner, None, None, (), (leave,)))
            return
        told = _call(manager, "__exit__", tree.Name(extent, _ERROR))
        _try_telling(body, inner, leave, told)


def _kind(body: Body, node: tree.Expression) -> tuple[bool, ir.Type]:
    value = conversions.to_value(body, expressions.infer(body, node), None, node.span)
    return isinstance(value, Stored), conversions.type_of(value)


def _takes_over(symbol: FunctionSymbol) -> bool:
    """Tell whether `__enter__` takes the manager itself, which then needs no `__exit__`."""
    return bool(symbol.node.parameters) and symbol.node.parameters[0].convention in (
        "var",
        "deinit",
    )


def _bind_entered(body: Body, item: tree.WithItem, manager: tree.Expression) -> None:
    entered = _call(manager, "__enter__")
    with body.statement(item.span):
        if item.name is None:
            statements.evaluate(body, entered)
        else:
            declare = tree.Declare(item.span, (item.name,), None, entered)
            statements.check_statement(body, declare)


def _call(manager: tree.Expression, name: str, *values: tree.Expression) -> tree.Expression:
    extent = manager.span
    arguments = tuple(tree.Argument(value.span, None, value) for value in values)
    return tree.Call(extent, tree.Attribute(extent, manager, name), arguments)


def _try_telling(
    body: Body,
    inner: tuple[tree.Statement, ...],
    leave: tree.Statement,
    told: tree.Expression,
) -> None:
    """Let `__exit__` see the error: it is raised again unless that says True."""
    extent = told.span
    handler: tree.Statement = tree.ExpressionStatement(extent, told)
    if body.error is not None or body.handlers:
        goes_on = tree.Unary(extent, "not", told)
        again = tree.Raise(extent, None)
        handler = tree.If(extent, goes_on, (again,), (), is_comptime=False)
    error = tree.Name(extent, _ERROR)
    node = tree.Try(extent, inner, error, (handler,), (leave,), ())
    raising.check_try_with_exits(body, node, (leave,))
