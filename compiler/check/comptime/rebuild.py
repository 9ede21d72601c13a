"""Functions that rebuild, while a program runs, values that were computed while it was compiled."""

from meshnode.compiler import ir
from meshnode.compiler.check.comptime.values import (
    Aggregate,
    Part,
    Structs,
    bytes_of,
    element_bytes,
    is_plain,
    scalar_constant,
)
from meshnode.compiler.interpret.memory import UnknownType, scalar_code
from meshnode.compiler.layout import size_of

_SPAN = ir.Span("prelude/comptime", 1, 1, 1, 1)
"""The span of code that has no place in the source; it counts as the library's."""

ALLOCATE_ELEMENTS = ir.FunctionId("_allocate_elements")
"""The prelude's `_allocate_elements(count: Int, element_bytes: Int) -> UInt`."""

_BYTES_AT_ONCE = 64
"""Plain values from this size on are copied from static data, smaller ones are stored field by field."""


def rebuild_function(name: ir.FunctionId, value: Aggregate, structs: Structs) -> ir.Function:
    """Make a function without parameters that returns the value."""
    builder = _Builder(structs)
    result = builder.local("$result", value.type)
    builder.build(result, value)
    span = _SPAN
    return ir.Function(
        name, (), result.local, None, tuple(builder.locals), tuple(builder.block), span
    )


class _Builder:
    def __init__(self, structs: Structs) -> None:
        self._structs = structs
        self.locals: list[ir.Local] = []
        self.block: list[ir.Statement] = []

    def local(self, name: str, type_: ir.Type) -> ir.LocalPlace:
        """Add a local."""
        self.locals.append(ir.Local(name, type_, _SPAN))
        return ir.LocalPlace(ir.LocalId(len(self.locals) - 1), type_)

    def build(self, place: ir.Place, value: Part) -> None:
        """Fill a place that holds nothing."""
        structs = self._structs
        if isinstance(value, bytes):
            self._scalar(place, value)
            return
        definition = structs[value.type.struct]
        if definition.element is not None:
            self._list(place, value.parts, definition.element)
        elif is_plain(value, structs) and size_of(value.type, structs) >= _BYTES_AT_ONCE:
            self._copy(ir.AddressOf(place, ir.PointerType(place.type)), bytes_of(value, structs))
        else:
            for field, part in zip(definition.fields, value.parts, strict=True):
                self.build(ir.FieldPlace(place, field.name, field.type), part)

    def _scalar(self, place: ir.Place, value: bytes) -> None:
        try:
            scalar_code(place.type)
        except UnknownType:
            self._copy(ir.AddressOf(place, ir.PointerType(place.type)), value)
            return
        self.block.append(ir.Assign(place, scalar_constant(value, place.type), _SPAN))

    def _list(self, place: ir.Place, values: tuple[Part, ...], element: ir.Type) -> None:
        pointer = ir.PointerType(element)
        count = ir.Const(ir.INT, len(values))
        address = self.local(f"$t{len(self.locals)}", ir.UINT)
        stride = size_of(element, self._structs)
        arguments = (ir.ByValue(count), ir.ByValue(ir.Const(ir.INT, stride)))
        self.block.append(ir.Call(address, ALLOCATE_ELEMENTS, arguments, _SPAN))
        data = ir.Convert(ir.Load(address, ir.UINT), pointer)
        self.block += [
            ir.Assign(ir.FieldPlace(place, "data", pointer), data, _SPAN),
            ir.Assign(ir.FieldPlace(place, "length", ir.INT), count, _SPAN),
            ir.Assign(ir.FieldPlace(place, "capacity", ir.INT), count, _SPAN),
        ]
        if all(is_plain(value, self._structs) for value in values):
            self._copy(data, element_bytes(values, element, self._structs))
            return
        for index, value in enumerate(values):
            at = ir.Pure("pointer_offset", (data, ir.Const(ir.INT, index)), pointer)
            self.build(ir.PointeePlace(at, element), value)

    def _copy(self, target: ir.Expr, data: bytes) -> None:
        if data:
            size = ir.Const(ir.INT, len(data))
            arguments = (target, ir.StaticBytes(data), size)
            self.block.append(ir.Perform(None, "memory_copy", arguments, _SPAN))
