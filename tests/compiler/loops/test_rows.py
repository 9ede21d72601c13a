"""Loops that write elements: which iterations have elements of their own, and how they are written at home."""

import pytest
from tests.compiler.loops.borders import (
    HEAD,
    assert_distributed,
    assert_not_distributed,
    report,
)
from tests.compiler.loops.harness import EAGER, check, check_same
from tests.compiler.loops.interpreted import loops_taken

from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import split_loops


def test_a_loop_that_reads_what_it_wrote_stays_at_home() -> None:
    assert_not_distributed(
        """\
def main():
    var xs = List[Int](length=50, fill=1)
    for i in range(1, 50):
        xs[i] = heavy(xs[i - 1])
    print(xs[49])
""",
        "reads `xs`",
    )


def test_each_iteration_may_update_its_own_element() -> None:
    found = assert_distributed("""\
def main():
    var xs = List[Int](length=50, fill=1)
    for i in range(50):
        xs[i] = heavy(xs[i] + i)
    for i in range(49, 10, -3):
        var k = i - 2
        xs[k] = heavy(xs[k] + i)
        xs[k] += 3
    print(xs)
""")
    assert found.captures


def test_each_iteration_may_update_its_own_row() -> None:
    assert_distributed("""\
def main():
    var n = 8
    var xs = List[Int](length=80, fill=1)
    for i in range(10):
        for j in range(1, n):
            xs[i * n + j] = heavy(xs[i * n + j - 1] + j)
    print(xs)
""")


def test_a_try_that_updates_its_own_element_is_replayed() -> None:
    source = """\
def main():
    var xs = List[Int](length=60, fill=1)
    var total = 0
    for i in range(50):
        var t = 0
        try:
            t = picky(heavy(i))
            xs[i] = heavy(xs[i] + t)
        except:
            t = heavy(i + 1)
        for j in range(t & 7):
            total += heavy(j + t)
    print(xs, total)
"""
    check_same(HEAD + source)


def test_each_iteration_may_update_its_own_row_of_rows() -> None:
    assert_distributed("""\
def main():
    var rows = List[List[Int]]()
    for i in range(12):
        rows.append(List[Int](length=i, fill=i))
    for i in range(len(rows)):
        for j in range(1, len(rows[i])):
            rows[i][j] = heavy(rows[i][j - 1] + rows[i][j] + len(rows))
    print(rows)
""")


def test_a_call_may_update_a_row_of_its_own() -> None:
    source = """\
def relax(mut row: List[Int], k: Int):
    for j in range(len(row)):
        row[j] = heavy(row[j] + k)


def main():
    var rows = List[List[Int]]()
    for i in range(12):
        rows.append(List[Int](length=i, fill=i))
    for i in range(LAST):
        relax(rows[i], i)
    print(rows)
"""
    for last, verdict in (("12", Verdict.DISTRIBUTED), ("14", Verdict.DISTRIBUTED)):
        program = HEAD + source.replace("LAST", last)
        loops = split_loops(check(program), EAGER).loops
        assert [loop.verdict for loop in loops if loop.function == "main"][1] is verdict
        check_same(program)


@pytest.mark.parametrize("index", ["i - 1", "0", "i // 2"])
def test_an_update_of_another_row_of_rows_stays_at_home(index: str) -> None:
    source = f"""\
def main():
    var rows = List[List[Int]]()
    for i in range(12):
        rows.append(List[Int](length=8, fill=i))
    for i in range(1, 12):
        for j in range(8):
            rows[{index}][j] = heavy(rows[i][j] + j)
    print(rows)
"""
    loops = split_loops(check(HEAD + source), EAGER).loops
    assert loops[-2].verdict is not Verdict.DISTRIBUTED, loops
    check_same(HEAD + source)


def test_each_iteration_may_update_a_strided_row() -> None:
    assert_distributed("""\
def main():
    var xs = List[Int](length=400, fill=1)
    for i in range(30, 0, -2):
        for j in range(9, 0, -2):
            xs[i * 10 + j] = heavy(xs[i * 10 + j] + j)
        for j in range(0, 10, 3):
            xs[i * 10 + j] = heavy(xs[i * 10 + j] + j)
    print(xs)
""")


@pytest.mark.parametrize("index", ["i * k", "i * 7 + j", "i * big", "(i + j) * 8", "i * 8 + j * i"])
def test_overlapping_elements_keep_the_loop_at_home(index: str) -> None:
    source = f"""\
def main():
    var k = 0
    var big = 1 << 60
    var xs = List[Int](length=1000, fill=1)
    for i in range(10):
        for j in range(8):
            var n = ({index}) & 511
            n = {index} + k
            if n >= 0 and n < 1000:
                xs[{index}] = heavy(xs[{index}] + n)
    print(xs, k, big)
"""
    mesh = check_same(HEAD + source)
    assert not mesh.loops


def test_a_write_under_a_carried_condition_divides_nothing() -> None:
    check_same(
        HEAD
        + """\
def main():
    var acc = 0
    var xs = List[Int](length=50, fill=1)
    for i in range(50):
        if acc % 3 == 1:
            xs[i] = 7
        acc += heavy(xs[i] + i)
        var t = heavy(i)
        acc += t
    print(xs, acc)
"""
    )


def test_a_list_that_is_only_written_is_applied_at_home() -> None:
    assert_distributed("""\
def main():
    var xs = List[Int](length=50, fill=1)
    for i in range(49, -1, -1):
        xs[i // 2] = heavy(i)
    print(xs)
""")


BLOCKS = """\
def third(n: Int) -> Float64:
    return Float64(heavy(n)) / 3.0


def small(n: Int) -> Float32:
    return Float32(heavy(n)) / 3.0


def main():
    var n = 8
    var best = 0
    var total = 0
    var xs = List[Float64](length=LENGTH, fill=0.5)
    var ys = List[Float32](length=LENGTH, fill=0.5)
    for i in range(START):
        for j in range(FIRST, n - i % 3):
            xs[i * n + j - 2] = third(i * 3 + j)
        total += heavy(i)
        best = max(best, heavy(i + 7))
    for i in range(START):
        ys[SIGN i + 3] = small(i)
    print(xs, ys, total, best)
"""


@pytest.mark.parametrize(
    ("length", "start", "sign"),
    [
        (110, "12", ""),
        (60, "12", "20 - "),
        (80, "-1, 9", ""),
        (110, "0, 12, 5", ""),
        (9, "12", "-"),
    ],
)
def test_floats_side_by_side_are_written_in_blocks(length: int, start: str, sign: str) -> None:
    source = BLOCKS.replace("LENGTH", str(length)).replace("START", start).replace("SIGN", sign)
    found = report(source.replace("FIRST", "2"))
    assert found.forms == (
        "`total` is folded with +",
        "`best` is folded with max",
        "`xs` is written in blocks",
    )
    assert loops_taken(HEAD + source.replace("FIRST", "i % 10"))


def test_the_modules_write_blocks_alike() -> None:
    source = BLOCKS.replace("LENGTH", "60").replace("START", "12").replace("SIGN", "20 - ")

    check_same(HEAD + source.replace("FIRST", "i % 10"))
