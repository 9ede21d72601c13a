"""Decide for one loop: can it be split, into what, and is that worth it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from meshnode.compiler import ir
from meshnode.compiler.loops import forms as form_rules
from meshnode.compiler.loops.blocks import Stretch, find_stretches
from meshnode.compiler.loops.build import TAPE, Locals
from meshnode.compiler.loops.effects import Summaries, trips
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.pack import Packer, is_packable, type_name
from meshnode.compiler.loops.recognise import Forms, covers_all, find_forms
from meshnode.compiler.loops.refusal import Refusal, nothing_recorded, refused_shape
from meshnode.compiler.loops.report import Capture, LoopReport, Reason, Verdict
from meshnode.compiler.loops.rules import Rules
from meshnode.compiler.loops.shortcut import straightened
from meshnode.compiler.loops.walk import (
    Path,
    blocks_of,
    locals_declared_in,
    locals_read_in,
    locals_written_by,
    path_of,
    places_read,
    statements_in,
)
from meshnode.compiler.loops.weave import Available, Weaver, find_available

_WORTH = 2
"""How many times dearer than home's part an iteration must be, by the rough weights of `effects`."""

_RECORDED_ENOUGH = 60
"""Recorded operations an iteration, by the same weights, above which only a probe can tell: what stays at home may hang
on a rare condition (a `print` now and then). The same holds for any loop in the recorded part."""

_NOTE = 40
"""Operations for each byte of tape below which `explain` adds that it may not be worth it."""

_BYTES = {"_push_int": 2, "_push_half": 4, "_push_word": 8}
"""Bytes that a push puts on the tape, roughly; `_PACKED_BYTES` for strings, lists and structs."""

_PACKED_BYTES = 32

LOOPS_MAX = 32
"""Split loops of one program; `tape.mojo` has a table of this size."""


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """How eagerly loops are split; tests split everything that may be split."""

    must_be_worth_it: bool = True
    """Leave loops alone whose recorded part costs less than the tape."""
    loops_max: int = LOOPS_MAX
    """Split loops of one program; each adds two copies of its body to the code."""
    rules: Rules = field(default_factory=Rules)
    """Tests drop rules to see that they are needed."""


@dataclass(frozen=True, slots=True)
class LoopPlan:
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
        summaries: Summaries,
        packer: Packer,
        options: SplitOptions,
    ) -> None:
        self._module = module
        self._function = function
        self._summaries = summaries
        self._packer = packer
        self._options = options
        self.table = Locals(list(function.locals))

    def plan(self, loop: ir.ForRange) -> LoopPlan | Refusal:
        """Plan one loop."""
        refusal = refused_shape(loop, self._function, self._summaries)
        if refusal is not None:
            return refusal
        body, forms = self._solve(loop)
        is_whole = bool(forms.forms) and covers_all(body)
        plan = self._with_forms(body, forms) if is_whole else self._weave(loop, body, forms)
        plan.body.loop = loop
        return self._judge(plan)

    def _solve(self, loop: ir.ForRange) -> tuple[LoopBody, Forms]:
        """Find what is mappable and the forms, with those short cuts straightened that are forms."""
        refused: frozenset[ir.Statement] = frozenset()
        while True:
            mark = len(self.table.table)
            straight, cuts = straightened(
                loop, self._summaries, refused, must_be_closed=self._options.rules.closed
            )
            body = LoopBody(
                self._module, self._function, straight, self._summaries, self._options.rules
            ).solve()
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
        while True:
            available = find_available(body)
            taped = self._needed_afterwards(body) - available.locals()
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
            unsendable = {v for v in taped if not is_packable(self._type(v), self._module)}
            must_stay = (
                bool(forms.forms) and self._options.rules.raising and self._may_raise(replay)
            )
            if not unsendable and not must_stay:
                return self._finish(weaver, record, replay, forms.forms)
            del self.table.table[mark:]
            banned, forms = body.banned | unsendable, Forms()
            body = LoopBody(
                self._module, self._function, loop, self._summaries, self._options.rules, banned
            ).solve()

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
        return self._finish(weaver, weaver.as_moved(body.loop.body), (), forms.forms)

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
        scratch -= body.partitioned()
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
        if not self._options.must_be_worth_it or is_dear or is_open:
            return plan
        reason = Reason(
            f"about {plan.weight} operations an iteration against {plan.home_weight} that stay at "
            "home: not worth it",
            plan.body.loop.span,
        )
        return Refusal(Verdict.NOT_WORTH_IT, reason)

    def _type(self, local: ir.LocalId) -> ir.Type:
        return self._function.locals[local].type

    def report(self, plan: LoopPlan, number: int) -> LoopReport:
        """Describe a split loop."""
        body = plan.body
        captures = tuple(
            Capture(body.path_name(p).replace("`", ""), type_name(body.type_at(p)))
            for p in plan.captures
        )
        notes = []
        if plan.tape_types:
            sent = tape_bytes(plan.record)
            notes.append(f"roughly {plan.weight} operations and {sent} bytes of tape an iteration")
            has_loop = self._summaries.has_own_loop(plan.record)
            if plan.weight < _NOTE * sent or not has_loop:
                notes.append(
                    "it may not be worth it: to send and replay the tape costs about as much as "
                    "the loop itself; a probe decides at run time"
                )
        named = tuple(
            form_rules.words(form, body.path_name(Path(form_rules.places_of(form)[0].local)))
            for form in plan.forms
        )
        blocks = dict.fromkeys(stretch.list.local for stretch in self._stretches(plan))
        named += tuple(f"{body.path_name(Path(list_))} is written in blocks" for list_ in blocks)
        return LoopReport(
            number=number,
            function=self._function.function,
            span=body.loop.span,
            verdict=Verdict.DISTRIBUTED,
            recorded=plan.recorded,
            replayed=plan.replayed,
            captures=captures,
            tape=plan.tape_types,
            forms=named,
            notes=tuple(notes),
        )

    def _stretches(self, plan: LoopPlan) -> Iterator[Stretch]:
        loop = plan.body.loop
        replay = replace(loop, body=plan.replay, otherwise=())
        return find_stretches((replay,), len(self._function.locals))


def tape_bytes(block: ir.Block) -> int:
    """Estimate what one execution of a record puts on the tape."""
    total = 0
    for statement in block:
        inner = [tape_bytes(part) for part in blocks_of(statement)]
        match statement:
            case ir.Call():
                packed = _PACKED_BYTES if statement.function.startswith("$push") else 0
                total += _BYTES.get(statement.function, packed)
            case ir.ForRange() | ir.While():
                total += trips(statement) * sum(inner)
            case ir.If():
                total += max(inner)
            case _:
                total += sum(inner)
    return total


def _is_within(path: Path, other: Path) -> bool:
    return path.local == other.local and path.fields[: len(other.fields)] == other.fields
