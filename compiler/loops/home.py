"""The home form of a split loop: ask the host, replay what chunks recorded, run the rest plainly.

Written out, for `for index in range(start, stop, step): BODY`:

    count = trip count
    if a loop may be offered now: pack the captures, offer it
    while left > 0:
        fetch the next chunk (a loop that is not distributed is one chunk of which nothing was done)
        for each iteration done: REPLAY
        for each further iteration of the chunk: BODY
    close the run (also when an error leaves the loop: the run is a variable with a destructor)
"""

from meshnode.compiler import ir
from meshnode.compiler.loops import forms as form_rules
from meshnode.compiler.loops.blocks import with_copies
from meshnode.compiler.loops.build import (
    LOOP_RUN,
    Locals,
    assign,
    binary,
    call,
    cell,
    const,
    count_up,
    load,
    scope,
    when,
)
from meshnode.compiler.loops.capture import capture_places
from meshnode.compiler.loops.draws import SEED, TAKEN, counted_map, go_to
from meshnode.compiler.loops.fields import restored
from meshnode.compiler.loops.leaving import breaks_of, noting_breaks
from meshnode.compiler.loops.pack import Packer
from meshnode.compiler.loops.partition import disjointness, variables_of
from meshnode.compiler.loops.plan import LoopPlan
from meshnode.compiler.loops.skip import advance, start_check

_ADD, _SUB, _MUL = ir.BinaryOp.ADD, ir.BinaryOp.SUB, ir.BinaryOp.MUL


class HomeLoop:
    """Builds one loop's home form."""

    def __init__(self, plan: LoopPlan, number: int, packer: Packer, table: Locals) -> None:
        self._plan = plan
        self._number = number
        self._packer = packer
        self._table = table
        self._start, self._stop, self._step, self._left, self._first, self._index = (
            table.add(f"${name}", ir.INT)
            for name in ("start", "stop", "step", "left", "first", "iteration")
        )
        self._run = table.add("$run", LOOP_RUN)
        self._broken = table.add("$broken", ir.BOOL)
        self._seed, self._taken, self._now = (
            table.add(f"${name}", ir.UINT) for name in ("seed", "taken", "now")
        )
        self._draws = counted_map(plan.body.draws, table) if plan.body.draws else None
        self._breaks = any(True for _ in breaks_of(plan.body.loop.body))

    def build(self) -> ir.Block:
        """Give the statements that stand for the loop."""
        return restored(self._build(), self._plan.fields)

    def _build(self) -> ir.Block:
        loop = self._plan.body.loop
        left = self._left
        bounds = (load(self._start), load(self._stop))
        counting = call("_trip_count", *bounds, load(self._step), target=left)
        if loop.step == const(1):
            counting = call("_distance", *bounds, target=left)
        is_left = ir.Compare(ir.CompareOp.NE, load(left), const(0))
        chunks = ir.While((), is_left, self._chunk(), (), loop.span)
        locals_ = (self._run, self._plan.tape, self._start, self._stop, self._step, left)
        otherwise = loop.otherwise
        if self._breaks:
            otherwise = (when(load(self._broken), (), otherwise),) if otherwise else ()
        return (
            assign(self._broken, ir.Const(ir.BOOL, value=False)),
            scope(
                (*locals_, self._first, self._index),
                (
                    call("_loop_run", target=self._run),
                    assign(self._start, loop.start),
                    assign(self._stop, loop.stop),
                    assign(self._step, loop.step),
                    counting,
                    assign(self._first, const(0)),
                    *self._start_drawing(),
                    *self._offer(),
                    chunks,
                ),
            ),
            *otherwise,
        )

    def _offer(self) -> ir.Block:
        may_ask = self._table.add("$may_ask", ir.BOOL)
        number = ir.Const(ir.UINT, self._number)
        pushes = [
            self._packer.push(place)
            for place in (self._start, self._step, *self._drawn(), *capture_places(self._plan))
        ]
        offer = (
            call("_tape_start"),
            call("_push_word", number),
            *pushes,
            call("_loop_start", self._run, const(self._number), load(self._left)),
        )
        return (
            call("_loop_can_ask", const(self._number), load(self._left), target=may_ask),
            *self._check_partitions(may_ask),
            when(load(may_ask), offer),
        )

    def _drawn(self) -> tuple[ir.LocalPlace, ...]:
        return () if self._draws is None else (self._seed, self._taken)

    def _start_drawing(self) -> ir.Block:
        """Remember where the random numbers stand."""
        if self._draws is None:
            return ()
        return (
            *self._draws[1],
            assign(self._seed, load(cell(SEED))),
            assign(self._taken, load(cell(TAKEN))),
        )

    def _doubt(self) -> ir.Block:
        """Believe nothing of a chunk that drew other random numbers than the program would."""
        if self._draws is None or not self._plan.body.rules.counting:
            return ()
        done = ir.FieldPlace(self._run, "done", ir.INT)
        at = call(
            "_affine_at", self._draws[0], load(self._taken), load(self._first), target=self._now
        )
        differs = binary(
            ir.BinaryOp.OR,
            ir.Compare(ir.CompareOp.NE, load(cell(TAKEN)), load(self._now)),
            ir.Compare(ir.CompareOp.NE, load(cell(SEED)), load(self._seed)),
        )
        return (at, when(differs, (assign(done, const(0)),)))

    def _check_partitions(self, may_ask: ir.LocalPlace) -> ir.Block:
        """Offer the loop only if the iterations' elements are disjoint."""
        checks: list[ir.Statement] = []
        body = self._plan.body
        if body.rules.starting:
            checks += [s for c in body.closed for s in start_check(c, may_ask)]
        for partition in body.partitions:
            if partition.local not in body.mappable or not body.rules.disjoint:
                continue
            coefficient, low, high = disjointness(partition)
            checks += [
                when(load(may_ask), (call("_is_small", load(place), target=may_ask),))
                for place in variables_of(partition)
            ]
            spread = (coefficient, load(self._step), load(self._left), low, high)
            checks.append(when(load(may_ask), (call("_is_disjoint", *spread, target=may_ask),)))
        return tuple(checks)

    def _chunk(self) -> ir.Block:
        plan, first = self._plan, self._first
        asked = load(ir.FieldPlace(self._run, "asked", ir.INT))
        done = load(ir.FieldPlace(self._run, "done", ir.INT))
        is_some_done = ir.Compare(ir.CompareOp.NE, done, const(0))
        body = noting_breaks(plan.body.loop.body, self._broken)
        return (
            call("_loop_next", self._run, plan.tape, load(self._left)),
            *self._doubt(),
            when(is_some_done, self._replay(done)),
            count_up(self._index, done, asked, (self._set_index(), *body)),
            *self._leave(),
            assign(first, binary(_ADD, load(first), asked)),
            assign(self._left, binary(_SUB, load(self._left), asked)),
        )

    def _replay(self, done: ir.Expr) -> ir.Block:
        plan = self._plan
        replay = self._combine()
        for closed in plan.skipped:
            replay += advance(closed, done, self._table)
        if self._draws is not None:
            upto = binary(_ADD, load(self._first), done)
            replay += go_to(self._draws[0], load(self._taken), upto, self._now)
        if plan.replay:
            known = len(plan.body.function.locals)
            replay += with_copies((self._iterations(done),), plan.tape, self._table, known)
        return (*replay, *self._leave(), call("_check_read", plan.tape))

    def _leave(self) -> ir.Block:
        """Leave the loop over chunks if an iteration broke out of the loop."""
        if not self._breaks:
            return ()
        return (when(load(self._broken), (ir.Break(self._plan.body.loop.span),)),)

    def _iterations(self, done: ir.Expr) -> ir.ForRange:
        """Replay iterations one after the other."""
        plan, loop = self._plan, self._plan.body.loop
        replay = noting_breaks(plan.replay, self._broken)
        if loop.step != const(1):
            body = (self._set_index(), *replay)
            return count_up(self._index, const(0), done, body)
        start = binary(_ADD, load(self._start), load(self._first))
        index = ir.LocalPlace(loop.index, ir.INT)
        return count_up(index, start, binary(_ADD, start, done), replay)

    def _combine(self) -> ir.Block:
        """Join the tape's first words with the accumulators."""
        pops: list[ir.Statement] = []
        joins: list[ir.Statement] = []
        for form in self._plan.forms:
            words = tuple(
                self._table.add("$part", place.type) for place in form_rules.words_of(form)
            )
            for word in words:
                pops += pop_word(word, self._plan.tape, self._table)
            joins += form_rules.combine(form, words)
        return (*pops, *joins)

    def _set_index(self) -> ir.Statement:
        """Index = start + (first + iteration) * step; wrapping arithmetic gives the exact value."""
        place = ir.LocalPlace(self._plan.body.loop.index, ir.INT)
        number = binary(_ADD, load(self._first), load(self._index))
        return assign(
            place, binary(_ADD, load(self._start), binary(_MUL, number, load(self._step)))
        )


def word_value(place: ir.Place) -> ir.Expr:
    """Give a scalar as the UInt that carries it."""
    if place.type == ir.FLOAT64:
        return ir.Pure("bitcast", (load(place),), ir.UINT)
    if place.type == ir.FLOAT32:
        bits = ir.Pure("bitcast", (load(place),), ir.IntType(32, is_signed=False))
        return ir.Convert(bits, ir.UINT)
    return ir.Convert(load(place), ir.UINT)


def pop_word(place: ir.LocalPlace, tape: ir.LocalPlace, table: Locals) -> ir.Block:
    """Take a UInt off the tape and turn it into the scalar that it carries."""
    word = table.add("$word", ir.UINT)
    bits: ir.Expr = load(word)
    if place.type == ir.FLOAT64:
        value: ir.Expr = ir.Pure("bitcast", (bits,), ir.FLOAT64)
    elif place.type == ir.FLOAT32:
        half = ir.Convert(bits, ir.IntType(32, is_signed=False))
        value = ir.Pure("bitcast", (half,), ir.FLOAT32)
    elif place.type == ir.BOOL:
        value = ir.Compare(ir.CompareOp.NE, bits, ir.Const(ir.UINT, 0))
    else:
        value = ir.Convert(bits, place.type)
    return (call("_pop_word", tape, target=word), assign(place, value))
