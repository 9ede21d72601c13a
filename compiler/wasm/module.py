"""From objects to a module of the slice ABI, without a linker of LLVM's.

A module has the functions and data that its exports reach: of the program's own object first, then of the library's,
each in the order of its object, so that the same objects give the same bytes.

Memory: [0, 1024) is never used, so that null is no object; then the shadow stack, growing down (an overflow goes below
zero and traps); then data; then the heap, from `__heap_base` to the memory's end.

Whatever this does not know it refuses: undefined symbols, and what `object.py` refuses.
"""

from collections.abc import Iterator, Mapping, Sequence

from meshnode.compiler.llvm.effects import HOST_IMPORTS
from meshnode.compiler.runtime import PROGRESS_CELL
from meshnode.compiler.wasm import object as kinds
from meshnode.compiler.wasm.object import (
    ADDRESSES,
    FUNCTION_INDEX,
    CodeObject,
    Data,
    FunctionCode,
    LinkError,
    Relocation,
    segment_name,
)
from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Export,
    ExternKind,
    GlobalType,
    Limits,
    Section,
    SectionId,
    ValueType,
    encode_bytes,
    encode_function_import,
    encode_name,
    encode_signed,
    encode_unsigned,
    encode_vector,
    write_sections,
)

STACK_BASE = 1024
"""The lowest address of the shadow stack."""
STACK_BYTES = 1 << 20
"""Big arrays live on the shadow stack, so it is 1 MiB (design note: wasm)."""
DATA_BASE = STACK_BASE + STACK_BYTES
HEAP_BYTES_MIN = 1 << 20
"""Memory beyond the data that a module asks for; the sandbox gives what the job asks for."""
MESH_ABI = 1
CELLS = "cells"

HEAP_BASE = "__heap_base"
_HEAP_ALIGNMENT = 16
_LONGEST, _MORE = 5, 0x80
"""Bytes of a number in an object, and the mark of all but its last."""
_STACK_POINTER = 0
"""The global's index."""

Library = Mapping[str, CodeObject]
"""Objects by the functions that they offer to others."""


def link_home(program: CodeObject, library: Library) -> bytes:
    """Make the home module."""
    return _Linker(program, library, HOST_IMPORTS).module(is_slice=False)


def link_slice(program: CodeObject, library: Library) -> bytes:
    """Make the slice module: no imports, and `mesh_progress`."""
    return _Linker(program, library, frozenset()).module(is_slice=True)


def link_counted(program: CodeObject, library: Library) -> tuple[bytes, dict[int, FunctionCode]]:
    """Make a home module in which every instruction lies where it lay in its object; gives its functions by index."""
    linker = _Linker(program, library, HOST_IMPORTS, keeps_offsets=True)
    module = linker.module(is_slice=False)
    return module, dict(linker.functions())


class _Place:
    """An object that takes part, and what is reached of it."""

    def __init__(self, code: CodeObject) -> None:
        self.code = code
        self.functions = {function.name: function for function in code.functions}
        self.data = {segment_name(index): data for index, data in enumerate(code.data)}
        self.indices: dict[str, int] = {}
        """Of the reached functions; they are known when all are reached."""
        self.addresses: dict[str, int] = {}
        """Of the reached data, likewise."""


class _Linker:
    """One module being made."""

    def __init__(
        self,
        program: CodeObject,
        library: Library,
        allowed: frozenset[str],
        *,
        keeps_offsets: bool = False,
    ) -> None:
        self._keeps_offsets = keeps_offsets
        self._library = library
        self._allowed = allowed
        self._program = _Place(program)
        self._places = {id(program): self._program}
        self._globals = {data.name: segment_name(i) for i, data in enumerate(program.data)}
        self._imports: dict[str, bytes] = {}
        """The host's functions that are called, with their types."""
        self._types: dict[bytes, int] = {}
        self._heap_base = 0

    def module(self, *, is_slice: bool) -> bytes:
        """Link; called once."""
        if is_slice:
            self._reach_data(self._program, CELLS)
        for _, name in self._program.code.exports:
            self._reach_function(self._program, name)
        functions = self._number_functions()
        data = self._place_data()
        code = [encode_bytes(self._patched(place, f.body, f)) for place, f in functions]
        contents = [
            _segment(place.addresses[name], self._patched(place, piece.content, piece))
            for place, name, piece in data
            if any(piece.content) or piece.relocations
        ]
        types = [encode_unsigned(self._type(function.type)) for _, function in functions]
        imports = [
            encode_function_import("mesh", name, self._type(type_))
            for name, type_ in self._imports.items()
        ]
        pages = -(-(self._heap_base + HEAP_BYTES_MIN) // PAGE_BYTES)
        globals_, exports = self._globals_and_exports(is_slice=is_slice)
        sections = [
            Section(SectionId.TYPE, encode_vector(list(self._types))),
            Section(SectionId.IMPORT, encode_vector(imports) if imports else b""),
            Section(SectionId.FUNCTION, encode_vector(types)),
            Section(SectionId.MEMORY, encode_vector([Limits(pages, None).encode()])),
            Section(SectionId.GLOBAL, encode_vector(globals_)),
            Section(SectionId.EXPORT, encode_vector([export.encode() for export in exports])),
            Section(SectionId.CODE, encode_vector(code)),
            Section(SectionId.DATA, encode_vector(contents) if contents else b""),
            Section(SectionId.CUSTOM, _names(functions)),
        ]
        return write_sections(sections)

    def functions(self) -> Iterator[tuple[int, FunctionCode]]:
        """Give the functions of the module that was linked, with their indices."""
        for place in self._places.values():
            for function in place.code.functions:
                if function.name in place.indices:
                    yield place.indices[function.name], function

    # -------------------------------------------------------------------------------- reaching

    def _reach_function(self, place: _Place, name: str) -> None:
        """Note a function and all that it needs."""
        waiting = [(place, name)]
        while waiting:
            caller, name = waiting.pop()
            place_found = self._definition(caller, name)
            if place_found is None or name in place_found.indices:
                continue
            place_found.indices[name] = 0
            for relocation in place_found.functions[name].relocations:
                if relocation.kind == FUNCTION_INDEX:
                    waiting.append((place_found, relocation.name))
                elif relocation.kind in ADDRESSES:
                    self._reach_data(place_found, relocation.name)

    def _definition(self, caller: _Place, name: str) -> _Place | None:
        """Find the object that defines what another calls; None if that is the host's, which is noted."""
        if name in caller.functions:
            return caller
        if name in caller.code.imports:
            import_name, type_ = caller.code.imports[name]
            if import_name not in self._allowed:
                raise LinkError(f"undefined symbol mesh.{import_name}")
            self._imports.setdefault(import_name, type_)
            return None
        code = self._library.get(name)
        if code is None:
            raise LinkError(f"undefined symbol {name}")
        return self._places.setdefault(id(code), _Place(code))

    def _reach_data(self, place: _Place, name: str) -> None:
        """Note a piece of data and all that it points to."""
        if name == HEAP_BASE:
            return
        place, name = self._piece(place, name)
        if name in place.addresses:
            return
        place.addresses[name] = 0
        for relocation in place.data[name].relocations:
            if relocation.kind not in ADDRESSES:
                raise LinkError(f"a relocation of kind {relocation.kind} in data")
            self._reach_data(place, relocation.name)

    def _piece(self, place: _Place, name: str) -> tuple[_Place, str]:
        """Find a piece of data: the object's own, or one that the program's object offers to all."""
        if name in place.data:
            return place, name
        if name not in self._globals:
            raise LinkError(f"undefined data symbol {name}")
        return self._program, self._globals[name]

    # --------------------------------------------------------------------------------- placing

    def _number_functions(self) -> list[tuple[_Place, FunctionCode]]:
        """Give the reached functions their indices, after the imports."""
        functions = [
            (place, function)
            for place in self._places.values()
            for function in place.code.functions
            if function.name in place.indices
        ]
        for index, (place, function) in enumerate(functions, len(self._imports)):
            place.indices[function.name] = index
        return functions

    def _place_data(self) -> list[tuple[_Place, str, Data]]:
        """Give the reached data their addresses, and set where the heap begins."""
        end = DATA_BASE
        placed = []
        for place in self._places.values():
            for name, piece in place.data.items():
                if name in place.addresses:
                    place.addresses[name] = _aligned(end, piece.alignment)
                    end = place.addresses[name] + len(piece.content)
                    placed.append((place, name, piece))
        self._heap_base = _aligned(end, _HEAP_ALIGNMENT)
        return placed

    def _type(self, encoded: bytes) -> int:
        return self._types.setdefault(encoded, len(self._types))

    def _patched(self, place: _Place, content: bytes, item: FunctionCode | Data) -> bytes:
        """Give a function's body or a piece of data with what its relocations ask for.

        Objects have numbers of the greatest length there; a body says nowhere how long its parts are.
        """
        parts, position = [], 0
        for relocation in item.relocations:
            value = self._value(place, relocation)
            size = 4 if relocation.kind == kinds.ADDRESS_I32 else _LONGEST
            if self._keeps_offsets and len(value) < size:
                value = _lengthened(value)
            parts += [content[position : relocation.offset], value]
            position = relocation.offset + size
        return b"".join([*parts, content[position:]])

    def _value(self, place: _Place, relocation: Relocation) -> bytes:
        match relocation.kind:
            case kinds.FUNCTION_INDEX:
                return encode_unsigned(self._index(place, relocation.name))
            case kinds.TYPE_INDEX:
                return encode_unsigned(self._type(relocation.name.encode("latin-1")))
            case kinds.GLOBAL_INDEX:
                return encode_unsigned(_STACK_POINTER)
            case kinds.ADDRESS_LEB:
                return encode_unsigned(self._address(place, relocation))
            case kinds.ADDRESS_SLEB:
                return encode_signed(self._address(place, relocation))
            case _:
                return self._address(place, relocation).to_bytes(4, "little")

    def _index(self, place: _Place, name: str) -> int:
        found = self._definition(place, name)
        if found is None:
            return list(self._imports).index(place.code.imports[name][0])
        return found.indices[name]

    def _address(self, place: _Place, relocation: Relocation) -> int:
        if relocation.name == HEAP_BASE:
            return self._heap_base + relocation.addend
        place, name = self._piece(place, relocation.name)
        return place.addresses[name] + relocation.addend

    # --------------------------------------------------------------------------------- writing

    def _globals_and_exports(self, *, is_slice: bool) -> tuple[list[bytes], list[Export]]:
        """Define the stack pointer and the ABI's globals, and export."""
        globals_ = [_global(DATA_BASE, is_mutable=True), _global(MESH_ABI, is_mutable=False)]
        exports = [
            Export(export, ExternKind.FUNCTION, self._program.indices[name])
            for export, name in self._program.code.exports
        ]
        exports.append(Export("memory", ExternKind.MEMORY, 0))
        exports.append(Export("mesh_abi", ExternKind.GLOBAL, 1))
        if is_slice:
            cells = self._program.addresses[self._globals[CELLS]]
            exports.append(Export("mesh_progress", ExternKind.GLOBAL, len(globals_)))
            globals_.append(_global(cells + 8 * PROGRESS_CELL, is_mutable=False))
        return globals_, exports


def _lengthened(number: bytes) -> bytes:
    """Write a number that is not negative as long as objects do."""
    more = bytes([number[-1] | _MORE])
    return number[:-1] + more + bytes([_MORE]) * (_LONGEST - len(number) - 1) + b"\0"


def _aligned(address: int, alignment: int) -> int:
    return -(-address // alignment) * alignment


def _global(value: int, *, is_mutable: bool) -> bytes:
    type_ = GlobalType(ValueType.I32, is_mutable)
    return type_.encode() + b"\x41" + encode_signed(value) + b"\x0b"


def _segment(address: int, content: bytes) -> bytes:
    return b"\0\x41" + encode_signed(address) + b"\x0b" + encode_bytes(content)


def _names(functions: Sequence[tuple[_Place, FunctionCode]]) -> bytes:
    """Name the functions for readers of traces and text; takes no part in what runs."""
    entries = [
        encode_unsigned(place.indices[function.name])
        + encode_name(function.name.removeprefix("mojo."))
        for place, function in functions
    ]
    return encode_name("name") + b"\1" + encode_bytes(encode_vector(entries))
