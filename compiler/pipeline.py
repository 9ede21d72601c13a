"""The whole compiler on one screen: a program's text to its two modules, and to the other forms.

Runs in the compile child, since LLVM may abort its process; nothing here reads files or the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.skimming import defined_names
from meshnode.compiler.check.sources import Checked, Reading, check_sources, skim_sources
from meshnode.compiler.diagnostic import CompileError, Diagnostic, internal_error
from meshnode.compiler.ir_text import module_text
from meshnode.compiler.javascript.loader import loader_text
from meshnode.compiler.javascript.plain import plain_text
from meshnode.compiler.library import Prelude
from meshnode.compiler.llvm.units import counted_home, home_module, home_text, slice_module
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import TAPE_ROOTS, SplitProgram, split_loops
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_source
from meshnode.compiler.parse.tree_text import tree_text
from meshnode.compiler.program import CountedProgram, Program
from meshnode.compiler.runtime import ROOTS
from meshnode.compiler.wasm.wat import wat_text

_TODAY = CompileOptions()


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
    """The home module's optimised LLVM IR, without what is compiled once for all programs."""
    JS = "js"
    """A JavaScript loader with the home module inside."""
    JS_PLAIN = "js-plain"
    """Readable JavaScript without WebAssembly."""
    AST = "ast"
    """The tree of the main file, as text."""
    IR = "ir"
    """The typed IR before loops are split."""
    SPLIT = "split"
    """The typed IR of the home program with its replay functions, then that of the slices' record functions."""


def compile_program(
    source: str,
    file: str,
    prelude: Prelude,
    options: CompileOptions = _TODAY,
) -> Program:
    """Compile a program.

    Raises:
        CompileError: the program is wrong, or uses what is not supported yet.
    """
    checked = _check(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        split = split_loops(checked.module)
        return Program(_home(split, prelude), _slice(split, prelude), split.loops, checked.warnings)


def count_lines(
    source: str,
    file: str,
    prelude: Prelude,
    options: CompileOptions = _TODAY,
) -> CountedProgram:
    """Compile the home module of a program, the same instructions as always, and tell their lines.

    Raises:
        CompileError: as `compile_program`.
    """
    checked = _check(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        split = split_loops(checked.module)
        return CountedProgram(
            counted_home(split.home, prelude.units), split.loops, checked.warnings
        )


def emit(
    source: str,
    file: str,
    prelude: Prelude,
    form: Form,
    options: CompileOptions = _TODAY,
) -> bytes:
    """Compile a program into one of the forms.

    Raises:
        CompileError: as `compile_program`.
    """
    if form is Form.AST:
        parsed = parse_source(source, file, is_strict=options.is_strict)
        return tree_text(parsed.module).encode()
    module = check(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        return _written(module, file, form, prelude)


def _written(module: ir.Module, file: str, form: Form, prelude: Prelude) -> bytes:
    if form is Form.IR:
        return module_text(module).encode()
    if form is Form.JS_PLAIN:
        return plain_text(module, file).encode()
    split = split_loops(module)
    match form:
        case Form.SPLIT:
            return f"{module_text(split.home)}\n{module_text(split.slice)}".encode()
        case Form.WASM:
            return _home(split, prelude)
        case Form.SLICE:
            return _slice(split, prelude)
        case Form.WAT:
            return wat_text(_home(split, prelude)).encode()
        case Form.LLVM:
            return home_text(split.home, prelude.units).encode()
        case Form.JS:
            return loader_text(_home(split, prelude), file).encode()
        case Form.AST:
            raise AssertionError("it needs no IR")


def find(
    source: str,
    file: str,
    prelude: Prelude,
    options: CompileOptions = _TODAY,
) -> tuple[Diagnostic, ...]:
    """Check a program and give the warnings; makes no code.

    Raises:
        CompileError: as `compile_program`.
    """
    with _faults_as_diagnostics(file):
        parsed = _parse(source, file, options)
        texts = [source, *(module.text for module in options.modules)]
        own = frozenset[str]().union(*map(defined_names, texts))
        reading = Reading(options.is_strict, own)
        found = skim_sources(parsed.main, prelude.names, prelude.known, parsed.modules, reading)
        return (*parsed.warnings, *found)


def check(
    source: str,
    file: str,
    prelude: Prelude,
    options: CompileOptions = _TODAY,
) -> ir.Module:
    """Parse a program with its modules, and check it with the prelude."""
    return _check(source, file, prelude, options).module


def _check(source: str, file: str, prelude: Prelude, options: CompileOptions) -> Checked:
    with _faults_as_diagnostics(file):
        parsed = _parse(source, file, options)
        roots = (*ROOTS, *TAPE_ROOTS)
        checked = check_sources(
            parsed.main, prelude.names, roots, parsed.modules, is_strict=options.is_strict
        )
        return Checked(checked.module, (*parsed.warnings, *checked.warnings))


@contextmanager
def _faults_as_diagnostics(file: str) -> Iterator[None]:
    """Make a diagnostic of an exception that nobody expects, so that it reaches the program's author as one."""
    try:
        yield
    except CompileError:
        raise
    except Exception as error:
        raise CompileError((internal_error(error, ir.Span(file, 1, 1, 1, 1)),)) from error


class _Parsed(msgspec.Struct, frozen=True):
    """A program's files as trees."""

    main: tree.Module
    modules: dict[str, tree.Module]
    warnings: tuple[Diagnostic, ...]


def _parse(source: str, file: str, options: CompileOptions) -> _Parsed:
    main = parse_source(source, file, is_strict=options.is_strict)
    modules = [
        parse_source(module.text, module.file, is_strict=options.is_strict)
        for module in options.modules
    ]
    named = {
        module.name: parsed.module for module, parsed in zip(options.modules, modules, strict=True)
    }
    found = [warning for parsed in (main, *modules) for warning in parsed.warnings]
    return _Parsed(main.module, named, tuple(found))


def _home(split: SplitProgram, prelude: Prelude) -> bytes:
    return home_module(split.home, prelude.units)


def _slice(split: SplitProgram, prelude: Prelude) -> bytes:
    if not any(loop.verdict is Verdict.DISTRIBUTED for loop in split.loops):
        return b""
    return slice_module(split.slice, prelude.units)
