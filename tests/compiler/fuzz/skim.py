"""A checker for many small programs: what it checked of the prelude for one of them it does not check again.

An instance of the prelude's that names nothing of the program is the same in each program. Nothing comes out but
diagnostics, since functions are missing; what is accepted and goes further is checked in whole.
"""

import re
from collections.abc import Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check.program import Checker, _Job
from meshnode.compiler.diagnostic import CompileError, internal_error
from meshnode.compiler.names.imports import resolve_imports
from meshnode.compiler.names.symbols import FunctionSymbol, Library, Place, Symbols, collect_symbols
from meshnode.compiler.parse import tree

_WORD = re.compile(r"[\w$#]+")
_DEFINED = re.compile(r"\b(?:def|fn|struct|trait|comptime|alias)\s+`?(\w+)")


def skim(
    text: str, program: tree.Module, library: Library, known: set[str], *, is_strict: bool
) -> None:
    """Check a program; `known` are the instances that earlier programs had, and grows.

    Raises:
        CompileError: as `check_sources`.
    """
    symbols = collect_symbols(program, library, {})
    resolve_imports(symbols, is_strict=is_strict)
    defined = frozenset(_DEFINED.findall(text))
    raising: dict[Place, FunctionSymbol] = {}
    while True:
        checker = _Skimming(symbols, dict(raising), is_strict=is_strict)
        checker.share(known, defined)
        try:
            checker.run(program, ())
        except CompileError:
            if checker.found_raising.keys() <= raising.keys():
                raise
            raising |= checker.found_raising
            continue
        except Exception as error:
            span = checker.broken_at or ir.Span(program.file, 1, 1, 1, 1)
            raise CompileError((*checker.found, internal_error(error, span))) from error
        return


class _Skimming(Checker):
    def __init__(
        self, symbols: Symbols, raising: Mapping[Place, FunctionSymbol], *, is_strict: bool
    ) -> None:
        super().__init__(symbols, is_strict=is_strict, raising=raising)
        self._own: frozenset[str] = frozenset()
        self._known: set[str] = set()
        self._skipped: list[_Job] = []

    def share(self, known: set[str], defined: frozenset[str]) -> None:
        """Leave out what is known, but for instances that name what this program defines."""
        self._known = known
        self._own = defined

    def _run_job(self, job: _Job) -> None:
        name = job.signature.function
        if name in self._known and self._is_common(job):
            self._skipped.append(job)
            return
        super()._run_job(job)
        if self._is_common(job) and name not in self.broken and name in self.functions:
            self._known.add(name)

    def _is_common(self, job: _Job) -> bool:
        if not job.symbol.module.is_prelude or job.symbol.nest is not None:
            return False
        words = _WORD.findall(job.signature.function)
        return not any(word in self._own or "$" in word or "#" in word for word in words)

    def check_now(self, name: ir.FunctionId) -> None:
        """Check what was left out, if its code is wanted after all."""
        for job in self._skipped:
            if job.signature.function == name:
                self._skipped.remove(job)
                super()._run_job(job)
                return
        super().check_now(name)

    def _module(self, main: ir.FunctionId, roots: Sequence[str]) -> ir.Module:
        del roots
        return ir.Module({}, {}, main)
