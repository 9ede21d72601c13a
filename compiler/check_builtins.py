"""What the checker itself understands when it is called: `print`, `len`, conversions, and the prelude's own names."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import check_calls, check_expressions, check_operators, check_types, ir, tree
from meshnode.compiler.check_body import Body, fresh
from meshnode.compiler.check_values import (
    Builtin,
    Fresh,
    Functions,
    Nothing,
    Scalar,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.intrinsics import INTRINSICS, Intrinsic, Kind
from meshnode.compiler.literals import FloatLiteral, IntLiteral, materialise

NAMES = frozenset(["print", "len", "range"])
"""Builtins that programs may call."""

_INTRINSIC_PREFIX = "__intrinsic_"


def call(body: Body, builtin: Builtin, node: tree.Call, expected: ir.Type | None) -> Value:
    """Evaluate a call of a builtin."""
    if builtin.name.startswith(_INTRINSIC_PREFIX):
        return _intrinsic(body, builtin, node, expected)
    handler = _HANDLERS.get(builtin.name)
    if handler is None:
        body.env.fail(Code.NAME, f"use of unknown declaration '{builtin.name}'", node.span)
    return handler(body, builtin, node)


def _print(body: Body, _: Builtin, node: tree.Call) -> Value:
    keywords = {argument.name: argument for argument in node.arguments if argument.name}
    for name, argument in keywords.items():
        if name == "file":
            body.env.unsupported("'file=' of 'print'", argument.span)
        if name not in ("sep", "end", "flush"):
            body.env.fail(Code.CALL, f"'print' has no argument named '{name}'", argument.span)
    given = check_calls.given_arguments(body, node.arguments)
    values = [argument for argument in given if argument[0] is None]
    named = {argument[0]: argument[1] for argument in given if argument[0]}
    separator = named.get("sep", StringLiteral(" "))
    pieces: list[tuple[Value, tree.Extent]] = []
    for index, (_keyword, value, extent) in enumerate(values):
        if index:
            pieces.append((separator, extent))
        pieces.append((value, extent))
    pieces.append((named.get("end", StringLiteral("\n")), node.span))
    out = _text(body, pieces, node.span)
    check_operators.call_prelude(body, "_print", [Stored(out, is_mutable=False)], node.span)
    return Nothing()


def text_of(body: Body, node: tree.Call) -> Value:
    """Evaluate `String(x, …)`."""
    values = check_expressions.infer_all(body, [argument.value for argument in node.arguments])
    if len(values) == 1:
        value, extent = values[0], node.arguments[0].value.span
        if isinstance(value, StringLiteral):
            return string_value(body, value.text, extent)
        string = body.checker.string_type(body.env, extent)
        if isinstance(value, Fresh) and value.place.type == string:
            return value
        if isinstance(value, Stored) and value.place.type == string:
            return Fresh(check_expressions.copy_value(body, value.place, extent))
    extents = [argument.value.span for argument in node.arguments]
    return Fresh(_text(body, list(zip(values, extents, strict=True)), node.span))


def _text(
    body: Body, pieces: Sequence[tuple[Value, tree.Extent]], extent: tree.Extent
) -> ir.LocalPlace:
    """Write the pieces into a new String; literal pieces that meet are joined here."""
    out = check_calls.construct(body, body.checker.string_type(body.env, extent), {}, extent)
    target = Stored(out, is_mutable=True)
    pending = ""
    for value, place in pieces:
        text = _constant_text(value)
        if text is not None:
            pending += text
            continue
        _append(body, target, pending, extent)
        pending = ""
        write(body, target, value, place)
    _append(body, target, pending, extent)
    return out


def _constant_text(value: Value) -> str | None:
    match value:
        case StringLiteral(text):
            return text
        case IntLiteral():
            constant = materialise(value, ir.INT)
            return None if constant is None else str(constant.value)
        case _:
            return None


def write(body: Body, out: Value, value: Value, extent: tree.Extent) -> None:
    """Write one value's text."""
    if isinstance(value, TypeName) and value.type == ir.UNIT:
        body.env.fail(Code.TYPE, "'None' does not conform to 'Writable'", extent)
    check_operators.call_prelude(body, "_write", [out, value], extent)


def write_all(body: Body, out: Value, node: tree.Call) -> Value:
    """Evaluate `writer.write(a, b, …)`."""
    for _, value, extent in check_calls.given_arguments(body, node.arguments):
        if isinstance(value, StringLiteral):
            _append(body, out, value.text, extent)
        else:
            write(body, out, value, extent)
    return Nothing()


def write_struct(
    body: Body, given: Sequence[check_calls.Given], extent: tree.Extent
) -> Value | None:
    """Write a tuple, or a struct by its own or its synthesised `write_to`; None if the prelude does it."""
    if len(given) != 2 or not isinstance(given[1][1], Stored | Fresh):  # noqa: PLR2004 - (out, value)
        return None
    out, value = given[0][1], given[1][1]
    type_ = value.place.type
    if not isinstance(type_, ir.StructType):
        return None
    instance = body.checker.struct_of(type_)
    if instance.symbol is None:
        _write_tuple(body, out, value.place, instance, extent)
        return Nothing()
    if instance.symbol.module.is_prelude:
        return None
    methods = instance.symbol.methods.get("write_to")
    if methods is not None:
        functions = Functions("write_to", methods, receiver=value, struct=type_)
        return check_calls.call_values(body, functions, [(None, out, extent)], extent)
    if not instance.has_trait("Writable"):
        body.env.fail(
            Code.TYPE,
            f"'{type_name(type_)}' does not conform to 'Writable'",
            extent,
            suggestion="add 'Writable' to the struct's traits",
        )
    _write_fields(body, out, value.place, instance, extent)
    return Nothing()


def _write_tuple(
    body: Body,
    out: Value,
    place: ir.Place,
    instance: check_types.StructInstance,
    extent: tree.Extent,
) -> None:
    _append(body, out, "(", extent)
    for index, field in enumerate(instance.fields):
        if index:
            _append(body, out, ", ", extent)
        member = Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=False)
        write(body, out, member, extent)
    _append(body, out, ",)" if len(instance.fields) == 1 else ")", extent)


def _write_fields(
    body: Body,
    out: Value,
    place: ir.Place,
    instance: check_types.StructInstance,
    extent: tree.Extent,
) -> None:
    text = f"{instance.struct}("
    for index, field in enumerate(instance.fields):
        _append(body, out, f"{text}{', ' if index else ''}{field.name}=", extent)
        text = ""
        member = Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=False)
        write(body, out, member, extent)
    _append(body, out, f"{text})", extent)


def _append(body: Body, out: Value, text: str, extent: tree.Extent) -> None:
    if text:
        pieces = [out, *_static_pieces(text.encode("utf-8", "replace"))]
        check_operators.call_prelude(body, "_write_literal", pieces, extent)


def _static_pieces(data: bytes) -> list[Value]:
    return [Scalar(ir.StaticBytes(data)), Scalar(ir.Const(ir.INT, len(data)))]


def string_value(body: Body, text: str, extent: tree.Extent) -> Value:
    """Make a String of a literal."""
    data = text.encode("utf-8", "replace")
    return check_operators.call_prelude(body, "_string_literal", _static_pieces(data), extent)


def _len(body: Body, _: Builtin, node: tree.Call) -> Value:
    value = _one(body, node)
    type_ = check_expressions.type_of(value)
    if isinstance(type_, ir.StructType):
        instance = body.checker.struct_of(type_)
        if instance.element is not None:
            place = check_expressions.to_place(body, value, type_, node.span)
            return Scalar(ir.Load(ir.FieldPlace(place, "length", ir.INT), ir.INT))
        if instance.symbol is None:
            return IntLiteral(len(instance.fields))
        if instance.symbol.module.is_prelude or instance.has_trait("Sized"):
            result = check_operators.call_dunder(body, "__len__", value, [], node.span)
            if result is not None:
                return result
    suggestion = None
    if type_ == body.checker.string_type_or_none():
        suggestion = "write 's.byte_length()' or 's.count_codepoints()'"
    body.env.fail(
        Code.TYPE,
        f"'{type_name(type_)}' has no length: it does not conform to 'Sized'",
        node.span,
        suggestion=suggestion,
    )


def _one(body: Body, node: tree.Call) -> Value:
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.fail(Code.CALL, "expected one argument", node.span)
    argument = node.arguments[0].value
    value = check_expressions.infer(body, argument)
    return check_expressions.to_value(body, value, None, argument.span)


def _range(body: Body, _: Builtin, node: tree.Call) -> Value:
    body.env.unsupported("'range' outside of a 'for' statement's head", node.span)


# ------------------------------------------------------------------------------------------------------ conversions


def convert(body: Body, type_: ir.Type, node: tree.Call) -> Value:
    """Evaluate `Int(x)` and the like."""
    if not node.arguments and isinstance(type_, ir.IntType | ir.FloatType):
        return Scalar(ir.Const(type_, 0 if isinstance(type_, ir.IntType) else 0.0))
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.unsupported(f"'{type_name(type_)}' with these arguments", node.span)
    argument = node.arguments[0].value
    value = check_expressions.infer(body, argument)
    if type_ == ir.BOOL:
        return Scalar(check_expressions.truth(body, value, argument.span))
    if isinstance(value, IntLiteral | FloatLiteral):
        constant = materialise(value, type_)
        if constant is not None:
            return Scalar(constant)
        body.env.fail(
            Code.TYPE,
            f"cannot convert a float literal to '{type_name(type_)}' exactly",
            argument.span,
            suggestion=f"write '{type_name(type_)}(Float64(…))' to cut the fraction off",
        )
    found = check_expressions.to_value(body, value, None, argument.span)
    source = check_expressions.type_of(found)
    if isinstance(source, ir.StructType):
        return _convert_struct(body, type_, found, source, node)
    expr = check_expressions.to_scalar(body, found, source, argument.span)
    return Scalar(_converted(expr, type_))


def _converted(expr: ir.Expr, type_: ir.Type) -> ir.Expr:
    if expr.type == type_:
        return expr
    if isinstance(expr, ir.Const) and not isinstance(expr.value, float):
        constant = materialise(IntLiteral(int(expr.value)), type_)
        if constant is not None:
            return constant
    return ir.Convert(expr, type_)


def _convert_struct(
    body: Body, type_: ir.Type, value: Value, source: ir.StructType, node: tree.Call
) -> Value:
    if source == body.checker.string_type_or_none() and type_ in (ir.INT, ir.FLOAT64):
        name = "atol" if type_ == ir.INT else "atof"
        return check_operators.call_prelude(body, name, [value], node.span)
    dunder = "__int__" if isinstance(type_, ir.IntType) else "__float__"
    result = check_operators.call_dunder(body, dunder, value, [], node.span)
    if result is None:
        body.env.fail(
            Code.TYPE,
            f"cannot convert '{type_name(source)}' to '{type_name(type_)}'",
            node.span,
        )
    expr = check_expressions.to_scalar(body, result, None, node.span)
    return Scalar(_converted(expr, type_))


# ------------------------------------------------------------------------------------------------- prelude-only names


def _intrinsic(body: Body, builtin: Builtin, node: tree.Call, expected: ir.Type | None) -> Value:
    intrinsic = INTRINSICS.get(builtin.name.removeprefix(_INTRINSIC_PREFIX))
    if intrinsic is None:
        body.env.fail(Code.NAME, f"no intrinsic '{builtin.name}'", node.span)
    values = check_expressions.infer_all(body, [argument.value for argument in node.arguments])
    if len(values) != len(intrinsic.parameters):
        body.env.fail(
            Code.CALL, f"'{builtin.name}' takes {len(intrinsic.parameters)} arguments", node.span
        )
    arguments: list[ir.Expr] = []
    for kind, value, argument in zip(intrinsic.parameters, values, node.arguments, strict=True):
        same = arguments[0].type if arguments else None
        wanted: ir.Type | None = {
            Kind.INT: ir.INT,
            Kind.INT_CONSTANT: ir.INT,
            Kind.UINT: ir.UINT,
        }.get(kind)
        wanted = same if kind is Kind.SAME else wanted
        arguments.append(check_expressions.to_scalar(body, value, wanted, argument.span))
    result = _intrinsic_result(intrinsic, arguments)
    if intrinsic.result is Kind.BITS:
        result = _bits_type(body, builtin, arguments[0].type, expected)
    if intrinsic.is_pure:
        return Scalar(ir.Pure(intrinsic.name, tuple(arguments), result))
    target = None if result == ir.UNIT else body.temporary(result, node.span)
    body.emit(ir.Perform(target, intrinsic.name, tuple(arguments), body.env.span(node.span)))
    body.effects += 1
    return Nothing() if target is None else fresh(target)


def _bits_type(body: Body, builtin: Builtin, source: ir.Type, expected: ir.Type | None) -> ir.Type:
    """Give the type that a bit cast makes: the written one, the expected one, or the signed integer of equal width."""
    if builtin.parameters:
        return _type_arguments(body, builtin)[0]
    if expected is not None:
        return expected
    assert isinstance(source, ir.FloatType | ir.IntType)
    if isinstance(source, ir.FloatType):
        return ir.IntType(source.bits, is_signed=True)
    return ir.FloatType(source.bits)


def _intrinsic_result(intrinsic: Intrinsic, arguments: Sequence[ir.Expr]) -> ir.Type:
    match intrinsic.result:
        case Kind.SAME:
            return arguments[0].type
        case Kind.CELL:
            return ir.PointerType(ir.UINT)
        case Kind.INT:
            return ir.INT
        case Kind.UINT:
            return ir.UINT
        case _:
            return ir.UNIT


def _type_arguments(body: Body, builtin: Builtin) -> list[ir.Type]:
    return [
        check_types.resolve_type(body.checker, body.env, argument.value)
        for argument in builtin.parameters
    ]


def _pointer(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    (pointee,) = _type_arguments(body, builtin)
    argument = node.arguments[0].value
    value = check_expressions.infer(body, argument)
    wanted = ir.UINT if isinstance(value, IntLiteral) else None
    expr = check_expressions.to_scalar(body, value, wanted, argument.span)
    return Scalar(ir.Convert(expr, ir.PointerType(pointee)))


def _size_of(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.INT, body.checker.size_of(type_)))


def _is_trivial(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.BOOL, value=not body.checker.is_owned(type_)))


def _is_same(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    left, right = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.BOOL, value=left == right))


def _place(body: Body, node: tree.Expression) -> ir.Place:
    value = check_expressions.infer(body, node)
    if not isinstance(value, Stored | Fresh):
        body.env.fail(Code.TYPE, "expected a place", node.span)
    return value.place


def _take(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    if is_scalar(place.type):
        return Scalar(body.stable_expr(ir.Load(place, place.type), node.span))
    target = body.temporary(place.type, node.span)
    span = body.env.span(node.span)
    body.writes.append(root_local(place))
    is_owned = body.checker.is_owned(place.type)
    body.emit(ir.Move(target, place, span) if is_owned else ir.CopyBits(target, place, span))
    return Fresh(target)


def _copy(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    if is_scalar(place.type):
        return Scalar(ir.Load(place, place.type))
    return Fresh(check_expressions.copy_value(body, place, node.span))


def _emplace(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    value = check_expressions.infer(body, node.arguments[1].value, place.type)
    check_expressions.store(body, place, value, node.span, is_new=True)
    return Nothing()


def _drop(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    if body.checker.is_owned(place.type):
        body.emit(ir.Drop(place, body.env.span(node.span)))
    return Nothing()


def _zero(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    address = ir.AddressOf(place, ir.PointerType(place.type))
    size = ir.Const(ir.INT, body.checker.size_of(place.type))
    arguments = (address, ir.Const(ir.INT, 0), size)
    body.emit(ir.Perform(None, "memory_fill", arguments, body.env.span(node.span)))
    return Nothing()


def _static_text(body: Body, node: tree.Call) -> bytes:
    value = check_expressions.infer(body, node.arguments[0].value)
    if not isinstance(value, StringLiteral):
        body.env.fail(Code.TYPE, "expected a string literal", node.span)
    return value.text.encode()


def _static(body: Body, _: Builtin, node: tree.Call) -> Value:
    return Scalar(ir.StaticBytes(_static_text(body, node)))


def _static_length(body: Body, _: Builtin, node: tree.Call) -> Value:
    return Scalar(ir.Const(ir.INT, len(_static_text(body, node))))


_HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "print": _print,
    "len": _len,
    "range": _range,
    "__Pointer": _pointer,
    "__size_of": _size_of,
    "__is_trivial": _is_trivial,
    "__is_same": _is_same,
    "__take": _take,
    "__copy": _copy,
    "__emplace": _emplace,
    "__drop": _drop,
    "__zero": _zero,
    "__static": _static,
    "__literal_pointer": _static,
    "__literal_length": _static_length,
}
