"""Loops that are left early do the same on a mesh, and chunks stop where they can know."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, assert_distributed_in, report
from tests.compiler.loops.harness import check_same


def test_a_chunk_stops_at_a_break_that_it_can_know() -> None:
    source = """\
def main():
    var count = 0
    for i in range(100):
        count += heavy(i)
        if heavy(i) % 50 == 7:
            break
    print(count)
"""
    found = assert_distributed(source)
    assert found.forms == ("`count` is folded with +",)
    assert max(o.iterations_done for o in check_same(HEAD + source).outcomes) < 50


def test_a_break_under_a_carried_condition_is_decided_at_home() -> None:
    found = assert_distributed("""\
def main():
    var total = 0
    var top = 0
    for i in range(100):
        if total > 100000:
            break
        total += heavy(i)
        top = max(top, heavy(i + 1))
    print(total, top)
""")
    assert found.forms == ()


def test_what_follows_a_break_out_of_an_inner_loop_is_not_recorded() -> None:
    check_same(
        HEAD
        + """\
def main():
    var acc = 0
    for i in range(40):
        var t = 0
        for j in range(9):
            t = heavy(i + j)
            if acc % 5 == 1:
                break
            t += 1
        acc += heavy(t)
    print(acc)
"""
    )


@pytest.mark.parametrize("wanted", ["7", "-1"])
def test_the_else_of_a_loop_runs_unless_it_is_left(wanted: str) -> None:
    assert_distributed(f"""\
def main():
    var found = -1
    for i in range(60):
        if heavy(i) % 50 == {wanted}:
            found = i
            break
    else:
        print("none")
    print(found)
""")


def test_a_search_returns_out_of_the_loop() -> None:
    assert_distributed_in(
        "find",
        """\
def find(n: Int, wanted: Int) -> Int:
    for i in range(n):
        for j in range(i % 4):
            if heavy(i * 7 + j) % 50 == wanted:
                return i * 100 + j
    return -1


def main():
    print(find(100, 7), find(100, 51), find(3, 5))
""",
    )


def test_a_string_is_returned_out_of_the_loop() -> None:
    assert_distributed_in(
        "find",
        """\
def find(n: Int, wanted: Int) -> String:
    var text = String("")
    for i in range(n):
        var s = String(heavy(i))
        text += s
        if heavy(i) % 50 == wanted:
            return text + s
    return "none"


def main():
    print(find(100, 7), find(10, 51))
""",
    )


def test_a_variable_keeps_what_it_had_when_the_loop_was_left() -> None:
    assert_distributed("""\
def main():
    var t = 5
    var total = 0.5
    for i in range(60):
        if total > 20000.0:
            break
        t = heavy(i)
        if t % 13 == 1:
            continue
        total = total * 0.5 + Float64(t)
    print(t, total)
""")


def test_an_error_before_the_break_comes_first() -> None:
    assert_distributed("""\
def main() raises:
    var total = 0
    for i in range(60):
        total += picky(heavy(i))
        if heavy(i) % 50 == 7:
            break
    print(total)
""")


def test_a_break_in_a_try_is_decided_at_home() -> None:
    source = """\
def main():
    var total = 0
    for i in range(60):
        total += heavy(i)
        try:
            if picky(i) > 60:
                break
        except:
            total += 1
    print(total)
"""
    assert report(source).forms == ()
    check_same(HEAD + source)
