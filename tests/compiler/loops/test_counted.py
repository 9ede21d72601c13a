"""`while` loops that count are ranges; others are not."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, assert_not_distributed, report
from tests.compiler.loops.interpreted import loops_taken

from meshnode.compiler.loops.report import Verdict

COUNTING = """\
def main():
    var xs = List[Int](length=40, fill=3)
    var n = 60
    var i = START
    var total = 0
    while TEST:
        total += heavy(i)
        STEP
        total -= i
    print(total, i, xs)
"""


@pytest.mark.parametrize(
    ("start", "test", "step"),
    [
        ("0", "i < n", "i += 1"),
        ("5", "i <= n", "i += 3"),
        ("100", "i > n", "i -= 7"),
        ("100", "n <= i", "i = i - 1"),
        ("0", "i < len(xs)", "xs[i] = heavy(xs[i]); i += 1"),
        ("200", "i < n", "i += 1"),
        ("9223372036854775700", "i < 9223372036854775800", "i += 7"),
    ],
)
def test_a_while_loop_that_counts_is_a_range(start: str, test: str, step: str) -> None:
    source = COUNTING.replace("START", start).replace("TEST", test)
    source = source.replace("STEP", step.replace("; ", "\n        "))
    found = report(source)
    assert found.verdict is Verdict.DISTRIBUTED, found
    assert (loops_taken(HEAD + source) == 1) == (start != "200")


def test_a_step_that_would_wrap_keeps_the_loop_at_home() -> None:
    source = """\
def main() raises:
    var i = 9223372036854775700
    var total = 0
    var bound = 9223372036854775806
    while i < bound:
        total += heavy(i)
        if i < 0:
            raise Error("wrapped")
        i += 10
    print(total, i)
"""
    assert report(source).verdict is Verdict.DISTRIBUTED
    assert not loops_taken(HEAD + source)


@pytest.mark.parametrize(
    "body",
    [
        "i += heavy(i) % 3 + 1",
        "n -= heavy(i) % 2\n        i += 1",
        "if heavy(i) % 2 == 0:\n            i += 1\n        i += 1",
        "if heavy(i) % 2 == 0:\n            i += 1\n            continue\n        i += 1",
        "xs.append(heavy(i))\n        i += 1\n        n = len(xs) * 2",
    ],
)
def test_a_while_loop_whose_end_depends_on_its_work_stays_at_home(body: str) -> None:
    source = f"""\
def main():
    var xs = List[Int](length=10, fill=3)
    var n = 30
    var i = 0
    while i < n:
        {body}
    print(i, n, xs)
"""
    assert_not_distributed(source, "the loop's end depends on")
    loops_taken(HEAD + source)


def test_a_while_loop_may_be_left_early() -> None:
    assert_distributed("""\
def main():
    var i = 0
    var found = -1
    while i < 80:
        if heavy(i) % 50 == 7:
            found = i
            break
        i += 1
    else:
        print("none")
    print(found, i)
""")


def test_each_iteration_of_a_while_loop_may_update_its_own_element() -> None:
    assert_distributed("""\
def main():
    var xs = List[Int](length=50, fill=1)
    var i = 0
    while i < len(xs):
        xs[i] = heavy(xs[i] + i)
        i += 2
    print(xs, i)
""")


def test_a_while_loop_may_end_for_another_reason_too() -> None:
    assert_distributed("""\
def main():
    var i = 0
    var found = False
    while i < 80 and not found:
        found = heavy(i) % 50 == 7
        i += 1
    print(found, i)
""")


def test_a_loop_over_a_dict_stays_at_home() -> None:
    source = """\
def main():
    var d = Dict[Int, Int]()
    var total = 0
    for k in d.keys():
        total += heavy(k)
    print(total)
"""
    assert_not_distributed(source, "goes through an iterator")
