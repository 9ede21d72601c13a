"""What a compilation is told besides the program's text."""

import msgspec


class ModuleText(msgspec.Struct, frozen=True):
    """One module of the program's own, which its main file imports directly or through others."""

    name: str
    """With dots, from the folder of the main file: `shapes`, `geometry.circle`; a package's `__init__` has its name."""
    file: str
    """The path as the user would give it; stands in diagnostics."""
    text: str


class CompileOptions(msgspec.Struct, frozen=True):
    """How to read a program."""

    modules: tuple[ModuleText, ...] = ()
    is_strict: bool = False
    """Refuse what older versions of Mojo accepted, as today's does; otherwise it is accepted with a warning."""
