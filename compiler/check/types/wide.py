"""Numbers of 128 bits, which are structs of the library (`prelude/two_words.mojo`): literals become such."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.calls import construction
from meshnode.compiler.check.values import Fresh, Scalar, Value
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker

_WORD = (1 << 64) - 1


def is_wide(checker: "Checker", type_: ir.Type) -> bool:
    """Tell whether a type is `UInt128` or `Int128`."""
    if not isinstance(type_, ir.StructType):
        return False
    symbol = checker.types.struct_of(type_).symbol
    return symbol is not None and symbol is checker.symbols.prelude.get("_TwoWords")


def of_literal(body: "Body", value: Value, type_: ir.Type, extent: tree.Extent) -> Value | None:
    """Give a literal as a number of the type; None if it is no whole number, or the type another one."""
    if not isinstance(value, IntLiteral) or not is_wide(body.checker, type_):
        return None
    assert isinstance(type_, ir.StructType)
    words = {
        "_low": Scalar(ir.Const(ir.UINT64, value.value & _WORD)),
        "_high": Scalar(ir.Const(ir.UINT64, (value.value >> 64) & _WORD)),
    }
    return Fresh(construction.construct(body, type_, words, extent))
