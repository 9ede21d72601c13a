"""What comes out of a child: outcomes of a slice, calls of a home program."""

from typing import TypeAlias

import msgspec

from meshnode.sandbox.line_costs import LineCost


class LoadOutcome(msgspec.Struct, frozen=True, tag="load"):
    """What `mesh_load` did."""

    operations: int
    trap: str | None
    """None if the captures were taken; otherwise every chunk is empty with this trap."""


class ChunkOutcome(msgspec.Struct, frozen=True, tag="chunk"):
    """What a chunk did; the same on every host, apart from `wall_us`."""

    iterations_done: int
    """Whole iterations, from the chunk's start; fewer than asked after a trap or an early end."""
    tape: bytes
    """What whole iterations recorded."""
    operations: int
    trap: str | None
    """Why it stopped early ("out of operations", "unreachable", ...); None if it did not trap."""
    wall_us: int


class Printed(msgspec.Struct, frozen=True, tag="printed"):
    """The program printed; no reply."""

    descriptor: int
    """1 for stdout, 2 for stderr."""
    text: bytes


class Distribute(msgspec.Struct, frozen=True, tag="distribute"):
    """The program reached a loop that may be distributed; answered by `reply_run`."""

    loop: int
    count: int
    captures: bytes


class NextAsked(msgspec.Struct, frozen=True, tag="next"):
    """The program wants the run's next chunk in index order; answered by `reply_chunk`."""

    run: int


class Closed(msgspec.Struct, frozen=True, tag="close"):
    """The program is done with a run; no reply."""

    run: int


class ArgsAsked(msgspec.Struct, frozen=True, tag="args"):
    """The program wants its arguments; answered by `reply_args`."""


class TimeAsked(msgspec.Struct, frozen=True, tag="time"):
    """The program wants the time in nanoseconds; answered by `reply_time`."""


class Exited(msgspec.Struct, frozen=True, tag="exit"):
    """The program ended; nothing follows."""

    code: int
    """What it gave to `mesh.exit`; 0 when `main` returned."""
    operations: int
    trap: str | None
    """Why it was stopped, if it was; `code` has no meaning then."""
    costs: tuple[LineCost, ...] = ()
    """By source line, if they were asked for."""


HomeCall: TypeAlias = Printed | Distribute | NextAsked | Closed | ArgsAsked | TimeAsked | Exited
HOME_CALLS = (Printed, Distribute, NextAsked, Closed, ArgsAsked, TimeAsked, Exited)
"""The members of HomeCall."""
