"""The interpreter of the IR does what the real compiler's builds do, within bounds."""

import math

import pytest
from tests.compiler.front_end import FILE, check, prelude
from tests.compiler.interpreted import BOUNDS, Console, run_interpreted
from tests.golden.catalogue import ARGUMENTS, Golden, golden_programs

from meshnode.compiler import ir, pipeline
from meshnode.compiler.interpret import numbers
from meshnode.compiler.interpret.interpreter import Interpreter
from meshnode.compiler.interpret.machine import Cause, Stopped

SAMPLE = 20
"""Golden programs to try; all of them take too long."""
PROGRAMS = golden_programs()
SAMPLED = PROGRAMS[:: 1 + len(PROGRAMS) // SAMPLE]


@pytest.mark.parametrize("golden", SAMPLED, ids=lambda golden: golden.name)
def test_a_program_does_what_the_real_compiler_makes_it_do(golden: Golden) -> None:
    file = golden.name.rsplit("/", 1)[-1] + ".mojo"
    module = pipeline.check(golden.source, file, prelude())

    try:
        outcome = run_interpreted(module, Console(ARGUMENTS))
    except Stopped as stopped:
        assert stopped.cause is Cause.STEPS, stopped  # noqa: PT017 - long programs are not for the interpreter
        pytest.skip(str(stopped))

    assert outcome.trap is None
    assert outcome.stdout.decode() == golden.stdout.decode()
    assert outcome.exit_code == golden.exit_code


def _stop(source: str, name: str, *arguments: float) -> Stopped:
    """Run a function that main reaches, and give why it stopped."""
    module = check(source)
    interpreter = Interpreter(module.functions, module.structs, None, BOUNDS)
    with pytest.raises(Stopped) as caught:
        interpreter.call(ir.FunctionId(name), *arguments)
    return caught.value


DEEP = "def deep(n: Int) -> Int:\n    return n + deep(n + 1)\ndef main():\n    print(deep(0))\n"
ENDLESS = """\
def endless(n: Int) -> Int:
    var k = n
    while k == n:
        pass
    return k
def main():
    print(endless(0))
"""
OUTSIDE = """\
def outside(n: Int) -> Int:
    var xs = List[Int](length=3, fill=1)
    return xs[n]
def main():
    print(outside(0))
"""
DIVIDES = """\
def divide(a: Int, b: Int) -> Int:
    return a / b
def half(a: Int, b: Int) -> Int:
    return divide(a, b) + 1
def main():
    print(half(1, 2))
"""


def test_endless_recursion_stops() -> None:
    assert _stop(DEEP, "deep", 0).cause is Cause.CALLS


def test_an_endless_loop_stops() -> None:
    assert _stop(ENDLESS, "endless", 1).cause is Cause.STEPS


def test_an_index_out_of_bounds_stops_at_its_place() -> None:
    stopped = _stop(OUTSIDE, "outside", 3)

    assert stopped.cause is Cause.TRAP
    assert stopped.span == ir.Span(FILE, 3, 14, 3, 17)


def test_a_trap_tells_the_calls_that_led_to_it() -> None:
    stopped = _stop(DIVIDES, "half", 1, 0)

    assert stopped.message == "division by zero"
    assert stopped.span is not None
    assert (stopped.span.line, [span.line for span in stopped.chain]) == (2, [4])


def test_float32_is_rounded_once_from_integers() -> None:
    to_float32 = numbers.conversion(ir.INT, ir.FLOAT32)
    assert to_float32 is not None
    # Just above a tie: by way of Float64 it would be rounded down.
    assert to_float32((1 << 60) + (1 << 36) + 1) == float((1 << 60) + (1 << 37))
    assert to_float32(-16777217) == -16777216.0


def test_floats_saturate_when_they_become_integers() -> None:
    to_int8 = numbers.conversion(ir.FLOAT64, ir.IntType(8, is_signed=True))
    assert to_int8 is not None
    assert [to_int8(value) for value in (300.0, -300.0, -1.9, math.nan)] == [127, -128, -1, 0]


def test_bits_and_bytes_turn_round() -> None:
    reverse = numbers.intrinsic("bit_reverse", ir.UINT8, ir.UINT8)
    swap = numbers.intrinsic("byte_swap", ir.INT, ir.INT)
    assert reverse is not None
    assert swap is not None
    assert (reverse(0b0000_0110), swap(0xFF)) == (0b0110_0000, -(1 << 56))
