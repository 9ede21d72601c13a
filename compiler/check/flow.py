"""What variables hold at the points of a function while it is checked, and the ways on which control leaves."""

from collections.abc import Sequence
from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.parse import tree


@unique
class State(Enum):
    """What a variable holds at a point of the program."""

    EMPTY = "uninitialised"
    FULL = "initialised"
    MOVED = "moved away"
    UNSURE = "initialised on some paths only"
    STALE = "referring to what was changed since"
    """Of references and views alone; see dangling.py."""


Key = ir.LocalId | tuple[ir.LocalId, str]
"""A variable, a field of an object under construction, or what a variable or a reference refers to."""

Flow = dict[Key, State]


class Bounds(msgspec.Struct):
    """How much of a function is checked more than once, so that this has a bound."""

    imagined: int = 0
    """How many calls of `imagine` are open."""
    is_lost: bool = False
    """They were too many in this statement."""
    statement: tree.Extent = (1, 1, 1, 1)
    """The statement that is checked for good, within which others may be imagined."""
    finals: int = 0
    """How many times `finally` parts were written out."""


class Handler(msgspec.Struct):
    """An open `try`."""

    flows: list[Flow]
    """What variables hold at the points that may raise."""
    error: ir.StructType | None = None
    """The type of the errors caught: that of the first that may be raised."""


class Final(msgspec.Struct, frozen=True):
    """An open `finally` part: every jump out of its `try` runs it first."""

    statements: Sequence[tree.Statement]
    loops: int
    """How many loops are open around it."""


class Loop(msgspec.Struct):
    """An open loop: the flows that leave it, and those that go on with it."""

    breaks: list[Flow]
    continues: list[Flow]
    stops: ir.LocalPlace | None = None
    """For an unrolled loop: set where a `break` leaves it as a whole."""
    assigned: set[Key] = msgspec.field(default_factory=set)
    """What its body gives values to, or takes them from."""
    first_use: int = 0
    """How many uses of references came before it."""


def merge(flows: list[Flow]) -> Flow | None:
    """Join paths; None if there are none."""
    if not flows:
        return None
    first, *others = flows
    result = dict(first)
    for flow in others:
        for key, state in flow.items():
            if result.setdefault(key, state) is not state:
                result[key] = State.UNSURE
    return result
