"""The names that only prelude files may say: pointers, intrinsics, raw moves; listed in `prelude/README.md`."""

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, lifetimes
from meshnode.compiler.check.body import Body, State, Variable, fresh
from meshnode.compiler.check.calls import builtins
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import (
    Builtin,
    Fresh,
    Nothing,
    Scalar,
    Stored,
    StringLiteral,
    Value,
    is_scalar,
    root_local,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.intrinsics import INTRINSICS, Intrinsic, Kind
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral

INTRINSIC_PREFIX = "__intrinsic_"


def intrinsic(body: Body, builtin: Builtin, node: tree.Call, expected: ir.Type | None) -> Value:
    """Evaluate `__intrinsic_NAME(…)`."""
    intrinsic = INTRINSICS.get(builtin.name.removeprefix(INTRINSIC_PREFIX))
    if intrinsic is None:
        body.env.fail(Code.NAME, f"no intrinsic '{builtin.name}'", node.span)
    values = expressions.infer_all(body, [argument.value for argument in node.arguments])
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
        arguments.append(conversions.to_scalar(body, value, wanted, argument.span))
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
        types.resolve_type(body.checker, body.env, argument.value)
        for argument in builtin.parameters
    ]


def _pointer(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    (pointee,) = _type_arguments(body, builtin)
    argument = node.arguments[0].value
    value = expressions.infer(body, argument)
    wanted = ir.UINT if isinstance(value, IntLiteral) else None
    expr = conversions.to_scalar(body, value, wanted, argument.span)
    return Scalar(ir.Convert(expr, ir.PointerType(pointee)))


def _size_of(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.INT, body.checker.types.size_of(type_)))


def _is_trivial(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.BOOL, value=not body.checker.types.is_owned(type_)))


def _moves_bits(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    span = body.env.span(node.span)
    has_own = lifetimes.move_function(body.checker, type_, span) is not None
    return Scalar(ir.Const(ir.BOOL, value=not has_own))


def _is_same(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    left, right = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.BOOL, value=left == right))


def _index_of_type(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    wanted, pack = _type_arguments(body, builtin)
    found = [field.type for field in body.checker.types.fields_of(pack)]
    return Scalar(ir.Const(ir.INT, found.index(wanted) if wanted in found else -1))


def _type_count(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (pack,) = _type_arguments(body, builtin)
    return Scalar(ir.Const(ir.INT, len(body.checker.types.fields_of(pack))))


def _name_of_type(body: Body, builtin: Builtin, _: tree.Call) -> Value:
    (type_,) = _type_arguments(body, builtin)
    return StringLiteral(builtins.reflected_name(body, type_))


def _place(body: Body, node: tree.Expression, *, fills: bool = False) -> ir.Place:
    if fills and isinstance(node, tree.Attribute) and isinstance(node.base, tree.Name):
        binding = body.lookup(node.base.name)
        local = binding.local if isinstance(binding, Variable) else None
        if local is not None and local == body.constructed:
            body.set_state((local, node.name), State.FULL)
    value = expressions.infer(body, node)
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
    is_owned = body.checker.types.is_owned(place.type)
    body.emit(ir.Move(target, place, span) if is_owned else ir.CopyBits(target, place, span))
    return Fresh(target, is_moved=True)


def _copy(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    if is_scalar(place.type):
        return Scalar(ir.Load(place, place.type))
    return Fresh(conversions.copy_value(body, place, node.span))


def _emplace(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value, fills=True)
    value = expressions.infer(body, node.arguments[1].value, place.type)
    conversions.store(body, place, value, node.span, is_new=True)
    return Nothing()


def _drop(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    if body.checker.types.is_owned(place.type):
        body.emit(ir.Drop(place, body.env.span(node.span)))
    return Nothing()


def _zero(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value, fills=True)
    address = ir.AddressOf(place, ir.PointerType(place.type))
    size = ir.Const(ir.INT, body.checker.types.size_of(place.type))
    arguments = (address, ir.Const(ir.INT, 0), size)
    body.emit(ir.Perform(None, "memory_fill", arguments, body.env.span(node.span)))
    return Nothing()


def _address(body: Body, _: Builtin, node: tree.Call) -> Value:
    place = _place(body, node.arguments[0].value)
    return Scalar(ir.AddressOf(place, ir.PointerType(place.type)))


def _static_text(body: Body, node: tree.Call) -> bytes:
    value = expressions.infer(body, node.arguments[0].value)
    if not isinstance(value, StringLiteral):
        body.env.fail(Code.TYPE, "expected a string literal", node.span)
    return value.text.encode()


def _static(body: Body, _: Builtin, node: tree.Call) -> Value:
    return Scalar(ir.StaticBytes(_static_text(body, node)))


def _static_length(body: Body, _: Builtin, node: tree.Call) -> Value:
    return Scalar(ir.Const(ir.INT, len(_static_text(body, node))))


HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "__Pointer": _pointer,
    "__size_of": _size_of,
    "__is_trivial": _is_trivial,
    "__moves_bits": _moves_bits,
    "__is_same": _is_same,
    "__type_name": _name_of_type,
    "__index_of_type": _index_of_type,
    "__type_count": _type_count,
    "__take": _take,
    "__copy": _copy,
    "__emplace": _emplace,
    "__drop": _drop,
    "__zero": _zero,
    "__address": _address,
    "__static": _static,
    "__literal_length": _static_length,
}
"""By name, all but the intrinsics."""
