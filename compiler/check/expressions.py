"""Expressions: what they are (`infer`), and how they become scalars, places and values of an expected type."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import (
    assignments,
    comparisons,
    conversions,
    dangling,
    lenient,
    lifetimes,
    operators,
    templates,
)
from meshnode.compiler.check.body import (
    Body,
    LocalConstant,
    Poisoned,
    State,
    Variable,
    fresh,
    merge,
)
from meshnode.compiler.check.calls import builtins, calls, closures, construction, members, nested
from meshnode.compiler.check.comptime import tables
from meshnode.compiler.check.loops import comprehensions, slices
from meshnode.compiler.check.types import arrays
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.values import (
    BraceItems,
    Builtin,
    CheckFailed,
    Env,
    Fresh,
    Functions,
    GenericConstant,
    ListItems,
    ModuleName,
    RunTime,
    Scalar,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.expression_reads import may_trap
from meshnode.compiler.names import library_modules, name_hints
from meshnode.compiler.names.known_names import SCALAR_TYPES, TRAITS, UNSUPPORTED_NAMES
from meshnode.compiler.names.symbols import (
    BuiltinSymbol,
    ConstantSymbol,
    ImportedModule,
    MissingName,
    OverloadSet,
    StructSymbol,
    Symbol,
    TraitSymbol,
)
from meshnode.compiler.parse import literals, tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


_UNSUPPORTED: Mapping[str, str] = {
    "Dots": "'...' as a value",
    "KeywordSpread": "'**' before an argument",
    "ReferenceType": "'ref' here",
    "Spread": "'*' before an argument",
    "Where": "'where' here",
}
"""What the parser understands and the checker does not yet."""


def infer(body: Body, node: tree.Expression, expected: ir.Type | None = None) -> Value:  # noqa: C901, PLR0911, PLR0912 - one case a node
    """Evaluate an expression; `expected` only guides what has no type of its own."""
    match node:
        case tree.Name():
            return _name(body, node)
        case tree.Integer(text=text):
            return literals.read_integer(text)
        case tree.Float(text=text):
            return _float(body, node, text)
        case tree.String(value=value):
            return StringLiteral(value)
        case tree.Bool(value=value):
            return Scalar(ir.Const(ir.BOOL, value))
        case tree.Unary():
            return operators.unary(body, node, expected)
        case tree.Binary():
            return operators.binary(body, node, expected)
        case tree.Logical():
            return comparisons.logical(body, node)
        case tree.Comparison():
            return comparisons.comparison(body, node)
        case tree.Ternary():
            return _ternary(body, node, expected)
        case tree.Call():
            return calls.call(body, node, expected)
        case tree.Subscript():
            return members.subscript(body, node)
        case tree.Attribute():
            return members.attribute(body, node)
        case tree.Transfer(operand=operand):
            return _transfer(body, node, operand)
        case tree.Tuple(elements=elements):
            return _tuple(body, node, elements, expected)
        case tree.ListLiteral():
            if (
                isinstance(expected, ir.StructType)
                and body.checker.types.instances[expected.struct].element
            ):
                return build_list(body, node, expected)
            if expected is not None and arrays.fits(body, node, expected):
                return arrays.build(body, node, expected)
            return ListItems(node)
        case tree.SetLiteral() | tree.DictionaryLiteral():
            return BraceItems(node)
        case tree.Slice():
            return slices.value_of(body, node)
        case tree.Comprehension():
            return comprehensions.build(body, node, expected)
        case tree.Template():
            return templates.template(body, node)
        case tree.Walrus():
            return assignments.assign_within(body, node)
        case tree.NoneLiteral():
            return TypeName(ir.UNIT)
        case tree.FunctionType():
            return TypeName(check_types.resolve_type(body.checker, body.env, node))
        case tree.Lambda():
            return nested.lambda_value(body, node)
        case _:
            body.env.unsupported(_UNSUPPORTED[type(node).__name__], node.span)


# ------------------------------------------------------------------------------------------------------------ names


def _name(body: Body, node: tree.Name) -> Value:
    binding = body.lookup(node.name)
    match binding:
        case Variable(place, is_mutable, local):
            if local is not None:
                _use_variable(body, local, node)
            dangling.use(body, binding, node)
            owned_by_us = local if isinstance(place, ir.LocalPlace) and is_mutable else None
            return Stored(place, is_mutable, owned_by_us)
        case LocalConstant(value):
            return value
        case Poisoned():
            raise CheckFailed(None)
        case RunTime():
            message = f"'{node.name}' is a variable: its value is not known at compile time"
            body.env.fail(Code.CONSTANT, message, node.span)
        case None:
            return global_name(body.checker, body.env, node, body.local_names())


def _use_variable(body: Body, local: ir.LocalId, node: tree.Name) -> None:
    if local in (body.constructed, body.dismantled):
        for field in body.checker.types.fields_of(body.locals[local].type):
            body.use((local, field.name), f"self.{field.name}", node.span)
    body.use(local, node.name, node.span)


def global_name(checker: "Checker", env: Env, node: tree.Name, local_names: Sequence[str]) -> Value:
    """Find a name of the module, the language or the library; the local ones are only for a hint."""
    name = node.name
    if name in env.constants:
        return env.constants[name]
    parameter = env.parameters.get(name)
    if parameter is not None:
        return closures.parameter_as_value(checker, parameter)
    if name == "Self" and env.self_type is not None:
        return TypeName(env.self_type)
    symbol = env.module.names.get(name)
    if symbol is not None:
        return symbol_value(checker, env, node, name, symbol)
    if name in SCALAR_TYPES:
        return TypeName(SCALAR_TYPES[name])
    if name in builtins.NAMES or (name.startswith("__") and env.module.is_prelude):
        return Builtin(name)
    old = lenient.library_symbol(checker, env, node)
    if old is not None:
        return symbol_value(checker, env, node, name, old)
    today = lenient.new_name(checker, env, node)
    if today is not None:
        return global_name(checker, env, today, local_names)
    if name in UNSUPPORTED_NAMES or name in TRAITS:
        env.unsupported(f"'{name}'", node.span)
    hint = _suggest(checker, env, name, local_names)
    env.fail(Code.NAME, f"use of unknown declaration '{name}'", node.span, suggestion=hint)


def _suggest(checker: "Checker", env: Env, name: str, local_names: Sequence[str]) -> str | None:
    fields = check_types.own_fields(checker, env)
    is_field = fields is not None and name in fields
    for module, names in checker.symbols.library.items():
        if name in names and not is_field:
            return f"import it: 'from {module} import {name}'"
    if library_modules.is_known(f"std.{name}"):
        is_there = isinstance(env.module.names.get("std"), ImportedModule)
        return f"write 'std.{name}'" if is_there else f"import it: 'import std.{name} as {name}'"
    known = [*env.module.names, *SCALAR_TYPES, *builtins.NAMES, *env.parameters]
    return name_hints.name_hint(name, fields, local_names, known)


def symbol_value(checker: "Checker", env: Env, node: tree.Node, name: str, symbol: Symbol) -> Value:  # noqa: C901 - one case a symbol
    """Give a module-level symbol as a value."""
    match symbol:
        case OverloadSet(functions):
            return Functions(name, functions)
        case StructSymbol() if name == "DType" and symbol.module.is_prelude:
            return TypeName(ir.DTYPE)
        case StructSymbol():
            generic = check_types.lookup_generic(symbol)
            if generic is not None:
                return generic
            return TypeName(check_types.struct_from_arguments(checker, env, symbol, (), node.span))
        case ConstantSymbol(node=constant) if constant.type_parameters:
            return GenericConstant(symbol)
        case TraitSymbol():
            env.fail(Code.TYPE, f"trait '{name}' cannot be used as a value", node.span)
        case ConstantSymbol():
            return checker.constants.constant(symbol, env)
        case ImportedModule():
            return ModuleName(symbol)
        case BuiltinSymbol():
            return Builtin(symbol.name)
        case MissingName(message=message, code=code):
            env.fail(code, message, node.span)


def _float(body: Body, node: tree.Node, text: str) -> Value:
    try:
        return literals.read_float(text)
    except literals.LiteralError as error:
        body.env.fail(Code.LIMIT, str(error), node.span)


# ------------------------------------------------------------------------------------------ transfer, tuples, lists


def _transfer(body: Body, node: tree.Transfer, operand: tree.Expression) -> Value:
    value = infer(body, operand)
    match value:
        case Stored(place, _, variable) if variable is not None and variable != body.constructed:
            return _move_out(body, place, variable, node)
        case Stored(place, is_mutable, _) if isinstance(place, ir.FieldPlace):
            return lifetimes.move_field(body, place, node.span, is_mutable=is_mutable)
        case Fresh() | Scalar():
            return value
        case Stored():
            body.env.fail(
                Code.OWNERSHIP,
                "this cannot be transferred with '^': it is not a variable of this function",
                node.span,
                suggestion="copy it with '.copy()'",
            )
        case _:
            return conversions.to_value(body, value, None, node.span)


def _move_out(body: Body, place: ir.Place, variable: ir.LocalId, node: tree.Transfer) -> Value:
    body.set_state(variable, State.MOVED)
    body.writes.append(variable)
    dangling.moved(body, variable, node.span)
    lifetimes.make_whole(body, place, node.span)
    if is_scalar(place.type):
        return Scalar(ir.Load(place, place.type))
    target = body.temporary(place.type, node.span)
    body.looks.copy(variable, target.local)
    span = body.env.span(node.span)
    if body.checker.types.is_owned(place.type):
        body.emit(ir.Move(target, place, span))
    else:
        body.emit(ir.CopyBits(target, place, span))
    return Fresh(target, is_moved=True)


def _tuple(
    body: Body,
    node: tree.Tuple,
    elements: Sequence[tree.Expression],
    expected: ir.Type | None,
) -> Value:
    wanted: Sequence[ir.Type | None] = [None] * len(elements)
    if isinstance(expected, ir.StructType):
        instance = body.checker.types.struct_of(expected)
        if instance.symbol is None and len(instance.fields) == len(elements):
            wanted = [field.type for field in instance.fields]
    values = infer_all(body, elements, wanted)
    if values and all(isinstance(value, TypeName) for value in values):
        types = [value.type for value in values if isinstance(value, TypeName)]
        return TypeName(body.checker.types.tuple_type(types))
    values = [
        conversions.to_value(body, value, type_, element.span)
        for value, type_, element in zip(values, wanted, elements, strict=True)
    ]
    type_ = body.checker.types.tuple_type([conversions.type_of(value) for value in values])
    target = body.temporary(type_, node.span)
    for value, field, element in zip(
        values, body.checker.types.fields_of(type_), elements, strict=True
    ):
        member = ir.FieldPlace(target, field.name, field.type)
        if isinstance(value, Fresh):
            value = Fresh(value.place, is_moved=True)  # noqa: PLW2901 - a tuple's parts are moved in
        conversions.store(body, member, value, element.span, is_new=True)
    return Fresh(target)


def infer_all(
    body: Body,
    nodes: Sequence[tree.Expression],
    expected: Sequence[ir.Type | None] | None = None,
) -> list[Value]:
    """Evaluate several expressions from left to right, each keeping its value while the next ones are evaluated."""
    values: list[Value] = []
    marks = []
    for index, node in enumerate(nodes):
        value = infer(body, node, expected[index] if expected else None)
        values.append(conversions.materialised(body, value, node.span))
        marks.append(body.mark())
    for index in reversed(range(len(nodes) - 1)):
        values[index] = body.settle(values[index], marks[index], nodes[index].span)
    return values


def build_list(body: Body, node: tree.ListLiteral, type_: ir.StructType) -> Value:
    """Make a `List` of a display's elements."""
    element = body.checker.types.struct_of(type_).element
    assert element is not None
    values = infer_all(body, node.elements, [element] * len(node.elements))
    known = tables.list_of_numbers(body, values, type_, node)
    if known is not None:
        return known
    target = construction.construct(body, type_, {"capacity": IntLiteral(len(values))}, node.span)
    receiver = Stored(target, is_mutable=True)
    methods = body.checker.types.methods_of(type_)["append"]
    for value, item in zip(values, node.elements, strict=True):
        functions = Functions("append", methods, receiver=receiver, struct=type_)
        calls.call_values(body, functions, [(None, value, item.span)], item.span)
    return Fresh(target)


def _ternary(body: Body, node: tree.Ternary, expected: ir.Type | None) -> Value:
    condition = conversions.to_condition(body, node.condition)
    if isinstance(condition, ir.Const):
        return infer(body, node.then if condition.value else node.otherwise, expected)
    before = dict(body.flow) if body.flow is not None else None
    then_block, then = body.collect(lambda: infer(body, node.then, expected))
    after_then, body.flow = body.flow, before
    otherwise_block, otherwise = body.collect(lambda: infer(body, node.otherwise, expected))
    type_ = _common_type(body, node, then, otherwise, expected)
    if not then_block and not otherwise_block and is_scalar(type_):
        left = conversions.to_scalar(body, then, type_, node.then.span)
        right = conversions.to_scalar(body, otherwise, type_, node.otherwise.span)
        if not may_trap(left) and not may_trap(right):
            return Scalar(ir.Select(condition, left, right, type_))
    target = body.temporary(type_, node.span)
    after_otherwise = body.flow
    body.flow = after_then

    def keep(block: list[ir.Statement], value: Value, extent: tree.Extent) -> ir.Block:
        def run() -> None:
            body.block += block
            conversions.store(body, target, value, extent, is_new=True)

        return tuple(body.collect(run)[0])

    then_part = keep(then_block, then, node.then.span)
    body.flow = after_otherwise
    otherwise_part = keep(otherwise_block, otherwise, node.otherwise.span)
    body.flow = merge([flow for flow in (after_then, after_otherwise) if flow is not None])
    body.emit(ir.If(condition, then_part, otherwise_part, body.env.span(node.span)))
    return fresh(target)


def _common_type(
    body: Body, node: tree.Ternary, then: Value, otherwise: Value, expected: ir.Type | None
) -> ir.Type:
    if expected is not None:
        return expected
    is_literal = isinstance(then, IntLiteral | FloatLiteral)
    if is_literal and isinstance(otherwise, IntLiteral | FloatLiteral):
        is_float = FloatLiteral in (type(then), type(otherwise))
        return ir.FLOAT64 if is_float else ir.INT
    return conversions.natural_type(body, otherwise if is_literal else then, node.span)
