"""Chunks draw the sequential run's own random numbers, or none."""

import pytest
from tests.compiler.loops.borders import HEAD
from tests.compiler.loops.harness import EAGER, check, check_same
from tests.compiler.loops.interpreted import loops_taken

from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import split_loops

IMPORT = "from std.random import randn_float64, random_float64, random_ui64, seed, shuffle\n\n"

DRAWING = """\
def main() raises:
    DRAWN
    var total = 0
    var last = 0.0
    for i in range(40):
        DRAW
        total += heavy(Int(last * 1000.0))
    print(total, last, random_float64(), random_ui64(0, 9))
"""


@pytest.mark.parametrize("drawn", ["seed(7)", "last_seed()", "_ = random_float64()"])
@pytest.mark.parametrize(
    "draw",
    [
        "last = random_float64()",
        "last = random_float64() + random_float64(-3.0, 5.0)",
        "last = randn_float64()",
        "last = Float64(random_ui64(0, 1000))",
        "last = Float64(random_ui64(0, 12297829382473034410) >> 40)",
        "last = 0.0\n        for _ in range(3):\n            last += random_float64()",
        "last = sample(i)",
    ],
)
def test_a_chunk_draws_the_programs_own_numbers(drawn: str, draw: str) -> None:
    source = SAMPLE + DRAWING.replace("DRAWN", drawn).replace("DRAW", draw)
    loops = split_loops(check(IMPORT + HEAD + source), EAGER).loops
    loop = next(found for found in loops if found.function == "main")
    assert loop.verdict is Verdict.DISTRIBUTED, loop
    assert loop.closed == (
        "each iteration draws equally many random numbers: chunks draw the program's own",
    )
    assert loops_taken(IMPORT + HEAD + source)


SAMPLE = """\
def sample(n: Int) -> Float64:
    var best = 0.0
    for _ in range(4):
        best += random_float64()
    return best / Float64(n + 1)


def last_seed():
    seed(-3)
    _ = random_ui64(0, 5)


"""


@pytest.mark.parametrize(
    "draw",
    [
        "if heavy(i) % 2 == 0:\n            last = random_float64()",
        "for _ in range(i % 3):\n            last = random_float64()",
        "last = random_float64()\n        if last > 0.9:\n            break",
        "last = random_float64()\n        if total % 7 == 5:\n            raise Error(String(last))",
        "last = random_float64()\n        if i == 20:\n            seed(3)",
        "if total % 3 == 1:\n            last = random_float64()",
    ],
)
def test_numbers_of_an_unknown_count_are_drawn_at_home(draw: str) -> None:
    source = IMPORT + HEAD + DRAWING.replace("DRAWN", "seed(1)").replace("DRAW", draw)
    loop = next(
        found for found in split_loops(check(source), EAGER).loops if found.function == "main"
    )
    assert loop.closed == ()
    loops_taken(source)


def test_a_shuffle_draws_at_home() -> None:
    source = """\
def main() raises:
    var xs: List[Int] = [1, 2, 3, 4, 5]
    for i in range(20):
        shuffle(xs)
        print(heavy(i), xs[0])
    print(random_float64())
"""
    loops_taken(IMPORT + HEAD + source)


def test_the_modules_do_the_same() -> None:
    source = DRAWING.replace("DRAWN", "_ = random_float64()").replace(
        "DRAW", "last = random_float64() + Float64(random_ui64(0, 12297829382473034410) >> 60)"
    )
    assert check_same(IMPORT + HEAD + source).loops


def test_explain_says_why_numbers_cannot_be_drawn_in_chunks() -> None:
    source = (
        IMPORT
        + HEAD
        + """\
def main():
    var total = 0.0
    for i in range(20):
        if i % 3 == 0:
            total = total * 0.5 + random_float64()
    print(total)
"""
    )
    (loop,) = (found for found in split_loops(check(source)).loops if found.function == "main")
    assert loop.reason is not None
    assert "draws random numbers" in loop.reason.message
    assert "equally many" in (loop.suggestion or "")
