"""Values that are known while a program is compiled: `comptime` names and constant expressions."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, references
from meshnode.compiler.check.body import Body, Variable
from meshnode.compiler.check.comptime import values
from meshnode.compiler.check.types import types
from meshnode.compiler.check.types.types import StructInstance
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Functions,
    GenericConstant,
    GenericStruct,
    Known,
    Nothing,
    RunTime,
    Scalar,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.expression_reads import reads
from meshnode.compiler.names.known_names import TRAITS
from meshnode.compiler.names.symbols import (
    ConstantSymbol,
    TraitSymbol,
)
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


def _is_trait(env: Env, annotation: tree.Expression) -> bool:
    """Tell whether what stands after a `comptime` name's colon bounds a type."""
    if not isinstance(annotation, tree.Name):
        return isinstance(annotation, tree.Binary)
    return annotation.name in TRAITS or isinstance(
        env.module.names.get(annotation.name), TraitSymbol
    )


class ConstantTable:
    """The `comptime` names of modules and structs, evaluated when they are first used."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self._constants: dict[ConstantSymbol, Value | None] = {}
        self._open: list[ConstantSymbol] = []
        """Those that are being evaluated, each for the one before."""

    def constant(self, symbol: ConstantSymbol, env: Env) -> Value:
        """Give the value of a `comptime` name of a module."""
        if symbol in self._constants:
            value = self._constants[symbol]
            if value is None and symbol in self._open:
                message = f"constant '{symbol.node.name.name}' needs itself"
                Env(symbol.module, {}, None).fail(Code.CONSTANT, message, symbol.node.name.span)
            if value is None:
                raise CheckFailed(None)
            return value
        self._constants[symbol] = None
        home = Env(symbol.module, {}, env.self_type if env.module is symbol.module else None)
        self._open.append(symbol)
        try:
            value = self._constant_value(home, symbol.node)
        finally:
            self._open.pop()
        self._constants[symbol] = value
        return value

    def _constant_value(self, env: Env, node: tree.Comptime) -> Value:
        return self.declared(env, node, None)

    def declared(self, env: Env, node: tree.Comptime, outer: Body | None) -> Value:
        """Give the value of a `comptime` statement."""
        written = written_value(env, node)
        if node.annotation is None or _is_trait(env, node.annotation):
            return self.evaluate(env, written, outer)
        type_ = types.resolve_type(self._checker, env, node.annotation)
        return self.evaluate(env, written, outer, type_)

    def struct_constant(self, instance: StructInstance, name: str) -> Value | None:
        """Give the value of a struct's `comptime` name; None if it has none such."""
        if instance.symbol is None or instance.env is None:
            return None
        for node in instance.symbol.node.constants:
            if node.name.name == name:
                home = references.with_origins(instance.env, node.type_parameters)
                return self._member(home, node)
        for conformance in instance.symbol.conformances:
            if conformance.trait is None:
                continue
            home = replace(instance.env, module=conformance.trait.module)
            for node in conformance.trait.node.constants:
                if node.name.name == name and node.value is not None:
                    return self._member(home, node)
        return None

    def _member(self, home: Env, node: tree.Comptime) -> Value:
        if is_open(home, node):
            return GenericConstant(ConstantSymbol(home.module, node), home)
        return self._constant_value(home, node)

    def text(self, env: Env, node: tree.Expression, outer: Body | None) -> str:
        """Give the text of a String that is known."""
        value = self.evaluate(env, node, outer)
        if isinstance(value, StringLiteral):
            return value.text
        if isinstance(value, Known) and value.content is not None:
            found = values.text_of(value.content, self._checker.comptime.structs)
            if found is not None:
                return found
        env.unsupported("a message of this type", node.span)

    def evaluate(
        self,
        env: Env,
        node: tree.Expression,
        outer: Body | None = None,
        expected: ir.Type | None = None,
    ) -> Value:
        """Evaluate a constant expression; `outer` lends its local `comptime` names."""
        body = Body(self._checker, env)
        body.is_comptime = True
        if outer is not None:
            for scope in outer.scopes:
                body.scopes.append(
                    {name: RunTime() if isinstance(b, Variable) else b for name, b in scope.items()}
                )
        value = expressions.infer(body, node, expected)
        is_literal = isinstance(value, IntLiteral | FloatLiteral)
        if is_literal and expected is not None and is_scalar(expected):
            return Scalar(conversions.to_scalar(body, value, expected, node.span))
        if _is_finished(value, expected, self._checker.types.string_type_or_none()):
            return value
        if isinstance(value, Nothing):
            env.fail(Code.TYPE, "this call has no result", node.span)
        found = conversions.to_value(body, value, expected, node.span)
        if isinstance(found, Scalar) and not body.block and _is_constant(found.expr):
            return found
        return self._checker.comptime.compute(body, found, node)


def _is_constant(expr: ir.Expr) -> bool:
    """Tell whether an expression needs no computing: a number, or a vector of what is known."""
    if isinstance(expr.type, ir.VectorType):
        roots, traps = reads(expr)
        return not roots and not traps
    return isinstance(expr, ir.Const)


def _is_finished(value: Value, expected: ir.Type | None, string: ir.Type | None) -> bool:
    """Tell whether a value is a constant as it stands, of the type that is asked for."""
    match value:
        case Functions(receiver=None):
            return expected is None
        case TypeName() | GenericStruct() | IntLiteral() | FloatLiteral():
            return expected is None
        case StringLiteral():
            return expected in (None, string)
        case Known(type_):
            return expected in (None, type_)
        case _:
            return False


def is_open(env: Env, node: tree.Comptime) -> bool:
    """Tell whether a `comptime` name waits for parameters."""
    return any(p.name and p.name not in env.parameters for p in node.type_parameters)


def written_value(env: Env, node: tree.Comptime) -> tree.Expression:
    """Give the expression of a `comptime` name."""
    if node.value is None:
        env.fail(Code.SYNTAX, f"'comptime {node.name.name}' needs a value", node.span)
    return node.value
