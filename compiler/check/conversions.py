"""Values of the types that are asked for: scalars, places, conditions, and stores of values into places."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import (
    dangling,
    displays,
    expressions,
    implicit,
    lenient,
    lifetimes,
    operators,
    origins,
    templates,
)
from meshnode.compiler.check.body import (
    Body,
)
from meshnode.compiler.check.calls import builtins, closures
from meshnode.compiler.check.types import arrays, vectors, wide
from meshnode.compiler.check.values import (
    BraceItems,
    Builtin,
    Env,
    Fresh,
    Functions,
    GenericConstant,
    GenericStruct,
    Known,
    ListItems,
    ModuleName,
    Nothing,
    Pack,
    Scalar,
    ScalarMethod,
    Stored,
    StringLiteral,
    TemplateParts,
    TypeName,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.parse import literals, tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


def natural_type(body: Body, value: Value, extent: tree.Extent) -> ir.Type:  # noqa: C901, PLR0911, PLR0912 - one case a value
    """Give the type that a value has, or takes when nothing else is asked for."""
    match value:  # The most frequent come first.
        case Scalar(expr):
            return expr.type
        case Stored(place, _, _) | Fresh(place):
            return place.type
        case IntLiteral():
            return ir.INT
        case FloatLiteral():
            return ir.FLOAT64
        case StringLiteral():
            return body.checker.types.string_type(body.env, extent)
        case TemplateParts():
            return body.checker.types.string_type(body.env, extent)
        case BraceItems():
            return displays.natural_type(body, value, extent)
        case ListItems():
            return arrays.natural_type(body, value.node)
        case Known(type_):
            return type_
        case Nothing():
            body.env.fail(Code.TYPE, "this call has no result", extent)
        case Pack():
            body.env.unsupported("arguments of different types as one value", extent)
        case TypeName(type=ir.UnitType()):
            message = "'None' alone has no type that a value could have"
            suggestion = "give the variable a type, as in 'var x: Optional[Int] = None'"
            body.env.fail(Code.TYPE, message, extent, suggestion=suggestion)
        case TypeName() | GenericStruct() | GenericConstant():
            body.env.fail(Code.TYPE, "a type cannot be used as a value", extent)
        case ModuleName():
            body.env.fail(Code.TYPE, "a module cannot be used as a value", extent)
        case Functions():
            return closures.single_type(body, value, extent)
        case Builtin() | ScalarMethod():
            body.env.unsupported("this function as a value", extent)


def type_of(value: Value) -> ir.Type:
    """Give the type of a value that `to_value` made."""
    match value:
        case Scalar(expr):
            return expr.type
        case Stored(place, _, _) | Fresh(place):
            return place.type
        case _:
            raise AssertionError(value)


def to_value(body: Body, value: Value, expected: ir.Type | None, extent: tree.Extent) -> Value:  # noqa: C901, PLR0911, PLR0912 - one case a type
    """Give a Scalar, Stored or Fresh of the expected type (of its own type, without one)."""
    target = expected if expected is not None else natural_type(body, value, extent)
    if isinstance(target, ir.VectorType):
        fitting = vectors.fit(body, value, target, extent)
        if fitting is not None:
            return Scalar(fitting)
    value = materialised(body, value, extent)
    match value:
        case IntLiteral() | FloatLiteral():
            constant = literals.materialise(value, target)
            if constant is not None:
                return Scalar(constant)
            number = wide.of_literal(body, value, target, extent)
            if number is not None:
                return number
        case StringLiteral(text):
            if target == body.checker.types.string_type(body.env, extent):
                return builtins.string_value(body, text, extent)
        case TemplateParts() if target == body.checker.types.string_type(body.env, extent):
            return templates.text(body, value, extent)
        case BraceItems():
            return displays.build(body, value, target, extent)
        case ListItems(node):
            if isinstance(target, ir.StructType) and body.checker.types.struct_of(target).element:
                return expressions.build_list(body, node, target)
            if arrays.fits(body, node, target):
                return arrays.build(body, node, target)
            if isinstance(target, ir.StructType) and displays.takes_list(body, target):
                return displays.build_list_like(body, node, target)
        case TypeName():
            pass
        case Functions():
            made = closures.convert(body, value, target, extent)
            if made is not None:
                return made
        case _:
            if natural_type(body, value, extent) == target:
                return value
    converted = implicit.convert(body, value, target, extent)
    if converted is None:
        converted = lenient.array_as_list(body, value, target, extent)
    if converted is not None:
        return converted
    body.env.fail(
        Code.TYPE,
        f"cannot implicitly convert '{shown_type(body, value, extent)}' value to '{type_name(target)}'",
        extent,
        suggestion=conversion_hint(value, target),
    )


def materialised(body: Body, value: Value, extent: tree.Extent) -> Value:
    """Bring a struct value that is known at compile time to run time; others stay as they are."""
    if isinstance(value, Known):
        return body.checker.comptime.materialise(body, value, extent)
    return value


def shown_type(body: Body, value: Value, extent: tree.Extent) -> str:
    """Name a value's type in a message."""
    match value:
        case IntLiteral() | FloatLiteral() | StringLiteral():
            return type(value).__name__
        case ListItems():
            return "Array"
        case TypeName(ir.UnitType()):
            return "NoneType"
        case _:
            return type_name(natural_type(body, value, extent))


def conversion_hint(value: Value, target: ir.Type) -> str | None:
    """Suggest the conversion that a program may write, if there is one."""
    is_number = isinstance(value, Scalar | IntLiteral | FloatLiteral) or (
        isinstance(value, Stored) and is_scalar(value.place.type)
    )
    if is_number and type_name(target) == "String":
        return "convert it explicitly with 'String(…)'"
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
    return truth(body, expressions.infer(body, node), node.span)


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
            result = operators.call_dunder(body, "__bool__", found, [], extent)
            if result is not None:
                return to_scalar(body, result, ir.BOOL, extent)
        case _:
            pass
    body.env.fail(
        Code.TYPE, f"cannot implicitly convert '{type_name(type_)}' value to 'Bool'", extent
    )


def constant_of_type(
    checker: "Checker", env: Env, node: tree.Expression, type_: ir.Type, outer: Body | None = None
) -> ir.Const:
    """Evaluate a constant expression of a scalar type; `outer` lends its local `comptime` names."""
    value = checker.constants.evaluate(env, node, outer)
    body = Body(checker, env)
    expr = to_scalar(body, value, type_, node.span)
    if not isinstance(expr, ir.Const):
        env.unsupported("computing this at compile time", node.span)
    return expr


def store(body: Body, place: ir.Place, value: Value, extent: tree.Extent, *, is_new: bool) -> None:
    """Put a value into a place; `is_new` if the place holds nothing that must be destroyed."""
    found = to_value(body, value, place.type, extent)
    if is_scalar(place.type):
        body.assign(place, to_scalar(body, found, place.type, extent), extent)
        return
    body.writes.append(root_local(place))
    dangling.check_kept(body, place, found, extent)
    source = take_over(body, found, extent)
    if not is_new:
        dangling.changed(body, place, extent)
    dangling.stored(body, place, Fresh(source), is_new=is_new)
    span = body.env.span(extent)
    is_owned = body.checker.types.is_owned(place.type)
    if isinstance(found, Fresh) and found.is_moved:
        move = lifetimes.move_function(body.checker, place.type, span)
        if move is not None:
            if is_owned and not is_new:
                body.emit(ir.Drop(place, span))
            body.emit(ir.Call(place, move, (ir.ByReference(source),), span))
            body.effects += 1
            return
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
    if is_scalar(type_of(value)) or isinstance(value, Fresh):
        return value
    return Fresh(take_over(body, value, extent))


def take_over(body: Body, value: Value, extent: tree.Extent) -> ir.LocalPlace:
    """Give a struct value in a temporary of ours, copying it if that may be done silently."""
    match value:
        case Fresh(place):
            return place
        case Stored(place, _, _):
            if not body.checker.types.copies_implicitly(place.type):
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
            return copy_value(body, place, extent, is_implicit=True)
        case _:
            raise AssertionError(value)


def copy_value(
    body: Body, place: ir.Place, extent: tree.Extent, *, is_implicit: bool = False
) -> ir.LocalPlace:
    """Copy a struct value into a temporary; an implicit copy may turn into a move."""
    target = body.temporary(place.type, extent)
    body.looks.copy(origins.home_of(place), target.local)
    span = body.env.span(extent)
    if not body.checker.types.is_owned(place.type):
        body.emit(ir.CopyBits(target, place, span))
        return target
    function = body.checker.types.copy_function(place.type, body.env, extent)
    body.effects += 1
    if is_implicit:
        lifetimes.move_function(body.checker, place.type, span)
    body.emit(ir.Call(target, function, (ir.ByReference(place),), span, is_implicit))
    return target
