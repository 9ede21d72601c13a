"""The prelude as compilations share it: its trees, its names, and what was compiled of it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.remembering import Memory
from meshnode.compiler.check.skimming import Known
from meshnode.compiler.llvm.lower import Texts
from meshnode.compiler.llvm.units import UnitTable
from meshnode.compiler.loops.library_facts import LibraryFacts
from meshnode.compiler.names.symbols import Library, collect_prelude
from meshnode.compiler.parse import tree
from meshnode.compiler.stable import Facts


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """The functions of the library that were checked, and what is known of these very functions."""

    memory: bytes
    facts: dict[str, dict[ir.FunctionId, msgspec.Raw]]


class Prelude:
    """The prelude for any number of compilations: a program's modules are the same whatever was compiled before."""

    def __init__(
        self,
        modules: Sequence[tree.Module],
        units: Mapping[str, msgspec.Raw] | None = None,
        kept: bytes | None = None,
    ) -> None:
        """Make one; `kept` is what `encode` of an earlier one gave."""
        remembered = None if kept is None else msgspec.msgpack.decode(kept, type=_Kept)
        self.modules = tuple(modules)
        self.known = Known()
        self.memory = Memory(None if remembered is None else remembered.memory)
        self._facts = Facts(self.memory.holds, None if remembered is None else remembered.facts)
        self.facts = LibraryFacts(self._facts)
        self.units = UnitTable(units, Texts(self._facts))

    def remembered_count(self) -> int:
        """Count what `encode` would write; it only grows."""
        return len(self.memory) + len(self._facts)

    def encode(self) -> bytes:
        """Write what was checked and found out of the library."""
        return msgspec.msgpack.encode(_Kept(self.memory.encode(), self._facts.encoded()))

    @cached_property
    def names(self) -> Library:
        """Its names, collected when they are first wanted."""
        return collect_prelude(self.modules)
