"""The whole compiler on one screen: a program's text to its two modules, and to the other forms.

Runs in the compile child, since LLVM may abort its process; nothing here reads files or the clock.
"""

from collections.abc import Sequence
from enum import Enum, unique

from meshnode.compiler import ir, tree
from meshnode.compiler.check_program import check_program
from meshnode.compiler.ir_text import module_text
from meshnode.compiler.javascript.loader import loader_text
from meshnode.compiler.llvm_ir import lower_home, lower_slice
from meshnode.compiler.loops import TAPE_ROOTS, SplitProgram, Verdict, split_loops
from meshnode.compiler.module import link_home, link_slice
from meshnode.compiler.optimise import optimise
from meshnode.compiler.parse import parse_module
from meshnode.compiler.program import Program
from meshnode.compiler.runtime import ROOTS
from meshnode.compiler.wat import wat_text


@unique
class Form(Enum):
    """What `meshnode compile --emit` can write."""

    WASM = "wasm"
    """The home module."""
    SLICE = "slice"
    """The slice module; empty if no loop is distributed."""
    WAT = "wat"
    """The home module as text."""
    LLVM = "llvm"
    """The home module's optimised LLVM IR."""
    JS = "js"
    """A JavaScript loader with the home module inside."""
    IR = "ir"
    """The typed IR before loops are split."""


def compile_program(source: str, file: str, prelude: Sequence[tree.Module]) -> Program:
    """Compile a program.

    Raises:
        CompileError: the program is wrong, or uses what is not supported yet.
    """
    split = split_loops(check(source, file, prelude))
    return Program(_home(split), _slice(split), split.loops, warnings=())


def emit(source: str, file: str, prelude: Sequence[tree.Module], form: Form) -> bytes:
    """Compile a program into one of the forms.

    Raises:
        CompileError: as `compile_program`.
    """
    module = check(source, file, prelude)
    if form is Form.IR:
        return module_text(module).encode()
    split = split_loops(module)
    match form:
        case Form.WASM:
            return _home(split)
        case Form.SLICE:
            return _slice(split)
        case Form.WAT:
            return wat_text(_home(split)).encode()
        case Form.LLVM:
            return (optimise(lower_home(split.home), with_text=True).text or "").encode()
        case Form.JS:
            return loader_text(_home(split), file).encode()


def check(source: str, file: str, prelude: Sequence[tree.Module]) -> ir.Module:
    """Parse and check a program with the prelude."""
    return check_program(parse_module(source, file), prelude, (*ROOTS, *TAPE_ROOTS))


def _home(split: SplitProgram) -> bytes:
    return link_home(optimise(lower_home(split.home)).object_bytes)


def _slice(split: SplitProgram) -> bytes:
    if not any(loop.verdict is Verdict.DISTRIBUTED for loop in split.loops):
        return b""
    return link_slice(optimise(lower_slice(split.slice)).object_bytes)
