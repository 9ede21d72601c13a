"""The whole compiler on one screen: a program's text to its two modules, and to the other forms.

Runs in the compile child, since LLVM may abort its process; nothing here reads files or the clock. What only the
other forms need is imported by them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.skimming import defined_names
from meshnode.compiler.check.sources import (
    Checked,
    Reading,
    check_remembering,
    check_sources,
    skim_sources,
)
from meshnode.compiler.diagnostic import CompileError, Diagnostic, internal_error
from meshnode.compiler.library import Prelude
from meshnode.compiler.llvm.units import counted_home, home_module, home_text, slice_module
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import TAPE_ROOTS, SplitProgram, split_loops
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_source
from meshnode.compiler.program import CountedProgram, Program
from meshnode.compiler.runtime import ROOTS

_TODAY = CompileOptions()


Aside = Callable[[Callable[[], bytes]], Callable[[], bytes]]
"""Begins some work; gives what waits for its result."""


def at_once(work: Callable[[], bytes]) -> Callable[[], bytes]:
    """Do some work here and now."""
    result = work()
    return lambda: result


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
    aside: Aside = at_once,
) -> Program:
    """Compile a program; `aside` may make the slice module at the same time as the home module.

    Raises:
        CompileError: the program is wrong, or uses what is not supported yet.
    """
    checked = _check_remembering(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        split = split_loops(checked.module, facts=prelude.facts)
        wait = aside(lambda: _slice(split, prelude)) if _has_slices(split) else bytes
        home = _home(split, prelude)
        return Program(home, wait(), split.loops, checked.warnings)


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
    checked = _check_remembering(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        split = split_loops(checked.module, facts=prelude.facts)
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
        from meshnode.compiler.parse.tree_text import tree_text

        parsed = parse_source(source, file, is_strict=options.is_strict)
        return tree_text(parsed.module).encode()
    module = check(source, file, prelude, options)
    with _faults_as_diagnostics(file):
        return _written(module, file, form, prelude)


def _written(module: ir.Module, file: str, form: Form, prelude: Prelude) -> bytes:
    from meshnode.compiler.ir_text import module_text

    if form is Form.IR:
        return module_text(module).encode()
    if form is Form.JS_PLAIN:
        from meshnode.compiler.javascript.plain import plain_text

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
            from meshnode.compiler.wasm.wat import wat_text

            return wat_text(_home(split, prelude)).encode()
        case Form.LLVM:
            return home_text(split.home, prelude.units).encode()
        case Form.JS:
            from meshnode.compiler.javascript.loader import loader_text

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
        reading = Reading(options.is_strict, _own_names(source, options))
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


def _own_names(source: str, options: CompileOptions) -> frozenset[str]:
    texts = [source, *(module.text for module in options.modules)]
    return frozenset[str]().union(*map(defined_names, texts))


def _check_remembering(
    source: str, file: str, prelude: Prelude, options: CompileOptions
) -> Checked:
    with _faults_as_diagnostics(file):
        parsed = _parse(source, file, options)
        roots = (*ROOTS, *TAPE_ROOTS)
        reading = Reading(options.is_strict, _own_names(source, options), prelude.memory)
        checked = check_remembering(parsed.main, prelude.names, roots, parsed.modules, reading)
        return Checked(checked.module, (*parsed.warnings, *checked.warnings))


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


def _has_slices(split: SplitProgram) -> bool:
    return any(loop.verdict is Verdict.DISTRIBUTED for loop in split.loops)


def _slice(split: SplitProgram, prelude: Prelude) -> bytes:
    if not _has_slices(split):
        return b""
    return slice_module(split.slice, prelude.units)
