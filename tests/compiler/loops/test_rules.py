"""Each rule of distribution, on both sides of its border: just allowed, just not."""

import pytest
from msgspec.structs import replace
from tests.compiler.loops.borders import (
    HEAD,
    assert_distributed,
    assert_distributed_in,
    assert_not_distributed,
    report,
)
from tests.compiler.loops.harness import EAGER, check, check_same
from tests.compiler.loops.interpreted import loops_taken

from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.rules import Rules
from meshnode.compiler.loops.split import split_loops


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


def test_a_definition_under_a_carried_condition_is_not_recorded() -> None:
    found = assert_distributed("""\
def main():
    var acc = 0
    var out = List[Int]()
    for i in range(60):
        var t = heavy(i)
        if acc > 100000:
            t = 0
        out.append(t * t)
        acc += heavy(i + 1)
    print(out, acc)
""")
    assert found.tape == ("Int", "Int")


def test_an_element_written_under_a_carried_condition_is_not_recorded() -> None:
    assert_distributed("""\
def main():
    var acc = 0
    var total = 0.0
    for i in range(60):
        var row = List[Int](length=4, fill=heavy(i))
        if acc % 2 == 1:
            row[2] = 5
        acc += heavy(i)
        total = total * 0.5 + Float64(row[2])
    print(acc, total)
""")


def test_a_carried_loop_exit_is_a_carried_condition() -> None:
    assert_distributed("""\
def main():
    var acc = 0
    var total = 0
    for i in range(40):
        var t = 0
        for j in range(10):
            t = heavy(i + j)
            if acc % 7 == j:
                break
        total = total * 3 + t
        acc += heavy(i * 2) + total
    print(acc, total)
""")


def test_a_carried_continue_controls_what_follows() -> None:
    assert_distributed("""\
def main():
    var acc = 0
    var total = 0
    for i in range(40):
        var t = heavy(i)
        if acc % 3 == 1:
            acc += 1
            continue
        t = heavy(t)
        acc = acc * 5 + t
        total += 1
    print(acc, total)
""")


def test_printing_happens_at_home_in_order() -> None:
    found = assert_distributed("""\
def main():
    for i in range(20):
        var t = heavy(i)
        print("line", i, t)
""")
    assert found.replayed


def test_a_call_that_prints_is_not_recorded() -> None:
    assert_not_distributed(
        """\
def main():
    var total = 0
    for i in range(20):
        total += shout(i)
    print(total)
""",
        "prints",
    )


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


def test_a_captured_list_travels() -> None:
    found = assert_distributed("""\
def main():
    var xs = List[List[Float64]]()
    for i in range(5):
        xs.append(List[Float64](length=i, fill=0.5))
    var names = List[String]()
    names.append("a")
    names.append("bc")
    var total = 0.0
    for i in range(50):
        total = total / 2.0 + Float64(heavy(i) + len(xs[i % 5]) + names[i % 2].byte_length())
    print(total)
""")
    assert found.verdict is Verdict.DISTRIBUTED


def test_an_error_appears_after_the_true_output() -> None:
    assert_distributed("""\
def main() raises:
    for i in range(40):
        var t = picky(heavy(i) % 50 + i * 11)
        print(i, t)
""")


def test_an_error_that_is_caught_in_the_iteration_is_control() -> None:
    assert_distributed("""\
def main():
    var total = 0.5
    for i in range(40):
        var t = 0
        try:
            t = picky(i)
        except:
            t = heavy(i)
        total = total * 0.5 + Float64(t)
    print(total)
""")


def test_a_bounds_failure_appears_at_its_place() -> None:
    assert_distributed("""\
def main():
    var xs = List[Int](length=30, fill=1)
    var total = 0
    for i in range(40):
        var t = heavy(xs[i] + i)
        print(t)
        total += t
    print(total)
""")


def test_an_abort_in_a_chunk_is_repeated_at_home() -> None:
    assert_distributed("""\
def main():
    var total = 0
    for i in range(40):
        if heavy(i) % 29 == 3:
            abort("no")
        total += heavy(i)
    print(total)
""")


def test_a_variable_from_outside_keeps_its_last_value() -> None:
    assert_distributed("""\
def main():
    var t = 5
    var total = 0.5
    for i in range(40):
        t = heavy(i)
        total = total * 0.5 + Float64(t)
    print(t, total)
    for i in range(0):
        t = heavy(i)
        total = total * 0.5 + Float64(t)
    print(t, total)
""")


def test_a_variable_that_may_be_read_before_it_is_written_is_carried() -> None:
    assert_distributed("""\
def main():
    var t = 5
    var total = 0.5
    for i in range(40):
        if heavy(i) % 2 == 0:
            t = heavy(i + 1)
        total = total * 0.5 + Float64(heavy(t))
        total += Float64(heavy(i))
    print(t, total)
""")


def test_a_mutated_argument_is_written() -> None:
    assert_not_distributed(
        """\
def main():
    var x = 3
    for i in range(40):
        square(x)
        print(heavy(x))
""",
        "`x`",
    )


def test_the_capacity_of_a_list_is_not_recorded() -> None:
    assert_not_distributed(
        """\
def main():
    var xs = List[Int](capacity=10)
    var total = 0
    for i in range(40):
        total += heavy(xs.capacity())
    print(total)
""",
        "memory",
    )


def test_a_string_is_recorded_and_moved_at_home() -> None:
    assert_distributed("""\
def main():
    var all = List[String]()
    var text = String("")
    for i in range(30):
        var s = String(heavy(i)) + "!"
        text = s + text
        all.append(s^)
    print(text, all)
""")


def test_a_range_with_any_step_is_mapped_exactly() -> None:
    assert_distributed("""\
def main():
    var total = 0.5
    for i in range(9223372036854775700, 9223372036854775807, 25):
        total = total * 0.5 + Float64(heavy(i))
    for i in range(10, -50, -7):
        total = total * 0.5 + Float64(heavy(i))
    print(total)
""")


def test_a_loop_left_by_an_error_is_closed() -> None:
    mesh = check_same(
        HEAD
        + """\
def tries(n: Int) -> Int:
    var total = 0
    try:
        for i in range(n):
            var t = picky(heavy(i))
            print(t)
            total = total * 3 + t
    except e:
        print("caught", e)
    return total


def main():
    print(tries(2), tries(40))
    var total = 0.5
    for i in range(30):
        total = total * 0.5 + Float64(heavy(i))
    print(total)
"""
    )
    assert len(mesh.loops) == 3


def test_a_range_longer_than_any_number_starts_like_any_other() -> None:
    mesh = check_same(
        HEAD
        + """\
def main() raises:
    var total = 0.5
    for i in range(-9223372036854775807, 9223372036854775807):
        var t = heavy(i)
        print(t)
        total += Float64(t)
        if total > 200000.0:
            raise Error("enough")
"""
    )
    assert not mesh.loops


def test_a_method_records_the_fields_that_the_loop_does_not_write() -> None:
    assert_distributed_in(
        "Grid.scan",
        """\
struct Grid(Movable):
    var cells: List[Int]
    var count: Int
    var total: Float64

    def __init__(out self, n: Int):
        self.cells = List[Int](length=n, fill=3)
        self.count = 0
        self.total = 0.5

    def scan(mut self):
        for i in range(len(self.cells)):
            var v = heavy(self.cells[i] + i)
            self.count += v
            self.total = self.total * 0.5 + Float64(v)


def main():
    var grid = Grid(30)
    grid.scan()
    grid.cells[3] = 17
    grid.scan()
    print(grid.count, grid.total)
""",
    )


def test_loops_in_functions_called_by_a_distributed_loop_stay_plain() -> None:
    loops = split_loops(check(HEAD + SUMS), EAGER).loops
    assert [loop.verdict for loop in loops if loop.function == "sums"] == [Verdict.INSIDE]


SUMS = """\
def sums(n: Int) -> Float64:
    var total = 0.5
    for i in range(n):
        total = total * 0.5 + Float64(heavy(i))
    return total


def main():
    var total = 0.5
    for i in range(30):
        total = total * 0.5 + sums(i)
    print(total)
"""


def test_a_cheap_loop_is_not_worth_it() -> None:
    source = """\
def main():
    var xs = List[Int](length=50, fill=1)
    for i in range(50):
        xs[i] = i * 3
    print(xs)
"""
    assert report(source, SplitOptions()).verdict is Verdict.NOT_WORTH_IT
