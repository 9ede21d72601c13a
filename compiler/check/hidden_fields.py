"""Fields of the library's structs that only the library may name, for the language does not know them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from meshnode.compiler.check.values import type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.types.types import StructInstance

_HIDDEN: Mapping[str, str] = {
    "List.length": "write 'len(…)'",
    "List.data": "write '….unsafe_ptr()'",
    "Error.message": "write 'String(…)'",
}
"""By struct and field: what to write instead."""


def refuse(body: "Body", node: tree.Attribute, instance: "StructInstance") -> None:
    """Refuse a program's use of such a field."""
    symbol = instance.symbol
    if body.env.module.is_prelude or symbol is None or not symbol.module.is_prelude:
        return
    hint = _HIDDEN.get(f"{symbol.node.name.name}.{node.name}")
    if hint is not None:
        message = f"'{type_name(instance.type)}' value has no attribute '{node.name}'"
        body.env.fail(Code.NAME, message, node.span, suggestion=hint)
