"""Slices: `xs[a:b]` views, `xs[a:b:c]` copies, `text[byte=a:b]`, and slices as values for `__getitem__`."""

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, displays, expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls
from meshnode.compiler.check.values import Functions, Given, Scalar, TypeName, Value
from meshnode.compiler.names.symbols import StructSymbol
from meshnode.compiler.parse import tree

_VIEWED = ("List", "Array", "Span")


def slice_of(node: tree.Subscript, keyword: str | None) -> tree.Slice | None:
    """Give the slice that is a subscript's only argument, if it has that keyword."""
    if len(node.arguments) != 1 or node.arguments[0].name != keyword:
        return None
    value = node.arguments[0].value
    return value if isinstance(value, tree.Slice) else None


def subscript(body: Body, node: tree.Subscript, owner: Value, symbol: StructSymbol) -> Value | None:
    """Give a slice of one of the library's sequences; None if this is something else."""
    name = symbol.node.name.name
    if not symbol.module.is_prelude:
        return None
    if name == "String":
        found = slice_of(node, "byte")
        if found is None:
            return None
        if found.step is not None:
            body.env.unsupported("slices of strings with a step", node.span)
        return _view(body, node, owner, found)
    if name not in _VIEWED:
        return None
    found = slice_of(node, None)
    if found is None:
        return None
    if found.step is None:
        return _view(body, node, owner, found)
    given = [owner, value_of(body, found)]
    return operators.call_prelude(body, "_strided_slice", given, node.span)


def _view(body: Body, node: tree.Subscript, owner: Value, found: tree.Slice) -> Value:
    start, stop = (_bound(body, bound) for bound in (found.start, found.stop))
    span = body.env.span((*node.base.span[2:], *node.span[2:]))
    file = span.file.encode()
    given: list[Value] = [
        owner,
        Scalar(start),
        Scalar(stop),
        Scalar(ir.Const(ir.BOOL, found.stop is None)),
        Scalar(ir.StaticBytes(file)),
        *(Scalar(ir.Const(ir.INT, number)) for number in (len(file), span.line, span.column)),
    ]
    return operators.call_prelude(body, "_view_slice", given, node.span)


def _bound(body: Body, node: tree.Expression | None) -> ir.Expr:
    if node is None:
        return ir.Const(ir.INT, 0)
    value = expressions.infer(body, node, ir.INT)
    return body.stable_expr(conversions.to_scalar(body, value, ir.INT, node.span), node.span)


def value_of(body: Body, node: tree.Slice) -> Value:
    """Make a slice a value, which `__getitem__` takes."""
    name = "ContiguousSlice" if node.step is None else "StridedSlice"
    type_ = displays.library_instance(body, name, {}, node.span)
    parts = [node.start, node.stop]
    if node.step is not None:
        parts.append(node.step)
    given: list[Given] = []
    for part in parts:
        value: Value = TypeName(ir.UNIT)
        if part is not None:
            value = Scalar(_bound(body, part))
        given.append((None, value, node.span))
    functions = Functions("__init__", body.checker.types.constructors_of(type_), struct=type_)
    return calls.call_values(body, functions, given, node.span)
