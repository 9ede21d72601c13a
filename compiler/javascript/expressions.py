"""Expressions and places of the IR as JavaScript expressions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from meshnode.compiler import ir
from meshnode.compiler.javascript import integers, lanes
from meshnode.compiler.javascript.code import (
    CHOICE,
    UNARY,
    WIDE,
    WORD,
    Code,
    as_big,
    as_number,
    call,
    fraction,
    infix,
    refuse,
    whole,
)
from meshnode.compiler.javascript.frame import Frame
from meshnode.compiler.javascript.intervals import INT32, Interval, interval_of
from meshnode.compiler.javascript.memory import is_wide, load_code, store_code
from meshnode.compiler.javascript.ranges import Ranges, is_length
from meshnode.compiler.layout import offset_of, size_of

if TYPE_CHECKING:
    from meshnode.compiler.javascript.program import ProgramNames

_COMPARISONS: Mapping[ir.CompareOp, str] = {
    ir.CompareOp.EQ: "===",
    ir.CompareOp.NE: "!==",
    ir.CompareOp.LT: "<",
    ir.CompareOp.LE: "<=",
    ir.CompareOp.GT: ">",
    ir.CompareOp.GE: ">=",
}
_FLOAT_OPERATORS = {
    ir.BinaryOp.ADD: "+",
    ir.BinaryOp.SUB: "-",
    ir.BinaryOp.MUL: "*",
    ir.BinaryOp.DIV: "/",
}
_FLOAT_FUNCTIONS = {
    "sqrt": "Math.sqrt",
    "floor": "Math.floor",
    "ceil": "Math.ceil",
    "trunc": "Math.trunc",
    "round_even": "roundEven",
    "abs": "Math.abs",
}
_BIT_FUNCTIONS = {
    "count_ones": "countOnes",
    "leading_zeros": "leadingZeros",
    "trailing_zeros": "trailingZeros",
    "bit_reverse": "bitReverse",
    "byte_swap": "byteSwap",
}
_COUNTS = frozenset(["count_ones", "leading_zeros", "trailing_zeros"])


class ExpressionWriter:
    """Writes the expressions of one function; `names` are those of its locals."""

    def __init__(
        self, program: "ProgramNames", ranges: Ranges, function: ir.Function, frame: Frame
    ) -> None:
        self.program = program
        self.ranges = ranges
        self.function = function
        self.frame = frame
        self.names: dict[ir.LocalId, str] = {}
        """Variables, or the addresses of locals that live in memory."""

    # ------------------------------------------------------------------------------------------ places

    def interval(self, expr: ir.Expr) -> Interval:
        """Give the interval of an integer expression."""
        return self.ranges.of(self.function.function, expr)

    def local_interval(self, local: ir.LocalId) -> Interval:
        """Give the interval of an integer variable."""
        return self.ranges.of_local(self.function.function, local)

    def is_variable(self, place: ir.Place) -> bool:
        """Tell whether a place is a JavaScript variable."""
        return isinstance(place, ir.LocalPlace) and self.frame.is_variable(place.local)

    def address(self, place: ir.Place) -> Code:
        """Compute a place's address, checking indices."""
        match place:
            case ir.LocalPlace(local):
                assert not self.frame.is_variable(local), place
                return Code(self.names[local])
            case ir.FieldPlace(base, name):
                assert isinstance(base.type, ir.StructType), place
                structs = self.program.structs
                offset = offset_of(structs[base.type.struct], name, structs)
                return _moved(self.address(base), offset)
            case ir.ElementPlace():
                return self._element(place)
            case ir.PointeePlace(pointer):
                return self.expression(pointer)
            case _:
                assert_never(place)

    def _element(self, place: ir.ElementPlace) -> Code:
        size = size_of(place.type, self.program.structs)
        arguments: list[Code | str] = [
            self.address(place.base),
            self.expression(place.index),
            str(size),
            str(place.span.line),
            str(place.span.column),
        ]
        if place.span.file != self.program.file:
            arguments.append(self.program.file_name(place.span.file))
        self.program.uses_elements = True
        return call("element", *arguments)

    def load(self, place: ir.Place, type_: ir.Type) -> Code:
        """Load the scalar or vector in a place."""
        if isinstance(place, ir.LocalPlace) and self.frame.is_variable(place.local):
            big = isinstance(type_, ir.IntType) and integers.is_big(
                type_, self.local_interval(place.local)
            )
            return Code(self.names[place.local], is_big=big)
        if is_length(place, self.program.structs):
            return call("loadLength", self.address(place))
        return load_code(type_, self.address(place), self.function.span)

    def stored(self, place: ir.Place, value: Code) -> str:
        """Write the statement that stores a value."""
        if isinstance(place, ir.LocalPlace) and self.frame.is_variable(place.local):
            if isinstance(place.type, ir.IntType):
                value = integers.represented(value, place.type, self.local_interval(place.local))
            return f"{self.names[place.local]} = {value.text};"
        return store_code(place.type, self.address(place), value, self.function.span)

    # ------------------------------------------------------------------------------------- expressions

    def expression(self, expr: ir.Expr) -> Code:  # noqa: C901, PLR0911, PLR0912 - one case a variant
        """Write an expression; 64-bit integers are numbers exactly if their interval is safe."""
        match expr:
            case ir.Const(type_, value):
                return self._constant(type_, value)
            case ir.StaticBytes(data):
                return Code(self.program.static_bytes(data)) if data else Code("0")
            case ir.Load(place, type_):
                return self.load(place, type_)
            case ir.Binary():
                return self._binary(expr)
            case ir.Compare(op, left, right):
                first, second = self.expression(left), self.expression(right)
                if isinstance(left.type, ir.VectorType):
                    return lanes.compared(_COMPARISONS[op], first, second)
                if first.is_big != second.is_big:
                    first, second = as_big(first), as_big(second)
                return infix(_COMPARISONS[op], first, second)
            case ir.Unary():
                return self._unary(expr)
            case ir.Convert():
                return self._convert(expr)
            case ir.Select(condition, then, otherwise, type_):
                return self._select(expr, condition, then, otherwise, type_)
            case ir.AddressOf(place):
                return self.address(place)
            case ir.Pure():
                return self._pure(expr)
            case _:
                assert_never(expr)

    def in_form(self, expr: ir.Expr, type_: ir.IntType, interval: Interval) -> Code:
        """Write an integer expression in the form of an interval that holds all its values."""
        return integers.represented(self.expression(expr), type_, interval)

    def _constant(self, type_: ir.Type, value: float) -> Code:
        match type_:
            case ir.IntType():
                interval = Interval(int(value), int(value))
                return whole(int(value), is_big=integers.is_big(type_, interval))
            case ir.BoolType():
                return Code("true" if value else "false")
            case ir.FloatType():
                return fraction(float(value))
            case ir.PointerType() | ir.DTypeType():
                return whole(int(value), is_big=False)
            case _:
                raise refuse(f"constants of {type_}", self.function.span)

    def _select(
        self,
        expr: ir.Select,
        condition: ir.Expr,
        then: ir.Expr,
        otherwise: ir.Expr,
        type_: ir.Type,
    ) -> Code:
        test, first, second = (self.expression(e) for e in (condition, then, otherwise))
        if isinstance(condition.type, ir.VectorType):
            return call("chooseLanes", test, first, second)
        if isinstance(type_, ir.BoolType):
            if second.text == "false":
                return infix("&&", test, first)
            if first.text == "true":
                return infix("||", test, second)
        if isinstance(type_, ir.IntType):
            interval = self.interval(expr)
            first = integers.represented(first, type_, interval)
            second = integers.represented(second, type_, interval)
        text = f"{test.inside(CHOICE + 1)} ? {first.inside(CHOICE)} : {second.inside(CHOICE)}"
        return Code(text, CHOICE, first.is_big)

    def _binary(self, expr: ir.Binary) -> Code:
        left, right = self.expression(expr.left), self.expression(expr.right)
        match expr.type:
            case ir.VectorType():
                return lanes.binary(expr, left, right)
            case ir.FloatType(bits):
                code = infix(_FLOAT_OPERATORS[expr.op], left, right)
                return call("Math.fround", code) if bits == WORD else code
            case ir.BoolType():
                return boolean(expr.op, left, right)
            case ir.IntType():
                operands = ((left, self.interval(expr.left)), (right, self.interval(expr.right)))
                return integers.operation(expr, *operands, self.interval(expr))
            case _:
                raise refuse(f"operators on {expr.type}", expr.span)

    def _unary(self, expr: ir.Unary) -> Code:
        operand = self.expression(expr.operand)
        match expr.type, expr.op:
            case ir.VectorType(), _:
                return lanes.unary(expr, operand)
            case ir.BoolType(), _:
                return Code(f"!{operand.inside(UNARY)}", UNARY)
            case ir.FloatType(), _:
                return negative(operand)
            case _, ir.UnaryOp.NEG:
                return integers.negated(
                    expr, operand, self.interval(expr.operand), self.interval(expr)
                )
            case _:
                return integers.inverted(
                    expr, operand, self.interval(expr.operand), self.interval(expr)
                )

    def _low_bits(self, expr: ir.Convert) -> Code | None:
        """Load only the lowest bits of a 64-bit integer in memory, if only they are asked for."""
        operand, target = expr.operand, expr.type
        if not isinstance(operand, ir.Load) or not is_wide(operand.type):
            return None
        if self.is_variable(operand.place) or is_length(operand.place, self.program.structs):
            return None
        if isinstance(target, ir.PointerType) or (
            isinstance(target, ir.IntType) and not is_wide(target)
        ):
            return load_code(target, self.address(operand.place), self.function.span)
        return None

    def _convert(self, expr: ir.Convert) -> Code:
        low = self._low_bits(expr)
        if low is not None:
            return low
        operand, source, target = self.expression(expr.operand), expr.operand.type, expr.type
        if isinstance(source, ir.VectorType) and isinstance(target, ir.VectorType):
            return lanes.converted(source.element, target.element, operand)
        if isinstance(source, ir.IntType | ir.PointerType) and isinstance(target, ir.IntType):
            interval = self.interval(expr.operand)
            if isinstance(source, ir.PointerType):
                operand = infix(">>>", operand, whole(0, is_big=False))
                source = ir.IntType(32, is_signed=False)
            code = integers.converted(source, target, operand, interval)
            return integers.represented(code, target, self.interval(expr))
        if isinstance(source, ir.IntType) and isinstance(target, ir.PointerType):
            if operand.is_big:
                return call("address", operand)
            return infix(">>>", operand, whole(0, is_big=False))
        code = conversion(source, target, operand)
        if isinstance(target, ir.IntType):
            return integers.represented(code, target, self.interval(expr))
        return code

    def _pure(self, expr: ir.Pure) -> Code:
        name = expr.name
        if name == "cell":
            cell = expr.arguments[0]
            assert isinstance(cell, ir.Const), cell
            return Code(str(self.program.cell_address(int(cell.value))))
        if name in ("heap_base", "memory_size"):
            return Code("HEAP_BASE" if name == "heap_base" else "bytes.length")
        if name in lanes.OPERATIONS:
            return lanes.operation(self, expr)
        arguments = [self.expression(argument) for argument in expr.arguments]
        if name == "pointer_offset":
            return self._pointer_offset(expr, arguments)
        if name == "mul_high_u64":
            left, right = (as_big(argument) for argument in arguments)
            return infix(
                ">>", infix("*", left, right, is_big=True), whole(64, is_big=True), is_big=True
            )
        if isinstance(expr.type, ir.VectorType):
            return lanes.intrinsic(expr, arguments)
        code = intrinsic(expr, arguments)
        if isinstance(expr.type, ir.IntType):
            return integers.represented(code, expr.type, self.interval(expr))
        return code

    def _pointer_offset(self, expr: ir.Pure, arguments: list[Code]) -> Code:
        assert isinstance(expr.type, ir.PointerType), expr
        size = size_of(expr.type.pointee, self.program.structs)
        interval = self.interval(expr.arguments[1])
        pointer, index = arguments
        if isinstance(expr.arguments[1], ir.Const) and 0 <= interval.low <= INT32.high // size:
            return _moved(pointer, size * interval.low)
        if not interval.within(INT32):
            return call("offsetBig" if index.is_big else "offset", pointer, index, str(size))
        scaled = index if size == 1 else infix("*", index, whole(size, is_big=False))
        return infix(">>>", infix("+", pointer, scaled), whole(0, is_big=False))


def _moved(address: Code, offset: int) -> Code:
    return infix("+", address, whole(offset, is_big=False)) if offset else address


def boolean(op: ir.BinaryOp, left: Code, right: Code) -> Code:
    """Write an operator on Bool; both sides are evaluated."""
    if op is ir.BinaryOp.XOR:
        return infix("!==", left, right)
    sign = "&" if op is ir.BinaryOp.AND else "|"
    return infix("!==", infix(sign, left, right), Code("0"))


def negative(operand: Code) -> Code:
    """Write the negative of a float."""
    text = operand.inside(UNARY)
    return Code(f"-({text})" if text.startswith("-") else f"-{text}", UNARY)


def conversion(source: ir.Type, target: ir.Type, operand: Code) -> Code:  # noqa: PLR0911 - one case a pair
    """Write a conversion that is not between integers; an integer result may be a BigInt or a number."""
    match source, target:
        case ir.FloatType(), ir.IntType(bits):
            bounds = interval_of(target)
            if bits == WIDE:
                low, high = (whole(b, is_big=True) for b in (bounds.low, bounds.high))
                return call("saturated", operand, low, high, is_big=True)
            return call("saturatedNumber", operand, str(bounds.low), str(bounds.high))
        case ir.IntType(), ir.BoolType():
            return infix("!==", operand, whole(0, is_big=operand.is_big))
        case ir.FloatType(), ir.BoolType():
            return infix("!==", operand, Code("0"))
        case ir.BoolType(), (ir.IntType() | ir.FloatType()):
            return Code(f"{operand.inside(CHOICE + 1)} ? 1 : 0", CHOICE)
        case ir.IntType(), ir.FloatType(32):
            return call("toFloat32" if operand.is_big else "Math.fround", operand)
        case ir.IntType(), ir.FloatType():
            return call("Number", operand) if operand.is_big else operand
        case ir.FloatType(64), ir.FloatType(32):
            return call("Math.fround", operand)
        case _:
            return operand


def intrinsic(expr: ir.Pure, arguments: list[Code]) -> Code:
    """Write an intrinsic on scalars; an integer result is exact, as a BigInt or a number."""
    source, target, name = expr.arguments[0].type, expr.type, expr.name
    if name == "bitcast":
        return bits(source, target, arguments[0])
    if name == "copysign":
        return call("copySign", *arguments)
    if name in _BIT_FUNCTIONS:
        assert isinstance(target, ir.IntType), expr
        code = call(_BIT_FUNCTIONS[name], arguments[0], str(target.bits))
        if name in _COUNTS:
            return code
        return integers.wrapped(Code(code.text, code.binding, is_big=True), target)
    code = call(_FLOAT_FUNCTIONS[name], *arguments)
    return call("Math.fround", code) if name == "sqrt" and target == ir.FLOAT32 else code


def bits(source: ir.Type, target: ir.Type, operand: Code) -> Code:
    """Write the reinterpretation of a bit pattern."""
    match source, target:
        case ir.FloatType(width), ir.IntType(_, is_signed):
            code = call(f"bitsOfFloat{width}", operand, is_big=width == WIDE)
            return integers.wrapped(code, target) if is_signed else code
        case ir.IntType(width, is_signed), ir.FloatType():
            given = as_big(operand) if width == WIDE else as_number(operand)
            return call(f"float{width}OfBits", given)
        case ir.IntType(), ir.IntType():
            return integers.wrapped(operand, target)
        case _:
            return operand
