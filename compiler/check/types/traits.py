"""Conformance: whether a type has a trait, whether a struct keeps what its traits ask for, and `where` conditions."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.values import (
    Builtin,
    Env,
    ParameterValue,
    Scalar,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.names import traits
from meshnode.compiler.names.known_names import STRUCT_ONLY_TRAITS, TRAITS, UNIVERSAL_TRAITS
from meshnode.compiler.names.symbols import FunctionSymbol, StructSymbol, TraitSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker
    from meshnode.compiler.check.types.types import StructInstance


def conforms(checker: "Checker", type_: ir.Type, wanted: traits.Conformance) -> bool:
    """Tell whether a type conforms to a trait."""
    if wanted.name == "Deinitable" and wanted.trait is None:
        return not is_linear(checker, type_)
    if wanted.name in UNIVERSAL_TRAITS and wanted.trait is None:
        return True
    if not isinstance(type_, ir.StructType):
        return wanted.trait is None and wanted.name not in STRUCT_ONLY_TRAITS
    instance = checker.types.struct_of(type_)
    if instance.symbol is None:
        return wanted.name == "Sized" or all(
            conforms(checker, field.type, wanted) for field in instance.fields
        )
    return has_trait(checker, instance, wanted.name)


def is_linear(checker: "Checker", type_: ir.Type) -> bool:
    """Tell whether values of a type must be consumed by a method: they have no end of their own."""
    if not isinstance(type_, ir.StructType):
        return False
    instance = checker.types.struct_of(type_)
    if instance.symbol is None:
        return any(is_linear(checker, field.type) for field in instance.fields)
    if instance.is_linear is None:
        instance.is_linear = _lacks_an_end(checker, instance)
    return instance.is_linear


def _lacks_an_end(checker: "Checker", instance: "StructInstance") -> bool:
    assert instance.symbol is not None
    for node in instance.symbol.node.traits:
        match node:
            case tree.Unary(op="not", operand=tree.Name(name="Deinitable")):
                return True
            case _:
                pass
    listed = any(c.name == "Deinitable" for c in instance.symbol.conformances)
    return listed and not has_trait(checker, instance, "Deinitable")


def has_trait(checker: "Checker", instance: "StructInstance", name: str) -> bool:
    """Tell whether a struct lists a trait, and its condition holds for these parameters."""
    if instance.symbol is None or instance.env is None:
        return False
    for conformance in instance.symbol.conformances:
        if conformance.name == name:
            env = instance.env
            inside = replace(env, parameters={**env.parameters, **instance.parameters})
            return conformance.condition is None or holds(checker, inside, conformance.condition)
    return False


def holds(checker: "Checker", env: Env, condition: tree.Expression) -> bool:
    """Evaluate a `where` condition."""
    value = checker.constants.evaluate(env, condition, None, ir.BOOL)
    if isinstance(value, Scalar) and isinstance(value.expr, ir.Const):
        return bool(value.expr.value)
    env.unsupported("computing this condition at compile time", condition.span)


def require_bounds(
    checker: "Checker",
    home: Env,
    declared: Sequence[tree.TypeParameter],
    values: Sequence[ParameterValue],
    env: Env,
    extent: tree.Extent,
) -> None:
    """Refuse a type that lacks what its parameter's bound asks for."""
    for parameter, value in zip(declared, values, strict=True):
        if isinstance(value, ir.Const | Aggregate) or parameter.bound is None:
            continue
        types: list[ir.Type] = [value]
        if parameter.kind == "star":
            types = [field.type for field in checker.types.fields_of(value)]
        for wanted in traits.named_traits(home.module, parameter.bound):
            if wanted.trait is None and wanted.name not in TRAITS:
                continue
            for type_ in types:
                if not _satisfies(checker, type_, wanted):
                    _refuse_bound(home, parameter, type_, wanted, env, extent)


def _satisfies(checker: "Checker", type_: ir.Type, wanted: traits.Conformance) -> bool:
    """Tell whether a type passes a bound; the library's own structs may list less than they can do."""
    if wanted.trait is None and isinstance(type_, ir.StructType):
        symbol = checker.types.struct_of(type_).symbol
        if symbol is None or symbol.module.is_prelude:
            return True
    return conforms(checker, type_, wanted)


def _refuse_bound(
    home: Env,
    parameter: tree.TypeParameter,
    type_: ir.Type,
    wanted: traits.Conformance,
    env: Env,
    extent: tree.Extent,
) -> None:
    notes = [Note("the bound is here", home.span(parameter.span))]
    if wanted.trait is not None:
        notes.append(Note("the trait is here", _span(wanted.trait)))
    is_own = isinstance(type_, ir.StructType)
    env.fail(
        Code.TYPE,
        f"'{type_name(type_)}' does not conform to trait '{wanted.name}'",
        extent,
        notes=tuple(notes),
        suggestion=f"add '{wanted.name}' to the struct's traits" if is_own else None,
    )


def _span(trait: TraitSymbol) -> ir.Span:
    return ir.Span(trait.module.file, *trait.node.span)


def require_where(
    checker: "Checker", symbol: FunctionSymbol, env: Env, caller: Env, extent: tree.Extent
) -> None:
    """Refuse an instance whose `where` condition does not hold."""
    condition = symbol.node.where
    if condition is not None and not holds(checker, env, condition):
        span = env.span(condition.span)
        message = f"the constraint of '{symbol.node.name.name}' does not hold"
        caller.fail(Code.CALL, message, extent, notes=(Note("it is here", span),))


def require_struct_where(
    checker: "Checker", instance: "StructInstance", caller: Env, extent: tree.Extent
) -> None:
    """Refuse a struct whose `where` condition does not hold."""
    symbol, env = instance.symbol, instance.env
    assert symbol is not None
    assert env is not None
    condition = symbol.node.where
    if condition is None:
        return
    if instance.is_condition_open:
        caller.fail(Code.TYPE, f"the 'where' of '{symbol.node.name.name}' needs itself", extent)
    inside = replace(env, parameters={**env.parameters, **instance.parameters})
    instance.is_condition_open = True
    try:
        is_kept = holds(checker, inside, condition)
    finally:
        instance.is_condition_open = False
    if not is_kept:
        message = f"the constraint of '{symbol.node.name.name}' does not hold"
        note = Note("it is here", env.span(condition.span))
        caller.fail(Code.TYPE, message, extent, notes=(note,))


def check_conformance(checker: "Checker", instance: "StructInstance") -> None:
    """Refuse a struct that lacks what its traits require."""
    symbol, env = instance.symbol, instance.env
    assert symbol is not None
    assert env is not None
    for conformance in symbol.conformances:
        if conformance.trait is None:
            if conformance.name not in TRAITS:
                message = f"use of unknown declaration '{conformance.name}'"
                if isinstance(symbol.module.names.get(conformance.name), StructSymbol):
                    message = f"structs do not inherit: '{conformance.name}' is no trait"
                env.fail(Code.NAME, message, symbol.node.span)
            if conformance.name == "Comparable" and "__lt__" not in symbol.methods:
                _refuse_missing(env, symbol, "Comparable", [Note("'__lt__' is not implemented")])
            continue
        if conformance.condition is None:
            missing = _missing(checker, instance, conformance.trait)
            if missing:
                _refuse_missing(env, symbol, conformance.name, missing)


def _missing(checker: "Checker", instance: "StructInstance", trait: TraitSymbol) -> list[Note]:
    symbol = instance.symbol
    assert symbol is not None
    notes: list[Note] = []
    for method in trait.node.methods:
        name = method.name.name
        if not traits.is_requirement(method) or name in ("__deinit__", "copy"):
            continue
        span = ir.Span(trait.module.file, *method.span)
        candidates = symbol.methods.get(name, [])
        if name == "__init__":
            candidates = list(checker.types.constructors_of_symbol(symbol))
        if not candidates:
            notes.append(Note(f"'{name}' is required here and not implemented", span))
        elif not any(_keeps(checker, instance, trait, c, method) for c in candidates):
            notes.append(Note(f"'{name}' is required here with another signature", span))
    for constant in trait.node.constants:
        name = constant.name.name
        if constant.value is None and name not in _comptime_names(instance):
            span = ir.Span(trait.module.file, *constant.span)
            notes.append(Note(f"'comptime {name}' is required here and not given", span))
    return notes


def _comptime_names(instance: "StructInstance") -> set[str]:
    symbol = instance.symbol
    assert symbol is not None
    names = {constant.name.name for constant in symbol.node.constants} | set(instance.parameters)
    for conformance in symbol.conformances:
        if conformance.trait is not None:
            constants = conformance.trait.node.constants
            names |= {constant.name.name for constant in constants if constant.value is not None}
    return names


def _keeps(
    checker: "Checker",
    instance: "StructInstance",
    trait: TraitSymbol,
    candidate: FunctionSymbol,
    required: tree.Function,
) -> bool:
    """Tell whether a method is what the trait requires: the same arguments and result, where these are simple."""
    if not traits.is_alike(candidate.node, required):
        return False
    if candidate.node.type_parameters or required.type_parameters:
        return True
    assert instance.env is not None
    there = replace(instance.env, module=trait.module)
    pairs = [
        (p.annotation, q.annotation)
        for p, q in zip(candidate.node.parameters, required.parameters, strict=False)
    ]
    pairs.append((candidate.node.result, required.result))
    return all(_agree(checker, instance.env, there, a, b) for a, b in pairs)


def _agree(
    checker: "Checker",
    here: Env,
    there: Env,
    written: tree.Expression | None,
    required: tree.Expression | None,
) -> bool:
    simple = (tree.Name, tree.Attribute)
    if written is None or required is None:
        none = (tree.NoneLiteral, type(None))
        return isinstance(written, none) == isinstance(required, none)
    if not isinstance(written, simple) or not isinstance(required, simple):
        return True
    left = check_types.resolve_type(checker, here, written)
    return left == check_types.resolve_type(checker, there, required)


def _refuse_missing(env: Env, symbol: StructSymbol, trait: str, notes: Sequence[Note]) -> None:
    name = symbol.node.name.name
    message = f"struct '{name}' does not implement all requirements for '{trait}'"
    env.fail(Code.TYPE, message, symbol.node.name.span, notes=tuple(notes))


def conforms_to(body: "Body", _: Builtin, node: tree.Call) -> Value:
    """Evaluate `conforms_to(T, Trait)`."""
    if len(node.arguments) != 2:  # noqa: PLR2004 - a type and a trait
        body.env.fail(Code.CALL, "'conforms_to' takes a type and a trait", node.span)
    type_ = check_types.resolve_type(body.checker, body.env, node.arguments[0].value)
    wanted = list(traits.named_traits(body.env.module, node.arguments[1].value))
    if not wanted:
        body.env.fail(Code.TYPE, "expected a trait", node.arguments[1].span)
    for trait in wanted:
        if trait.trait is None and trait.name not in TRAITS:
            message = f"use of unknown declaration '{trait.name}'"
            body.env.fail(Code.NAME, message, node.arguments[1].span)
    answer = all(conforms(body.checker, type_, trait) for trait in wanted)
    return Scalar(ir.Const(ir.BOOL, value=answer))
