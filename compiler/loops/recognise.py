"""Find the folds and selections of a loop's body (loops rules, section 4).

A statement is one only if it is reached under mappable control, takes mappable values, and if its accumulators are
mentioned nowhere else in the body.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import Locals, assign, const
from meshnode.compiler.loops.effects import is_prelude
from meshnode.compiler.loops.forms import Fold, FoldOp, Form, Selection, places_of
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.pack import is_scalar
from meshnode.compiler.loops.walk import (
    access_of,
    blocks_of,
    locals_declared_in,
    path_of,
    places_read,
    statements_in,
)

_FOLDS = {
    ir.BinaryOp.ADD: FoldOp.ADD,
    ir.BinaryOp.SUB: FoldOp.ADD,
    ir.BinaryOp.MUL: FoldOp.MUL,
    ir.BinaryOp.AND: FoldOp.AND,
    ir.BinaryOp.OR: FoldOp.OR,
    ir.BinaryOp.XOR: FoldOp.XOR,
}

_MIRRORED = {
    ir.CompareOp.LT: ir.CompareOp.GT,
    ir.CompareOp.GT: ir.CompareOp.LT,
    ir.CompareOp.LE: ir.CompareOp.GE,
    ir.CompareOp.GE: ir.CompareOp.LE,
}
"""The orders that select, each with the one of the exchanged operands."""


class Forms(msgspec.Struct, frozen=True):
    """What moves into the chunk."""

    forms: tuple[Form, ...] = ()
    statements: Mapping[ir.Statement, ir.Statement] = msgspec.field(default_factory=dict)
    """The statements of the forms, each as a chunk runs it."""


class _Candidate(msgspec.Struct, frozen=True):
    """A statement that is a form if its accumulators are mentioned in forms alone."""

    form: Form
    statement: ir.Statement
    moved: ir.Statement
    uses: tuple[ir.LocalId, ...]
    """Its mentions of accumulators."""


def find_forms(body: LoopBody, table: Locals) -> Forms:
    """Find all forms of a solved body; marks of selections are new locals of the table."""
    search = _Search(body, table)
    search.block(body.loop.body)
    kept = search.candidates
    if body.rules.exclusive:
        kept = _exclusive(kept, _mentions(body))
    forms = tuple(dict.fromkeys(candidate.form for candidate in kept))
    return Forms(forms, {candidate.statement: candidate.moved for candidate in kept})


def covers_all(body: LoopBody) -> bool:
    """Tell whether an iteration leaves nothing behind but what `body.moved` has."""
    declared = locals_declared_in(body.loop.body) | {body.loop.index}
    if body.private - declared - body.closed_locals():
        return False  # a variable from outside keeps the last iteration's value
    return _covers(body, body.loop.body)


def _covers(body: LoopBody, block: ir.Block) -> bool:
    for statement, control in body.controlled(block, None):
        if control is not None or statement in body.leaving:
            return False
        if isinstance(statement, ir.Break | ir.Continue) or body.removable(statement):
            continue
        inner = blocks_of(statement)
        if not inner or body.inner(statement, None) is not None:
            return False
        if not all(_covers(body, part) for part in inner):
            return False
    return True


def _mentions(body: LoopBody) -> Counter[ir.LocalId]:
    """Count how often each variable is mentioned in the body."""
    found: Counter[ir.LocalId] = Counter()
    for statement in statements_in(body.loop.body):
        access = access_of(statement, body.summaries)
        for place in (*places_read(statement, body.summaries), *access.assigned):
            path = path_of(place)
            if path is not None:
                found[path.local] += 1
    return found


def _exclusive(candidates: list[_Candidate], found: Counter[ir.LocalId]) -> list[_Candidate]:
    """Keep those whose accumulators have one form each and no other mention."""
    while True:
        uses = Counter(local for candidate in candidates for local in candidate.uses)
        forms = dict.fromkeys(candidate.form for candidate in candidates)
        owners = Counter(place.local for form in forms for place in places_of(form))
        wrong = {local for local in owners if owners[local] > 1 or uses[local] != found[local]}
        kept = [c for c in candidates if not any(p.local in wrong for p in places_of(c.form))]
        if len(kept) == len(candidates):
            return kept
        candidates = kept


class _Search:
    def __init__(self, body: LoopBody, table: Locals) -> None:
        self._body = body
        self._table = table
        self.candidates: list[_Candidate] = []

    def block(self, block: ir.Block) -> None:
        for statement, control in self._body.controlled(block, None):
            if control is not None:
                return
            candidate = self._candidate(statement)
            if candidate is not None:
                self.candidates.append(candidate)
            elif self._body.inner(statement, None) is None:
                for inner in blocks_of(statement):
                    self.block(inner)

    def _candidate(self, statement: ir.Statement) -> _Candidate | None:
        match statement:
            case ir.Assign():
                return self._fold(statement)
            case ir.Call():
                return self._extreme(statement)
            case ir.If():
                return self._selection(statement)
            case _:
                return None

    def _outer_scalar(self, place: ir.Place | None) -> ir.LocalPlace | None:
        kept = self._body.private | self._body.watched
        if isinstance(place, ir.LocalPlace) and place.local not in kept:
            type_ = self._body.function.locals[place.local].type
            if is_scalar(type_):
                return place
        return None

    def _is_mappable(self, expr: ir.Expr) -> bool:
        return self._body.expression(expr, self._body.loop.span) is None

    def _fold(self, statement: ir.Assign) -> _Candidate | None:
        accumulator = self._outer_scalar(statement.target)
        if accumulator is None or isinstance(accumulator.type, ir.FloatType):
            return None
        operator = _operator(statement.value)
        if operator is None:
            return None
        op, one, other = operator
        is_left = _loads(one, accumulator) and self._is_mappable(other)
        is_right = _loads(other, accumulator) and self._is_mappable(one)
        is_difference = getattr(statement.value, "op", None) is ir.BinaryOp.SUB
        if not is_left and (not is_right or is_difference):
            return None
        uses = (accumulator.local, accumulator.local)
        return _Candidate(Fold(accumulator, op), statement, statement, uses)

    def _extreme(self, statement: ir.Call) -> _Candidate | None:
        """Recognise `acc = min(acc, e)` and `max` on integers."""
        accumulator = self._outer_scalar(statement.target)
        if accumulator is None or not isinstance(accumulator.type, ir.IntType):
            return None
        if not is_prelude(self._body.module.functions[statement.function]):
            return None
        op = {"min": FoldOp.MIN, "max": FoldOp.MAX}.get(statement.function.partition("[")[0])
        values = [a.value for a in statement.arguments if isinstance(a, ir.ByValue)]
        if op is None or len(values) != len(statement.arguments):
            return None
        others = [value for value in values if not _loads(value, accumulator)]
        if len(values) - len(others) != 1 or not all(self._is_mappable(v) for v in others):
            return None
        uses = (accumulator.local, accumulator.local)
        return _Candidate(Fold(accumulator, op), statement, statement, uses)

    def _selection(self, statement: ir.If) -> _Candidate | None:
        compare = statement.condition
        assigns = _assigns(statement.then)
        if statement.otherwise or assigns is None:
            return None
        if not isinstance(compare, ir.Compare) or compare.op not in _MIRRORED:
            return None
        new, old, op = compare.left, compare.right, compare.op
        if not self._is_mappable(new):
            new, old, op = old, new, _MIRRORED[op]
        if not isinstance(old, ir.Load) or not self._is_mappable(new):
            return None
        best = self._outer_scalar(old.place)
        if best is None or best.type == ir.BOOL:
            return None
        payloads = self._payloads(assigns, best, new)
        if payloads is None:
            return None
        taken = self._table.add("$taken", ir.INT)
        moved = replace(statement, then=(assign(taken, const(1)), *statement.then))
        uses = (best.local, best.local, *(place.local for place in payloads))
        return _Candidate(Selection(best, op, payloads, taken), statement, moved, uses)

    def _payloads(
        self, assigns: list[ir.Assign], best: ir.LocalPlace, new: ir.Expr
    ) -> tuple[ir.LocalPlace, ...] | None:
        """Give what a branch sets beside `best = new`; None if it does anything else."""
        payloads: list[ir.LocalPlace] = []
        is_best_set = False
        for assignment in assigns:
            target = self._outer_scalar(assignment.target)
            if target == best and assignment.value == new and not is_best_set:
                is_best_set = True
            elif target is None or target == best or not self._is_mappable(assignment.value):
                return None
            else:
                payloads.append(target)
        if not is_best_set or len(set(payloads)) != len(payloads):
            return None
        return tuple(payloads)


def _operator(value: ir.Expr) -> tuple[FoldOp, ir.Expr, ir.Expr] | None:
    """Give the operator and the operands of a value that may be a fold's."""
    if isinstance(value, ir.Binary) and value.op in _FOLDS:
        return _FOLDS[value.op], value.left, value.right
    if isinstance(value, ir.Select) and value.type == ir.BOOL:
        if value.otherwise == ir.Const(ir.BOOL, value=False):
            return FoldOp.AND, value.condition, value.then
        if value.then == ir.Const(ir.BOOL, value=True):
            return FoldOp.OR, value.condition, value.otherwise
    return None


def _assigns(block: ir.Block) -> list[ir.Assign] | None:
    """Give the assignments of a block; None if it does anything else."""
    found: list[ir.Assign] = []
    for statement in block:
        if isinstance(statement, ir.Scope):
            inner = _assigns(statement.body)
            if inner is None:
                return None
            found += inner
        elif isinstance(statement, ir.Assign):
            found.append(statement)
        else:
            return None
    return found


def _loads(expr: ir.Expr, place: ir.LocalPlace) -> bool:
    return isinstance(expr, ir.Load) and expr.place == place
