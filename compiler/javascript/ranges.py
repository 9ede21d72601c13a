"""Range analysis of a whole program: which integers the variables, parameters and results of its functions can have.

Flow does not count: a variable has one interval, the hull of all that is ever assigned to it and of zero, with which
it starts. Parameters have the hull of all calls' arguments. Only variables are followed; what is in memory can be
anything of its type, but for the lengths and capacities of lists, which are shorter than memory (their load checks it).

Sound by construction: intervals only grow, from nothing, until no assignment adds a value. Bounds that grow again and
again jump to the type's limits in a few steps.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.javascript.frame import Frame
from meshnode.compiler.javascript.intervals import (
    ADDRESSES,
    Interval,
    binary,
    hull,
    interval_of,
    widened,
)
from meshnode.compiler.layout import Structs
from meshnode.compiler.loops.walk import statements_in

_GROWTHS = 3
"""How often a variable's interval may grow before it is widened."""
_COUNTS = frozenset(["count_ones", "leading_zeros", "trailing_zeros"])


class _Flow(msgspec.Struct, frozen=True):
    """One way that values reach a variable."""

    target: ir.LocalId
    values: tuple[ir.Expr, ...]
    """The value; of a `ForRange` the start and the stop."""
    callee: ir.FunctionId | None = None
    """The value is this function's result."""
    is_range: bool = False
    is_unknown: bool = False


class Ranges:
    """The intervals of all variables of a program."""

    def __init__(
        self,
        functions: Mapping[ir.FunctionId, ir.Function],
        frames: Mapping[ir.FunctionId, Frame],
        structs: Structs,
        roots: Sequence[ir.FunctionId],
    ) -> None:
        self._functions = functions
        self._frames = frames
        self._structs = structs
        self._intervals: dict[tuple[ir.FunctionId, ir.LocalId], Interval] = {}
        self._growths: dict[tuple[ir.FunctionId, ir.LocalId], int] = defaultdict(int)
        self._flows = {name: list(self._flows_of(function)) for name, function in functions.items()}
        self._calls = {name: list(_calls_of(function)) for name, function in functions.items()}
        self._callers: dict[ir.FunctionId, dict[ir.FunctionId, None]] = defaultdict(dict)
        for name, calls in self._calls.items():
            for call in calls:
                self._callers[call.function][name] = None
        for root in roots:
            for parameter in functions[root].parameters:
                self._add(root, parameter.local, self._whole(root, parameter.local))
        self._solve()

    def of_local(self, function: ir.FunctionId, local: ir.LocalId) -> Interval:
        """Give the interval of an integer variable."""
        known = self._intervals.get((function, local))
        whole = self._whole(function, local)
        assert whole is not None, (function, local)
        if not self._frames[function].is_variable(local):
            return whole
        zero = Interval(0, 0)
        return hull(known, zero) or zero

    def of(self, function: ir.FunctionId, expr: ir.Expr) -> Interval:  # noqa: C901, PLR0911 - one case a variant
        """Give the interval of an integer expression (addresses count as integers)."""
        whole = ADDRESSES
        if isinstance(expr.type, ir.IntType):
            whole = interval_of(expr.type)
        match expr:
            case ir.Const(_, value):
                return Interval(int(value), int(value))
            case ir.Load(ir.LocalPlace(local)) if isinstance(expr.type, ir.IntType):
                return self.of_local(function, local)
            case ir.Load(place) if is_length(place, self._structs):
                return ADDRESSES
            case ir.Binary(op, left, right) if isinstance(expr.type, ir.IntType):
                found = binary(
                    op, self.of(function, left), self.of(function, right), expr.type.bits
                )
                return found if found is not None and found.within(whole) else whole
            case ir.Unary(ir.UnaryOp.NEG, operand):
                inner = self.of(function, operand)
                return _fitting(Interval(-inner.high, -inner.low), whole)
            case ir.Unary(ir.UnaryOp.INVERT, operand) if whole.low < 0:
                inner = self.of(function, operand)
                return Interval(-1 - inner.high, -1 - inner.low)
            case ir.Convert(operand):
                return self._converted(function, operand, whole)
            case ir.Select(_, then, otherwise):
                both = hull(self.of(function, then), self.of(function, otherwise))
                return both or whole
            case ir.Pure(name) if name in _COUNTS and isinstance(expr.type, ir.IntType):
                return Interval(0, expr.type.bits)
            case ir.Pure("heap_base" | "memory_size"):
                return ADDRESSES
            case _:
                return whole

    def _converted(self, function: ir.FunctionId, operand: ir.Expr, whole: Interval) -> Interval:
        match operand.type:
            case ir.BoolType():
                return Interval(0, 1)
            case ir.IntType() | ir.PointerType():
                return _fitting(self.of(function, operand), whole)
            case _:
                return whole

    # --------------------------------------------------------------------------------------------- solving

    def _whole(self, function: ir.FunctionId, local: ir.LocalId) -> Interval | None:
        type_ = self._functions[function].locals[local].type
        return interval_of(type_) if isinstance(type_, ir.IntType) else None

    def _add(self, function: ir.FunctionId, local: ir.LocalId, new: Interval | None) -> bool:
        """Let a variable have more values; tell whether it had not."""
        whole = self._whole(function, local)
        if new is None or whole is None:
            return False
        key = function, local
        old = self._intervals.get(key)
        joined = hull(old, new)
        if joined is None or joined == old:
            return False
        if old is not None:
            self._growths[key] += 1
            if self._growths[key] > _GROWTHS:
                joined = widened(old, joined, whole)
        self._intervals[key] = joined
        return True

    def _solve(self) -> None:
        waiting = dict.fromkeys(self._functions)
        while waiting:
            name = next(iter(waiting))
            del waiting[name]
            for changed in self._pass(name):
                waiting[changed] = None

    def _pass(self, name: ir.FunctionId) -> Iterator[ir.FunctionId]:
        """Let values flow through one function; give the functions that this reaches."""
        result = self._functions[name].result
        before = None if result is None else self._intervals.get((name, result))
        is_changed = True
        while is_changed:
            is_changed = False
            for flow in self._flows[name]:
                if self._add(name, flow.target, self._value(name, flow)):
                    is_changed = True
        if result is not None and self._intervals.get((name, result)) != before:
            yield from self._callers[name]
        for call in self._calls[name]:
            callee = self._functions[call.function]
            for parameter, argument in zip(callee.parameters, call.arguments, strict=True):
                if isinstance(argument, ir.ByValue) and isinstance(argument.value.type, ir.IntType):
                    value = self.of(name, argument.value)
                    if self._add(call.function, parameter.local, value):
                        yield call.function

    def _value(self, name: ir.FunctionId, flow: _Flow) -> Interval | None:
        if flow.is_unknown:
            return self._whole(name, flow.target)
        if flow.callee is not None:
            result = self._functions[flow.callee].result
            assert result is not None, flow
            return self.of_local(flow.callee, result)
        if flow.is_range:
            start, stop = (self.of(name, value) for value in flow.values)
            return hull(
                start, Interval(min(start.low, stop.low + 1), max(start.high, stop.high - 1))
            )
        return self.of(name, flow.values[0])

    def _flows_of(self, function: ir.Function) -> Iterator[_Flow]:
        frame = self._frames[function.function]

        def is_followed(place: ir.Place | None) -> bool:
            return (
                isinstance(place, ir.LocalPlace)
                and isinstance(place.type, ir.IntType)
                and frame.is_variable(place.local)
            )

        for statement in statements_in(function.body):
            match statement:
                case ir.ForRange(index, start, stop) if frame.is_variable(index):
                    yield _Flow(index, (start, stop), is_range=True)
                case ir.Assign(ir.LocalPlace(local) as target, value) if is_followed(target):
                    yield _Flow(local, (value,))
                case ir.CopyBits(ir.LocalPlace(local) as target, source) | ir.Move(
                    ir.LocalPlace(local) as target, source
                ) if is_followed(target):
                    yield _Flow(local, (ir.Load(source, source.type),))
                case ir.Call(ir.LocalPlace(local) as target, callee) if is_followed(target):
                    yield _Flow(local, (), callee=callee)
                case ir.Perform(ir.LocalPlace(local) as target) if is_followed(target):
                    yield _Flow(local, (), is_unknown=True)
                case _:
                    pass


def is_length(place: ir.Place, structs: Structs) -> bool:
    """Tell whether a place is a list's length or capacity."""
    return (
        isinstance(place, ir.FieldPlace)
        and place.name in ("length", "capacity")
        and isinstance(place.base.type, ir.StructType)
        and structs[place.base.type.struct].element is not None
    )


def _fitting(found: Interval, whole: Interval) -> Interval:
    return found if found.within(whole) else whole


def _calls_of(function: ir.Function) -> Iterator[ir.Call]:
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Call):
            yield statement
