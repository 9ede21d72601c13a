"""Take a loop's body apart into record and replay, side by side so that both walk one tape in one order.

A statement under mappable control that computes mappable values only goes to record alone. After each run of such
statements record pushes those of their variables that replay uses (*taped*), and replay pops them: at every point of
replay they hold what they hold in record. Other statements go to replay, with their mappable subexpressions taken from
the tape unless replay can compute them as cheaply itself. Control that both need is in both.

Judging whether the result is worth it is `plan.py`'s work.
"""

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import Locals, assign, load, scope
from meshnode.compiler.loops.effects import expression_weight
from meshnode.compiler.loops.mappable import Control, LoopBody
from meshnode.compiler.loops.pack import Packer, is_packable, is_scalar, type_name
from meshnode.compiler.loops.walk import (
    access_of,
    blocks_of,
    expressions_in,
    locals_written_by,
    map_blocks,
    map_leaf,
    map_operands,
    path_of,
    places_read,
    places_read_by,
    statements_in,
)

CHEAP_WEIGHT = 16
"""Operations up to which replay rather computes a value again than takes it from the tape."""

CALL_WEIGHT = 30
"""Operations from which a call is recorded though replay could make it."""


class Strands(msgspec.Struct):
    """The two halves of a block as they grow."""

    record: list[ir.Statement] = msgspec.field(default_factory=list)
    replay: list[ir.Statement] = msgspec.field(default_factory=list)


class Available(msgspec.Struct):
    """Mappable variables that replay has without the tape."""

    kept: frozenset[ir.LocalId] = frozenset()
    """Assigned by cheap statements that replay runs too."""
    indexes: frozenset[ir.LocalId] = frozenset()
    """Indexes of loops that replay runs too."""

    def locals(self) -> frozenset[ir.LocalId]:
        """Both kinds."""
        return self.kept | self.indexes


class Weaver(msgspec.Struct):
    """Weaves one loop's body for one choice of taped variables."""

    body: LoopBody
    packer: Packer
    table: Locals
    tape: ir.LocalPlace
    available: Available
    taped: frozenset[ir.LocalId]
    recorded: list[ir.Span] = msgspec.field(default_factory=list)
    replayed: list[ir.Span] = msgspec.field(default_factory=list)
    tape_types: list[str] = msgspec.field(default_factory=list)
    records_loop: bool = False

    def block(self, block: ir.Block, control: Control = None) -> tuple[ir.Block, ir.Block]:
        """Give the block's record and replay."""
        strands = Strands()
        run: list[ir.Statement] = []
        for statement, reached in self.body.controlled(block, control):
            if reached is None and self.body.removable(statement):
                self._record_whole(statement, strands)
                run.append(statement)
                continue
            self._tape_results(tuple(run), strands)
            run.clear()
            if reached is not None:
                self.replayed.append(statement.span)
                strands.replay.append(statement)
            else:
                self._mixed(statement, strands)
        self._tape_results(tuple(run), strands)
        return tuple(strands.record), tuple(strands.replay)

    def _record_whole(self, statement: ir.Statement, strands: Strands) -> None:
        strands.record += self.as_moved((statement,))
        if isinstance(statement, ir.Assign) and _target_local(statement) in self.available.kept:
            strands.replay.append(statement)
        else:
            self._note_recorded(statement)

    def _note_recorded(self, statement: ir.Statement) -> None:
        self.recorded.append(statement.span)
        self.records_loop |= self.body.summaries.has_own_loop((statement,))

    def as_moved(self, block: ir.Block) -> ir.Block:
        """Put the chunk's form of folds and selections into a block."""
        return tuple(
            self.body.moved.get(statement) or map_blocks(statement, self.as_moved)
            for statement in block
        )

    def _tape_results(self, run: ir.Block, strands: Strands) -> None:
        """Put on the tape what a run of recorded statements has computed and replay needs."""
        for local in sorted(locals_written_by(run, self.body.summaries) & self.taped):
            self._tape(ir.LocalPlace(local, self.body.function.locals[local].type), strands)

    def _tape(self, place: ir.LocalPlace, strands: Strands) -> None:
        strands.record.append(self.packer.push(place))
        if self._is_owned(place.type):
            strands.replay.append(ir.Drop(place, strands.record[-1].span))
        strands.replay += self.packer.pop(place, self.tape, self.table)
        self.tape_types.append(type_name(place.type))

    def _is_owned(self, type_: ir.Type) -> bool:
        if not isinstance(type_, ir.StructType):
            return False
        return self.body.module.structs[type_.struct].drop is not None

    def _mixed(self, statement: ir.Statement, strands: Strands) -> None:
        match statement:
            case ir.If():
                self._if(statement, strands)
            case ir.ForRange():
                self._for(statement, strands)
            case ir.While():
                self._while(statement, strands)
            case ir.Scope():
                record, replay = self.block(statement.body)
                if record:
                    strands.record.append(replace(statement, body=record))
                strands.replay.append(replace(statement, body=replay))
            case ir.Break() | ir.Continue() | ir.Return():
                strands.record.append(statement)
                strands.replay.append(statement)
            case ir.Call():
                self._call(statement, strands)
            case ir.Move():
                self._move(statement, strands)
            case ir.Assign() if self.body.leaf(statement) is None and self._is_divided(statement):
                self._replay_leaf(statement, strands)
                strands.record.append(statement)
            case _:
                self._replay_leaf(statement, strands)

    def _is_divided(self, statement: ir.Assign) -> bool:
        path = path_of(statement.target)
        divided = self.body.partitioned() & self.body.mappable
        return path is not None and path.local in divided

    def _if(self, statement: ir.If, strands: Strands) -> None:
        inner = self.body.inner(statement, None)
        condition = self._lift(statement.condition, strands)
        then, replayed_then = self.block(statement.then, inner)
        otherwise, replayed_otherwise = self.block(statement.otherwise, inner)
        if then or otherwise:
            strands.record.append(replace(statement, then=then, otherwise=otherwise))
        strands.replay.append(
            replace(
                statement, condition=condition, then=replayed_then, otherwise=replayed_otherwise
            )
        )

    def _for(self, loop: ir.ForRange, strands: Strands) -> None:
        inner = self.body.inner(loop, None)
        header = map_leaf(loop, lambda expr: self._lift(expr, strands))
        assert isinstance(header, ir.ForRange)
        record, replay = self.block(loop.body, inner)
        recorded_else, replayed_else = self.block(loop.otherwise, inner)
        if record or recorded_else:
            strands.record.append(replace(loop, body=record, otherwise=recorded_else))
        strands.replay.append(replace(header, body=replay, otherwise=replayed_else))

    def _while(self, loop: ir.While, strands: Strands) -> None:
        inner = self.body.inner(loop, None)
        prepare, replayed_prepare = self.block(loop.prepare, inner)
        test = Strands()
        condition = loop.condition
        if inner is None:
            condition = self._lift(loop.condition, test)
        record, replay = self.block(loop.body, inner)
        recorded_else, replayed_else = self.block(loop.otherwise, inner)
        prepare += tuple(test.record)
        if prepare or record or recorded_else:
            strands.record.append(
                replace(loop, prepare=prepare, body=record, otherwise=recorded_else)
            )
        strands.replay.append(
            replace(
                loop,
                prepare=replayed_prepare + tuple(test.replay),
                condition=condition,
                body=replay,
                otherwise=replayed_else,
            )
        )

    def _move(self, statement: ir.Move, strands: Strands) -> None:
        """Move a recorded value into a variable of replay; record does so too, to drop it."""
        if self.body.leaf(statement) is None:
            if self._is_owned(statement.target.type):
                strands.record.append(ir.Drop(statement.target, statement.span))
            strands.record.append(statement)
        self.replayed.append(statement.span)
        strands.replay.append(statement)

    def _call(self, statement: ir.Call, strands: Strands) -> None:
        if not self._is_worth_recording(statement):
            self._replay_leaf(statement, strands)
            return
        assert statement.target is not None
        self._note_recorded(statement)
        if isinstance(statement.target, ir.LocalPlace):
            if self._is_owned(statement.target.type):
                strands.record.append(ir.Drop(statement.target, statement.span))
            strands.record.append(statement)
            self._tape(statement.target, strands)
            changed = locals_written_by((statement,), self.body.summaries)
            for local in sorted((changed & self.taped) - {statement.target.local}):
                self._tape(ir.LocalPlace(local, self.body.function.locals[local].type), strands)
            return
        result = self.table.add("$result", statement.target.type)
        inner = Strands([replace(statement, target=result)])
        self._tape(result, inner)
        store = _store(statement.target, result, statement.span)
        self._replay_leaf(store, inner)
        strands.record.append(scope((result,), tuple(inner.record)))
        strands.replay.append(scope((result,), tuple(inner.replay)))

    def _is_worth_recording(self, call: ir.Call) -> bool:
        target = call.target
        if target is None or not is_packable(target.type, self.body.module):
            return False
        plain = replace(call, target=ir.LocalPlace(self.body.loop.index, target.type))
        if self.body.leaf(plain) is not None:
            return False
        if not isinstance(target, ir.LocalPlace) and access_of(plain, self.body.summaries).changed:
            return False
        if self.body.summaries.weight(call.function) >= CALL_WEIGHT:
            return True
        if self.body.summaries.of(call.function).random:
            return True  # what replay draws, chunks do not know of
        return not all(self._has(place) for place in places_read(call, self.body.summaries))

    def _replay_leaf(self, statement: ir.Statement, strands: Strands) -> None:
        self.replayed.append(statement.span)
        strands.replay.append(map_leaf(statement, lambda expr: self._lift(expr, strands)))

    # -------------------------------------------------------------------------------------------- expressions

    def _lift(self, expr: ir.Expr, strands: Strands) -> ir.Expr:
        """Make replay take the mappable parts of an expression from the tape, where that is right and pays."""
        if self.body.expression(expr, self.body.loop.span) is not None:
            return self._lift_operands(expr, strands)
        is_variable = isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace)
        if isinstance(expr, ir.Const) or is_variable or not is_scalar(expr.type):
            return expr
        if self._is_cheap(expr):
            return expr
        taken = self.table.add("$taken", expr.type)
        strands.record.append(assign(taken, expr))
        self._tape(taken, strands)
        return load(taken)

    def _lift_operands(self, expr: ir.Expr, strands: Strands) -> ir.Expr:
        match expr:
            case ir.Const() | ir.StaticBytes():
                return expr
            case _:
                return map_operands(expr, lambda operand: self._lift(operand, strands))

    def _is_cheap(self, expr: ir.Expr) -> bool:
        available = all(self._has(place) for place in places_read_by(expr))
        return available and expression_weight(expr) <= CHEAP_WEIGHT

    def _has(self, place: ir.Place) -> bool:
        """Tell whether replay has what a mappable place holds."""
        path = path_of(place)
        if path is None:
            return False
        local = path.local
        outer = self.body.private - self.body.partitioned()
        return local in self.available.locals() | self.taped or local not in outer


def find_available(body: LoopBody) -> Available:
    """Find the mappable variables that replay computes as cheaply as it could read them from the tape."""
    definitions: dict[ir.LocalId, int] = {}
    for statement in statements_in(body.loop.body):
        for local in locals_written_by((_without_blocks(statement),), body.summaries):
            definitions[local] = definitions.get(local, 0) + 1
    direct: dict[ir.LocalId, list[ir.Assign]] = {}
    indexes: set[ir.LocalId] = set()
    if body.loop.index in body.mappable and body.loop.index not in definitions:
        indexes.add(body.loop.index)
    _collect_direct(body, body.loop.body, direct, indexes)
    indexes = {i for i in indexes if definitions.get(i, 0) <= 1}
    kept = {
        local
        for local, found in direct.items()
        if len(found) == definitions[local] and local in body.mappable
    }
    while True:
        available = Available(frozenset(kept), frozenset(indexes))
        wrong = {
            local for local in kept if not all(_is_kept(a, body, available) for a in direct[local])
        }
        if not wrong:
            return available
        kept -= wrong


def _collect_direct(
    body: LoopBody,
    block: ir.Block,
    direct: dict[ir.LocalId, list[ir.Assign]],
    indexes: set[ir.LocalId],
) -> None:
    for statement, reached in body.controlled(block, None):
        if reached is not None:
            return
        if body.removable(statement):
            if isinstance(statement, ir.Assign) and isinstance(statement.target, ir.LocalPlace):
                direct.setdefault(statement.target.local, []).append(statement)
            continue
        if body.inner(statement, None) is not None:
            continue
        if isinstance(statement, ir.ForRange):
            indexes.add(statement.index)
        for inner in blocks_of(statement):
            _collect_direct(body, inner, direct, indexes)


def _is_kept(statement: ir.Assign, body: LoopBody, available: Available) -> bool:
    if expression_weight(statement.value) > CHEAP_WEIGHT or not is_scalar(statement.target.type):
        return False
    for place in places_read_by(statement.value):
        path = path_of(place)
        private = body.private - body.partitioned()
        if path is None or (path.local in private and path.local not in available.locals()):
            return False
    return not any(isinstance(e, ir.Pure) for e in expressions_in(statement.value))


def _without_blocks(statement: ir.Statement) -> ir.Statement:
    return map_blocks(statement, lambda _: ())


def _target_local(statement: ir.Assign) -> ir.LocalId | None:
    return statement.target.local if isinstance(statement.target, ir.LocalPlace) else None


def _store(target: ir.Place, source: ir.LocalPlace, span: ir.Span) -> ir.Statement:
    if isinstance(source.type, ir.StructType):
        return ir.Move(target, source, span)
    return ir.Assign(target, load(source), span)
