"""Checking a program with the code that earlier ones had of the library.

What is remembered is closed: an instance with all that it calls and the structs that it needs. A program takes what it
reaches. Where a name means something else in the program (a struct or function of its own that is called like one that
is remembered), nothing fits any more, and the program is checked without memory: `NameTaken` says so.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.called_functions import called_functions, reachable
from meshnode.compiler.check.program import Job
from meshnode.compiler.check.skimming import Identity, SparingChecker, identity
from meshnode.compiler.destroy.destruction import insert_drops
from meshnode.compiler.names.symbols import FunctionSymbol, Place, Symbols

REMEMBERED_MAX = 2_000
"""Instances; programs of all kinds together need some hundreds."""


class NameTaken(Exception):  # noqa: N818 - tells the caller to go another way
    """A name of the program's means something else in what is remembered."""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """The code of one instance, drops included."""

    function: ir.Function
    identity: Identity | None
    """None for what the checker makes by itself: destructors, copies."""
    callees: tuple[ir.FunctionId, ...]
    structs: tuple[ir.StructId, ...]
    """All that it names, and what these hold."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A memory as MessagePack: each part is read when it is wanted."""

    functions: dict[ir.FunctionId, msgspec.Raw]
    structs: dict[ir.StructId, ir.StructDefinition]


class Memory:
    """What is remembered; grows. `content` is what an earlier one, of the same library and compiler, gave."""

    def __init__(self, content: bytes | None = None) -> None:
        kept = _Kept({}, {}) if content is None else msgspec.msgpack.decode(content, type=_Kept)
        self._encoded = kept.functions
        self.structs = kept.structs
        self._functions: dict[ir.FunctionId, Remembered] = {}

    def __len__(self) -> int:
        return len(self._encoded.keys() | self._functions.keys())

    def __contains__(self, name: ir.FunctionId) -> bool:
        return name in self._functions or name in self._encoded

    def get(self, name: ir.FunctionId) -> Remembered | None:
        """Give what is known by a name."""
        found = self._functions.get(name)
        if found is None and name in self._encoded:
            found = msgspec.msgpack.decode(self._encoded[name], type=Remembered)
            self._functions[name] = found
        return found

    def __getitem__(self, name: ir.FunctionId) -> Remembered:
        found = self.get(name)
        assert found is not None, name
        return found

    def add(self, remembered: Remembered) -> None:
        """Remember an instance."""
        self._functions[remembered.function.function] = remembered

    def holds(self, function: ir.Function) -> bool:
        """Tell whether this very object is remembered."""
        known = self._functions.get(function.function)
        return known is not None and known.function is function

    def encode(self) -> bytes:
        """Write all that is remembered."""
        new = {
            name: msgspec.Raw(msgspec.msgpack.encode(known))
            for name, known in self._functions.items()
            if name not in self._encoded
        }
        return msgspec.msgpack.encode(_Kept({**self._encoded, **new}, self.structs))


class RememberingChecker(SparingChecker):
    """Checks a program, and remembers what others may need."""

    def __init__(
        self,
        symbols: Symbols,
        *,
        is_strict: bool,
        raising: Mapping[Place, FunctionSymbol],
        own: frozenset[str],
        memory: Memory,
    ) -> None:
        super().__init__(symbols, is_strict=is_strict, raising=raising, own=own)
        self._memory = memory
        self._identities: dict[ir.FunctionId, Identity] = {}
        """Of all instances that the program asks for."""
        self._learnt: set[ir.FunctionId] = set()

    def _run_job(self, job: Job) -> None:
        self._identities[job.signature.function] = identity(job.symbol, job.signature)
        super()._run_job(job)

    def is_known(self, job: Job) -> bool:
        """Tell whether an instance is remembered."""
        name = job.signature.function
        known = self._memory.get(name)
        return known is not None and known.identity == self._identities[name]

    def learn(self, job: Job) -> None:
        """Note an instance that is worth remembering."""
        self._learnt.add(job.signature.function)

    def _module(self, main: ir.FunctionId, roots: Sequence[str]) -> ir.Module:
        """Put what was checked and what is remembered together, and remember more."""
        checked = self.checked_module(main)
        structs = dict(checked.structs)
        taken = self._taken(checked)
        for name in taken:
            for struct in self._memory[name].structs:
                self._take_struct(struct, structs)
        known = {name: self._memory[name].function for name in taken}
        module = ir.Module(structs, {**known, **checked.functions}, main)
        dropped = insert_drops(module, known.keys()).functions
        functions = {name: self._same(f) for name, f in dropped.items()}
        self._remember({n: f for n, f in functions.items() if n not in known}, structs)
        return reachable(ir.Module(structs, functions, main), roots)

    # ------------------------------------------------------------------------------------- taking

    def _taken(self, checked: ir.Module) -> list[ir.FunctionId]:
        """List what is taken from memory: what was left out, and all that it calls."""
        found: dict[ir.FunctionId, None] = dict.fromkeys(
            name for name in self.skipped if name not in checked.functions
        )
        waiting = list(found)
        for name in waiting:
            for callee in self._memory[name].callees:
                if callee in checked.functions:
                    self._require_same(callee, checked.functions[callee])
                elif callee not in found:
                    found[callee] = None
                    waiting.append(callee)
        for name in found:
            present = self._identities.get(name)
            if present is not None and present != self._memory[name].identity:
                raise NameTaken(name)
        return list(found)

    def _require_same(self, name: ir.FunctionId, function: ir.Function) -> None:
        """Refuse a function that is not the one which is remembered by its name."""
        known = self._memory[name]
        if known.function.span != function.span or (
            known.identity is not None and known.identity != self._identities.get(name)
        ):
            raise NameTaken(name)

    def _take_struct(
        self, name: ir.StructId, structs: dict[ir.StructId, ir.StructDefinition]
    ) -> None:
        known, present = self._memory.structs[name], structs.get(name)
        if present is None:
            structs[name] = known
        elif _shape(present) != _shape(known):
            raise NameTaken(name)

    def _same(self, function: ir.Function) -> ir.Function:
        """Give the very object that is remembered, if it is equal: others may know more of it."""
        known = self._memory.get(function.function)
        if known is not None and known.function == function:
            return known.function
        return function

    # -------------------------------------------------------------------------------- remembering

    def _remember(
        self,
        functions: Mapping[ir.FunctionId, ir.Function],
        structs: Mapping[ir.StructId, ir.StructDefinition],
    ) -> None:
        """Remember the instances that name nothing of the program and call nothing but such."""
        memory = self._memory
        if len(memory) > REMEMBERED_MAX:
            return
        callees = {
            name: called_functions(function, structs)
            for name, function in functions.items()
            if name not in memory and self._may_be_remembered(name, function)
        }
        is_smaller = True
        while is_smaller:
            closed = {
                name: called
                for name, called in callees.items()
                if all(c in callees or c in memory for c in called)
            }
            is_smaller = len(closed) < len(callees)
            callees = closed
        for name, called in callees.items():
            needed = tuple(_structs_of(functions[name], structs))
            memory.add(
                Remembered(functions[name], self._identities.get(name), tuple(called), needed)
            )
            for struct in needed:
                memory.structs.setdefault(struct, structs[struct])

    def _may_be_remembered(self, name: ir.FunctionId, function: ir.Function) -> bool:
        if not function.span.file.startswith("prelude/") or function.is_nested:
            return False
        if name in self._learnt:
            return True
        # Destructors and copies are made for structs, and have their names.
        base, mark, _ = name.rpartition(".$")
        return bool(mark) and "#" not in name and self.is_common_name(base)


def _shape(definition: ir.StructDefinition) -> tuple[object, ...]:
    """Give what a struct is in memory, and how it ends."""
    return definition.fields, definition.element, definition.drop


def _structs_of(
    function: ir.Function, structs: Mapping[ir.StructId, ir.StructDefinition]
) -> Iterator[ir.StructId]:
    """Walk the structs that a function names, and those that these lead to."""
    seen: set[ir.StructId] = set()
    waiting = list(_types_in(function))
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, ir.PointerType):
            waiting.append(type_.pointee)
        elif isinstance(type_, ir.StructType) and type_.struct not in seen:
            seen.add(type_.struct)
            yield type_.struct
            definition = structs[type_.struct]
            waiting += [field.type for field in definition.fields]
            if definition.element is not None:
                waiting.append(definition.element)


def _types_in(node: object) -> Iterator[ir.Type]:
    """Walk all types within a piece of IR."""
    if isinstance(node, ir.PointerType | ir.StructType):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _types_in(item)
    elif isinstance(node, msgspec.Struct) and not isinstance(node, ir.Span):
        for name in node.__struct_fields__:
            yield from _types_in(getattr(node, name))
