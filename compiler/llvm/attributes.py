"""What LLVM is told of functions as a whole: which it may inline, which return, what it must leave alone."""

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import quoted
from meshnode.compiler.loops.effects import is_prelude
from meshnode.compiler.loops.walk import statements_in
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


def packs_captures(function: ir.Function) -> bool | None:
    """Tell of a function that packs (or unpacks) values whether it does so with captures at home; None of any other.

    Captures are packed and unpacked once for a loop run and a chunk; what iterations record, again and again.
    """
    kind = function.function.partition(" ")[0]
    return {"$push": True, "$pop": False}.get(kind)


_LONG = 80
"""Lines of text. Such a function is inlined only since nothing else calls it, and then optimised twice."""


def is_long_loop(
    function: ir.Function, lines: int, *, has_loop: bool, is_called_in_loop: bool
) -> bool:
    """Tell of a function of the program's own that its call costs nothing beside what it does."""
    is_long = has_loop and lines > _LONG
    return is_long and not is_called_in_loop and not is_prelude(function)


def called_in_loops(module: ir.Module) -> frozenset[ir.FunctionId]:
    """List what the program's own functions call within loops."""
    found: set[ir.FunctionId] = set()
    for function in module.functions.values():
        if is_prelude(function):
            continue
        for loop in statements_in(function.body):
            if isinstance(loop, ir.ForRange | ir.While):
                found |= {s.function for s in statements_in((loop,)) if isinstance(s, ir.Call)}
    return frozenset(found)


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
