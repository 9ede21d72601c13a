"""Expressions and places of the IR as Python closures over a frame.

A frame is a list: the arguments, the addresses of the locals that live in memory, the other locals themselves. A
closure takes the frame and gives a value (an address, for places). Common shapes have closures of their own, since a
call of a closure is what costs.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Final, assert_never, cast

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.interpret import arithmetic, lanes, numbers
from meshnode.compiler.interpret.machine import Cause, Machine, Stopped, unknown
from meshnode.compiler.layout import offset_of, size_of

Frame = list[float]
Code = Callable[[Frame], float]
"""An expression; its values are ints where the type is not a float."""
Whole = Callable[[Frame], int]
"""An expression that gives ints."""

_ADDRESSES: Final = 0xFFFFFFFF
_COMPARISONS: Final[Mapping[ir.CompareOp, Callable[[float, float], bool]]] = {
    ir.CompareOp.EQ: operator.eq,
    ir.CompareOp.NE: operator.ne,
    ir.CompareOp.LT: operator.lt,
    ir.CompareOp.LE: operator.le,
    ir.CompareOp.GT: operator.gt,
    ir.CompareOp.GE: operator.ge,
}


def whole(code: Code) -> Whole:
    """Take an expression as one of ints, which its IR type says that it is."""
    return cast("Whole", code)


class Slot(msgspec.Struct, frozen=True):
    """Where a local is."""

    index: int
    """In the frame."""
    is_register: bool
    """The frame holds the value; else its address."""


class ExpressionCompiler:
    """Compiles the expressions of one function."""

    def __init__(self, machine: Machine, slots: Mapping[ir.LocalId, Slot]) -> None:
        self.machine = machine
        self.slots = slots

    # --------------------------------------------------------------------------------------------------- places

    def address(self, place: ir.Place) -> Whole:
        """Compile a place to its address; indices are checked."""
        match place:
            case ir.LocalPlace():
                index = self._memory_slot(place)
                return cast("Whole", operator.itemgetter(index))  # addresses are ints
            case ir.FieldPlace(base, name):
                return self._field_address(base, self._offset(base, name))
            case ir.ElementPlace():
                return self._element_address(place)
            case ir.PointeePlace(pointer):
                return whole(self.expression(pointer))
            case _:
                raise unknown(f"a place of the kind {type(place).__name__}")

    def register(self, place: ir.Place) -> int | None:
        """Give the frame's index of a place that is not in memory."""
        if isinstance(place, ir.LocalPlace):
            slot = self.slots[place.local]
            return slot.index if slot.is_register else None
        return None

    def _memory_slot(self, place: ir.LocalPlace) -> int:
        slot = self.slots[place.local]
        assert not slot.is_register, place
        return slot.index

    def _offset(self, base: ir.Place, name: str) -> int:
        assert isinstance(base.type, ir.StructType), base
        structs = self.machine.structs
        return offset_of(structs[base.type.struct], name, structs)

    def _field_address(self, base: ir.Place, offset: int) -> Whole:
        if isinstance(base, ir.FieldPlace):
            return self._field_address(base.base, offset + self._offset(base.base, base.name))
        if isinstance(base, ir.LocalPlace):
            index = self._memory_slot(base)
            return lambda frame: int(frame[index]) + offset
        inner = self.address(base)
        return lambda frame: inner(frame) + offset if offset else inner(frame)

    def _element_address(self, place: ir.ElementPlace) -> Whole:
        base, index = self.address(place.base), whole(self.expression(place.index))
        length_offset = self._offset(place.base, "length")
        data_offset = self._offset(place.base, "data")
        lengths = self.machine.memory.access(ir.INT).view
        pointers = cast("list[int]", self.machine.memory.access(ir.PointerType(ir.INT)).view)
        stride, span = size_of(place.type, self.machine.structs), place.span
        fail = self.bounds_failed

        def address(frame: Frame) -> int:
            header, position = base(frame), index(frame)
            length = lengths[header + length_offset >> 3]
            if not 0 <= position < length:
                raise fail(position, int(length), span)
            return pointers[header + data_offset >> 2] + position * stride

        return address

    def bounds_failed(self, index: int, length: int, span: ir.Span) -> Stopped:
        """Say it as the prelude's `_bounds_failed` does, and end."""
        if self.machine.host is None:
            return Stopped(Cause.TRAP, f"index {index} is out of bounds", span)
        valid = f"valid range is 0 to {length - 1}" if length else "container is empty"
        message = f"index {index} is out of bounds, {valid}"
        text = f"At: {span.file}:{span.line}:{span.column}: Assert Error: {message}\n"
        self.machine.host.write(1, text.encode())
        return Stopped(Cause.EXIT, message, span, 1)

    def load(self, place: ir.Place, type_: ir.Type) -> Code:
        """Compile the load of a scalar."""
        register = self.register(place)
        if register is not None:
            return cast("Code", operator.itemgetter(register))  # frames hold numbers
        if isinstance(type_, ir.VectorType):
            return self._load_lanes(self.address(place), type_)
        access = self.machine.memory.access(type_)
        view, shift = access.view, access.shift
        if is_behind_pointer(place):
            address = self.address(place)
            unpack, memory = access.packed.unpack_from, self.machine.memory.bytes
            return lambda frame: cast("float", unpack(memory, address(frame))[0])
        local, offset = self._fixed_place(place)
        if local is not None:
            return lambda frame: view[int(frame[local]) + offset >> shift]
        address = self.address(place)
        return lambda frame: view[address(frame) >> shift]

    def store(self, place: ir.Place, value: Code) -> Callable[[Frame], None]:
        """Compile the store of a scalar; the target's indices are checked first."""
        register = self.register(place)
        if register is not None:

            def store_register(frame: Frame) -> None:
                frame[register] = value(frame)

            return store_register
        if isinstance(place.type, ir.VectorType):
            return self._store_lanes(self.address(place), place.type, value)
        access = self.machine.memory.access(place.type)
        view, shift = access.view, access.shift
        address = self.address(place)
        if is_behind_pointer(place):
            pack, memory = access.packed.pack_into, self.machine.memory.bytes

            def store_packed(frame: Frame) -> None:
                target = address(frame)
                pack(memory, target, value(frame))

            return store_packed

        def store_aligned(frame: Frame) -> None:
            target = address(frame) >> shift
            view[target] = value(frame)

        return store_aligned

    def _load_lanes(self, address: Whole, type_: ir.VectorType) -> Code:
        unpack, memory = lanes.packed(type_).unpack_from, self.machine.memory.bytes
        return lambda frame: cast("float", unpack(memory, address(frame)))

    def _store_lanes(
        self, address: Whole, type_: ir.VectorType, value: Code
    ) -> Callable[[Frame], None]:
        pack, memory = lanes.packed(type_).pack_into, self.machine.memory.bytes

        def store(frame: Frame) -> None:
            target = address(frame)
            pack(memory, target, *cast("lanes.Lanes", value(frame)))

        return store

    def over_registers(self, count: int) -> "ExpressionCompiler":
        """Give a compiler of expressions whose locals are the values of a frame, in order."""
        slots = {ir.LocalId(number): Slot(number, is_register=True) for number in range(count)}
        return ExpressionCompiler(self.machine, slots)

    def _fixed_place(self, place: ir.Place) -> tuple[int | None, int]:
        """Give slot and offset of a field of a local."""
        offset = 0
        while isinstance(place, ir.FieldPlace):
            offset += self._offset(place.base, place.name)
            place = place.base
        if isinstance(place, ir.LocalPlace):
            return self._memory_slot(place), offset
        return None, 0

    # ---------------------------------------------------------------------------------------------- expressions

    def expression(self, expr: ir.Expr) -> Code:  # noqa: C901, PLR0911 - one case a variant
        """Compile an expression."""
        if lanes.has_lanes(expr) and not isinstance(expr, ir.Load):
            return lanes.expression(self, expr)
        match expr:
            case ir.Const(_, value):
                return lambda _: value
            case ir.StaticBytes(data):
                address = self.machine.memory.static_address(data) if data else 0
                return lambda _: address
            case ir.Load(place, type_):
                return self.load(place, type_)
            case ir.Binary():
                return self._binary(expr)
            case ir.Compare():
                return self._compare(expr)
            case ir.Unary():
                return self._unary(expr)
            case ir.Convert(operand, type_):
                inner = self.expression(operand)
                convert = numbers.conversion(operand.type, type_)
                return inner if convert is None else lambda frame: convert(inner(frame))
            case ir.Select(condition, then, otherwise):
                return self._select(condition, then, otherwise)
            case ir.AddressOf(place):
                return self.address(place)
            case ir.Pure():
                return self._pure(expr)
            case _:
                raise unknown(f"an expression of the kind {type(expr).__name__}")

    def _select(self, condition: ir.Expr, then: ir.Expr, otherwise: ir.Expr) -> Code:
        test, left, right = (self.expression(part) for part in (condition, then, otherwise))

        def select(frame: Frame) -> float:
            chosen, first, second = test(frame), left(frame), right(frame)
            return first if chosen else second

        return select

    def _compare(self, expr: ir.Compare) -> Code:
        left, right = self.expression(expr.left), self.expression(expr.right)
        if isinstance(expr.right, ir.Const):
            limit = expr.right.value
            match expr.op:
                case ir.CompareOp.EQ:
                    return lambda frame: left(frame) == limit
                case ir.CompareOp.NE:
                    return lambda frame: left(frame) != limit
                case _:
                    pass
        match expr.op:
            case ir.CompareOp.LT:
                return lambda frame: left(frame) < right(frame)
            case ir.CompareOp.GT:
                return lambda frame: left(frame) > right(frame)
            case _:
                compare = _COMPARISONS[expr.op]
                return lambda frame: compare(left(frame), right(frame))

    def _unary(self, expr: ir.Unary) -> Code:
        operand = self.expression(expr.operand)
        match expr.op:
            case ir.UnaryOp.NOT:
                return lambda frame: not operand(frame)
            case ir.UnaryOp.NEG:
                if isinstance(expr.type, ir.FloatType):
                    return lambda frame: -operand(frame)
                wrap = self._wrap(expr.type)
                return lambda frame: wrap(-operand(frame))
            case ir.UnaryOp.INVERT:
                wrap, integer = self._wrap(expr.type), whole(operand)
                return lambda frame: wrap(~integer(frame))
            case _:
                assert_never(expr.op)

    def _wrap(self, type_: ir.Type) -> numbers.Operation:
        if not isinstance(type_, ir.IntType):
            raise unknown(f"an operator on {type_}")
        return numbers.wrapping(type_)

    def _binary(self, expr: ir.Binary) -> Code:
        left, right = self.expression(expr.left), self.expression(expr.right)
        match expr.type:
            case ir.FloatType(bits):
                return arithmetic.float_binary(expr.op, left, right, is_rounded=bits == 32)  # noqa: PLR2004 - the width
            case ir.IntType():
                return self._integer_binary(expr, expr.type, left, right)
            case ir.BoolType():
                bits_of = {
                    ir.BinaryOp.AND: operator.and_,
                    ir.BinaryOp.OR: operator.or_,
                    ir.BinaryOp.XOR: operator.xor,
                }[expr.op]
                first, second = whole(left), whole(right)
                return lambda frame: bits_of(first(frame), second(frame))
            case _:
                raise unknown(f"an operator on {expr.type}", expr.span)

    def _integer_binary(self, expr: ir.Binary, type_: ir.IntType, left: Code, right: Code) -> Code:
        if expr.op is ir.BinaryOp.TRUNC_DIV:
            return arithmetic.truncating_division(expr.span, type_, whole(left), whole(right))
        if expr.op in (ir.BinaryOp.ADD, ir.BinaryOp.SUB, ir.BinaryOp.MUL):
            return arithmetic.wrapping_operator(expr, type_, left, right)
        if isinstance(expr.right, ir.Const) and expr.right.value > 0:
            divisor, dividend = int(expr.right.value), whole(left)
            match expr.op:
                case ir.BinaryOp.MOD:
                    return lambda frame: dividend(frame) % divisor
                case ir.BinaryOp.FLOOR_DIV:
                    return lambda frame: dividend(frame) // divisor
                case ir.BinaryOp.AND:
                    return lambda frame: dividend(frame) & divisor
                case _:
                    pass
        operation = numbers.integer_operation(expr.op, type_)
        assert operation is not None, expr
        return lambda frame: operation(left(frame), right(frame))

    def _pure(self, expr: ir.Pure) -> Code:
        memory, name = self.machine.memory, expr.name
        if name == "cell":
            constant = expr.arguments[0]
            assert isinstance(constant, ir.Const), constant
            address = memory.cells + 8 * int(constant.value)
            return lambda _: address
        if name in ("heap_base", "memory_size"):
            number = memory.heap_base if name == "heap_base" else memory.size
            return lambda _: number
        first, *others = (self.expression(argument) for argument in expr.arguments)
        if name == "pointer_offset":
            assert isinstance(expr.type, ir.PointerType)
            stride = size_of(expr.type.pointee, self.machine.structs)
            pointer, index = whole(first), whole(others[0])
            return lambda frame: pointer(frame) + index(frame) * stride & _ADDRESSES
        if name == "mul_high_u64":
            left, right = whole(first), whole(others[0])
            return lambda frame: left(frame) * right(frame) >> 64
        if name == "copysign":
            sign = others[0]
            return lambda frame: numbers.copysign(first(frame), sign(frame))
        operation = numbers.intrinsic(name, expr.arguments[0].type, expr.type)
        if operation is None:
            raise unknown(f"the intrinsic '{name}'")
        return lambda frame: operation(first(frame))


def is_behind_pointer(place: ir.Place) -> bool:
    """Tell whether a place may be unaligned."""
    while isinstance(place, ir.FieldPlace | ir.ElementPlace):
        place = place.base
    return isinstance(place, ir.PointeePlace)
