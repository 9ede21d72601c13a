"""Functions of the library that are compiled by themselves, once for all programs that have the same text of them.

Printing and texts are most of what a small program reaches and are never inlined, so that a program loses nothing if
they are objects of their own: a *unit* offers one such function and holds what that calls, but for other units. What
LLVM found out about a unit (that it only reads what it is given, for instance) stands in its declaration, so that
callers are optimised as well as if they saw it. Units are known by their text, so a table of them can outlive programs
and processes, and a module does not depend on what the table held before.
"""

import hashlib
from collections.abc import Mapping

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.llvm.attributes import is_apart
from meshnode.compiler.llvm.line_numbers import LineNumbers
from meshnode.compiler.llvm.lower import TARGET, ModuleText, Texts
from meshnode.compiler.llvm.optimise import Optimised, optimise
from meshnode.compiler.llvm.runtime import RUNTIME, RUNTIME_FUNCTIONS
from meshnode.compiler.llvm.signature import signature
from meshnode.compiler.llvm.text import FUNCTION_PREFIX, function_symbol
from meshnode.compiler.loops.effects import is_prelude
from meshnode.compiler.program import CountedHome
from meshnode.compiler.wasm.module import link_counted, link_home, link_slice
from meshnode.compiler.wasm.object import CodeObject, read_object


class Unit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A unit as its callers need it."""

    declaration: str
    """Of the function that it offers, with what LLVM found out about it."""
    code: CodeObject


class UnitTable:
    """The units that are known, by the hash of their texts; `known` are such as an earlier table had them."""

    def __init__(
        self, known: Mapping[str, msgspec.Raw] | None = None, texts: Texts | None = None
    ) -> None:
        self.texts = texts or Texts()
        self.encoded = dict(known or {})
        """In MessagePack; grows."""
        self._units: dict[str, Unit] = {}

    def unit(self, text: str, function: str) -> Unit:
        """Compile a unit's text, if it is not known; `function` is the symbol of what it offers."""
        key = hashlib.sha256(text.encode()).hexdigest()
        unit = self._units.get(key)
        if unit is not None:
            return unit
        if key in self.encoded:
            unit = msgspec.msgpack.decode(self.encoded[key], type=Unit)
        else:
            made = optimise(text, function=function)
            unit = Unit(made.declaration, read_object(made.object_bytes))
            self.encoded[key] = msgspec.Raw(msgspec.msgpack.encode(unit))
        self._units[key] = unit
        return unit


def home_module(module: ir.Module, table: UnitTable) -> bytes:
    """Make the home module of a program."""
    return _Build(module, table, is_slice=False).module()


def slice_module(module: ir.Module, table: UnitTable) -> bytes:
    """Make the slice module of a program."""
    return _Build(module, table, is_slice=True).module()


def home_text(module: ir.Module, table: UnitTable) -> str:
    """Give the optimised LLVM IR of a program's home module, without its units."""
    return _Build(module, table, is_slice=False).optimised(with_text=True).text or ""


def counted_home(module: ir.Module, table: UnitTable) -> CountedHome:
    """Make the home module of a program, and tell which lines its instructions come from."""
    numbers = LineNumbers()
    build = _Build(module, table, is_slice=False, line_numbers=numbers)
    linked, functions = link_counted(*build.linked())
    lines = {index: function.lines for index, function in functions.items() if function.lines}
    return CountedHome(linked, tuple(numbers.files), lines)


class _Build:
    """One module being made."""

    def __init__(
        self,
        module: ir.Module,
        table: UnitTable,
        *,
        is_slice: bool,
        line_numbers: LineNumbers | None = None,
    ) -> None:
        self._module = module
        self._is_slice = is_slice
        self._table = table
        self._text = ModuleText(
            module, is_slice=is_slice, line_numbers=line_numbers, texts=table.texts
        )
        self._names = _unit_names(self._text)
        self._made: dict[ir.FunctionId, Unit] = {}
        self._begun: set[ir.FunctionId] = set()

    def module(self) -> bytes:
        """Compile and link."""
        link = link_slice if self._is_slice else link_home
        return link(*self.linked())

    def linked(self) -> tuple[CodeObject, dict[str, CodeObject]]:
        """Compile; gives the program's object, and those of the library by what they offer."""
        program = read_object(self.optimised().object_bytes)
        library = {
            FUNCTION_PREFIX + name: unit.code for name, unit in self._made.items()
        } | dict.fromkeys(RUNTIME_FUNCTIONS, self._runtime().code)
        return program, library

    def optimised(self, *, with_text: bool = False) -> Optimised:
        """Compile what is no unit."""
        declarations = {
            name: self._declaration(name)
            for name in self._text.reached(self._text.roots())
            if name in self._names
        }
        return optimise(self._text.program(declarations), with_text=with_text)

    def _runtime(self) -> Unit:
        return self._table.unit(TARGET + RUNTIME, f"@{RUNTIME_FUNCTIONS[0]}")

    def _declaration(self, name: ir.FunctionId) -> str:
        """Declare a unit's function with what LLVM found out; nothing is known yet of one that is being made."""
        if name not in self._begun:
            return self._unit(name).declaration
        result, parameters = signature(self._module.functions[name], self._module.structs)
        types = [parameter.rpartition(" ")[0] for parameter in parameters]
        return f"declare {result} {function_symbol(name)}({', '.join(types)}) nounwind"

    def _unit(self, name: ir.FunctionId) -> Unit:
        if name not in self._made:
            self._begun.add(name)
            others = {
                callee: self._declaration(callee)
                for callee in self._callees(name)
                if callee != name
            }
            self._begun.discard(name)
            text = self._text.unit(name, others)
            self._made[name] = self._table.unit(text, function_symbol(name))
        return self._made[name]

    def _callees(self, name: ir.FunctionId) -> list[ir.FunctionId]:
        """List the units that a unit calls."""
        found: dict[ir.FunctionId, None] = {}
        for inner in self._text.reached([name], self._names):
            for callee in self._text.function(inner).called:
                if callee in self._names:
                    found[callee] = None
        return list(found)


def _unit_names(text: ModuleText) -> frozenset[ir.FunctionId]:
    """Find the functions that become units: those apart of the library that reach nothing of the program's."""
    reached = text.reached(text.roots())
    functions = text.module.functions
    callers: dict[ir.FunctionId, list[ir.FunctionId]] = {}
    for name in reached:
        for callee in text.function(name).called:
            callers.setdefault(callee, []).append(name)
    own = [name for name in reached if not is_prelude(functions[name])]
    bound = set(own)
    while own:
        for caller in callers.get(own.pop(), ()):
            if caller not in bound:
                bound.add(caller)
                own.append(caller)
    return frozenset(
        name
        for name in reached
        if name not in bound and is_apart(functions[name]) and functions[name].exported is None
    )
