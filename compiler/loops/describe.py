"""Describe a split loop for `explain`."""

from collections.abc import Iterator

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops import forms as form_rules
from meshnode.compiler.loops.blocks import Stretch, find_stretches
from meshnode.compiler.loops.effects import Summaries, trips
from meshnode.compiler.loops.mappable import LoopBody
from meshnode.compiler.loops.pack import type_name
from meshnode.compiler.loops.plan import LoopPlan
from meshnode.compiler.loops.report import Capture, LoopReport, Verdict
from meshnode.compiler.loops.walk import Path, blocks_of

_NOTE = 40
"""Operations for each byte of tape below which `explain` adds that it may not be worth it."""

_BYTES = {"_push_int": 2, "_push_half": 4, "_push_word": 8}
"""Bytes that a push puts on the tape, roughly; `_PACKED_BYTES` for strings, lists and structs."""

_PACKED_BYTES = 32


def describe(plan: LoopPlan, number: int, summaries: Summaries) -> LoopReport:
    """Give the report of a split loop."""
    body = plan.body
    captures = tuple(
        Capture(body.names.path(p).replace("`", ""), type_name(body.names.type_at(p)))
        for p in plan.captures
    )
    notes = []
    if plan.tape_types:
        sent = tape_bytes(plan.record)
        notes.append(f"roughly {plan.weight} operations and {sent} bytes of tape an iteration")
        has_loop = summaries.has_own_loop(plan.record)
        if plan.weight < _NOTE * sent or not has_loop:
            notes.append(
                "it may not be worth it: to send and replay the tape costs about as much as "
                "the loop itself; a probe decides at run time"
            )
    return LoopReport(
        number=number,
        function=body.function.function,
        span=body.loop.span,
        verdict=Verdict.DISTRIBUTED,
        recorded=plan.recorded,
        replayed=plan.replayed,
        captures=captures,
        tape=plan.tape_types,
        forms=_forms(plan),
        closed=_closed(body),
        notes=tuple(notes),
    )


def _closed(body: LoopBody) -> tuple[str, ...]:
    words = [closed.words(body.names.local(closed.variable.local)) for closed in body.closed]
    if body.draws:
        words.append(
            "each iteration draws equally many random numbers: chunks draw the program's own"
        )
    return tuple(words)


def _forms(plan: LoopPlan) -> tuple[str, ...]:
    names = plan.body.names
    forms = tuple(
        form_rules.words(form, names.path(Path(form_rules.places_of(form)[0].local)))
        for form in plan.forms
    )
    blocks = dict.fromkeys(stretch.list.local for stretch in _stretches(plan))
    return forms + tuple(f"{names.local(list_)} is written in blocks" for list_ in blocks)


def _stretches(plan: LoopPlan) -> Iterator[Stretch]:
    replay = replace(plan.body.loop, body=plan.replay, otherwise=())
    return find_stretches((replay,), len(plan.body.function.locals))


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
