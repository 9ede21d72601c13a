"""Who is who: the module-level names of the prelude and of the program; nothing is checked or typed here.

The prelude's files share one table of names. A program has its own table: what it defines, what it imports, and the
prelude's builtins below. What prelude files may say beyond the language stands in `prelude/README.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import Code, Diagnostic
from meshnode.compiler.names import library_modules
from meshnode.compiler.names.declared import declared, declared_function
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.calls.nested import Nest
    from meshnode.compiler.names.traits import Conformance


Place = tuple[str, tree.Extent]
"""Where a definition is written: its file, and its place there."""


class FunctionSymbol(msgspec.Struct, eq=False):
    """A function or method as written."""

    module: "ModuleSymbols"
    node: tree.Function
    struct: "StructSymbol | None" = None
    overload_count: int = 1
    nest: "Nest | None" = None
    """The surroundings of a function inside a function."""

    @property
    def place(self) -> Place:
        """Where it is written: the same in every run of the checker, while nested functions get new symbols."""
        return (self.module.file, self.node.span)


class StructSymbol(msgspec.Struct, eq=False):
    """A struct as written."""

    module: "ModuleSymbols"
    node: tree.Struct
    methods: dict[str, list[FunctionSymbol]] = msgspec.field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    """The traits' names; `traits.complete_structs` adds the inherited ones."""
    conformances: "tuple[Conformance, ...]" = ()


class TraitSymbol(msgspec.Struct, eq=False):
    """A trait as written."""

    module: "ModuleSymbols"
    node: tree.Trait


class ConstantSymbol(msgspec.Struct, eq=False):
    """A `comptime` name of a module or struct."""

    module: "ModuleSymbols"
    node: tree.Comptime


class OverloadSet(msgspec.Struct, eq=False):
    """The functions of one name."""

    functions: list[FunctionSymbol]


class ImportedModule(msgspec.Struct, eq=False):
    """`import std.math`: names behind a dot."""

    module: str


class BuiltinSymbol(msgspec.Struct, eq=False):
    """A name of a library module that the checker itself understands."""

    name: str


class MissingName(msgspec.Struct, eq=False):
    """An imported name that is not there, or not supported yet; it is an error to use it."""

    message: str
    code: Code


Symbol = (
    OverloadSet
    | StructSymbol
    | TraitSymbol
    | ConstantSymbol
    | ImportedModule
    | BuiltinSymbol
    | MissingName
)


class ModuleSymbols(msgspec.Struct, eq=False):
    """The names that code of one file sees."""

    file: str
    is_prelude: bool
    names: dict[str, Symbol]


class Symbols(msgspec.Struct, eq=False):
    """All names of a compilation."""

    program: ModuleSymbols
    prelude: dict[str, Symbol]
    library: dict[str, dict[str, Symbol]]
    """By module (`std.math`), what must be imported from it."""
    builtins: dict[str, Symbol]
    """What programs see without an import."""
    trees: Mapping[str, tree.Module] = msgspec.field(default_factory=dict)
    """The program's own modules by name, and the main one under ''."""
    own: dict[str, Mapping[str, Symbol]] = msgspec.field(default_factory=dict)
    """What each of them defines."""
    modules: dict[str, ModuleSymbols] = msgspec.field(default_factory=dict)
    """What each of them sees: imports.py fills it."""
    hidden_imports: set[tuple[str, tree.Extent]] = msgspec.field(default_factory=set)
    """Imports inside functions, by file and place, whose names mean something else in their module."""
    diagnostics: list[Diagnostic] = msgspec.field(default_factory=list)
    warnings: list[Diagnostic] = msgspec.field(default_factory=list)


class Library(msgspec.Struct, frozen=True):
    """The names of the prelude, which any number of compilations may share."""

    shared: dict[str, Symbol]
    """What code of the prelude sees."""
    modules: dict[str, dict[str, Symbol]]
    builtins: dict[str, Symbol]


def collect_prelude(prelude: Sequence[tree.Module]) -> Library:
    """Make the tables of the prelude's names."""
    shared: dict[str, Symbol] = {}
    builtins: dict[str, Symbol] = {}
    library: dict[str, dict[str, Symbol]] = {}
    symbols = Symbols(ModuleSymbols("", is_prelude=True, names={}), shared, library, builtins)
    for module in prelude:
        names = ModuleSymbols(module.file, is_prelude=True, names=shared)
        own = _definitions(module, names, symbols)
        for name, symbol in own.items():
            _define(shared, name, symbol)
            for library_name in library_modules.LIBRARY_FILES.get(module.file, ()):
                _define(library.setdefault(library_name, {}), name, symbol)
            if module.file not in library_modules.LIBRARY_FILES and not name.startswith("_"):
                _define(builtins, name, symbol)
    assert not symbols.diagnostics, symbols.diagnostics[0]
    if "Pointer" in shared:
        shared["UnsafePointer"] = builtins["UnsafePointer"] = shared["Pointer"]
    for module_name, builtin_names in library_modules.CHECKED_NAMES.items():
        for name in builtin_names:
            library.setdefault(module_name, {})[name] = BuiltinSymbol(name)
    for _, symbol in sorted(shared.items()):
        _count_overloads(symbol)
    return Library(shared, library, builtins)


def collect_symbols(
    program: tree.Module, library: Library, modules: Mapping[str, tree.Module]
) -> Symbols:
    """Make the tables; what is wrong with imports and definitions is in `diagnostics`."""
    names = ModuleSymbols(program.file, is_prelude=False, names={})
    symbols = Symbols(names, library.shared, library.modules, library.builtins)
    symbols.modules = {"": symbols.program} | {
        name: ModuleSymbols(module.file, is_prelude=False, names={})
        for name, module in modules.items()
    }
    symbols.trees = {"": program, **modules}
    for name, module in symbols.trees.items():
        symbols.own[name] = _definitions(module, symbols.modules[name], symbols)
    return symbols


def _define(table: dict[str, Symbol], name: str, symbol: Symbol) -> None:
    """Add a symbol; overloads of several prelude files come together."""
    present = table.get(name)
    if isinstance(present, OverloadSet) and isinstance(symbol, OverloadSet):
        new = [function for function in symbol.functions if function not in present.functions]
        table[name] = OverloadSet(present.functions + new)
    else:
        table[name] = symbol


def _definitions(module: tree.Module, names: ModuleSymbols, symbols: Symbols) -> dict[str, Symbol]:
    table: dict[str, Symbol] = {}
    for statement in module.body:
        match statement:
            case tree.Function():
                present = table.get(statement.name.name)
                function = FunctionSymbol(names, declared_function(statement))
                if isinstance(present, OverloadSet):
                    present.functions.append(function)
                    continue
                symbol: Symbol = OverloadSet([function])
            case tree.Struct():
                symbol = _struct(names, statement)
            case tree.Trait():
                symbol = TraitSymbol(names, statement)
            case tree.Comptime():
                symbol = ConstantSymbol(names, declared(statement))
            case tree.Import() | tree.Pass() | tree.ExpressionStatement(value=tree.String()):
                continue
            case _:
                _report_statement(statement, module.file, symbols)
                continue
        name = statement.name.name
        if name in table:
            _report(symbols, Code.NAME, f"'{name}' is defined twice", statement.name, module.file)
        table[name] = symbol
    for symbol in table.values():
        _count_overloads(symbol)
    return table


def _struct(names: ModuleSymbols, node: tree.Struct) -> StructSymbol:
    node = declared(node)
    symbol = StructSymbol(names, node, traits=frozenset(_trait_names(node.traits)))
    for method in node.methods:
        functions = symbol.methods.setdefault(method.name.name, [])
        functions.append(FunctionSymbol(names, declared_function(method), symbol))
    for functions in symbol.methods.values():
        for function in functions:
            function.overload_count = len(functions)
    return symbol


def _trait_names(nodes: Sequence[tree.Expression]) -> Iterator[str]:
    for node in nodes:
        match node:
            case tree.Name(name=name):
                yield name
            case tree.Binary(left=left, right=right):
                yield from _trait_names((left, right))
            case _:
                pass


def _count_overloads(symbol: Symbol) -> None:
    if isinstance(symbol, OverloadSet):
        for function in symbol.functions:
            function.overload_count = len(symbol.functions)


def _report_statement(node: tree.Statement, file: str, symbols: Symbols) -> None:
    match node:
        case tree.Declare():
            message = "a module has no variables; declare it in a function, or write 'comptime'"
            _report(symbols, Code.SYNTAX, message, node, file)
        case _:
            message = "statements stand in functions; a module holds definitions and imports only"
            _report(symbols, Code.SYNTAX, message, node, file, _instead(node))


def _instead(node: tree.Statement) -> str | None:
    """Suggest what to do with a statement that stands outside of functions."""
    match node:
        case tree.Assign(target=tree.Name(name=name)):
            return f"write 'comptime {name} = …', or declare it in a function"
        case (
            tree.ExpressionStatement(value=tree.Call(callee=tree.Name(name="main")))
            | tree.If(condition=tree.Comparison(operands=(tree.Name(name="__name__"), *_)))
        ):
            return "leave it out: the program starts with 'main'"
        case _:
            return None


def _report(
    symbols: Symbols,
    code: Code,
    message: str,
    node: tree.Node,
    file: str,
    suggestion: str | None = None,
) -> None:
    span = ir.Span(file, *node.span)
    symbols.diagnostics.append(Diagnostic(code, message, span, suggestion=suggestion))
