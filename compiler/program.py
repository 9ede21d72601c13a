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


class CountedHome(msgspec.Struct, frozen=True):
    """A home module of which it is known what line each instruction comes from."""

    module: bytes
    files: tuple[str, ...]
    functions: dict[int, tuple[tuple[int, int, int], ...]]
    """The program's own, by index: from an offset in the body on, a file's number and a line (0: none by itself)."""


class CountedProgram(msgspec.Struct, frozen=True):
    """A program that is run to see what its lines cost."""

    home: CountedHome
    loops: tuple[LoopReport, ...]
    warnings: tuple[Diagnostic, ...]
