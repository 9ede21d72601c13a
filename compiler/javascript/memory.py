"""Loads from and stores into linear memory."""

from meshnode.compiler import ir
from meshnode.compiler.javascript.code import WIDE, Code, as_big, call, refuse
from meshnode.compiler.layout import size_of


def access_name(type_: ir.Type, span: ir.Span) -> str:
    """Give what the names of a scalar's `load…` and `store…` end in."""
    match type_:
        case ir.IntType(bits, is_signed):
            return f"{'Int' if is_signed else 'Uint'}{bits}"
        case ir.FloatType(bits):
            return f"Float{bits}"
        case ir.BoolType():
            return "Bool"
        case ir.DTypeType():
            return "Uint8"
        case ir.PointerType():
            return "Pointer"
        case _:
            raise refuse(f"values of {type_}", span)


def is_wide(type_: ir.Type) -> bool:
    """Tell whether values may be BigInts."""
    return isinstance(type_, ir.IntType) and type_.bits == WIDE


def load_code(type_: ir.Type, address: Code, span: ir.Span) -> Code:
    """Load a scalar or vector."""
    if isinstance(type_, ir.VectorType):
        name = access_name(type_.element, span)
        size = size_of(type_.element, {})
        return call("loadLanes", f"load{name}", address, str(type_.lanes), str(size))
    return call(f"load{access_name(type_, span)}", address, is_big=is_wide(type_))


def store_code(type_: ir.Type, address: Code, value: Code, span: ir.Span) -> str:
    """Write the statement that stores a scalar or vector."""
    if isinstance(type_, ir.VectorType):
        name = access_name(type_.element, span)
        size = size_of(type_.element, {})
        return call("storeLanes", f"store{name}", address, value, str(size)).text + ";"
    if is_wide(type_) and not value.is_big:
        if value.text.lstrip("-").isdigit():
            return call(f"store{access_name(type_, span)}", address, as_big(value)).text + ";"
        return call("storeWhole", address, value).text + ";"
    return call(f"store{access_name(type_, span)}", address, value).text + ";"
