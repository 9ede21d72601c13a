"""Loops over the elements of lists, and loops that write several lists."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, assert_not_distributed, report
from tests.compiler.loops.harness import check_same

from meshnode.compiler.loops.report import Verdict

SQUARES = """\
    var squares = List[Int](length=40, fill=0)
    for k in range(40):
        squares[k] = k * k
"""


def squares_first(main: str) -> str:
    """Put a list into a program before its loop, in a function of its own."""
    return main.replace(
        "def main():\n",
        f"def made() -> List[Int]:\n{SQUARES}    return squares^\n\n\ndef main():\n"
        "    var squares = made()\n",
    )


@pytest.mark.parametrize(
    "head",
    [
        "for x in squares:",
        "for x in range(len(squares)):",
        "for ref x in squares:",
        "for i, x in enumerate(squares):",
        "for k in range(len(squares)):\n        var x = squares[len(squares) - 1 - k]",
    ],
)
def test_a_loop_over_elements_sends_the_list(head: str) -> None:
    found = assert_distributed(
        squares_first(f"""\
def main():
    var sum = 0.5
    {head}
        sum = sum * 0.5 + Float64(heavy(x))
    print(sum)
""")
    )
    assert found.tape == ("Float64",)


def test_enumerate_gives_index_and_element() -> None:
    found = assert_distributed(
        squares_first("""\
def main():
    var results = List[Int](length=40, fill=0)
    var sum = 0
    for i, x in enumerate(squares):
        results[i] = heavy(x + i)
        sum += heavy(x) * i
    print(results, sum)
""")
    )
    assert [capture.name for capture in found.captures] == ["squares"]
    assert found.forms == ("`sum` is folded with +",)


def test_each_element_may_be_updated_through_its_reference() -> None:
    found = assert_distributed(
        squares_first("""\
def main():
    for ref x in squares:
        x = heavy(x) + 1
    print(squares)
""")
    )
    assert found.tape == ("Int",)


def test_an_element_that_an_earlier_iteration_wrote_stays_at_home() -> None:
    assert_not_distributed(
        squares_first("""\
def main():
    for i, x in enumerate(squares):
        squares[39 - i] = heavy(x)
    print(squares)
"""),
        "squares",
    )


def test_a_list_of_strings_and_one_of_structs_travel() -> None:
    assert_distributed("""\
@fieldwise_init
struct Point(Copyable, Movable):
    var x: Int
    var name: String


def main():
    var words: List[String] = ["a", "bc", "", "def"]
    var points = [Point(4, "p"), Point(7, "q")]
    var sum = 0.5
    for word in words:
        sum = sum * 0.5 + Float64(heavy(word.byte_length()))
        for ref point in points:
            sum += Float64(heavy(point.x + point.name.byte_length()))
    print(sum)
""")


@pytest.mark.parametrize("second", ["ys[i]", "ys[39 - i]", "ys[i // 2]", "ys[heavy(i) % 40]"])
def test_a_loop_writes_several_lists(second: str) -> None:
    found = assert_distributed(f"""\
def main():
    var xs = List[Int](length=40, fill=1)
    var ys = List[Float64](length=40, fill=0.5)
    var names = List[String](length=40, fill="-")
    for i in range(40):
        xs[i] = heavy(i)
        {second} = Float64(heavy(i + 1)) / 3.0
        names[i] = String(heavy(i + 2))  # the number is recorded
    print(xs, ys, names)
""")
    assert set(found.tape) == {"Int", "Float64"}


def test_each_iteration_updates_its_own_elements_of_several_lists() -> None:
    found = assert_distributed("""\
def main():
    var xs = List[Int](length=40, fill=1)
    var ys = List[Int](length=90, fill=2)
    for i in range(40):
        xs[i] = heavy(xs[i] + i)
        for j in range(2):
            ys[2 * i + j + 3] = heavy(ys[2 * i + j + 3] + xs[i])
    print(xs, ys)
""")
    assert {capture.name for capture in found.captures} == {"xs", "ys"}


def test_one_of_several_lists_may_not_be_read_where_it_was_written() -> None:
    source = """\
def main():
    var xs = List[Int](length=40, fill=1)
    var ys = List[Int](length=40, fill=2)
    for i in range(1, 40):
        ys[i] = heavy(ys[i] + i)
        xs[i] = heavy(xs[i - 1] + ys[i]) + heavy(i)
    print(xs, ys)
"""
    assert report(source).verdict is Verdict.DISTRIBUTED
    check_same(HEAD + source)


def test_a_list_that_grows_while_its_elements_are_visited_does_the_same() -> None:
    check_same(
        HEAD
        + """\
def main():
    var xs: List[Int] = [3, 5, 7]
    var others = List[Int]()
    for i in range(len(xs)):
        xs.append(heavy(i))
        others.append(heavy(xs[i]))
    print(xs, others)
"""
    )
