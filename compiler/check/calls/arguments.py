"""Which argument goes to which parameter: by position, by name, gathered by `*args` and `**kwargs`; no types here."""

from collections.abc import Mapping, Sequence

import msgspec

from meshnode.compiler.check.values import Env, Given
from meshnode.compiler.diagnostic import Code, counted
from meshnode.compiler.names import name_hints
from meshnode.compiler.parse import tree


class Gathered(msgspec.Struct, frozen=True):
    """The arguments that one variadic parameter takes."""

    items: tuple[Given, ...]


Bound = Mapping[str, Given | Gathered]
"""By parameter, what was given for it; defaults are not in it."""


class _Places(msgspec.Struct, frozen=True):
    """A function's parameters, sorted by how they may be given."""

    positional: tuple[tree.FunctionParameter, ...]
    named: Mapping[str, tree.FunctionParameter]
    star: str | None
    double_star: str | None
    required: tuple[str, ...]


def bind(env: Env, node: tree.Function, given: Sequence[Given], extent: tree.Extent) -> Bound:
    """Match arguments with a function's parameters; raises CheckFailed if they do not fit."""
    places = _places(node)
    positional, rest = _by_position(env, node, places, [g for g in given if g[0] is None])
    bound: dict[str, Given | Gathered] = dict(positional)
    others: list[Given] = []
    for argument in given:
        keyword, _, place = argument
        if keyword is None:
            continue
        if keyword not in places.named:
            if places.double_star is None:
                _refuse_keyword(env, node, keyword, place)
            others.append(argument)
            continue
        if keyword in bound:
            env.fail(Code.CALL, f"argument '{keyword}' is given twice", place)
        bound[keyword] = argument
    missing = [parameter for parameter in places.required if parameter not in bound]
    if missing:
        shown = ", ".join(f"'{item}'" for item in missing)
        env.fail(Code.CALL, f"'{node.name.name}' misses its argument {shown}", extent)
    if places.star is not None:
        bound[places.star] = Gathered(tuple(rest))
    if places.double_star is not None:
        bound[places.double_star] = Gathered(tuple(others))
    return bound


def _by_position(
    env: Env, node: tree.Function, places: _Places, given: Sequence[Given]
) -> tuple[Mapping[str, Given], Sequence[Given]]:
    """Give the arguments by position, and those beyond the last parameter, which `*args` takes."""
    count = len(places.positional)
    rest = given[count:]
    if rest and places.star is None:
        name = node.name.name
        message = f"'{name}' takes at most {counted(count, 'positional argument')}"
        env.fail(Code.CALL, message, rest[0][2])
    pairs = zip(places.positional, given, strict=False)
    return {parameter.name: argument for parameter, argument in pairs}, rest


def _places(node: tree.Function) -> _Places:
    positional: list[tree.FunctionParameter] = []
    named: dict[str, tree.FunctionParameter] = {}
    star = double_star = None
    is_keyword_only = False
    for parameter in node.parameters:
        match parameter.kind:
            case "star":
                is_keyword_only = True
                star = parameter.name or None
            case "double_star":
                double_star = parameter.name
            case "slash":
                named.clear()
            case _:
                if parameter.convention == "out":
                    continue
                named[parameter.name] = parameter
                if not is_keyword_only:
                    positional.append(parameter)
    every = {p.name: p for p in (*positional, *named.values())}
    required = tuple(name for name, parameter in every.items() if parameter.default is None)
    return _Places(tuple(positional), named, star, double_star, required)


def _refuse_keyword(env: Env, node: tree.Function, keyword: str, place: tree.Extent) -> None:
    name = node.name.name
    if any(p.name == keyword and p.kind == "normal" for p in node.parameters):
        message = f"argument '{keyword}' of '{name}' can only be given by position"
        env.fail(Code.CALL, message, place)
    names = [p.name for p in node.parameters if p.kind == "normal" and p.name != "self"]
    env.fail(
        Code.CALL,
        f"'{name}' has no argument named '{keyword}'",
        place,
        suggestion=name_hints.did_you_mean(keyword, names),
    )
