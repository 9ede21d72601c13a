"""Slice ABI 1: which imports and exports a module may and must have."""

from collections.abc import Mapping

from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Export,
    ExternKind,
    FunctionType,
    Reader,
    ValueType,
)
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.module_format import Global, ParsedModule
from meshnode.sandbox.profile import ModuleKind

ABI_VERSION = 1
RESERVED_PREFIX = "mesh_sandbox_"
"""Names of exports that the rewrite adds; a module may not have them."""

_I32, _I64 = ValueType.I32, ValueType.I64


def _type(parameters: tuple[int, ...], *results: int) -> FunctionType:
    return FunctionType(parameters, results)


HOME_IMPORTS = {
    "print": _type((_I32, _I32, _I32)),
    "distribute": _type((_I32, _I64, _I32, _I32), _I32),
    "next": _type((_I32,), _I64),
    "close": _type((_I32,)),
    "args": _type((), _I64),
    "exit": _type((_I32,)),
    "time": _type((), _I64),
}
"""Functions of the module "mesh" that a home module may import."""

_ALLOC = {"mesh_alloc": _type((_I32,), _I32)}
_EXPORTED_FUNCTIONS = {
    "home": _ALLOC | {"mesh_main": _type(())},
    "slice": _ALLOC
    | {
        "mesh_load": _type((_I32, _I32)),
        "mesh_chunk": _type((_I32, _I64, _I64), _I64),
    },
}


def check_abi(module: ParsedModule, kind: ModuleKind) -> None:
    """Raise ModuleRefused unless imports and exports are those of the ABI."""
    _check_imports(module, kind)
    exports = {export.name: export for export in module.exports}
    for name in exports:
        if name.startswith(RESERVED_PREFIX):
            raise ModuleRefused(f"the export {name} has a reserved name")
    for name, function_type in _EXPORTED_FUNCTIONS[kind].items():
        export = exports.get(name)
        if (
            export is None
            or export.kind != ExternKind.FUNCTION
            or export.index >= module.function_count
            or module.function_type(export.index) != function_type
        ):
            raise ModuleRefused(f"the module does not export {name} with the ABI's type")
    memory = exports.get("memory")
    if memory is None or memory.kind != ExternKind.MEMORY or memory.index != 0:
        raise ModuleRefused("the module does not export its memory as `memory`")
    _check_version(module, exports)
    if kind == "slice":
        _exported_i32(module, "mesh_progress")


def _check_version(module: ParsedModule, exports: Mapping[str, Export]) -> None:
    """Raise ModuleRefused unless the module says that it keeps to this ABI (ADR 8: C and Rust export no constants)."""
    mark = exports.get(f"mesh_abi_{ABI_VERSION}")
    if mark is not None and mark.kind == ExternKind.FUNCTION:
        return
    version = _exported_i32(module, "mesh_abi")
    if version.type.is_mutable or Reader(version.constant, 1).signed(32) != ABI_VERSION:
        raise ModuleRefused(f"mesh_abi is not the constant {ABI_VERSION}")


def check_memory(module: ParsedModule, memory_bytes: int) -> None:
    """Raise ModuleRefused unless the module's own memory and data fit in `memory_bytes`."""
    if module.memory.minimum * PAGE_BYTES > memory_bytes:
        raise ModuleRefused(f"the module needs more than {memory_bytes} bytes of memory")
    for segment in module.data:
        if segment.offset + len(segment.data) > memory_bytes:
            raise ModuleRefused(f"a data segment lies outside {memory_bytes} bytes of memory")


def _check_imports(module: ParsedModule, kind: ModuleKind) -> None:
    allowed = HOME_IMPORTS if kind == "home" else {}
    for index, item in enumerate(module.imports):
        name = f"{item.module}.{item.name}"
        if item.module != "mesh" or item.name not in allowed:
            raise ModuleRefused(f"the import {name} is not allowed in a {kind} module")
        if module.function_type(index) != allowed[item.name]:
            raise ModuleRefused(f"the import {name} has another type than the ABI's")


def _exported_i32(module: ParsedModule, name: str) -> Global:
    for export in module.exports:
        if export.name == name and export.kind == ExternKind.GLOBAL:
            if export.index < len(module.globals):
                found = module.globals[export.index]
                if found.type.value_type == ValueType.I32:
                    return found
            break
    raise ModuleRefused(f"the module does not export the i32 global {name}")
