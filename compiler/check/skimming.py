"""A checker for who wants to know what is wrong with a program and nothing else.

An instance of the prelude's that names nothing of the program is the same in each program, so that one which was found
right is not checked again: what was checked for earlier programs is known. Nothing comes out but diagnostics, since
functions are missing.
"""

import re
from collections.abc import Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check.program import Checker, Job
from meshnode.compiler.names.symbols import FunctionSymbol, Place, Symbols

_WORD = re.compile(r"[\w$#]+")
_DEFINED = re.compile(r"\b(?:def|fn|struct|trait|comptime|alias)\s+`?(\w+)")


def defined_names(text: str) -> frozenset[str]:
    """List the names that a program's text may define."""
    return frozenset(_DEFINED.findall(text))


class Known:
    """The prelude's instances that are right in each program; grows."""

    def __init__(self) -> None:
        self.names: set[ir.FunctionId] = set()


class Skimmer(Checker):
    """Checks a program that defines the names `own`."""

    def __init__(
        self,
        symbols: Symbols,
        *,
        is_strict: bool,
        raising: Mapping[Place, FunctionSymbol],
        known: Known,
        own: frozenset[str],
    ) -> None:
        super().__init__(symbols, is_strict=is_strict, raising=raising)
        self._own = own
        self._known = known.names
        self._skipped: list[Job] = []

    def _run_job(self, job: Job) -> None:
        name = job.signature.function
        if name in self._known and self._is_common(job):
            self._skipped.append(job)
            return
        super()._run_job(job)
        if self._is_common(job) and name not in self.broken and name in self.functions:
            self._known.add(name)

    def _is_common(self, job: Job) -> bool:
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
