"""References: `ref` arguments, functions that return a place, and origins, which say where it lies.

A function that returns a place returns its address in the IR; its caller makes a place of it again. A `ref` argument is
an instance of the function for arguments that may be changed and another one for those that may not. Origins are read
as far as they tell whether a result may be changed; as parameters they stand for nothing.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, origins
from meshnode.compiler.check.calls.arguments import Bound, Gathered
from meshnode.compiler.check.values import (
    Env,
    Fresh,
    Given,
    ParameterValue,
    Reference,
    SignatureParameter,
    Stored,
    Value,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body

_ORIGINS = frozenset(["Origin", "ImmutOrigin", "ImmOrigin", "MutOrigin", "OriginSet"])


def is_reference(symbol: FunctionSymbol) -> bool:
    """Tell whether a function of the prelude gives a place by its address, which `@__reference` says."""
    return symbol.module.is_prelude and any(
        isinstance(decorator, tree.Name) and decorator.name == "__reference"
        for decorator in symbol.node.decorators
    )


def never_returns(symbol: FunctionSymbol) -> bool:
    """Tell whether a call of a function ends the program or raises: it is written with the result `Never`."""
    return isinstance(symbol.node.result, tree.Name) and symbol.node.result.name == "Never"


def referred(body: "Body", target: ir.LocalPlace, given: Given | Gathered | None) -> Value:
    """Give the place that a function pointed to: it may be changed if the first argument may."""
    is_mutable = not isinstance(given, tuple) or origins.may_change(body, given[1])
    return place_of(target, Reference.MUTATE if is_mutable else Reference.READ)


def place_of(target: ir.LocalPlace, reference: Reference) -> Value:
    """Give the place whose address a call has given."""
    assert isinstance(target.type, ir.PointerType)
    place = ir.PointeePlace(ir.Load(target, target.type), target.type.pointee)
    return Stored(place, is_mutable=reference is Reference.MUTATE)


def changeable(node: tree.Function, bound: Bound) -> frozenset[str]:
    """Name the `ref` parameters whose arguments may be changed."""
    names = set()
    for parameter in node.parameters:
        given = bound.get(parameter.name)
        if parameter.convention != "ref" or not isinstance(given, tuple):
            continue
        if _may_change(given[1]) and not any(_is_immutable(o) for o in parameter.origins):
            names.add(parameter.name)
    return frozenset(names)


def _may_change(value: Value) -> bool:
    return isinstance(value, Fresh) or (isinstance(value, Stored) and value.is_mutable)


def _is_immutable(origin: tree.Expression) -> bool:
    name = origin.name if isinstance(origin, tree.Name | tree.Attribute) else ""
    return name.startswith(("Imm", "Static"))


# ---------------------------------------------------------------------------------------------------------- results


def reference_of(
    result: tree.Expression | None, parameters: Sequence[SignatureParameter]
) -> Reference | None:
    """Tell what may be done with the place that a function returns; None if it returns a value."""
    if not isinstance(result, tree.ReferenceType):
        return None
    by_name = {parameter.name: parameter for parameter in parameters}
    for origin in _written_origins(result.origins):
        root, is_behind_pointer = _root(origin)
        parameter = by_name.get(root)
        if _is_immutable(origin) or (
            parameter is not None and not parameter.is_mutable and not is_behind_pointer
        ):
            return Reference.READ
    if not result.origins and not any(parameter.is_mutable for parameter in parameters):
        return Reference.READ
    return Reference.MUTATE


def _written_origins(origins: Sequence[tree.Expression]) -> Iterator[tree.Expression]:
    for origin in origins:
        match origin:
            case tree.Call(callee=tree.Name(name="origin_of"), arguments=arguments):
                yield from _written_origins([argument.value for argument in arguments])
            case _:
                yield origin


def _root(origin: tree.Expression) -> tuple[str, bool]:
    """Give the name that an origin begins with, and whether a pointer is followed from there."""
    is_behind_pointer = False
    while isinstance(origin, tree.Attribute | tree.Subscript | tree.Call):
        match origin:
            case tree.Attribute(base=base, name=name):
                is_behind_pointer = is_behind_pointer or name == "origin"
                origin = base
            case tree.Subscript(base=base, arguments=arguments):
                is_behind_pointer = is_behind_pointer or not arguments
                origin = base
            case tree.Call(callee=callee):
                is_behind_pointer = True
                origin = callee
    return (origin.name if isinstance(origin, tree.Name) else ""), is_behind_pointer


def return_place(body: "Body", node: tree.Expression) -> None:
    """Check `return place` in a function that returns one."""
    assert body.result is not None
    assert body.referable is not None
    assert isinstance(body.result_type, ir.PointerType)
    value = expressions.infer(body, node)
    if not isinstance(value, Stored):
        message = "this function returns a reference: a variable, a field or an element"
        body.env.fail(Code.TYPE, message, node.span)
    conversions.to_value(body, value, body.result_type.pointee, node.span)
    root = root_local(value.place)
    if root is not None and root not in body.referable:
        name = body.locals[root].name
        body.env.fail(
            Code.OWNERSHIP,
            f"this reference would outlive '{name}', which ends with the function",
            node.span,
            suggestion=f"return the value itself: '-> {type_name(value.place.type)}'",
        )
    address = ir.AddressOf(value.place, body.result_type)
    body.assign(ir.LocalPlace(body.result, body.result_type), address, node.span)


# ---------------------------------------------------------------------------------------------------------- origins


def with_origins(env: Env, declared: Sequence[tree.TypeParameter]) -> Env:
    """Give an environment for a `comptime` name whose parameters say nothing here: origins, and their mutability."""
    erased: dict[str, ParameterValue] = {}
    for parameter in declared:
        if parameter.bound is None:
            continue
        is_flag = isinstance(parameter.bound, tree.Name) and parameter.bound.name == "Bool"
        if erased_origin(parameter) is None and not is_flag:
            return env
        erased[parameter.name] = ir.Const(ir.BOOL, value=True) if is_flag else ir.UNIT
    return replace(env, parameters={**env.parameters, **erased}) if erased else env


def erased_origin(parameter: tree.TypeParameter) -> ParameterValue | None:
    """Give what stands for a parameter that is an origin; None for other parameters."""
    bound = parameter.bound
    if isinstance(bound, tree.Subscript):
        bound = bound.base
    return ir.UNIT if isinstance(bound, tree.Name) and bound.name in _ORIGINS else None
