"""Arrays: displays without an expected List, elements within the value, and the index checks before them."""

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, displays, expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import members
from meshnode.compiler.check.comptime.values import Aggregate, Part
from meshnode.compiler.check.values import (
    Fresh,
    Known,
    ParameterValue,
    Scalar,
    Stored,
    Value,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def parts_of(body: Body, type_: ir.Type) -> tuple[ir.Type, int] | None:
    """Give an Array's element type and count; None for other types."""
    if not isinstance(type_, ir.StructType):
        return None
    instance = body.checker.types.struct_of(type_)
    if instance.symbol is None or instance.symbol is not body.checker.symbols.prelude.get("Array"):
        return None
    element, size = instance.parameters["T"], instance.parameters["size"]
    assert isinstance(size, ir.Const)
    assert not isinstance(element, ir.Const | Aggregate)
    return element, int(size.value)


# --------------------------------------------------------------------------------------------------------- displays


def natural_type(body: Body, node: tree.ListLiteral) -> ir.StructType:
    """Give the Array that a display makes where nothing else is expected."""
    if not node.elements:
        body.env.fail(
            Code.TYPE,
            "an empty list needs a type",
            node.span,
            suggestion="give the variable a type, as in 'var x: List[Int] = []'",
        )
    return type_of_elements(body, node, displays.common_type(body, node.elements))


def type_of_elements(body: Body, node: tree.ListLiteral, element: ir.Type) -> ir.StructType:
    """Give the Array that holds a display's elements as values of a type."""
    size = ir.Const(ir.INT, len(node.elements))
    parameters: dict[str, ParameterValue] = {"T": element, "size": size}
    return displays.library_instance(body, "Array", parameters, node.span)


def fits(body: Body, node: tree.ListLiteral, type_: ir.Type) -> bool:
    """Tell whether a type is an Array of as many elements as a display has."""
    parts = parts_of(body, type_)
    return parts is not None and parts[1] == len(node.elements)


def build(body: Body, node: tree.ListLiteral, type_: ir.Type) -> Value:
    """Make an Array of a display's elements."""
    parts = parts_of(body, type_)
    assert parts is not None
    element, _ = parts
    values = expressions.infer_all(body, node.elements, [element] * len(node.elements))
    target = body.temporary(type_, node.span)
    for number, (value, item) in enumerate(zip(values, node.elements, strict=True)):
        found = conversions.to_value(body, value, element, item.span)
        found = conversions.owned(body, found, item.span)
        place = cell(target, element, ir.Const(ir.INT, number))
        conversions.store(body, place, found, item.span, is_new=True)
    return Fresh(target)


# --------------------------------------------------------------------------------------------------------- elements


def cell(place: ir.Place, element: ir.Type, index: ir.Expr) -> ir.PointeePlace:
    """Give the place of an element whose index is known to be right."""
    pointer = ir.PointerType(element)
    first = ir.Convert(ir.AddressOf(place, ir.PointerType(place.type)), pointer)
    if isinstance(index, ir.Const) and index.value == 0:
        return ir.PointeePlace(first, element)
    return ir.PointeePlace(ir.Pure("pointer_offset", (first, index), pointer), element)


def subscript(body: Body, node: tree.Subscript, owner: Value, parts: tuple[ir.Type, int]) -> Value:
    """Give `array[index]`, with the check that the index is one."""
    element, size = parts
    assert isinstance(owner, Stored | Fresh)
    index = members.subscript_index(body, node)
    members.refuse_negative(body, node, index)
    is_known = isinstance(index, ir.Const) and 0 <= index.value < size
    if not is_known:
        index = body.stable_expr(index, node.span)
        _check(body, index, size, body.env.span((*node.base.span[2:], *node.span[2:])), node.span)
    is_mutable = isinstance(owner, Fresh) or owner.is_mutable
    return Stored(cell(owner.place, element, index), is_mutable)


def _check(body: Body, index: ir.Expr, size: int, span: ir.Span, extent: tree.Extent) -> None:
    file = span.file.encode()
    numbers = [index, ir.Const(ir.INT, size)]
    place = [len(file), span.line, span.column]
    arguments = [
        *numbers,
        ir.StaticBytes(file),
        *(ir.Const(ir.INT, number) for number in place),
    ]
    given: list[Value] = [Scalar(argument) for argument in arguments]
    operators.call_prelude(body, "_check_index_at", given, extent)


# ----------------------------------------------------------------------------------------------------- known arrays


def known_elements(body: Body, known: Known) -> list[Value] | None:
    """Give the elements of an Array that is known while the program is compiled."""
    parts = parts_of(body, known.type)
    if parts is None or known.content is None:
        return None
    found: list[Part] = []
    _flatten(body, known.content.parts[0], parts[0], found)
    values = [body.checker.comptime.value_of(part, parts[0]) for part in found]
    return [value for value in values if value is not None]


def _flatten(body: Body, part: Part, element: ir.Type, found: list[Part]) -> None:
    """Walk the halves of an Array's room."""
    is_room = (
        isinstance(part, Aggregate)
        and part.type != element
        and part.type.struct.startswith("_Room[")
    )
    if not (is_room and isinstance(part, Aggregate)):
        found.append(part)
        return
    for inner in part.parts:
        _flatten(body, inner, element, found)
