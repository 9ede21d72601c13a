"""What statements of the IR touch, and rebuilding them with other expressions: the loops' one view on the IR's shape.

Judging what is touched (mappable, captured, written) is done elsewhere.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, assert_never

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir


class Path(msgspec.Struct, frozen=True):
    """A variable or a field within it; elements and pointees count as the whole that holds them."""

    local: ir.LocalId
    fields: tuple[str, ...] = ()

    def overlaps(self, other: "Path") -> bool:
        """Tell whether one of the two lies within the other."""
        if self.local != other.local:
            return False
        shared = min(len(self.fields), len(other.fields))
        return self.fields[:shared] == other.fields[:shared]


def path_of(place: ir.Place) -> Path | None:
    """Give the variable or field that a place lies in; None for a pointee, which may lie anywhere."""
    match place:
        case ir.LocalPlace():
            return Path(place.local)
        case ir.FieldPlace():
            base = path_of(place.base)
            if base is None or not _is_field_chain(place.base):
                return base
            return Path(base.local, (*base.fields, place.name))
        case ir.ElementPlace():
            return path_of(place.base)
        case ir.PointeePlace():
            return None
    assert_never(place)


def _is_field_chain(place: ir.Place) -> bool:
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.LocalPlace)


class MutationOracle(Protocol):
    """Knows whether a call may change what an argument refers to."""

    def changes(self, function: ir.FunctionId, parameter: int) -> bool:
        """Tell whether the callee may write (or take over) the argument's place."""
        ...


class Access(msgspec.Struct, frozen=True, gc=False):
    """What one statement touches by itself, its blocks left out."""

    values: tuple[ir.Expr, ...] = ()
    """Expressions evaluated; index expressions of the places below are not repeated here."""
    read: tuple[ir.Place, ...] = ()
    """Read through a reference."""
    assigned: tuple[ir.Place, ...] = ()
    """Overwritten without being read."""
    changed: tuple[ir.Place, ...] = ()
    """Read and written: mutated, moved from, dropped."""

    def places(self) -> tuple[ir.Place, ...]:
        """All places of the three kinds."""
        return self.read + self.assigned + self.changed


def access_of(  # noqa: C901, PLR0911 - one case a variant
    statement: ir.Statement, oracle: MutationOracle
) -> Access:
    """Tell what a statement touches by itself."""
    match statement:
        case ir.Assign():
            return Access(values=(statement.value,), assigned=(statement.target,))
        case ir.CopyBits():
            return Access(read=(statement.source,), assigned=(statement.target,))
        case ir.Move():
            return Access(assigned=(statement.target,), changed=(statement.source,))
        case ir.Drop():
            return Access(changed=(statement.place,))
        case ir.Call():
            return _call_access(statement, oracle)
        case ir.Perform():
            target = () if statement.target is None else (statement.target,)
            return Access(values=statement.arguments, assigned=target)
        case ir.If():
            return Access(values=(statement.condition,))
        case ir.ForRange():
            index = ir.LocalPlace(statement.index, ir.INT)
            return Access(
                values=(statement.start, statement.stop, statement.step), assigned=(index,)
            )
        case ir.While():
            return Access(values=(statement.condition,))
        case ir.Raise():
            return Access(changed=(statement.error,))
        case ir.Try():
            error = ir.LocalPlace(statement.error, ir.StructType(ir.StructId("Error")))
            return Access(assigned=(error,))
        case ir.Break() | ir.Continue() | ir.Return() | ir.Scope():
            return Access()
    assert_never(statement)


def _call_access(call: ir.Call, oracle: MutationOracle) -> Access:
    values: list[ir.Expr] = []
    read: list[ir.Place] = []
    changed: list[ir.Place] = []
    for number, argument in enumerate(call.arguments):
        if isinstance(argument, ir.ByValue):
            values.append(argument.value)
        elif oracle.changes(call.function, number):
            changed.append(argument.place)
        else:
            read.append(argument.place)
    target = () if call.target is None else (call.target,)
    return Access(tuple(values), tuple(read), target, tuple(changed))


def blocks_of(statement: ir.Statement) -> tuple[ir.Block, ...]:
    """Give a statement's blocks in program order."""
    match statement:
        case ir.If():
            return (statement.then, statement.otherwise)
        case ir.ForRange():
            return (statement.body, statement.otherwise)
        case ir.While():
            return (statement.prepare, statement.body, statement.otherwise)
        case ir.Try():
            return (statement.body, statement.handler, statement.otherwise)
        case ir.Scope():
            return (statement.body,)
        case _:
            return ()


_WITH_BLOCKS = (ir.If, ir.ForRange, ir.While, ir.Try, ir.Scope)


def statements_in(block: ir.Block) -> Iterator[ir.Statement]:
    """Walk all statements of a block and its inner blocks, outer before inner, in program order."""
    for statement in block:
        yield statement
        if isinstance(statement, _WITH_BLOCKS):
            for inner in blocks_of(statement):
                yield from statements_in(inner)


def locals_declared_in(block: ir.Block) -> frozenset[ir.LocalId]:
    """Give the locals that live within one execution of the block."""
    declared: set[ir.LocalId] = set()
    for statement in statements_in(block):
        if isinstance(statement, ir.Scope):
            declared.update(statement.locals)
        elif isinstance(statement, ir.ForRange):
            declared.add(statement.index)
    return frozenset(declared)


def paths_written_by(block: ir.Block, oracle: MutationOracle) -> frozenset[Path]:
    """Give the variables and fields that a block may write, wholly or in part."""
    accesses = [access_of(statement, oracle) for statement in statements_in(block)]
    written = [path_of(place) for a in accesses for place in a.assigned + a.changed]
    return frozenset(path for path in written if path is not None)


def locals_written_by(block: ir.Block, oracle: MutationOracle) -> frozenset[ir.LocalId]:
    """Give the locals that a block may write, wholly or in part."""
    return frozenset(path.local for path in paths_written_by(block, oracle))


def leaves_abruptly(statement: ir.Statement) -> bool:
    """Tell whether a `Break` or `Continue` in the statement goes to a loop around it, or it may `Return`."""
    match statement:
        case ir.Break() | ir.Continue() | ir.Return():
            return True
        case ir.ForRange() | ir.While():
            inner = statement.body + (statement.prepare if isinstance(statement, ir.While) else ())
            returns = any(isinstance(s, ir.Return) for s in statements_in(inner))
            return returns or any(leaves_abruptly(s) for s in statement.otherwise)
        case _:
            return any(leaves_abruptly(s) for block in blocks_of(statement) for s in block)


# --------------------------------------------------------------------------------------------------- expressions


def operands_of(expr: ir.Expr) -> tuple[ir.Expr, ...]:
    """Give an expression's direct operands, index expressions of a loaded place included."""
    match expr:
        case ir.Const() | ir.StaticBytes():
            return ()
        case ir.Load() | ir.AddressOf():
            return indexes_of(expr.place)
        case ir.Binary() | ir.Compare():
            return (expr.left, expr.right)
        case ir.Unary() | ir.Convert():
            return (expr.operand,)
        case ir.Select():
            return (expr.condition, expr.then, expr.otherwise)
        case ir.Pure():
            return expr.arguments
    assert_never(expr)


def indexes_of(place: ir.Place) -> tuple[ir.Expr, ...]:
    """Give the index and pointer expressions of a place, the innermost base's first."""
    match place:
        case ir.LocalPlace():
            return ()
        case ir.FieldPlace():
            return indexes_of(place.base)
        case ir.ElementPlace():
            return (*indexes_of(place.base), place.index)
        case ir.PointeePlace():
            return (place.pointer,)
    assert_never(place)


def expressions_in(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Walk an expression and all below it."""
    yield expr
    for operand in operands_of(expr):
        yield from expressions_in(operand)


def places_read_by(expr: ir.Expr) -> Iterator[ir.Place]:
    """Walk the places that an expression loads or takes the address of."""
    for inner in expressions_in(expr):
        if isinstance(inner, ir.Load | ir.AddressOf):
            yield inner.place


def places_read(statement: ir.Statement, oracle: MutationOracle) -> Iterator[ir.Place]:
    """Walk all places whose contents a statement uses by itself, its blocks left out."""
    access = access_of(statement, oracle)
    for value in access.values:
        yield from places_read_by(value)
    for place in access.places():
        for index in indexes_of(place):
            yield from places_read_by(index)
    yield from access.read + access.changed


def locals_read_in(block: ir.Block, oracle: MutationOracle) -> frozenset[ir.LocalId]:
    """Give the locals whose contents a block uses."""
    return frozenset(
        path.local
        for statement in statements_in(block)
        for place in places_read(statement, oracle)
        if (path := path_of(place)) is not None
    )


# ---------------------------------------------------------------------------------------------------- rebuilding

Rewrite = Callable[[ir.Expr], ir.Expr]
PlaceRewrite = Callable[[ir.Place], ir.Place]


def map_operands(expr: ir.Expr, rewrite: Rewrite) -> ir.Expr:
    """Rebuild an expression with each direct operand rewritten."""
    match expr:
        case ir.Const() | ir.StaticBytes():
            return expr
        case ir.Load() | ir.AddressOf():
            return replace(expr, place=map_indexes(expr.place, rewrite))
        case ir.Binary() | ir.Compare():
            return replace(expr, left=rewrite(expr.left), right=rewrite(expr.right))
        case ir.Unary() | ir.Convert():
            return replace(expr, operand=rewrite(expr.operand))
        case ir.Select():
            return replace(
                expr,
                condition=rewrite(expr.condition),
                then=rewrite(expr.then),
                otherwise=rewrite(expr.otherwise),
            )
        case ir.Pure():
            return replace(expr, arguments=tuple(rewrite(a) for a in expr.arguments))
    assert_never(expr)


def map_indexes(place: ir.Place, rewrite: Rewrite) -> ir.Place:
    """Rebuild a place with its index and pointer expressions rewritten."""
    match place:
        case ir.LocalPlace():
            return place
        case ir.FieldPlace():
            return replace(place, base=map_indexes(place.base, rewrite))
        case ir.ElementPlace():
            base = map_indexes(place.base, rewrite)
            return replace(place, base=base, index=rewrite(place.index))
        case ir.PointeePlace():
            return replace(place, pointer=rewrite(place.pointer))
    assert_never(place)


def map_leaf(  # noqa: C901, PLR0911 - one case a variant
    statement: ir.Statement, rewrite: Rewrite, place: PlaceRewrite | None = None
) -> ir.Statement:
    """Rebuild a statement with its own expressions (and places, if asked) rewritten; its blocks stay."""

    def at(old: ir.Place) -> ir.Place:
        return map_indexes(old, rewrite) if place is None else place(old)

    match statement:
        case ir.Assign():
            return replace(statement, target=at(statement.target), value=rewrite(statement.value))
        case ir.CopyBits() | ir.Move():
            return replace(statement, target=at(statement.target), source=at(statement.source))
        case ir.Drop():
            return replace(statement, place=at(statement.place))
        case ir.Call():
            arguments = tuple(
                ir.ByValue(rewrite(a.value))
                if isinstance(a, ir.ByValue)
                else ir.ByReference(at(a.place))
                for a in statement.arguments
            )
            target = None if statement.target is None else at(statement.target)
            return replace(statement, target=target, arguments=arguments)
        case ir.Perform():
            target = None if statement.target is None else at(statement.target)
            values = tuple(rewrite(a) for a in statement.arguments)
            return replace(statement, target=target, arguments=values)
        case ir.If():
            return replace(statement, condition=rewrite(statement.condition))
        case ir.While():
            return replace(statement, condition=rewrite(statement.condition))
        case ir.ForRange():
            return replace(
                statement,
                start=rewrite(statement.start),
                stop=rewrite(statement.stop),
                step=rewrite(statement.step),
            )
        case ir.Raise():
            return replace(statement, error=at(statement.error))
        case ir.Break() | ir.Continue() | ir.Return() | ir.Try() | ir.Scope():
            return statement
    assert_never(statement)


def map_places(block: ir.Block, place: PlaceRewrite) -> ir.Block:
    """Rebuild a block with every place rewritten from its root; `place` also sees loaded places."""

    def rewrite(expr: ir.Expr) -> ir.Expr:
        if isinstance(expr, ir.Load | ir.AddressOf):
            return replace(expr, place=at(expr.place))
        return map_operands(expr, rewrite)

    def at(old: ir.Place) -> ir.Place:
        return place(map_indexes(old, rewrite))

    return tuple(
        map_blocks(map_leaf(s, rewrite, at), lambda b: map_places(b, place)) for s in block
    )


def map_blocks(statement: ir.Statement, rewrite: Callable[[ir.Block], ir.Block]) -> ir.Statement:
    """Rebuild a statement with each of its blocks rewritten."""
    match statement:
        case ir.If():
            return replace(
                statement, then=rewrite(statement.then), otherwise=rewrite(statement.otherwise)
            )
        case ir.ForRange():
            return replace(
                statement, body=rewrite(statement.body), otherwise=rewrite(statement.otherwise)
            )
        case ir.While():
            return replace(
                statement,
                prepare=rewrite(statement.prepare),
                body=rewrite(statement.body),
                otherwise=rewrite(statement.otherwise),
            )
        case ir.Try():
            return replace(
                statement,
                body=rewrite(statement.body),
                handler=rewrite(statement.handler),
                otherwise=rewrite(statement.otherwise),
            )
        case ir.Scope():
            return replace(statement, body=rewrite(statement.body))
        case _:
            return statement
