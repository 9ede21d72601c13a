"""Signatures: the types, passing and readable names of function instances."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import references
from meshnode.compiler.check.calls import function_bounds, packs
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.values import (
    Env,
    ParameterValue,
    Signature,
    SignatureParameter,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.receivers import receiver_fault
from meshnode.compiler.names.symbols import (
    FunctionSymbol,
    StructSymbol,
)
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


_PASSING: Mapping[str | None, ir.Passing] = {
    None: ir.Passing.READ,
    "imm": ir.Passing.READ,
    "ref": ir.Passing.READ,
    "mut": ir.Passing.MUTATE,
    "var": ir.Passing.OWNED,
    "deinit": ir.Passing.OWNED,
}


class SignatureTable:
    """All signatures of a compilation, and the names that are taken."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self._signatures: dict[tuple[object, ...], Signature] = {}
        self._names: set[ir.FunctionId] = set()
        self.serial_names = 0
        """Names that depend on what else a program has: numbered ones, and those of the compiler's own making."""

    def env_of(
        self,
        symbol: FunctionSymbol,
        struct: ir.Type | None,
        parameters: Mapping[str, ParameterValue],
    ) -> Env:
        """Give where a function's code stands."""
        if symbol.nest is not None:
            outer = symbol.nest.env
            return replace(outer, parameters={**outer.parameters, **parameters})
        return Env(symbol.module, parameters, struct)

    def find(
        self,
        symbol: FunctionSymbol,
        struct: ir.Type | None,
        values: tuple[ParameterValue, ...],
        changeable: frozenset[str] = frozenset(),
    ) -> Signature:
        """Give a function instance's types; the instance itself waits for `request`.

        `changeable` names the `ref` parameters whose arguments may be changed: each such choice is an instance.
        """
        key = (symbol, struct, values, changeable)
        present = self._signatures.get(key)
        if present is None:
            present = self._make_signature(symbol, struct, values, changeable)
            self._signatures[key] = present
        return present

    def preset(self, symbol: FunctionSymbol, signature: Signature) -> None:
        """Give the signature of a function that the checker itself makes."""
        self._signatures[symbol, None, (), frozenset()] = signature

    def _make_signature(
        self,
        symbol: FunctionSymbol,
        struct: ir.Type | None,
        values: tuple[ParameterValue, ...],
        changeable: frozenset[str],
    ) -> Signature:
        node = symbol.node
        names = [parameter.name for parameter in node.type_parameters]
        fault = receiver_fault(symbol)
        if fault is not None:
            env = self.env_of(symbol, struct, {})
            env.fail(Code.TYPE, fault.message, node.name.span, suggestion=fault.suggestion)
        env = self.env_of(symbol, struct, dict(zip(names, values, strict=True)))
        written = node.result
        if isinstance(written, tree.ReferenceType):
            written = written.referent
        result: ir.Type = ir.UNIT
        if written is not None:
            result = check_types.resolve_type(self._checker, env, written)
        if isinstance(node.result, tree.ReferenceType):
            result = ir.PointerType(result)
        parameters, out = self._parameters(env, symbol)
        parameters = tuple(
            replace(p, passing=ir.Passing.MUTATE, is_mutable=True) if p.name in changeable else p
            for p in parameters
        )
        result_name: str | None = None
        if out is not None:
            result, result_name = self._parameter_type(env, symbol, out), out.name
        parameters += self._hidden_parameters(env, symbol)
        _refuse_parts(env, node)
        name = self._function_name(symbol, struct, values, parameters)
        error = self._error_type(env, symbol)
        reference = references.reference_of(node.result, parameters)
        return Signature(name, parameters, result, result_name, error, env, reference)

    def _error_type(self, env: Env, symbol: FunctionSymbol) -> ir.StructType | None:
        """Give the type after `raises`; `Never` stands for a function that does not raise."""
        node = symbol.node
        if not node.raises and symbol.place not in self._checker.raising:
            return None
        if node.error is None:
            return self._checker.types.error_type(env, node.span)
        if isinstance(node.error, tree.Name) and node.error.name == "Never":
            return None
        type_ = check_types.resolve_type(self._checker, env, node.error)
        if not isinstance(type_, ir.StructType):
            env.unsupported(f"raising a '{type_name(type_)}'", node.error.span)
        return type_

    def _parameters(
        self, env: Env, symbol: FunctionSymbol
    ) -> tuple[tuple[SignatureParameter, ...], tree.FunctionParameter | None]:
        """Give the parameters, those of packs one by one, and the `out` one."""
        parameters: list[SignatureParameter] = []
        out: tree.FunctionParameter | None = None
        is_keyword_only = False
        for parameter in symbol.node.parameters:
            if parameter.convention == "out":
                out = parameter
                continue
            if parameter.kind == "star":
                is_keyword_only = True
            if parameter.kind == "slash" or not parameter.name:
                continue
            for node, type_ in self._typed(env, symbol, parameter):
                parameters.append(
                    self._parameter(env, symbol, node, type_, is_keyword_only=is_keyword_only)
                )
        return tuple(parameters), out

    def _hidden_parameters(
        self, env: Env, symbol: FunctionSymbol
    ) -> tuple[SignatureParameter, ...]:
        """Give what comes as arguments although it was written in square brackets: functions with captures."""
        declared = symbol.node.type_parameters
        return tuple(
            self._parameter(
                env,
                symbol,
                tree.FunctionParameter(extent, name, None, None, None, "normal"),
                type_,
                is_keyword_only=True,
            )
            for name, type_, extent in function_bounds.hidden_parameters(
                self._checker, declared, env
            )
        )

    def _typed(
        self, env: Env, symbol: FunctionSymbol, parameter: tree.FunctionParameter
    ) -> list[tuple[tree.FunctionParameter, ir.Type]]:
        """Give a parameter with its type, or all that a pack stands for."""
        pack = packs.types_name(parameter)
        if pack is not None:
            types = env.parameters.get(pack)
            if not isinstance(types, ir.StructType):
                env.fail(Code.NAME, f"'{pack}' is no pack of types", parameter.span)
            return packs.members(env, parameter, self._checker.types.fields_of(types))
        type_ = self._parameter_type(env, symbol, parameter)
        if parameter.kind != "normal":
            type_ = self._gathered_type(env, parameter, type_)
        return [(parameter, type_)]

    def _parameter_type(
        self, env: Env, symbol: FunctionSymbol, parameter: tree.FunctionParameter
    ) -> ir.Type:
        if parameter.annotation is not None:
            return check_types.resolve_type(self._checker, env, parameter.annotation)
        if symbol.struct is not None and env.self_type is not None and parameter.name == "self":
            return env.self_type
        env.fail(Code.TYPE, f"argument '{parameter.name}' needs a type", parameter.span)

    def _gathered_type(
        self, env: Env, parameter: tree.FunctionParameter, element: ir.Type
    ) -> ir.Type:
        """Give the type of `*args: T` or `**kwargs: T`: what holds the arguments of a call."""
        if parameter.convention not in (None, "imm", "var"):
            env.unsupported(f"variadic '{parameter.convention}' arguments", parameter.span)
        types = self._checker.types
        if parameter.kind == "star":
            return types.list_type(env, element, parameter.span)
        symbol = self._checker.symbols.prelude.get("Dict")
        if not isinstance(symbol, StructSymbol):
            env.unsupported("variadic keyword arguments", parameter.span)
        values = {"K": types.string_type(env, parameter.span), "V": element}
        return check_types.struct_instance(self._checker, env, symbol, values, parameter.span)

    def _parameter(
        self,
        env: Env,
        symbol: FunctionSymbol,
        parameter: tree.FunctionParameter,
        type_: ir.Type,
        *,
        is_keyword_only: bool,
    ) -> SignatureParameter:
        convention = parameter.convention
        passing = _PASSING[convention]
        if convention == "deinit" and symbol.node.name.name == "__deinit__":
            passing = ir.Passing.MUTATE
        is_mutable = passing is not ir.Passing.READ
        if is_scalar(type_) and passing is not ir.Passing.MUTATE and convention != "ref":
            passing = ir.Passing.VALUE
        if type_ == ir.UNIT:
            env.fail(Code.TYPE, "an argument cannot be None", parameter.span)
        return SignatureParameter(
            parameter.name,
            type_,
            passing,
            is_mutable,
            parameter.default,
            is_keyword_only,
            is_positional_only=False,
            node=parameter,
        )

    def _function_name(
        self,
        symbol: FunctionSymbol,
        struct: ir.Type | None,
        values: tuple[ParameterValue, ...],
        parameters: Sequence[SignatureParameter],
    ) -> ir.FunctionId:
        name = symbol.node.name.name
        if struct is not None:
            name = f"{type_name(struct)}.{name}"
        if values:
            name += f"[{', '.join(check_types.parameter_name(value) for value in values)}]"
        if symbol.overload_count > 1:
            shown = [
                f"{p.name}: {type_name(p.type)}" if p.is_keyword_only else type_name(p.type)
                for p in parameters
                if p.name != "self"
            ]
            name += f"({', '.join(shown)})"
        return self.unique_name(name)

    def unique_name(self, name: str) -> ir.FunctionId:
        """Take a readable name that no other function has."""
        function = ir.FunctionId(name)
        serial = 2
        while function in self._names:
            function = ir.FunctionId(f"{name}#{serial}")
            serial += 1
        self._names.add(function)
        if serial > 2 or name.startswith("$"):  # noqa: PLR2004 - the first number that is given
            self.serial_names += 1
        return function


def _refuse_parts(env: Env, node: tree.Function) -> None:
    """Refuse what a function may have and is not supported yet."""
    for decorator in node.decorators:
        _check_decorator(env, decorator)


def _check_decorator(env: Env, decorator: tree.Expression) -> None:
    match decorator:
        case tree.Name(
            name="staticmethod"
            | "always_inline"
            | "no_inline"
            | "implicit"
            | "__parameter"
            | "parameter"
            | "__unsafe_nested_origins_read_only"
        ):
            pass
        case tree.Call(callee=tree.Name(name="always_inline" | "implicit")):
            pass
        case (
            tree.Name(name="__reference" | "__untracked")
            | tree.Call(callee=tree.Name(name="__interior"))
        ) if env.module.is_prelude:
            pass
        case (
            tree.Name(name="export" | "deprecated")
            | tree.Call(callee=tree.Name(name="export" | "deprecated"))
        ):
            pass  # Nothing links against a program, and its author knows what is old.
        case _:
            env.unsupported("this decorator", decorator.span)


def decorator_text(node: tree.Function, name: str) -> str | None:
    """Give the text in a decorator like `@export("name")` of a prelude function; None if it has none."""
    for decorator in node.decorators:
        match decorator:
            case tree.Call(
                callee=tree.Name(name=found),
                arguments=(tree.Argument(value=tree.String(value=text)),),
            ) if found == name:
                return text
            case _:
                pass
    return None
