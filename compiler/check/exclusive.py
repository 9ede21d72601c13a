"""Exclusivity at calls: what a callee may change must not be reached through another argument as well."""

from collections.abc import Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.values import SignatureParameter
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


class Passed(msgspec.Struct, frozen=True):
    """One argument of the call in the IR."""

    number: int
    """Which of the written arguments it comes from; -1 if the callee captures it."""
    parameter: SignatureParameter
    argument: ir.Argument
    place: ir.Place | None
    """What the callee sees in place; None for what is its own."""
    is_captured: bool = False
    """The callee is, or is given, a function that captures it."""


def check(body: Body, passed: Sequence[Passed], extent: tree.Extent) -> None:
    """Refuse a mutable argument that overlaps another one."""
    if body.env.module.is_prelude:
        return
    for mutable in passed:
        if mutable.parameter.passing is not ir.Passing.MUTATE or mutable.place is None:
            continue
        for other in passed:
            if (
                other.place is not None
                and other.number != mutable.number
                and _may_overlap(mutable.place, other.place)
            ):
                body.env.fail(
                    Code.OWNERSHIP,
                    f"argument '{mutable.parameter.name}' is mutable and overlaps another argument of the same call",
                    extent,
                    suggestion="copy one of them first",
                )


def _may_overlap(left: ir.Place, right: ir.Place) -> bool:
    """Tell whether two places may share memory; different fields of one object do not."""
    left_path, right_path = _path(left), _path(right)
    for a, b in zip(left_path, right_path, strict=False):
        if isinstance(a, ir.LocalPlace) or isinstance(b, ir.LocalPlace):
            if a != b:
                return False
        elif isinstance(a, ir.FieldPlace) and isinstance(b, ir.FieldPlace) and a.name != b.name:
            return False
    return True


def _path(place: ir.Place) -> list[ir.Place]:
    """Give the place and all that it lies in, outermost first."""
    path = [place]
    while isinstance(path[-1], ir.FieldPlace | ir.ElementPlace):
        path.append(path[-1].base)
    return path[::-1]
