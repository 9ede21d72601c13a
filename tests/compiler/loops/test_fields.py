"""Fields of structs: folded in the chunk, captured alone, kept from the last iteration."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, report
from tests.compiler.loops.harness import check_same

STATS = """\
struct Stats(Copyable, Movable):
    var count: Int
    var total: Int
    var top: Int
    var names: List[String]

    def __init__(out self):
        self.count = 0
        self.total = 0
        self.top = -1
        self.names = ["a", "b"]

    def add(mut self, x: Int):
        self.count += 1
        self.total += x
        if x > self.top:
            self.top = x


"""


def test_fields_are_folded_in_the_chunk() -> None:
    found = assert_distributed(
        STATS
        + """\
def main():
    var stats = Stats()
    for i in range(40):
        stats.total += heavy(i)
        stats.top = max(stats.top, heavy(i + 1))
    print(stats.count, stats.total, stats.top, stats.names)
"""
    )
    assert found.forms == ("`stats.total` is folded with +", "`stats.top` is folded with max")
    assert found.tape == ()


def test_a_method_that_folds_fields_is_seen_through() -> None:
    found = assert_distributed(
        STATS
        + """\
def main():
    var stats = Stats()
    for i in range(40):
        stats.add(heavy(i))
    print(stats.count, stats.total, stats.top)
"""
    )
    assert found.forms == ("`stats.total` is folded with +", "`stats.top` is selected with >")
    assert len(found.closed) == 1


def test_a_field_within_a_field_is_folded() -> None:
    found = assert_distributed(
        STATS
        + """\
struct Report(Movable):
    var stats: Stats
    var title: String

    def __init__(out self):
        self.stats = Stats()
        self.title = "t"


def main():
    var made = Report()
    for i in range(40):
        made.stats.total ^= heavy(i)
    print(made.stats.total, made.title)
"""
    )
    assert found.forms == ("`made.stats.total` is folded with ^",)


@pytest.mark.parametrize(
    "use",
    [
        "print(stats.total)",
        "sum += Float64(stats.total % 7)",
        "stats.total = stats.total * 3 + 1",
        "var copy = stats.copy()\n        sum += Float64(copy.total)",
    ],
)
def test_a_field_that_is_mentioned_otherwise_is_no_fold(use: str) -> None:
    source = (
        STATS
        + f"""\
def main():
    var stats = Stats()
    var sum = 0.5
    for i in range(40):
        stats.total += heavy(i)
        {use}
    print(stats.total, sum)
"""
    )
    assert report(source).forms == ()
    check_same(HEAD + source)


WORLD = """\
struct World(Movable):
    var cells: List[Int]
    var history: List[Int]
    var scale: Int
    var hits: Int

    def __init__(out self):
        self.cells = List[Int](length=40, fill=3)
        self.history = List[Int](length=1000, fill=4)
        self.scale = 2
        self.hits = 0

    def at(self, k: Int) -> Int:
        return heavy(self.cells[k] * self.scale)

    def run(mut self):
        for i in range(40):
            self.hits += heavy(self.cells[i] * self.scale + i)


"""


def test_only_the_fields_that_are_read_are_captured() -> None:
    found = assert_distributed(
        WORLD
        + """\
def main():
    var world = World()
    for i in range(40):
        world.hits += heavy(world.cells[i] * world.scale + i)
    print(world.hits, len(world.history))
"""
    )
    assert [capture.name for capture in found.captures] == ["world.cells", "world.scale"]


def test_only_the_field_of_an_element_is_read_but_the_list_is_captured() -> None:
    found = assert_distributed(
        WORLD
        + """\
def main():
    var worlds = List[World]()
    worlds.append(World())
    var sum = 0.5
    for i in range(40):
        sum = sum * 0.5 + Float64(heavy(worlds[0].cells[i]))
    print(sum)
"""
    )
    assert [capture.name for capture in found.captures] == ["worlds"]


def test_a_struct_that_a_call_reads_is_captured_whole() -> None:
    found = assert_distributed(
        WORLD
        + """\
def main():
    var world = World()
    var sum = 0.5
    for i in range(40):
        sum = sum * 0.5 + Float64(world.at(i))
    print(sum)
"""
    )
    assert [capture.name for capture in found.captures] == ["world"]


def test_a_variable_that_is_not_read_is_not_captured() -> None:
    found = assert_distributed("""\
def main():
    var used = List[Int](length=40, fill=3)
    var written = List[Int](length=40, fill=4)
    var other = List[Int](length=40, fill=5)
    for i in range(40):
        written[i] = heavy(used[i])
    print(written, other)
""")
    assert [capture.name for capture in found.captures] == ["used"]


@pytest.mark.parametrize("count", ["0", "1", "40"])
@pytest.mark.parametrize(
    ("before", "inside", "shown"),
    [
        ("var last = -1", "last = heavy(i)", "last"),
        ("var last = 0.5", "last = Float64(heavy(i)) / 3.0", "last"),
        ('var last = String("none")', "last = String(heavy(i))", "last"),
        ("var last = List[Int]()", "last = [heavy(i), i]", "last"),
        ("var last = Stats()", "last = Stats()\n        last.add(heavy(i))", "last.total"),
        ("var last = Stats()", "last.total = heavy(i)", "last.total"),
        ("var last = (0, 0.5)", "last = (heavy(i), Float64(i))", "last[0], last[1]"),
    ],
)
def test_what_each_iteration_overwrites_is_the_last_ones_after_the_loop(
    count: str, before: str, inside: str, shown: str
) -> None:
    source = (
        STATS
        + f"""\
def main():
    {before}
    var sum = 0.5
    var count = {count}
    for i in range(count):
        {inside}
        sum = sum * 0.5 + Float64(heavy(i + 7))
    print({shown}, sum)
"""
    )
    assert check_same(HEAD + source).loops or count != "40"


def test_what_an_iteration_may_leave_alone_keeps_an_earlier_ones_value() -> None:
    source = """\
def main():
    var last = -1
    var sum = 0.5
    for i in range(40):
        if heavy(i) % 3 == 0:
            last = heavy(i + 1)
        sum = sum * 0.5 + Float64(heavy(i + 7))
    print(last, sum)
"""
    assert_distributed(source)
    check_same(HEAD + source)
