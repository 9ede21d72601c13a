"""A program's files to its typed IR: names are resolved, and the checker runs until it knows which functions raise."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.program import Checker
from meshnode.compiler.check.remembering import Memory, NameTaken, RememberingChecker
from meshnode.compiler.check.skimming import Known, Skimmer
from meshnode.compiler.diagnostic import CompileError, Diagnostic, internal_error
from meshnode.compiler.names.imports import resolve_imports
from meshnode.compiler.names.symbols import (
    FunctionSymbol,
    Library,
    Place,
    collect_symbols,
)
from meshnode.compiler.parse import tree


class Checked(msgspec.Struct, frozen=True):
    """A program that was checked."""

    module: ir.Module
    warnings: tuple[Diagnostic, ...]


class Reading(msgspec.Struct, frozen=True):
    """How a program is read by a checker that knows something of the library."""

    is_strict: bool
    own: frozenset[str]
    """The names that its texts may define."""
    memory: Memory | None = None
    """If its code is wanted."""


def check_program(program: tree.Module, library: Library, roots: Sequence[str]) -> ir.Module:
    """Check a program of one file as today's Mojo; see `check_sources`."""
    return check_sources(program, library, roots, {}, is_strict=True).module


def check_sources(
    program: tree.Module,
    library: Library,
    roots: Sequence[str],
    modules: Mapping[str, tree.Module],
    *,
    is_strict: bool,
) -> Checked:
    """Check a program and lower it to typed IR, with all that it and the `roots` reach of the library.

    `modules` are the program's own besides the main file, by their names.

    Raises:
        CompileError: with what is wrong with the program, in the order of the source.
    """
    symbols = collect_symbols(program, library, modules)
    resolve_imports(symbols, is_strict=is_strict)

    def new_checker(raising: Mapping[Place, FunctionSymbol]) -> Checker:
        return Checker(symbols, is_strict=is_strict, raising=raising)

    return _checked(program, new_checker, roots)


def check_remembering(
    program: tree.Module,
    library: Library,
    roots: Sequence[str],
    modules: Mapping[str, tree.Module],
    reading: Reading,
) -> Checked:
    """Check a program as `check_sources`, with the code that is remembered of the library; remembers more.

    The module is the same but for structs that nobody needs.

    Raises:
        CompileError: as `check_sources`.
    """
    assert reading.memory is not None
    symbols = collect_symbols(program, library, modules)
    resolve_imports(symbols, is_strict=reading.is_strict)
    memory = reading.memory

    def new_checker(raising: Mapping[Place, FunctionSymbol]) -> Checker:
        return RememberingChecker(
            symbols, is_strict=reading.is_strict, raising=raising, own=reading.own, memory=memory
        )

    try:
        return _checked(program, new_checker, roots)
    except NameTaken:
        return check_sources(program, library, roots, modules, is_strict=reading.is_strict)


def skim_sources(
    program: tree.Module,
    library: Library,
    known: Known,
    modules: Mapping[str, tree.Module],
    reading: Reading,
) -> tuple[Diagnostic, ...]:
    """Find what is wrong with a program; gives the warnings. What is `known` of the prelude is not checked again.

    Raises:
        CompileError: as `check_sources`.
    """
    symbols = collect_symbols(program, library, modules)
    resolve_imports(symbols, is_strict=reading.is_strict)

    def new_checker(raising: Mapping[Place, FunctionSymbol]) -> Checker:
        return Skimmer(
            symbols, is_strict=reading.is_strict, raising=raising, known=known, own=reading.own
        )

    return _checked(program, new_checker, ()).warnings


def _checked(
    program: tree.Module,
    new_checker: Callable[[Mapping[Place, FunctionSymbol]], Checker],
    roots: Sequence[str],
) -> Checked:
    """Check until it is known which functions raise without saying so."""
    raising: dict[Place, FunctionSymbol] = {}
    while True:
        checker = new_checker(dict(raising))
        try:
            module = checker.run(program, roots)
        except CompileError:
            if checker.found_raising.keys() <= raising.keys():
                raise
            raising |= checker.found_raising
            continue
        except NameTaken:
            raise
        except Exception as error:
            span = checker.broken_at or ir.Span(program.file, 1, 1, 1, 1)
            raise CompileError((*checker.found, internal_error(error, span))) from error
        return Checked(module, tuple(dict.fromkeys(checker.warnings)))
