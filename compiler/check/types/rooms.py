"""How `_Room[T, count]` of the prelude lies in memory: room for a fixed number of values."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import types

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


def fields(checker: "Checker", instance: "types.StructInstance") -> tuple[ir.Field, ...]:
    """Lay out room for `count` values one after the other: two halves, so that no struct has many fields."""
    element, count = instance.parameters["T"], instance.parameters["count"]
    assert instance.symbol is not None
    assert instance.env is not None
    assert isinstance(count, ir.Const)
    assert not isinstance(element, ir.Const | Aggregate)
    size = int(count.value)
    if size == 1:
        return (ir.Field("0", element),)
    found: list[ir.Field] = []
    if size > 1:
        values = {"T": element, "count": ir.Const(ir.INT, size // 2)}
        extent = instance.symbol.node.span
        half = types.struct_instance(checker, instance.env, instance.symbol, values, extent)
        found = [ir.Field("0", half), ir.Field("1", half)]
    if size > 1 and size % 2:
        found.append(ir.Field("2", element))
    return tuple(found)
