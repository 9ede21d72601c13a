"""What stands in braces: dictionaries, sets, and the arguments of a constructor whose struct is expected."""

from collections.abc import Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.values import (
    BraceItems,
    Functions,
    Given,
    ParameterValue,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol, StructSymbol
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

_LIST_LIKE = frozenset(["Deque", "LinkedList"])
_MARK = "__list_literal__"
"""The argument of constructors that a list display calls."""


def is_empty(value: Value) -> bool:
    """Tell whether a value is `{}`, whose type only an expected one tells."""
    if not isinstance(value, BraceItems) or isinstance(value.node, tree.SetLiteral):
        return False
    return not value.node.entries


def natural_type(body: Body, items: BraceItems, extent: tree.Extent) -> ir.Type:
    """Give the Dict or Set that a display makes by itself."""
    node = items.node
    if isinstance(node, tree.SetLiteral):
        return library_instance(body, "Set", {"T": common_type(body, node.elements)}, extent)
    if not node.entries:
        message = "'{}' needs a type: write 'Dict[…, …]()', or give the variable a type"
        body.env.fail(Code.TYPE, message, extent)
    keys = common_type(body, [entry.key for entry in node.entries])
    values = common_type(body, [entry.value for entry in node.entries])
    return library_instance(body, "Dict", {"K": keys, "V": values}, extent)


def library_instance(
    body: Body, name: str, parameters: Mapping[str, ParameterValue], extent: tree.Extent
) -> ir.StructType:
    """Give a struct of the prelude with these parameters."""
    symbol = body.checker.symbols.prelude.get(name)
    assert isinstance(symbol, StructSymbol), f"the prelude lacks '{name}'"
    return check_types.struct_instance(body.checker, body.env, symbol, parameters, extent)


def common_type(body: Body, nodes: Sequence[tree.Expression]) -> ir.Type:
    """Give the type of elements: that of the first one that is no literal, or what the literals make together."""

    def types() -> ir.Type:
        values = expressions.infer_all(body, nodes)
        literals = (IntLiteral, FloatLiteral, StringLiteral)
        for value, node in zip(values, nodes, strict=True):
            if not isinstance(value, literals):
                return conversions.natural_type(body, value, node.span)
        if any(isinstance(value, FloatLiteral) for value in values):
            return ir.FLOAT64
        return conversions.natural_type(body, values[0], nodes[0].span)

    return body.imagine(types)


def build(body: Body, items: BraceItems, target: ir.Type, extent: tree.Extent) -> Value:
    """Make a value of the expected type."""
    if not isinstance(target, ir.StructType):
        body.env.fail(Code.TYPE, f"braces cannot make a '{type_name(target)}'", extent)
    symbol = body.checker.types.struct_of(target).symbol
    prelude = body.checker.symbols.prelude
    node = items.node
    if isinstance(node, tree.SetLiteral) and symbol is prelude.get("Set"):
        return _filled(body, target, "add", [(element,) for element in node.elements], extent)
    if isinstance(node, tree.DictionaryLiteral) and (node.entries or symbol is prelude.get("Dict")):
        if symbol is not prelude.get("Dict"):
            body.env.fail(Code.TYPE, f"braces cannot make a '{type_name(target)}'", extent)
        entries = [(entry.key, entry.value) for entry in node.entries]
        return _filled(body, target, "__setitem__", entries, extent)
    nodes = node.elements if isinstance(node, tree.SetLiteral) else ()
    functions = Functions("__init__", body.checker.types.constructors_of(target), struct=target)
    values = expressions.infer_all(body, nodes)
    given = [(None, value, item.span) for value, item in zip(values, nodes, strict=True)]
    return calls.call_values(body, functions, given, extent)


def takes_list(body: Body, target: ir.Type) -> bool:
    """Tell whether a list display may make a struct: a container of the library's, or one that says so."""
    if not isinstance(target, ir.StructType):
        return False
    symbol = body.checker.types.struct_of(target).symbol
    if symbol is None:
        return False
    if symbol.module.is_prelude:
        return symbol.node.name.name in _LIST_LIKE
    return bool(_list_constructors(body, target))


def _list_constructors(body: Body, target: ir.StructType) -> list[FunctionSymbol]:
    return [
        constructor
        for constructor in body.checker.types.constructors_of(target)
        if any(parameter.name == _MARK for parameter in constructor.node.parameters)
    ]


def build_list_like(body: Body, node: tree.ListLiteral, target: ir.StructType) -> Value:
    """Make a container of a list display's elements."""
    marked = _list_constructors(body, target)
    constructors = marked or body.checker.types.constructors_of(target)
    functions = Functions("__init__", constructors, struct=target)
    values = expressions.infer_all(body, node.elements)
    given: list[Given] = [
        (None, value, item.span) for value, item in zip(values, node.elements, strict=True)
    ]
    if marked:
        given.append((_MARK, TypeName(ir.UNIT), node.span))
    return calls.call_values(body, functions, given, node.span)


def _filled(
    body: Body,
    type_: ir.StructType,
    method: str,
    rows: Sequence[Sequence[tree.Expression]],
    extent: tree.Extent,
) -> Value:
    """Make an empty container and give each row to one of its methods."""
    functions = Functions("__init__", body.checker.types.constructors_of(type_), struct=type_)
    made = calls.call_values(body, functions, [], extent)
    place = conversions.to_place(body, made, type_, extent)
    receiver = Stored(place, is_mutable=True)
    methods = body.checker.types.methods_of(type_)[method]
    for row in rows:
        values = expressions.infer_all(body, row)
        given = [(None, value, item.span) for value, item in zip(values, row, strict=True)]
        bound = Functions(method, methods, receiver=receiver, struct=type_)
        calls.call_values(body, bound, given, extent)
    return made
