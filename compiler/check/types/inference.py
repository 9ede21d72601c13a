"""Finding a generic function's parameters from the types of its arguments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import views
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import dtypes
from meshnode.compiler.check.values import Env, ParameterValue
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker
    from meshnode.compiler.check.types import types


def infer_parameters(
    checker: "Checker",
    env: Env,
    node: tree.Expression,
    type_: ir.Type,
    found: dict[str, ParameterValue | None],
) -> None:
    """Bind the unknown names (None in `found`) that make the annotation `node` the given type."""
    match node:
        case tree.Name(name=name) if name in found:
            if found[name] is None:
                found[name] = type_
        case tree.Attribute(base=tree.Name(name="Self"), name=name) if f"Self.{name}" in found:
            if found[f"Self.{name}"] is None:
                found[f"Self.{name}"] = type_
        case tree.Subscript(base=tree.Name(name="__Pointer"), arguments=(argument,)):
            if isinstance(type_, ir.PointerType):
                infer_parameters(checker, env, argument.value, type_.pointee, found)
        case tree.Subscript(base=base) if dtypes.is_vector_name(env, base):
            dtypes.infer_from_vector(node, type_, found)
        case tree.Subscript(base=tree.Name(name=name), arguments=arguments):
            if isinstance(type_, ir.StructType):
                _infer_from_struct(checker, env, name, arguments, type_, found)
        case _:
            pass


def _infer_from_struct(
    checker: "Checker",
    env: Env,
    name: str,
    arguments: Sequence[tree.Argument],
    type_: ir.StructType,
    found: dict[str, ParameterValue | None],
) -> None:
    instance = checker.types.instances[type_.struct]
    if instance.symbol is None:
        if name == "Tuple" and len(arguments) == len(instance.fields):
            for argument, field in zip(arguments, instance.fields, strict=True):
                infer_parameters(checker, env, argument.value, field.type, found)
        return
    if env.module.names.get(name) is not instance.symbol:
        return
    names = [parameter.name for parameter in instance.symbol.node.type_parameters]
    arguments = views.parameters(checker, instance.symbol, arguments)
    if len(arguments) == 1 and isinstance(arguments[0].value, tree.Spread):
        infer_parameters(
            checker, env, arguments[0].value.value, _pack_of(instance, names[0]), found
        )
        return
    for parameter, argument in zip(names, arguments, strict=False):
        value = instance.parameters[argument.name or parameter]
        if not isinstance(value, ir.Const | Aggregate):
            infer_parameters(checker, env, argument.value, value, found)
            continue
        key = _parameter_key(argument.value)
        if key is not None and found.get(key, value) is None:
            found[key] = value


def _pack_of(instance: "types.StructInstance", name: str) -> ir.Type:
    """Give the tuple of types that a struct's pack stands for."""
    value = instance.parameters[name]
    assert not isinstance(value, ir.Const | Aggregate)
    return value


def _parameter_key(node: tree.Expression) -> str | None:
    """Give the name under which a parameter waits to be found; None for other expressions."""
    match node:
        case tree.Name(name=name):
            return name
        case tree.Attribute(base=tree.Name(name="Self"), name=name):
            return f"Self.{name}"
        case _:
            return None
