"""The adaptor to wasmtime; only child processes import it.

Everything that could make two hosts differ is off: threads, relaxed SIMD, fuel, epochs, growing
memories. The stack is far larger than the depth limit needs; a stack that overflows nevertheless
is no result.
"""

import ctypes
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import wasmtime
from wasmtime import _bindings  # the async stack's size has no public name; see `new_engine`

from meshnode.sandbox import limits
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.prepare import DEPTH_EXPORT, OPERATIONS_EXPORT, prepare_module
from meshnode.sandbox.profile import ModuleKind, SandboxProfile

WASM_STACK_BYTES = 128 << 20
THREAD_STACK_BYTES = WASM_STACK_BYTES + (16 << 20)
"""Of the thread that runs modules: the engine's share, and Python's own frames."""


class HostFunction(Protocol):
    """A function that a module may import: integers in, at most one out."""

    def __call__(self, *arguments: int) -> int | None:
        """Serve the import."""


UNREACHABLE = "unreachable"
OUT_OF_OPERATIONS = "out of operations"
CALL_DEPTH = "call depth"

_TRAPS = {
    wasmtime.TrapCode.UNREACHABLE: UNREACHABLE,
    wasmtime.TrapCode.MEMORY_OUT_OF_BOUNDS: "out of bounds memory access",
    wasmtime.TrapCode.TABLE_OUT_OF_BOUNDS: "undefined table element",
    wasmtime.TrapCode.INDIRECT_CALL_TO_NULL: "indirect call to null",
    wasmtime.TrapCode.BAD_SIGNATURE: "indirect call type mismatch",
    wasmtime.TrapCode.INTEGER_OVERFLOW: "integer overflow",
    wasmtime.TrapCode.INTEGER_DIVISION_BY_ZERO: "integer divide by zero",
    wasmtime.TrapCode.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
}


class HostExhausted(Exception):  # noqa: N818 (it names the situation)
    """The host's stack overflowed: there is no result."""


def new_engine() -> wasmtime.Engine:
    """Configure the engine."""
    config = wasmtime.Config()
    config.wasm_threads = False
    config.wasm_relaxed_simd = False
    config.wasm_tail_call = False
    config.wasm_multi_memory = False
    config.wasm_memory64 = False
    config.wasm_exceptions = False
    config.max_wasm_stack = WASM_STACK_BYTES
    # wasmtime aborts when the stack of async calls, which nobody makes, is smaller.
    _bindings.wasmtime_config_async_stack_size_set(config.ptr(), WASM_STACK_BYTES + (1 << 20))
    return wasmtime.Engine(config)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A module that is ready to run."""

    binary: bytes
    """What `prepare_module` made."""
    module: wasmtime.Module


class Compiler:
    """Prepares and compiles modules, and remembers the last ones."""

    def __init__(self) -> None:
        self.engine = new_engine()
        self._prepared: OrderedDict[tuple[bytes, SandboxProfile, ModuleKind], Prepared] = (
            OrderedDict()
        )

    def prepare(self, module: bytes, profile: SandboxProfile, kind: ModuleKind) -> Prepared:
        """Prepare and compile a module, or remember it. Raises ModuleRefused."""
        key = sha256(module).digest(), profile, kind
        if key in self._prepared:
            self._prepared.move_to_end(key)
            return self._prepared[key]
        binary = prepare_module(module, profile, kind)
        prepared = self._prepared[key] = Prepared(binary, self.compile_once(binary))
        if len(self._prepared) > limits.COMPILED_MODULES_MAX:
            self._prepared.popitem(last=False)
        return prepared

    def compile_once(self, binary: bytes) -> wasmtime.Module:
        """Compile a module that nobody will ask for again, such as one with captures inside.

        Raises ModuleRefused if its code is not valid.
        """
        try:
            return wasmtime.Module(self.engine, binary)
        except wasmtime.WasmtimeError as err:
            raise ModuleRefused(f"the module is not valid: {_last_line(err)}") from err


def _last_line(err: wasmtime.WasmtimeError) -> str:
    return str(err).strip().splitlines()[-1].strip()


class Instance:
    """A fresh instance of a prepared module, in a store of its own."""

    def __init__(
        self,
        engine: wasmtime.Engine,
        module: wasmtime.Module,
        functions: Mapping[str, HostFunction],
    ) -> None:
        self._store = wasmtime.Store(engine)
        imports = []
        for item in module.imports:
            assert isinstance(item.type, wasmtime.FuncType)
            imports.append(wasmtime.Func(self._store, item.type, functions[item.name or ""]))
        self._exports = wasmtime.Instance(self._store, module, imports).exports(self._store)
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self.memory_bytes = memory.data_len(self._store)
        address = ctypes.cast(memory.data_ptr(self._store), ctypes.c_void_p).value
        assert address is not None
        self.memory_address = address
        """Where the memory lies in this process; it never moves, since it never grows."""

    def call(self, name: str, *arguments: int) -> int:
        """Call an export and give its result, 0 if it has none.

        Raises wasmtime.Trap, or what a host function raised.
        """
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        result: int | None = function(self._store, *arguments)
        return 0 if result is None else result

    def global_names(self) -> list[str]:
        """Give the names of exported globals."""
        return [name for name, item in self._exports.items() if isinstance(item, wasmtime.Global)]

    def get_global(self, name: str) -> int:
        """Read an exported integer global."""
        item = self._exports[name]
        assert isinstance(item, wasmtime.Global)
        value: int = item.value(self._store)
        return value

    def set_global(self, name: str, value: int) -> None:
        """Write an exported integer global."""
        item = self._exports[name]
        assert isinstance(item, wasmtime.Global)
        item.set_value(self._store, value)

    def read(self, address: int, size: int) -> bytes | None:
        """Copy from the memory; None if any of it lies outside."""
        if not 0 <= address <= self.memory_bytes - size:
            return None
        return ctypes.string_at(self.memory_address + address, size)

    def write(self, address: int, data: bytes) -> bool:
        """Copy into the memory; False, and nothing done, if any of it lies outside."""
        if not 0 <= address <= self.memory_bytes - len(data):
            return False
        ctypes.memmove(self.memory_address + address, data, len(data))
        return True

    def place(self, data: bytes) -> int:
        """Copy into memory of the module's own allocation and give the address.

        Raises wasmtime.Trap, also when the module gives an address outside of its memory.
        """
        address = self.call("mesh_alloc", len(data)) & 0xFFFF_FFFF
        if not self.write(address, data):
            raise wasmtime.Trap("mesh_alloc gave an address outside of the memory")
        return address

    def trap_reason(self, trap: wasmtime.Trap) -> str:
        """Name why this instance trapped, the same on every host; raises HostExhausted."""
        if self.get_global(OPERATIONS_EXPORT) < 0:
            return OUT_OF_OPERATIONS
        if self.get_global(DEPTH_EXPORT) < 0:
            return CALL_DEPTH
        code = trap.trap_code
        if code == wasmtime.TrapCode.STACK_OVERFLOW:
            raise HostExhausted("the host's stack overflowed")
        return _TRAPS.get(code, trap.message) if code is not None else trap.message

    def operations_left(self, trap_reason: str | None) -> int:
        """Give what is left of the budget after a call that ended, or trapped for this reason.

        Nothing is left if the budget was overdrawn, or after a trap that leaves the counter behind
        (see `meter`).
        """
        if trap_reason not in (None, UNREACHABLE, CALL_DEPTH):
            return 0
        return self.get_global(OPERATIONS_EXPORT)
