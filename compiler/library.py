"""The prelude as compilations share it: its trees, its names, and what was compiled of it."""

from collections.abc import Sequence
from functools import cached_property

from meshnode.compiler.check.skimming import Known
from meshnode.compiler.llvm.units import UnitTable
from meshnode.compiler.names.symbols import Library, collect_prelude
from meshnode.compiler.parse import tree


class Prelude:
    """The prelude for any number of compilations: a program's modules are the same whatever was compiled before."""

    def __init__(self, modules: Sequence[tree.Module], units: UnitTable | None = None) -> None:
        self.modules = tuple(modules)
        self.units = UnitTable() if units is None else units
        self.known = Known()

    @cached_property
    def names(self) -> Library:
        """Its names, collected when they are first wanted."""
        return collect_prelude(self.modules)
