"""Why a loop stays at home: the first thing that stops it, in words, with what would help."""

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.aliases import Aliases
from meshnode.compiler.loops.effects import Summaries
from meshnode.compiler.loops.leaving import leaving_in
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.report import Reason, Verdict
from meshnode.compiler.loops.walk import Path, access_of, path_of, places_read, statements_in


class Refusal(msgspec.Struct, frozen=True):
    """Why a loop is not split."""

    verdict: Verdict
    reason: Reason


def refused_shape(loop: ir.ForRange, function: ir.Function, summaries: Summaries) -> Refusal | None:
    """Refuse loops of a shape that cannot be split at all."""
    if function.locals[loop.index].type != ir.INT:
        return _no("the loop counts in another type than Int", loop.span, "count in Int")
    if function.function in summaries.overlapping:
        return _no("the function is called with arguments that overlap", loop.span)
    if _runs_once(loop):
        return Refusal(Verdict.NOT_WORTH_IT, Reason("runs at most once", loop.span))
    return None


def aliased(
    loop: ir.ForRange | ir.While, function: ir.Function, aliases: Aliases
) -> Refusal | None:
    """Refuse a loop that writes through a pointer which may lead to a variable that the loop has, too."""
    store = aliases.stores((loop,), function)
    if store is None:
        return None
    taken = aliases.taken(function)
    for statement in statements_in((loop,)):
        access = access_of(statement, aliases.summaries)
        for place in (*places_read(statement, aliases.summaries), *access.assigned):
            path = path_of(place)
            if path is not None and path.local in taken:
                name = aliases.names(function).local(path.local)
                return _no(
                    f"writes through a pointer or a reference that may lead to {name}",
                    store.span,
                    "write to the variable itself, or to the list's elements by their index",
                )
    return None


def nothing_recorded(body: LoopBody) -> Refusal:
    """Name the first statement that stops the loop, stores of cheap values only if there is nothing else."""
    stopped = [s for s in statements_in(body.loop.body) if body.leaf(s) is not None]
    carried = [s for s in stopped if _carried(body) and not _is_store(s, body)]
    for statement in carried:
        summed = _float_sum(statement, body)
        if summed is None:
            reason = body.leaf(statement)
            assert reason is not None
            return Refusal(Verdict.NOT_DISTRIBUTED, reason)
    for statement in carried[:1]:
        message = (
            f"adds up {_float_sum(statement, body)}, a float, in order, and what it adds "
            "costs less than to send: not worth it"
        )
        return Refusal(Verdict.NOT_WORTH_IT, Reason(message, statement.span))
    message = "nothing in it is used afterwards"
    if stopped or body.written or body.partitions or leaving_in(body.loop.body):
        message = "its work costs less than to send the results: not worth it"
    span = stopped[0].span if stopped else body.loop.span
    return Refusal(Verdict.NOT_WORTH_IT, Reason(message, span))


def _no(message: str, span: ir.Span, advice: str | None = None) -> Refusal:
    return Refusal(Verdict.NOT_DISTRIBUTED, Reason(message, span, advice))


def _runs_once(loop: ir.ForRange) -> bool:
    bounds = (loop.start, loop.stop, loop.step)
    values = [int(b.value) for b in bounds if isinstance(b, ir.Const)]
    return len(values) == len(bounds) and values[2] != 0 and not range(*values)[1:]


def _carried(body: LoopBody) -> list[Path]:
    """Give the places that the body reads and that earlier iterations have written."""
    found: list[Path] = []
    for statement in statements_in(body.loop.body):
        for place in places_read(statement, body.summaries):
            path = path_of(place)
            if path is not None and any(path.overlaps(written) for written in body.written):
                found.append(path)
    return found


def _is_store(statement: ir.Statement, body: LoopBody) -> bool:
    """Tell whether only the target of an assignment keeps it from being recorded."""
    if not isinstance(statement, ir.Assign | ir.CopyBits):
        return False
    index = ir.LocalPlace(body.loop.index, statement.target.type)
    return body.leaf(replace(statement, target=index)) is None


def _float_sum(statement: ir.Statement, body: LoopBody) -> str | None:
    """Name the variable that a statement adds a mappable float to; None if it does anything else."""
    if not isinstance(statement, ir.Assign) or not isinstance(statement.value, ir.Binary):
        return None
    value, path = statement.value, path_of(statement.target)
    if path is None or not isinstance(value.type, ir.FloatType):
        return None
    if value.op not in {ir.BinaryOp.ADD, ir.BinaryOp.SUB}:
        return None
    if value.left != ir.Load(statement.target, value.type):
        return None
    return None if body.expression(value.right, statement.span) else body.names.path(path)
