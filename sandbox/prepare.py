"""From a module's bytes to the bytes that are run.

Pure, so that every host runs, and counts, the same. The result is again a module of ABI 1, with
these exports besides: `mesh_sandbox_operations` and `mesh_sandbox_depth` (what is left of the
budgets) and `mesh_sandbox_global_N` for each mutable global, so that the state after `mesh_load`
can be read.
"""

from dataclasses import replace

from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Export,
    ExternKind,
    FunctionType,
    GlobalType,
    Limits,
    ValueType,
    encode_signed,
)
from meshnode.sandbox.abi import RESERVED_PREFIX, check_abi, check_memory
from meshnode.sandbox.call_graph import read_call_graph
from meshnode.sandbox.function_body import read_body
from meshnode.sandbox.line_costs import LineCounters, LineMap
from meshnode.sandbox.meter import Counters, meter_body
from meshnode.sandbox.module_format import Global, ParsedModule, encode_module, parse_module
from meshnode.sandbox.profile import ModuleKind, SandboxProfile

OPERATIONS_EXPORT = RESERVED_PREFIX + "operations"
DEPTH_EXPORT = RESERVED_PREFIX + "depth"
GLOBAL_EXPORT = RESERVED_PREFIX + "global_"


def prepare_module(module: bytes, profile: SandboxProfile, kind: ModuleKind = "slice") -> bytes:
    """Validate a module against ABI 1, fix its memory, inject metering and the call-depth counter.

    Types inside functions are not checked; the engine does that when it compiles the result.
    Raises ModuleRefused.
    """
    parsed = parse_module(module)
    check_abi(parsed, kind)
    check_memory(parsed, profile.memory_bytes)
    return encode_module(_meter(parsed, profile, None)[0])


def prepare_counted(
    module: bytes, profile: SandboxProfile, lines: LineMap
) -> tuple[bytes, LineCounters]:
    """Prepare a home module as `prepare_module`, with counters by source line; gives what reads them.

    Raises ModuleRefused.
    """
    parsed = parse_module(module)
    check_abi(parsed, "home")
    check_memory(parsed, profile.memory_bytes)
    metered, counters = _meter(parsed, profile, lines)
    assert counters is not None
    return encode_module(metered), counters


def _meter(
    module: ParsedModule, profile: SandboxProfile, lines: LineMap | None
) -> tuple[ParsedModule, LineCounters | None]:
    bodies = [read_body(module, index) for index in range(len(module.bodies))]
    graph = read_call_graph(module, bodies)
    first = len(module.globals)
    by_line = None
    if lines is not None:
        numbered = dict(enumerate(bodies, len(module.imports)))
        by_line = LineCounters(lines, numbered, graph, first + 2)
    counters = Counters(operations=first, depth=first + 1, lines=by_line)
    types = list(module.types)

    def type_index(function_type: FunctionType) -> int:
        types.append(function_type)
        return len(types) - 1

    metered = []
    for index, body in enumerate(bodies, len(module.imports)):
        function_type = module.function_type(index)
        metered.append(meter_body(index, body, function_type, graph, counters, type_index))
    pages = profile.memory_bytes // PAGE_BYTES
    added = (
        _counter(ValueType.I64, b"\x42", profile.operations_max),
        _counter(ValueType.I32, b"\x41", profile.depth_max),
    )
    exports = (*module.exports, *_added_exports(module, counters))
    metered_module = replace(
        module,
        types=tuple(types),
        memory=Limits(pages, pages),
        globals=(*module.globals, *added, *(by_line.globals if by_line else ())),
        exports=(*exports, *(by_line.exports if by_line else ())),
        bodies=tuple(metered),
    )
    return metered_module, by_line


def _counter(value_type: ValueType, constant: bytes, value: int) -> Global:
    return Global(GlobalType(value_type, is_mutable=True), constant + encode_signed(value))


def _added_exports(module: ParsedModule, counters: Counters) -> list[Export]:
    added = [
        Export(OPERATIONS_EXPORT, ExternKind.GLOBAL, counters.operations),
        Export(DEPTH_EXPORT, ExternKind.GLOBAL, counters.depth),
    ]
    for index, item in enumerate(module.globals):
        if item.type.is_mutable:
            added.append(Export(f"{GLOBAL_EXPORT}{index}", ExternKind.GLOBAL, index))
    return added
