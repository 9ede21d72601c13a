"""Split the distributable loops of a program: one module for home, one for the slices, one report for each loop.

Nothing is executed or lowered here: IR goes in, IR comes out.
"""

from dataclasses import dataclass

from meshnode.compiler import ir
from meshnode.compiler.loops.report import LoopReport

TAPE_ROOTS = (
    "_tape_start",
    "_tape_commit",
    "_push_int",
    "_push_word",
    "_push_half",
    "_push_bytes",
    "_tape_open",
    "_pop_int",
    "_pop_word",
    "_pop_half",
    "_pop_bytes",
    "_pop_count",
    "_check_read",
    "_loop_can_ask",
    "_loop_start",
    "_loop_next",
    "_trip_count",
    "_allocate",
)
"""Prelude functions that split loops call: roots for `check_program`."""

PROGRESS_CELL = 8
"""`mesh_progress` is the address of this static cell and of the two after it: iterations done, tape length, tape base."""


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """How eagerly loops are split; tests split everything that may be split."""

    must_be_worth_it: bool = True
    """Leave loops alone whose recorded part costs less than the tape."""
    loops_max: int = 32
    """Split loops of one program; each adds two copies of its body to the code."""


@dataclass(frozen=True, slots=True)
class SplitProgram:
    """What the back end lowers."""

    home: ir.Module
    """The program; each split loop asks the host and replays what the chunks recorded."""
    slice: ir.Module
    """`mesh_load` and `mesh_chunk` (exported) and what they reach; its `main` is `mesh_chunk`'s function."""
    loops: tuple[LoopReport, ...]
    """All loops of the program's own functions, in the order of the source."""


def split_loops(module: ir.Module, options: SplitOptions | None = None) -> SplitProgram:
    """Split every loop that may be distributed and is worth it."""
    raise NotImplementedError
