"""Parameters in square brackets: those that are written, those that follow from the arguments, and defaults."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import assignments, conversions, displays, references, views
from meshnode.compiler.check.calls import function_bounds, packs
from meshnode.compiler.check.calls.arguments import Bound, Gathered
from meshnode.compiler.check.types import inference, traits, value_packs
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.values import (
    Env,
    Functions,
    GenericConstant,
    Given,
    Known,
    ListItems,
    ParameterValue,
    StringLiteral,
    Value,
    Written,
)
from meshnode.compiler.diagnostic import Code, counted
from meshnode.compiler.names.known_names import SCALAR_TYPES
from meshnode.compiler.names.symbols import ConstantSymbol, FunctionSymbol, StructSymbol
from meshnode.compiler.names.traits import is_composition
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker

Found = dict[str, ParameterValue | None]
"""Parameters by name; None while unknown."""


def write(
    env: Env, arguments: Sequence[tree.Argument], outer: "Body | None"
) -> tuple[Written, ...]:
    """Keep what stands in square brackets with the place where it stands."""
    return tuple(Written(argument, env, outer) for argument in arguments)


def assign_written(
    env: Env,
    name: str,
    declared: Sequence[tree.TypeParameter],
    written: Sequence[Written],
    extent: tree.Extent,
) -> dict[str, Written]:
    """Match written parameters with declared ones by position and name; `_` leaves one open."""
    by_name = {parameter.name: parameter for parameter in declared}
    places = [parameter for parameter in declared if parameter.kind == "normal"]
    positional = iter(places)
    result: dict[str, Written] = {}
    for item in written:
        keyword = item.argument.name
        if keyword is None:
            found = next(positional, None)
            if found is None:
                count = len(places)
                shown = counted(count, "parameter")
                env.fail(Code.CALL, f"'{name}' takes at most {shown}", extent)
            keyword = found.name
        elif keyword not in by_name:
            message = f"'{name}' has no parameter named '{keyword}'"
            env.fail(Code.CALL, message, item.argument.span)
        if keyword in result:
            env.fail(Code.CALL, f"parameter '{keyword}' is given twice", item.argument.span)
        if not (isinstance(item.argument.value, tree.Name) and item.argument.value.name == "_"):
            result[keyword] = item
    return result


def infer(
    body: "Body",
    functions: Functions,
    symbol: FunctionSymbol,
    bound: Bound,
    extent: tree.Extent,
) -> tuple[ParameterValue, ...]:
    """Find a generic function's parameters: those written, then from the arguments, then defaults."""
    declared = symbol.node.type_parameters
    name = symbol.node.name.name
    env = body.checker.signatures.env_of(symbol, functions.struct, {})
    gathered: dict[str, ParameterValue] = {}
    given = _gather_pack(body.checker, env, declared, functions.parameters, gathered)
    written = assign_written(body.env, name, declared, given, extent)
    found: Found = {parameter.name: gathered.get(parameter.name) for parameter in declared}
    for parameter in declared:
        if parameter.name in written and not _mentions_open(parameter, found):
            value = value_of(body.checker, _inside(env, found), parameter, written[parameter.name])
            found[parameter.name] = value
    _infer_from_arguments(body, env, symbol, bound, found)
    _infer_packs(body, symbol, bound, found)
    function_bounds.infer(body, _inside(env, found), symbol, found, extent)
    for parameter in declared:
        if found[parameter.name] is None:
            here = _inside(env, found)
            found[parameter.name] = _last_resort(body, here, parameter, written, extent)
    values = {key: value for key, value in found.items() if value is not None}
    missing = [parameter.name for parameter in declared if parameter.name not in values]
    if missing:
        message = f"failed to infer parameter '{missing[0]}' of '{name}'"
        body.env.fail(Code.CALL, message, extent, suggestion=f"write it: '{name}[…](…)'")
    function_bounds.check(body, _inside(env, found), symbol, found, extent)
    result = tuple(values[parameter.name] for parameter in declared)
    traits.require_bounds(body.checker, env, declared, result, body.env, extent)
    return result


def value_of(
    checker: "Checker", env: Env, parameter: tree.TypeParameter, written: Written
) -> ParameterValue:
    """Evaluate a written parameter where it stands, for a parameter that is declared in `env`."""
    node = written.argument.value
    return parameter_value(checker, env, parameter, node, written.env, written.outer)


def _inside(env: Env, found: Found) -> Env:
    values = {name: value for name, value in found.items() if value is not None}
    return replace(env, parameters={**env.parameters, **values})


def _mentions_open(parameter: tree.TypeParameter, found: Found) -> bool:
    """Tell whether a parameter's own type waits for other parameters, as in `[dt: DType, v: Scalar[dt]]`."""
    bound = parameter.bound
    if isinstance(bound, tree.Name):
        return bound.name in found and found[bound.name] is None
    if isinstance(bound, tree.Subscript):
        names = [a.value.name for a in bound.arguments if isinstance(a.value, tree.Name)]
        return any(name in found and found[name] is None for name in names)
    return False


def _infer_from_arguments(
    body: "Body",
    env: Env,
    symbol: FunctionSymbol,
    bound: Bound,
    found: Found,
) -> None:
    """Infer from the arguments with types of their own first, then from literals."""
    literal = (IntLiteral, FloatLiteral, StringLiteral)
    for is_literal in (False, True):
        for node in symbol.node.parameters:
            argument = bound.get(node.name)
            if argument is None or node.annotation is None:
                continue
            for item in argument.items if isinstance(argument, Gathered) else (argument,):
                if isinstance(item[1], literal) is not is_literal:
                    continue
                type_ = argument_type(body, item, node.annotation)
                if type_ is not None:
                    inference.infer_parameters(body.checker, env, node.annotation, type_, found)


def _infer_packs(body: "Body", symbol: FunctionSymbol, bound: Bound, found: Found) -> None:
    """Let a pack of types be the tuple of its arguments' types."""
    for node in symbol.node.parameters:
        name = packs.types_name(node)
        argument = bound.get(node.name)
        if name in found and isinstance(argument, Gathered):
            types = [
                conversions.natural_type(body, value, extent) for _, value, extent in argument.items
            ]
            found[name] = body.checker.types.tuple_type(types)


def argument_type(
    body: "Body", argument: Given, annotation: tree.Expression | None = None
) -> ir.Type | None:
    """Give an argument's type for inference; None if it waits for an expected one."""
    value = argument[1]
    if isinstance(value, ListItems) and value.node.elements and _is_list(annotation):
        return assignments.list_type_of(body, value.node)
    if displays.is_empty(value) or (isinstance(value, ListItems) and not value.node.elements):
        return None
    return conversions.natural_type(body, value, argument[2])


def _is_list(annotation: tree.Expression | None) -> bool:
    base = annotation.base if isinstance(annotation, tree.Subscript) else None
    return isinstance(base, tree.Name) and base.name == "List"


def _last_resort(
    body: "Body",
    env: Env,
    parameter: tree.TypeParameter,
    written: Mapping[str, Written],
    extent: tree.Extent,
) -> ParameterValue | None:
    """Give what was written and had to wait, or the default; a Writer that nobody gives is a String."""
    if parameter.name in written:
        return value_of(body.checker, env, parameter, written[parameter.name])
    if parameter.default is not None:
        return parameter_value(body.checker, env, parameter, parameter.default, env)
    if isinstance(parameter.bound, tree.Name) and parameter.bound.name == "Writer":
        return body.checker.types.string_type(body.env, extent)
    return references.erased_origin(parameter)


def struct_parameters(
    checker: "Checker",
    env: Env,
    symbol: StructSymbol | ConstantSymbol,
    written: Sequence[Written],
    extent: tree.Extent,
    inferred: Mapping[str, ParameterValue] | None = None,
) -> dict[str, ParameterValue]:
    """Give a struct's (or parametric constant's) parameters as far as they are written, inferred, or have defaults."""
    declared = symbol.node.type_parameters
    name = symbol.node.name.name
    shown = views.parameters(checker, symbol, [item.argument for item in written])
    written = [item for item in written if item.argument in shown]
    values: dict[str, ParameterValue] = {}
    written = _gather_pack(checker, Env(symbol.module, {}, None), declared, written, values)
    assigned = assign_written(env, name, declared, written, extent)
    for parameter in declared:
        home = Env(symbol.module, values, None)
        if parameter.name in values:
            continue
        if parameter.name in assigned:
            item = assigned[parameter.name]
            values[parameter.name] = value_of(checker, home, parameter, item)
        elif inferred is not None and parameter.name in inferred:
            values[parameter.name] = inferred[parameter.name]
        elif parameter.default is not None:
            values[parameter.name] = parameter_value(
                checker, home, parameter, parameter.default, home
            )
        elif (erased := references.erased_origin(parameter)) is not None:
            values[parameter.name] = erased
    if not symbol.module.is_prelude:
        home = Env(symbol.module, values, None)
        known = [parameter for parameter in declared if parameter.name in values]
        found = [values[parameter.name] for parameter in known]
        traits.require_bounds(checker, home, known, found, env, extent)
    return values


def _gather_pack(
    checker: "Checker",
    env: Env,
    declared: Sequence[tree.TypeParameter],
    written: Sequence[Written],
    values: dict[str, ParameterValue],
) -> Sequence[Written]:
    """Let a pack be the tuple of what is written beyond the other parameters; give what is left."""
    pack = next((p for p in declared if p.kind == "star" and p.name), None)
    if pack is None:
        return written
    before = sum(parameter.kind == "normal" for parameter in declared)
    positional = [item for item in written if item.argument.name is None]
    gathered = positional[before:]
    if value_packs.is_of_values(env, pack):
        values[pack.name] = value_packs.gather(checker, env, pack, gathered)
    elif gathered:
        values[pack.name] = checker.types.tuple_type(_types_in_pack(checker, gathered))
    return [item for item in written if item not in gathered]


def _types_in_pack(checker: "Checker", gathered: Sequence[Written]) -> list[ir.Type]:
    types: list[ir.Type] = []
    for item in gathered:
        node = item.argument.value
        if isinstance(node, tree.Spread):
            inner = check_types.resolve_type(checker, item.env, node.value)
            types += [field.type for field in checker.types.fields_of(inner)]
        else:
            types.append(check_types.resolve_type(checker, item.env, node))
    return types


def constant_value(
    checker: "Checker",
    env: Env,
    constant: GenericConstant,
    written: Sequence[Written],
    extent: tree.Extent,
) -> Value:
    """Give the value of a `comptime` name with parameters, such as `Vec[3]`."""
    symbol = constant.symbol
    values = struct_parameters(checker, env, symbol, written, extent)
    missing = [p.name for p in symbol.node.type_parameters if p.name not in values]
    if missing:
        message = f"'{symbol.node.name.name}' needs its parameter {missing[0]}"
        env.fail(Code.TYPE, message, extent)
    home = constant.home or Env(symbol.module, {}, None)
    inside = replace(home, parameters={**home.parameters, **values})
    return checker.constants.declared(inside, symbol.node, constant.outer)


def is_type_parameter(env: Env, parameter: tree.TypeParameter) -> bool:
    """Tell a type parameter (`T: Copyable`) from a value parameter (`n: Int`, `v: Scalar[dt]`)."""
    match parameter.bound:
        case tree.Name(name=name):
            if name in SCALAR_TYPES or name in env.parameters:
                return False
            symbol = env.module.names.get(name)
            if isinstance(symbol, ConstantSymbol):
                return is_composition(symbol)
            return not isinstance(symbol, StructSymbol)
        case tree.FunctionType():
            return not function_bounds.is_by_value(parameter)
        case tree.Subscript() | tree.Attribute():
            return False
        case _:
            return True


def parameter_value(
    checker: "Checker",
    env: Env,
    parameter: tree.TypeParameter,
    node: tree.Expression,
    stands: Env,
    outer: "Body | None" = None,
) -> ParameterValue:
    """Evaluate what is given for a parameter: declared in `env`, the value `node` stands in `stands`."""
    erased = references.erased_origin(parameter)
    if erased is not None:
        return erased
    if function_bounds.is_by_value(parameter):
        function = function_bounds.function_value(checker, node, stands, outer)
        return checker.closures.type_of(function, stands, node.span)
    if parameter.bound is None or is_type_parameter(env, parameter):
        return check_types.resolve_type(checker, stands, node)
    type_ = check_types.resolve_type(checker, env, parameter.bound)
    if isinstance(type_, ir.StructType):
        return struct_constant(checker, stands, node, type_, outer)
    return conversions.constant_of_type(checker, stands, node, type_, outer)


def struct_constant(
    checker: "Checker",
    env: Env,
    node: tree.Expression,
    type_: ir.StructType,
    outer: "Body | None",
) -> ParameterValue:
    """Evaluate a struct value for a parameter."""
    value = checker.constants.evaluate(env, node, outer, type_)
    if isinstance(value, StringLiteral):
        value = checker.comptime.held_text(env, value, node)
    if not isinstance(value, Known) or value.content is None:
        env.unsupported("a parameter of this type", node.span)
    return value.content
