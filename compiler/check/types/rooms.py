"""How `_Room[T, count]` of the prelude lies in memory: room for a fixed number of values."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from meshnode.compiler import ir, limits
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import Env, ParameterValue
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import StructSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


def refuse_giant(
    checker: "Checker",
    env: Env,
    symbol: StructSymbol,
    values: Mapping[str, ParameterValue],
    extent: tree.Extent,
) -> None:
    """Refuse an Array that no memory holds, where it is written."""
    if symbol.node.name.name != "Array" or symbol is not checker.symbols.prelude.get("Array"):
        return
    element, count = values["T"], values["size"]
    if isinstance(element, ir.Const | Aggregate) or not isinstance(count, ir.Const):
        return
    size = int(count.value) * checker.types.size_of(element)
    if max(size, int(count.value)) > limits.ARRAY_BYTES_MAX:
        shown = types.parameter_name(element)
        message = f"an Array of {int(count.value):,} '{shown}' is too large"
        suggestion = f"a 'List[{shown}]' of any length lies on the heap"
        env.fail(Code.LIMIT, message, extent, suggestion=suggestion)
    if int(count.value) < 0:
        env.fail(Code.CONSTANT, f"an Array cannot have {int(count.value)} elements", extent)


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
