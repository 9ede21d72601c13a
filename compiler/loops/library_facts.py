"""What loop analysis found out about functions of the library: the same for every program."""

import msgspec
from msgspec.msgpack import Decoder

from meshnode.compiler import ir
from meshnode.compiler.stable import Facts


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

    def __init__(self, facts: Facts | None = None) -> None:
        facts = Facts() if facts is None else facts
        self.effects = facts.of("effects", Decoder(tuple[Effects, tuple[ir.FunctionId, ...]]))
        """What it does by itself, and what it calls."""
        self.overlapping = facts.of("overlapping", Decoder(frozenset[ir.FunctionId]))
        """What it calls with arguments that overlap."""
        self.storing = facts.of("storing", Decoder(bool))
        """Whether it writes through pointers."""
        self.callees = facts.of("callees", Decoder(tuple[ir.FunctionId, ...]))
        """What must be there if it is."""
