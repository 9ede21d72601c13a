"""The targets of `for` loops and comprehensions: names for items, and for the parts of tuples."""

from collections.abc import Iterator, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, dangling
from meshnode.compiler.check.body import Body, State, Variable
from meshnode.compiler.check.loops import iteration
from meshnode.compiler.check.loops.iteration import Indexable, Item, ListSource
from meshnode.compiler.check.values import (
    Fresh,
    Stored,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree, tree_walk


def pattern_of(targets: Sequence[tree.Target], extent: tree.Extent) -> tree.Target:
    """Give a loop's targets as one."""
    return targets[0] if len(targets) == 1 else tree.NestedTarget(extent, tuple(targets))


def names_of(pattern: tree.Target) -> Iterator[tree.Name]:
    """List the names that a target binds."""
    match pattern:
        case tree.Name():
            yield pattern
        case tree.ReferenceTarget(name=name):
            yield name
        case tree.NestedTarget(targets=targets):
            for target in targets:
                yield from names_of(target)


def bind_item(
    body: Body,
    node: tree.For,
    pattern: tree.Target,
    item: Item,
    source: Indexable,
    roots: Sequence[ir.LocalId | None],
) -> None:
    """Bind an iteration's item, at the start of the loop's body."""
    takes = isinstance(source, ListSource) and source.is_ours
    copies = iteration.is_copied(source)
    is_written = copies and _is_written(body, node, roots)
    targets = _Targets(body, node.convention, takes=takes, copies=copies, is_written=is_written)
    targets.bind(pattern, item)


def bind_next(
    body: Body, node: tree.For, pattern: tree.Target, item: Item, *, is_copied: bool
) -> None:
    """Bind what iterators gave."""
    takes = isinstance(item, Fresh)
    if isinstance(item, Fresh) and isinstance(pattern, tree.NestedTarget):
        item = _kept(body, item, pattern.span)
    _Targets(body, node.convention, takes=takes, copies=is_copied, is_written=is_copied).bind(
        pattern, item
    )


def _kept(body: Body, item: Fresh, extent: tree.Extent) -> Value:
    """Move what is taken apart into a variable of the iteration."""
    local = body.new_local(f"$t{len(body.locals)}", item.place.type, extent)
    body.declared.append(local)
    target = ir.LocalPlace(local, item.place.type)
    conversions.store(body, target, item, extent, is_new=True)
    return Stored(target, is_mutable=True)


def _is_written(body: Body, node: tree.For, roots: Sequence[ir.LocalId | None]) -> bool:
    """Tell whether a loop's body may change one of these variables: whether it mentions them at all."""
    if None in roots:
        return True
    mentioned = {n.name for n in tree_walk.nodes_in(node.body, tree.Name)}
    for scope in body.scopes:
        for name, binding in scope.items():
            if isinstance(binding, Variable) and name in mentioned:
                root = root_local(binding.place)
                if root is None or root in roots:
                    return True
    return False


class _Targets:
    """How the targets of one loop are bound."""

    def __init__(
        self, body: Body, convention: str | None, *, takes: bool, copies: bool, is_written: bool
    ) -> None:
        self._body = body
        self._convention = convention
        self._takes = takes
        """The item is ours: it may be taken away rather than copied."""
        self._copies = copies
        """The item is a copy in the language; it is made where anybody could tell the difference."""
        self._is_written = is_written
        """The loop may change what the item comes from."""

    def bind(self, pattern: tree.Target, item: Item) -> None:
        """Bind a pattern to an item."""
        match pattern:
            case tree.Name():
                self._bind_name(pattern, item)
            case tree.ReferenceTarget(name=name):
                self._bind_name(name, item)
            case tree.NestedTarget(targets=targets):
                parts = self._parts(pattern, item)
                if len(parts) != len(targets):
                    self._body.env.fail(
                        Code.TYPE,
                        f"expected {len(targets)} values, found {len(parts)}",
                        pattern.span,
                    )
                for target, part in zip(targets, parts, strict=True):
                    self.bind(target, part)

    def _parts(self, pattern: tree.Target, item: Item) -> Sequence[Item]:
        if isinstance(item, tuple):
            return item
        found = conversions.to_value(self._body, item, None, pattern.span)
        type_ = conversions.type_of(found)
        if not self._body.checker.types.is_tuple(type_):
            message = f"'{type_name(type_)}' cannot be unpacked"
            self._body.env.fail(Code.TYPE, message, pattern.span)
        place = conversions.to_place(self._body, found, type_, pattern.span)
        is_mutable = isinstance(found, Fresh) or (isinstance(found, Stored) and found.is_mutable)
        return [
            Stored(ir.FieldPlace(place, field.name, field.type), is_mutable)
            for field in self._body.checker.types.fields_of(type_)
        ]

    def _bind_name(self, name: tree.Name, item: Item) -> None:
        if isinstance(item, tuple):
            item = self._joined(name, item)
        match item:
            case Stored(place, is_mutable, _) if not self._must_own(place.type):
                mutable = is_mutable and self._convention == "ref"
                why = f"write 'for ref {name.name} in …' to change the elements"
                reference = dangling.bound(self._body, place, place)
                self._body.bind(name.name, Variable(place, mutable, None, why, reference))
            case _:
                self._declare(name, item)

    def _must_own(self, type_: ir.Type) -> bool:
        if self._convention == "var":
            return True
        if not self._copies:
            return False
        return self._is_written or not iteration.is_plain(self._body, type_)

    def _declare(self, name: tree.Name, item: Value) -> None:
        """Give the iteration a variable of its own."""
        body = self._body
        with body.statement(name.span):
            found = conversions.to_value(body, item, None, name.span)
            type_ = conversions.type_of(found)
            if name.name == "_" and is_scalar(type_):
                return
            mutable = self._convention in ("var", "ref")
            place = body.declare(name, type_, State.FULL, is_mutable=mutable)
            if not mutable:
                body.fixed.add(place.local)
            if isinstance(found, Stored) and not is_scalar(type_):
                found = self._owned(found.place, name.span)
            conversions.store(body, place, found, name.span, is_new=True)

    def _owned(self, place: ir.Place, extent: tree.Extent) -> Value:
        body = self._body
        if not self._takes:
            return Fresh(conversions.copy_value(body, place, extent))
        target = body.temporary(place.type, extent)
        span = body.env.span(extent)
        is_owned = body.checker.types.is_owned(place.type)
        body.emit(ir.Move(target, place, span) if is_owned else ir.CopyBits(target, place, span))
        return Fresh(target)

    def _joined(self, name: tree.Name, parts: Sequence[Item]) -> Value:
        """Put a tuple together that has one name."""
        body = self._body
        values = [self._joined(name, part) if isinstance(part, tuple) else part for part in parts]
        found = [conversions.to_value(body, value, None, name.span) for value in values]
        type_ = body.checker.types.tuple_type([conversions.type_of(v) for v in found])
        # The tuple lives as long as the iteration.
        outer, body.temporaries = body.temporaries, body.declared
        try:
            target = body.temporary(type_, name.span)
        finally:
            body.temporaries = outer
        with body.statement(name.span):
            for part, field in zip(found, body.checker.types.fields_of(type_), strict=True):
                value = part
                if isinstance(part, Stored) and not is_scalar(field.type):
                    value = Fresh(conversions.copy_value(body, part.place, name.span))
                place = ir.FieldPlace(target, field.name, field.type)
                conversions.store(body, place, value, name.span, is_new=True)
        return Stored(target, is_mutable=True)
