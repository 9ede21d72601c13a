"""A program's files to its typed IR: names are resolved, and the checker runs until it knows which functions raise."""

from collections.abc import Mapping, Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.program import Checker
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
    """Check a program and lower it to typed IR, with all that it and the `roots` reach of the prelude.

    `modules` are the program's own besides the main file, by their names.

    Raises:
        CompileError: with what is wrong with the program, in the order of the source.
    """
    symbols = collect_symbols(program, library, modules)
    resolve_imports(symbols, is_strict=is_strict)
    raising: dict[Place, FunctionSymbol] = {}
    while True:
        checker = Checker(symbols, is_strict=is_strict, raising=dict(raising))
        try:
            module = checker.run(program, roots)
        except CompileError:
            if checker.found_raising.keys() <= raising.keys():
                raise
            raising |= checker.found_raising
            continue
        except Exception as error:
            span = checker.broken_at or ir.Span(program.file, 1, 1, 1, 1)
            raise CompileError((*checker.found, internal_error(error, span))) from error
        return Checked(module, tuple(dict.fromkeys(checker.warnings)))
