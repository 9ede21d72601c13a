"""Lowering of expressions and places to LLVM IR, into the text of one function.

No flags that make overflow or NaN undefined are ever set, so the result is the IR's meaning and
nothing else; `inbounds` stands where an index was checked or a field is fixed.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.llvm_text import (
    constant,
    memory_type,
    tbaa_leaf,
    tbaa_tag,
    value_type,
)
from meshnode.compiler.llvm_writer import ModuleWriter
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
}


class ExpressionWriter:
    """Writes the instructions of one function; locals live in memory, at `addresses`."""

    def __init__(self, module: ModuleWriter) -> None:
        self.module = module
        self.lines: list[str] = []
        self.addresses: list[str] = []
        """Where each local is, by its id."""
        self.is_open = True
        """The current basic block has no terminator yet."""
        self._temporaries = 0
        self._labels = 0

    # ------------------------------------------------------------------------------- the text

    def emit(self, line: str) -> None:
        """Write an instruction without a result."""
        assert self.is_open
        self.lines.append(f"  {line}")

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
        """Load a scalar."""
        loaded = self.value(f"load {memory_type(type_)}, ptr {address}{tag}")
        if isinstance(type_, ir.BoolType):
            return self.value(f"trunc i8 {loaded} to i1")
        return loaded

    def store(self, type_: ir.Type, value: str, address: str, tag: str = "") -> None:
        """Store a scalar."""
        if isinstance(type_, ir.BoolType):
            value = self.value(f"zext i1 {value} to i8")
        self.emit(f"store {memory_type(type_)} {value}, ptr {address}{tag}")

    def load_place(self, place: ir.Place, type_: ir.Type) -> str:
        """Load the scalar in a place."""
        return self.load(type_, self.address(place), self._access_tag(place, type_))

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
        """Give the alias tag of an access; what is reached through a raw pointer has none."""
        base = place
        while not isinstance(base, ir.LocalPlace):
            if isinstance(base, ir.PointeePlace):
                return ""
            base = base.base
        if isinstance(place, ir.FieldPlace) and self._is_list(place.base.type):
            return tbaa_tag("pointer" if place.name == "data" else "list length")
        return tbaa_tag(tbaa_leaf(type_))

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
        length = self.load(ir.INT, length_address, self._access_tag(length_place, ir.INT))
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
                return self._convert(self.expression(operand), operand.type, type_)
            case ir.Select(condition, then, otherwise, type_):
                name = value_type(type_)
                chosen = self.expression(condition)
                return self.value(
                    f"select i1 {chosen}, {name} {self.expression(then)}, "
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
        type_, name, op = expr.type, value_type(expr.type), expr.op
        if isinstance(type_, ir.FloatType):
            return self.value(f"{_FLOAT_OPERATORS[op]} {name} {left}, {right}")
        if isinstance(type_, ir.BoolType):
            return self.value(f"{_INTEGER_OPERATORS[op]} i1 {left}, {right}")
        assert isinstance(type_, ir.IntType), expr
        if op in _DIVISIONS:
            sign = "s" if type_.is_signed else "u"
            helper = self.module.helper(f"{_DIVISIONS[op]}_{sign}_{name}")
            if op is ir.BinaryOp.TRUNC_DIV:
                self.module.declare("declare void @llvm.trap()")
            return self.value(f"call {name} {helper}({name} {left}, {name} {right})")
        if op in (ir.BinaryOp.SHL, ir.BinaryOp.SHR):
            masked = self.value(f"and {name} {right}, {type_.bits - 1}")
            right_shift = "ashr" if type_.is_signed else "lshr"
            shift = "shl" if op is ir.BinaryOp.SHL else right_shift
            return self.value(f"{shift} {name} {left}, {masked}")
        return self.value(f"{_INTEGER_OPERATORS[op]} {name} {left}, {right}")

    def _unary(self, expr: ir.Unary) -> str:
        operand, name = self.expression(expr.operand), value_type(expr.type)
        match expr.op:
            case ir.UnaryOp.NEG:
                if isinstance(expr.type, ir.FloatType):
                    return self.value(f"fneg {name} {operand}")
                return self.value(f"sub {name} 0, {operand}")
            case ir.UnaryOp.INVERT:
                return self.value(f"xor {name} {operand}, -1")
            case ir.UnaryOp.NOT:
                return self.value(f"xor i1 {operand}, true")
            case _:
                assert_never(expr.op)

    def _convert(self, value: str, source: ir.Type, target: ir.Type) -> str:
        from_name, to_name = value_type(source), value_type(target)
        match source, target:
            case ir.FloatType(), ir.IntType(bits, is_signed):
                intrinsic = "fptosi" if is_signed else "fptoui"
                suffix = "f64" if from_name == "double" else "f32"
                symbol = f"@llvm.{intrinsic}.sat.i{bits}.{suffix}"
                self.module.declare(f"declare {to_name} {symbol}({from_name})")
                return self.value(f"call {to_name} {symbol}({from_name} {value})")
            case ir.IntType(from_bits), ir.BoolType():
                return self.value(f"icmp ne i{from_bits} {value}, 0")
            case ir.FloatType(), ir.BoolType():
                return self.value(f"fcmp une {from_name} {value}, 0.0")
            case ir.PointerType(), ir.IntType(bits):
                return self.value(f"ptrtoint ptr {value} to i{bits}")
            case ir.IntType(bits), ir.PointerType():
                return self.value(f"inttoptr i{bits} {value} to ptr")
            case _:
                if from_name == to_name:
                    return value
                return self.value(f"{_conversion(source, target)} {from_name} {value} to {to_name}")

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
            return self._bitcast(values[0], expr.arguments[0].type, expr.type)
        kind = value_type(expr.type)
        if name == "copysign":
            helper = self.module.helper(f"copysign_{kind}")
            suffix = _suffix(expr.type)
            self.module.declare(f"declare {kind} @llvm.copysign.{suffix}({kind}, {kind})")
            return self.value(f"call {kind} {helper}({kind} {values[0]}, {kind} {values[1]})")
        if name in _BIT_INTRINSICS:
            stem, extra = _BIT_INTRINSICS[name]
            symbol = f"@llvm.{stem}.{_suffix(expr.type)}"
            extra_type = ", i1" if extra else ""
            self.module.declare(f"declare {kind} {symbol}({kind}{extra_type})")
            return self.value(f"call {kind} {symbol}({kind} {values[0]}{extra})")
        symbol = f"@llvm.{_FLOAT_INTRINSICS[name]}.{_suffix(expr.type)}"
        self.module.declare(f"declare {kind} {symbol}({kind})")
        return self.value(f"call {kind} {symbol}({kind} {values[0]})")

    def _bitcast(self, value: str, source: ir.Type, target: ir.Type) -> str:
        from_name, to_name = value_type(source), value_type(target)
        if isinstance(source, ir.FloatType) and isinstance(target, ir.IntType):
            helper = self.module.helper(f"bits_{from_name}")
            return self.value(f"call {to_name} {helper}({from_name} {value})")
        if from_name == to_name:
            return value
        return self.value(f"bitcast {from_name} {value} to {to_name}")


def _suffix(type_: ir.Type) -> str:
    assert isinstance(type_, ir.IntType | ir.FloatType), type_
    return f"{'i' if isinstance(type_, ir.IntType) else 'f'}{type_.bits}"


def _comparison(op: ir.CompareOp, type_: ir.Type) -> str:
    word = _COMPARISONS[op]
    name = value_type(type_)
    if isinstance(type_, ir.FloatType):
        return f"fcmp {'une' if op is ir.CompareOp.NE else 'o' + word} {name}"
    if op in (ir.CompareOp.EQ, ir.CompareOp.NE):
        return f"icmp {word} {name}"
    is_signed = isinstance(type_, ir.IntType) and type_.is_signed
    return f"icmp {'s' if is_signed else 'u'}{word} {name}"


def _conversion(source: ir.Type, target: ir.Type) -> str:
    match source, target:
        case ir.IntType(from_bits, is_signed), ir.IntType(to_bits):
            widening = "sext" if is_signed else "zext"
            return widening if to_bits > from_bits else "trunc"
        case ir.BoolType(), ir.IntType():
            return "zext"
        case ir.IntType(_, is_signed), ir.FloatType():
            return "sitofp" if is_signed else "uitofp"
        case ir.BoolType(), ir.FloatType():
            return "uitofp"
        case ir.FloatType(from_bits), ir.FloatType(to_bits):
            return "fpext" if to_bits > from_bits else "fptrunc"
        case _:
            raise AssertionError(f"no conversion from {source} to {target}")
