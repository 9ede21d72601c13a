"""What LLVM is told of functions as a whole: which it may inline, which return, what it must leave alone."""

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import quoted
from meshnode.compiler.runtime import BOUNDS_FAILED

_NEVER_INLINED = frozenset(
    {BOUNDS_FAILED, "_allocate", "_free_block", "_abort", "_tape_grow", "_loop_start", "_loop_next"}
    | {"_push_int", "_pop_int", "_loop_can_ask", "_LoopRun.__deinit__", "_tape_start"}
)
"""Cold functions, such as open and close a loop run; those that reuse memory under other types, which LLVM must not
look into; and loops that are called in many places."""
_RARE = frozenset({"_set_capacity", "_same_words"})
"""Not inlined, so that what calls them when there is no room, or more than a word, is small and is."""
NEVER_RETURN = frozenset({BOUNDS_FAILED, "_abort"})

_TEXT_FILES = frozenset(
    f"prelude/{name}.mojo" for name in ("big", "error", "format", "print", "read_number", "string")
)
"""Text and errors are small and not inlined: programs that print a lot compile twice as fast.

Those that do just a few things one after the other are: destructors, empty strings, literals."""
_FEW_STEPS = 5


_NO_TABLES = ('"no-jump-tables"="true"',)
"""Else each choice of two values is a jump through a table, which processors predict badly."""
_NO_LIBRARY = ('"no-builtin-strlen"', '"no-builtin-wcslen"')
"""Loops that LLVM would make calls of C's library of, which is not there."""


def is_apart(function: ir.Function) -> bool:
    """Tell whether a function is never inlined, so that it may stand in an object of its own."""
    is_rare = function.function.rpartition(".")[2] in _RARE
    return _is_text(function) or is_rare or function.function in _NEVER_INLINED


def _is_text(function: ir.Function) -> bool:
    return function.span.file in _TEXT_FILES and not _has_few_steps(function.body)


def _has_few_steps(body: ir.Block) -> bool:
    """Tell whether a function has neither loops nor choices, and little else."""
    steps: list[ir.Statement] = []
    for statement in body:
        steps += statement.body if isinstance(statement, ir.Scope) else (statement,)
    branching = (ir.Scope, ir.If, ir.ForRange, ir.While, ir.Try)
    return len(steps) <= _FEW_STEPS and not any(isinstance(step, branching) for step in steps)


def attributes(function: ir.Function) -> str:
    """Write a function's attributes."""
    words = ["nounwind", *_NO_TABLES, *_NO_LIBRARY]
    if _is_text(function):
        words.append("optsize")
    if is_apart(function):
        words.append("noinline")
    if function.function in NEVER_RETURN:
        words += ["cold", "noreturn"]
    if function.exported:
        words.append(f'"wasm-export-name"={quoted(function.exported)}')
    return " ".join(words)
