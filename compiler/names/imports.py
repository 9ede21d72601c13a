"""What import statements mean: names of the program's own modules and of the library, by module.

An import of what is not there, or not supported yet, is an error where the name is used: many programs import more than
they use. A module that is nowhere at all is an error at once, unless the program is read leniently.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import Code, Diagnostic, Severity
from meshnode.compiler.names import known_names, library_modules, name_hints
from meshnode.compiler.names.symbols import (
    ImportedModule,
    MissingName,
    ModuleSymbols,
    Symbol,
    Symbols,
)
from meshnode.compiler.parse import tree


def resolve_imports(symbols: Symbols, *, is_strict: bool) -> None:
    """Fill the tables of all the program's modules with what they see."""
    imports = _Imports(symbols, is_strict)
    done: set[str] = set()
    for name in symbols.trees:
        imports.fill(name, done)


def inner_imports(node: tree.Statement) -> Iterator[tree.Import]:
    """List the imports inside a definition's functions."""
    match node:
        case tree.Function(body=body):
            for statement in body:
                if isinstance(statement, tree.Import):
                    yield statement
                else:
                    yield from inner_imports(statement)
        case tree.Struct(methods=methods) | tree.Trait(methods=methods):
            for method in methods:
                yield from inner_imports(method)
        case tree.If(then=then, otherwise=otherwise):
            for statement in (*then, *otherwise):
                yield from (
                    [statement] if isinstance(statement, tree.Import) else inner_imports(statement)
                )
        case _:
            pass


def member(symbols: Symbols, module: str, name: str) -> Symbol | None:
    """Find what a module offers: a name of its own, a builtin, or a module in it."""
    if module in symbols.own and module:
        inner = f"{module}.{name}"
        symbol = symbols.own[module].get(name) or symbols.modules[module].names.get(name)
        return ImportedModule(inner) if symbol is None and inner in symbols.own else symbol
    if name.startswith("_"):
        return None
    symbol = symbols.library.get(module, {}).get(name) or symbols.builtins.get(name)
    if symbol is None and library_modules.is_known(f"{module}.{name}"):
        return ImportedModule(f"{module}.{name}")
    return symbol


class _Imports(msgspec.Struct, frozen=True):
    """The imports of all modules of a program."""

    symbols: Symbols
    is_strict: bool

    def fill(self, name: str, done: set[str]) -> None:
        """Fill a module's table, after those of the modules that it imports."""
        if name in done:
            return
        done.add(name)
        body = self.symbols.trees[name].body
        imports = [node for node in body if isinstance(node, tree.Import)]
        inner = [node for statement in body for node in inner_imports(statement)]
        for node in (*imports, *inner):
            for module in self._own_modules(name, node):
                self.fill(module, done)
        table = self.symbols.modules[name]
        table.names.update(self.symbols.builtins)
        for node in imports:
            self._import(name, table, node)
        table.names.update(self.symbols.own[name])
        self._import_inner(name, table, inner)

    def _import_inner(self, importer: str, table: ModuleSymbols, nodes: list[tree.Import]) -> None:
        """Bring what functions import for themselves, as far as it stands in nobody's way."""
        for node in nodes:
            found = ModuleSymbols(table.file, is_prelude=False, names={})
            self._import(importer, found, node)
            for name, symbol in found.names.items():
                if table.names.setdefault(name, symbol) is not symbol:
                    self.symbols.hidden_imports.add((table.file, node.span))

    def _absolute(self, importer: str, module: str) -> str:
        """Give the name that a module has from the main file's folder on."""
        dots = len(module) - len(module.lstrip("."))
        if dots == 0:
            return module
        parts = importer.split(".") if importer else []
        file = self.symbols.trees[importer].file
        kept = len(parts) - dots + (1 if file.endswith(("__init__.mojo", "__init__.🔥")) else 0)
        return ".".join([*parts[: max(kept, 0)], *filter(None, [module[dots:]])])

    def _own_modules(self, importer: str, node: tree.Import) -> Iterator[str]:
        """List the own modules that an import needs."""
        module = self._absolute(importer, node.module)
        if self._is_own(module):
            yield module
        for imported in node.names:
            inner = f"{module}.{imported.name}" if module else imported.name
            if self._is_own(inner):
                yield inner

    def _is_own(self, module: str) -> bool:
        return bool(module) and module in self.symbols.trees

    def _import(self, importer: str, table: ModuleSymbols, node: tree.Import) -> None:
        module = self._absolute(importer, node.module)
        is_known = library_modules.is_known(module) or any(
            True for _ in self._own_modules(importer, node)
        )
        if not is_known:
            found = self._today(table, node, module)
            if found is None:
                return
            module = found
        if not node.names:
            # Without an alias the name is the first one, and the others follow behind dots: `std.math.sqrt`.
            has_alias = node.alias is not None and node.alias != node.module
            name = node.alias if node.alias and has_alias else module.partition(".")[0]
            table.names[name] = ImportedModule(module if has_alias else name)
            return
        for imported in node.names:
            if imported.name == "*":
                table.names.update(self._public(module))
            elif self._is_own(module) or not _is_understood(imported):
                table.names[imported.alias] = self._imported(module, imported)

    def _public(self, module: str) -> Mapping[str, Symbol]:
        """Give what `from module import *` brings."""
        names = self.symbols.library.get(module, {})
        if self._is_own(module):
            names = {**self.symbols.modules[module].names, **self.symbols.own[module]}
        return {name: symbol for name, symbol in names.items() if not name.startswith("_")}

    def _imported(self, module: str, imported: tree.ImportedName) -> Symbol:
        inner = f"{module}.{imported.name}" if module else imported.name
        symbol = member(self.symbols, module, imported.name)
        if symbol is not None:
            return symbol
        if self._is_own(inner):
            return ImportedModule(inner)
        if self._is_own(module):
            return MissingName(f"module '{module}' does not contain '{imported.name}'", Code.NAME)
        message = f"not supported yet: '{imported.name}' of module '{module}'"
        reason = library_modules.refusal(inner)
        if reason is not None:
            message = f"not supported: module '{inner}' ({reason})"
        return MissingName(message, Code.UNSUPPORTED)

    def _today(self, table: ModuleSymbols, node: tree.Import, module: str) -> str | None:
        """Give the module that an unknown one stands for today; otherwise make its names missing."""
        span = ir.Span(table.file, *node.span)
        today = f"std.{module}"
        reason = library_modules.refusal(module)
        if reason is not None:
            missing = MissingName(f"not supported: module '{module}' ({reason})", Code.UNSUPPORTED)
        elif library_modules.is_known(today):
            message = f"unable to locate module '{module}'; write '{today}'"
            self._report(Diagnostic(Code.NAME, message, span))
            return today
        elif module.startswith(("std.", "max.")):
            missing = MissingName(f"not supported yet: module '{module}'", Code.UNSUPPORTED)
        else:
            missing = MissingName(f"unable to locate module '{module}'", Code.NAME)
            if (
                table.file == self.symbols.program.file
            ):  # In others only the use of its names is wrong.
                hint = name_hints.module_hint(module)
                self._report(Diagnostic(Code.NAME, missing.message, span, suggestion=hint))
        for imported in node.names:
            table.names[imported.alias] = missing
        if not node.names:
            table.names[node.alias or module] = missing
        return None

    def _report(self, diagnostic: Diagnostic) -> None:
        if self.is_strict:
            self.symbols.diagnostics.append(diagnostic)
        else:
            self.symbols.warnings.append(replace(diagnostic, severity=Severity.WARNING))


def _is_understood(imported: tree.ImportedName) -> bool:
    """Tell whether the checker knows a name of the library without an import."""
    name = imported.name
    if name in library_modules.LOOP_NAMES:
        return imported.alias == name
    return name in known_names.TRAITS
