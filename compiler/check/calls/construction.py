"""Construction of structs: constructors by overload, and parameters of the struct from what they are given."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import expressions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import arguments, borrowed_results, builtins, calls, overloads
from meshnode.compiler.check.calls.arguments import Gathered
from meshnode.compiler.check.loops import iteration
from meshnode.compiler.check.types import inference, parameters, types, wide
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Fresh,
    Functions,
    GenericStruct,
    Given,
    ParameterValue,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree


def construct_written(body: Body, type_: ir.Type, node: tree.Call) -> Value:
    """Construct a value of a type that is written as the callee."""
    if type_ == body.checker.types.string_type_or_none() and _is_text_of(node):
        return builtins.text_of(body, node)
    if not isinstance(type_, ir.StructType) or body.checker.types.struct_of(type_).symbol is None:
        if isinstance(type_, ir.StructType):
            values = tree.Tuple(node.span, tuple(a.value for a in node.arguments))
            return expressions.infer(body, values, type_)
        body.env.unsupported(f"calling '{type_name(type_)}'", node.span)
    given = calls.given_arguments(body, node.arguments)
    if len(given) == 1:
        number = wide.of_literal(body, given[0][1], type_, node.span)
        if number is not None:
            return number
    functions = Functions("__init__", body.checker.types.constructors_of(type_), struct=type_)
    if not functions.functions:
        _refuse_construction(body, type_, node.span)
    made = calls.call_values(body, functions, given, node.span)
    borrowed_results.release(body, made, node.callee)
    return made


def _is_text_of(node: tree.Call) -> bool:
    return len(node.arguments) >= 1 and all(argument.name is None for argument in node.arguments)


def _refuse_construction(body: Body, type_: ir.Type, extent: tree.Extent) -> None:
    body.env.fail(
        Code.CALL,
        f"'{type_name(type_)}' has no constructor",
        extent,
        suggestion="give it an '__init__(out self, …)', or write '@fieldwise_init' above the struct",
    )


def construct_inferred(
    body: Body, callee: GenericStruct, node: tree.Call, expected: ir.Type | None
) -> Value:
    """Construct a parametric struct whose parameters follow from the arguments, or from what is expected."""
    symbol = callee.symbol
    if (
        isinstance(expected, ir.StructType)
        and body.checker.types.struct_of(expected).symbol is symbol
    ):
        return construct_written(body, expected, node)
    given = calls.given_arguments(body, node.arguments)
    failure: CheckFailed | None = None
    for function in body.checker.types.constructors_of_symbol(symbol):
        struct = _inferred_struct(body, callee, function, given, node.span)
        if struct is None:
            continue
        functions = Functions("__init__", body.checker.types.constructors_of(struct), struct=struct)
        try:
            body.imagine(lambda: overloads.choose(body, functions, given, node.span))  # noqa: B023 - run at once
        except CheckFailed as reason:
            failure = failure or reason
            continue
        return calls.call_values(body, functions, given, node.span)
    if failure is not None:
        raise failure
    name = symbol.node.name.name
    names = [parameter.name for parameter in symbol.node.type_parameters]
    body.env.fail(
        Code.TYPE,
        f"failed to infer parameter '{names[0]}' of '{name}'",
        node.span,
        suggestion=f"write '{name}[…]'",
    )


def _inferred_struct(
    body: Body,
    callee: GenericStruct,
    function: FunctionSymbol,
    given: Sequence[Given],
    extent: tree.Extent,
) -> ir.StructType | None:
    """Give the struct instance that a constructor makes of these arguments; None if they do not tell."""
    symbol = callee.symbol
    names = [parameter.name for parameter in symbol.node.type_parameters]
    found: dict[str, ParameterValue | None] = {f"Self.{name}": None for name in names}
    try:
        bound = arguments.bind(body.env, function.node, given, extent)
    except CheckFailed:
        return None
    home = Env(symbol.module, {}, None)
    for parameter in function.node.parameters:
        argument = bound.get(parameter.name)
        if parameter.annotation is None or argument is None:
            continue
        for item in argument.items if isinstance(argument, Gathered) else (argument,):
            if _is_iterable(function, parameter):
                found["Self.T"] = iteration.element_type(body, item[1], item[2])
                continue
            type_ = parameters.argument_type(body, item, parameter.annotation)
            if type_ is not None:
                inference.infer_parameters(body.checker, home, parameter.annotation, type_, found)
    known = {name: value for name in names if (value := found[f"Self.{name}"]) is not None}
    values = parameters.struct_parameters(
        body.checker, body.env, symbol, callee.parameters, extent, known
    )
    if len(values) < len(names):
        return None
    return types.struct_instance(body.checker, body.env, symbol, values, extent)


def _is_iterable(function: FunctionSymbol, parameter: tree.FunctionParameter) -> bool:
    """Tell whether a constructor of the library takes all elements of an iterable."""
    annotation = parameter.annotation
    return function.module.is_prelude and any(
        isinstance(annotation, tree.Name)
        and annotation.name == declared.name
        and isinstance(declared.bound, tree.Name)
        and declared.bound.name == "Iterable"
        for declared in function.node.type_parameters
    )


def construct(
    body: Body, type_: ir.StructType, keywords: Mapping[str, Value], extent: tree.Extent
) -> ir.LocalPlace:
    """Construct a struct with keyword arguments, into a temporary."""
    functions = Functions("__init__", body.checker.types.constructors_of(type_), struct=type_)
    given: list[Given] = [(name, value, extent) for name, value in keywords.items()]
    value = calls.call_values(body, functions, given, extent)
    assert isinstance(value, Fresh)
    return value.place
