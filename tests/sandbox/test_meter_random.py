"""Random programs behave under the meter as without it, and pay for what they do."""

import random

import pytest
import wasmtime
from tests.sandbox.modules import MEMORY_BYTES, slice_module

from meshnode.sandbox import prepare_module, slice_profile
from meshnode.sandbox.prepare import DEPTH_EXPORT, OPERATIONS_EXPORT

BUDGET = 1 << 40
STEPS = 300
"""Bound of each program: every loop and call takes a step, and leaves when there are none."""
SEEDS = 80


class Generator:
    """Writes functions of nested blocks, loops, branches, calls, returns and bulk operations.

    `$a` is the value worked on; the global `$steps` counts what happens, with and without meter.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions = self.random.randrange(1, 5)

    def module(self) -> bytes:
        functions = [
            f"(func $f{i} (param $a i64) (result i64) (local $n i32) {self.body()} (local.get $a))"
            for i in range(self.functions)
        ]
        table = " ".join(f"$f{i}" for i in range(self.functions))
        more = f"""(global $steps (export "steps") (mut i32) (i32.const 0))
          (type $t (func (param i64) (result i64)))
          (table {self.functions} funcref) (elem (i32.const 0) {table}) {" ".join(functions)}"""
        return slice_module("(call $f0 (local.get $i))", more)

    def body(self) -> str:
        return self.statements(0, 0)

    def statements(self, depth: int, labels: int) -> str:
        count = self.random.randrange(1, 4)
        return " ".join(self.statement(depth, labels) for _ in range(count))

    def statement(self, depth: int, labels: int) -> str:
        choices = [self.update, self.fill, self.leave, self.call, self.call_indirect]
        if depth < 4:
            choice = self.random.randrange(8)
            if choice < 3:
                inside = self.statements(depth + 1, labels + 1)
                return self.nest(choice, inside, labels)
        simple = self.random.choice(choices)
        return simple(labels)

    def nest(self, choice: int, inside: str, labels: int) -> str:
        if choice == 0:
            return f"(block {inside})"
        if choice == 1:
            return f"(if {self.condition()} (then {inside}) (else {self.update(labels)}))"
        step = "(global.set $steps (i32.add (global.get $steps) (i32.const 1)))"
        again = f"(br_if 0 (i32.and {self.condition()} {self.has_steps()}))"
        return f"(loop {step} {inside} {again})"

    def update(self, _: int) -> str:
        number = self.random.randrange(1, 1000)
        operation = self.random.choice(["add", "mul", "xor", "rotl"])
        return f"(local.set $a (i64.{operation} (local.get $a) (i64.const {number})))"

    def fill(self, _: int) -> str:
        size = f"(i32.and (i32.wrap_i64 (local.get $a)) (i32.const {self.random.randrange(512)}))"
        return f"(memory.fill (i32.const 100000) (i32.wrap_i64 (local.get $a)) {size})"

    def leave(self, labels: int) -> str:
        # To any label, also the function's own, which takes its result along.
        label = self.random.randrange(labels + 1)
        if label == labels:
            leave = self.random.choice(["return", f"br {label}"])
            return f"(if {self.condition()} (then ({leave_with(leave, 1)} (local.get $a))))"
        return f"(br_if {label} (i32.and {self.condition()} {self.has_steps()}))"

    def call(self, _: int) -> str:
        callee = f"(call $f{self.random.randrange(self.functions)} (local.get $a))"
        return self.guarded(callee)

    def call_indirect(self, _: int) -> str:
        index = self.random.randrange(self.functions)
        return self.guarded(f"(call_indirect (type $t) (local.get $a) (i32.const {index}))")

    def guarded(self, call: str) -> str:
        step = "(global.set $steps (i32.add (global.get $steps) (i32.const 1)))"
        return f"(if {self.has_steps()} (then {step} (local.set $a {call})))"

    def condition(self) -> str:
        shift = self.random.randrange(64)
        return (
            f"(i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const {shift})) (i64.const 1)))"
        )

    def has_steps(self) -> str:
        return f"(i32.lt_u (global.get $steps) (i32.const {STEPS}))"


def leave_with(leave: str, nesting: int) -> str:
    """Correct a branch's label for the `if` around it."""
    name, _, label = leave.partition(" ")
    return f"{name} {int(label) + nesting}" if label else name


def run(engine: wasmtime.Engine, module: bytes, argument: int) -> tuple[object, ...]:
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, wasmtime.Module(engine, module), []).exports(store)
    chunk, memory, steps = exports["mesh_chunk"], exports["memory"], exports["steps"]
    assert isinstance(chunk, wasmtime.Func)
    assert isinstance(memory, wasmtime.Memory)
    assert isinstance(steps, wasmtime.Global)
    result = chunk(store, 0, argument, 0)
    written = bytes(memory.read(store, 100_000, 131_072))
    outcome = (result, written, steps.value(store))
    if OPERATIONS_EXPORT not in exports:
        return outcome
    left, depth = exports[OPERATIONS_EXPORT], exports[DEPTH_EXPORT]
    assert isinstance(left, wasmtime.Global)
    assert isinstance(depth, wasmtime.Global)
    return (*outcome, BUDGET - left.value(store), depth.value(store))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_meter_changes_nothing_but_counts(seed: int) -> None:
    engine = wasmtime.Engine()
    module = Generator(seed).module()
    profile = slice_profile(MEMORY_BYTES, BUDGET)
    for argument in (0, 1, 0x0123_4567_89AB_CDEF):
        plain = run(engine, module, argument)
        *metered, operations, depth = run(engine, prepare_module(module, profile), argument)
        assert tuple(metered) == plain
        assert operations > plain[2]  # type: ignore[operator]  # each step is several instructions
        assert depth == profile.depth_max
