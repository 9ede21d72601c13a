"""What a compilation gives; apart from the compiler itself, so that a daemon need not load it."""

import msgspec

from meshnode.compiler.diagnostic import Diagnostic
from meshnode.compiler.loops.report import LoopReport


class Program(msgspec.Struct, frozen=True):
    """A compiled program."""

    home: bytes
    """The home module: `mesh_main`, replay, and the host's imports."""
    slice: bytes
    """The slice module that workers run; empty if no loop is distributed."""
    loops: tuple[LoopReport, ...]
    """What became of each of the program's own loops, in the order of the source."""
    warnings: tuple[Diagnostic, ...]
    """Findings that did not stop the compilation."""
