"""Values that are known while a program is compiled: `comptime` names and constant expressions."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from typing import TYPE_CHECKING

from meshnode.compiler import (
    check_conversions,
    check_expressions,
    check_types,
    ir,
    tree,
)
from meshnode.compiler.check_body import Body, LocalConstant
from meshnode.compiler.check_types import StructInstance
from meshnode.compiler.check_values import (
    CheckFailed,
    Env,
    GenericStruct,
    ListItems,
    Nothing,
    ParameterValue,
    Scalar,
    StringLiteral,
    TypeName,
    Value,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.literals import FloatLiteral, IntLiteral, materialise
from meshnode.compiler.symbols import (
    ConstantSymbol,
)

if TYPE_CHECKING:
    from meshnode.compiler.check_program import Checker


class ConstantTable:
    """The `comptime` names of modules and structs, evaluated when they are first used."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self._constants: dict[ConstantSymbol, Value | None] = {}

    def constant(self, symbol: ConstantSymbol, env: Env) -> Value:
        """Give the value of a `comptime` name of a module."""
        if symbol in self._constants:
            value = self._constants[symbol]
            if value is None:
                raise CheckFailed(None)
            return value
        self._constants[symbol] = None
        home = Env(symbol.module, {}, env.self_type if env.module is symbol.module else None)
        value = self._constant_value(home, symbol.node)
        self._constants[symbol] = value
        return value

    def _constant_value(self, env: Env, node: tree.Comptime) -> Value:
        written = written_value(env, node)
        value = self.evaluate(env, written)
        if node.annotation is None:
            return value
        type_ = check_types.resolve_type(self._checker, env, node.annotation)
        return self.constant_as(env, value, type_, written.span)

    def struct_constant(self, instance: StructInstance, name: str) -> Value | None:
        """Give the value of a struct's `comptime` name; None if it has none such."""
        if instance.symbol is None or instance.env is None:
            return None
        for node in instance.symbol.node.constants:
            if node.name.name == name:
                return self._constant_value(instance.env, node)
        return None

    def constant_as(self, env: Env, value: Value, type_: ir.Type, extent: tree.Extent) -> Value:
        """Give a constant the type that was written for it."""
        if isinstance(value, StringLiteral) and type_ == self._checker.types.string_type(
            env, extent
        ):
            return value
        body = Body(self._checker, env)
        expr = check_conversions.to_scalar(body, value, type_, extent)
        return Scalar(expr)

    def evaluate(self, env: Env, node: tree.Expression, outer: Body | None = None) -> Value:
        """Evaluate a constant expression; `outer` lends its local `comptime` names."""
        body = Body(self._checker, env)
        if outer is not None:
            for scope in outer.scopes:
                body.scopes.append(
                    {name: b for name, b in scope.items() if isinstance(b, LocalConstant)}
                )
        value = check_expressions.infer(body, node)
        match value:
            case IntLiteral() | FloatLiteral() | StringLiteral() | TypeName() | GenericStruct():
                return value
            case Scalar(ir.Const()) if not body.block:
                return value
            case Nothing() | ListItems():
                env.unsupported("this value at compile time", node.span)
            case _:
                env.unsupported("computing this at compile time", node.span)


def written_value(env: Env, node: tree.Comptime) -> tree.Expression:
    """Give the expression of a `comptime` name."""
    if node.type_parameters:
        env.unsupported("'comptime' names with parameters", node.span)
    if node.value is None:
        env.fail(Code.SYNTAX, f"'comptime {node.name.name}' needs a value", node.span)
    return node.value


def as_parameter(value: Value) -> ParameterValue | None:
    """Give what a constant is as a parameter; None for what parameters cannot be."""
    match value:
        case IntLiteral():
            return materialise(value, ir.INT)
        case FloatLiteral():
            return materialise(value, ir.FLOAT64)
        case Scalar(ir.Const() as constant):
            return constant
        case TypeName(type_):
            return type_
        case _:
            return None
