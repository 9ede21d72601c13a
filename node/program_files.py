"""A program's own modules: found beside its file by the imports that it writes, and sent along with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meshnode.compiler.options import CompileOptions, ModuleText
from meshnode.node.cli_common import read_source
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode


@dataclass(frozen=True, slots=True)
class ProgramFile:
    """A program as it was read from disk."""

    file: Path
    source: str
    options: CompileOptions

    @property
    def sources(self) -> dict[str, str]:
        """All texts by file, for diagnostics."""
        return {m.file: m.text for m in self.options.modules} | {str(self.file): self.source}


MODULES_MAX = 500
"""Modules of one program; a folder tree that is linked into itself has no end."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)"
    r"|import[ \t]+(?P<plain>[\w., \t]+))",
    re.MULTILINE,
)
_NAME = re.compile(r"[^\W\d]\w*")
_SUFFIXES = (".mojo", ".🔥")


def find_modules(file: Path, source: str, folders: Sequence[Path]) -> tuple[ModuleText, ...]:
    """Read all modules that a program imports, directly or through others.

    A module is looked for beside the program's file, then in `folders`, as `NAME.mojo` or `NAME/__init__.mojo`. What is
    found nowhere is left to the compiler, which knows the library.

    Raises:
        NodeError: a module cannot be read, or there are more than MODULES_MAX.
    """
    found: dict[str, ModuleText | None] = {}
    waiting = list(_imported("", is_package=True, source=source))
    roots = [file.parent, *folders]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = module = _read(name, roots)
        if module is None:
            continue
        if len(found) > MODULES_MAX:
            raise NodeError(f"{file} imports more than {MODULES_MAX} modules", ExitCode.NO_INPUT)
        is_package = Path(module.file).stem == "__init__"
        waiting += _imported(name, is_package=is_package, source=module.text)
    return tuple(module for _, module in sorted(found.items()) if module is not None)


def _read(name: str, roots: Sequence[Path]) -> ModuleText | None:
    relative = Path(*name.split("."))
    for root in roots:
        for suffix in _SUFFIXES:
            for path in (
                root / relative.with_name(relative.name + suffix),
                root / relative / f"__init__{suffix}",
            ):
                if path.is_file():
                    return ModuleText(name, str(path), read_source(path))
    return None


def _imported(importer: str, *, is_package: bool, source: str) -> Iterator[str]:
    """List what may be modules among the names in a source's import statements, outermost packages first."""
    for match in _IMPORT.finditer(source):
        if match["plain"] is not None:
            modules = [part.split()[0] for part in match["plain"].split(",") if part.split()]
            names: list[str] = []
        else:
            modules = [match["module"]]
            names = _NAME.findall(match["names"])
        for module in modules:
            absolute = _absolute(importer, module, is_package=is_package)
            parts = absolute.split(".") if absolute else []
            yield from (".".join(parts[: count + 1]) for count in range(len(parts)))
            yield from (".".join([*parts, name]) for name in names)


def _absolute(importer: str, module: str, *, is_package: bool) -> str:
    """Give a module's name from the program's folder on; `importer` is the module that says it."""
    dots = len(module) - len(module.lstrip("."))
    if dots == 0:
        return module
    parts = importer.split(".") if importer else []
    kept = len(parts) - dots + (1 if is_package else 0)
    return ".".join([*parts[: max(kept, 0)], *filter(None, [module[dots:]])])
