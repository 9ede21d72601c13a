"""Lists of many known numbers: they are copied from static data, not appended one by one."""

import struct
from collections.abc import Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.values import Known, Scalar, Value
from meshnode.compiler.interpret.memory import scalar_code
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

_TABLE_MIN = 32
"""Elements; LLVM takes longer than in proportion to compile the stores of many."""


def list_of_numbers(
    body: Body, values: Sequence[Value], type_: ir.StructType, node: tree.ListLiteral
) -> Value | None:
    """Make a List of a display's elements; None if they are few or not all known numbers."""
    element = body.checker.types.struct_of(type_).element
    if len(values) < _TABLE_MIN or not isinstance(element, ir.IntType | ir.FloatType):
        return None
    parts: list[bytes] = []
    for value, item in zip(values, node.elements, strict=True):
        is_constant = isinstance(value, Scalar) and isinstance(value.expr, ir.Const)
        if not is_constant and not isinstance(value, IntLiteral | FloatLiteral):
            return None
        number = conversions.to_scalar(body, value, element, item.span)
        if not isinstance(number, ir.Const):
            return None
        parts.append(struct.pack("<" + scalar_code(element), number.value))
    known = Known(type_, Aggregate(type_, tuple(parts)))
    return body.checker.comptime.materialise(body, known, node.span, is_explicit=True)
