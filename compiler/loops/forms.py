"""Loops whose replay is nothing but folds and selections: these move into the chunk (loops rules, section 4).

A chunk then returns one row of 8-byte words, the same for any length: the accumulators of its own iterations. Home
combines the rows in order. Float sums are no fold: their order matters.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import Locals, assign, binary, const, load, when
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.pack import is_scalar
from meshnode.compiler.loops.walk import (
    access_of,
    blocks_of,
    map_blocks,
    path_of,
    places_read,
    statements_in,
)

_IDENTITY = {
    ir.BinaryOp.ADD: 0,
    ir.BinaryOp.SUB: 0,
    ir.BinaryOp.MUL: 1,
    ir.BinaryOp.AND: -1,
    ir.BinaryOp.OR: 0,
    ir.BinaryOp.XOR: 0,
}
_COMBINE = {ir.BinaryOp.SUB: ir.BinaryOp.ADD}
"""Partial differences add up."""

_ORDERS = frozenset({ir.CompareOp.LT, ir.CompareOp.LE, ir.CompareOp.GT, ir.CompareOp.GE})


@dataclass(frozen=True, slots=True)
class Fold:
    """`acc = acc op e` on integers."""

    accumulator: ir.LocalPlace
    op: ir.BinaryOp


@dataclass(frozen=True, slots=True)
class Selection:
    """`if e > best: best = e; payload = ...` in one of the four orders."""

    best: ir.LocalPlace
    op: ir.CompareOp
    """With the new value on the left."""
    payloads: tuple[ir.LocalPlace, ...]
    taken: ir.LocalPlace
    """1 in a chunk that selected anything."""


Form = Fold | Selection


@dataclass(frozen=True, slots=True)
class Forms:
    """All that an iteration leaves behind, and its body with the marks of selections."""

    forms: tuple[Form, ...]
    body: ir.Block


class _NotAForm(Exception):  # noqa: N818 - not an error: ends the search
    pass


def recognise(body: LoopBody, table: Locals) -> Forms | None:
    """Find the forms if the loop leaves nothing else behind; else None."""
    declared = {local for s in statements_in(body.loop.body) for local in _declared(s)}
    if body.private - declared - {body.loop.index}:
        return None  # a variable from outside keeps the last iteration's value
    search = _Search(body, table)
    try:
        block = search.block(body.loop.body)
    except _NotAForm:
        return None
    if not search.forms or not search.is_exclusive():
        return None
    return Forms(tuple(dict.fromkeys(search.forms)), block)


def _declared(statement: ir.Statement) -> tuple[ir.LocalId, ...]:
    if isinstance(statement, ir.Scope):
        return statement.locals
    return (statement.index,) if isinstance(statement, ir.ForRange) else ()


class _Search:
    def __init__(self, body: LoopBody, table: Locals) -> None:
        self._body = body
        self._table = table
        self.forms: list[Form] = []
        self._uses: Counter[ir.LocalId] = Counter()
        """How often the forms themselves mention each accumulator."""

    def block(self, block: ir.Block) -> ir.Block:
        return tuple(
            self._statement(statement, is_reached=control is None)
            for statement, control in self._body.controlled(block, None)
        )

    def _statement(self, statement: ir.Statement, *, is_reached: bool) -> ir.Statement:
        if not is_reached:
            raise _NotAForm
        if isinstance(statement, ir.Break | ir.Continue) or self._body.removable(statement):
            return statement
        match statement:
            case ir.Assign():
                self._fold(statement)
                return statement
            case ir.If() if self._body.inner(statement, None) is not None:
                return self._selection(statement)
            case ir.If() | ir.Scope() | ir.ForRange() | ir.While():
                if self._body.inner(statement, None) is not None:
                    raise _NotAForm
                return map_blocks(statement, self.block)
            case _:
                raise _NotAForm

    def _outer_scalar(self, place: ir.Place) -> ir.LocalPlace:
        if isinstance(place, ir.LocalPlace) and place.local not in self._body.private:
            type_ = self._body.function.locals[place.local].type
            if is_scalar(type_):
                return place
        raise _NotAForm

    def _is_mappable(self, expr: ir.Expr) -> bool:
        return self._body.expression(expr, self._body.loop.span) is None

    def _fold(self, statement: ir.Assign) -> None:
        accumulator = self._outer_scalar(statement.target)
        value = statement.value
        if not isinstance(accumulator.type, ir.IntType) or not isinstance(value, ir.Binary):
            raise _NotAForm
        if value.op not in _IDENTITY:
            raise _NotAForm
        is_left = _loads(value.left, accumulator) and self._is_mappable(value.right)
        is_right = _loads(value.right, accumulator) and self._is_mappable(value.left)
        if not is_left and not (is_right and value.op is not ir.BinaryOp.SUB):
            raise _NotAForm
        self._uses[accumulator.local] += 2
        self.forms.append(Fold(accumulator, value.op))

    def _selection(self, statement: ir.If) -> ir.If:
        compare = statement.condition
        assigns = list(_assigns(statement.then))
        if statement.otherwise or not isinstance(compare, ir.Compare) or compare.op not in _ORDERS:
            raise _NotAForm
        new, old, op = compare.left, compare.right, compare.op
        if not self._is_mappable(new):
            new, old, op = old, new, _mirrored(op)
        if not isinstance(old, ir.Load) or not self._is_mappable(new):
            raise _NotAForm
        best = self._outer_scalar(old.place)
        if best.type == ir.BOOL:
            raise _NotAForm
        payloads: list[ir.LocalPlace] = []
        is_best_set = False
        for assignment in assigns:
            target = self._outer_scalar(assignment.target)
            if target == best and assignment.value == new and not is_best_set:
                is_best_set = True
            elif target == best or not self._is_mappable(assignment.value):
                raise _NotAForm
            else:
                payloads.append(target)
        if not is_best_set or len(set(payloads)) != len(payloads):
            raise _NotAForm
        for place in (best, best, *payloads):
            self._uses[place.local] += 1
        taken = self._table.add("$taken", ir.INT)
        self.forms.append(Selection(best, op, tuple(payloads), taken))
        return replace(statement, then=(assign(taken, const(1)), *statement.then))

    def is_exclusive(self) -> bool:
        """Tell whether accumulators are mentioned by their own forms alone, with one operator each."""
        found: Counter[ir.LocalId] = Counter()
        oracle = self._body.summaries
        for statement in statements_in(self._body.loop.body):
            access = access_of(statement, oracle)
            for place in (*places_read(statement, oracle), *access.assigned):
                path = path_of(place)
                if path is not None and path.local in self._uses:
                    found[path.local] += 1
        owners = Counter(p.local for form in dict.fromkeys(self.forms) for p in places_of(form))
        return found == self._uses and all(count == 1 for count in owners.values())


def _assigns(block: ir.Block) -> Iterator[ir.Assign]:
    for statement in block:
        if isinstance(statement, ir.Scope):
            for inner in blocks_of(statement):
                yield from _assigns(inner)
        elif isinstance(statement, ir.Assign):
            yield statement
        else:
            raise _NotAForm


def _loads(expr: ir.Expr, place: ir.LocalPlace) -> bool:
    return isinstance(expr, ir.Load) and expr.place == place


def _mirrored(op: ir.CompareOp) -> ir.CompareOp:
    return {
        ir.CompareOp.LT: ir.CompareOp.GT,
        ir.CompareOp.GT: ir.CompareOp.LT,
        ir.CompareOp.LE: ir.CompareOp.GE,
        ir.CompareOp.GE: ir.CompareOp.LE,
    }[op]


# ------------------------------------------------------------------------------------------------- generated code


def places_of(form: Form) -> tuple[ir.LocalPlace, ...]:
    """Give the program's variables that a form updates."""
    if isinstance(form, Fold):
        return (form.accumulator,)
    return (form.best, *form.payloads)


def words_of(form: Form) -> tuple[ir.LocalPlace, ...]:
    """Give the variables whose values a chunk returns, in order."""
    if isinstance(form, Fold):
        return (form.accumulator,)
    return (form.taken, form.best, *form.payloads)


def captured_by(form: Form) -> tuple[ir.LocalPlace, ...]:
    """Give the accumulators that a chunk needs to start from."""
    return () if isinstance(form, Fold) else (form.best,)


def start(form: Form) -> ir.Block:
    """Make the statements that prepare a chunk's accumulators."""
    if isinstance(form, Fold):
        type_ = form.accumulator.type
        assert isinstance(type_, ir.IntType)
        identity = _IDENTITY[form.op]
        if identity < 0 and not type_.is_signed:
            identity += 1 << type_.bits
        return (assign(form.accumulator, ir.Const(type_, identity)),)
    return (assign(form.taken, const(0)),)


def combine(form: Form, words: tuple[ir.LocalPlace, ...]) -> ir.Block:
    """Make the statements that join a chunk's words, in variables of the same types, with home's."""
    if isinstance(form, Fold):
        op = _COMBINE.get(form.op, form.op)
        total = binary(op, load(form.accumulator), load(words[0]))
        return (assign(form.accumulator, total),)
    taken, best, *payloads = words
    better = ir.Compare(form.op, load(best), load(form.best))
    pairs = zip(form.payloads, payloads, strict=True)
    update = (
        assign(form.best, load(best)),
        *(assign(place, load(word)) for place, word in pairs),
    )
    was_taken = ir.Compare(ir.CompareOp.NE, load(taken), const(0))
    return (when(was_taken, (when(better, update),)),)


def words(form: Form, name: str) -> str:
    """Say what a form does; `name` is its first variable's."""
    if isinstance(form, Fold):
        return f"{name} is folded with {form.op.value}"
    return f"{name} is selected with {form.op.value}"
