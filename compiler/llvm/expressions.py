"""Lowering of expressions and places to LLVM IR, into the text of one function.

No flags that make overflow or NaN undefined are ever set, so the result is the IR's meaning and
nothing else; `inbounds` stands where an index was checked or a field is fixed.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.llvm.conversions import bitcast, convert, copysign, suffix
from meshnode.compiler.llvm.surroundings import Surroundings
from meshnode.compiler.llvm.text import (
    LENGTH_RANGE,
    constant,
    memory_type,
    tbaa_leaf,
    tbaa_tag,
    value_type,
)
from meshnode.compiler.llvm.vectors import (
    LANE_OPERATIONS,
    by_lanes,
    element_of,
    filled,
    in_memory,
    lane_operation,
)
from meshnode.compiler.runtime import BOUNDS_FAILED

_INTEGER_OPERATORS = {
    ir.BinaryOp.ADD: "add",
    ir.BinaryOp.SUB: "sub",
    ir.BinaryOp.MUL: "mul",
    ir.BinaryOp.AND: "and",
    ir.BinaryOp.OR: "or",
    ir.BinaryOp.XOR: "xor",
}
_FLOAT_OPERATORS = {
    ir.BinaryOp.ADD: "fadd",
    ir.BinaryOp.SUB: "fsub",
    ir.BinaryOp.MUL: "fmul",
    ir.BinaryOp.DIV: "fdiv",
}
_DIVISIONS = {
    ir.BinaryOp.TRUNC_DIV: "trunc_div",
    ir.BinaryOp.FLOOR_DIV: "floor_div",
    ir.BinaryOp.MOD: "mod",
}
_COMPARISONS = {
    ir.CompareOp.EQ: "eq",
    ir.CompareOp.NE: "ne",
    ir.CompareOp.LT: "lt",
    ir.CompareOp.LE: "le",
    ir.CompareOp.GT: "gt",
    ir.CompareOp.GE: "ge",
}
_FLOAT_INTRINSICS = {
    "sqrt": "sqrt",
    "floor": "floor",
    "ceil": "ceil",
    "trunc": "trunc",
    "round_even": "roundeven",
    "abs": "fabs",
}
_BIT_INTRINSICS = {
    "count_ones": ("ctpop", ""),
    "leading_zeros": ("ctlz", ", i1 false"),
    "trailing_zeros": ("cttz", ", i1 false"),
    "bit_reverse": ("bitreverse", ""),
    "byte_swap": ("bswap", ""),
}


class ExpressionWriter:
    """Writes the instructions of one function; locals live in memory, at `addresses`."""

    def __init__(self, module: Surroundings) -> None:
        self.module = module
        self.lines: list[str] = []
        self.addresses: list[str] = []
        """Where each local is, by its id."""
        self.is_open = True
        """The current basic block has no terminator yet."""
        self.place = ""
        """Stands behind each instruction: its line, if that is wanted."""
        self._temporaries = 0
        self._labels = 0

    # ------------------------------------------------------------------------------- the text

    def emit(self, line: str) -> None:
        """Write an instruction without a result."""
        assert self.is_open
        self.lines.append(f"  {line}{self.place}")

    def value(self, instruction: str) -> str:
        """Write an instruction and name its result."""
        self._temporaries += 1
        name = f"%t{self._temporaries}"
        self.emit(f"{name} = {instruction}")
        return name

    def terminate(self, line: str) -> None:
        """Write a terminator; what follows in this block is dead."""
        self.emit(line)
        self.is_open = False

    def new_label(self, purpose: str) -> str:
        """Make a label's name."""
        self._labels += 1
        return f"{purpose}.{self._labels}"

    def start_block(self, label: str) -> None:
        """Begin a basic block; an open one falls through to it."""
        if self.is_open:
            self.emit(f"br label %{label}")
        self.lines.append(f"{label}:")
        self.is_open = True

    def branch(self, condition: str, then: str, otherwise: str) -> None:
        """End the block by a two-way branch."""
        self.terminate(f"br i1 {condition}, label %{then}, label %{otherwise}")

    # ---------------------------------------------------------------------------------- memory

    def load(self, type_: ir.Type, address: str, tag: str = "") -> str:
        """Load a scalar or vector."""
        if isinstance(type_, ir.VectorType):
            kind, alignment = in_memory(type_)
            loaded = self.value(f"load {kind}, ptr {address}{alignment}{tag}")
            if isinstance(type_.element, ir.BoolType):
                return self.value(f"trunc {kind} {loaded} to {value_type(type_)}")
            return loaded
        loaded = self.value(f"load {memory_type(type_)}, ptr {address}{tag}")
        if isinstance(type_, ir.BoolType):
            return self.value(f"trunc i8 {loaded} to i1")
        return loaded

    def store(self, type_: ir.Type, value: str, address: str, tag: str = "") -> None:
        """Store a scalar or vector."""
        if isinstance(type_, ir.VectorType):
            kind, alignment = in_memory(type_)
            if isinstance(type_.element, ir.BoolType):
                value = self.value(f"zext {value_type(type_)} {value} to {kind}")
            self.emit(f"store {kind} {value}, ptr {address}{alignment}{tag}")
            return
        if isinstance(type_, ir.BoolType):
            value = self.value(f"zext i1 {value} to i8")
        self.emit(f"store {memory_type(type_)} {value}, ptr {address}{tag}")

    def load_place(self, place: ir.Place, type_: ir.Type) -> str:
        """Load the scalar in a place."""
        tag = self._access_tag(place, type_)
        if isinstance(place, ir.FieldPlace) and self._is_length(place):
            tag += LENGTH_RANGE
        return self.load(type_, self.address(place), tag)

    def store_place(self, place: ir.Place, value: str) -> None:
        """Store a scalar into a place."""
        self.store(place.type, value, self.address(place), self._access_tag(place, place.type))

    def assign(self, target: ir.Place, value: ir.Expr) -> None:
        """Store an expression; as in Mojo the target's indices are checked first."""
        address = self.address(target)
        computed = self.expression(value)
        self.store(target.type, computed, address, self._access_tag(target, target.type))

    def address(self, place: ir.Place) -> str:
        """Compute the address of a place, checking indices."""
        match place:
            case ir.LocalPlace(local):
                return self.addresses[local]
            case ir.FieldPlace(base, name):
                return self.field_address(self.address(base), base.type, name)
            case ir.ElementPlace():
                return self._element_address(place)
            case ir.PointeePlace(pointer):
                return self.expression(pointer)
            case _:
                assert_never(place)

    def field_address(self, base: str, type_: ir.Type, name: str) -> str:
        """Compute the address of a struct's field."""
        assert isinstance(type_, ir.StructType), (type_, name)
        fields = self.module.structs[type_.struct].fields
        index = next(i for i, field in enumerate(fields) if field.name == name)
        return self.value(
            f"getelementptr inbounds {value_type(type_)}, ptr {base}, i32 0, i32 {index}"
        )

    def _access_tag(self, place: ir.Place, type_: ir.Type) -> str:
        """Give the alias tag of an access; what is reached through a raw pointer has none, and may lie anywhere."""
        if isinstance(place, ir.PointeePlace):
            return "" if isinstance(type_, ir.VectorType) else ", align 1"
        base: ir.Place = place
        while not isinstance(base, ir.LocalPlace):
            if isinstance(base, ir.PointeePlace):
                return ""
            base = base.base
        if isinstance(place, ir.FieldPlace) and self._is_list(place.base.type):
            return tbaa_tag("pointer" if place.name == "data" else "list length")
        return tbaa_tag(tbaa_leaf(type_))

    def _is_length(self, place: ir.FieldPlace) -> bool:
        return place.name == "length" and self._is_list(place.base.type)

    def _is_list(self, type_: ir.Type) -> bool:
        return (
            isinstance(type_, ir.StructType)
            and self.module.structs[type_.struct].element is not None
        )

    def _element_address(self, place: ir.ElementPlace) -> str:
        base = self.address(place.base)
        index = self.expression(place.index)
        length_place = ir.FieldPlace(place.base, "length", ir.INT)
        length_address = self.field_address(base, place.base.type, "length")
        length = self.load(
            ir.INT, length_address, self._access_tag(length_place, ir.INT) + LENGTH_RANGE
        )
        is_inside = self.value(f"icmp ult i64 {index}, {length}")
        failed, checked = self.new_label("outside"), self.new_label("inside")
        self.branch(is_inside, checked, failed)
        self.start_block(failed)
        span = place.span
        file = span.file.encode()
        self.emit(
            f"call void {self.module.callee(BOUNDS_FAILED)}(i64 {index}, i64 {length}, "
            f"ptr {self.module.static_bytes(file)}, i64 {len(file)}, "
            f"i64 {span.line}, i64 {span.column})"
        )
        self.terminate("unreachable")
        self.start_block(checked)
        data_place = ir.FieldPlace(place.base, "data", ir.PointerType(place.type))
        data_address = self.field_address(base, place.base.type, "data")
        data = self.load(
            data_place.type, data_address, self._access_tag(data_place, data_place.type)
        )
        offset = self.value(f"trunc i64 {index} to i32")
        return self.value(
            f"getelementptr inbounds {memory_type(place.type)}, ptr {data}, i32 {offset}"
        )

    # ----------------------------------------------------------------------------- expressions

    def expression(self, expr: ir.Expr) -> str:  # noqa: C901, PLR0911 (one return a variant)
        """Compute an expression; give the value's name."""
        match expr:
            case ir.Const(type_, value):
                return constant(type_, value)
            case ir.StaticBytes(data):
                return self.module.static_bytes(data) if data else "null"
            case ir.Load(place, type_):
                return self.load_place(place, type_)
            case ir.Binary():
                return self._binary(expr)
            case ir.Compare(op, left, right):
                operands = f"{self.expression(left)}, {self.expression(right)}"
                return self.value(f"{_comparison(op, left.type)} {operands}")
            case ir.Unary():
                return self._unary(expr)
            case ir.Convert(operand, type_):
                return convert(self, self.expression(operand), operand.type, type_)
            case ir.Select(condition, then, otherwise, type_):
                name = value_type(type_)
                chosen = f"{value_type(condition.type)} {self.expression(condition)}"
                return self.value(
                    f"select {chosen}, {name} {self.expression(then)}, "
                    f"{name} {self.expression(otherwise)}"
                )
            case ir.AddressOf(place):
                return self.address(place)
            case ir.Pure():
                return self._pure(expr)
            case _:
                assert_never(expr)

    def _binary(self, expr: ir.Binary) -> str:
        left, right = self.expression(expr.left), self.expression(expr.right)
        type_, name, op = element_of(expr.type), value_type(expr.type), expr.op
        if isinstance(type_, ir.FloatType):
            return self.value(f"{_FLOAT_OPERATORS[op]} {name} {left}, {right}")
        if isinstance(type_, ir.BoolType):
            return self.value(f"{_INTEGER_OPERATORS[op]} {name} {left}, {right}")
        assert isinstance(type_, ir.IntType), expr
        if op in _DIVISIONS:
            sign, lane = "s" if type_.is_signed else "u", value_type(type_)
            helper = self.module.helper(f"{_DIVISIONS[op]}_{sign}_{lane}")
            if op is ir.BinaryOp.TRUNC_DIV:
                self.module.declare("declare void @llvm.trap()")
            operands = ((expr.type, left), (expr.type, right))
            return by_lanes(
                self,
                expr.type,
                operands,
                lambda v: self.value(f"call {lane} {helper}({lane} {v[0]}, {lane} {v[1]})"),
            )
        if op in (ir.BinaryOp.SHL, ir.BinaryOp.SHR):
            masked = self.value(f"and {name} {right}, {filled(expr.type, str(type_.bits - 1))}")
            right_shift = "ashr" if type_.is_signed else "lshr"
            shift = "shl" if op is ir.BinaryOp.SHL else right_shift
            return self.value(f"{shift} {name} {left}, {masked}")
        return self.value(f"{_INTEGER_OPERATORS[op]} {name} {left}, {right}")

    def _unary(self, expr: ir.Unary) -> str:
        operand, name = self.expression(expr.operand), value_type(expr.type)
        match expr.op:
            case ir.UnaryOp.NEG:
                if isinstance(element_of(expr.type), ir.FloatType):
                    return self.value(f"fneg {name} {operand}")
                return self.value(f"sub {name} {filled(expr.type, '0')}, {operand}")
            case ir.UnaryOp.INVERT:
                return self.value(f"xor {name} {operand}, {filled(expr.type, '-1')}")
            case ir.UnaryOp.NOT:
                return self.value(f"xor {name} {operand}, {filled(expr.type, 'true')}")
            case _:
                assert_never(expr.op)

    def _pure(self, expr: ir.Pure) -> str:  # noqa: PLR0911 (one return an intrinsic)
        name = expr.name
        if name == "cell":
            cell = expr.arguments[0]
            assert isinstance(cell, ir.Const), cell
            assert 0 <= cell.value < CELL_COUNT, cell
            return self.value(f"getelementptr inbounds i64, ptr @cells, i32 {int(cell.value)}")
        if name == "heap_base":
            return self.value("ptrtoint ptr @__heap_base to i64")
        if name == "memory_size":
            self.module.declare("declare i32 @llvm.wasm.memory.size.i32(i32)")
            pages = self.value("call i32 @llvm.wasm.memory.size.i32(i32 0)")
            return self.value(f"shl i64 {self.value(f'zext i32 {pages} to i64')}, 16")
        if name in LANE_OPERATIONS:
            return lane_operation(self, expr)
        values = [self.expression(argument) for argument in expr.arguments]
        if name == "pointer_offset":
            offset = self.value(f"trunc i64 {values[1]} to i32")
            assert isinstance(expr.type, ir.PointerType)
            element = memory_type(expr.type.pointee)
            return self.value(f"getelementptr {element}, ptr {values[0]}, i32 {offset}")
        if name == "mul_high_u64":
            helper = self.module.helper("mul_high")
            return self.value(f"call i64 {helper}(i64 {values[0]}, i64 {values[1]})")
        if name == "bitcast":
            return bitcast(self, values[0], expr.arguments[0].type, expr.type)
        kind = value_type(expr.type)
        if name == "copysign":
            return copysign(self, expr, values)
        if name in _BIT_INTRINSICS:
            stem, extra = _BIT_INTRINSICS[name]
            symbol = f"@llvm.{stem}.{suffix(expr.type)}"
            extra_type = ", i1" if extra else ""
            self.module.declare(f"declare {kind} {symbol}({kind}{extra_type})")
            return self.value(f"call {kind} {symbol}({kind} {values[0]}{extra})")
        symbol = f"@llvm.{_FLOAT_INTRINSICS[name]}.{suffix(expr.type)}"
        self.module.declare(f"declare {kind} {symbol}({kind})")
        return self.value(f"call {kind} {symbol}({kind} {values[0]})")


def _comparison(op: ir.CompareOp, type_: ir.Type) -> str:
    word = _COMPARISONS[op]
    name, lane = value_type(type_), element_of(type_)
    if isinstance(lane, ir.FloatType):
        return f"fcmp {'une' if op is ir.CompareOp.NE else 'o' + word} {name}"
    if op in (ir.CompareOp.EQ, ir.CompareOp.NE):
        return f"icmp {word} {name}"
    is_signed = isinstance(lane, ir.IntType) and lane.is_signed
    return f"icmp {'s' if is_signed else 'u'}{word} {name}"
