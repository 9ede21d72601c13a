"""Folds and selections: what moves into the chunk (loops rules, section 4), and the code that this takes.

A chunk's tape then starts with a row of 8-byte words, the same for any length: the accumulators of its own iterations.
Home combines the rows in order. Float sums are no fold: their order matters. `recognise.py` finds the forms.
"""

from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.build import assign, binary, const, load, when


@unique
class FoldOp(Enum):
    """An associative and commutative operator on integers or, the logical ones, on Bool."""

    ADD = "+"
    """Partial differences add up too."""
    MUL = "*"
    AND = "&"
    OR = "|"
    XOR = "^"
    MIN = "min"
    MAX = "max"


class Fold(msgspec.Struct, frozen=True):
    """`acc = acc op e` on integers or Bool."""

    accumulator: ir.LocalPlace
    op: FoldOp


class Selection(msgspec.Struct, frozen=True):
    """`if e > best: best = e; payload = ...` in one of the four orders."""

    best: ir.LocalPlace
    op: ir.CompareOp
    """With the new value on the left."""
    payloads: tuple[ir.LocalPlace, ...]
    taken: ir.LocalPlace
    """1 in a chunk that selected anything."""


Form = Fold | Selection


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
        return (assign(form.accumulator, ir.Const(type_, _identity(form.op, type_))),)
    return (assign(form.taken, const(0)),)


def _identity(op: FoldOp, type_: ir.Type) -> int | bool:
    """Give the value that changes nothing."""
    if isinstance(type_, ir.BoolType):
        return op is FoldOp.AND
    assert isinstance(type_, ir.IntType)
    lowest = -(1 << (type_.bits - 1)) if type_.is_signed else 0
    highest = lowest + (1 << type_.bits) - 1
    match op:
        case FoldOp.ADD | FoldOp.OR | FoldOp.XOR:
            return 0
        case FoldOp.MUL:
            return 1
        case FoldOp.AND:
            return -1 if type_.is_signed else highest
        case FoldOp.MIN:
            return highest
        case FoldOp.MAX:
            return lowest


def combine(form: Form, words: tuple[ir.LocalPlace, ...]) -> ir.Block:
    """Make the statements that join a chunk's words, in variables of the same types, with home's."""
    if isinstance(form, Fold):
        return (assign(form.accumulator, _joined(form.op, form.accumulator, words[0])),)
    taken, best, *payloads = words
    better = ir.Compare(form.op, load(best), load(form.best))
    pairs = zip(form.payloads, payloads, strict=True)
    update = (
        assign(form.best, load(best)),
        *(assign(place, load(word)) for place, word in pairs),
    )
    was_taken = ir.Compare(ir.CompareOp.NE, load(taken), const(0))
    return (when(was_taken, (when(better, update),)),)


def _joined(op: FoldOp, one: ir.LocalPlace, other: ir.LocalPlace) -> ir.Expr:
    if op in {FoldOp.MIN, FoldOp.MAX}:
        order = ir.CompareOp.LT if op is FoldOp.MIN else ir.CompareOp.GT
        return ir.Select(
            ir.Compare(order, load(other), load(one)), load(other), load(one), one.type
        )
    return binary(ir.BinaryOp(op.value), load(one), load(other))


def words(form: Form, name: str) -> str:
    """Say what a form does; `name` is its first variable's."""
    if isinstance(form, Fold):
        return f"{name} is folded with {form.op.value}"
    return f"{name} is selected with {form.op.value}"
