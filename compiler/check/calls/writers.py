"""Writers of the program's own: the library writes to a String, whose text each of them is given."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.calls import calls, construction
from meshnode.compiler.check.values import Functions, Given, Stored, Value
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body

_WRITING = ("_write", "_write_repr", "_write_literal")
"""The library's functions that write to their first argument."""


def deliver(
    body: "Body", functions: Functions, given: Sequence[Given], extent: tree.Extent
) -> Value | None:
    """Let the library write for a writer of the program's own; None if this is no such call."""
    if functions.name not in _WRITING or not functions.functions[0].module.is_prelude:
        return None
    writer = given[0][1]
    if not isinstance(writer, Stored) or not isinstance(writer.place.type, ir.StructType):
        return None
    instance = body.checker.types.struct_of(writer.place.type)
    if instance.symbol is None or not instance.has_trait("Writer"):
        return None
    string = body.checker.types.string_type(body.env, extent)
    text = Stored(construction.construct(body, string, {}, extent), is_mutable=True)
    calls.call_values(body, functions, [(None, text, extent), *given[1:]], extent)
    methods = instance.symbol.methods["write_string"]
    write = Functions("write_string", methods, receiver=writer, struct=instance.type)
    return calls.call_values(body, write, [(None, text, extent)], extent)
