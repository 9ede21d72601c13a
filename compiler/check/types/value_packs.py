"""Packs of values: `*conditions: StaticString` in square brackets is the tuple of what is written there."""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.comptime.values import Aggregate, Part
from meshnode.compiler.check.types import parameters
from meshnode.compiler.check.values import Env, ParameterValue, Written
from meshnode.compiler.interpret.memory import scalar_code
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


def is_of_values(env: Env, pack: tree.TypeParameter) -> bool:
    """Tell whether a pack takes values rather than types."""
    return pack.bound is not None and not parameters.is_type_parameter(env, pack)


def gather(
    checker: "Checker", env: Env, pack: tree.TypeParameter, written: Sequence[Written]
) -> Aggregate:
    """Evaluate the values of a pack that is declared in `env`."""
    values = [parameters.value_of(checker, env, pack, item) for item in written]
    parts = [_part(value) for value in values]
    types: list[ir.Type] = [
        value.type for value in values if isinstance(value, ir.Const | Aggregate)
    ]
    return Aggregate(checker.types.tuple_type(types), tuple(parts))


def _part(value: ParameterValue) -> Part:
    if isinstance(value, Aggregate):
        return value
    assert isinstance(value, ir.Const)
    return struct.pack("<" + scalar_code(value.type), value.value)
