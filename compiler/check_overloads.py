"""Which overload a call means: arguments are bound, parameters inferred, and the nearest candidate chosen."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from meshnode.compiler import (
    check_conversions,
    check_implicit,
    check_types,
    check_vectors,
    ir,
    tree,
)
from meshnode.compiler.check_body import Body
from meshnode.compiler.check_values import (
    CheckFailed,
    Functions,
    Given,
    ListItems,
    ParameterValue,
    Signature,
    SignatureParameter,
    StringLiteral,
    TypeName,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.literals import FloatLiteral, IntLiteral
from meshnode.compiler.symbols import FunctionSymbol

_CONVERSION_COST = 10
"""Of a call of an `@implicit` constructor: dearer than any literal's."""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that fits: its signature, the argument of each parameter (None: the default), and how well."""

    symbol: FunctionSymbol
    signature: Signature
    arguments: tuple[Given | None, ...]
    cost: tuple[int, int, int, int]


_GENERAL = 100
"""How much less a candidate with a type parameter says of its arguments than one that knows them to be vectors."""

_BROADCAST = 5
"""The cost of a scalar that goes into all lanes of a vector."""


def choose(body: Body, functions: Functions, given: Sequence[Given], extent: tree.Extent) -> Match:
    """Choose the candidate that fits the arguments best; raises CheckFailed if none does, or several do."""
    matches: list[Match] = []
    failures: list[tuple[FunctionSymbol, CheckFailed]] = []
    for symbol in functions.functions:
        try:
            matches.append(_match(body, functions, symbol, given, extent))
        except CheckFailed as failure:
            failures.append((symbol, failure))
    if not matches:
        if len(failures) == 1:
            raise failures[0][1]
        _refuse_call(body, functions, failures, extent)
    best = min(match_.cost for match_ in matches)
    chosen = [match_ for match_ in matches if match_.cost == best]
    if len(chosen) > 1:
        notes = tuple(_candidate_note(match_.symbol, "candidate") for match_ in chosen)
        message = f"ambiguous call to '{functions.name}'"
        body.env.fail(Code.CALL, message, extent, notes=notes)
    return chosen[0]


def _refuse_call(
    body: Body,
    functions: Functions,
    failures: Sequence[tuple[FunctionSymbol, CheckFailed]],
    extent: tree.Extent,
) -> NoReturn:
    for _, failure in failures:
        if failure.diagnostic is None:
            raise failure
    notes = tuple(
        _candidate_note(symbol, f"not this one: {failure.diagnostic.message}")
        for symbol, failure in failures
        if failure.diagnostic is not None
    )
    name = functions.name
    if name == "__init__" and functions.struct is not None:
        name = type_name(functions.struct)
    message = f"no matching function in call to '{name}'"
    body.env.fail(Code.CALL, message, extent, notes=notes)


def _candidate_note(symbol: FunctionSymbol, message: str) -> Note:
    return Note(message, ir.Span(symbol.module.file, *symbol.node.span))


def _match(
    body: Body,
    functions: Functions,
    symbol: FunctionSymbol,
    given: Sequence[Given],
    extent: tree.Extent,
) -> Match:
    """Try one candidate; raises CheckFailed with the reason if it does not fit."""
    node = symbol.node
    bound = _bind(body, symbol, given, extent)
    values: tuple[ParameterValue, ...] = ()
    if node.type_parameters:
        values = _infer(body, functions, symbol, bound, extent)
    signature = body.checker.signatures.find(symbol, functions.struct, values)
    costs = []
    for parameter in signature.parameters:
        argument = bound.get(parameter.name)
        if argument is not None:
            costs.append(_cost(body, argument, parameter))
    arguments = tuple(bound.get(parameter.name) for parameter in signature.parameters)
    generality = [_GENERAL if check_types.is_type_parameter(p) else 1 for p in node.type_parameters]
    open_arguments = sum(_is_open(p, node.type_parameters) for p in node.parameters)
    total = (max(costs, default=0), sum(costs), sum(generality), open_arguments)
    return Match(symbol, signature, arguments, total)


def _is_open(parameter: tree.FunctionParameter, declared: Sequence[tree.TypeParameter]) -> bool:
    """Tell whether an argument's type is not simply written out."""
    annotation = parameter.annotation
    return not isinstance(annotation, tree.Name) or annotation.name in {p.name for p in declared}


def _bind(
    body: Body, symbol: FunctionSymbol, given: Sequence[Given], extent: tree.Extent
) -> dict[str, Given]:
    """Match arguments with parameters by position and name."""
    bound: dict[str, Given] = {}
    parameters = [p for p in symbol.node.parameters if p.convention != "out"]
    named = [p for p in parameters if p.kind == "normal"]
    keyword_only: set[str] = set()
    for index, parameter in enumerate(parameters):
        if parameter.kind == "star":
            keyword_only = {p.name for p in parameters[index + 1 :]}
    positional = iter([p for p in named if p.name not in keyword_only])
    name = symbol.node.name.name
    for argument in given:
        keyword, _, place = argument
        if keyword is None:
            found = next(positional, None)
            if found is None:
                expected = len(named) - len(keyword_only)
                body.env.fail(
                    Code.CALL, f"'{name}' takes at most {expected} positional arguments", place
                )
            keyword = found.name
        elif keyword not in {p.name for p in named}:
            body.env.fail(Code.CALL, f"'{name}' has no argument named '{keyword}'", place)
        if keyword in bound:
            body.env.fail(Code.CALL, f"argument '{keyword}' is given twice", place)
        bound[keyword] = argument
    missing = [p.name for p in named if p.name not in bound and p.default is None]
    if missing:
        shown = ", ".join(f"'{item}'" for item in missing)
        body.env.fail(Code.CALL, f"'{name}' misses its argument {shown}", extent)
    return bound


def _infer(
    body: Body,
    functions: Functions,
    symbol: FunctionSymbol,
    bound: Mapping[str, Given],
    extent: tree.Extent,
) -> tuple[ParameterValue, ...]:
    """Find a generic function's parameters: those given, then from the arguments, then defaults."""
    declared = symbol.node.type_parameters
    found: dict[str, ParameterValue | None] = {parameter.name: None for parameter in declared}
    for parameter, given in zip(declared, functions.parameters, strict=False):
        found[parameter.name] = given
    env = body.checker.signatures.env_of(symbol, functions.struct, {})
    literal = (IntLiteral, FloatLiteral, StringLiteral)
    for is_literal in (False, True):
        for node in symbol.node.parameters:
            argument = bound.get(node.name)
            if argument is None or node.annotation is None:
                continue
            type_ = argument_type(body, argument)
            if type_ is not None and isinstance(argument[1], literal) is is_literal:
                check_types.infer_parameters(body.checker, env, node.annotation, type_, found)
    values: list[ParameterValue] = []
    for parameter in declared:
        value = found[parameter.name]
        if value is None and parameter.default is not None:
            value = check_types.parameter_value(body.checker, env, parameter, parameter.default)
        if value is None and _is_writer(parameter):
            value = body.checker.types.string_type(body.env, extent)
        if value is None:
            body.env.fail(
                Code.CALL,
                f"failed to infer parameter '{parameter.name}' of '{symbol.node.name.name}'",
                extent,
            )
        values.append(value)
    return tuple(values)


def _is_writer(parameter: tree.TypeParameter) -> bool:
    return isinstance(parameter.bound, tree.Name) and parameter.bound.name == "Writer"


def argument_type(body: Body, argument: Given) -> ir.Type | None:
    """Give an argument's type for inference; None if it waits for an expected one."""
    value = argument[1]
    if isinstance(value, ListItems):
        return None
    return check_conversions.natural_type(body, value, argument[2])


def _cost(body: Body, argument: Given, parameter: SignatureParameter) -> int:  # noqa: PLR0911, C901, PLR0912 - one case a value
    """Say how far the argument is from the parameter's type: 0 exact, more for literals; refuse what does not fit."""
    _, value, extent = argument
    target = parameter.type
    match value:
        case IntLiteral():
            if isinstance(target, ir.IntType):
                return 1 if target == ir.INT else 2
            if isinstance(target, ir.FloatType):
                return 3 if target == ir.FLOAT64 else 4
            if isinstance(target, ir.VectorType) and check_vectors.fit(body, value, target, extent):
                return _BROADCAST
        case FloatLiteral():
            if isinstance(target, ir.FloatType):
                return 1 if target == ir.FLOAT64 else 2
            if isinstance(target, ir.VectorType) and check_vectors.fit(body, value, target, extent):
                return _BROADCAST
        case StringLiteral():
            if target == body.checker.types.string_type(body.env, extent):
                return 1
        case ListItems():
            if isinstance(target, ir.StructType) and body.checker.types.struct_of(target).element:
                return 1
        case TypeName(ir.UnitType()) if check_implicit.is_none_type(body, target):
            return 0
        case TypeName():
            pass
        case _:
            if check_conversions.natural_type(body, value, extent) == target:
                return 0
            if isinstance(target, ir.VectorType) and check_vectors.fit(body, value, target, extent):
                return _BROADCAST
    if check_implicit.constructors(body, value, target, extent) is not None:
        return _CONVERSION_COST
    shown = check_conversions.shown_type(body, value, extent)
    body.env.fail(
        Code.TYPE,
        f"value passed to '{parameter.name}' cannot be converted from '{shown}' to '{type_name(target)}'",
        extent,
    )
