"""Closures as values: each function that is used as one has a type of its own, so that every call is known.

Where a closure is an argument, the variables that it captures are passed instead, as hidden arguments. Only a closure
that is kept in a field, a list or a result is a struct: copies of what it owns, and addresses of the rest.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, origins
from meshnode.compiler.check.body import Body, LocalConstant, Variable
from meshnode.compiler.check.calls import function_values, nested
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import (
    Env,
    Fresh,
    Functions,
    ParameterValue,
    SignatureParameter,
    Stored,
    Value,
    value_of_parameter,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import StructSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


class ClosureTable:
    """The types of all functions that are used as values."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self._functions: dict[ir.StructId, Functions] = {}

    @property
    def count(self) -> int:
        """How many functions have become types."""
        return len(self._functions)

    def functions_of(self, type_: object) -> Functions | None:
        """Give the function that a closure's type stands for; None for other types."""
        return self._functions.get(type_.struct) if isinstance(type_, ir.StructType) else None

    def type_of(self, functions: Functions, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give the type of a function as a value."""
        if functions.receiver is not None:
            env.fail(
                Code.UNSUPPORTED,
                "not supported yet: a method of a value as a value",
                extent,
                suggestion=f"call it: '{functions.name}()'",
            )
        plain = replace(functions, captures=())
        for struct, present in self._functions.items():
            if present == plain:
                return ir.StructType(struct)
        symbol = self._checker.symbols.prelude.get("_Closure")
        assert isinstance(symbol, StructSymbol), "the prelude lacks '_Closure'"
        name, serial = functions.name, 2
        instances = self._checker.types.instances
        while ir.StructId(name) in instances:
            name, serial = f"{functions.name}#{serial}", serial + 1
        instance = types.StructInstance(ir.StructId(name), symbol, {}, None)
        instance.env = Env(symbol.module, {}, instance.type)
        instance.fields = tuple(_fields(functions))
        instance.is_complete = True
        instances[instance.struct] = instance
        self._functions[instance.struct] = plain
        return instance.type


def _fields(functions: Functions) -> list[ir.Field]:
    nest = functions.functions[0].nest
    return [
        ir.Field(
            str(index),
            captured.place.type if captured.is_own else ir.PointerType(captured.place.type),
        )
        for index, captured in enumerate(nest.captures if nest is not None else ())
    ]


def build(body: Body, functions: Functions, extent: tree.Extent) -> Fresh:
    """Make the struct of a closure."""
    type_ = body.checker.closures.type_of(functions, body.env, extent)
    target = body.temporary(type_, extent)
    nest = functions.functions[0].nest
    captures = nest.captures if nest is not None else []
    fields = body.checker.types.fields_of(type_)
    for captured, stored, field in zip(captures, functions.captures, fields, strict=True):
        place = ir.FieldPlace(target, field.name, field.type)
        if isinstance(field.type, ir.PointerType) and not captured.is_own:
            address = ir.AddressOf(stored.place, field.type)
            body.assign(place, address, extent)
            if stored.is_mutable:
                body.writes.append(None)
        else:
            conversions.store(body, place, stored, extent, is_new=True)
    return Fresh(target)


def unpack(body: Body, value: Value) -> Functions | None:
    """Give the function that a value is, with what it captures; None if it is none."""
    match value:
        case Functions():
            return value
        case Stored(place=place) | Fresh(place=place):
            functions = body.checker.closures.functions_of(place.type)
        case _:
            return None
    if functions is None:
        return None
    nest = functions.functions[0].nest
    captures: list[Stored] = []
    for captured, field in zip(
        nest.captures if nest is not None else (),
        body.checker.types.fields_of(place.type),
        strict=True,
    ):
        part: ir.Place = ir.FieldPlace(place, field.name, field.type)
        if not captured.is_own:
            part = ir.PointeePlace(ir.Load(part, field.type), captured.place.type)
        captures.append(Stored(part, captured.is_mutable))
    return replace(functions, captures=tuple(captures))


def expand(
    body: Body, parameter: SignatureParameter, value: Value, extent: tree.Extent
) -> Sequence[tuple[SignatureParameter, Stored]] | None:
    """Give what is passed for a closure: what it captures; None if the parameter takes no closure."""
    wanted = body.checker.closures.functions_of(parameter.type)
    if wanted is None:
        return None
    functions = unpack(body, value)
    if functions is None or replace(functions, captures=()) != wanted:
        body.env.fail(Code.TYPE, f"argument '{parameter.name}' needs a function", extent)
    pairs = captured_arguments(body, functions, extent)
    return [(_by_reference(hidden), stored) for hidden, stored in pairs]


def _by_reference(hidden: SignatureParameter) -> SignatureParameter:
    """Pass numbers by reference too: the callee may keep the closure, and with it their address."""
    if hidden.passing is ir.Passing.VALUE:
        return replace(hidden, passing=ir.Passing.READ)
    return hidden


def captured_arguments(
    body: Body, functions: Functions, extent: tree.Extent
) -> Sequence[tuple[SignatureParameter, Stored]]:
    """Pair the hidden parameters of a function with the places that it captures; these must hold values."""
    for stored in functions.captures:
        if stored.variable is not None:
            body.use(stored.variable, body.locals[stored.variable].name, extent)
    return list(zip(nested.hidden_parameters(functions), functions.captures, strict=True))


def _add_closure(body: Body, parameter: SignatureParameter) -> tuple[ir.Parameter, ...] | None:
    """Declare a parameter that takes a closure: the name means the function; None for other parameters."""
    functions = body.checker.closures.functions_of(parameter.type)
    if functions is None:
        return None
    captures: list[Stored] = []
    parameters: list[ir.Parameter] = []
    for hidden in map(_by_reference, nested.hidden_parameters(functions)):
        name = f"{parameter.name}.{hidden.name}"
        local = body.new_local(name, hidden.type, parameter.node.span)
        captures.append(Stored(ir.LocalPlace(local, hidden.type), hidden.is_mutable))
        parameters.append(ir.Parameter(local, hidden.passing))
    value = replace(functions, captures=tuple(captures))
    body.bind(parameter.name, LocalConstant(value))
    return tuple(parameters)


def single_type(body: Body, functions: Functions, extent: tree.Extent) -> ir.Type:
    """Give the type of a function as a value, which must not be overloaded."""
    if len(functions.functions) > 1:
        body.env.fail(
            Code.TYPE,
            f"cannot form a reference to overloaded declaration of '{functions.name}'",
            extent,
            suggestion="give the variable a type, as in 'var f: def(Int) thin -> Int'",
        )
    return body.checker.closures.type_of(functions, body.env, extent)


def convert(body: Body, value: Functions, target: ir.Type, extent: tree.Extent) -> Value | None:
    """Give a function as a value of the target type, if that holds functions and this one."""
    made = function_values.build(body, value, target, extent)
    if made is None and single_type(body, value, extent) == target:
        return build(body, value, extent)
    return made


def add_parameter(body: Body, parameter: SignatureParameter) -> tuple[ir.Parameter, ...]:
    """Declare one parameter of a function, or those behind which a closure comes."""
    closure = _add_closure(body, parameter)
    if closure is not None:
        return closure
    node = parameter.node
    local = body.new_local(parameter.name, parameter.type, node.span)
    is_ours = parameter.passing in (ir.Passing.OWNED, ir.Passing.VALUE) and parameter.is_mutable
    why = (
        ""
        if parameter.is_mutable
        else f"declare the argument 'mut {parameter.name}' or 'var {parameter.name}'"
    )
    origins.take_argument(body, local, parameter)
    variable = Variable(
        ir.LocalPlace(local, parameter.type),
        parameter.is_mutable,
        local if is_ours else None,
        why,
    )
    body.bind(parameter.name, variable)
    if is_ours and node.convention != "deinit":
        body.own.add(local)
    is_deinit = node.convention == "deinit" and not body.env.module.is_prelude
    return (ir.Parameter(local, parameter.passing, is_deinit),)


def parameter_as_value(checker: "Checker", parameter: ParameterValue) -> Value:
    """Give what a parameter's name means in an expression: a constant, a type, or a function."""
    functions = checker.closures.functions_of(parameter)
    if functions is not None:
        return functions
    return value_of_parameter(parameter)
