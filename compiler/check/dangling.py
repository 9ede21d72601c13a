"""References and views that dangle: refused where they are used after their owner was changed or transferred away.

The rule is the language's: a change of an owner makes useless what points into the storage *behind* it, which it may
move or free (`a.append` after `ref r = a[0]`); what points to the owner itself stays good. Only uses are refused, on
the ways of control that come from the change; see `flow.py`.
"""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import origins, views
from meshnode.compiler.check.flow import Key, State
from meshnode.compiler.check.origins import NOWHERE, Change, Origin, Origins
from meshnode.compiler.check.values import Fresh, Stored, Value, is_scalar
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body, Variable
    from meshnode.compiler.check.flow import Flow

_MARK = "$view"
"""The field of a key that stands for what a local looks into."""


def key_of(local: ir.LocalId) -> Key:
    """Give the key under which flow knows what a local looks into."""
    return (local, _MARK)


def is_key(key: Key) -> bool:
    """Tell whether a key of flow is of this kind."""
    return isinstance(key, tuple) and key[1] == _MARK


# ------------------------------------------------------------------------------------------------------------- made


def stored(body: "Body", place: ir.Place, value: Value, *, is_new: bool) -> None:
    """Note that a variable, or a part of one, holds a view from here on.

    A string is a slice where a declaration says no type: elsewhere a copy of its text is meant.
    """
    if body.env.module.is_prelude:
        return
    found = origins.content(body, value)
    home = origins.home_of(place)
    _note_readonly(body, place, value)
    if not found or home is None or is_scalar(place.type):
        return
    looks = body.looks
    is_view = bool(_held(body, value))
    is_new_text = isinstance(place, ir.LocalPlace) and is_new
    if not (is_view or is_new_text or body.locals[home].name.startswith("$")):
        return
    table = looks.held if is_view else looks.texts
    table[home] = found | (
        NOWHERE if isinstance(place, ir.LocalPlace) else table.get(home, NOWHERE)
    )
    body.set_state(key_of(home), State.FULL)


def _note_readonly(body: "Body", place: ir.Place, value: Value) -> None:
    if isinstance(place, ir.LocalPlace) and views.is_view(body.checker, place.type):
        if origins.may_change(body, value):
            body.looks.readonly.discard(place.local)
        else:
            body.looks.readonly.add(place.local)


def declared(body: "Body", place: ir.LocalPlace, annotation: tree.Expression | None) -> None:
    """Note that a variable with a type that is named is no slice of text."""
    if isinstance(annotation, tree.Name):
        body.looks.texts.pop(place.local, None)


def _held(body: "Body", value: Value) -> Origins:
    assert isinstance(value, Stored | Fresh)
    home = origins.home_of(value.place)
    return NOWHERE if home is None else body.looks.held.get(home, NOWHERE)


def bound(body: "Body", place: ir.Place, stable: ir.Place) -> Key | None:
    """Note that a name means a place, and give the key of its reference; None if it cannot dangle."""
    if body.env.module.is_prelude or isinstance(place, ir.LocalPlace):
        return None
    home = origins.home_of(stable)
    if home is not None:
        body.looks.copy(origins.home_of(place), home)
    found = origins.of_place(body, place)
    if not found:
        return None
    key = (ir.LocalId(-1 - len(body.looks.references)), _MARK)
    body.looks.references[key] = found
    body.set_state(key, State.FULL)
    return key


# ---------------------------------------------------------------------------------------------------------- changed


def changed(body: "Body", place: ir.Place, extent: tree.Extent) -> None:
    """Note that a place has another value, or was given away to be changed."""
    if body.env.module.is_prelude or body.flow is None:
        return
    targets = origins.of_place(body, place)
    for key, found in _all(body):
        if any(_is_behind(origin, target) for origin in found for target in targets):
            _spoil(body, key, Change(extent, is_move=False))


def moved(body: "Body", variable: ir.LocalId, extent: tree.Extent) -> None:
    """Note that a variable was transferred away."""
    if body.env.module.is_prelude or body.flow is None:
        return
    for key, found in _all(body):
        if any(origin.root == variable for origin in found):
            _spoil(body, key, Change(extent, is_move=True))


def filled(body: "Body", variable: ir.LocalId) -> None:
    """Note that a variable holds something again: what pointed to itself is good again."""
    if body.flow is None:
        return
    for key, found in _all(body):
        change = body.looks.changes.get(key)
        is_behind = any(origins.is_interior(step) for origin in found for step in origin.path)
        is_of = any(origin.root == variable for origin in found)
        if is_of and not is_behind and change is not None and change.is_move:
            body.flow[key] = State.FULL


def _all(body: "Body") -> list[tuple[Key, Origins]]:
    looks = body.looks
    found = list(looks.references.items())
    found += [(key_of(local), held) for local, held in looks.held.items()]
    return found + [(key_of(local), held) for local, held in looks.texts.items()]


def _is_behind(origin: Origin, owner: Origin) -> bool:
    """Tell whether a place lies in storage that a changed owner keeps elsewhere."""
    depth = len(owner.path)
    return (
        origin.root == owner.root
        and origin.path[:depth] == owner.path
        and any(map(origins.is_interior, origin.path[depth:]))
    )


def _spoil(body: "Body", key: Key, change: Change) -> None:
    assert body.flow is not None
    if body.flow.get(key, State.FULL) is State.FULL:
        body.looks.changes[key] = change
    body.flow[key] = State.STALE


# ------------------------------------------------------------------------------------------------------------- used


def use(body: "Body", variable: "Variable", node: tree.Name) -> None:
    """Check that what a name means, or looks into, is still there."""
    looks = body.looks
    if variable.reference is not None:
        _use(body, variable.reference, node)
    if not (looks.held or looks.texts) or node is looks.plain:
        return
    home = origins.home_of(variable.place)
    if home is not None and origins.held_by(body, home, variable.place.type):
        _use(body, key_of(home), node)


def read_part(body: "Body", node: tree.Attribute) -> None:
    """Note before `x.field` is evaluated that of a view only a part is used that looks nowhere."""
    binding = body.lookup(node.base.name) if isinstance(node.base, tree.Name) else None
    place = getattr(binding, "place", None)  # of a variable
    if place is None or not isinstance(place.type, ir.StructType):
        return
    field = body.checker.types.struct_of(place.type).field_type(node.name)
    if field is not None and not views.looks_elsewhere(body.checker, field):
        body.looks.plain = node.base


def _use(body: "Body", key: Key, node: tree.Name) -> None:
    body.looks.uses.append((key, node.name, node.span))
    if body.flow is not None and body.flow.get(key, State.FULL) is not State.FULL:
        body.flow[key] = State.FULL
        _refuse(body, key, node.name, node.span)


def check_loop(body: "Body", first: int, start: "Flow", back: "Flow", assigned: set[Key]) -> None:
    """Refuse what an iteration uses and leaves useless for the next one; `first` counts the uses before the loop."""
    for key, name, extent in body.looks.uses[first:]:
        is_kept = start.get(key) is State.FULL and key not in assigned
        if is_kept and back.get(key, State.FULL) is not State.FULL:
            back[key] = State.FULL
            _refuse(body, key, name, extent)


def _refuse(body: "Body", key: Key, name: str, extent: tree.Extent) -> None:
    looks = body.looks
    change = looks.changes[key]
    assert isinstance(key, tuple)
    found = looks.references.get(key) or looks.held.get(key[0]) or looks.texts[key[0]]
    origin = min(found, key=lambda o: (not any(map(origins.is_interior, o.path)), o.root, o.path))
    shown, owner = origins.name_of(body, origin), body.locals[origin.root].name
    done = "transferred away" if change.is_move else "changed"
    why = "is with its new owner" if change.is_move else "may be elsewhere, or freed"
    body.env.fail(
        Code.OWNERSHIP,
        f"use of '{name}', which refers to '{shown}', after '{owner}' was {done}",
        extent,
        notes=(
            Note(
                f"'{owner}' was {done} here: what '{name}' refers to {why}",
                body.env.span(change.extent),
            ),
        ),
        suggestion=f"use it before that, take it from '{owner}' again after it, or keep a copy instead",
    )


# ---------------------------------------------------------------------------------------------------------- outlive


def check_kept(body: "Body", place: ir.Place, value: Value, extent: tree.Extent) -> None:
    """Refuse to keep a view in a variable that lives longer than what it looks into."""
    if body.env.module.is_prelude or not isinstance(place, ir.LocalPlace):
        return
    depth = body.looks.depths.get(place.local)
    if depth is None:
        return
    for origin in origins.content(body, value):
        if _held(body, value) and body.looks.depths.get(origin.root, 0) > depth:
            _refuse_longer(body, body.locals[place.local].name, origin, extent)


def check_returned(body: "Body", value: Value, extent: tree.Extent) -> None:
    """Refuse to return a view of what ends with the function."""
    if body.env.module.is_prelude or not isinstance(value, Stored | Fresh):
        return
    for origin in _held(body, value) and origins.content(body, value):
        if origin.root in body.own and not body.locals[origin.root].name.startswith("$"):
            _refuse_longer(body, "the result", origin, extent)


def _refuse_longer(body: "Body", what: str, origin: Origin, extent: tree.Extent) -> None:
    name = body.locals[origin.root].name
    body.env.fail(
        Code.OWNERSHIP,
        f"{what if what.startswith('the ') else repr(what)} would refer to '{name}', which ends before it",
        extent,
        notes=(Note(f"'{name}' is declared here", body.locals[origin.root].span),),
        suggestion="keep a copy of what is there instead",
    )
