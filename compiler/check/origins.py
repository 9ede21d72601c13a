"""Origins: where a reference points to, and what a view looks into, as far as a function's own code shows it.

Types do not say it here, so each function under construction notes it for its locals: `held` for views (pointers,
spans, iterators, and what contains such), `texts` for strings that are slices in the language though copies here, and
`points` for the addresses that calls returning references give. A path names fields, and in brackets the storage behind
an owner: `p.xs["element"]`. What is not known is left out: `check/dangling.py` refuses nothing on a guess.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check import views
from meshnode.compiler.check.flow import Key
from meshnode.compiler.check.values import Fresh, SignatureParameter, Stored, Value
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body


class Origin(msgspec.Struct, frozen=True):
    """A place in or behind one of the function's variables."""

    root: ir.LocalId
    path: tuple[str, ...] = ()
    """Names of fields, and `["tag"]` for what an owner keeps elsewhere."""

    def within(self, step: str) -> "Origin":
        """Give a part of it."""
        return Origin(self.root, (*self.path, step))


Origins = frozenset[Origin]

NOWHERE: Origins = frozenset()


class Change(msgspec.Struct, frozen=True):
    """What made a reference useless."""

    extent: tree.Extent
    is_move: bool
    """The owner was transferred away, not changed."""


class Looks(msgspec.Struct):
    """What a function's locals look into, noted while it is checked."""

    held: dict[ir.LocalId, Origins] = msgspec.field(default_factory=dict)
    texts: dict[ir.LocalId, Origins] = msgspec.field(default_factory=dict)
    points: dict[ir.LocalId, Origins] = msgspec.field(default_factory=dict)
    readonly: set[ir.LocalId] = msgspec.field(default_factory=set)
    """Views, and addresses of places, through which nothing may be changed."""
    references: dict[Key, Origins] = msgspec.field(default_factory=dict)
    """Of names that `ref` or a loop binds."""
    changes: dict[Key, Change] = msgspec.field(default_factory=dict)
    uses: list[tuple[Key, str, tree.Extent]] = msgspec.field(default_factory=list)
    """All uses of views and references so far, with their names."""
    depths: dict[ir.LocalId, int] = msgspec.field(default_factory=dict)
    """In how many blocks within each other a variable is declared."""
    plain: tree.Expression | None = None
    """A base of which only a field is read that looks nowhere."""

    def copy(self, source: ir.LocalId | None, target: ir.LocalId) -> None:
        """Note that a local looks where another one does."""
        if source is None or source == target:
            return
        for table in (self.held, self.texts, self.points):
            if source in table:
                table[target] = table.get(target, NOWHERE) | table[source]
        if source in self.readonly:
            self.readonly.add(target)


def is_interior(step: str) -> bool:
    """Tell whether a step of a path leaves the owner's own memory."""
    return step.startswith("[")


# ----------------------------------------------------------------------------------------------------------- places


def home_of(place: ir.Place) -> ir.LocalId | None:
    """Give the local in which a place lies, or by whose address it is reached; None if there are several."""
    while not isinstance(place, ir.LocalPlace):
        if isinstance(place, ir.PointeePlace):
            homes = set(_homes(place.pointer))
            return homes.pop() if len(homes) == 1 else None
        place = place.base
    return place.local


def _homes(pointer: ir.Expr) -> Iterator[ir.LocalId | None]:
    match pointer:
        case ir.Load(place) | ir.AddressOf(place):
            yield home_of(place)
        case ir.Convert(operand):
            yield from _homes(operand)
        case ir.Pure(arguments=(first, *_)):
            yield from _homes(first)
        case _:
            yield None


def of_place(body: "Body", place: ir.Place) -> Origins:
    """Give where a place lies."""
    match place:
        case ir.LocalPlace(local):
            return frozenset([Origin(local)])
        case ir.FieldPlace(base, name):
            inner = of_place(body, base)
            if body.checker.types.is_tuple(base.type):
                return inner
            return frozenset(origin.within(name) for origin in inner)
        case ir.ElementPlace(base, index):
            inner = of_place(body, base)
            if _counts(body, index):  # A loop's reference counts as one to the list.
                return inner
            return frozenset(origin.within('["element"]') for origin in inner)
        case ir.PointeePlace(pointer):
            return _pointed(body, pointer)


def _counts(body: "Body", index: ir.Expr) -> bool:
    """Tell whether an index is that of a loop over the elements."""
    match index:
        case ir.Load(ir.LocalPlace(local)):
            return body.locals[local].name.startswith("$i")
        case ir.Binary(left=left, right=right):
            return _counts(body, left) or _counts(body, right)
        case _:
            return False


def _pointed(body: "Body", pointer: ir.Expr) -> Origins:
    match pointer:
        case ir.Load(ir.LocalPlace(local)):
            return body.looks.points.get(local, NOWHERE)
        case ir.AddressOf(place):
            return of_place(body, place)
        case ir.Convert(operand):
            return _pointed(body, operand)
        case ir.Pure(arguments=(first, *_)):
            return _pointed(body, first)
        case _:
            return NOWHERE


# ---------------------------------------------------------------------------------------------------------- content


def content(body: "Body", value: Value) -> Origins:
    """Give what a value looks into."""
    if not isinstance(value, Stored | Fresh):
        return NOWHERE
    home = home_of(value.place)
    if home is None:
        return NOWHERE
    return held_by(body, home, value.place.type)


def held_by(body: "Body", home: ir.LocalId, type_: ir.Type) -> Origins:
    """Give what a local looks into, or a part of it that has some type."""
    if views.looks_elsewhere(body.checker, type_):
        return body.looks.held.get(home, NOWHERE)
    if isinstance(type_, ir.StructType):
        return body.looks.texts.get(home, NOWHERE)
    return NOWHERE


def may_change(body: "Body", owner: Value) -> bool:
    """Tell whether what a value owns, or looks into, may be changed through it."""
    if not isinstance(owner, Stored | Fresh):
        return True
    if views.is_view(body.checker, owner.place.type):
        return home_of(owner.place) not in body.looks.readonly
    return isinstance(owner, Fresh) or owner.is_mutable


def take_argument(body: "Body", local: ir.LocalId, parameter: SignatureParameter) -> None:
    """Note that nothing is changed through an argument like `a: Span[Int, _]`, whose origin may be anything."""
    if body.env.module.is_prelude or not views.is_view(body.checker, parameter.type):
        return
    match parameter.node.annotation:
        case tree.Subscript(arguments=(_, tree.Argument(name=None, value=tree.Name(name="_")))):
            body.looks.readonly.add(local)
        case _:
            pass


def name_of(body: "Body", origin: Origin) -> str:
    """Write an origin as the language does."""
    steps = (step if is_interior(step) else f".{step}" for step in origin.path)
    return body.locals[origin.root].name + "".join(steps)
