"""Which function writes a value; and writers of the program's own, which are given the text that the library wrote."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.calls import builtins, calls, construction
from meshnode.compiler.check.values import (
    Fresh,
    Functions,
    Given,
    Nothing,
    Scalar,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol, OverloadSet
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.types.types import StructInstance

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


def library_writers(body: "Body", value: Value) -> Functions:
    """Give the library's functions that may write a value.

    Only the one that names its type, if there is one: nothing fits better, and there are many to try.
    """
    written = body.checker.symbols.prelude["_write"]
    assert isinstance(written, OverloadSet)
    name = _library_type(body, value)
    exact = [function for function in written.functions if name and _takes(function, name)]
    return Functions("_write", exact or written.functions)


def _library_type(body: "Body", value: Value) -> str:
    """Name a value's type if it is none of the program's own."""
    match value:
        case Scalar(expr):
            type_ = expr.type
        case Stored(place, _, _) | Fresh(place):
            type_ = place.type
        case _:
            return ""
    if isinstance(type_, ir.StructType):
        struct = body.checker.types.struct_of(type_).symbol
        if struct is None or not struct.module.is_prelude:
            return ""
    return type_name(type_)


def _takes(function: FunctionSymbol, name: str) -> bool:
    annotation = function.node.parameters[1].annotation
    return isinstance(annotation, tree.Name) and annotation.name == name


def write_struct(body: "Body", given: Sequence[Given], extent: tree.Extent) -> Value | None:
    """Write a tuple, or a struct by its own or its synthesised `write_to`; None if the prelude does it."""
    if len(given) != 2 or not isinstance(given[1][1], Stored | Fresh):  # noqa: PLR2004 - (out, value)
        return None
    out, value = given[0][1], given[1][1]
    type_ = value.place.type
    if not isinstance(type_, ir.StructType):
        return None
    instance = body.checker.types.struct_of(type_)
    if instance.symbol is None:
        _write_tuple(body, out, value.place, instance, extent)
        return Nothing()
    if instance.symbol.module.is_prelude:
        return None
    methods = instance.symbol.methods.get("write_to")
    if methods is not None:
        functions = Functions("write_to", methods, receiver=value, struct=type_)
        return calls.call_values(body, functions, [(None, out, extent)], extent)
    if not instance.has_trait("Writable"):
        body.env.fail(
            Code.TYPE,
            f"'{type_name(type_)}' does not conform to 'Writable'",
            extent,
            suggestion="add 'Writable' to the struct's traits",
        )
    _write_fields(body, out, value.place, instance, extent)
    return Nothing()


def _write_tuple(
    body: "Body",
    out: Value,
    place: ir.Place,
    instance: "StructInstance",
    extent: tree.Extent,
) -> None:
    builtins.append_text(body, out, "(", extent)
    for index, field in enumerate(instance.fields):
        if index:
            builtins.append_text(body, out, ", ", extent)
        member = Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=False)
        builtins.write(body, out, member, extent)
    builtins.append_text(body, out, ",)" if len(instance.fields) == 1 else ")", extent)


def _write_fields(
    body: "Body",
    out: Value,
    place: ir.Place,
    instance: "StructInstance",
    extent: tree.Extent,
) -> None:
    text = f"{builtins.reflected_name(body, instance.type)}("
    for index, field in enumerate(instance.fields):
        builtins.append_text(body, out, f"{text}{', ' if index else ''}{field.name}=", extent)
        text = ""
        member = Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=False)
        builtins.write(body, out, member, extent)
    builtins.append_text(body, out, f"{text})", extent)
