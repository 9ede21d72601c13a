"""What a `for` statement goes over: ranges and lists by index, their `enumerate`, `zip`, `reversed`, and iterators.

Whatever can be indexed becomes a counted loop (`ir.ForRange`), whose iterations the loop analysis can tell apart;
`enumerate(zip(xs, range(n)))` is one, too. Only where something has nothing but `__next__`, it becomes a `while` loop
(check_iterators).
"""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import assignments, conversions, expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import arrays
from meshnode.compiler.check.values import (
    Fresh,
    ListItems,
    Scalar,
    Stored,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import OverloadSet
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral

_ZERO, _ONE = ir.Const(ir.INT, 0), ir.Const(ir.INT, 1)


class RangeSource(msgspec.Struct, frozen=True):
    """`range(start, stop, step)`; the numbers are of type `element`, the bounds are Ints."""

    start: ir.Expr
    stop: ir.Expr
    step: ir.Expr
    element: ir.Type


class ListSource(msgspec.Struct, frozen=True):
    """A list's elements, which stay where they are."""

    place: ir.Place
    element: ir.Type
    is_mutable: bool
    count: int | None
    """How many there are, if this is an Array."""
    is_ours: bool
    """The list is a temporary: its elements may be taken away."""


class Enumerated(msgspec.Struct, frozen=True):
    """`enumerate(source, start=first)`."""

    source: "Source"
    first: ir.Expr


class Zipped(msgspec.Struct, frozen=True):
    """`zip(sources…)`."""

    sources: tuple["Source", ...]


class Reversed(msgspec.Struct, frozen=True):
    """`reversed(source)`."""

    source: "Indexable"


class IteratorSource(msgspec.Struct, frozen=True):
    """Anything else: a value that has `__iter__`, or `__next__`."""

    value: Value


Indexable: TypeAlias = RangeSource | ListSource | Enumerated | Zipped | Reversed
"""Counted, unless something inside is an iterator: see `is_counted`."""

Source: TypeAlias = Indexable | IteratorSource

Item: TypeAlias = "Value | tuple[Item, ...]"
"""What an iteration gets: a value, or the parts of a tuple that nobody has put together."""


def source_of(body: Body, node: tree.Expression) -> Source:
    """Evaluate what follows `in`."""
    match node:
        case tree.Call(callee=tree.Name(name=name), arguments=arguments) if (
            name in _ADAPTORS and _is_library_name(body, name)
        ):
            if name != "reversed" or _is_reversible(body, arguments):
                return _adapted(body, node, arguments)
        case _:
            pass
    value = expressions.infer(body, node)
    return _source_of_value(body, value, node)


def element_type(body: Body, value: Value, extent: tree.Extent) -> ir.Type | None:
    """Give the type of what an iteration over a value gives; None if it cannot be iterated over."""

    def found() -> ir.Type | None:
        held = conversions.to_value(body, value, None, extent)
        type_ = conversions.type_of(held)
        numbers = range_element(body, type_)
        if numbers is not None or body.checker.types.is_list(type_):
            return numbers or body.checker.types.element_of(type_)
        parts = arrays.parts_of(body, type_)
        if parts is not None:
            return parts[0]
        iterator = operators.call_dunder(body, "__iter__", held, [], extent)
        if iterator is None:
            return None
        item = operators.call_dunder(body, "__next__", iterator, [], extent)
        return None if item is None else conversions.type_of(item)

    return body.imagine(found)


def is_counted(source: Source) -> bool:
    """Tell whether the number of items is known before the first."""
    match source:
        case IteratorSource():
            return False
        case Enumerated(inner) | Reversed(inner):
            return is_counted(inner)
        case Zipped(sources):
            return all(is_counted(inner) for inner in sources)
        case _:
            return True


_ADAPTORS = ("range", "enumerate", "zip", "reversed")


def _is_library_name(body: Body, name: str) -> bool:
    """Tell whether a name means the library's function."""
    if body.lookup(name) is not None:
        return False
    symbol = body.env.module.names.get(name)
    if isinstance(symbol, OverloadSet):
        return all(function.module.is_prelude for function in symbol.functions)
    return symbol is None


def _is_reversible(body: Body, arguments: Sequence[tree.Argument]) -> bool:
    """Tell, without keeping anything, whether `reversed` of this counts backwards; others have functions for it."""
    if len(arguments) != 1:
        return True
    return body.imagine(lambda: is_counted(source_of(body, arguments[0].value)))


def _taken(name: str) -> int | None:
    """Give how many of the arguments are iterated over (None: all)."""
    return None if name == "zip" else 1


def _adapted(body: Body, node: tree.Call, arguments: Sequence[tree.Argument]) -> Indexable:
    assert isinstance(node.callee, tree.Name)
    positional = [argument.value for argument in arguments if argument.name is None]
    named = {argument.name: argument.value for argument in arguments if argument.name is not None}
    name = node.callee.name
    if name == "range":
        return _range(body, node, arguments)
    if not positional or (named and (name != "enumerate" or set(named) != {"start"})):
        body.env.fail(Code.CALL, f"'{name}' does not take these arguments", node.span)
    sources = [
        _settled(body, source_of(body, argument), argument.span)
        for argument in positional[: _taken(name)]
    ]
    if name == "zip":
        return Zipped(tuple(sources))
    if name == "reversed":
        if len(positional) != 1 or not isinstance(sources[0], RangeSource | ListSource | Reversed):
            body.env.fail(Code.TYPE, "this cannot be reversed", node.span)
        return _reversed(body, sources[0], node.span)
    first = positional[1] if len(positional) > 1 else named.get("start")
    if first is None:
        return Enumerated(sources[0], _ZERO)
    value = expressions.infer(body, first, ir.INT)
    expr = conversions.to_scalar(body, value, ir.INT, first.span)
    return Enumerated(sources[0], body.stable_expr(expr, first.span))


def _settled(body: Body, source: Source, extent: tree.Extent) -> Source:
    """Keep a range's bounds as they are now."""
    if not isinstance(source, RangeSource):
        return source
    return replace(
        source,
        start=body.stable_expr(source.start, extent),
        stop=body.stable_expr(source.stop, extent),
        step=body.stable_expr(source.step, extent),
    )


# ----------------------------------------------------------------------------------------------------------- ranges


def _range(body: Body, node: tree.Expression, arguments: Sequence[tree.Argument]) -> RangeSource:
    if not 1 <= len(arguments) <= 3 or any(argument.name for argument in arguments):  # noqa: PLR2004 - range's forms
        body.env.fail(Code.CALL, "'range' takes one to three positional arguments", node.span)
    nodes = [argument.value for argument in arguments]
    values = expressions.infer_all(body, nodes)
    element: ir.Type = ir.INT
    for value, argument in zip(values, nodes, strict=True):
        if not isinstance(value, IntLiteral):
            found = conversions.to_value(body, value, None, argument.span)
            element = conversions.type_of(found)
            break
    if not isinstance(element, ir.IntType):
        body.env.unsupported(f"a range of '{type_name(element)}'", node.span)
    exprs = [
        _as_int(conversions.to_scalar(body, value, element, argument.span))
        for value, argument in zip(values, nodes, strict=True)
    ]
    if len(exprs) == 1:
        return RangeSource(_ZERO, exprs[0], _ONE, element)
    step = exprs[2] if len(exprs) > 2 else _ONE  # noqa: PLR2004 - range's forms
    if isinstance(step, ir.Const) and step.value == 0:
        body.env.fail(Code.CONSTANT, "the step of a range cannot be 0", node.span)
    return RangeSource(exprs[0], exprs[1], step, element)


def _as_int(expr: ir.Expr) -> ir.Expr:
    if expr.type == ir.INT:
        return expr
    return ir.Const(ir.INT, expr.value) if isinstance(expr, ir.Const) else ir.Convert(expr, ir.INT)


def range_element(body: Body, type_: ir.Type) -> ir.IntType | None:
    """Give the type of a stored range's numbers; None for other types."""
    if not isinstance(type_, ir.StructType):
        return None
    instance = body.checker.types.struct_of(type_)
    symbol = instance.symbol
    if symbol is None or not symbol.module.is_prelude or symbol.node.name.name != "_Range":
        return None
    element = instance.parameters["T"]
    return element if isinstance(element, ir.IntType) else None


# ------------------------------------------------------------------------------------------------------------ lists


def _source_of_value(body: Body, value: Value, node: tree.Expression) -> Source:
    if isinstance(value, ListItems):
        type_ = assignments.list_type_of(body, value.node)
        value = expressions.build_list(body, value.node, type_)
    found = conversions.to_value(body, value, None, node.span)
    type_of_value = conversions.type_of(found)
    numbers = range_element(body, type_of_value)
    if numbers is not None:
        place = conversions.to_place(body, found, type_of_value, node.span)
        start, stop, step = (
            _as_int(ir.Load(ir.FieldPlace(place, name, numbers), numbers))
            for name in ("start", "stop", "step")
        )
        return RangeSource(start, stop, step, numbers)
    element = body.checker.types.element_of(type_of_value)
    count = None
    parts = arrays.parts_of(body, type_of_value)
    if parts is not None:
        element, count = parts
    match found:
        case Stored(place, is_mutable, _) if element is not None:
            place = body.stable(place, node.span)
            return ListSource(place, element, is_mutable, count, is_ours=False)
        case Fresh(place) if element is not None:
            return ListSource(place, element, is_mutable=True, count=count, is_ours=True)
        case _:
            return IteratorSource(found)


def _reversed(body: Body, source: Indexable, extent: tree.Extent) -> Indexable:
    if not isinstance(source, RangeSource):
        return Reversed(source)
    if source.step == _ONE:
        start = _minus(source.stop, _ONE, body.env.span(extent))
        stop = _minus(source.start, _ONE, body.env.span(extent))
        return RangeSource(start, stop, ir.Const(ir.INT, -1), source.element)
    return Reversed(source)


def _minus(left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    return operators.make_binary(ir.BinaryOp.SUB, left, right, span)


# --------------------------------------------------------------------------------------------------------- counting


def count_of(body: Body, source: Source, extent: tree.Extent) -> ir.Expr:
    """Give how many items there are (a negative number for none)."""
    match source:
        case RangeSource(start, stop, step):
            if start == _ZERO and step == _ONE:
                return stop
            bounds: list[Value] = [Scalar(start), Scalar(stop), Scalar(step)]
            count = operators.call_prelude(body, "_range_length", bounds, extent)
            return conversions.to_scalar(body, count, ir.INT, extent)
        case ListSource(count=int(count)):
            return ir.Const(ir.INT, count)
        case ListSource(place):
            return ir.Load(ir.FieldPlace(place, "length", ir.INT), ir.INT)
        case Enumerated(inner) | Reversed(inner):
            return count_of(body, inner, extent)
        case Zipped(sources):
            counts = [body.stable_expr(count_of(body, s, extent), extent) for s in sources]
            least = counts[0]
            for other in counts[1:]:
                is_less = ir.Compare(ir.CompareOp.LT, other, least)
                least = body.stable_expr(ir.Select(is_less, other, least, ir.INT), extent)
            return least
        case IteratorSource():
            raise AssertionError(source)


def item_at(  # noqa: C901 - one case a source
    body: Body, source: Source, index: ir.Expr, count: ir.Expr, span: ir.Span
) -> Item:
    """Give the item of an iteration."""
    match source:
        case RangeSource(start, _, step, element):
            if step != _ONE:
                index = operators.make_binary(ir.BinaryOp.MUL, index, step, span)
            if start != _ZERO:
                index = operators.make_binary(ir.BinaryOp.ADD, start, index, span)
            return Scalar(index if element == ir.INT else ir.Convert(index, element))
        case ListSource(place, element, is_mutable, int()):
            return Stored(arrays.cell(place, element, index), is_mutable)
        case ListSource(place, element, is_mutable):
            return Stored(ir.ElementPlace(place, index, element, span), is_mutable)
        case Enumerated(inner, first):
            number = index
            if first != _ZERO:
                number = operators.make_binary(ir.BinaryOp.ADD, first, index, span)
            return (Scalar(number), item_at(body, inner, index, count, span))
        case Zipped(sources):
            return tuple(item_at(body, inner, index, count, span) for inner in sources)
        case Reversed(inner):
            last = _minus(count, _ONE, span)
            return item_at(body, inner, _minus(last, index, span), count, span)
        case IteratorSource():
            raise AssertionError(source)


def places_of(source: Source) -> list[ir.LocalId | None]:
    """List the variables whose lists are iterated over (None: behind a pointer)."""
    match source:
        case RangeSource():
            return []
        case ListSource(place):
            return [root_local(place)]
        case Enumerated(inner) | Reversed(inner):
            return places_of(inner)
        case Zipped(sources):
            return [root for inner in sources for root in places_of(inner)]
        case IteratorSource():
            return [None]


def is_copied(source: Source) -> bool:
    """Tell whether the items are copies in the language (those of adaptors), not references to elements."""
    return isinstance(source, Enumerated | Zipped)


def is_plain(body: Body, type_: ir.Type) -> bool:
    """Tell whether copying a value of the type shows nowhere but in its cost."""
    if is_scalar(type_):
        return True
    instance = body.checker.types.struct_of(type_)
    parts = [field.type for field in instance.fields]
    if instance.symbol is not None and instance.symbol.module.is_prelude:
        parts = [p for p in instance.parameters.values() if not isinstance(p, ir.Const | Aggregate)]
    elif instance.symbol is not None:
        if "__deinit__" in instance.symbol.methods:
            return False
        for method in instance.symbol.methods.get("__init__", ()):
            if [p.name for p in method.node.parameters if p.name][1:] == ["copy"]:
                return False
    return all(is_plain(body, part) for part in parts)
