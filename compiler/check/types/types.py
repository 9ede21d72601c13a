"""Types as expressions, and struct instances."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check import views
from meshnode.compiler.check.comptime.values import Aggregate, value_name
from meshnode.compiler.check.types import dtype_names, iterables, rooms, traits
from meshnode.compiler.check.types import dtypes as check_dtypes
from meshnode.compiler.check.types import parameters as check_parameters
from meshnode.compiler.check.values import (
    ALIVE,
    CheckFailed,
    Env,
    GenericConstant,
    GenericStruct,
    ParameterValue,
    TypeName,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names import name_hints
from meshnode.compiler.names.known_names import SCALAR_TYPES, TRAITS, UNSUPPORTED_NAMES
from meshnode.compiler.names.symbols import (
    ConstantSymbol,
    MissingName,
    StructSymbol,
    Symbol,
    TraitSymbol,
)
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

_WIDE_NAMES = {"_TwoWords[False]": "UInt128", "_TwoWords[True]": "Int128"}

_STRUCT_NAME_MAX = 1_000
"""Characters of a struct instance's name; only endless instantiation makes longer ones."""


class StructInstance(msgspec.Struct, eq=False):
    """One struct with its parameters; the fields are filled in when its definition has been read."""

    struct: ir.StructId
    symbol: StructSymbol | None
    """None for tuples."""
    parameters: Mapping[str, ParameterValue]
    env: Env | None
    fields: tuple[ir.Field, ...] = ()
    is_complete: bool = False
    is_owned: bool | None = None
    drop: ir.FunctionId | None = None
    copy: ir.FunctionId | None = None
    move: ir.FunctionId | None = None
    is_move_known: bool = False
    is_linear: bool | None = None
    is_condition_open: bool = False

    @property
    def type(self) -> ir.StructType:
        """The instance as a type."""
        return ir.StructType(self.struct)

    @property
    def has_own_destructor(self) -> bool:
        """Tell whether the program wrote a destructor for it."""
        known = self.symbol
        return known is not None and not known.module.is_prelude and "__deinit__" in known.methods

    @property
    def stored_fields(self) -> tuple[ir.Field, ...]:
        """The fields as they lie in memory, the compiler's own mark included."""
        return (*self.fields, ALIVE) if self.has_own_destructor else self.fields

    def field_type(self, name: str) -> ir.Type | None:
        """Give a field's type; None if there is no such field."""
        for field in self.fields:
            if field.name == name:
                return field.type
        return None

    @property
    def element(self) -> ir.Type | None:
        """The element type, if this is a `List`."""
        if self.symbol is None or not self.symbol.module.is_prelude:
            return None
        value = self.parameters.get("T") if self.symbol.node.name.name == "List" else None
        return None if isinstance(value, ir.Const | Aggregate) else value

    def has_trait(self, name: str) -> bool:
        """Tell whether the struct lists a trait."""
        return self.symbol is not None and name in self.symbol.traits


def resolve_type(checker: "Checker", env: Env, node: tree.Expression) -> ir.Type:  # noqa: PLR0911, C901, PLR0912 - one case a form
    """Give the type that an annotation names."""
    match node:
        case tree.Name(name=name):
            return _named_type(checker, env, node, name)
        case tree.NoneLiteral():
            return ir.UNIT
        case tree.Attribute(base=base, name=name):
            return _member_type(checker, env, node, base, name)
        case tree.Subscript(base=tree.Name(name="Some"), arguments=arguments):
            bounds = [argument.value for argument in arguments]
            names = [bound.name for bound in bounds if isinstance(bound, tree.Name)]
            if names == ["Hasher"]:
                return checker.types.prelude_struct("AHasher", env, node.span)
            env.unsupported("'Some[…]' here", node.span)
        case tree.Subscript(base=tree.Name(name="Tuple"), arguments=arguments):
            return checker.types.tuple_type(
                [resolve_type(checker, env, a.value) for a in arguments]
            )
        case tree.Subscript(base=tree.Name(name="__Pointer"), arguments=(argument,)) if (
            env.module.is_prelude
        ):
            return ir.PointerType(resolve_type(checker, env, argument.value))
        case tree.Subscript(base=tree.Name(name=name), arguments=(argument,)) if (
            env.module.is_prelude and name in iterables.NAMES
        ):
            return iterables.resolve(checker, env, name, argument.value)
        case tree.Subscript(base=base) if check_dtypes.is_vector_name(env, base):
            return check_dtypes.vector_type(checker, env, node)
        case tree.Subscript(base=tree.Name(name=name), arguments=arguments):
            symbol = env.module.names.get(name)
            constant = _generic_constant(env, name, symbol)
            if constant is not None:
                return _constant_type(checker, env, constant, node)
            if views.is_text(checker, symbol):
                return checker.types.string_type(env, node.span)
            if not isinstance(symbol, StructSymbol):
                _no_type(checker, env, node.base, name)
            return struct_from_arguments(checker, env, symbol, arguments, node.span)
        case tree.Subscript(base=tree.Attribute(base=base, name=name)):
            member = _generic_member(checker, env, base, name)
            if member is not None:
                return _constant_type(checker, env, member, node)
            return _member_type(checker, env, node, base, name)
        case tree.Tuple():
            env.fail(Code.TYPE, "expected a type, found a tuple; write 'Tuple[…]'", node.span)
        case tree.FunctionType():
            return checker.function_types.resolve(env, node)
        case tree.ReferenceType():
            env.fail(Code.TYPE, "'ref' stands before a function's result only", node.span)
        case _:
            env.fail(Code.TYPE, "expected a type", node.span)


def _generic_constant(env: Env, name: str, symbol: Symbol | None) -> GenericConstant | None:
    """Give the `comptime` name with parameters that a name means, if it means one."""
    local = env.constants.get(name)
    if isinstance(local, GenericConstant):
        return local
    if isinstance(symbol, ConstantSymbol) and symbol.node.type_parameters:
        return GenericConstant(symbol)
    return None


def _generic_member(
    checker: "Checker", env: Env, base: tree.Expression, name: str
) -> GenericConstant | None:
    owner = resolve_type(checker, env, base)
    instance = checker.types.struct_of(owner) if isinstance(owner, ir.StructType) else None
    found = checker.constants.struct_constant(instance, name) if instance is not None else None
    return found if isinstance(found, GenericConstant) else None


def _constant_type(
    checker: "Checker", env: Env, constant: GenericConstant, node: tree.Subscript
) -> ir.Type:
    written = check_parameters.write(env, node.arguments, None)
    value = check_parameters.constant_value(checker, env, constant, written, node.span)
    if isinstance(value, TypeName):
        return value.type
    env.fail(Code.TYPE, "expected a type, found a value", node.span)


def _member_type(
    checker: "Checker", env: Env, node: tree.Node, base: tree.Expression, name: str
) -> ir.Type:
    """Give `T.Element`: a type parameter of T, or a `comptime` name of it that is a type."""
    owner = resolve_type(checker, env, base)
    value: ParameterValue | None = check_dtypes.parameter_of(owner, name)
    if isinstance(owner, ir.StructType):
        instance = checker.types.struct_of(owner)
        value = instance.parameters.get(name)
        constant = checker.constants.struct_constant(instance, name)
        if value is None and isinstance(constant, TypeName):
            return constant.type
    if value is not None and not isinstance(value, ir.Const | Aggregate):
        return value
    shown = base.name if isinstance(base, tree.Name) else type_name(owner)
    env.fail(Code.NAME, f"'{shown}' has no type parameter '{name}'", node.span)


def _named_type(checker: "Checker", env: Env, node: tree.Name, name: str) -> ir.Type:
    local = env.constants.get(name)
    if isinstance(local, TypeName):
        return local.type
    value = env.parameters.get(name)
    if value is not None and not isinstance(value, ir.Const | Aggregate):
        return value
    if name == "Self" and env.self_type is not None:
        return env.self_type
    if name in SCALAR_TYPES:
        return SCALAR_TYPES[name]
    symbol = env.module.names.get(name)
    match symbol:
        case StructSymbol() if name == "FloatLiteral" and symbol.module.is_prelude:
            env.unsupported("'FloatLiteral' as the type of a value", node.span)
        case StructSymbol():
            return struct_from_arguments(checker, env, symbol, (), node.span)
        case ConstantSymbol():
            constant = checker.constants.constant(symbol, env)
            if isinstance(constant, TypeName):
                return constant.type
            env.fail(Code.TYPE, f"'{name}' is a value, not a type", node.span)
        case MissingName(message=message, code=code):
            env.fail(code, message, node.span)
        case _:
            _no_type(checker, env, node, name)


def _no_type(checker: "Checker", env: Env, node: tree.Node, name: str) -> NoReturn:
    if env.self_type is not None and self_parameter(checker, env, name) is not None:
        env.fail(
            Code.NAME,
            f"use of unknown declaration '{name}'",
            node.span,
            suggestion=f"a struct's parameter is written 'Self.{name}'",
        )
    if name in UNSUPPORTED_NAMES:
        env.unsupported(f"'{name}'", node.span)
    if name in TRAITS or name == "Some" or isinstance(env.module.names.get(name), TraitSymbol):
        env.fail(
            Code.TYPE,
            f"trait '{name}' is not a type of values",
            node.span,
            suggestion=f"an argument of any type with this trait is 'x: Some[{name}]'",
        )
    names = [
        *SCALAR_TYPES,
        *(k for k, s in env.module.names.items() if isinstance(s, StructSymbol)),
    ]
    env.fail(
        Code.NAME,
        f"use of unknown declaration '{name}'",
        node.span,
        suggestion=name_hints.type_hint(name, names),
    )


def self_parameter(checker: "Checker", env: Env, name: str) -> ParameterValue | None:
    """Give the value of the parameter `Self.name`, if the struct has it."""
    if env.self_type is None:
        return None
    if not isinstance(env.self_type, ir.StructType):
        return check_dtypes.parameter_of(env.self_type, name)
    return checker.types.instances[env.self_type.struct].parameters.get(name)


def struct_from_arguments(
    checker: "Checker",
    env: Env,
    symbol: StructSymbol,
    arguments: Sequence[tree.Argument],
    extent: tree.Extent,
) -> ir.StructType:
    """Instantiate a struct with the parameters written in square brackets."""
    written = check_parameters.write(env, arguments, None)
    values = check_parameters.struct_parameters(checker, env, symbol, written, extent)
    missing = [p.name for p in symbol.node.type_parameters if p.name not in values]
    if missing:
        name = symbol.node.name.name
        env.fail(
            Code.TYPE,
            f"'{name}' needs its parameter{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            extent,
            suggestion=f"write '{name}[…]'",
        )
    return struct_instance(checker, env, symbol, values, extent)


def struct_instance(
    checker: "Checker",
    env: Env,
    symbol: StructSymbol,
    values: Mapping[str, ParameterValue],
    extent: tree.Extent,
) -> ir.StructType:
    """Give the struct with these parameters, defining it if it is new."""
    shown = ", ".join(_shown_parameters(checker, symbol, values))
    base = symbol.node.name.name
    text = f"{base}[{shown}]" if shown else base
    text = _WIDE_NAMES.get(text, text)
    if len(text) > _STRUCT_NAME_MAX:
        env.fail(Code.LIMIT, "this type is instantiated without an end", extent)
    present = checker.types.instances.get(ir.StructId(text))
    if present is not None and present.symbol is not symbol:
        text += "'"
        present = checker.types.instances.get(ir.StructId(text))
    if present is None:
        rooms.refuse_giant(checker, env, symbol, values, extent)
        present = StructInstance(ir.StructId(text), symbol, dict(values), None)
        checker.types.instances[present.struct] = present
        present.env = Env(symbol.module, {}, present.type)
        _check_struct(checker, present)
    traits.require_struct_where(checker, present, env, extent)
    return present.type


def _shown_parameters(
    checker: "Checker", symbol: StructSymbol, values: Mapping[str, ParameterValue]
) -> list[str]:
    """Write the parameters, those of a pack one by one."""
    shown: list[str] = []
    for parameter in symbol.node.type_parameters:
        value = values[parameter.name]
        if parameter.kind == "star" and not isinstance(value, ir.Const | Aggregate):
            shown += [type_name(field.type) for field in checker.types.fields_of(value)]
        else:
            shown.append(parameter_name(value))
    return shown


def _check_struct(checker: "Checker", instance: StructInstance) -> None:
    """Read the fields, and what the struct says about itself."""
    assert instance.symbol is not None
    assert instance.env is not None
    env, node = instance.env, instance.symbol.node
    if instance.symbol is checker.symbols.prelude.get("_Room"):
        instance.fields = rooms.fields(checker, instance)
        instance.is_complete = True
        return
    fields: list[ir.Field] = []
    try:
        traits.check_conformance(checker, instance)
        for decorator in node.decorators:
            if not _is_known(decorator):
                env.unsupported("this decorator", decorator.span)
        for field in node.fields:
            if any(field.name == other.name for other in fields):
                env.fail(Code.NAME, f"'{field.name}' is defined twice", field.span)
            type_ = resolve_type(checker, env, field.annotation)
            if checker.types.contains(type_, instance.struct):
                # The field is left out, as whoever walks through the fields would not come to an end.
                suggestion = f"hold it in a 'List[{node.name.name}]' or behind an 'OwnedPointer'"
                message = f"struct '{instance.struct}' contains itself"
                env.fail(Code.TYPE, message, field.span, suggestion=suggestion)
            fields.append(ir.Field(field.name, type_))
    except CheckFailed as failure:
        checker.report(failure)
    instance.fields = tuple(fields)
    instance.is_complete = True


def _is_known(decorator: tree.Expression) -> bool:
    name = decorator.callee if isinstance(decorator, tree.Call) else decorator
    return is_fieldwise(decorator) or name == tree.Name(name.span, "explicit_destroy")


def is_fieldwise(decorator: tree.Expression) -> bool:
    """Tell whether a decorator asks for the fieldwise constructor: `@fieldwise_init`, or `("implicit")` after it."""
    if isinstance(decorator, tree.Call):
        values = [argument.value for argument in decorator.arguments]
        if len(values) != 1 or not (
            isinstance(values[0], tree.String) and values[0].value == "implicit"
        ):
            return False
        decorator = decorator.callee
    return isinstance(decorator, tree.Name) and decorator.name == "fieldwise_init"


def parameter_name(value: ParameterValue) -> str:
    """Write a parameter's value in an instance's name."""
    if isinstance(value, Aggregate):
        return value_name(value)
    if not isinstance(value, ir.Const):
        return type_name(value)
    return dtype_names.name_of(value) if value.type == ir.DTYPE else str(value.value)


def lookup_generic(symbol: Symbol | None) -> GenericStruct | None:
    """Give a parametric struct's name as a value."""
    if isinstance(symbol, StructSymbol) and symbol.node.type_parameters:
        return GenericStruct(symbol)
    return None


def own_fields(checker: "Checker", env: Env) -> tuple[str, ...] | None:
    """List the fields of the struct whose method this is; None outside of structs."""
    if not isinstance(env.self_type, ir.StructType):
        return None
    return tuple(field.name for field in checker.types.fields_of(env.self_type))
