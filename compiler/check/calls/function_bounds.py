"""Parameters that are functions: `[F: def(Int) -> Int](f: F)` for closures, `[f: def(Int) thin -> Int]` by value."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check.calls import function_values
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import inference, parameters
from meshnode.compiler.check.values import (
    Env,
    Functions,
    Given,
    ParameterValue,
    Signature,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker

_BY_VALUE = frozenset(["thin", "capturing", "escaping"])


def is_by_value(parameter: tree.TypeParameter) -> bool:
    """Tell whether a function is written for the parameter itself, not inferred from an argument."""
    bound = parameter.bound
    return isinstance(bound, tree.FunctionType) and not _BY_VALUE.isdisjoint(bound.effects)


def function_value(
    checker: "Checker", node: tree.Expression, env: Env, outer: "Body | None"
) -> Functions:
    """Evaluate a function that is written as a parameter."""
    value = checker.constants.evaluate(env, node, outer)
    if not isinstance(value, Functions) or len(value.functions) > 1:
        env.fail(Code.TYPE, "this parameter needs a function", node.span)
    return value


def signature_of(body: "Body", type_: ir.Type, extent: tree.Extent) -> Signature | None:
    """Give the signature of a function as a value; None if it is generic, or no function."""
    functions = body.checker.closures.functions_of(type_)
    if functions is None:
        known = body.checker.function_types.find(type_)
        if known is None:
            return None
        return replace(known.signature, parameters=known.signature.parameters[1:])
    symbol = functions.functions[0]
    values: tuple[ParameterValue, ...] = ()
    if symbol.node.type_parameters:
        if not functions.parameters:
            return None
        values = parameters.infer(body, functions, symbol, {}, extent)
    return body.checker.signatures.find(symbol, functions.struct, values)


def infer(
    body: "Body",
    env: Env,
    symbol: FunctionSymbol,
    found: "parameters.Found",
    extent: tree.Extent,
) -> None:
    """Find parameters that stand in the types of functions: in `[U: Copyable, F: def(Int) -> U](f: F)`, U."""
    for bound, type_ in _bounds(symbol, found):
        signature = None if bound.type_parameters else signature_of(body, type_, extent)
        if signature is None:
            continue
        for written, parameter in zip(bound.parameters, signature.parameters, strict=False):
            if written.annotation is not None:
                inference.infer_parameters(
                    body.checker, env, written.annotation, parameter.type, found
                )
        if bound.result is not None:
            inference.infer_parameters(body.checker, env, bound.result, signature.result, found)


def check(
    body: "Body",
    env: Env,
    symbol: FunctionSymbol,
    found: "parameters.Found",
    extent: tree.Extent,
) -> None:
    """Refuse functions of other types than their parameters ask for."""
    for bound, type_ in _bounds(symbol, found):
        if not _fits(body, env, bound, type_, extent):
            body.env.fail(
                Code.TYPE,
                f"'{type_name(type_)}' does not conform to the function type that '{symbol.node.name.name}' asks for",
                extent,
            )


def _bounds(
    symbol: FunctionSymbol, found: "parameters.Found"
) -> Iterator[tuple[tree.FunctionType, ir.Type]]:
    for parameter in symbol.node.type_parameters:
        type_ = found[parameter.name]
        if (
            isinstance(parameter.bound, tree.FunctionType)
            and type_ is not None
            and not isinstance(type_, ir.Const | Aggregate)
        ):
            yield parameter.bound, type_


def _fits(
    body: "Body", env: Env, bound: tree.FunctionType, type_: ir.Type, extent: tree.Extent
) -> bool:
    if bound.type_parameters:
        functions = body.checker.closures.functions_of(type_)
        if functions is None:
            return False
        node = functions.functions[0].node
        return len(node.type_parameters) == len(bound.type_parameters) and len(
            node.parameters
        ) == len(bound.parameters)
    signature = signature_of(body, type_, extent)
    if signature is None:
        return False
    wanted = body.checker.function_types.described(env, bound).signature
    return function_values.fits(signature, wanted)


def hidden_arguments(
    body: "Body", functions: Functions, symbol: FunctionSymbol, extent: tree.Extent
) -> dict[str, Given]:
    """Give the functions written in square brackets that capture variables: these are passed like arguments."""
    declared = symbol.node.type_parameters
    if not any(map(is_by_value, declared)):
        return {}
    name = symbol.node.name.name
    written = parameters.assign_written(body.env, name, declared, functions.parameters, extent)
    result: dict[str, Given] = {}
    for parameter in declared:
        item = written.get(parameter.name)
        if is_by_value(parameter) and item is not None:
            value = function_value(body.checker, item.argument.value, body.env, body)
            if value.captures:
                result[parameter.name] = (None, value, extent)
    return result


def hidden_parameters(
    checker: "Checker", declared: Sequence[tree.TypeParameter], env: Env
) -> Iterator[tuple[str, ir.Type, tree.Extent]]:
    """Give those parameters by value that stand for functions with captures, with their types."""
    for parameter in declared:
        value = env.parameters.get(parameter.name)
        if is_by_value(parameter) and isinstance(value, ir.StructType):
            functions = checker.closures.functions_of(value)
            nest = None if functions is None else functions.functions[0].nest
            if nest is not None and nest.captures:
                yield parameter.name, value, parameter.span
