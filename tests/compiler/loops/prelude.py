"""The prelude's parsed modules, straight from the source tree."""

from importlib.resources import files

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_module


def prelude_modules() -> list[tree.Module]:
    """Parse all prelude files, in the order of their names."""
    folder = files("meshnode.compiler") / "prelude"
    sources = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".mojo")), key=lambda f: f.name
    )
    return [parse_module(f.read_text("utf-8"), f"prelude/{f.name}") for f in sources]
