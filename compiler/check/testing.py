"""What the library's test suites need to know of a program: its functions, their names, its file."""

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.values import (
    Builtin,
    Fresh,
    Functions,
    Given,
    Scalar,
    Stored,
    StringLiteral,
    Value,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol, OverloadSet
from meshnode.compiler.parse import tree

FUNCTIONS = "__functions_in_module"
_PREFIX = "test_"


def as_argument(node: tree.Call) -> tree.Call | None:
    """Give `f[__functions_in_module()](…)` as `f(__functions_in_module(), …)`; None for other calls."""
    match node.callee:
        case tree.Subscript(
            base=base,
            arguments=(tree.Argument(value=tree.Call(callee=tree.Name(name=name))) as functions,),
        ) if name == FUNCTIONS:
            return tree.Call(node.span, base, (functions, *node.arguments))
        case _:
            return None


def location(
    body: Body, functions: Functions, given: Sequence[Given], call: tree.Call
) -> list[Given]:
    """Say where a call stands, if the function asks for that by an argument `_at` and nobody gave it.

    A String has the text; a `__Pointer[UInt8]` costs nothing where it is not read, and its text ends with a zero byte.
    """
    symbol = functions.functions[0]
    asks = [p for p in symbol.node.parameters if p.name == "_at"]
    if not symbol.module.is_prelude or body.env.module.is_prelude or not asks:
        return []
    if any(keyword == "_at" for keyword, _, _ in given):
        return []
    place = shown_place(body, call)
    if isinstance(asks[0].annotation, tree.Name):
        return [("_at", StringLiteral(place), call.span)]
    return [("_at", Scalar(ir.StaticBytes(place.encode("utf-8", "replace") + b"\0")), call.span)]


def shown_place(body: Body, call: tree.Call) -> str:
    """Give the place of a call as messages of the language name it: that of its bracket."""
    line, column = call.callee.span[2:]
    return f"{body.env.module.file}:{line}:{column}"


def _functions(body: Body, _: Builtin, node: tree.Call) -> Value:
    """List the tests of the module: its functions `test_…`, in the order in which they stand."""
    tests = operators.call_prelude(body, "_no_tests", [], node.span)
    assert isinstance(tests, Fresh)
    target = Stored(tests.place, is_mutable=True)
    for symbol in _tests(body):
        name = symbol.node.name.name
        value = Functions(name, [symbol])
        known = body.checker.symbols.prelude.get("_add_test")
        assert isinstance(known, OverloadSet), "the prelude lacks '_add_test'"
        wanted = body.checker.signatures.find(known.functions[0], None, ()).parameters[2].type
        if body.checker.function_types.choose(body, value, wanted) is None:
            body.env.fail(
                Code.TYPE,
                f"test function '{name}' has nonconforming signature",
                symbol.node.name.span,
                suggestion=f"write 'def {name}() raises:'",
            )
        arguments: list[Value] = [target, StringLiteral(name), value]
        operators.call_prelude(body, "_add_test", arguments, node.span)
    return tests


def _tests(body: Body) -> list[FunctionSymbol]:
    found = [
        symbol
        for name, names in body.env.module.names.items()
        if name.startswith(_PREFIX) and isinstance(names, OverloadSet)
        for symbol in names.functions
        if symbol.module is body.env.module
    ]
    return sorted(found, key=lambda symbol: symbol.node.span)


def _function_name(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    """Give the name of the function that stands in square brackets."""
    value = expressions.infer(body, builtin.parameters[0].value)
    if not isinstance(value, Functions):
        body.env.fail(Code.TYPE, "this parameter needs a function", node.span)
    return StringLiteral(value.name)


def _program_file(body: Body, _: Builtin, __: tree.Call) -> Value:
    """Give the program's path as the user gave it."""
    body.checker.answers += 1
    return StringLiteral(body.checker.symbols.program.file)


HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    FUNCTIONS: _functions,
    "__function_name": _function_name,
    "__program_file": _program_file,
}
"""By name."""
