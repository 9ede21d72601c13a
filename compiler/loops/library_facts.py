"""What loop analysis found out about functions of the library: the same for every program."""

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.stable import Stable, Stays, nothing_stays


class Effects(msgspec.Struct, frozen=True):
    """One function's summary."""

    host: bool = False
    """Prints, or asks the host for something."""
    hidden: bool = False
    """Its result depends on more than its arguments: addresses, capacities, library state."""
    random: bool = False
    """Draws random numbers, or sets the seed."""
    ends: bool = False
    """Never returns: it ends the program. In a slice that is a trap, so it has no other effect there."""
    weight: int = 0
    """Operations of one call, roughly."""
    changed: frozenset[int] = frozenset()
    """Numbers of the parameters whose arguments a call may change."""


class LibraryFacts:
    """The facts that are kept, each by function."""

    def __init__(self, stays: Stays = nothing_stays) -> None:
        self.effects = Stable[tuple[Effects, tuple[ir.FunctionId, ...]]](stays)
        """What it does by itself, and what it calls."""
        self.overlapping = Stable[frozenset[ir.FunctionId]](stays)
        """What it calls with arguments that overlap."""
        self.storing = Stable[bool](stays)
        """Whether it writes through pointers."""
        self.callees = Stable[tuple[ir.FunctionId, ...]](stays)
        """What must be there if it is."""
