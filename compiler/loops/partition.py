"""Lists of which each iteration reads and writes only elements of its own (loops rules, section 4).

All accesses `a[f]` of such a list in a loop over `i` have an index of the form `A * i + r + C`,
with the same `A` and `C`, which the loop does not change, and with `r` within bounds that are known
at the loop's start. Whether the stretches of different iterations are then disjoint is decided at
run time: `_is_disjoint` in `tape.mojo` says yes only if `|A * step|` exceeds the spread of `r` and
nothing wraps. If it says no, the loop runs at home.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.build import GENERATED, binary, const
from meshnode.compiler.loops.walk import (
    MutationOracle,
    access_of,
    indexes_of,
    locals_written_by,
    map_operands,
    path_of,
    places_read_by,
    statements_in,
)

_CONSTANT_MAX = 1 << 20
"""Constants in index expressions; larger ones are left alone so that no bound can overflow."""

_DEPTH_MAX = 8
"""Variables within variables that an index expression is followed through."""


class Partition(msgspec.Struct, frozen=True):
    """One list whose elements are divided among the iterations."""

    local: ir.LocalId
    coefficient: ir.Expr
    """`A`: by how much the index grows with `i`."""
    lows: tuple[ir.Expr, ...]
    """Lower bounds of `r`, one for each access."""
    highs: tuple[ir.Expr, ...]
    """Upper bounds of `r`, inclusive."""


class _Linear(msgspec.Struct, frozen=True):
    """`coefficient * i + r + rest` with `low <= r <= high`."""

    coefficient: ir.Expr | None
    low: ir.Expr
    high: ir.Expr
    rest: tuple[ir.Expr, ...] = ()


class _NotLinear(Exception):  # noqa: N818 - not an error: ends the search
    pass


class Partitions:
    """Finds the partitioned lists of one loop."""

    def __init__(
        self,
        function: ir.Function,
        loop: ir.ForRange,
        oracle: MutationOracle,
        *,
        must_be_disjoint: bool = True,
    ) -> None:
        self._must_be_disjoint = must_be_disjoint
        self._function = function
        self._loop = loop
        self._oracle = oracle
        self._written = locals_written_by(loop.body, oracle)
        self._definitions: dict[ir.LocalId, list[ir.Statement]] = {}
        for statement in statements_in(loop.body):
            access = access_of(statement, oracle)
            for place in access.assigned + access.changed:
                path = path_of(place)
                if path is not None:
                    self._definitions.setdefault(path.local, []).append(statement)

    def find(self, candidates: frozenset[ir.LocalId]) -> tuple[Partition, ...]:
        """Give the partitioned ones of some lists from outside the loop."""
        if self._loop.index in self._written:
            return ()
        found = []
        for local in sorted(candidates):
            try:
                partition = self._partition(local)
            except _NotLinear:
                continue
            if partition is not None:
                found.append(partition)
        return tuple(found)

    def _partition(self, local: ir.LocalId) -> Partition | None:
        type_ = self._function.locals[local].type
        if not isinstance(type_, ir.StructType) or not type_.struct.startswith("List["):
            return None
        is_read = False
        linears: list[_Linear] = []
        for statement in statements_in(self._loop.body):
            for place, is_load in self._mentions(statement, local):
                is_read |= is_load
                linears.append(self._linear(_own_element(place).index, _DEPTH_MAX))
        if not is_read:
            return None  # replay alone applies the writes
        first = linears[0]
        if first.coefficient is None:
            return None
        for other in linears:
            if (other.coefficient, other.rest) != (first.coefficient, first.rest):
                return None
        partition = Partition(
            local,
            first.coefficient,
            tuple(dict.fromkeys(linear.low for linear in linears)),
            tuple(dict.fromkeys(linear.high for linear in linears)),
        )
        if self._must_be_disjoint and self._surely_overlaps(partition):
            return None
        return partition

    def _surely_overlaps(self, partition: Partition) -> bool:
        """Tell whether all is constant and home's check could only say no."""
        lows = [_known(low) for low in partition.lows]
        highs = [_known(high) for high in partition.highs]
        coefficient, step = _known(partition.coefficient), _known(self._loop.step)
        known_lows = [low for low in lows if low is not None]
        known_highs = [high for high in highs if high is not None]
        if coefficient is None or step is None:
            return False
        if len(known_lows) < len(lows) or len(known_highs) < len(highs):
            return False
        return max(known_highs) - min(known_lows) >= abs(coefficient * step)

    def _mentions(
        self, statement: ir.Statement, local: ir.LocalId
    ) -> Iterator[tuple[ir.Place, bool]]:
        """Walk the accesses to a list in one statement, each with whether it reads.

        A statement that may change more than elements ends the search.
        """
        access = access_of(statement, self._oracle)
        values = (*access.values, *(i for p in access.places() for i in indexes_of(p)))
        read = [p for value in values for p in places_read_by(value) if not _is_own_length(p)]
        read += [p for p in access.read if not _is_length(statement, p)]
        yield from ((place, True) for place in read if _is_of(place, local))
        if any(_is_of(place, local) for place in access.changed):
            raise _NotLinear
        for place in access.assigned:
            if _is_of(place, local):
                if not isinstance(statement, ir.Assign):
                    raise _NotLinear
                yield place, False

    # ------------------------------------------------------------------------------------------ index expressions

    def _linear(self, expr: ir.Expr, depth: int) -> _Linear:
        if self._is_invariant(expr):
            return self._constant(expr)
        if isinstance(expr, ir.Binary):
            return self._binary(expr, depth)
        if isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace):
            return self._variable(expr.place.local, depth)
        raise _NotLinear

    def _constant(self, expr: ir.Expr) -> _Linear:
        if isinstance(expr, ir.Const):
            if abs(expr.value) > _CONSTANT_MAX:
                raise _NotLinear
            return _Linear(None, expr, expr)
        return _Linear(None, const(0), const(0), (_without_spans(expr),))

    def _variable(self, local: ir.LocalId, depth: int) -> _Linear:
        if local == self._loop.index:
            return _Linear(const(1), const(0), const(0))
        definitions = self._definitions.get(local, [])
        if len(definitions) != 1 or depth == 0:
            raise _NotLinear
        (definition,) = definitions
        if isinstance(definition, ir.Assign) and isinstance(definition.target, ir.LocalPlace):
            return self._linear(definition.value, depth - 1)
        if isinstance(definition, ir.ForRange) and isinstance(definition.step, ir.Const):
            start, stop = definition.start, definition.stop
            if self._is_invariant(start) and self._is_invariant(stop):
                if definition.step.value > 0:
                    return _Linear(None, start, binary(ir.BinaryOp.SUB, stop, const(1)))
                return _Linear(None, binary(ir.BinaryOp.ADD, stop, const(1)), start)
        raise _NotLinear

    def _binary(self, expr: ir.Binary, depth: int) -> _Linear:
        match expr.op:
            case ir.BinaryOp.ADD:
                left, right = self._linear(expr.left, depth), self._linear(expr.right, depth)
                if left.coefficient is not None and right.coefficient is not None:
                    raise _NotLinear
                return _Linear(
                    left.coefficient or right.coefficient,
                    binary(ir.BinaryOp.ADD, left.low, right.low),
                    binary(ir.BinaryOp.ADD, left.high, right.high),
                    left.rest + right.rest,
                )
            case ir.BinaryOp.SUB if isinstance(expr.right, ir.Const):
                left, right = self._linear(expr.left, depth), self._constant(expr.right)
                return replace(
                    left,
                    low=binary(ir.BinaryOp.SUB, left.low, right.low),
                    high=binary(ir.BinaryOp.SUB, left.high, right.high),
                )
            case ir.BinaryOp.MUL:
                factor, other = expr.left, expr.right
                if not self._is_invariant(factor):
                    factor, other = other, factor
                linear = self._linear(other, depth)
                zero = const(0)
                is_index = linear == _Linear(const(1), zero, zero)
                if not self._is_invariant(factor) or not is_index:
                    raise _NotLinear
                return replace(linear, coefficient=_without_spans(factor))
            case _:
                raise _NotLinear

    def _is_invariant(self, expr: ir.Expr) -> bool:
        """Tell whether an Int expression is a constant or a variable that the loop does not write."""
        if isinstance(expr, ir.Const):
            return expr.type == ir.INT
        if not isinstance(expr, ir.Load) or expr.type != ir.INT:
            return False
        place = expr.place
        return (
            isinstance(place, ir.LocalPlace)
            and place.local not in self._written
            and place.local != self._loop.index
        )


def disjointness(partition: Partition) -> tuple[ir.Expr, ir.Expr, ir.Expr]:
    """Give the Int expressions that home's check takes: coefficient, lowest and highest `r`."""
    return (
        partition.coefficient,
        _extreme(partition.lows, ir.CompareOp.LT),
        _extreme(partition.highs, ir.CompareOp.GT),
    )


def _known(expr: ir.Expr) -> int | None:
    """Evaluate sums and differences of constants."""
    if isinstance(expr, ir.Const):
        return int(expr.value)
    if not isinstance(expr, ir.Binary):
        return None
    left, right = _known(expr.left), _known(expr.right)
    if left is None or right is None:
        return None
    return left + right if expr.op is ir.BinaryOp.ADD else left - right


def _extreme(values: tuple[ir.Expr, ...], op: ir.CompareOp) -> ir.Expr:
    result = values[0]
    for value in values[1:]:
        result = ir.Select(ir.Compare(op, value, result), value, result, ir.INT)
    return result


def variables_of(partition: Partition) -> Iterator[ir.Place]:
    """Walk the variables that the check reads; each is bounded before it is used."""
    for expr in (partition.coefficient, *partition.lows, *partition.highs):
        yield from places_read_by(expr)


def _is_of(place: ir.Place, local: ir.LocalId) -> bool:
    path = path_of(place)
    return path is not None and path.local == local


def _own_element(place: ir.Place) -> ir.ElementPlace:
    """Find the element of the list itself that a place lies in, be it in a row of rows."""
    match place:
        case ir.ElementPlace(base=ir.LocalPlace()):
            return place
        case ir.FieldPlace(base=base) | ir.ElementPlace(base=base):
            return _own_element(base)
        case _:
            raise _NotLinear


def _is_own_length(place: ir.Place) -> bool:
    """Tell whether a place is the length of a list that is a variable: writes to elements leave it alone."""
    match place:
        case ir.FieldPlace(base=ir.LocalPlace(), name="length"):
            return True
        case _:
            return False


def _is_length(statement: ir.Statement, place: ir.Place) -> bool:
    is_call = isinstance(statement, ir.Call) and statement.function.endswith(".__len__")
    return is_call and isinstance(place, ir.LocalPlace)


def _without_spans(expr: ir.Expr) -> ir.Expr:
    """Make expressions comparable wherever they stand."""
    if isinstance(expr, ir.Binary):
        expr = replace(expr, span=GENERATED)
    return map_operands(expr, _without_spans)
