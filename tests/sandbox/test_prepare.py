"""Which modules are taken, and what their operations cost."""

import random

import pytest
import wasmtime
from tests.sandbox.modules import (
    EMIT_SQUARES,
    FIBONACCI,
    MEMORY_BYTES,
    assemble,
    home_module,
    slice_module,
    slice_text,
)

from meshnode.sandbox import ModuleRefused, prepare_module, slice_profile
from meshnode.sandbox.prepare import DEPTH_EXPORT, OPERATIONS_EXPORT

BUDGET = 1_000_000
PROFILE = slice_profile(MEMORY_BYTES, BUDGET)


def run(module: bytes, start: int = 0, stop: int = 10) -> tuple[int, int, int]:
    """Run a chunk in this process: result, operations, depth that is left."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    prepared = wasmtime.Module(engine, prepare_module(module, PROFILE))
    exports = wasmtime.Instance(store, prepared, []).exports(store)
    chunk, left, depth = (exports[n] for n in ("mesh_chunk", OPERATIONS_EXPORT, DEPTH_EXPORT))
    assert isinstance(chunk, wasmtime.Func)
    assert isinstance(left, wasmtime.Global)
    assert isinstance(depth, wasmtime.Global)
    result = chunk(store, 0, start, stop)
    return result, BUDGET - left.value(store), depth.value(store)


def cost(chunk: str, more: str = "") -> int:
    return run(slice_module(chunk, more))[1]


def test_preparing_is_a_pure_function_of_the_bytes() -> None:
    assert prepare_module(slice_module(), PROFILE) == prepare_module(slice_module(), PROFILE)


def test_the_memory_is_what_the_profile_says() -> None:
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, prepare_module(slice_module(), PROFILE))
    memory = next(export.type for export in module.exports if export.name == "memory")
    assert isinstance(memory, wasmtime.MemoryType)
    assert (memory.limits.min, memory.limits.max) == (MEMORY_BYTES >> 16, MEMORY_BYTES >> 16)


def test_an_instruction_costs_one_operation() -> None:
    assert cost("(i64.const 7)") == 1
    assert cost("(i64.add (i64.const 7) (i64.const 7))") == 3
    assert cost("(block (nop)) (i64.const 7)") == 1


def test_a_loop_is_charged_for_each_iteration() -> None:
    body = """(loop $next
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $next (i64.lt_s (local.get $i) (local.get $stop))))
      (i64.const 0)"""
    assert cost(body) == 1 + 10 * 8


def test_inner_loops_are_charged_apart() -> None:
    body = """(loop $outer
        (local.set $b (i32.const 0))
        (loop $inner
          (local.set $b (i32.add (local.get $b) (i32.const 1)))
          (br_if $inner (i32.lt_s (local.get $b) (i32.const 5))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $outer (i64.lt_s (local.get $i) (local.get $stop))))
      (i64.const 0)"""
    assert cost(body) == 1 + 10 * (2 + 5 * 8 + 8)


def test_a_function_of_fixed_cost_is_charged_by_its_caller() -> None:
    double = "(func $double (param i64) (result i64) (i64.add (local.get 0) (local.get 0)))"
    assert cost("(call $double (i64.const 3))", double) == 2 + 3


def test_copying_memory_costs_by_the_byte() -> None:
    fill = "(memory.fill (i32.const 4096) (i32.const 1) (i32.const {size})) (i64.const 0)"
    assert cost(fill.format(size=0)) == 5
    assert cost(fill.format(size=1600)) == 5 + 100


def test_recursion_gives_its_depth_back() -> None:
    result, operations, depth = run(
        slice_module("(i64.extend_i32_u (call $fib (i32.const 10)))", FIBONACCI)
    )
    assert result == 55
    assert operations > 177
    assert depth == PROFILE.depth_max


def test_a_branch_to_the_functions_own_label_gives_depth_back_too() -> None:
    more = """(func $down (param i32) (result i32 i32)
      (if (i32.eqz (local.get 0)) (then (br 1 (i32.const 1) (i32.const 2))))
      (call $down (i32.sub (local.get 0) (i32.const 1))))"""
    result, _, depth = run(
        slice_module("(i64.extend_i32_u (i32.add (call $down (i32.const 9))))", more)
    )
    assert result == 3
    assert depth == PROFILE.depth_max


@pytest.mark.parametrize("trips", [0, 1, 7])
def test_results_are_those_of_the_original(trips: int) -> None:
    original = wasmtime.Engine()
    store = wasmtime.Store(original)
    module = slice_module(EMIT_SQUARES)
    exports = wasmtime.Instance(store, wasmtime.Module(original, module), []).exports(store)
    chunk = exports["mesh_chunk"]
    assert isinstance(chunk, wasmtime.Func)
    assert run(module, 0, trips)[0] == chunk(store, 0, 0, trips)


REFUSED = {
    "start function": (slice_text(more="(func $s) (start $s)"), "start function"),
    "import": (
        slice_text().replace('(memory (export', '(import "a" "b" (func)) (memory (export', 1),
        "a.b is not allowed",
    ),
    "imported global": (
        '(module (import "mesh" "memory" (global i32)) (memory 1))',
        "not a function",
    ),
    "memory.grow": (slice_text("(drop (memory.grow (i32.const 1))) (i64.const 0)"), "memory.grow"),
    "table.set": (
        slice_text("(table.set (i32.const 0) (ref.null func)) (i64.const 0)", "(table 1 funcref)"),
        "not allowed",
    ),
    "passive data": (slice_text(more='(data "abc")'), "passive"),
    "two memories": (slice_text(more="(memory 1)"), "memory section"),
    "shared memory": (slice_text().replace('"memory") 2', '"memory") 2 2 shared'), "malformed"),
    "memory too large": (slice_text().replace('"memory") 2', '"memory") 17'), "bytes of memory"),
    "data outside": (slice_text(more='(data (i32.const 1048570) "1234567")'), "outside"),
    "mutable float": (slice_text(more="(global (mut f64) (f64.const 0))"), "float"),
    "abi 2": (slice_text().replace('"mesh_abi") i32 (i32.const 1', '"mesh_abi") i32 (i32.const 2'),
              "mesh_abi"),
    "no chunk": (slice_text().replace('"mesh_chunk"', '"other"'), "mesh_chunk"),
    "no progress": (slice_text().replace('"mesh_progress"', '"other"'), "mesh_progress"),
    "wrong type": (slice_text().replace("(param i32) (result i32)", "(param i64) (result i32)", 1)
                   .replace("(i32.add (global.get $heap) (local.get 0))", "(i32.const 0)"),
                   "mesh_alloc"),
    "reserved name": (slice_text(more='(func (export "mesh_sandbox_x"))'), "reserved"),
    "tail call": (slice_text(more="(func $f (return_call $f))"), "not allowed"),
    "atomics": (slice_text(more="(func (drop (i32.atomic.load (i32.const 0))))"), "not allowed"),
    "relaxed simd": (
        slice_text(more="(func (param v128) (drop (i8x16.relaxed_swizzle "
                   "(local.get 0) (local.get 0))))"),
        "not allowed",
    ),
    "exceptions": (slice_text(more="(tag $t) (func (throw $t))"), "unknown section"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_module_outside_the_abi_is_refused_with_the_reason(name: str) -> None:
    text, reason = REFUSED[name]
    with pytest.raises(ModuleRefused, match=reason):
        prepare_module(assemble(text), PROFILE)


def test_a_home_module_is_no_slice_module_and_the_other_way_round() -> None:
    home = home_module("(call $print (i32.const 1) (i32.const 1024) (i32.const 6))")
    assert prepare_module(home, PROFILE, "home")
    with pytest.raises(ModuleRefused, match=r"mesh\.print is not allowed in a slice"):
        prepare_module(home, PROFILE, "slice")
    with pytest.raises(ModuleRefused, match="mesh_main"):
        prepare_module(slice_module(), PROFILE, "home")


def test_the_original_cannot_name_what_the_rewrite_adds() -> None:
    # Two globals and two locals are added behind the module's own; here are references to them.
    for text, old, new in (
        ("(global.get 2) (drop) (i64.const 0)", b"\x23\x02\x1a", b"\x23\x03\x1a"),
        ("(local.get 4) (drop) (i64.const 0)", b"\x20\x04\x1a", b"\x20\x05\x1a"),
    ):
        module = slice_module(text)
        assert module.count(old) == 1
        with pytest.raises(ModuleRefused, match="unknown local or global"):
            prepare_module(module.replace(old, new), PROFILE)


def test_nonsense_is_refused_and_nothing_else_happens() -> None:
    generator = random.Random(1)
    module = slice_module("(i64.extend_i32_u (call $fib (i32.const 10)))", FIBONACCI)
    for _ in range(1500):
        damaged = bytearray(module[: generator.randrange(len(module) // 2, len(module) + 1)])
        for _ in range(generator.randrange(4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        try:
            prepare_module(bytes(damaged), PROFILE)
        except ModuleRefused:
            continue


def test_a_module_with_huge_counts_is_refused_quickly() -> None:
    for section in range(1, 12):
        with pytest.raises(ModuleRefused):
            prepare_module(
                b"\0asm\1\0\0\0" + bytes([section, 5]) + b"\xff\xff\xff\xff\x0f", PROFILE
            )
