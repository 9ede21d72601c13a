"""Objects from their constructor to their destructor: the mark `$alive`, moves, destructors, and parts of objects.

*When* a value ends is decided later, by the pass in destroy/destruction.py; here is what it takes to end or move one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.body import Body, State
from meshnode.compiler.check.values import (
    ALIVE,
    Env,
    Fresh,
    Scalar,
    Stored,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.destroy.destruction import KEEP_ALIVE
from meshnode.compiler.destroy.observed import COUNTED
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.loops.walk import access_of, places_read_by, statements_in
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker
    from meshnode.compiler.check.types.types import StructInstance


# --------------------------------------------------------------------------------------------------- the mark


def mark(body: Body, place: ir.Place, span: ir.Span, *, is_alive: bool) -> None:
    """Note in an object whether its destructor has still to run."""
    member = ir.FieldPlace(place, ALIVE.name, ALIVE.type)
    body.emit(ir.Assign(member, ir.Const(ir.BOOL, is_alive), span))


def begin(body: Body, node: tree.Function, parameters: Sequence[ir.Parameter]) -> None:
    """Start a function: what it takes apart is no whole object any more, and an object without fields is one."""
    span = body.env.span(node.span)
    for parameter in parameters:
        if parameter.is_deinit:
            body.dismantled = parameter.local
            type_ = body.locals[parameter.local].type
            if not isinstance(type_, ir.StructType):
                message = f"'deinit' takes a struct apart; '{type_name(type_)}' has no parts"
                body.env.fail(Code.TYPE, message, node.span)
            is_drop = node.name.name == "__deinit__"
            if not is_drop and body.checker.types.struct_of(type_).has_own_destructor:
                mark(body, ir.LocalPlace(parameter.local, type_), span, is_alive=False)
    if body.constructed is not None and not body.checker.types.fields_of(body.result_type):
        complete(body, node.span)


def complete(body: Body, extent: tree.Extent) -> None:
    """Mark the object under construction once all its fields hold something."""
    local = body.constructed
    if local is None or not body.checker.types.struct_of(body.result_type).has_own_destructor:
        return
    fields = body.checker.types.fields_of(body.result_type)
    if all(body.state((local, field.name)) is State.FULL for field in fields):
        place = ir.LocalPlace(local, body.result_type)
        mark(body, place, body.env.span(extent), is_alive=True)


def make_whole(body: Body, place: ir.Place, extent: tree.Extent) -> None:
    """Give an object that was to be taken apart its destructor back, since it goes on as a whole."""
    is_ours = isinstance(place, ir.LocalPlace) and place.local == body.dismantled
    if is_ours and body.checker.types.struct_of(place.type).has_own_destructor:
        mark(body, place, body.env.span(extent), is_alive=True)


# ------------------------------------------------------------------------------------------------------ the end


def make_drop(checker: "Checker", instance: "StructInstance") -> None:
    """Make the function that destroys one value: the struct's own destructor, then its fields."""
    symbol = instance.symbol
    extent = symbol.node.span if symbol is not None else (1, 1, 1, 1)
    env = instance.env or Env(checker.symbols.program, {}, instance.type)
    body = Body(checker, env)
    value = ir.LocalPlace(body.new_local("self", instance.type, extent), instance.type)
    instance.drop = checker.signatures.unique_name(f"{instance.struct}.$drop")
    span = env.span(extent)
    if symbol is not None and "__deinit__" in symbol.methods:
        method = symbol.methods["__deinit__"][0]
        signature = checker.signatures.find(method, instance.type, ())
        checker.request(method, signature, None)
        call = ir.Call(None, signature.function, (ir.ByReference(value),), span)
        if instance.has_own_destructor:
            alive = ir.FieldPlace(value, ALIVE.name, ALIVE.type)
            off = ir.Assign(alive, ir.Const(ir.BOOL, value=False), span)
            body.emit(ir.If(ir.Load(alive, ir.BOOL), (off, call), (), span))
        else:
            body.emit(call)
    for field in instance.fields:
        if checker.types.is_owned(field.type) and not checker.types.is_storage(instance.type):
            body.emit(ir.Drop(ir.FieldPlace(value, field.name, field.type), span))
    checker.add(body, instance.drop, (ir.Parameter(value.local, ir.Passing.MUTATE),), span)


def keep_alive(body: Body, values: Sequence[Value], extent: tree.Extent) -> None:
    """Say that places are used until here: the language holds references to them."""
    span = body.env.span(extent)
    for value in reversed(values):
        if isinstance(value, Stored | Fresh):
            root = root_local(value.place)
            if root is None or _is_observed(body, body.locals[root].type):
                address = ir.AddressOf(value.place, ir.PointerType(value.place.type))
                body.emit(ir.Perform(None, KEEP_ALIVE, (address,), span))


def end_early(body: Body, place: ir.Place, new: Value, position: int, extent: tree.Extent) -> bool:
    """End an element's old value before the new one is made, as the language does; False if that one may read it.

    `position` is where the evaluation of the new value begins in the open block.
    """
    root = root_local(place)
    is_element = isinstance(place, ir.ElementPlace) and root is not None
    if not is_element or not isinstance(new, Fresh) or not _is_observed(body, place.type):
        return False
    for statement in statements_in(tuple(body.block[position:])):
        access = access_of(statement, READS_ONLY)
        places = [*access.places(), *(p for value in access.values for p in places_read_by(value))]
        if any(root_local(used) in (root, None) for used in places):
            return False
    body.block.insert(position, ir.Drop(place, body.env.span(extent)))
    return True


class _ReadsOnly:
    """Takes every argument as read: only what is mentioned counts."""

    def changes(self, function: ir.FunctionId, parameter: int) -> bool:  # noqa: ARG002 - the protocol's shape
        """Tell that nothing is changed."""
        return False


READS_ONLY = _ReadsOnly()


def _is_observed(body: Body, type_: ir.Type) -> bool:
    """Tell whether the destruction of values of the type may be seen; parameters stand for what a struct holds."""
    seen: set[ir.StructId] = set()
    waiting = [type_]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ir.PointerType):
            waiting.append(part.pointee)
        elif isinstance(part, ir.StructType) and part.struct not in seen:
            seen.add(part.struct)
            instance = body.checker.types.struct_of(part)
            if instance.has_own_destructor or instance.struct.startswith(COUNTED):
                return True
            waiting += [v for v in instance.parameters.values() if isinstance(v, ir.StructType)]
            waiting += [field.type for field in instance.fields]
    return False


# -------------------------------------------------------------------------------------------------------- moves


def move_function(checker: "Checker", type_: ir.Type, span: ir.Span) -> ir.FunctionId | None:
    """Give the function that moves a struct: its own move constructor or one made of its fields'; None if bits do."""
    if not isinstance(type_, ir.StructType):
        return None
    instance = checker.types.struct_of(type_)
    if not instance.is_move_known:
        instance.is_move_known = True
        constructor = _move_constructor(instance)
        if constructor is not None:
            signature = checker.signatures.find(constructor, instance.type, ())
            instance.move = signature.function
            checker.request(constructor, signature, span)
        elif any([move_function(checker, field.type, span) for field in instance.fields]):  # noqa: C419 - each makes its function
            _make_move(checker, instance, span)
    return instance.move


def _move_constructor(instance: "StructInstance") -> FunctionSymbol | None:
    if instance.symbol is None:
        return None
    for symbol in instance.symbol.methods.get("__init__", ()):
        names = [p.name for p in symbol.node.parameters if p.kind == "normal"]
        if names == ["self", "move"]:
            return symbol
    return None


def _make_move(checker: "Checker", instance: "StructInstance", span: ir.Span) -> None:
    """Make the function that moves field by field."""
    env = instance.env or Env(checker.symbols.program, {}, instance.type)
    extent = (span.line, span.column, span.stop_line, span.stop_column)
    body = Body(checker, env)
    source = ir.LocalPlace(body.new_local("move", instance.type, extent), instance.type)
    target = ir.LocalPlace(body.new_local("self", instance.type, extent), instance.type)
    instance.move = checker.signatures.unique_name(f"{instance.struct}.$move")
    for field in instance.stored_fields:
        old = ir.FieldPlace(source, field.name, field.type)
        new = ir.FieldPlace(target, field.name, field.type)
        function = move_function(checker, field.type, span)
        if function is not None:
            body.emit(ir.Call(new, function, (ir.ByReference(old),), span))
        elif is_scalar(field.type):
            body.emit(ir.Assign(new, ir.Load(old, field.type), span))
        elif checker.types.is_owned(field.type):
            body.emit(ir.Move(new, old, span))
        else:
            body.emit(ir.CopyBits(new, old, span))
    if instance.has_own_destructor:
        mark(body, source, span, is_alive=False)
    body.result = target.local
    checker.add(body, instance.move, (ir.Parameter(source.local, ir.Passing.OWNED),), span)


def move_field(body: Body, place: ir.FieldPlace, extent: tree.Extent, *, is_mutable: bool) -> Value:
    """Evaluate `object.field^`: parts leave objects only where these are taken apart."""
    base = place.base
    is_ours = isinstance(base, ir.LocalPlace) and base.local == body.dismantled
    if is_scalar(place.type):
        return Scalar(ir.Load(place, place.type))
    if not is_ours and not (body.env.module.is_prelude and is_mutable):
        body.env.fail(
            Code.OWNERSHIP,
            f"field '{place.name}' cannot be moved out of the middle of a '{type_name(base.type)}': "
            "what is left could not be destroyed",
            extent,
            suggestion="copy it with '.copy()', or take the object apart in a method with 'deinit self'",
        )
    if is_ours and isinstance(base, ir.LocalPlace):
        body.set_state((base.local, place.name), State.MOVED)
    target = body.temporary(place.type, extent)
    span = body.env.span(extent)
    is_owned = body.checker.types.is_owned(place.type)
    body.emit(ir.Move(target, place, span) if is_owned else ir.CopyBits(target, place, span))
    return Fresh(target, is_moved=True)
