"""What tuples and the program's structs do by themselves: give their fields to a hasher, show themselves in `repr`.

The library's overload sets `_hash_into` and `_write_repr` come here first for such values.
"""

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import builtins, calls
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import (
    Fresh,
    Functions,
    Given,
    Nothing,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def call(
    body: Body, functions: Functions, given: Sequence[Given], extent: tree.Extent
) -> Value | None:
    """Do what a call of one of the overload sets means for a tuple or a struct; None if the library does it."""
    synthesise = _SETS.get(functions.name)
    if synthesise is None or not functions.functions[0].module.is_prelude:
        return None
    return synthesise(body, given, extent)


def _hash(body: Body, given: Sequence[Given], extent: tree.Extent) -> Value | None:
    """Give a struct to a hasher, by its own `__hash__` or field by field."""
    hasher, value = given[0][1], given[1][1]
    instance = _instance(body, value)
    if instance is None:
        return None
    done = _by_method(body, instance, "__hash__", value, hasher, extent)
    if done is not None:
        return done
    _require_trait(body, instance, "Hashable", extent)
    for _, member in _members(value, instance):
        operators.call_prelude(body, "_hash_into", [hasher, member], extent)
    return Nothing()


def _write_repr(body: Body, given: Sequence[Given], extent: tree.Extent) -> Value | None:
    """Write a struct as `repr` shows it: by its own `write_repr_to`, or field by field."""
    out, value = given[0][1], given[1][1]
    instance = _instance(body, value)
    if instance is None:
        return None
    done = _by_method(body, instance, "write_repr_to", value, out, extent)
    if done is not None:
        return done
    _require_trait(body, instance, "Writable", extent)
    is_tuple = instance.symbol is None
    builtins.append_text(body, out, _repr_head(body, instance), extent)
    for index, (name, member) in enumerate(_members(value, instance)):
        text = (", " if index else "") + ("" if is_tuple else f"{name}=")
        builtins.append_text(body, out, text, extent)
        operators.call_prelude(body, "_write_repr", [out, member], extent)
    is_single = is_tuple and len(instance.fields) == 1
    builtins.append_text(body, out, ",)" if is_single else ")", extent)
    return Nothing()


def _repr_head(body: Body, instance: types.StructInstance) -> str:
    name = builtins.reflected_name(body, instance.type)
    if instance.symbol is None:
        names = [builtins.reflected_name(body, field.type) for field in instance.fields]
        name = f"Tuple[{', '.join(names)}]"
    return f"{name}("


def _instance(body: Body, value: Value) -> types.StructInstance | None:
    """Give the tuple or the program's struct that a value is."""
    if not isinstance(value, Stored | Fresh) or not isinstance(value.place.type, ir.StructType):
        return None
    instance = body.checker.types.struct_of(value.place.type)
    is_library = instance.symbol is not None and instance.symbol.module.is_prelude
    return None if is_library else instance


def _require_trait(
    body: Body, instance: types.StructInstance, trait: str, extent: tree.Extent
) -> None:
    """Refuse a struct of the program's that does not list a trait; tuples have all of them."""
    if instance.symbol is not None and not instance.has_trait(trait):
        body.env.fail(
            Code.TYPE,
            f"'{type_name(instance.type)}' does not conform to '{trait}'",
            extent,
            suggestion=f"add '{trait}' to the struct's traits",
        )


def _by_method(
    body: Body,
    instance: types.StructInstance,
    name: str,
    value: Value,
    argument: Value,
    extent: tree.Extent,
) -> Value | None:
    methods = instance.symbol.methods.get(name) if instance.symbol is not None else None
    if methods is None:
        return None
    functions = Functions(name, methods, receiver=value, struct=instance.type)
    return calls.call_values(body, functions, [(None, argument, extent)], extent)


def _members(value: Value, instance: types.StructInstance) -> list[tuple[str, Value]]:
    assert isinstance(value, Stored | Fresh)
    return [
        (field.name, Stored(ir.FieldPlace(value.place, field.name, field.type), is_mutable=False))
        for field in instance.fields
    ]


_SETS: Mapping[str, Callable[[Body, Sequence[Given], tree.Extent], Value | None]] = {
    "_hash_into": _hash,
    "_write_repr": _write_repr,
}
