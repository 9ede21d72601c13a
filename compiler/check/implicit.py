"""Implicit conversions: a value becomes another struct's by one of its `@implicit` constructors, `None` a NoneType."""

from meshnode.compiler import ir
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls, overloads
from meshnode.compiler.check.values import CheckFailed, Fresh, Functions, TypeName, Value
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree


def is_none(value: Value) -> bool:
    """Tell whether a value is the literal `None`."""
    return isinstance(value, TypeName) and value.type == ir.UNIT


def is_none_type(body: Body, type_: ir.Type) -> bool:
    """Tell whether a type is the library's `NoneType`, which `None` belongs to."""
    if not isinstance(type_, ir.StructType):
        return False
    symbol = body.checker.types.struct_of(type_).symbol
    return symbol is not None and symbol is body.checker.symbols.prelude.get("NoneType")


def convert(body: Body, value: Value, target: ir.Type, extent: tree.Extent) -> Value | None:
    """Construct the target from the value; None if it has no implicit constructor for it."""
    if is_none(value) and is_none_type(body, target):
        return Fresh(body.temporary(target, extent))
    functions = constructors(body, value, target, extent)
    if functions is None:
        return None
    return calls.call_values(body, functions, [(None, value, extent)], extent)


def constructors(
    body: Body, value: Value, target: ir.Type, extent: tree.Extent
) -> Functions | None:
    """Give the target's implicit constructors, if one of them takes the value."""
    if not isinstance(target, ir.StructType) or body.is_converting:
        return None
    found = [c for c in body.checker.types.constructors_of(target) if _is_implicit(c)]
    if not found:
        return None
    functions = Functions("__init__", found, struct=target)
    body.is_converting = True
    try:
        overloads.choose(body, functions, [(None, value, extent)], extent)
    except CheckFailed:
        return None
    finally:
        body.is_converting = False
    return functions


def _is_implicit(symbol: FunctionSymbol) -> bool:
    for decorator in symbol.node.decorators:
        name = decorator.callee if isinstance(decorator, tree.Call) else decorator
        if isinstance(name, tree.Name) and name.name == "implicit":
            return True
    return False
