"""Decide for one loop: can it be split, into what, and is that worth it."""

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops import forms as form_rules
from meshnode.compiler.loops.aliases import Aliases
from meshnode.compiler.loops.build import TAPE, Locals
from meshnode.compiler.loops.closed import Closed, Step, places_of_steps
from meshnode.compiler.loops.draws import find_draws
from meshnode.compiler.loops.fields import Fields, with_fields
from meshnode.compiler.loops.leaving import leaving_in
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.names import Names
from meshnode.compiler.loops.pack import Packer, is_packable
from meshnode.compiler.loops.recognise import Forms, covers_all, find_forms
from meshnode.compiler.loops.refusal import Refusal, nothing_recorded, refused_shape
from meshnode.compiler.loops.report import Reason, Verdict
from meshnode.compiler.loops.rules import Rules
from meshnode.compiler.loops.shortcut import straightened
from meshnode.compiler.loops.walk import (
    Path,
    locals_declared_in,
    locals_read_in,
    locals_written_by,
    path_of,
    places_read,
    statements_in,
)
from meshnode.compiler.loops.weave import Available, Weaver, find_available
from meshnode.compiler.loops.written_out import Inliner

_WORTH = 2
_ASKED_FOR = ("prelude/dcp.mojo",)
"""Files whose loops are jobs that the program asks for in so many words."""

"""How many times dearer than home's part an iteration must be, by the rough weights of `effects`."""

_RECORDED_ENOUGH = 60
"""Recorded operations an iteration, by the same weights, above which only a probe can tell: what stays at home may hang
on a rare condition (a `print` now and then). The same holds for any loop in the recorded part."""

LOOPS_MAX = 32
"""Split loops of one program; `tape.mojo` has a table of this size."""


class SplitOptions(msgspec.Struct, frozen=True):
    """How eagerly loops are split; tests split everything that may be split."""

    must_be_worth_it: bool = True
    """Leave loops alone whose recorded part costs less than the tape."""
    loops_max: int = LOOPS_MAX
    """Split loops of one program; each adds two copies of its body to the code."""
    rules: Rules = msgspec.field(default_factory=Rules)
    """Tests drop rules to see that they are needed."""


class LoopPlan(msgspec.Struct, frozen=True):
    """How a loop is split."""

    body: LoopBody
    record: ir.Block
    """One iteration in a chunk."""
    replay: ir.Block
    """One iteration at home but for `forms`, with values from the tape; empty if these say it all."""
    tape: ir.LocalPlace
    """Home's local for the tape being read."""
    forms: tuple[form_rules.Form, ...]
    captures: tuple[Path, ...]
    scratch: tuple[ir.LocalId, ...]
    """Variables from outside the loop that record uses as its own."""
    recorded: tuple[ir.Span, ...]
    replayed: tuple[ir.Span, ...]
    tape_types: tuple[str, ...]
    fields: Fields
    """Locals of the analysis that stand for fields."""
    skipped: tuple[Closed, ...]
    """Variables with a closed form whose steps are left out of replay."""
    weight: int
    """Operations of a plain iteration, roughly."""
    home_weight: int
    """Operations of an iteration's replay."""
    records_loop: bool
    """There is a loop in what is recorded: only a probe can tell what it costs."""


class Planner:
    """Plans loops of one function; generated locals go into `table`."""

    def __init__(
        self,
        module: ir.Module,
        function: ir.Function,
        aliases: Aliases,
        packer: Packer,
        options: SplitOptions,
    ) -> None:
        self._module = module
        self._function = function
        self._aliases = aliases
        self._summaries = aliases.summaries
        self._packer = packer
        self._options = options
        self._source = function
        self._watched: frozenset[ir.LocalId] = frozenset()
        self.table = Locals(list(function.locals))

    def plan(self, loop: ir.ForRange) -> LoopPlan | Refusal:
        """Plan one loop; what is refused is explained as it stands in the source."""
        self._function = replace(self._function, locals=tuple(self.table.table))
        refusal = refused_shape(loop, self._function, self._summaries)
        if refusal is not None:
            return refusal
        function, mark = self._function, len(self.table.table)
        seen, fields = self._seen(loop)
        self._watched = self._find_watched(loop, fields)
        plan = self._plan(seen, fields)
        if isinstance(plan, Refusal) and seen != loop:
            self._function = function
            del self.table.table[mark:]
            plan = self._plan(loop, {})
        if isinstance(plan, LoopPlan):
            plan.body.loop = loop
        return plan

    def _find_watched(self, loop: ir.ForRange, fields: Fields) -> frozenset[ir.LocalId]:
        """Find what the loop may read through pointers, fields that have a variable included."""
        if not self._options.rules.pointers:
            return frozenset()
        watched = self._aliases.watched((loop,), self._source)
        paths = {local: path_of(place) for local, place in fields.items()}
        return watched | {v for v, path in paths.items() if path and path.local in watched}

    def _seen(self, loop: ir.ForRange) -> tuple[ir.ForRange, Fields]:
        """Give the loop as analysis sees it: calls written out, fields as variables."""
        seen = Inliner(self._module, self._aliases, self.table).loop(loop)
        self._function = replace(self._function, locals=tuple(self.table.table))
        names = Names(self._module, self._function)
        seen, fields = with_fields(seen, names, self.table, self._summaries)
        self._function = replace(self._function, locals=tuple(self.table.table))
        return seen, fields

    def _plan(self, loop: ir.ForRange, fields: Fields) -> LoopPlan | Refusal:
        draws = None if leaving_in(loop.body) else find_draws(loop, self._module, self._summaries)
        body, forms = self._solve(loop, draws)
        is_whole = bool(forms.forms) and covers_all(body)
        plan = self._with_forms(body, forms) if is_whole else self._weave(loop, body, forms)
        return self._judge(replace(plan, fields=fields))

    def _solve(self, loop: ir.ForRange, draws: tuple[Step, ...] | None) -> tuple[LoopBody, Forms]:
        """Find what is mappable and the forms, with those short cuts straightened that are forms."""
        refused: frozenset[ir.Statement] = frozenset()
        while True:
            mark = len(self.table.table)
            straight, cuts = straightened(
                loop, self._summaries, refused, must_be_closed=self._options.rules.closed
            )
            body = self._body(straight, draws, frozenset())
            forms = find_forms(body, self.table)
            starts = {cut.start: cut.start_as_written for cut in cuts}
            body.moved = {**forms.statements, **starts}
            wrong = {
                cut.fold_as_written
                for cut in cuts
                if cut.fold not in forms.statements or not body.removable(cut.test)
            }
            if not wrong:
                return body, forms
            refused |= wrong
            del self.table.table[mark:]

    def _weave(self, loop: ir.ForRange, body: LoopBody, forms: Forms) -> LoopPlan:
        """Weave until the taped variables are those that replay uses.

        Folds and selections stay in replay if it may raise: a handler must find them as they were just then.
        """
        synced: frozenset[ir.LocalId] = frozenset()
        while True:
            available = find_available(body)
            skipped = body.closed_locals() & body.mappable - available.kept - synced
            taped = self._needed_afterwards(body) - available.locals() - skipped
            while True:
                mark = len(self.table.table)
                tape = self.table.add("$tape", TAPE)
                weaver = Weaver(body, self._packer, self.table, tape, available, taped)
                record, replay = weaver.block(body.loop.body)
                used = locals_read_in(replay, self._summaries) & body.mappable
                used -= body.partitioned()
                missing = used - taped - available.locals()
                if not missing:
                    break
                taped |= missing
                del self.table.table[mark:]
            skipped -= taped
            may_raise = self._may_raise(replay)
            if skipped and (may_raise or leaving_in(body.loop.body)):
                synced |= skipped  # home may leave within an iteration
                del self.table.table[mark:]
                continue
            unsendable = {v for v in taped if not is_packable(self._type(v), self._module)}
            must_stay = bool(forms.forms) and (
                (self._options.rules.raising and may_raise) or self._runs_past(body, record)
            )
            draws_at_home = bool(body.draws) and (may_raise or self._draws(replay))
            if not unsendable and not must_stay and not draws_at_home:
                plan = self._finish(weaver, record, replay, forms.forms)
                return replace(plan, skipped=_closed_among(skipped, body))
            del self.table.table[mark:]
            draws, forms = None if draws_at_home else body.draws, Forms()
            body = self._body(loop, draws, body.banned | unsendable)

    def _body(
        self, loop: ir.ForRange, draws: tuple[Step, ...] | None, banned: frozenset[ir.LocalId]
    ) -> LoopBody:
        return LoopBody(
            self._module,
            self._function,
            loop,
            self._summaries,
            self._options.rules,
            banned,
            draws=draws,
            watched=self._watched,
        ).solve()

    def _draws(self, block: ir.Block) -> bool:
        """Tell whether code that home replays draws random numbers."""
        return any(
            isinstance(s, ir.Call)
            and not s.function.startswith("$")
            and self._summaries.of(s.function).random
            for s in statements_in(block)
        )

    def _runs_past(self, body: LoopBody, record: ir.Block) -> bool:
        """Tell whether home may leave the loop where chunks do not stop."""
        stops = len(leaving_in(record)) == len(leaving_in(body.loop.body))
        return self._options.rules.stopping and not stops

    def _may_raise(self, replay: ir.Block) -> bool:
        return any(
            isinstance(s, ir.Raise)
            or (
                isinstance(s, ir.Call)
                and not s.function.startswith("$")
                and self._module.functions[s.function].raises
            )
            for s in statements_in(replay)
        )

    def _needed_afterwards(self, body: LoopBody) -> frozenset[ir.LocalId]:
        """Give the recorded variables from outside the loop: they keep the last iteration's value."""
        outer = body.private - locals_declared_in((body.loop,)) - body.partitioned()
        return outer & body.mappable

    def _with_forms(self, body: LoopBody, forms: Forms) -> LoopPlan:
        """Leave nothing to replay."""
        tape = self.table.add("$tape", TAPE)
        weaver = Weaver(body, self._packer, self.table, tape, Available(), frozenset())
        weaver.recorded += [s.span for s in body.loop.body]
        weaver.records_loop = self._summaries.has_own_loop(body.loop.body)
        plan = self._finish(weaver, weaver.as_moved(body.loop.body), (), forms.forms)
        return replace(plan, skipped=body.closed)

    def _finish(
        self,
        weaver: Weaver,
        record: ir.Block,
        replay: ir.Block,
        forms: tuple[form_rules.Form, ...],
    ) -> LoopPlan:
        body = weaver.body
        own = frozenset(p.local for form in forms for p in form_rules.words_of(form))
        declared = locals_declared_in((body.loop,))
        taken = frozenset(range(len(self._function.locals), len(self.table.table)))
        scratch = locals_written_by(record, self._summaries) - declared - taken - own
        scratch -= body.partitioned() | body.closed_locals()
        captures = self._captures(body, record, forms, own | scratch)
        return LoopPlan(
            body=body,
            record=record,
            replay=replay,
            tape=weaver.tape,
            forms=forms,
            captures=captures,
            scratch=tuple(sorted(scratch)),
            recorded=tuple(weaver.recorded),
            replayed=tuple(weaver.replayed),
            tape_types=tuple(weaver.tape_types),
            fields={},
            skipped=(),
            weight=self._summaries.block_weight(body.loop.body),
            home_weight=self._summaries.block_weight(replay),
            records_loop=weaver.records_loop,
        )

    def _captures(
        self,
        body: LoopBody,
        record: ir.Block,
        forms: tuple[form_rules.Form, ...],
        own: frozenset[ir.LocalId],
    ) -> tuple[Path, ...]:
        """Give the outer places that record reads, none within another."""
        count = len(self._function.locals)
        read = {Path(p.local) for form in forms for p in form_rules.captured_by(form)}
        in_chunk = locals_written_by(record, self._summaries)
        read |= {path for p in places_of_steps(body.draws or ()) if (path := path_of(p))}
        for closed in body.closed:
            if closed.variable.local in in_chunk:
                read |= {path for p in closed.captured() if (path := path_of(p))}
        for statement in statements_in(record):
            for place in places_read(statement, self._summaries):
                path = path_of(place)
                private = body.private - body.partitioned()
                if path is None or path.local >= count or path.local in own | private:
                    continue
                read.add(path)
        shortest = [p for p in read if not any(q != p and _is_within(p, q) for q in read)]
        return tuple(sorted(shortest, key=lambda path: (path.local, path.fields)))

    def _judge(self, plan: LoopPlan) -> LoopPlan | Refusal:
        if not plan.forms and not plan.tape_types:
            return nothing_recorded(plan.body)
        is_dear = plan.weight >= _WORTH * plan.home_weight + 20
        is_open = plan.records_loop or plan.weight - plan.home_weight >= _RECORDED_ENOUGH
        is_asked = self._function.locals[plan.body.loop.index].span.file in _ASKED_FOR
        if not self._options.must_be_worth_it or is_dear or is_open or is_asked:
            return plan
        reason = Reason(
            f"about {plan.weight} operations an iteration against {plan.home_weight} that stay at "
            "home: not worth it",
            plan.body.loop.span,
        )
        return Refusal(Verdict.NOT_WORTH_IT, reason)

    def _type(self, local: ir.LocalId) -> ir.Type:
        return self._function.locals[local].type


def _is_within(path: Path, other: Path) -> bool:
    return path.local == other.local and path.fields[: len(other.fields)] == other.fields


def _closed_among(locals_: frozenset[ir.LocalId], body: LoopBody) -> tuple[Closed, ...]:
    return tuple(closed for closed in body.closed if closed.variable.local in locals_)
