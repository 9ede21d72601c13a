"""How reasons and reports call a function's variables, and what would help against a carried one."""

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import Path

_VIEWS = ("Span[", "StringSlice", "Pointer[", "UnsafePointer[", "ArcPointer[")
"""Structs of the library that lead to what others own."""


class Names(msgspec.Struct, frozen=True):
    """The variables of one function."""

    module: ir.Module
    function: ir.Function

    def local(self, local: ir.LocalId) -> str:
        """Give a variable's name for people."""
        name = self.function.locals[local].name
        return "a temporary value" if name.startswith("$") else f"`{name}`"

    def path(self, path: Path) -> str:
        """Give a path as the source has it."""
        name = self.function.locals[path.local].name
        if name.startswith("$"):
            return self.local(path.local)
        return f"`{'.'.join((name, *path.fields))}`"

    def type_at(self, path: Path) -> ir.Type:
        """Give the type of what a path names."""
        type_ = self.function.locals[path.local].type
        for name in path.fields:
            assert isinstance(type_, ir.StructType)
            fields = self.module.structs[type_.struct].fields
            type_ = next(f.type for f in fields if f.name == name)
        return type_

    def advice(self, path: Path) -> str:
        """Say what would help against reading what earlier iterations wrote."""
        type_ = self.type_at(path)
        if isinstance(type_, ir.StructType) and self.module.structs[type_.struct].element:
            return (
                "let each iteration touch elements of its own only, or write to another list than "
                "the loop reads"
            )
        return (
            "each iteration goes on from the one before; work that does not depend on "
            f"{self.path(path)} could be distributed if it were most of the loop"
        )

    def advice_on_sending(self, path: Path) -> str:
        """Say what a loop could read instead of what cannot be sent."""
        type_ = self.type_at(path)
        if isinstance(type_, ir.PointerType) or (
            isinstance(type_, ir.StructType) and type_.struct.startswith(_VIEWS)
        ):
            return (
                "it leads to memory of this machine: let the loop read the List, the String or the "
                "variable itself"
            )
        return "put what the loop reads of it into a List or a variable before the loop"
