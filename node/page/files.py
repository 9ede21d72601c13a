"""The page's own files, which lie in this package and so in every wheel; read once, when the page is started."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

PACKAGE: Final = "meshnode.node.page"

TYPES: Final = {
    "index.html": "text/html",
    "style.css": "text/css",
    "page.js": "text/javascript",
    "grid.js": "text/javascript",
    "reports.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""Everything that is served, with its type; no path is ever made of what a request says."""

EXAMPLES: Final = ("mandelbrot.mojo", "collatz.mojo", "pi.mojo", "heat.mojo")
"""In the order in which the page lists them."""


@dataclass(frozen=True, slots=True)
class Example:
    """A program to begin with."""

    name: str
    title: str
    """Its first line, a comment."""
    source: str


@dataclass(frozen=True, slots=True)
class PageFiles:
    """What the page consists of."""

    contents: dict[str, str]
    """By name, as in `TYPES`."""
    examples: tuple[Example, ...]


def read_files() -> PageFiles:
    """Read all files of the page."""
    folder = files(PACKAGE) / "static"
    contents = {name: (folder / name).read_text(encoding="utf-8") for name in TYPES}
    examples = []
    for name in EXAMPLES:
        source = (folder / "examples" / name).read_text(encoding="utf-8")
        title = source.partition("\n")[0].removeprefix("#").strip()
        examples.append(Example(name, title, source))
    return PageFiles(contents, tuple(examples))
