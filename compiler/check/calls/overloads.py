"""Which overload a call means: arguments are bound, parameters inferred, and the nearest candidate chosen."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Sequence
from typing import NoReturn

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, displays, implicit, lenient, references
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import arguments as check_arguments
from meshnode.compiler.check.calls import function_bounds, packs
from meshnode.compiler.check.calls.arguments import Gathered
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import arrays, parameters, traits, vectors, wide
from meshnode.compiler.check.values import (
    BraceItems,
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
from meshnode.compiler.names.receivers import is_static
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

_CONVERSION_COST = 10
"""Of a call of an `@implicit` constructor: dearer than any literal's."""


class Match(msgspec.Struct, frozen=True):
    """A candidate that fits: its signature, the argument of each parameter (None: the default), and how well."""

    symbol: FunctionSymbol
    signature: Signature
    arguments: tuple[Given | Gathered | None, ...]
    cost: tuple[int, int, int, int, int]
    """Dearest conversion, sum of them, whether arguments are gathered, parameters, open arguments: less is better."""


_GENERAL = 100
"""How much less a candidate with a type parameter says of its arguments than one that knows them to be vectors."""

_WIDE = 2
"""The cost of a literal that becomes a number of 128 bits."""

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


_CANDIDATES_SHOWN = 8
"""Candidates that a refused call lists: more than that is not read."""


def _refuse_call(
    body: Body,
    functions: Functions,
    failures: Sequence[tuple[FunctionSymbol, CheckFailed]],
    extent: tree.Extent,
) -> NoReturn:
    for _, failure in failures:
        if failure.diagnostic is None:
            raise failure
    first = failures[0][1].diagnostic
    is_same = all(failure.diagnostic == first for _, failure in failures)
    if is_same and first is not None and first.code is not Code.CALL:
        raise failures[0][1]  # The argument is wrong by itself.
    notes = tuple(
        _candidate_note(symbol, f"not this one: {failure.diagnostic.message}")
        for symbol, failure in failures[:_CANDIDATES_SHOWN]
        if failure.diagnostic is not None
    )
    if len(failures) > _CANDIDATES_SHOWN:
        notes = (*notes, Note(f"and {len(failures) - _CANDIDATES_SHOWN} further candidates"))
    name = functions.name
    if name == "__init__" and functions.struct is not None:
        name = type_name(functions.struct)
    message = f"no matching function in call to '{name}'"
    hint = None
    if name == "__getitem__" and functions.struct == body.checker.types.string_type(
        body.env, extent
    ):
        hint = "write 's[byte=i]' for a byte, or iterate over 's.codepoint_slices()'"
    body.env.fail(Code.CALL, message, extent, notes=notes, suggestion=hint)


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
    if functions.receiver is not None and not is_static(symbol.node):
        given = [(None, functions.receiver, extent), *given]
    bound = check_arguments.bind(body.env, node, given, extent)
    values: tuple[ParameterValue, ...] = ()
    if node.type_parameters or functions.parameters:
        values = parameters.infer(body, functions, symbol, bound, extent)
    changeable = references.changeable(node, bound)
    signature = body.checker.signatures.find(symbol, functions.struct, values, changeable)
    traits.require_where(body.checker, symbol, signature.env, body.env, extent)
    bound = {**bound, **function_bounds.hidden_arguments(body, functions, symbol, extent)}
    costs = []
    is_variadic = any(isinstance(argument, Gathered) for argument in bound.values())
    bound = packs.expand(node, bound)
    for parameter in signature.parameters:
        argument = bound.get(parameter.name)
        if isinstance(argument, Gathered):
            element = gathered_type(body, parameter)
            costs += [_cost(body, item, parameter.name, element) for item in argument.items]
        elif argument is not None:
            costs.append(_cost(body, argument, parameter.name, parameter.type))
    arguments = tuple(bound.get(parameter.name) for parameter in signature.parameters)
    env = signature.env
    general = [
        _GENERAL if parameters.is_type_parameter(env, p) else 1 for p in node.type_parameters
    ]
    open_arguments = sum(_is_open(p, node.type_parameters) for p in node.parameters)
    cost = (max(costs, default=0), sum(costs), int(is_variadic), sum(general), open_arguments)
    return Match(symbol, signature, arguments, cost)


def _is_open(parameter: tree.FunctionParameter, declared: Sequence[tree.TypeParameter]) -> bool:
    """Tell whether an argument's type is not simply written out."""
    annotation = parameter.annotation
    return not isinstance(annotation, tree.Name) or annotation.name in {p.name for p in declared}


def gathered_type(body: Body, parameter: SignatureParameter) -> ir.Type:
    """Give the type of one argument among those that a variadic parameter gathers."""
    instance = body.checker.types.struct_of(parameter.type)
    value = instance.parameters["V" if parameter.node.kind == "double_star" else "T"]
    assert not isinstance(value, ir.Const | Aggregate)
    return value


def _cost(body: Body, argument: Given, name: str, target: ir.Type) -> int:  # noqa: PLR0911, C901, PLR0912 - one case a value
    """Say how far the argument is from the parameter's type: 0 exact, more for literals; refuse what does not fit."""
    _, value, extent = argument
    match value:
        case IntLiteral():
            if isinstance(target, ir.IntType):
                return 1 if target == ir.INT else 2
            if isinstance(target, ir.FloatType):
                return 3 if target == ir.FLOAT64 else 4
            if isinstance(target, ir.VectorType) and vectors.fit(body, value, target, extent):
                return _BROADCAST
            if wide.is_wide(body.checker, target):
                return _WIDE
        case FloatLiteral():
            if isinstance(target, ir.FloatType):
                return 1 if target == ir.FLOAT64 else 2
            if isinstance(target, ir.VectorType) and vectors.fit(body, value, target, extent):
                return _BROADCAST
        case StringLiteral():
            if target == body.checker.types.string_type(body.env, extent):
                return 1
        case BraceItems():
            body.imagine(lambda: displays.build(body, value, target, extent))
            return 1
        case ListItems():
            if isinstance(target, ir.StructType) and body.checker.types.struct_of(target).element:
                return 1
            if arrays.fits(body, value.node, target):
                return 0
            if displays.takes_list(body, target):
                return 1
        case TypeName(ir.UnitType()) if implicit.is_none_type(body, target):
            return 0
        case TypeName():
            pass
        case Functions() if body.checker.function_types.choose(body, value, target) is not None:
            return 0
        case _:
            if conversions.natural_type(body, value, extent) == target:
                return 0
            if isinstance(target, ir.VectorType) and vectors.fit(body, value, target, extent):
                return _BROADCAST
    if implicit.constructors(body, value, target, extent) is not None:
        return _CONVERSION_COST
    if lenient.is_array_for_list(body, value, target):
        return 2 * _CONVERSION_COST
    shown = conversions.shown_type(body, value, extent)
    body.env.fail(
        Code.TYPE,
        f"value passed to '{name}' cannot be converted from '{shown}' to '{type_name(target)}'",
        extent,
        suggestion=conversions.conversion_hint(value, target),
    )
