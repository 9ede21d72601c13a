"""Closed forms: carried integers whose value at any iteration can be computed at once (loops rules, section 2).

`x = a*x + c` with `a` and `c` that the loop does not change, once or several times in every iteration: a counter, or a
linear congruential generator. Steps compose, and the step of many iterations is the power of one's, so that a chunk
starts with the value that `x` has in the sequential run. Integers wrap; all is exact modulo 2^64, and in its low bits
modulo any smaller power of two, which is what `& mask` keeps. `(a*x + c) % m` for another `m` is exact if nothing in
it leaves the type for any `x` below `m`; home checks that it starts below `m`.
"""

from collections.abc import Iterator

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.build import binary
from meshnode.compiler.loops.walk import (
    MutationOracle,
    Path,
    blocks_of,
    leaves_abruptly,
    locals_written_by,
    path_of,
    paths_written_by,
    places_read_by,
)

_MODULUS_MAX = 1 << 31
"""Moduli below which a product of two residues stays within 64 bits."""


class Affine(msgspec.Struct, frozen=True):
    """`x -> factor * x + addend`, wrapping."""

    factor: ir.Expr
    addend: ir.Expr


class Repeat(msgspec.Struct, frozen=True):
    """Steps of an inner loop whose bounds the outer one does not change."""

    loop: ir.ForRange
    steps: tuple["Step", ...]


Step = Affine | Repeat


class Closed(msgspec.Struct, frozen=True):
    """A carried integer with a closed form."""

    variable: ir.LocalPlace
    steps: tuple[Step, ...]
    """Of one iteration, in order."""
    modulus: int
    """What each value is reduced by; 0 if it only wraps."""

    def words(self, name: str) -> str:
        """Say what a chunk does with the variable."""
        count = _updates(self.steps)
        each = "each iteration" if count == 1 else f"{count} times an iteration"
        if count is None:
            each = "in an inner loop"
        return f"{name} follows a rule, {each}: chunks compute where they start"

    @property
    def is_masked(self) -> bool:
        """Tell whether the modulus is a power of two, which any start will do for."""
        return self.modulus & (self.modulus - 1) == 0

    def captured(self) -> Iterator[ir.Place]:
        """Walk the places that a chunk needs to compute the variable: it and what its steps read."""
        yield self.variable
        yield from places_of_steps(self.steps)


def _updates(steps: tuple[Step, ...]) -> int | None:
    """Count the updates of one iteration; None if there is an inner loop."""
    if any(isinstance(step, Repeat) for step in steps):
        return None
    return len(steps)


def places_of_steps(steps: tuple[Step, ...]) -> Iterator[ir.Place]:
    """Walk the places that steps read."""
    for step in steps:
        if isinstance(step, Affine):
            yield from places_read_by(step.factor)
            yield from places_read_by(step.addend)
        else:
            for bound in (step.loop.start, step.loop.stop, step.loop.step):
                yield from places_read_by(bound)
            yield from places_of_steps(step.steps)


class _NoForm(Exception):  # noqa: N818 - not an error: ends the search
    pass


def find_closed(
    loop: ir.ForRange,
    candidates: frozenset[ir.LocalId],
    locals_: tuple[ir.Local, ...],
    oracle: MutationOracle,
    *,
    must_be_steady: bool = True,
) -> tuple[Closed, ...]:
    """Give those of some variables from outside a loop that have a closed form."""
    found: list[Closed] = []
    for local in sorted(candidates):
        type_ = locals_[local].type
        if not isinstance(type_, ir.IntType):
            continue
        search = _Search(loop, ir.LocalPlace(local, type_), oracle, must_be_steady)
        try:
            found.append(search.closed())
        except _NoForm:
            continue
    return tuple(found)


class _Search:
    def __init__(
        self,
        loop: ir.ForRange,
        variable: ir.LocalPlace,
        oracle: MutationOracle,
        must_be_steady: bool,  # noqa: FBT001 - a rule that a test drops
    ) -> None:
        self._must_be_steady = must_be_steady
        self._loop = loop
        self._variable = variable
        self._oracle = oracle
        self._written = paths_written_by(loop.body, oracle) | {Path(loop.index)}
        self._modulus: int | None = None
        self._is_left = False
        """An iteration may have been ended by a `continue`."""

    def closed(self) -> Closed:
        steps = self._steps(self._loop.body)
        if not steps:
            raise _NoForm
        return Closed(self._variable, steps, self._modulus or 0)

    def _steps(self, block: ir.Block) -> tuple[Step, ...]:
        """Collect the updates of a block, each of which runs once whenever the block does."""
        steps: list[Step] = []
        for statement in block:
            if isinstance(statement, ir.Scope):
                steps += self._steps(statement.body)
                continue
            if not self._writes((statement,)):
                self._is_left |= continues(statement)
                continue
            if self._is_left and self._must_be_steady:
                raise _NoForm
            match statement:
                case ir.Assign(target=target) if target == self._variable:
                    steps.append(self._update(statement.value))
                case ir.ForRange():
                    steps.append(self._repeat(statement))
                case ir.If(then=then, otherwise=()) if not self._must_be_steady:
                    steps += self._steps(then)
                case _:
                    raise _NoForm
        return tuple(steps)

    def _writes(self, block: ir.Block) -> bool:
        return self._variable.local in locals_written_by(block, self._oracle)

    def _repeat(self, loop: ir.ForRange) -> Repeat:
        bounds = (loop.start, loop.stop, loop.step)
        if not all(is_invariant(bound, ir.INT, self._written) for bound in bounds):
            raise _NoForm
        if self._writes(loop.otherwise) or any(leaves_abruptly(s) for s in loop.body):
            raise _NoForm
        steps = self._steps(loop.body)
        return Repeat(loop, steps)

    # ------------------------------------------------------------------------------------------ one update

    def _update(self, value: ir.Expr) -> Affine:
        inner, modulus = self._reduction(value)
        if modulus & (modulus - 1) and not self._stays_within(inner, modulus):
            raise _NoForm
        if self._modulus not in {None, modulus}:
            raise _NoForm
        self._modulus = modulus
        return self._affine(inner)

    def _reduction(self, value: ir.Expr) -> tuple[ir.Expr, int]:
        """Take the modulus off a value: 0 if there is none."""
        if isinstance(value, ir.Binary) and isinstance(value.right, ir.Const):
            number = int(value.right.value)
            if value.op is ir.BinaryOp.MOD and number > 1:
                return value.left, number
            if value.op is ir.BinaryOp.AND and number > 0 and not number & (number + 1):
                return value.left, number + 1
        return value, 0

    def _stays_within(self, expr: ir.Expr, modulus: int) -> bool:
        """Tell whether no part of a value leaves the type for any `x` below the modulus."""
        if modulus > _MODULUS_MAX:
            return False
        try:
            _interval(expr, self._variable, modulus)
        except _NoForm:
            return False
        return True

    def _affine(self, expr: ir.Expr) -> Affine:
        type_ = self._variable.type
        zero, one = ir.Const(type_, 0), ir.Const(type_, 1)
        if isinstance(expr, ir.Load) and expr.place == self._variable:
            return Affine(one, zero)
        if is_invariant(expr, type_, self._written):
            return Affine(zero, expr)
        if isinstance(expr, ir.Unary) and expr.op is ir.UnaryOp.NEG:
            inner = self._affine(expr.operand)
            return Affine(_minus(zero, inner.factor), _minus(zero, inner.addend))
        if not isinstance(expr, ir.Binary):
            raise _NoForm
        return self._binary(expr)

    def _binary(self, expr: ir.Binary) -> Affine:
        left, right = self._affine(expr.left), self._affine(expr.right)
        match expr.op:
            case ir.BinaryOp.ADD:
                return Affine(_plus(left.factor, right.factor), _plus(left.addend, right.addend))
            case ir.BinaryOp.SUB:
                return Affine(_minus(left.factor, right.factor), _minus(left.addend, right.addend))
            case ir.BinaryOp.MUL:
                if _is_zero(left.factor):
                    left, right = right, left
                if not _is_zero(right.factor):
                    raise _NoForm
                return Affine(_times(left.factor, right.addend), _times(left.addend, right.addend))
            case ir.BinaryOp.SHL if isinstance(expr.right, ir.Const):
                assert isinstance(expr.type, ir.IntType)
                count = int(expr.right.value) & (expr.type.bits - 1)
                factor = _wrapped(1 << count, expr.type)
                return Affine(_times(left.factor, factor), _times(left.addend, factor))
            case _:
                raise _NoForm


def is_invariant(expr: ir.Expr, type_: ir.Type, written: frozenset[Path]) -> bool:
    """Tell whether an expression has one value for the whole loop, which writes some places, and cannot fail."""
    if expr.type != type_:
        return False
    match expr:
        case ir.Const():
            return True
        case ir.Load(place=place):
            path = path_of(place)
            return _is_simple(place) and not any(
                path is None or path.overlaps(other) for other in written
            )
        case ir.Binary(op=ir.BinaryOp.ADD | ir.BinaryOp.SUB | ir.BinaryOp.MUL):
            parts = (expr.left, expr.right)
            return all(is_invariant(part, type_, written) for part in parts)
        case _:
            return False


def continues(statement: ir.Statement) -> bool:
    """Tell whether a `Continue` in a statement goes to a loop around it."""
    match statement:
        case ir.Continue():
            return True
        case ir.ForRange() | ir.While():
            return any(continues(s) for s in statement.otherwise)
        case _:
            return any(continues(s) for block in blocks_of(statement) for s in block)


def _interval(expr: ir.Expr, variable: ir.LocalPlace, modulus: int) -> tuple[int, int]:
    """Bound a value for `0 <= x < modulus`; raises if a part of it may leave the type."""
    match expr:
        case ir.Const():
            return int(expr.value), int(expr.value)
        case ir.Load(place=place) if place == variable:
            return 0, modulus - 1
        case ir.Binary(op=ir.BinaryOp.ADD | ir.BinaryOp.SUB | ir.BinaryOp.MUL):
            a, b = _interval(expr.left, variable, modulus)
            c, d = _interval(expr.right, variable, modulus)
            corners = {
                ir.BinaryOp.ADD: (a + c, b + d),
                ir.BinaryOp.SUB: (a - d, b - c),
                ir.BinaryOp.MUL: (a * c, a * d, b * c, b * d),
            }[expr.op]
            low, high = min(corners), max(corners)
        case _:
            raise _NoForm
    type_ = expr.type
    assert isinstance(type_, ir.IntType)
    bottom = -(1 << (type_.bits - 1)) if type_.is_signed else 0
    if low < bottom or high >= bottom + (1 << type_.bits):
        raise _NoForm
    return low, high


def _is_simple(place: ir.Place) -> bool:
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


def _is_zero(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Const) and expr.value == 0


def _wrapped(value: int, type_: ir.IntType) -> ir.Const:
    value &= (1 << type_.bits) - 1
    if type_.is_signed and value >> (type_.bits - 1):
        value -= 1 << type_.bits
    return ir.Const(type_, value)


def _plus(left: ir.Expr, right: ir.Expr) -> ir.Expr:
    return _folded(ir.BinaryOp.ADD, left, right)


def _minus(left: ir.Expr, right: ir.Expr) -> ir.Expr:
    return _folded(ir.BinaryOp.SUB, left, right)


def _times(left: ir.Expr, right: ir.Expr) -> ir.Expr:
    return _folded(ir.BinaryOp.MUL, left, right)


def _folded(op: ir.BinaryOp, left: ir.Expr, right: ir.Expr) -> ir.Expr:
    """Compute with constants, wrapping; leave the rest to run time."""
    if isinstance(left, ir.Const) and isinstance(right, ir.Const):
        assert isinstance(left.type, ir.IntType)
        one, other = int(left.value), int(right.value)
        value = {
            ir.BinaryOp.ADD: one + other,
            ir.BinaryOp.SUB: one - other,
            ir.BinaryOp.MUL: one * other,
        }[op]
        return _wrapped(value, left.type)
    return binary(op, left, right)
