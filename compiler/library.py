"""The prelude as compilations share it: its trees, its names, and what was compiled of it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from meshnode.compiler.check.remembering import Memory
from meshnode.compiler.check.skimming import Known
from meshnode.compiler.llvm.lower import Texts
from meshnode.compiler.llvm.units import UnitTable
from meshnode.compiler.loops.library_facts import LibraryFacts
from meshnode.compiler.names.symbols import Library, collect_prelude
from meshnode.compiler.parse import tree


class Prelude:
    """The prelude for any number of compilations: a program's modules are the same whatever was compiled before."""

    def __init__(
        self,
        modules: Sequence[tree.Module],
        units: Mapping[str, msgspec.Raw] | None = None,
        memory: bytes | None = None,
    ) -> None:
        self.modules = tuple(modules)
        self.known = Known()
        self.memory = Memory(memory)
        self.facts = LibraryFacts(self.memory.holds)
        self.units = UnitTable(units, Texts(self.memory.holds))

    @cached_property
    def names(self) -> Library:
        """Its names, collected when they are first wanted."""
        return collect_prelude(self.modules)
