"""Which values of a loop's iteration depend on the index and on captures alone (loops rules, section 2).

The question is answered for whole variables: a variable that lives within one iteration is *mappable* if every
statement that may write any part of it computes mappable values and is reached under mappable control alone. That is
the greatest set closed under this rule: start with all private variables and strike out until nothing changes. So a
definition under a carried condition strikes out its variable wherever it is read, and the loop exits and conditions
that choose among definitions count too.

Nothing is decided here about what is worth recording.
"""

from collections.abc import Iterator, Mapping

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.closed import Closed, Step, find_closed
from meshnode.compiler.loops.effects import Summaries, looks_at_memory
from meshnode.compiler.loops.exposure import overwritten_first
from meshnode.compiler.loops.leaving import breaks_of
from meshnode.compiler.loops.names import Names
from meshnode.compiler.loops.pack import is_packable
from meshnode.compiler.loops.partition import Partition, Partitions
from meshnode.compiler.loops.report import Reason, host_reason, random_reason
from meshnode.compiler.loops.rules import Rules
from meshnode.compiler.loops.walk import (
    Access,
    Path,
    access_of,
    blocks_of,
    expressions_in,
    indexes_of,
    leaves_abruptly,
    locals_declared_in,
    locals_written_by,
    path_of,
    paths_written_by,
    statements_in,
)

Control = Reason | None
"""None: whether the place is reached depends on mappable values alone; else why not."""


class Exits(msgspec.Struct):
    """How a block may be left early under control that is not mappable."""

    breaks: Control = None
    continues: Control = None

    def any(self) -> Control:
        """Give one reason for which what follows may not be reached."""
        return self.breaks or self.continues

    def join(self, other: "Exits") -> None:
        """Add another block's exits."""
        self.breaks = self.breaks or other.breaks
        self.continues = self.continues or other.continues


class LoopBody(msgspec.Struct):
    """A loop of one function with what is known about its variables; `solve` finds the mappable ones."""

    module: ir.Module
    function: ir.Function
    loop: ir.ForRange
    summaries: Summaries
    rules: Rules = msgspec.field(default_factory=Rules)
    banned: frozenset[ir.LocalId] = frozenset()
    """Variables that may not be mappable for another reason."""
    watched: frozenset[ir.LocalId] = frozenset()
    """Variables that the body may read through pointers: home must have what they hold at each moment."""
    private: frozenset[ir.LocalId] = frozenset()
    """Variables that live within one iteration, or are wholly overwritten before they are read in each."""
    partitions: tuple[Partition, ...] = ()
    """Lists of which each iteration reads and writes only elements of its own; private too."""
    closed: tuple[Closed, ...] = ()
    """Carried integers whose value at any iteration is known; private too."""
    draws: tuple[Step, ...] | None = None
    """The steps of the library's random numbers in one iteration; None if chunks cannot draw any."""
    written: frozenset[Path] = frozenset()
    """Places that outlive an iteration and that the body may write."""
    mappable: frozenset[ir.LocalId] = frozenset()
    why: dict[ir.LocalId, Reason] = msgspec.field(default_factory=dict)
    """Why private variables are not mappable."""
    leaving: frozenset[ir.Break] = frozenset()
    """The statements that leave the loop itself: what they skip is never replayed, so it may be computed in vain."""
    moved: Mapping[ir.Statement, ir.Statement] = msgspec.field(default_factory=dict)
    """Folds and selections that chunks do, each as they do it; found after `solve`."""

    def solve(self) -> "LoopBody":
        """Find the private, the written and the mappable variables."""
        declared = locals_declared_in(self.loop.body) | {self.loop.index}
        self.leaving = frozenset(breaks_of(self.loop.body))
        paths = paths_written_by(self.loop.body, self.summaries)
        outer = {path.local for path in paths} - declared
        self.private = declared
        self.private |= overwritten_first(self.loop.body, outer, self.leaving, self.summaries)
        carried = frozenset(outer) - self.private
        locals_ = self.function.locals
        self.closed = find_closed(
            self.loop,
            carried - self.banned - self.watched,
            locals_,
            self.summaries,
            must_be_steady=self.rules.steady,
        )
        self.private |= self.closed_locals()
        lists = frozenset(outer) - self.private
        search = Partitions(
            self.function, self.loop, self.summaries, must_be_disjoint=self.rules.disjoint
        )
        self.partitions = tuple(p for p in search.find(lists) if self._is_plain(p.local))
        self.private |= self.partitioned()
        self.written = frozenset(p for p in paths if p.local not in self.private)
        candidates = self.private - self.banned
        self.mappable = frozenset(
            v for v in candidates if self.summaries.drop_is_silent(self.function.locals[v].type)
        )
        struck = True
        while struck:
            struck = False
            for written, reason in self._definitions(self.loop.body, None):
                if written in self.mappable:
                    self.mappable -= {written}
                    self.why[written] = reason
                    struck = True
        return self

    def partitioned(self) -> frozenset[ir.LocalId]:
        """Give the lists whose elements are divided among the iterations."""
        return frozenset(partition.local for partition in self.partitions)

    def closed_locals(self) -> frozenset[ir.LocalId]:
        """Give the variables with a closed form."""
        return frozenset(closed.variable.local for closed in self.closed)

    def _is_plain(self, local: ir.LocalId) -> bool:
        return is_packable(self.function.locals[local].type, self.module)

    def may_raise(self) -> bool:
        """Tell whether an iteration may raise an error, caught or not."""
        return any(
            isinstance(s, ir.Raise)
            or (isinstance(s, ir.Call) and self.module.functions[s.function].raises)
            for s in statements_in(self.loop.body)
        )

    @property
    def names(self) -> Names:
        """Name the variables of the loop's function for people."""
        return Names(self.module, self.function)

    # ------------------------------------------------------------------------------------------------ control

    def controlled(
        self, block: ir.Block, control: Control
    ) -> Iterator[tuple[ir.Statement, Control]]:
        """Walk a block's own statements, each with the control under which it is reached."""
        for statement in block:
            yield statement, control
            if control is None and self.rules.exits:
                control = self.exits_of(statement, control).any()

    def inner(self, statement: ir.Statement, control: Control) -> Control:
        """Give the control of a statement's blocks."""
        if control is not None or not self.rules.control:
            return control
        match statement:
            case ir.If():
                return self.expression(statement.condition, statement.span)
            case ir.ForRange() | ir.While():
                return self._loop_control(statement)
            case ir.Try():
                return self._try_control(statement)
            case _:
                return None

    def exits_of(self, statement: ir.Statement, control: Control) -> Exits:
        """Tell how a statement may leave itself under control that is not mappable."""
        match statement:
            case ir.Break():
                return Exits(breaks=None if statement in self.leaving else control)
            case ir.Continue():
                return Exits(continues=control)
            case ir.ForRange() | ir.While():
                return self._block_exits(statement.otherwise, self.inner(statement, control))
            case _:
                exits = Exits()
                inner = self.inner(statement, control)
                for block in blocks_of(statement):
                    exits.join(self._block_exits(block, inner))
                return exits

    def _block_exits(self, block: ir.Block, control: Control) -> Exits:
        exits = Exits()
        for statement in block:
            found = self.exits_of(statement, control)
            exits.join(found)
            control = control or found.any()
        return exits

    def _loop_control(self, loop: ir.ForRange | ir.While) -> Control:
        if isinstance(loop, ir.ForRange):
            headers = [self.expression(e, loop.span) for e in (loop.start, loop.stop, loop.step)]
            reason = next((r for r in headers if r is not None), None)
        else:
            reason = self.expression(loop.condition, loop.span)
        if reason is not None or not self.rules.exits:
            return reason
        return self._block_exits(loop.body, None).breaks

    def _try_control(self, statement: ir.Try) -> Control:
        """Judge a `try` in the body: it is recorded as a whole or not at all, as errors are control."""
        if leaves_abruptly(statement):
            return Reason("leaves a `try` block early", statement.span)
        if locals_written_by((statement,), self.summaries) & self.partitioned():
            return Reason("changes elements of its own in a `try` block", statement.span)
        for block in blocks_of(statement):
            reason = next(self._impurities(block), None)
            if reason is not None:
                return reason
        return None

    def _impurities(self, block: ir.Block) -> Iterator[Reason]:
        for statement in statements_in(block):
            reason = self.leaf(statement) or self._target_reason(statement)
            if reason is not None:
                yield reason

    def _target_reason(self, statement: ir.Statement) -> Control:
        for place in access_of(statement, self.summaries).assigned:
            path = path_of(place)
            if path is None or path.local not in self.mappable:
                return self._changes(path, statement.span)
        return None

    # ------------------------------------------------------------------------------------------------- leaves

    def removable(self, statement: ir.Statement) -> bool:
        """Tell whether a statement under mappable control is recorded whole: replay need not run it.

        Writes to partitioned lists are done on both sides.
        """
        if leaves_abruptly(statement):
            return False
        if locals_written_by((statement,), self.summaries) & self.partitioned():
            return False
        return next(self._removal_obstacles((statement,), None), None) is None

    def _removal_obstacles(self, block: ir.Block, control: Control) -> Iterator[Reason]:
        for statement, reached in self.controlled(block, control):
            if reached is None and statement in self.moved:
                continue
            reason = reached or self.leaf(statement) or self._target_reason(statement)
            inner = self.inner(statement, None)
            if reason is not None or inner is not None:
                yield reason or inner or Reason("", statement.span)
                return
            for part in blocks_of(statement):
                yield from self._removal_obstacles(part, inner)

    def _definitions(
        self, block: ir.Block, control: Control
    ) -> Iterator[tuple[ir.LocalId, Reason]]:
        """Walk the variables written by statements that are not mappable, with the reason."""
        for statement, reached in self.controlled(block, control):
            inner = self.inner(statement, reached)
            reason = reached or self.leaf(statement)
            if isinstance(statement, ir.ForRange | ir.Try):
                reason = reason or inner
            if reason is not None and self.rules.definitions:
                access = access_of(statement, self.summaries)
                for place in access.assigned + access.changed:
                    path = path_of(place)
                    if path is not None:
                        yield path.local, reason
            for part in blocks_of(statement):
                yield from self._definitions(part, inner)

    def leaf(self, statement: ir.Statement) -> Control:
        """Say why a statement, its blocks left out, cannot be computed in a chunk; None if it can.

        The answer holds for what it computes; where a result goes is another question.
        """
        access = access_of(statement, self.summaries)
        for value in access.values:
            reason = self.expression(value, statement.span)
            if reason is not None:
                return reason
        return self._effect(statement) or self._places(statement, access)

    def _places(self, statement: ir.Statement, access: Access) -> Control:
        for place in access.places():
            for index in indexes_of(place):
                reason = self.expression(index, statement.span)
                if reason is not None:
                    return reason
        for place in access.read:
            reason = self.read(place, statement.span)
            if reason is not None:
                return reason
        for place in access.changed:
            path = path_of(place)
            if path is None or path.local not in self.mappable:
                return self._call_changes(path, statement)
        for place in access.assigned:
            reason = self._part_reason(place, statement.span)
            if reason is not None:
                return reason
        return None

    def _part_reason(self, place: ir.Place, span: ir.Span) -> Control:
        """Judge a partial write: the rest of the variable must be right in the chunk too."""
        if isinstance(place, ir.LocalPlace):
            return None
        path = path_of(place)
        if path is None or path.local not in self.mappable:
            return self._changes(path, span)
        return None

    def _effect(self, statement: ir.Statement) -> Control:
        if not self.rules.effects:
            return None
        match statement:
            case ir.Return():
                return Reason("returns out of the loop", statement.span)
            case ir.Perform():
                if statement.name in {"trap", "host_exit"}:
                    return None
                return Reason("asks the host for something", statement.span)
            case ir.Call():
                effects = self.summaries.of(statement.function)
                if effects.host and not effects.ends:
                    return host_reason(statement.function, statement.span)
                if effects.random and self.draws is None:
                    return random_reason(statement.function, statement.span)
                if effects.hidden:
                    return Reason(
                        f"`{statement.function}` depends on the state of memory", statement.span
                    )
            case _:
                pass
        return None

    # -------------------------------------------------------------------------------------------- expressions

    def expression(self, expr: ir.Expr, span: ir.Span) -> Control:
        """Say why an expression is not mappable; None if it is."""
        for inner in expressions_in(expr):
            if isinstance(inner, ir.Load):
                reason = self.read(inner.place, span)
                if reason is not None:
                    return reason
            if looks_at_memory(inner):
                return Reason("depends on the state of memory", span)
        return None

    def read(self, place: ir.Place, span: ir.Span) -> Control:
        """Say why what a place holds is not mappable, its index expressions left out; None if it is."""
        path = path_of(place)
        if path is None:
            return Reason("reads through a pointer", span)
        if path.local in self.mappable:
            return None
        if path.local in self.private:
            return self.why.get(path.local) or Reason(
                f"depends on {self.names.local(path.local)}, which cannot be recorded", span
            )
        if self.rules.written and any(path.overlaps(other) for other in self.written):
            return Reason(
                f"reads {self.names.path(path)}, which earlier iterations have written",
                span,
                self.names.advice(path),
            )
        if not is_packable(self.names.type_at(path), self.module):
            message = f"{self.names.path(path)} cannot be sent to another machine"
            return Reason(message, span, self.names.advice_on_sending(path))
        return None

    def _call_changes(self, path: Path | None, statement: ir.Statement) -> Reason:
        reason = self._changes(path, statement.span)
        if path is None or path.local in self.why or not isinstance(statement, ir.Call):
            return reason
        message = (
            f"calls `{statement.function}`, which changes {self.names.path(path)}: each iteration "
            "goes on from the one before"
        )
        return Reason(message, statement.span)

    def _changes(self, path: Path | None, span: ir.Span) -> Reason:
        if path is None:
            return Reason("writes through a pointer", span)
        known = self.why.get(path.local)
        if known is not None:
            return known
        return Reason(f"changes {self.names.path(path)}, which outlives the iteration", span)
