"""Checks that a typed IR module keeps the rules of `ir.py`; run between stages in tests, never on users' machines.

It sees types, names and structure. It does not see ownership or whether values are defined.
"""

from collections.abc import Iterator
from typing import assert_never

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import INTRINSICS, VARIADIC
from meshnode.compiler.ir_text import type_text


def verify(module: ir.Module) -> tuple[str, ...]:
    """List what is wrong, `FUNCTION: FAULT`; nothing if the module is sound."""
    faults = [f"no main function {module.main}"] if module.main not in module.functions else []
    for function in module.functions.values():
        verifier = _Verifier(module, function)
        context = _Context(is_in_loop=False, error=function.error)
        found = verifier.block(function.body, context)
        faults += [f"{function.function}: {fault}" for fault in found]
    return tuple(faults)


class _Context(msgspec.Struct, frozen=True):
    is_in_loop: bool
    error: ir.Type | None
    """What may be raised here."""


class _Verifier:
    def __init__(self, module: ir.Module, function: ir.Function) -> None:
        self._module = module
        self._function = function
        self._open: set[ir.LocalId] = set()
        """Locals of the scopes around."""
        self._closed: set[ir.LocalId] = set()
        """Locals of scopes that ended."""
        self._free: set[ir.LocalId] = set()
        """Locals that were used outside of scopes."""

    def block(self, block: ir.Block, context: _Context) -> Iterator[str]:
        for statement in block:
            yield from self._statement(statement, context)

    def _statement(  # noqa: C901, PLR0912, PLR0915 (one case a variant)
        self, statement: ir.Statement, context: _Context
    ) -> Iterator[str]:
        match statement:
            case ir.Assign(target, value):
                yield from self._place(target)
                yield from self._expression(value)
                yield from _same("assignment", target.type, value.type)
                if isinstance(target.type, ir.StructType):
                    yield f"assignment of a struct {type_text(target.type)}"
            case ir.CopyBits(target, source) | ir.Move(target, source):
                yield from self._place(target)
                yield from self._place(source)
                yield from _same("move", target.type, source.type)
            case ir.Drop(place):
                yield from self._place(place)
                yield from self._droppable(place.type)
            case ir.Call():
                yield from self._call(statement, context)
            case ir.Perform(target, name, arguments):
                if target is not None:
                    yield from self._place(target)
                yield from self._intrinsic(name, arguments, is_pure=False)
            case ir.If(condition, then, otherwise):
                yield from self._condition(condition)
                yield from self.block(then, context)
                yield from self.block(otherwise, context)
            case ir.ForRange(index, start, stop, step, body, otherwise):
                index_type = self._function.locals[index].type
                for bound in (start, stop, step):
                    yield from self._expression(bound)
                    yield from _same("range", index_type, bound.type)
                yield from self.block(body, _Context(True, context.error))  # noqa: FBT003
                yield from self.block(otherwise, context)
            case ir.While(prepare, condition, body, otherwise):
                yield from self.block(prepare, context)
                yield from self._condition(condition)
                yield from self.block(body, _Context(True, context.error))  # noqa: FBT003
                yield from self.block(otherwise, context)
            case ir.Break() | ir.Continue():
                if not context.is_in_loop:
                    yield "break or continue outside of loops"
            case ir.Return():
                pass
            case ir.Raise(error):
                yield from self._place(error)
                yield from self._may_raise(error.type, context)
            case ir.Try(body, error, handler, otherwise):
                caught = self._function.locals[error].type
                yield from self.block(body, _Context(context.is_in_loop, caught))
                yield from self.block(handler, context)
                yield from self.block(otherwise, context)
            case ir.Scope(locals_, body):
                yield from self._scope(locals_, body, context)
            case _:
                assert_never(statement)

    def _scope(
        self, locals_: tuple[ir.LocalId, ...], body: ir.Block, context: _Context
    ) -> Iterator[str]:
        for local in locals_:
            yield from self._droppable(self._function.locals[local].type)
            if local in self._free:
                yield f"local {self._function.locals[local].name} before its scope"
        self._open.update(locals_)
        yield from self.block(body, context)
        self._open.difference_update(locals_)
        self._closed.update(locals_)

    def _droppable(self, type_: ir.Type) -> Iterator[str]:
        drop = self._module.structs[type_.struct].drop if isinstance(type_, ir.StructType) else None
        if drop is not None and drop not in self._module.functions:
            yield f"no function {drop}"

    def _may_raise(self, error: ir.Type, context: _Context) -> Iterator[str]:
        if context.error is None:
            yield "raises without saying so"
        else:
            yield from _same("error", error, context.error)

    def _condition(self, condition: ir.Expr) -> Iterator[str]:
        yield from self._expression(condition)
        yield from _same("condition", condition.type, ir.BOOL)

    def _call(  # noqa: C901 (every way a call can be wrong)
        self, call: ir.Call, context: _Context
    ) -> Iterator[str]:
        callee = self._module.functions.get(call.function)
        if callee is None:
            yield f"no function {call.function}"
            return
        if callee.error is not None:
            yield from self._may_raise(callee.error, context)
        if len(call.arguments) != len(callee.parameters):
            yield f"{len(call.arguments)} arguments for {call.function}"
            return
        for argument, parameter in zip(call.arguments, callee.parameters, strict=True):
            wanted = callee.locals[parameter.local].type
            what = f"argument of {call.function}"
            match argument:
                case ir.ByValue(value):
                    yield from self._expression(value)
                    yield from _same(what, value.type, wanted)
                    if parameter.passing is not ir.Passing.VALUE:
                        yield f"{what} by value"
                case ir.ByReference(place):
                    yield from self._place(place)
                    yield from _same(what, place.type, wanted)
                    if parameter.passing is ir.Passing.VALUE:
                        yield f"{what} by reference"
        if call.target is not None:
            yield from self._place(call.target)
            if callee.result is None:
                yield f"{call.function} has no result"
            else:
                result = callee.locals[callee.result].type
                yield from _same(f"result of {call.function}", call.target.type, result)

    def _place(self, place: ir.Place) -> Iterator[str]:
        match place:
            case ir.LocalPlace():
                yield from self._local(place)
            case ir.FieldPlace(base, name, type_):
                yield from self._place(base)
                fields = {field.name: field.type for field in self._fields(base.type)}
                if name not in fields:
                    yield f"no field {name} in {type_text(base.type)}"
                else:
                    yield from _same(f"field {name}", type_, fields[name])
            case ir.ElementPlace(base, index, type_):
                yield from self._place(base)
                yield from self._expression(index)
                yield from _same("index", index.type, ir.INT)
                element = (
                    self._module.structs[base.type.struct].element
                    if isinstance(base.type, ir.StructType)
                    else None
                )
                if element is None:
                    yield f"an element of {type_text(base.type)}"
                else:
                    yield from _same("element", type_, element)
            case ir.PointeePlace(pointer, type_):
                yield from self._expression(pointer)
                yield from _same("pointee", pointer.type, ir.PointerType(type_))
            case _:
                assert_never(place)

    def _local(self, place: ir.LocalPlace) -> Iterator[str]:
        if not 0 <= place.local < len(self._function.locals):
            yield f"no local {place.local}"
            return
        declared = self._function.locals[place.local]
        yield from _same(f"local {declared.name}", place.type, declared.type)
        if place.local not in self._open:
            self._free.add(place.local)
            if place.local in self._closed:
                yield f"local {declared.name} after its scope"

    def _fields(self, type_: ir.Type) -> tuple[ir.Field, ...]:
        return self._module.structs[type_.struct].fields if isinstance(type_, ir.StructType) else ()

    def _expression(self, expr: ir.Expr) -> Iterator[str]:  # noqa: PLR0912, C901 (one case a variant)
        match expr:
            case ir.Const() | ir.StaticBytes():
                pass
            case ir.Load(place, type_):
                yield from self._place(place)
                yield from _same("load", type_, place.type)
            case ir.Binary(op, left, right, type_):
                yield from self._expression(left)
                yield from self._expression(right)
                yield from _same(op.value, left.type, type_)
                if op not in (ir.BinaryOp.SHL, ir.BinaryOp.SHR):
                    yield from _same(op.value, right.type, type_)
            case ir.Compare(op, left, right, type_):
                yield from self._expression(left)
                yield from self._expression(right)
                yield from _same(op.value, left.type, right.type)
                yield from _same(op.value, type_, _truths(left.type))
            case ir.Unary(op, operand, type_):
                yield from self._expression(operand)
                yield from _same(op.value, operand.type, type_)
            case ir.Convert(operand):
                yield from self._expression(operand)
            case ir.Select(condition, then, otherwise, type_):
                yield from self._expression(condition)
                if condition.type != ir.BOOL:
                    yield from _same("mask", condition.type, _truths(type_))
                for value in (then, otherwise):
                    yield from self._expression(value)
                    yield from _same("select", value.type, type_)
            case ir.AddressOf(place):
                yield from self._place(place)
            case ir.Pure(name, arguments):
                yield from self._intrinsic(name, arguments, is_pure=True)
            case _:
                assert_never(expr)

    def _intrinsic(
        self, name: str, arguments: tuple[ir.Expr, ...], *, is_pure: bool
    ) -> Iterator[str]:
        intrinsic = INTRINSICS.get(name)
        if intrinsic is None or intrinsic.is_pure != is_pure:
            yield f"no intrinsic {name}"
        elif len(arguments) != len(intrinsic.parameters) and (
            name not in VARIADIC or len(arguments) < len(intrinsic.parameters)
        ):
            yield f"{len(arguments)} arguments for {name}"
        for argument in arguments:
            yield from self._expression(argument)


def _truths(type_: ir.Type) -> ir.Type:
    """Give the type of what tells something of each lane."""
    return ir.VectorType(ir.BOOL, type_.lanes) if isinstance(type_, ir.VectorType) else ir.BOOL


def _same(what: str, given: ir.Type, wanted: ir.Type) -> Iterator[str]:
    if given != wanted:
        yield f"{what}: {type_text(given)} for {type_text(wanted)}"
