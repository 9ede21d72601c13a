"""A checker that leaves out what it knows of the library: instances that name nothing of the program.

Such an instance is the same in each program. Checked once and found right it need not be checked again, if only what
is wrong with a program is wanted (`Skimmer`); if the program's code is wanted too, the instance's code is taken from
what is remembered (`remembering.py`).
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.program import Checker, Job
from meshnode.compiler.check.values import ParameterValue, Signature
from meshnode.compiler.names.symbols import FunctionSymbol, Place, Symbols

_WORD = re.compile(r"[\w$#]+")
_DEFINED = re.compile(r"\b(?:def|fn|struct|trait|comptime|alias)\s+`?(\w+)")


def defined_names(text: str) -> frozenset[str]:
    """List the names that a program's text may define, but for those of operators, which name no instance."""
    return frozenset(name for name in _DEFINED.findall(text) if not name.startswith("__"))


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """Which instance a readable name stands for: names may depend on what else a program has."""

    place: Place
    parameters: Mapping[str, ParameterValue]
    self_type: ir.Type | None


def identity(symbol: FunctionSymbol, signature: Signature) -> Identity:
    """Tell instances of the same name apart."""
    return Identity(symbol.place, dict(signature.env.parameters), signature.env.self_type)


class Known:
    """The library's instances that are right in each program; grows."""

    def __init__(self) -> None:
        self.names: dict[ir.FunctionId, Identity] = {}


class SparingChecker(Checker):
    """Leaves out the checks of instances that are known and name nothing that the program defines (`own`)."""

    def __init__(
        self,
        symbols: Symbols,
        *,
        is_strict: bool,
        raising: Mapping[Place, FunctionSymbol],
        own: frozenset[str],
    ) -> None:
        super().__init__(symbols, is_strict=is_strict, raising=raising)
        self._own = own
        self.skipped: dict[ir.FunctionId, Job] = {}

    def is_known(self, job: Job) -> bool:
        """Tell whether a job need not be done."""
        raise NotImplementedError

    def learn(self, job: Job) -> None:
        """Take note of a job that was done without an error, and is common to all programs."""

    def _run_job(self, job: Job) -> None:
        name = job.signature.function
        if self.is_common(job) and self.is_known(job):
            self.skipped[name] = job
            return
        self._do(job)

    def _do(self, job: Job) -> None:
        name, before = job.signature.function, self._made()
        super()._run_job(job)
        is_done = name not in self.broken and name in self.functions
        if is_done and self.is_common(job) and self._made() == before:
            self.learn(job)

    def _made(self) -> tuple[int, int, int, int]:
        """Count what depends on what else a program has: names, numbers, answers; who makes such is no common one."""
        tables = self.function_types, self.closures, self.signatures
        return tables[0].value_count, tables[1].count, tables[2].serial_names, self.answers

    def is_common(self, job: Job) -> bool:
        """Tell whether an instance is the same in all programs."""
        if not job.symbol.module.is_prelude or job.symbol.nest is not None:
            return False
        values = job.signature.env.parameters.values()
        if any(self.closures.functions_of(value) is not None for value in values):
            return False
        return self.is_common_name(job.signature.function)

    def is_common_name(self, name: str) -> bool:
        """Tell whether a name has no word that the program defines, and no mark that depends on it."""
        words = _WORD.findall(name)
        return not any(word in self._own or "$" in word or "#" in word for word in words)

    def check_now(self, name: ir.FunctionId) -> None:
        """Check what was left out, if its code is wanted after all."""
        if name not in self.skipped:
            super().check_now(name)
        job = self.skipped.pop(name, None)
        if job is not None:
            self._do(job)


class Skimmer(SparingChecker):
    """Finds what is wrong with a program; its module is empty."""

    def __init__(
        self,
        symbols: Symbols,
        *,
        is_strict: bool,
        raising: Mapping[Place, FunctionSymbol],
        own: frozenset[str],
        known: Known,
    ) -> None:
        super().__init__(symbols, is_strict=is_strict, raising=raising, own=own)
        self._known = known.names

    def is_known(self, job: Job) -> bool:
        """Tell whether an instance was found right in an earlier program."""
        known = self._known.get(job.signature.function)
        return known is not None and known == identity(job.symbol, job.signature)

    def learn(self, job: Job) -> None:
        """Know an instance from now on."""
        self._known[job.signature.function] = identity(job.symbol, job.signature)

    def _module(self, main: ir.FunctionId, roots: Sequence[str]) -> ir.Module:
        del roots
        return ir.Module({}, {}, main)
