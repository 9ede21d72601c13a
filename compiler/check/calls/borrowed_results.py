"""What a call's result looks into, or where the reference points that it gives: told by the callee's declaration.

The library says with `@__interior("tag")` that a result lies in what the first argument owns; its other views look
where the arguments do. The program's functions say it in their types, as the language wants them to: by origins and by
parameters that stand both in the result and in an argument. Nothing is said where neither tells.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import origins, views
from meshnode.compiler.check.calls.arguments import Gathered
from meshnode.compiler.check.calls.overloads import Match
from meshnode.compiler.check.exclusive import Passed
from meshnode.compiler.check.origins import NOWHERE, Origins
from meshnode.compiler.check.types.signatures import decorator_text
from meshnode.compiler.check.values import Fresh, Given, SignatureParameter, Stored, Value
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.tree_walk import nodes_in

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body

_READS_ONLY = "__unsafe_nested_origins_read_only"
"""The decorator of functions that leave alone what their `ref` arguments own elsewhere."""

_ANY_ORIGIN = ("AnyOrigin", "UntrackedOrigin", "ExternalOrigin", "StaticConstantOrigin")

_MUTABLE = frozenset(["unsafe_mut_cast", "unsafe_origin_cast"])
"""Methods whose results may be used for changes whatever they come from."""

_Pair = tuple[SignatureParameter, Value]


def note(body: "Body", match_: Match, target: ir.LocalPlace | None) -> None:
    """Note for a call that was emitted what its result, and what it was put into, look into."""
    pairs = _pairs(match_)
    node = match_.symbol.node
    if match_.symbol.module.is_prelude:
        _note_absorbed(body, pairs, is_append=node.name.name == "append")
    is_untracked = any(
        isinstance(d, tree.Name) and d.name == "__untracked" for d in node.decorators
    )
    if target is None or is_untracked:
        return
    tag = decorator_text(node, "__interior")
    if tag is None and not views.looks_elsewhere(body.checker, target.type):
        return
    if match_.symbol.module.is_prelude:
        found = _of_library(body, pairs, tag, target.type)
    else:
        found = _of_program(body, match_, pairs)
    if found:
        _keep(body, target, found, pairs)
    is_frozen = match_.symbol.module.is_prelude and pairs and node.name.name not in _MUTABLE
    if is_frozen and not origins.may_change(body, pairs[0][1]):
        body.looks.readonly.add(target.local)


def _keep(body: "Body", target: ir.LocalPlace, found: Origins, pairs: Sequence[_Pair]) -> None:
    looks = body.looks
    if not isinstance(target.type, ir.PointerType):
        is_view = views.looks_elsewhere(body.checker, target.type)
        (looks.held if is_view else looks.texts)[target.local] = found
        return
    looks.points[target.local] = found
    inner = NOWHERE.union(*(origins.content(body, value) for _, value in pairs))
    if inner:
        is_view = views.looks_elsewhere(body.checker, target.type.pointee)
        (looks.held if is_view else looks.texts)[target.local] = inner


def reads_only(match_: Match, argument: Passed) -> bool:
    """Tell whether the callee says that an argument which it may change keeps what it owns elsewhere."""
    return argument.parameter.node.convention == "ref" and any(
        isinstance(decorator, tree.Name) and decorator.name == _READS_ONLY
        for decorator in match_.symbol.node.decorators
    )


def release(body: "Body", made: Value, written: tree.Expression) -> None:
    """Note that nobody watches what a value looks into whose type is written with an origin that says so."""
    if isinstance(made, Fresh) and is_untracked(written):
        body.looks.held.pop(made.place.local, None)


def is_untracked(written: tree.Expression) -> bool:
    """Tell whether a type names an origin that stands for anything, or for nothing."""
    names = [name.name for name in nodes_in(written, tree.Name)]
    return any(name.endswith(_ANY_ORIGIN) for name in names)


def _pairs(match_: Match) -> list[_Pair]:
    pairs: list[_Pair] = []
    for parameter, given in zip(match_.signature.parameters, match_.arguments, strict=True):
        items: Sequence[Given] = ()
        if isinstance(given, Gathered):
            items = given.items
        elif given is not None:
            items = (given,)
        pairs += [(parameter, value) for _, value, _ in items]
    return pairs


# ---------------------------------------------------------------------------------------------------------- library


def _note_absorbed(body: "Body", pairs: Sequence[_Pair], *, is_append: bool) -> None:
    """Let a container that takes a view over look where that does."""
    if not pairs or pairs[0][0].passing is not ir.Passing.MUTATE:
        return
    container = pairs[0][1]
    if not isinstance(container, Stored | Fresh):
        return
    home = origins.home_of(container.place)
    if home is None or views.is_view(body.checker, container.place.type):
        return
    holds_views = views.looks_elsewhere(body.checker, container.place.type)
    is_display = is_append and body.locals[home].name.startswith("$t")
    if not holds_views and not is_display:
        return
    table = body.looks.held if holds_views else body.looks.texts
    for _, value in pairs[1:]:
        found = origins.content(body, value)
        if found:
            table[home] = table.get(home, NOWHERE) | found


def _of_library(body: "Body", pairs: Sequence[_Pair], tag: str | None, result: ir.Type) -> Origins:
    if tag is not None and pairs:
        return _behind(body, pairs[0][1], tag)
    found = NOWHERE
    for number, (parameter, value) in enumerate(pairs):
        if not isinstance(value, Stored | Fresh):
            continue
        inner = origins.content(body, value)
        is_owner = number == 0 and parameter.passing is not ir.Passing.OWNED
        is_owner = is_owner and parameter.passing is not ir.Passing.VALUE
        if parameter.node.convention == "ref":
            found |= origins.of_place(body, value.place)
        elif views.looks_elsewhere(body.checker, value.place.type):
            is_reference = isinstance(result, ir.PointerType) and is_owner
            if is_reference and not views.is_view(body.checker, value.place.type):
                found |= origins.of_place(body, value.place)
            else:
                found |= inner
        elif is_owner:
            found |= inner or origins.of_place(body, value.place)
    return found


def _behind(body: "Body", owner: Value, tag: str) -> Origins:
    """Give the storage that an owner keeps elsewhere; of a slice, where that looks."""
    if not isinstance(owner, Stored | Fresh):
        return NOWHERE
    if views.is_view(body.checker, owner.place.type):
        return origins.content(body, owner)
    home = origins.home_of(owner.place)
    if home in body.looks.texts and not views.looks_elsewhere(body.checker, owner.place.type):
        return body.looks.texts[home]
    return frozenset(origin.within(f'["{tag}"]') for origin in origins.of_place(body, owner.place))


# ---------------------------------------------------------------------------------------------------------- program


def _of_program(body: "Body", match_: Match, pairs: Sequence[_Pair]) -> Origins:
    """Read the origins that a result's type names, and those behind the parameters that it shares with arguments."""
    node = match_.symbol.node
    struct = match_.symbol.struct
    own = {p.name for p in struct.node.type_parameters} if struct is not None else set()
    declared = {p.name for p in node.type_parameters} | own
    result = node.result
    named = own if result is None else _named(result, declared, own)
    found = _written(body, result, pairs) if result is not None else NOWHERE
    for parameter, value in pairs:
        annotation = parameter.node.annotation
        shared = own if annotation is None else _named(annotation, declared, own)
        if shared & named:
            found |= origins.content(body, value)
        if parameter.node.convention == "ref" and isinstance(value, Stored | Fresh):
            written = frozenset[str]().union(
                *(_named(origin, declared, own) for origin in parameter.node.origins)
            )
            if written & named:
                found |= origins.of_place(body, value.place)
    return found


def _named(node: tree.Expression, declared: set[str], own: set[str]) -> set[str]:
    """List the parameters in square brackets that a type mentions."""
    names = {name.name for name in nodes_in(node, tree.Name)}
    found = names & declared
    found |= {a.name for a in nodes_in(node, tree.Attribute) if a.name in own}
    return found | own if _means_self(node, names) else found


def _means_self(node: tree.Expression, names: set[str]) -> bool:
    attributes = [a.base for a in nodes_in(node, tree.Attribute)]
    selfs = [n for n in nodes_in(node, tree.Name) if n.name == "Self"]
    return "Self" in names and len(selfs) > len([b for b in attributes if b in selfs])


def _written(body: "Body", result: tree.Expression, pairs: Sequence[_Pair]) -> Origins:
    """Give the places that a result's type names as its origin."""
    values = {parameter.name: value for parameter, value in pairs}
    found = NOWHERE
    for node in _origin_nodes(result):
        found |= _place_named(body, node, values)
    return found


def _origin_nodes(result: tree.Expression) -> Iterator[tree.Expression]:
    if isinstance(result, tree.ReferenceType):
        yield from (o for o in result.origins if not isinstance(o, tree.Call))
    for subscript in nodes_in(result, tree.Subscript):
        if isinstance(subscript.base, tree.Attribute) and subscript.base.name == (
            "_get_owned_interior"
        ):
            yield subscript
            return
    for call in nodes_in(result, tree.Call):
        if isinstance(call.callee, tree.Name) and call.callee.name == "origin_of":
            yield from (argument.value for argument in call.arguments)


def _place_named(body: "Body", node: tree.Expression, values: dict[str, Value]) -> Origins:
    match node:
        case tree.Name(name=name):
            value = values.get(name)
            if isinstance(value, Stored | Fresh):
                return origins.of_place(body, value.place)
        case tree.Attribute(base=tree.Name(name=name), name="origin") if name in values:
            return origins.content(body, values[name])
        case tree.Attribute(base=base, name=name):
            return frozenset(o.within(name) for o in _place_named(body, base, values))
        case tree.Subscript(
            base=tree.Attribute(base=base, name="_get_owned_interior"),
            arguments=(tree.Argument(value=tree.String(value=tag)),),
        ):
            inner = _place_named(body, base, values)
            return frozenset(o.within(f'["{tag}"]') for o in inner)
        case tree.Call(callee=tree.Name(name="origin_of"), arguments=(argument,)):
            return _place_named(body, argument.value, values)
        case _:
            pass
    return NOWHERE
