"""The state of one function while it is checked: locals, blocks under construction, scopes of names, and flow.

Statements are appended to the innermost open block. Temporaries belong to the statement that makes them; variables to
the block that declares them. `flow` knows what each variable holds *now*, or is None where control cannot come.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir, limits
from meshnode.compiler.check.flow import Bounds, Final, Flow, Handler, Key, Loop, State, merge
from meshnode.compiler.check.origins import Looks
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Fresh,
    RunTime,
    Scalar,
    Stored,
    Value,
    is_element_of,
    is_scalar,
    root_local,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.expression_reads import reads
from meshnode.compiler.parse import tree

__all__ = [
    "Binding",
    "Body",
    "Flow",
    "Key",
    "LocalConstant",
    "Loop",
    "Poisoned",
    "State",
    "Variable",
    "fresh",
    "merge",
]

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

Result = TypeVar("Result")


class Variable(msgspec.Struct, frozen=True):
    """A name for a place."""

    place: ir.Place
    is_mutable: bool
    local: ir.LocalId | None
    """The variable's own local, if flow is tracked for it."""
    why_immutable: str = ""
    reference: Key | None = None
    """Under which flow knows whether what a reference refers to is still there."""


class LocalConstant(msgspec.Struct, frozen=True):
    """A `comptime` name of a function."""

    value: Value


class Poisoned(msgspec.Struct, frozen=True):
    """A name whose declaration failed; its uses are not reported again."""


Binding = Variable | LocalConstant | Poisoned | RunTime

Mark = tuple[list[ir.Statement], int, int, int]
"""A point of evaluation: the block with its length, and the counts of calls and writes."""


class Body:
    """One function under construction."""

    def __init__(self, checker: "Checker", env: Env, *, error: ir.StructType | None = None) -> None:  # noqa: PLR0915 - fields
        self.checker = checker
        self.env = env
        self.error = error
        """The type of the errors that the function raises; None if it may not raise."""
        self.locals: list[ir.Local] = []
        self.scopes: list[dict[str, Binding]] = [{}]
        self.block: list[ir.Statement] = []
        self.declared: list[ir.LocalId] = []
        """The locals of the innermost block."""
        self.temporaries: list[ir.LocalId] = []
        """The locals of the innermost statement."""
        self.flow: Flow | None = {}
        self.loops: list[Loop] = []
        self.handlers: list[Handler] = []
        """The open `try` statements, outermost first."""
        self.finals: list[Final] = []
        """The open `finally` parts, outermost first."""
        self.effects = 0
        """How many calls were emitted."""
        self.writes: list[ir.LocalId | None] = []
        """The roots of all places that were written or given away to be written (None: behind a pointer)."""
        self.own: set[ir.LocalId] = set()
        """The variables, and the arguments taken over, whose values end here unless they are given away."""
        self.result: ir.LocalId | None = None
        self.result_type: ir.Type = ir.UNIT
        self.grown: Callable[[], frozenset[str]] = frozenset
        """Gives the variables on which List methods are called that Arrays lack; see check_lenient."""
        self.fixed: set[ir.LocalId] = set()
        """Locals that keep their value as long as they are seen: the indices of `for` loops."""
        self.is_faulty = False
        """A statement was wrong; the return that is missing may be the one in it."""
        self.is_comptime = False
        """It runs while the program is compiled."""
        self.bounds = Bounds()
        self.looks = Looks()
        self.constructed: ir.LocalId | None = None
        """The object that a constructor fills."""
        self.dismantled: ir.LocalId | None = None
        """The argument that this function takes apart (`deinit`)."""
        self.referable: frozenset[ir.LocalId] | None = None
        """For a function that returns a place: the parameters in which it may lie."""
        self.short_lived: frozenset[ir.LocalId] = frozenset()
        """Temporaries that end before what is being made stable."""
        self.is_converting = False
        """Whether an `@implicit` constructor is being looked for: one conversion does not call for another."""

    # -- locals and names

    def new_local(self, name: str, type_: ir.Type, extent: tree.Extent) -> ir.LocalId:
        """Add a local to the function."""
        self.locals.append(ir.Local(name, type_, self.env.span(extent)))
        return ir.LocalId(len(self.locals) - 1)

    def temporary(self, type_: ir.Type, extent: tree.Extent) -> ir.LocalPlace:
        """Add a local that lives as long as the current statement."""
        local = self.new_local(f"$t{len(self.locals)}", type_, extent)
        self.temporaries.append(local)
        return ir.LocalPlace(local, type_)

    def declare(
        self, name: tree.Name, type_: ir.Type, state: State, *, is_mutable: bool = True
    ) -> ir.LocalPlace:
        """Add a variable of the current block."""
        if name.name in self.scopes[-1] and name.name != "_":
            self.env.fail(Code.NAME, f"'{name.name}' is declared twice here", name.span)
        local = self.new_local(name.name, type_, name.span)
        self.declared.append(local)
        self.own.add(local)
        self.looks.depths[local] = len(self.scopes)
        place = ir.LocalPlace(local, type_)
        self.bind(name.name, Variable(place, is_mutable, local))
        self.set_state(local, state)
        return place

    def bind(self, name: str, binding: Binding) -> None:
        """Give a name a meaning in the current block."""
        if name != "_":
            self.scopes[-1][name] = binding
            constant = binding.value if isinstance(binding, LocalConstant) else None
            self.env = self.env.with_constant(name, constant)

    def lookup(self, name: str) -> Binding | None:
        """Find a local name."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def local_names(self) -> list[str]:
        """List the names of variables and local constants."""
        return [name for scope in self.scopes for name in scope]

    # -- statements

    def emit(self, statement: ir.Statement) -> None:
        """Append a statement, unless control cannot come here."""
        if self.flow is not None:
            self.block.append(statement)

    def assign(self, place: ir.Place, expr: ir.Expr, extent: tree.Extent) -> None:
        """Emit the store of a scalar."""
        self.writes.append(root_local(place))
        last = self.block[-1] if self.block else None
        if (
            isinstance(place, ir.LocalPlace)
            and isinstance(last, ir.Call | ir.Perform)
            and isinstance(expr, ir.Load)
            and last.target == expr.place
            and self._forget_temporary(expr.place)
        ):
            self.block[-1] = replace(last, target=place)
            return
        self.emit(ir.Assign(place, expr, self.env.span(extent)))

    def _forget_temporary(self, place: ir.Place) -> bool:
        """Take back a temporary that nothing but the last statement names."""
        if isinstance(place, ir.LocalPlace) and self.temporaries[-1:] == [place.local]:
            self.temporaries.pop()
            return True
        return False

    def redirect(self, source: ir.LocalPlace, target: ir.Place) -> bool:
        """Let the statement that made `source` store into a new `target` instead; False if that is impossible."""
        last = self.block[-1] if self.block else None
        if (
            isinstance(target, ir.LocalPlace)
            and isinstance(last, ir.Call | ir.Perform | ir.Move | ir.CopyBits)
            and last.target == source
            and self._forget_temporary(source)
        ):
            self.block[-1] = replace(last, target=target)
            return True
        return False

    def collect(self, run: Callable[[], Result]) -> tuple[list[ir.Statement], Result]:
        """Run, and give what it emitted instead of appending it; temporaries stay the statement's."""
        outer = self.block
        self.block = []
        try:
            result = run()
            return self.block, result
        finally:
            self.block = outer

    def imagine(self, run: Callable[[], Result]) -> Result:
        """Run for the result only: what is emitted, declared and noted meanwhile is forgotten.

        What is imagined is checked again later, so nesting doubles the work: past a depth, no more in this statement.
        """
        self.bounds.is_lost |= self.bounds.imagined >= limits.IMAGINED_DEPTH_MAX
        if self.bounds.is_lost:
            message = "this is nested too deeply: give inner parts variables with types"
            self.env.fail(Code.LIMIT, message, self.bounds.statement)
        flow, temporaries = self.flow, list(self.temporaries)
        self.flow = None if flow is None else dict(flow)
        self.bounds.imagined += 1
        try:
            return self.collect(run)[1]
        finally:
            self.bounds.imagined -= 1
            self.flow = flow
            self.temporaries[:] = temporaries

    def nested(self, run: Callable[[], None], extent: tree.Extent) -> ir.Block:
        """Run as a block of its own: names and locals declared inside end with it."""
        outer = (self.block, self.declared, self.temporaries, self.env)
        self.block, self.declared, self.temporaries = [], [], []
        self.scopes.append({})
        try:
            run()
            locals_ = (*self.declared, *self.temporaries)
            statements = tuple(self.block)
        finally:
            self.block, self.declared, self.temporaries, self.env = outer
            self.scopes.pop()
        return (ir.Scope(locals_, statements, self.env.span(extent)),) if locals_ else statements

    @contextmanager
    def statement(self, extent: tree.Extent) -> Iterator[None]:
        """Open a statement: its temporaries end with it, what it declares does not; errors are reported and end it."""
        outer_block, outer_temporaries = self.block, self.temporaries
        self.block, self.temporaries = [], []
        if not self.bounds.imagined:
            self.bounds.is_lost, self.bounds.statement = False, extent
        try:
            yield
        except CheckFailed as failure:
            self.is_faulty = True
            self.checker.report(failure)
        except Exception:
            if self.checker.broken_at is None:
                self.checker.broken_at = self.env.span(extent)
            raise
        finally:
            statements, temporaries = self.block, self.temporaries
            self.block, self.temporaries = outer_block, outer_temporaries
        if temporaries:
            span = self.env.span(extent)
            self.block.append(ir.Scope(tuple(temporaries), tuple(statements), span))
        else:
            self.block += statements

    # -- evaluation order

    def mark(self) -> Mark:
        """Remember a point of evaluation, for `settle`."""
        return (self.block, len(self.block), self.effects, len(self.writes))

    def settle(self, value: Value, mark: Mark, extent: tree.Extent) -> Value:
        """Keep a value as it was at the mark, if what was emitted since might change it or come before its trap.

        As in the language, a computed value is kept, while a variable or field is read late, when it is used; of an
        element, the index is kept.
        """
        block, position, effects, writes = mark
        if self.effects == effects and len(self.writes) == writes:
            return value
        if block is not self.block:
            return value
        written = set(self.writes[writes:])
        match value:
            case Scalar(expr):
                roots, traps = reads(expr)
                behind_pointer = None in written and not self.env.module.is_prelude
                may_change = roots & written or (behind_pointer and roots)
                if not (may_change or (traps and self.effects != effects)):
                    return value
                place = self.temporary(expr.type, extent)
                if self.flow is not None:
                    block.insert(position, ir.Assign(place, expr, self.env.span(extent)))
                return Scalar(ir.Load(place, place.type))
            case Stored(place, is_mutable, variable) if not isinstance(place, ir.LocalPlace):
                if is_element_of(place, written):
                    message = "use of an element whose list is changed in the same statement"
                    self.env.fail(Code.OWNERSHIP, message, extent)
                statements, stable = self.collect(lambda: self.stable(place, extent))
                block[position:position] = statements
                return Stored(stable, is_mutable, variable)
            case _:
                return value

    def stable(self, place: ir.Place, extent: tree.Extent) -> ir.Place:
        """Evaluate the indices in a place once, so that it names the same place from now on."""
        match place:
            case ir.LocalPlace():
                return place
            case ir.FieldPlace(base, name, type_):
                return ir.FieldPlace(self.stable(base, extent), name, type_)
            case ir.ElementPlace(base, index, type_, span):
                return ir.ElementPlace(
                    self.stable(base, extent), self.stable_expr(index, extent), type_, span
                )
            case ir.PointeePlace(pointer, type_):
                return ir.PointeePlace(self.stable_expr(pointer, extent), type_)

    def stable_expr(self, expr: ir.Expr, extent: tree.Extent) -> ir.Expr:
        """Evaluate once; constants and temporaries are stable as they are."""
        if isinstance(expr, ir.Const):
            return expr
        if isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace):
            local = expr.place.local
            is_stable = local in self.fixed or self.locals[local].name.startswith("$")
            if is_stable and local not in self.short_lived:
                return expr
        place = self.temporary(expr.type, extent)
        self.emit(ir.Assign(place, expr, self.env.span(extent)))
        return ir.Load(place, place.type)

    # -- flow

    def set_state(self, key: Key, state: State) -> None:
        """Note what a variable holds from here on."""
        for loop in self.loops:
            loop.assigned.add(key)
        if self.flow is not None:
            self.flow[key] = state

    def state(self, key: Key) -> State:
        """Tell what a variable holds here."""
        return State.FULL if self.flow is None else self.flow.get(key, State.FULL)

    def use(self, key: Key, name: str, extent: tree.Extent) -> None:
        """Check that a variable holds a value."""
        match self.state(key):
            case State.FULL:
                return
            case State.EMPTY:
                message = f"use of uninitialized value '{name}'"
            case State.MOVED:
                message = f"use of '{name}' after it was transferred with '^'"
            case _:
                message = f"'{name}' may be uninitialized or transferred away here"
        is_moved = self.state(key) is State.MOVED
        hint = "give away a copy instead, with '.copy()'" if is_moved else None
        self.set_state(key, State.FULL)
        self.env.fail(Code.OWNERSHIP, message, extent, suggestion=hint)

    def leave(self) -> Flow | None:
        """End the current path; gives its flow."""
        flow, self.flow = self.flow, None
        return flow

    def may_raise(self) -> None:
        """Note that control may go to the innermost handler from here."""
        if self.handlers and self.flow is not None:
            self.handlers[-1].flows.append(dict(self.flow))


def fresh(place: ir.LocalPlace) -> Value:
    """Give a temporary's value."""
    return Scalar(ir.Load(place, place.type)) if is_scalar(place.type) else Fresh(place)
