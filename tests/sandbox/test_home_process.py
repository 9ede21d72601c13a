"""Home programs in a child process: their calls, in order, and how they end."""

from collections.abc import Iterator

import pytest
from tests.sandbox.modules import MEMORY_BYTES, home_module, slice_module

from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    ChildLost,
    Closed,
    Distribute,
    Exited,
    HomeCall,
    HomeProcess,
    ModuleRefused,
    NextAsked,
    Printed,
    TimeAsked,
    home_profile,
)

PROFILE = home_profile(MEMORY_BYTES)
HELLO = "(call $print (i32.const 1) (i32.const 1024) (i32.const 6))"


@pytest.fixture(scope="module")
def process() -> Iterator[HomeProcess]:
    process = HomeProcess.start(ChildLimits(nice=0))
    yield process
    process.kill()


def calls(process: HomeProcess, main: str, more: str = "") -> list[HomeCall]:
    """Run to the end a program that asks for nothing."""
    process.run(home_module(main, more), PROFILE)
    seen = [process.receive()]
    while not isinstance(seen[-1], Exited):
        seen.append(process.receive())
    return seen


def test_a_program_prints_and_ends(process: HomeProcess) -> None:
    printed, exited = calls(process, HELLO)
    assert printed == Printed(1, b"hello\n")
    assert isinstance(exited, Exited)
    assert (exited.code, exited.trap) == (0, None)
    assert exited.operations > 0


def test_many_prints_are_few_messages(process: HomeProcess) -> None:
    main = f"""(loop $l {HELLO}
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_s (local.get $i) (i32.const 5000))))"""
    *printed, _ = calls(process, main)
    texts = [call.text for call in printed if isinstance(call, Printed)]
    assert b"".join(texts) == b"hello\n" * 5000
    assert len(texts) < 50


def test_stdout_and_stderr_keep_their_order(process: HomeProcess) -> None:
    other = HELLO.replace("(i32.const 1)", "(i32.const 2)", 1)
    *printed, _ = calls(process, HELLO + HELLO + other + HELLO)
    assert printed == [
        Printed(1, b"hello\nhello\n"),
        Printed(2, b"hello\n"),
        Printed(1, b"hello\n"),
    ]


def test_text_does_not_wait_for_the_program() -> None:
    lone = HomeProcess.start(ChildLimits(nice=0))
    lone.run(home_module(HELLO + "(loop $l (br $l))"), PROFILE)
    assert lone.receive() == Printed(1, b"hello\n")
    lone.kill()


def test_a_program_may_end_itself(process: HomeProcess) -> None:
    exited = calls(process, "(call $exit (i32.const 3)) unreachable")[-1]
    assert isinstance(exited, Exited)
    assert (exited.code, exited.trap) == (3, None)


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        ("unreachable", "unreachable"),
        ("(call $print (i32.const 1) (i32.const -1) (i32.const 2))", "out of bounds memory access"),
        ("(call $deep)", "call depth"),
    ],
)
def test_a_trap_is_told_after_what_was_printed(
    process: HomeProcess, main: str, reason: str
) -> None:
    printed, exited = calls(process, HELLO + main, "(func $deep (call $deep))")
    assert printed == Printed(1, b"hello\n")
    assert isinstance(exited, Exited)
    assert exited.trap == reason


def test_deep_recursion_is_possible_at_home(process: HomeProcess) -> None:
    more = """(func $down (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))"""
    exited = calls(process, "(drop (call $down (i32.const 39000)))", more)[-1]
    assert isinstance(exited, Exited)
    assert exited.trap is None


def test_a_loop_is_distributed_and_its_chunks_come_back(process: HomeProcess) -> None:
    main = """
      (drop (call $distribute (i32.const 4) (i64.const 1000) (i32.const 1024) (i32.const 5)))
      (call $print_packed (call $next (i32.const 7)))
      (call $close (i32.const 7))"""
    process.run(home_module(main), PROFILE)
    assert process.receive() == Distribute(4, 1000, b"hello")
    process.reply_run(7)
    assert process.receive() == NextAsked(7)
    process.reply_chunk(1000, 999, b"tape")
    head = (1000).to_bytes(8, "little") + (999).to_bytes(8, "little")
    assert process.receive() == Printed(1, head + b"tape")
    assert process.receive() == Closed(7)
    assert isinstance(process.receive(), Exited)


def test_arguments_and_time_are_asked_for(process: HomeProcess) -> None:
    main = """(call $print_packed (call $args))
      (i64.store (i32.const 1024) (call $time))
      (call $print (i32.const 1) (i32.const 1024) (i32.const 8))"""
    process.run(home_module(main), PROFILE)
    assert process.receive() == ArgsAsked()
    process.reply_args(["prog", "ä"])
    packed = b"\2\0\0\0" + b"\4\0\0\0prog" + b"\2\0\0\0\xc3\xa4"
    assert process.receive() == Printed(1, packed)
    assert process.receive() == TimeAsked()
    process.reply_time(123_456_789_012)
    assert process.receive() == Printed(1, (123_456_789_012).to_bytes(8, "little"))
    assert isinstance(process.receive(), Exited)


def test_a_slice_module_is_refused_as_a_program(process: HomeProcess) -> None:
    with pytest.raises(ModuleRefused, match="mesh_main"):
        process.run(slice_module(), PROFILE)


def test_a_killed_program_is_lost() -> None:
    process = HomeProcess.start(ChildLimits(nice=0))
    process.run(home_module("(loop $l (br $l))"), PROFILE)
    process.kill()
    with pytest.raises(ChildLost, match="killed"):
        process.receive()
