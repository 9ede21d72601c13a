"""Slices in real child processes: bounds, isolation, counts, cancellation."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from tests.sandbox.modules import (
    EMIT_SQUARES,
    FIBONACCI,
    MEMORY_BYTES,
    slice_module,
    square_tape,
)

from meshnode.sandbox import (
    ChildLimits,
    ChildLost,
    ModuleRefused,
    SliceProcess,
    slice_profile,
)

BUDGET = 10_000_000
PROFILE = slice_profile(MEMORY_BYTES, BUDGET)
LIMITS = ChildLimits(nice=0)
ENDLESS = "(loop $l (br $l)) (i64.const 0)"


@pytest.fixture(scope="module")
def process() -> Iterator[SliceProcess]:
    process = SliceProcess.start(LIMITS)
    yield process
    process.kill()


def test_a_chunk_gives_its_tape(process: SliceProcess) -> None:
    process.load(slice_module(), b"", PROFILE)
    outcome = process.run_chunk(0, 5, 9, BUDGET)
    assert outcome.iterations_done == 4
    assert outcome.tape == square_tape(5, 9)
    assert outcome.trap is None


def test_the_count_is_the_same_in_every_process_and_whatever_ran_before(
    process: SliceProcess,
) -> None:
    process.load(slice_module(), b"", PROFILE)
    first = process.run_chunk(0, 0, 1000, BUDGET)
    process.run_chunk(0, 3, 4, BUDGET)
    again = process.run_chunk(0, 0, 1000, BUDGET * 7)
    other = SliceProcess.start(LIMITS)
    other.load(slice_module(), b"", slice_profile(2 * MEMORY_BYTES, BUDGET))
    elsewhere = other.run_chunk(0, 0, 1000, BUDGET)
    other.kill()
    assert first.operations == again.operations == elsewhere.operations
    assert first.tape == again.tape == elsewhere.tape


def test_an_endless_loop_runs_out_of_operations(process: SliceProcess) -> None:
    process.load(slice_module(ENDLESS), b"", PROFILE)
    outcome = process.run_chunk(0, 0, 1, BUDGET)
    assert (outcome.trap, outcome.operations) == ("out of operations", BUDGET)


def test_whole_iterations_survive_a_trap(process: SliceProcess) -> None:
    body = EMIT_SQUARES.replace(
        "(call $emit", "(if (i64.eq (local.get $i) (i64.const 7)) (then unreachable)) (call $emit"
    )
    process.load(slice_module(body), b"", PROFILE)
    outcome = process.run_chunk(0, 5, 100, BUDGET)
    assert (outcome.iterations_done, outcome.trap) == (2, "unreachable")
    assert outcome.tape == square_tape(5, 7)
    assert 0 < outcome.operations < 200


def test_a_trap_of_the_machine_costs_the_whole_budget(process: SliceProcess) -> None:
    body = "(loop $l (drop (i64.load (local.get $b))) (local.set $b (i32.const -1)) (br $l))"
    process.load(slice_module(body + "(i64.const 0)"), b"", PROFILE)
    outcome = process.run_chunk(0, 0, 1, BUDGET)
    assert (outcome.trap, outcome.operations) == ("out of bounds memory access", BUDGET)


def test_whole_iterations_survive_the_end_of_the_budget(process: SliceProcess) -> None:
    process.load(slice_module(), b"", PROFILE)
    outcome = process.run_chunk(0, 0, 1000, 1000)
    assert outcome.trap == "out of operations"
    assert 0 < outcome.iterations_done < 1000
    assert outcome.tape == square_tape(0, outcome.iterations_done)


@pytest.mark.parametrize(
    ("body", "more", "reason"),
    [
        ("(i64.load (i32.const -8))", "", "out of bounds memory access"),
        ("(i64.div_s (i64.const 1) (i64.const 0))", "", "integer divide by zero"),
        ("(call $deep) (i64.const 0)", "(func $deep (call $deep))", "call depth"),
        (
            "(call_indirect (i32.const 0)) (i64.const 0)",
            "(table 1 funcref) (func $again (call_indirect (i32.const 0)))"
            " (elem (i32.const 0) $again)",
            "call depth",
        ),
        (
            "(loop $l (i64.store (local.get $b) (i64.const 1))"
            " (local.set $b (i32.add (local.get $b) (i32.const 65536))) (br $l)) (i64.const 0)",
            "",
            "out of bounds memory access",
        ),
    ],
)
def test_a_trap_is_a_result(process: SliceProcess, body: str, more: str, reason: str) -> None:
    process.load(slice_module(body, more), b"", PROFILE)
    assert process.run_chunk(0, 0, 1, BUDGET).trap == reason


def test_no_state_leaks_from_chunk_to_chunk(process: SliceProcess) -> None:
    # Each chunk returns what an earlier one would have left: in memory, in a global.
    body = """
      (call $emit (i64.load (i32.const 8192))) (call $emit (i64.extend_i32_u (global.get $heap)))
      (i64.store (i32.const 8192) (i64.const 99)) (drop (call $alloc (i32.const 64)))
      (call $tape)"""
    process.load(slice_module(body), b"12345678", PROFILE)
    first = process.run_chunk(0, 0, 2, BUDGET)
    process.run_chunk(0, 0, 1, 10)
    assert process.run_chunk(0, 0, 2, BUDGET).tape == first.tape
    assert first.tape == bytes(8) + (131072 + 8).to_bytes(8, "little")


@pytest.mark.parametrize("size", [100, 20 << 20])
def test_captures_reach_every_chunk_small_or_large(process: SliceProcess, size: int) -> None:
    # The tape is a byte of the captures, then one that mesh_load set back to zero.
    body = """
      (local.set $b (i32.load (i32.const 2048)))
      (call $emit (i64.load8_u (i32.add (local.get $b) (i32.wrap_i64 (local.get $i)))))
      (call $emit (i64.load8_u (i32.const 1040)))
      (call $tape)"""
    load = "(i32.store8 (i32.const 1042) (i32.const 1)) (i32.store8 (i32.const 1041) (i32.const 0))"
    captures = bytes(range(251)) * (size // 251 + 1)
    profile = slice_profile(64 << 20, BUDGET)
    process.load(slice_module(body, load=load), captures, profile)
    for index in (0, 77, size - 1):
        tape = process.run_chunk(0, index, index + 2, BUDGET).tape
        assert tape == captures[index].to_bytes(8, "little") + bytes(8)


def test_a_load_that_traps_makes_every_chunk_empty(process: SliceProcess) -> None:
    outcome = process.load(slice_module(load="(unreachable)"), b"", PROFILE)
    assert outcome.trap == "load: unreachable"
    chunk = process.run_chunk(0, 0, 5, BUDGET)
    assert (chunk.iterations_done, chunk.tape, chunk.operations) == (0, b"", 0)
    assert chunk.trap == "load: unreachable"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("(i64.store (i32.const 1024) (i64.const 9)) (i64.const 0)", "more iterations than asked"),
        ("(i64.const 0xfffffff0_00001000)", "tape outside of the memory"),
        ("(i64.const 0x7fffffff)", "output too long"),
    ],
)
def test_lies_about_progress_and_tape_are_seen(
    process: SliceProcess, body: str, reason: str
) -> None:
    process.load(slice_module(body), b"", PROFILE)
    outcome = process.run_chunk(0, 0, 1, BUDGET)
    assert (outcome.iterations_done, outcome.tape, outcome.trap) == (0, b"", reason)


def test_a_refused_module_leaves_the_process_in_order(process: SliceProcess) -> None:
    with pytest.raises(ModuleRefused, match="not valid"):
        # Types within functions are the engine's to check.
        process.load(
            slice_module("(i64.const 7)").replace(b"\x42\x07\x0b", b"\x41\x07\x0b"), b"", PROFILE
        )
    process.load(slice_module(), b"", PROFILE)
    assert process.run_chunk(0, 0, 3, BUDGET).iterations_done == 3


def test_a_kill_cancels_a_running_chunk_at_once() -> None:
    process = SliceProcess.start(LIMITS)
    process.load(slice_module(ENDLESS), b"", PROFILE)
    began = threading.Event()
    seen: list[tuple[float, BaseException]] = []

    def run() -> None:
        began.set()
        try:
            process.run_chunk(0, 0, 1, 1 << 60)
        except ChildLost as err:
            seen.append((time.monotonic(), err))

    thread = threading.Thread(target=run)
    thread.start()
    began.wait()
    killed_at = time.monotonic()
    process.kill()
    thread.join()
    assert seen[0][0] - killed_at < 0.1
    assert not process.is_alive
    process.kill()


def test_a_crash_is_told_and_another_process_works() -> None:
    process = SliceProcess.start(LIMITS)
    process.load(slice_module(), b"", PROFILE)
    os.kill(process.pid, signal.SIGABRT)
    with pytest.raises(ChildLost, match="code -6"):
        process.run_chunk(0, 0, 3, BUDGET)
    other = SliceProcess.start(LIMITS)
    other.load(slice_module(), b"", PROFILE)
    assert other.run_chunk(0, 0, 3, BUDGET).iterations_done == 3
    other.kill()


def test_a_chunk_that_computes_too_long_loses_its_process() -> None:
    process = SliceProcess.start(ChildLimits(nice=0, wall_ms_max=200))
    process.load(slice_module(ENDLESS), b"", PROFILE)
    with pytest.raises(ChildLost, match="longer than 200 ms"):
        process.run_chunk(0, 0, 1, 1 << 60)


def test_a_host_stack_overflow_is_no_result(process: SliceProcess) -> None:
    # Frames so large that the depth limit is not reached first.
    # Values that live across the call lie on the host's stack; the meter sees only locals.
    values = 6_000
    pushes = "".join(f"(i64.load (i32.const {8 * i}))" for i in range(values))
    deep = f"(func $deep (result i64) {pushes} (call $deep) {'(i64.add)' * values})"
    profile = slice_profile(MEMORY_BYTES, 1 << 40)
    process.load(slice_module("(call $deep)", deep), b"", profile)
    try:
        outcome = process.run_chunk(0, 0, 1, 1 << 40)
    except ChildLost as err:
        assert "stack" in str(err)  # noqa: PT017 (either way is right, a wrong result is not)
    else:
        assert outcome.trap == "call depth"


def test_recursion_within_the_limit_works(process: SliceProcess) -> None:
    body = "(drop (call $fib (i32.const 15))) (call $tape)"
    process.load(slice_module(body, FIBONACCI), b"", PROFILE)
    assert process.run_chunk(0, 0, 1, BUDGET).trap is None
