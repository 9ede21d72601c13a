"""Lowering of conversions between numbers and of bit patterns; lane by lane where LLVM has nothing safe for vectors."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import value_type
from meshnode.compiler.llvm.vectors import by_lanes, element_of, filled

if TYPE_CHECKING:
    from meshnode.compiler.llvm.expressions import ExpressionWriter


def convert(writer: "ExpressionWriter", value: str, source: ir.Type, target: ir.Type) -> str:
    """Write an `ir.Convert` of a computed value."""
    from_name, to_name = value_type(source), value_type(target)
    match element_of(source), element_of(target):
        case ir.FloatType(), ir.IntType(_, is_signed):
            intrinsic = "fptosi" if is_signed else "fptoui"
            symbol = f"@llvm.{intrinsic}.sat.{suffix(target)}.{suffix(source)}"
            writer.module.declare(f"declare {to_name} {symbol}({from_name})")
            return writer.value(f"call {to_name} {symbol}({from_name} {value})")
        case ir.IntType(), ir.BoolType():
            return writer.value(f"icmp ne {from_name} {value}, {filled(source, '0')}")
        case ir.FloatType(), ir.BoolType():
            return writer.value(f"fcmp une {from_name} {value}, {filled(source, '0.0')}")
        case ir.PointerType(), ir.IntType(bits):
            return writer.value(f"ptrtoint ptr {value} to i{bits}")
        case ir.IntType(bits), ir.PointerType():
            return writer.value(f"inttoptr i{bits} {value} to ptr")
        case _:
            if from_name == to_name:
                return value
            word = _conversion(element_of(source), element_of(target))
            return writer.value(f"{word} {from_name} {value} to {to_name}")


def copysign(writer: "ExpressionWriter", expr: ir.Pure, values: list[str]) -> str:
    """Write the intrinsic `copysign`."""
    lane = element_of(expr.type)
    kind = value_type(lane)
    helper = writer.module.helper(f"copysign_{kind}")
    writer.module.declare(f"declare {kind} @llvm.copysign.{suffix(lane)}({kind}, {kind})")
    operands = [(expr.type, value) for value in values]
    return by_lanes(
        writer,
        expr.type,
        operands,
        lambda v: writer.value(f"call {kind} {helper}({kind} {v[0]}, {kind} {v[1]})"),
    )


def bitcast(writer: "ExpressionWriter", value: str, source: ir.Type, target: ir.Type) -> str:
    """Write the intrinsic `bitcast`."""
    from_name, to_name = value_type(source), value_type(target)
    lane, target_lane = element_of(source), element_of(target)
    if isinstance(lane, ir.FloatType) and isinstance(target_lane, ir.IntType):
        start, stop = value_type(lane), value_type(target_lane)
        helper = writer.module.helper(f"bits_{start}")
        return by_lanes(
            writer,
            target,
            [(source, value)],
            lambda v: writer.value(f"call {stop} {helper}({start} {v[0]})"),
        )
    if from_name == to_name:
        return value
    return writer.value(f"bitcast {from_name} {value} to {to_name}")


def suffix(type_: ir.Type) -> str:
    """Give the ending of an LLVM intrinsic's name: `f64`, `v4i32`."""
    if isinstance(type_, ir.VectorType):
        return f"v{type_.lanes}{suffix(type_.element)}"
    assert isinstance(type_, ir.IntType | ir.FloatType), type_
    return f"{'i' if isinstance(type_, ir.IntType) else 'f'}{type_.bits}"


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
