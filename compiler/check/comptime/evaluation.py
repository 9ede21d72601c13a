"""Computing values while a program is compiled: what is needed is checked now, and interpreted.

The expression is checked into a function of its own without arguments (a *maker*). All that it reaches is checked,
ahead of the queue; then the interpreter runs it, and its result becomes a constant, or a value held by its parts.
"""

import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from meshnode.compiler import ir, limits
from meshnode.compiler.called_functions import called_functions
from meshnode.compiler.check import conversions
from meshnode.compiler.check.calls.function_values import DISPATCHER
from meshnode.compiler.check.comptime import values as comptime_values
from meshnode.compiler.check.comptime.rebuild import ALLOCATE_ELEMENTS, rebuild_function
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Known,
    Scalar,
    Stored,
    StringLiteral,
    Value,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Note
from meshnode.compiler.interpret import lanes
from meshnode.compiler.interpret.interpreter import Interpreter
from meshnode.compiler.interpret.machine import Bounds, Cause, Raised, Stopped
from meshnode.compiler.layout import size_of
from meshnode.compiler.names.symbols import OverloadSet
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker


class _Host:
    """What lies outside of a program that is being compiled: nothing but the text of how it ends."""

    def __init__(self) -> None:
        self.text = bytearray()

    def write(self, descriptor: int, data: bytes) -> None:
        """Keep what is printed, which is an error message if the run ends thereby."""
        del descriptor
        self.text += data

    def arguments(self) -> bytes:
        """There are none."""
        raise Stopped(Cause.TRAP, "the program's arguments are not known", None)

    def time(self) -> int:
        """There is no time."""
        raise Stopped(Cause.TRAP, "the time is not known", None)

    def distribute(self, loop: int, count: int, captures: bytes) -> int:
        """Decline."""
        del loop, count, captures
        return -1

    def next(self, run: int) -> bytes:
        """Never called, as every loop is declined."""
        raise AssertionError(run)

    def close(self, run: int) -> None:
        """Never called, as every loop is declined."""
        raise AssertionError(run)


class Definitions(Mapping[ir.StructId, ir.StructDefinition]):
    """The structs of a compilation as far as they are known, in the IR's form."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker

    def __getitem__(self, name: ir.StructId) -> ir.StructDefinition:
        return self._checker.definition(self._checker.types.instances[name])

    def __iter__(self) -> Iterator[ir.StructId]:
        return iter(self._checker.types.instances)

    def __len__(self) -> int:
        return len(self._checker.types.instances)


class Evaluator:
    """Runs code of one compilation while it goes on."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self.structs = Definitions(checker)
        self._makers: dict[ir.FunctionId, ir.Function] = {}
        self._host = _Host()
        self._interpreter: Interpreter | None = None
        self._complete: set[ir.FunctionId] = set()
        """Functions that are checked with all that they reach."""
        self._rebuilt: dict[Aggregate, ir.FunctionId] = {}
        self._depth = 0

    # ---------------------------------------------------------------------------------------------- computing

    def compute(self, body: "Body", value: Value, node: tree.Expression) -> Value:
        """Run what was checked into `body`, which ends with a value of a definite type."""
        extent, env = node.span, body.env
        type_ = conversions.type_of(value)
        if type_ == ir.UNIT or isinstance(type_, ir.PointerType):
            env.unsupported(f"a value of '{type_name(type_)}' at compile time", extent)
        maker = self._maker(body, value, type_, extent)
        self._makers[maker.function] = maker
        with self._nested(env, extent):
            self._finish(maker, env, extent)
            return self._run(maker, type_, env, extent)

    def _maker(
        self, body: "Body", value: Value, type_: ir.Type, extent: tree.Extent
    ) -> ir.Function:
        """Make a function of the code with its result."""
        if isinstance(value, Stored) and not is_scalar(type_):
            place = value.place
            self._checker.types.require_copyable(type_, body.env, extent)
            value = _fresh(conversions.copy_value(body, place, extent))
        result = ir.LocalPlace(body.new_local("$result", type_, extent), type_)
        conversions.store(body, result, value, extent, is_new=True)
        span = body.env.span(extent)
        locals_ = (*body.declared, *body.temporaries)
        block: ir.Block = (ir.Scope(locals_, tuple(body.block), span),)
        name = self._checker.signatures.unique_name("$comptime")
        return ir.Function(name, (), result.local, None, tuple(body.locals), block, span)

    @contextmanager
    def _nested(self, env: Env, extent: tree.Extent) -> Iterator[None]:
        """Bound how deeply constants need each other; each level takes some of Python's frames."""
        if self._depth >= limits.CONSTANT_DEPTH_MAX:
            env.fail(Code.LIMIT, "constants need each other without an end", extent)
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(before + limits.CONSTANT_FRAMES_MAX)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            sys.setrecursionlimit(before)

    def _finish(self, maker: ir.Function, env: Env, extent: tree.Extent) -> None:
        """Check all that a function reaches, ahead of what else waits."""
        seen: set[ir.FunctionId] = set()
        waiting = called_functions(maker, self.structs)
        while waiting:
            name = waiting.pop()
            if name in seen or name in self._complete:
                continue
            seen.add(name)
            function = self._checker.functions.get(name)
            if function is None:
                self._checker.check_now(name)
                function = self._checker.functions.get(name)
            if name in self._checker.broken:
                raise CheckFailed(None)
            if function is None:
                if name.startswith(DISPATCHER):
                    env.unsupported("calls of function values at compile time", extent)
                message = f"this constant needs '{name}', which needs this constant"
                env.fail(Code.CONSTANT, message, extent)
            waiting += called_functions(function, self.structs)
        self._complete |= seen

    def _run(self, maker: ir.Function, type_: ir.Type, env: Env, extent: tree.Extent) -> Value:
        interpreter = self._fresh_interpreter()
        address = None
        if isinstance(type_, ir.StructType):
            address = interpreter.memory.reserved(size_of(type_, self.structs))
        self._host.text.clear()
        try:
            found = interpreter.call(maker.function, result=address)
        except Stopped as stopped:
            interpreter.reset()
            self._refuse(stopped, env, extent)
        assert not isinstance(found, Raised), "makers do not raise"
        if self._host.text:
            env.fail(Code.CONSTANT, "nothing can be printed at compile time", extent)
        if not isinstance(type_, ir.StructType):
            return Scalar(_constant(found, type_))
        assert address is not None
        try:
            content = comptime_values.read_value(
                interpreter.memory.bytes, address, type_, self.structs
            )
        except comptime_values.NotHeldError:
            self._checker.functions[maker.function] = maker
            return Known(type_, None, maker.function)
        assert isinstance(content, Aggregate)
        return Known(type_, content)

    def _fresh_interpreter(self) -> Interpreter:
        """Give the interpreter, with at least half of its memory free; what earlier runs left is of no use."""
        if self._interpreter is None:
            functions = ChainMap(self._makers, self._checker.functions)
            self._interpreter = Interpreter(functions, self.structs, self._host, Bounds())
        if self._interpreter.is_half_full():
            self._interpreter.reset()
        return self._interpreter

    def _refuse(self, stopped: Stopped, env: Env, extent: tree.Extent) -> NoReturn:
        message = stopped.message
        text = self._host.text.decode(errors="replace").strip()
        if stopped.cause is Cause.EXIT and text and stopped.span is None:
            message = text.removeprefix("ABORT: ")
        notes = [] if stopped.span is None else [Note("it stopped here", stopped.span)]
        notes += [Note("called from here", span) for span in dict.fromkeys(stopped.chain)]
        code = Code.LIMIT if stopped.cause in (Cause.STEPS, Cause.CALLS) else Code.CONSTANT
        env.fail(
            code, f"this cannot be computed at compile time: {message}", extent, notes=tuple(notes)
        )

    # ------------------------------------------------------------------------------------------- known values

    def held_text(self, env: Env, literal: StringLiteral, node: tree.Expression) -> Value:
        """Give a literal as a String that is held by its parts."""
        from meshnode.compiler.check.body import Body  # it imports this module's users

        body = Body(self._checker, env)
        body.is_comptime = True
        type_ = self._checker.types.string_type(env, node.span)
        value = conversions.to_value(body, literal, type_, node.span)
        return self.compute(body, value, node)

    def part(self, known: Known, index: int, type_: ir.Type) -> Value | None:
        """Give a field or element; None if it must be taken at run time."""
        if known.content is None:
            return None
        return self.value_of(known.content.parts[index], type_)

    def value_of(self, part: comptime_values.Part, type_: ir.Type) -> Value | None:
        """Give a part of a known value; None if it must be taken at run time."""
        if isinstance(part, Aggregate):
            return Known(part.type, part)
        if isinstance(type_, ir.IntType | ir.FloatType | ir.BoolType):
            return Scalar(comptime_values.scalar_constant(part, type_))
        if isinstance(type_, ir.VectorType):
            return Scalar(_constant(lanes.packed(type_).unpack(part), type_))
        return None

    def field(self, known: Known, name: str) -> Value | None:
        """Give a field by name."""
        for index, field in enumerate(self._checker.types.fields_of(known.type)):
            if field.name == name and field == self.structs[known.type.struct].fields[index]:
                return self.part(known, index, field.type)
        return None

    def element(self, known: Known, index: int) -> Value | None:
        """Give an element of a tuple or List; None if there is none, or it must be taken at run time."""
        definition = self.structs[known.type.struct]
        if known.content is None or not 0 <= index < len(known.content.parts):
            return None
        if self._checker.types.is_tuple(known.type):
            return self.part(known, index, definition.fields[index].type)
        return None if definition.element is None else self.part(known, index, definition.element)

    def elements(self, known: Known) -> list[Value] | None:
        """Give a List's elements; None for other values."""
        element = self.structs[known.type.struct].element
        if element is None or known.content is None:
            return None
        values = [self.part(known, i, element) for i in range(len(known.content.parts))]
        return [value for value in values if value is not None]

    def materialise(
        self, body: "Body", known: Known, extent: tree.Extent, *, is_explicit: bool = False
    ) -> Value:
        """Bring a known value into a temporary."""
        types = self._checker.types
        if not (is_explicit or body.is_comptime or types.copies_implicitly(known.type)):
            body.env.fail(
                Code.CONSTANT,
                f"cannot materialize comptime value of type '{type_name(known.type)}' to runtime "
                "because it is not 'ImplicitlyCopyable'",
                extent,
                suggestion="write 'materialize[…]()', or give what is computed of it a 'comptime' name",
            )
        types.is_owned(known.type)
        target = body.temporary(known.type, extent)
        body.emit(ir.Call(target, self._rebuilder(known), (), body.env.span(extent)))
        body.effects += 1
        return _fresh(target)

    def _rebuilder(self, known: Known) -> ir.FunctionId:
        """Give the function that makes a known value anew."""
        if known.content is None:
            assert known.maker is not None
            return known.maker
        present = self._rebuilt.get(known.content)
        if present is None:
            self._request_allocation()
            present = self._checker.signatures.unique_name("$value")
            function = rebuild_function(present, known.content, self.structs)
            self._checker.functions[present] = function
            self._rebuilt[known.content] = present
        return present

    def _request_allocation(self) -> None:
        symbol = self._checker.symbols.prelude[ALLOCATE_ELEMENTS]
        assert isinstance(symbol, OverloadSet), "the prelude lacks '_allocate_elements'"
        signature = self._checker.signatures.find(symbol.functions[0], None, ())
        self._checker.request(symbol.functions[0], signature, None)


def _fresh(place: ir.LocalPlace) -> Value:
    from meshnode.compiler.check.body import fresh  # it imports this module's users

    return fresh(place)


def _constant(value: float | tuple[float, ...], type_: ir.Type) -> ir.Expr:
    """Give a number, or a vector's lanes, as the interpreter gives them."""
    if isinstance(type_, ir.VectorType):
        assert isinstance(value, tuple), value
        numbers = tuple(ir.Const(type_.element, _typed(lane, type_.element)) for lane in value)
        return ir.Pure("lanes", numbers, type_)
    assert not isinstance(value, tuple), value
    return ir.Const(type_, _typed(value, type_))


def _typed(value: float, type_: ir.Type) -> int | float | bool:
    if isinstance(type_, ir.BoolType):
        return bool(value)
    return float(value) if isinstance(type_, ir.FloatType) else int(value)
