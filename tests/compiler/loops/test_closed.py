"""Carried variables with a closed form, on both sides of the border."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, assert_distributed_in, report
from tests.compiler.loops.interpreted import loops_taken

MONTE_CARLO = """\
def main():
    var s: TYPE = START
    var inside = 0
    for i in range(60):
        UPDATE
        var x = s % 1000
        UPDATE
        if x * (s % 1000) < 300000:
            inside += heavy(Int(x))
    print(inside, s)
"""


@pytest.mark.parametrize(
    ("type_", "start", "update"),
    [
        ("UInt64", "42", "s = s * 6364136223846793005 + 1442695040888963407"),
        ("Int", "42", "s += 3"),
        ("Int", "-5", "s = 7 - s * 3"),
        ("UInt32", "7", "s = s * 1664525 + 1013904223"),
        ("UInt64", "12345", "s = (s * 1103515245 + 12345) & 0x7FFFFFFF"),
        ("Int", "-12345", "s = (s * 1103515245 + 12345) % 2147483648"),
        ("Int", "42", "s = (s * 16807) % 2147483647"),
        ("UInt64", "42", "s = (s * 48271 + 11) % 2147483647"),
        ("Int", "5", "s = (s << 3) + 1"),
        ("Int", "5", "s = (s * 3 - 7) % 1009"),
    ],
)
def test_a_chunk_computes_where_a_generator_starts(type_: str, start: str, update: str) -> None:
    source = MONTE_CARLO.replace("TYPE", type_).replace("START", start).replace("UPDATE", update)
    found = assert_distributed(source)
    assert found.forms == ("`inside` is folded with +",)
    assert found.closed == (
        "`s` follows a rule, 2 times an iteration: chunks compute where they start",
    )
    assert not found.tape


@pytest.mark.parametrize(
    "update",
    [
        "s = (s * 6364136223846793005) % 2147483647",
        "s = s * s + 1",
        "s = s * i + 1",
        "s = s ^ (s << 3)",
        "s = (s * 3) % i",
        "s = (s // 3) + 1",
    ],
)
def test_a_step_that_is_not_affine_or_may_overflow_has_no_closed_form(update: str) -> None:
    source = MONTE_CARLO.replace("TYPE", "Int").replace("START", "42").replace("UPDATE", update)
    assert report(source).closed == ()
    loops_taken(HEAD + source)


def test_a_start_beyond_the_modulus_keeps_the_loop_at_home() -> None:
    source = MONTE_CARLO.replace("TYPE", "Int").replace("UPDATE", "s = (s * 16807) % 2147483647")
    assert not loops_taken(HEAD + source.replace("START", "2147483647"))
    assert not loops_taken(HEAD + source.replace("START", "-1"))


def test_a_step_under_a_condition_has_no_closed_form() -> None:
    source = """\
def main():
    var s = 1
    var total = 0
    for i in range(60):
        if heavy(i) % 3 == 0:
            s = s * 31 + 7
        total += heavy(s)
    print(total, s)
"""
    assert report(source).closed == ()
    loops_taken(HEAD + source)


def test_a_step_that_a_continue_skips_has_no_closed_form() -> None:
    source = """\
def main():
    var s = 1
    var total = 0
    for i in range(60):
        total += heavy(i)
        if heavy(i) % 3 == 0:
            continue
        s = s * 31 + 7
        total += s
    print(total, s)
"""
    assert report(source).closed == ()
    loops_taken(HEAD + source)


def test_a_continue_after_the_step_does_no_harm() -> None:
    found = assert_distributed("""\
def main():
    var s = 1
    var total = 0
    for i in range(60):
        s = s * 31 + 7
        if heavy(i) % 3 == 0:
            continue
        total += heavy(s)
    print(total, s)
""")
    assert found.closed


def test_steps_of_an_inner_loop_are_repeated() -> None:
    found = assert_distributed("""\
def main():
    var n = 5
    var s = 1
    var total = 0
    for i in range(60):
        s += 2
        for j in range(n):
            s = s * 31 + 7
            total += heavy(s + j)
    print(total, s)
""")
    assert found.closed


def test_steps_of_an_inner_loop_that_differs_have_no_closed_form() -> None:
    source = """\
def main():
    var s = 1
    var total = 0
    for i in range(60):
        for j in range(i):
            s = s * 31 + 7
        total += heavy(s)
    print(total, s)
"""
    assert report(source).closed == ()
    loops_taken(HEAD + source)


def test_a_factor_that_the_loop_changes_has_no_closed_form() -> None:
    source = """\
def main():
    var s = 1
    var k = 3
    var total = 0
    for i in range(60):
        s = s * k + 7
        k = heavy(k)
        total += heavy(s)
    print(total, s)
"""
    assert report(source).closed == ()
    loops_taken(HEAD + source)


def test_a_counter_is_right_where_an_error_leaves_the_loop() -> None:
    assert_distributed("""\
def main():
    var k = 5
    var total = 0
    try:
        for i in range(60):
            k += 3
            total = total * 3 + picky(heavy(k))
            k += 1
    except:
        print("caught", k)
    print(total, k)
""")


def test_a_counter_is_right_where_the_loop_is_left() -> None:
    assert_distributed("""\
def main():
    var k = 5
    var total = 0
    for i in range(60):
        k += 3
        total = total * 3 + heavy(k)
        if total % 19 == 4:
            break
        k = k * 2
    print(total, k)
""")


def test_a_generator_in_a_struct_is_seen_through_its_methods() -> None:
    assert_distributed_in(
        "main",
        """\
struct Random(Copyable, Movable):
    var state: UInt64
    var drawn: Int

    def __init__(out self, seed: UInt64):
        self.state = seed
        self.drawn = 0

    def next(mut self) -> UInt64:
        self.state = self.state * 6364136223846793005 + 1442695040888963407
        self.drawn += 1
        return self.state >> 33

    def below(mut self, n: UInt64) -> UInt64:
        if n == 0:
            return 0
        return self.next() % n


def main():
    var random = Random(7)
    var total = 0
    for i in range(50):
        total += heavy(Int(random.next() % 1000))
    print(total, random.state, random.drawn)
""",
    )


def test_fields_are_variables_of_their_own() -> None:
    assert_distributed_in(
        "Grid.step",
        """\
struct Grid(Movable):
    var cells: List[Int]
    var seen: List[Int]
    var total: Int
    var top: Int

    def __init__(out self):
        self.cells = List[Int](length=30, fill=3)
        self.seen = List[Int]()
        self.total = 0
        self.top = 0

    def note(mut self, value: Int):
        self.total += value
        self.top = max(self.top, value)

    def step(mut self) raises:
        for i in range(len(self.cells)):
            self.cells[i] = heavy(self.cells[i] + i)
            self.note(self.cells[i])
            self.seen.append(self.cells[i])


def main() raises:
    var grid = Grid()
    grid.step()
    grid.step()
    print(grid.total, grid.top, grid.cells, grid.seen)
""",
    )


def test_a_struct_that_is_touched_as_a_whole_is_not_taken_apart() -> None:
    source = """\
@fieldwise_init
struct Pair(Copyable, Movable):
    var x: Int
    var y: Int


def sum_of(pair: Pair) -> Int:
    return pair.x + pair.y


def main():
    var pair = Pair(1, 2)
    var total = 0
    for i in range(30):
        pair.x += heavy(i)
        total += heavy(sum_of(pair))
    print(total, pair.x)
"""
    assert report(source).forms == ()
    loops_taken(HEAD + source)
