"""Inlining for the loops' sake: the bodies of nested functions, and the library's functions that loop over a closure.

`map(n, body)` becomes a `for` loop with the statements of `body` in it, on the variables that `body` captures. The
analysis of loops then sees what each iteration reads and writes, as if the loop had been written out. LLVM inlines for
speed by itself; this is only done where a loop may be distributed.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import map_blocks, map_leaf, map_operands, statements_in

LOOPING = frozenset(["prelude/algorithm.mojo", "prelude/dcp.mojo"])
"""Files of the library whose functions loop over closures."""

_DEPTH_MAX = 8
"""Calls within calls that are inlined."""

_STATEMENTS_MAX = 2_000
"""Statements of one function, beyond which nothing more is inlined into it."""


def inline_closures(module: ir.Module) -> ir.Module:
    """Inline what loops call in the program's own functions."""
    functions = {
        name: function
        if function.span.file.startswith("prelude/")
        else _Inliner(module.functions, function).run()
        for name, function in module.functions.items()
    }
    return replace(module, functions=functions)


class _Inliner:
    def __init__(
        self, functions: Mapping[ir.FunctionId, ir.Function], function: ir.Function
    ) -> None:
        self._functions = functions
        self._function = function
        self._locals = list(function.locals)
        self._size = sum(1 for _ in statements_in(function.body))

    def run(self) -> ir.Function:
        body = self._block(self._function.body, in_loop=False, depth=0, origin=None)
        if len(self._locals) == len(self._function.locals):
            return self._function
        return replace(self._function, body=body, locals=tuple(self._locals))

    def _block(
        self, block: ir.Block, *, in_loop: bool, depth: int, origin: ir.Span | None
    ) -> ir.Block:
        """Inline in a block; `origin` is the call of the program's own that it comes from, if it was inlined."""
        statements: list[ir.Statement] = []
        for statement in block:
            if isinstance(statement, ir.Call):
                call = statement
                if origin is not None and call.span.file.startswith("prelude/"):
                    call = replace(call, span=origin)
                statements += self._call(call, in_loop=in_loop, depth=depth)
                continue
            inside = in_loop or isinstance(statement, ir.ForRange)
            inner = partial(self._block, in_loop=inside, depth=depth, origin=origin)
            statements.append(map_blocks(statement, inner))
        return tuple(statements)

    def _call(self, call: ir.Call, *, in_loop: bool, depth: int) -> ir.Block:
        callee = self._functions[call.function]
        wanted = callee.span.file in LOOPING or (in_loop and callee.is_nested)
        if not wanted or depth >= _DEPTH_MAX or not _is_simple(call, callee):
            return (call,)
        self._size += sum(1 for _ in statements_in(callee.body))
        if self._size > _STATEMENTS_MAX:
            return (call,)
        inlined = self._inlined(call, callee)
        return self._block(inlined, in_loop=in_loop, depth=depth + 1, origin=call.span)

    def _inlined(self, call: ir.Call, callee: ir.Function) -> ir.Block:
        offset = len(self._locals)
        self._locals += callee.locals
        places: dict[ir.LocalId, ir.Place] = {}
        start: list[ir.Statement] = []
        declared: list[ir.LocalId] = []
        for parameter, argument in zip(callee.parameters, call.arguments, strict=True):
            if isinstance(argument, ir.ByReference):
                places[parameter.local] = argument.place
                continue
            local = ir.LocalId(parameter.local + offset)
            declared.append(local)
            target = ir.LocalPlace(local, callee.locals[parameter.local].type)
            start.append(ir.Assign(target, argument.value, call.span))
        end: list[ir.Statement] = []
        if callee.result is not None:
            result = ir.LocalPlace(
                ir.LocalId(callee.result + offset), callee.locals[callee.result].type
            )
            declared.append(result.local)
            if call.target is not None:
                end.append(_moved(call.target, result, call.span))
        renaming = _Renaming(offset, places, call.span if callee.span.file in LOOPING else None)
        body = (*start, *renaming.block(_without_tail_return(callee.body)), *end)
        return (ir.Scope(tuple(declared), body, call.span),) if declared else body


class _Renaming(msgspec.Struct, frozen=True):
    """Moves a callee's statements into its caller."""

    offset: int
    places: Mapping[ir.LocalId, ir.Place]
    """What by-reference parameters mean."""
    loop_span: ir.Span | None
    """Where loops of the library are said to stand."""

    def block(self, block: ir.Block) -> ir.Block:
        return tuple(self._statement(statement) for statement in block)

    def _local(self, local: ir.LocalId) -> ir.LocalId:
        return ir.LocalId(local + self.offset)

    def _statement(self, statement: ir.Statement) -> ir.Statement:
        moved = map_blocks(map_leaf(statement, self._expression, self._place), self.block)
        match moved:
            case ir.ForRange():
                span = self.loop_span or moved.span
                return replace(moved, index=self._local(moved.index), span=span)
            case ir.Try():
                return replace(moved, error=self._local(moved.error))
            case ir.Scope():
                return replace(moved, locals=tuple(self._local(local) for local in moved.locals))
            case _:
                return moved

    def _expression(self, expr: ir.Expr) -> ir.Expr:
        if isinstance(expr, ir.Load | ir.AddressOf):
            return replace(expr, place=self._place(expr.place))
        return map_operands(expr, self._expression)

    def _place(self, place: ir.Place) -> ir.Place:
        match place:
            case ir.LocalPlace(local):
                return self.places.get(local) or replace(place, local=self._local(local))
            case ir.FieldPlace(base):
                return replace(place, base=self._place(base))
            case ir.ElementPlace(base, index):
                return replace(place, base=self._place(base), index=self._expression(index))
            case ir.PointeePlace(pointer):
                return replace(place, pointer=self._expression(pointer))


def _moved(target: ir.Place, result: ir.LocalPlace, span: ir.Span) -> ir.Statement:
    """Bring the result to where the caller wants it."""
    if isinstance(result.type, ir.StructType):
        return ir.Move(target, result, span)
    return ir.Assign(target, ir.Load(result, result.type), span)


def _is_simple(call: ir.Call, callee: ir.Function) -> bool:
    """Tell whether a call can be replaced by the callee's statements as they are."""
    if any(isinstance(s, ir.Return) for s in statements_in(_without_tail_return(callee.body))):
        return False
    for parameter, argument in zip(callee.parameters, call.arguments, strict=True):
        if parameter.passing is ir.Passing.OWNED:
            return False
        if isinstance(argument, ir.ByReference) and not _is_fixed(argument.place):
            return False
    return True


def _is_fixed(place: ir.Place) -> bool:
    """Tell whether a place is the same one throughout the call."""
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


def _without_tail_return(block: ir.Block) -> ir.Block:
    """Drop the returns after which the function would end anyway."""
    if not block:
        return block
    *others, last = block
    match last:
        case ir.Return():
            return tuple(others)
        case ir.Scope():
            return (*others, replace(last, body=_without_tail_return(last.body)))
        case ir.If():
            then, otherwise = map(_without_tail_return, (last.then, last.otherwise))
            return (*others, replace(last, then=then, otherwise=otherwise))
        case _:
            return block
