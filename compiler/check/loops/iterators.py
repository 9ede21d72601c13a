"""Iterators in loops: what is asked for the next item, rather than counted."""

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.flow import Handler
from meshnode.compiler.check.loops import for_targets, iteration
from meshnode.compiler.check.loops.iteration import (
    Enumerated,
    Item,
    IteratorSource,
    Source,
    Zipped,
)
from meshnode.compiler.check.values import Scalar, Stored, Value, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

HAS_NEXT = "__has_next__"
"""Older Mojo's question before `__next__`; the library's iterators answer it, and `_item` is what comes next."""


class Asked:
    """What a loop that is no counted one goes over."""

    def __init__(self, body: Body, source: Source, extent: tree.Extent) -> None:
        self._body = body
        self._source = source
        self._extent = extent
        self._index: ir.LocalPlace | None = None
        self.flag = body.temporary(ir.BOOL, extent)
        """Whether there is another item."""
        if not isinstance(source, IteratorSource):
            self._index = body.temporary(ir.INT, extent)
            body.assign(self._index, ir.Const(ir.INT, -1), extent)
        self._leaves: dict[int, _Iterator | ir.Expr] = {}
        self._open(source)

    def _open(self, source: Source) -> None:
        """Evaluate iterators and counts once, before the loop."""
        match source:
            case IteratorSource(value):
                place = _iterator(self._body, value, self._extent)
                self._leaves[id(source)] = _Iterator(self._body, place, self.flag, self._extent)
            case Enumerated(inner):
                self._open(inner)
            case Zipped(sources):
                for inner in sources:
                    self._open(inner)
            case _:
                count = iteration.count_of(self._body, source, self._extent)
                self._leaves[id(source)] = self._body.stable_expr(count, self._extent)

    def prepare(self) -> None:
        """Emit what comes before each iteration."""
        if self._index is not None:
            one = ir.Const(ir.INT, 1)
            span = self._body.env.span(self._extent)
            following = operators.make_binary(ir.BinaryOp.ADD, self._position(), one, span)
            self._body.assign(self._index, following, self._extent)
        self._prepare(self._source)

    def _prepare(self, source: Source) -> None:
        """Tell by the flag whether a source has another item."""
        body = self._body
        match source:
            case Enumerated(inner):
                self._prepare(inner)
            case Zipped((first, *others)):
                self._prepare(first)
                for inner in others:
                    block = body.nested(lambda: self._prepare(inner), self._extent)  # noqa: B023 - run at once
                    span = body.env.span(self._extent)
                    body.emit(ir.If(ir.Load(self.flag, ir.BOOL), block, (), span))
            case _:
                leaf = self._leaves[id(source)]
                if isinstance(leaf, _Iterator):
                    leaf.prepare()
                    return
                more = ir.Compare(ir.CompareOp.LT, self._position(), leaf)
                body.assign(self.flag, more, self._extent)

    def _position(self) -> ir.Expr:
        assert self._index is not None
        return ir.Load(self._index, ir.INT)

    def bind(self, node: tree.For, pattern: tree.Target) -> None:
        """Bind the targets, at the start of an iteration."""
        body = self._body
        is_copied = iteration.is_copied(self._source)
        with body.statement(node.span):
            item = self._item(self._source)
            for_targets.bind_next(body, node, pattern, item, is_copied=is_copied)

    def _item(self, source: Source) -> Item:
        match source:
            case Enumerated(inner, first):
                span = self._body.env.span(self._extent)
                add = ir.BinaryOp.ADD
                number = operators.make_binary(add, first, self._position(), span)
                return (Scalar(number), self._item(inner))
            case Zipped(sources):
                return tuple(self._item(inner) for inner in sources)
            case _:
                leaf = self._leaves[id(source)]
                if isinstance(leaf, _Iterator):
                    return leaf.item()
                span = self._body.env.span(self._extent)
                return iteration.item_at(self._body, source, self._position(), leaf, span)


class _Iterator:
    """One iterator: `__next__` until it raises, or while `__has_next__` says so."""

    def __init__(
        self, body: Body, iterator: ir.LocalPlace, flag: ir.LocalPlace, extent: tree.Extent
    ) -> None:
        self._body = body
        self._extent = extent
        self._iterator = Stored(iterator, is_mutable=True)
        methods = body.checker.types.methods_of(iterator.type)
        self._has_test = HAS_NEXT in methods
        self._next_name = "_item" if self._has_test and "_item" in methods else "__next__"
        self._next_item: Value | None = None
        self._outer = body.temporaries
        self._flag = flag

    def prepare(self) -> None:
        """Emit what comes before each iteration."""
        if self._has_test:
            found = self._call(HAS_NEXT)
            more = conversions.to_scalar(self._body, found, ir.BOOL, self._extent)
            self._body.assign(self._flag, more, self._extent)
        else:
            self._attempt()

    def item(self) -> Value:
        """Give the next item, at the start of an iteration, for which it lives."""
        if self._next_item is not None:
            return self._next_item
        body = self._body
        inner, body.temporaries = body.temporaries, body.declared
        try:
            return self._call(self._next_name)
        finally:
            body.temporaries = inner

    def _attempt(self) -> None:
        body, span = self._body, self._body.env.span(self._extent)
        handler = Handler([])
        body.handlers.append(handler)
        block, self._next_item = body.collect(self._next)
        body.handlers.pop()
        if handler.error is None or handler.error.struct != "StopIteration":
            body.env.unsupported("a '__next__' that does not raise 'StopIteration'", self._extent)
        error = body.temporary(handler.error, self._extent)
        stop = ir.Assign(self._flag, ir.Const(ir.BOOL, value=False), span)
        go = ir.Assign(self._flag, ir.Const(ir.BOOL, value=True), span)
        body.emit(ir.Try(tuple(block), error.local, (stop,), (go,), span))

    def _next(self) -> Value:
        # What `__next__` gives lives as long as the loop; the iteration moves it out.
        body = self._body
        inner, body.temporaries = body.temporaries, self._outer
        try:
            return self._call("__next__")
        finally:
            body.temporaries = inner

    def _call(self, name: str) -> Value:
        found = operators.call_dunder(self._body, name, self._iterator, [], self._extent)
        assert found is not None
        return found


def iterator_of(body: Body, value: Value, extent: tree.Extent) -> Value:
    """Give `iter(value)`."""
    type_ = conversions.type_of(value)
    if "__iter__" in body.checker.types.methods_of(type_):
        found = operators.call_dunder(body, "__iter__", value, [], extent)
        assert found is not None
        return found
    if "__next__" not in body.checker.types.methods_of(type_):
        if _is_of_library(body, type_):
            body.env.unsupported(f"a loop over '{type_name(type_)}'", extent)
        body.env.fail(
            Code.TYPE, f"'{type_name(type_)}' does not implement the '__iter__' method", extent
        )
    return value


def _iterator(body: Body, value: Value, extent: tree.Extent) -> ir.LocalPlace:
    """Give the iterator of a value as a local that lives as long as the loop."""
    return conversions.take_over(body, iterator_of(body, value, extent), extent)


def _is_of_library(body: Body, type_: ir.Type) -> bool:
    if not isinstance(type_, ir.StructType):
        return False
    symbol = body.checker.types.struct_of(type_).symbol
    return symbol is not None and symbol.module.is_prelude
