"""Small builders of IR for generated functions: locals, loads, calls of the prelude."""

import msgspec

from meshnode.compiler import ir

GENERATED = ir.Span("prelude/loops", 1, 1, 1, 1)
"""The span of code that has no place in the source."""

TAPE = ir.StructType(ir.StructId("_Tape"))
AFFINE = ir.StructType(ir.StructId("_Affine"))
LOOP_RUN = ir.StructType(ir.StructId("_LoopRun"))


class Locals(msgspec.Struct):
    """The growing table of a function's locals."""

    table: list[ir.Local] = msgspec.field(default_factory=list)

    def add(self, name: str, type_: ir.Type) -> ir.LocalPlace:
        """Make one more local and give its place."""
        self.table.append(ir.Local(name, type_, GENERATED))
        return ir.LocalPlace(ir.LocalId(len(self.table) - 1), type_)


def load(place: ir.Place) -> ir.Load:
    """Load the scalar in a place."""
    return ir.Load(place, place.type)


def const(value: int) -> ir.Const:
    """Make an Int constant."""
    return ir.Const(ir.INT, value)


def binary(op: ir.BinaryOp, left: ir.Expr, right: ir.Expr) -> ir.Binary:
    """`left op right`, of the left operand's type."""
    return ir.Binary(op, left, right, left.type, GENERATED)


def assign(target: ir.Place, value: ir.Expr) -> ir.Assign:
    """Store a scalar."""
    return ir.Assign(target, value, GENERATED)


def call(
    name: str,
    *arguments: ir.Expr | ir.LocalPlace | ir.FieldPlace | ir.PointeePlace,
    target: ir.Place | None = None,
) -> ir.Call:
    """Call a function: places go by reference, expressions by value."""
    passed: tuple[ir.Argument, ...] = tuple(
        ir.ByReference(argument)
        if isinstance(argument, ir.LocalPlace | ir.FieldPlace | ir.PointeePlace)
        else ir.ByValue(argument)
        for argument in arguments
    )
    return ir.Call(target, ir.FunctionId(name), passed, GENERATED)


def perform(name: str, *arguments: ir.Expr) -> ir.Perform:
    """Do an intrinsic without result."""
    return ir.Perform(None, name, arguments, GENERATED)


def when(condition: ir.Expr, then: ir.Block, otherwise: ir.Block = ()) -> ir.If:
    """Two-way choice."""
    return ir.If(condition, then, otherwise, GENERATED)


def count_up(index: ir.LocalPlace, start: ir.Expr, stop: ir.Expr, body: ir.Block) -> ir.ForRange:
    """`for index in range(start, stop)`."""
    return ir.ForRange(index.local, start, stop, const(1), body, (), GENERATED)


def scope(places: tuple[ir.LocalPlace, ...], body: ir.Block) -> ir.Scope:
    """Declare locals for a block."""
    return ir.Scope(tuple(place.local for place in places), body, GENERATED)


def cell(number: int) -> ir.PointeePlace:
    """One of the static cells, a UInt."""
    address = ir.Pure("cell", (const(number),), ir.PointerType(ir.UINT))
    return ir.PointeePlace(address, ir.UINT)


def pointee(address: ir.Expr, type_: ir.Type) -> ir.PointeePlace:
    """Give the place of a type at an address given as UInt."""
    return ir.PointeePlace(ir.Convert(address, ir.PointerType(type_)), type_)


def element(pointer: ir.Expr, index: ir.Expr, type_: ir.Type) -> ir.PointeePlace:
    """Give the index-th value behind a pointer."""
    return ir.PointeePlace(ir.Pure("pointer_offset", (pointer, index), pointer.type), type_)


def size_of(type_: ir.Type) -> ir.Expr:
    """Give the stride of a type in bytes, an Int constant once it is lowered."""
    pointer = ir.PointerType(type_)
    first = ir.Convert(ir.Const(ir.UINT, 0), pointer)
    second = ir.Pure("pointer_offset", (first, const(1)), pointer)
    return ir.Convert(ir.Convert(second, ir.UINT), ir.INT)
