"""Folds and selections, on both sides of their border: what moves into the chunk, and what is replayed."""

import pytest
from msgspec.structs import replace
from tests.compiler.loops.borders import (
    HEAD,
    assert_distributed,
    report,
)
from tests.compiler.loops.harness import EAGER, check_same

from meshnode.compiler.loops.rules import Rules


def test_a_float_sum_is_replayed_in_order() -> None:
    found = assert_distributed("""\
def main():
    var total = 0.1
    for i in range(100):
        total = total * 0.9 + Float64(heavy(i)) / 3.0
    print(total)
""")
    assert found.tape == ("Float64",)


def test_an_integer_sum_moves_into_the_chunk() -> None:
    found = assert_distributed("""\
def main():
    var total = 7
    for i in range(100):
        total += heavy(i)
    print(total)
""")
    assert found.forms == ("`total` is folded with +",)


@pytest.mark.parametrize("op", ["+=", "-=", "*=", "&=", "|=", "^="])
def test_every_integer_fold_is_exact(op: str) -> None:
    assert_distributed(f"""\
def main():
    var total = 12345
    for i in range(3, 60, 2):
        total {op} heavy(i) * 2 + 1
    print(total)
""")


def test_sums_and_differences_are_one_fold() -> None:
    found = assert_distributed("""\
def main():
    var total = 7
    for i in range(100):
        total += heavy(i)
        total -= i * heavy(i + 1)
    print(total)
""")
    assert found.forms == ("`total` is folded with +",)


def test_integer_min_and_max_are_folds() -> None:
    found = assert_distributed("""\
def main():
    var low = 500
    var high: UInt8 = 3
    for i in range(100):
        low = min(low, heavy(i) - 300)
        high = max(UInt8(heavy(i) & 127), high)
    print(low, high)
""")
    assert found.forms == ("`low` is folded with min", "`high` is folded with max")


def test_a_float_minimum_is_no_fold() -> None:
    found = assert_distributed("""\
def main():
    var low = 500.0
    for i in range(100):
        low = min(low, Float64(heavy(i)) / 3.0)
    print(low)
""")
    assert found.forms == ()


@pytest.mark.parametrize(
    ("start", "update", "shown"),
    [
        ("True", "ok = ok and heavy(i) != 77", "&"),
        ("True", "ok = heavy(i) > 3 and ok", "&"),
        ("False", "ok = ok or heavy(i) == 77", "|"),
        ("False", "ok = heavy(i) % 50 == 7 or ok", "|"),
        ("True", "ok &= heavy(i) > 3", "&"),
        ("False", "ok ^= heavy(i) % 2 == 0", "^"),
    ],
)
def test_bool_and_or_are_folds(start: str, update: str, shown: str) -> None:
    found = assert_distributed(f"""\
def main():
    var ok = {start}
    for i in range(100):
        {update}
    print(ok)
""")
    assert found.forms == (f"`ok` is folded with {shown}",)


def test_a_short_cut_keeps_what_would_fail_from_running() -> None:
    assert_distributed("""\
def main():
    var xs = List[Int](length=30, fill=9)
    xs[20] = 1
    var ok = True
    for i in range(60):
        ok = ok and heavy(xs[i]) > 5
    print(ok)
""")


def test_a_short_cut_that_decides_more_than_its_accumulator_is_no_fold() -> None:
    source = """\
def main():
    var ok = True
    var count = 0.5
    var t = 0
    for i in range(60):
        t = heavy(i)
        var flag = ok
        if flag:
            t = heavy(i + 1)
            flag = t % 13 != 5
        ok = flag
        count = count * 0.5 + Float64(t)
    print(ok, count, t)
"""
    assert report(source).forms == ()
    check_same(HEAD + source)
    with pytest.raises(AssertionError):
        check_same(HEAD + source, options=replace(EAGER, rules=Rules(closed=False)))


def test_a_short_cut_with_another_fold_inside_is_no_fold() -> None:
    source = """\
def main():
    var ok = True
    var top = 0
    for i in range(60):
        var flag = ok
        if flag:
            top = max(top, heavy(i))
            flag = heavy(i) % 13 != 5
        ok = flag
    print(ok, top)
"""
    assert report(source).forms == ()
    check_same(HEAD + source)


def test_a_short_cut_that_leaves_the_iteration_is_no_fold() -> None:
    source = """\
def main():
    var ok = True
    var count = 0
    for i in range(60):
        var flag = ok
        if flag:
            flag = heavy(i) % 13 != 5
            continue
        ok = flag
        count += heavy(i)
    print(ok, count)
"""
    check_same(HEAD + source)


def test_a_short_cut_that_prints_is_no_fold() -> None:
    source = """\
def main():
    var ok = True
    var count = 0
    for i in range(60):
        ok = ok and shout(i) % 13 != 5
        count += heavy(i)
    print(ok, count)
"""
    assert report(source).forms == ("`count` is folded with +",)
    check_same(HEAD + source)


def test_folds_move_though_the_rest_is_replayed() -> None:
    found = assert_distributed("""\
def main():
    var total = 7
    var best = 0
    var where = -1
    var sum = 0.0
    var xs = List[Int](length=100, fill=0)
    for i in range(100):
        var e = heavy(i)
        total += heavy(e)
        xs[i] = e
        if i % 10 == 3:
            print(i, e)
            continue
        if e > best:
            best = e
            where = i
        sum = sum * 0.5 + Float64(e)
    print(total, best, where, sum)
    print(xs)
""")
    assert len(found.forms) == 2
    assert found.tape[0] == "Int"


def test_folds_stay_in_replay_when_it_may_raise() -> None:
    source = """\
def main() raises:
    var total = 7
    var sum = 1
    try:
        for i in range(100):
            total += heavy(i)
            sum = sum * 3 + heavy(i + 1)
            if sum % 19 == 4:
                raise Error("stop")
    except:
        print("caught")
    print(total, sum)
"""
    assert report(source).forms == ()
    assert check_same(HEAD + source).loops


def test_an_accumulator_with_two_operators_is_no_fold() -> None:
    found = assert_distributed("""\
def main():
    var total = 7
    for i in range(100):
        total += heavy(i)
        total ^= i
    print(total)
""")
    assert found.forms == ()


def test_an_accumulator_that_is_read_is_no_fold() -> None:
    found = assert_distributed("""\
def main():
    var total = 7
    var other = 0.5
    for i in range(100):
        total += heavy(i)
        if total % 3 == 0:
            other += 1.0
    print(total, other)
""")
    assert found.forms == ()


@pytest.mark.parametrize("op", [">", "<", ">=", "<="])
def test_every_selection_is_exact(op: str) -> None:
    found = assert_distributed(f"""\
def main():
    var best = 40
    var where = -1
    for i in range(200):
        var e = heavy(i) % 83
        if e {op} best:
            best = e
            where = i
    print(best, where)
""")
    assert found.forms == (f"`best` is selected with {op}",)


def test_a_selection_of_floats_with_nan_is_exact() -> None:
    assert_distributed("""\
def main():
    var zero = 0.0
    var best = -1.0
    var where = -1
    for i in range(60):
        var e = Float64(heavy(i) % 7) - 3.0
        if i % 5 == 0:
            e = zero / zero
        if best < e:
            best = e
            where = i
    print(best, where)
""")
