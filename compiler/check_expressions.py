"""Expressions: what they are (`infer`), and how they become scalars, places and values of an expected type."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import (
    check_builtins,
    check_calls,
    check_operators,
    check_types,
    ir,
    literals,
    tree,
)
from meshnode.compiler.check_body import (
    Body,
    LocalConstant,
    Poisoned,
    State,
    Variable,
    fresh,
    may_trap,
    merge,
)
from meshnode.compiler.check_values import (
    Builtin,
    CheckFailed,
    Env,
    Fresh,
    Functions,
    GenericStruct,
    ListItems,
    ModuleName,
    Nothing,
    Scalar,
    ScalarMethod,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.known_names import SCALAR_TYPES, TRAITS, UNSUPPORTED_NAMES
from meshnode.compiler.literals import FloatLiteral, IntLiteral
from meshnode.compiler.symbols import (
    ConstantSymbol,
    ImportedModule,
    OverloadSet,
    StructSymbol,
    Symbol,
)

if TYPE_CHECKING:
    from meshnode.compiler.check_program import Checker


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
            return check_operators.unary(body, node, expected)
        case tree.Binary():
            return check_operators.binary(body, node, expected)
        case tree.Logical():
            return check_operators.logical(body, node)
        case tree.Comparison():
            return check_operators.comparison(body, node)
        case tree.Ternary():
            return _ternary(body, node, expected)
        case tree.Call():
            return check_calls.call(body, node, expected)
        case tree.Subscript():
            return _subscript(body, node)
        case tree.Attribute():
            return _attribute(body, node)
        case tree.Transfer(operand=operand):
            return _transfer(body, node, operand)
        case tree.Tuple(elements=elements):
            return _tuple(body, node, elements, expected)
        case tree.ListLiteral():
            if (
                isinstance(expected, ir.StructType)
                and body.checker.structs[expected.struct].element
            ):
                return build_list(body, node, expected)
            return ListItems(node)
        case tree.NoneLiteral():
            return TypeName(ir.UNIT)
        case tree.Unsupported(what=what):
            body.env.unsupported(what, node.span)


# ------------------------------------------------------------------------------------------------------------ names


def _name(body: Body, node: tree.Name) -> Value:
    binding = body.lookup(node.name)
    match binding:
        case Variable(place, is_mutable, local):
            if local is not None:
                _use_variable(body, local, node)
            owned_by_us = local if isinstance(place, ir.LocalPlace) and is_mutable else None
            return Stored(place, is_mutable, owned_by_us)
        case LocalConstant(value):
            return value
        case Poisoned():
            raise CheckFailed(None)
        case None:
            return global_name(body.checker, body.env, node, body.local_names())


def _use_variable(body: Body, local: ir.LocalId, node: tree.Name) -> None:
    if local == body.constructed:
        for field in body.checker.fields_of(body.result_type):
            body.use((local, field.name), f"self.{field.name}", node.span)
    body.use(local, node.name, node.span)


def global_name(checker: "Checker", env: Env, node: tree.Name, local_names: Sequence[str]) -> Value:
    """Find a name of the module, the language or the library; the local ones are only for a hint."""
    name = node.name
    parameter = env.parameters.get(name)
    if parameter is not None:
        return Scalar(parameter) if isinstance(parameter, ir.Const) else TypeName(parameter)
    if name == "Self" and env.self_type is not None:
        return TypeName(env.self_type)
    symbol = env.module.names.get(name)
    if symbol is not None:
        return symbol_value(checker, env, node, name, symbol)
    if name in SCALAR_TYPES:
        return TypeName(SCALAR_TYPES[name])
    if name in check_builtins.NAMES or (name.startswith("__") and env.module.is_prelude):
        return Builtin(name)
    if name in UNSUPPORTED_NAMES or name in TRAITS:
        env.unsupported(f"'{name}'", node.span)
    env.fail(
        Code.NAME,
        f"use of unknown declaration '{name}'",
        node.span,
        suggestion=_suggest(checker, env, name, local_names),
    )


def _suggest(checker: "Checker", env: Env, name: str, local_names: Sequence[str]) -> str | None:
    for module, names in checker.symbols.library.items():
        if name in names:
            return f"import it: 'from {module} import {name}'"
    return check_types.did_you_mean(name, local_names) or check_types.did_you_mean(
        name, [*env.module.names, *SCALAR_TYPES, *check_builtins.NAMES, *env.parameters]
    )


def symbol_value(checker: "Checker", env: Env, node: tree.Node, name: str, symbol: Symbol) -> Value:
    """Give a module-level symbol as a value."""
    match symbol:
        case OverloadSet(functions):
            return Functions(name, functions)
        case StructSymbol():
            generic = check_types.lookup_generic(symbol)
            if generic is not None:
                return generic
            return TypeName(check_types.struct_from_arguments(checker, env, symbol, (), node.span))
        case ConstantSymbol():
            return checker.constant(symbol, env)
        case ImportedModule():
            return ModuleName(symbol)


def _float(body: Body, node: tree.Node, text: str) -> Value:
    try:
        return literals.read_float(text)
    except literals.LiteralError as error:
        body.env.fail(Code.LIMIT, str(error), node.span)


# ------------------------------------------------------------------------------------------- attributes, subscripts


def _attribute(body: Body, node: tree.Attribute) -> Value:
    if isinstance(node.base, tree.Name) and body.constructed is not None:
        field = _constructed_field(body, node, node.base)
        if field is not None:
            return field
    base = infer(body, node.base)
    match base:
        case TypeName(type_):
            return _type_attribute(body, node, type_)
        case ModuleName(module):
            symbol = body.checker.symbols.library.get(module.module, {}).get(node.name)
            if symbol is None:
                body.env.unsupported(f"'{node.name}' of module '{module.module}'", node.span)
            return symbol_value(body.checker, body.env, node, node.name, symbol)
        case GenericStruct(symbol):
            name = symbol.node.name.name
            body.env.fail(Code.TYPE, f"'{name}' needs its parameters here", node.span)
        case Functions() | Builtin() | ScalarMethod() | Nothing():
            body.env.fail(Code.TYPE, f"this has no attribute '{node.name}'", node.span)
        case _:
            pass
    owner = to_value(body, base, None, node.base.span)
    type_ = type_of(owner)
    if not isinstance(type_, ir.StructType):
        return ScalarMethod(owner, node.name)
    return _member(body, node, owner, type_)


def _constructed_field(body: Body, node: tree.Attribute, base: tree.Name) -> Value | None:
    """Give a field of the object under construction, whose other fields may still be empty."""
    binding = body.lookup(base.name)
    if not isinstance(binding, Variable) or binding.local != body.constructed:
        return None
    instance = body.checker.struct_of(body.result_type)
    type_ = instance.field_type(node.name)
    if type_ is None:
        return None
    assert binding.local is not None
    body.use((binding.local, node.name), f"{base.name}.{node.name}", node.span)
    return Stored(ir.FieldPlace(binding.place, node.name, type_), is_mutable=True)


def _member(body: Body, node: tree.Attribute, owner: Value, type_: ir.StructType) -> Value:
    instance = body.checker.struct_of(type_)
    field = instance.field_type(node.name)
    if field is not None and instance.symbol is not None:
        match owner:
            case Stored(place, is_mutable, _):
                return Stored(ir.FieldPlace(place, node.name, field), is_mutable)
            case Fresh(place):
                return Stored(ir.FieldPlace(place, node.name, field), is_mutable=True)
            case _:
                raise AssertionError(owner)
    methods = instance.symbol.methods.get(node.name) if instance.symbol else None
    if methods is not None:
        return Functions(node.name, methods, receiver=owner, struct=type_)
    is_writer = node.name == "write" and type_ == body.checker.string_type_or_none()
    if is_writer or (node.name == "copy" and instance.symbol is not None):
        return ScalarMethod(owner, node.name)
    constant = body.checker.struct_constant(instance, node.name)
    if constant is not None:
        return constant
    names = [f.name for f in instance.fields]
    names += list(instance.symbol.methods) if instance.symbol else []
    library = instance.symbol is None or instance.symbol.module.is_prelude
    if library and not body.env.module.is_prelude:
        body.env.unsupported(f"'{node.name}' of '{type_name(type_)}'", node.span)
    body.env.fail(
        Code.NAME,
        f"'{type_name(type_)}' value has no attribute '{node.name}'",
        node.span,
        suggestion=check_types.did_you_mean(node.name, names),
    )


def _type_attribute(body: Body, node: tree.Attribute, type_: ir.Type) -> Value:
    if isinstance(type_, ir.StructType):
        instance = body.checker.struct_of(type_)
        parameter = instance.parameters.get(node.name)
        if parameter is not None:
            return Scalar(parameter) if isinstance(parameter, ir.Const) else TypeName(parameter)
        methods = instance.symbol.methods.get(node.name) if instance.symbol else None
        if methods is not None:
            return Functions(node.name, methods, struct=type_)
        constant = body.checker.struct_constant(instance, node.name)
        if constant is not None:
            return constant
    limit = _numeric_limit(type_, node.name)
    if limit is None:
        body.env.unsupported(f"'{node.name}' of type '{type_name(type_)}'", node.span)
    return Scalar(ir.Const(type_, limit))


def _numeric_limit(type_: ir.Type, name: str) -> int | float | None:
    match type_, name:
        case ir.IntType(bits, is_signed=is_signed), "MAX":
            return (1 << (bits - is_signed)) - 1
        case ir.IntType(bits, is_signed=is_signed), "MIN":
            return -(1 << (bits - 1)) if is_signed else 0
        case ir.FloatType(), "MAX":
            return float("inf")
        case ir.FloatType(), "MIN":
            return float("-inf")
        case ir.FloatType(bits), ("MAX_FINITE" | "MIN_FINITE"):
            largest = 1.7976931348623157e308 if bits == 64 else 3.4028234663852886e38  # noqa: PLR2004 - the width
            return largest if name == "MAX_FINITE" else -largest
        case _:
            return None


def _subscript(body: Body, node: tree.Subscript) -> Value:
    base = _subscript_base(body, node)
    match base:
        case GenericStruct(symbol):
            return TypeName(
                check_types.struct_from_arguments(
                    body.checker, body.env, symbol, node.arguments, node.span
                )
            )
        case Functions():
            return check_calls.with_parameters(body, base, node)
        case Builtin(name):
            return Builtin(name, node.arguments)
        case TypeName():
            body.env.fail(Code.TYPE, "this type takes no parameters", node.span)
        case _:
            pass
    return element_of(body, node, base)


def element_of(body: Body, node: tree.Subscript, base: Value) -> Value:
    """Give an element of a value that is subscripted."""
    owner = to_value(body, base, None, node.base.span)
    type_ = type_of(owner)
    if isinstance(type_, ir.PointerType):
        index = subscript_index(body, node)
        pointer = to_scalar(body, owner, type_, node.base.span)
        offset = ir.Pure("pointer_offset", (pointer, index), type_)
        return Stored(ir.PointeePlace(offset, type_.pointee), is_mutable=True)
    if not isinstance(type_, ir.StructType):
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' cannot be subscripted", node.span)
    instance = body.checker.struct_of(type_)
    if instance.element is not None:
        return _list_element(body, node, owner, instance.element)
    if instance.symbol is None:
        return _tuple_element(body, node, owner, instance)
    methods = instance.symbol.methods.get("__getitem__")
    if methods is None:
        if instance.symbol.module.is_prelude:
            body.env.unsupported(f"subscripts of '{type_name(type_)}'", node.span)
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' has no '__getitem__'", node.span)
    functions = Functions("__getitem__", methods, receiver=owner, struct=type_)
    return check_calls.call_functions(body, functions, node.arguments, node.span)


def _subscript_base(body: Body, node: tree.Subscript) -> Value:
    match node.base:
        case tree.Name(name="Tuple"):
            return TypeName(check_types.resolve_type(body.checker, body.env, node))
        case _:
            return infer(body, node.base)


def _list_element(body: Body, node: tree.Subscript, owner: Value, element: ir.Type) -> Value:
    index = subscript_index(body, node)
    if isinstance(index, ir.Const) and int(index.value) < 0:
        body.env.fail(
            Code.CONSTANT,
            "negative indices are not supported: use 'x[len(x) - n]'",
            node.arguments[0].span,
        )
    # From the bracket on: that is the place which a failed bounds check tells.
    span = body.env.span((*node.base.span[2:], *node.span[2:]))
    match owner:
        case Stored(place, is_mutable, _):
            return Stored(ir.ElementPlace(place, index, element, span), is_mutable)
        case Fresh(place):
            return Stored(ir.ElementPlace(place, index, element, span), is_mutable=True)
        case _:
            raise AssertionError(owner)


def subscript_index(body: Body, node: tree.Subscript) -> ir.Expr:
    """Evaluate the one positional index as an Int."""
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.fail(Code.CALL, "expected one index", node.span)
    argument = node.arguments[0]
    value = to_value(body, infer(body, argument.value), None, argument.span)
    type_ = type_of(value)
    if not isinstance(type_, ir.IntType):
        body.env.fail(
            Code.TYPE, f"an index must be an Int, not '{type_name(type_)}'", argument.span
        )
    expr = to_scalar(body, value, type_, argument.span)
    return expr if type_ == ir.INT else ir.Convert(expr, ir.INT)


def _tuple_element(
    body: Body, node: tree.Subscript, owner: Value, instance: check_types.StructInstance
) -> Value:
    index = subscript_index(body, node)
    if not isinstance(index, ir.Const):
        body.env.fail(Code.CONSTANT, "a tuple's index must be a constant", node.span)
    position = int(index.value)
    if not 0 <= position < len(instance.fields):
        body.env.fail(Code.CONSTANT, f"tuple index {position} is out of range", node.span)
    field = instance.fields[position]
    match owner:
        case Stored(place, is_mutable, _):
            return Stored(ir.FieldPlace(place, field.name, field.type), is_mutable)
        case Fresh(place):
            return Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=True)
        case _:
            raise AssertionError(owner)


# ------------------------------------------------------------------------------------------ transfer, tuples, lists


def _transfer(body: Body, node: tree.Transfer, operand: tree.Expression) -> Value:
    value = infer(body, operand)
    match value:
        case Stored(place, _, variable) if variable is not None and variable != body.constructed:
            return _move_out(body, place, variable, node)
        case Stored(place, is_mutable, _) if isinstance(place, ir.FieldPlace):
            if body.env.module.is_prelude and is_mutable and not is_scalar(place.type):
                target = body.temporary(place.type, node.span)
                body.emit(ir.Move(target, place, body.env.span(node.span)))
                return Fresh(target)
            body.env.unsupported("transferring a field out of its struct ('^')", node.span)
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
            return to_value(body, value, None, node.span)


def _move_out(body: Body, place: ir.Place, variable: ir.LocalId, node: tree.Transfer) -> Value:
    body.set_state(variable, State.MOVED)
    body.writes.append(variable)
    if is_scalar(place.type):
        return Scalar(ir.Load(place, place.type))
    target = body.temporary(place.type, node.span)
    span = body.env.span(node.span)
    if body.checker.is_owned(place.type):
        body.emit(ir.Move(target, place, span))
    else:
        body.emit(ir.CopyBits(target, place, span))
    return fresh(target)


def _tuple(
    body: Body,
    node: tree.Tuple,
    elements: Sequence[tree.Expression],
    expected: ir.Type | None,
) -> Value:
    wanted: Sequence[ir.Type | None] = [None] * len(elements)
    if isinstance(expected, ir.StructType):
        instance = body.checker.struct_of(expected)
        if instance.symbol is None and len(instance.fields) == len(elements):
            wanted = [field.type for field in instance.fields]
    values = infer_all(body, elements, wanted)
    if values and all(isinstance(value, TypeName) for value in values):
        types = [value.type for value in values if isinstance(value, TypeName)]
        return TypeName(body.checker.tuple_type(types))
    values = [
        to_value(body, value, type_, element.span)
        for value, type_, element in zip(values, wanted, elements, strict=True)
    ]
    type_ = body.checker.tuple_type([type_of(value) for value in values])
    target = body.temporary(type_, node.span)
    for value, field, element in zip(values, body.checker.fields_of(type_), elements, strict=True):
        store(body, ir.FieldPlace(target, field.name, field.type), value, element.span, is_new=True)
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
        values.append(infer(body, node, expected[index] if expected else None))
        marks.append(body.mark())
    for index in reversed(range(len(nodes) - 1)):
        values[index] = body.settle(values[index], marks[index], nodes[index].span)
    return values


def build_list(body: Body, node: tree.ListLiteral, type_: ir.StructType) -> Value:
    """Make a `List` of a display's elements."""
    element = body.checker.struct_of(type_).element
    assert element is not None
    values = infer_all(body, node.elements, [element] * len(node.elements))
    target = check_calls.construct(body, type_, {"capacity": IntLiteral(len(values))}, node.span)
    receiver = Stored(target, is_mutable=True)
    methods = body.checker.methods_of(type_)["append"]
    for value, item in zip(values, node.elements, strict=True):
        functions = Functions("append", methods, receiver=receiver, struct=type_)
        check_calls.call_values(body, functions, [(None, value, item.span)], item.span)
    return Fresh(target)


def _ternary(body: Body, node: tree.Ternary, expected: ir.Type | None) -> Value:
    condition = to_condition(body, node.condition)
    if isinstance(condition, ir.Const):
        return infer(body, node.then if condition.value else node.otherwise, expected)
    before = dict(body.flow) if body.flow is not None else None
    then_block, then = body.collect(lambda: infer(body, node.then, expected))
    after_then, body.flow = body.flow, before
    otherwise_block, otherwise = body.collect(lambda: infer(body, node.otherwise, expected))
    type_ = _common_type(body, node, then, otherwise, expected)
    if not then_block and not otherwise_block and is_scalar(type_):
        left = to_scalar(body, then, type_, node.then.span)
        right = to_scalar(body, otherwise, type_, node.otherwise.span)
        if not may_trap(left) and not may_trap(right):
            return Scalar(ir.Select(condition, left, right, type_))
    target = body.temporary(type_, node.span)
    after_otherwise = body.flow
    body.flow = after_then

    def keep(block: list[ir.Statement], value: Value, extent: tree.Extent) -> ir.Block:
        def run() -> None:
            body.block += block
            store(body, target, value, extent, is_new=True)

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
    return natural_type(body, otherwise if is_literal else then, node.span)


# ------------------------------------------------------------------------------------------------------ conversions


def natural_type(body: Body, value: Value, extent: tree.Extent) -> ir.Type:  # noqa: C901 - one case a value
    """Give the type that a value has, or takes when nothing else is asked for."""
    match value:
        case IntLiteral():
            return ir.INT
        case FloatLiteral():
            return ir.FLOAT64
        case StringLiteral():
            return body.checker.string_type(body.env, extent)
        case ListItems():
            body.env.fail(
                Code.UNSUPPORTED,
                "not supported yet: arrays (a list display without an expected List type)",
                extent,
                suggestion="give the variable a type, as in 'var x: List[Int] = [1, 2]'",
            )
        case Scalar(expr):
            return expr.type
        case Stored(place, _, _) | Fresh(place):
            return place.type
        case Nothing():
            body.env.fail(Code.TYPE, "this call has no result", extent)
        case TypeName() | GenericStruct():
            body.env.fail(Code.TYPE, "a type cannot be used as a value", extent)
        case ModuleName():
            body.env.fail(Code.TYPE, "a module cannot be used as a value", extent)
        case Functions() | Builtin() | ScalarMethod():
            body.env.unsupported("functions as values", extent)


def type_of(value: Value) -> ir.Type:
    """Give the type of a value that `to_value` made."""
    match value:
        case Scalar(expr):
            return expr.type
        case Stored(place, _, _) | Fresh(place):
            return place.type
        case _:
            raise AssertionError(value)


def to_value(body: Body, value: Value, expected: ir.Type | None, extent: tree.Extent) -> Value:
    """Give a Scalar, Stored or Fresh of the expected type (of its own type, without one)."""
    target = expected if expected is not None else natural_type(body, value, extent)
    match value:
        case IntLiteral() | FloatLiteral():
            constant = literals.materialise(value, target)
            if constant is not None:
                return Scalar(constant)
        case StringLiteral(text):
            if target == body.checker.string_type(body.env, extent):
                return check_builtins.string_value(body, text, extent)
        case ListItems(node):
            if isinstance(target, ir.StructType) and body.checker.struct_of(target).element:
                return build_list(body, node, target)
        case _:
            if natural_type(body, value, extent) == target:
                return value
    body.env.fail(
        Code.TYPE,
        f"cannot implicitly convert '{shown_type(body, value, extent)}' value to '{type_name(target)}'",
        extent,
        suggestion=_conversion_hint(value, target),
    )


def shown_type(body: Body, value: Value, extent: tree.Extent) -> str:
    """Name a value's type in a message."""
    match value:
        case IntLiteral() | FloatLiteral() | StringLiteral():
            return type(value).__name__
        case ListItems():
            return "Array"
        case _:
            return type_name(natural_type(body, value, extent))


def _conversion_hint(value: Value, target: ir.Type) -> str | None:
    if is_scalar(target) and isinstance(value, Scalar | Stored | IntLiteral | FloatLiteral):
        return f"convert it explicitly with '{type_name(target)}(…)'"
    return None


def to_scalar(body: Body, value: Value, expected: ir.Type | None, extent: tree.Extent) -> ir.Expr:
    """Give a value of scalar type as an expression."""
    found = to_value(body, value, expected, extent)
    match found:
        case Scalar(expr):
            return expr
        case Stored(place, _, _) if is_scalar(place.type):
            return ir.Load(place, place.type)
        case _:
            raise AssertionError(found)


def to_place(body: Body, value: Value, expected: ir.Type | None, extent: tree.Extent) -> ir.Place:
    """Give a value as a place that can be read."""
    found = to_value(body, value, expected, extent)
    match found:
        case Stored(place, _, _) | Fresh(place):
            return place
        case Scalar(expr):
            target = body.temporary(expr.type, extent)
            body.assign(target, expr, extent)
            return target
        case _:
            raise AssertionError(found)


def to_condition(body: Body, node: tree.Expression) -> ir.Expr:
    """Evaluate a condition: a Bool, or what converts to one."""
    return truth(body, infer(body, node), node.span)


def truth(body: Body, value: Value, extent: tree.Extent) -> ir.Expr:
    """Give a value's truth."""
    found = to_value(body, value, None, extent)
    type_ = type_of(found)
    match type_:
        case ir.BoolType():
            return to_scalar(body, found, type_, extent)
        case ir.IntType() | ir.FloatType():
            zero = ir.Const(type_, 0 if isinstance(type_, ir.IntType) else 0.0)
            return ir.Compare(ir.CompareOp.NE, to_scalar(body, found, type_, extent), zero)
        case ir.StructType():
            result = check_operators.call_dunder(body, "__bool__", found, [], extent)
            if result is not None:
                return to_scalar(body, result, ir.BOOL, extent)
        case _:
            pass
    body.env.fail(
        Code.TYPE, f"cannot implicitly convert '{type_name(type_)}' value to 'Bool'", extent
    )


def constant_of_type(
    checker: "Checker", env: Env, node: tree.Expression, type_: ir.Type
) -> ir.Const:
    """Evaluate a constant expression of a scalar type."""
    value = checker.evaluate(env, node)
    body = Body(checker, env, raises=False)
    expr = to_scalar(body, value, type_, node.span)
    if not isinstance(expr, ir.Const):
        env.unsupported("computing this at compile time", node.span)
    return expr


# ----------------------------------------------------------------------------------------------------------- stores


def store(body: Body, place: ir.Place, value: Value, extent: tree.Extent, *, is_new: bool) -> None:
    """Put a value into a place; `is_new` if the place holds nothing that must be destroyed."""
    found = to_value(body, value, place.type, extent)
    if is_scalar(place.type):
        body.assign(place, to_scalar(body, found, place.type, extent), extent)
        return
    body.writes.append(root_local(place))
    source = take_over(body, found, extent)
    span = body.env.span(extent)
    is_owned = body.checker.is_owned(place.type)
    if is_new and body.redirect(source, place):
        return
    if is_owned:
        if not is_new:
            body.emit(ir.Drop(place, span))
        body.emit(ir.Move(place, source, span))
    else:
        body.emit(ir.CopyBits(place, source, span))


def owned(body: Body, value: Value, extent: tree.Extent) -> Value:
    """Give a value that nobody else holds: scalars as they are, structs in a temporary of ours."""
    if is_scalar(type_of(value)):
        return value
    return Fresh(take_over(body, value, extent))


def take_over(body: Body, value: Value, extent: tree.Extent) -> ir.LocalPlace:
    """Give a struct value in a temporary of ours, copying it if that may be done silently."""
    match value:
        case Fresh(place):
            return place
        case Stored(place, _, _):
            if not body.checker.copies_implicitly(place.type):
                name = type_name(place.type)
                body.env.fail(
                    Code.OWNERSHIP,
                    f"value of type '{name}' cannot be implicitly copied, it does not conform to 'ImplicitlyCopyable'",
                    extent,
                    notes=(
                        Note("consider transferring the value with '^'"),
                        Note("you can copy it explicitly with '.copy()'"),
                    ),
                )
            return copy_value(body, place, extent)
        case _:
            raise AssertionError(value)


def copy_value(body: Body, place: ir.Place, extent: tree.Extent) -> ir.LocalPlace:
    """Copy a struct value into a temporary."""
    target = body.temporary(place.type, extent)
    span = body.env.span(extent)
    if not body.checker.is_owned(place.type):
        body.emit(ir.CopyBits(target, place, span))
        return target
    function = body.checker.copy_function(place.type, body.env, extent)
    body.effects += 1
    body.emit(ir.Call(target, function, (ir.ByReference(place),), span))
    return target
