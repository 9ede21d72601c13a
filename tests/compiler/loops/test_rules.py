"""Each rule of distribution, on both sides of its border: just allowed, just not."""

from tests.compiler.loops.borders import (
    HEAD,
    assert_distributed,
    assert_distributed_in,
    assert_not_distributed,
    report,
)
from tests.compiler.loops.harness import EAGER, check, check_same

from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.split import split_loops


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
