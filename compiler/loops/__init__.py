"""Loops: record on the mesh, replay at home.

Splits the IR's loops and explains which could not be split.
"""

from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import Capture, LoopReport, Reason, Verdict, explain
from meshnode.compiler.loops.split import TAPE_ROOTS, SplitProgram, split_loops

__all__ = [
    "TAPE_ROOTS",
    "Capture",
    "LoopReport",
    "Reason",
    "SplitOptions",
    "SplitProgram",
    "Verdict",
    "explain",
    "split_loops",
]
