"""Stores through pointers and references: what they may reach is written; elements of Arrays are places."""

import pytest
from tests.compiler.loops.borders import HEAD, assert_distributed, assert_not_distributed, report
from tests.compiler.loops.interpreted import loops_taken

LEADS = "writes through a pointer or a reference that may lead to"


@pytest.mark.parametrize(
    ("before", "inside", "name"),
    [
        ("var p = xs.unsafe_ptr()", "p[i + 1] = i * 3", "xs"),
        ("pass", "var p = xs.unsafe_ptr()\n        p[i + 1] = i * 3", "xs"),
        ("var s = Span(xs)", "s[i + 1] = i * 3", "xs"),
        ("pass", "var s = Span(xs)\n        s[i + 1] = i * 3", "xs"),
        ("var p = UnsafePointer(to=y)", "p[] = i", "y"),
    ],
)
def test_a_store_through_a_pointer_writes_what_it_may_lead_to(
    before: str, inside: str, name: str
) -> None:
    assert_not_distributed(
        f"""\
def main():
    var xs = List[Int](length=21, fill=1)
    var y = 3
    {before}
    var total = 0
    for i in range(20):
        {inside}
        total += heavy({name}{"" if name == "y" else "[i]"})
    print(total, y, xs)
""",
        f"{LEADS} `{name}`",
    )


def test_a_store_through_a_pointer_to_a_list_of_the_iteration_writes_it() -> None:
    assert_not_distributed(
        """\
def main():
    var total = 0
    for i in range(20):
        var xs = List[Int](length=5, fill=i)
        var s = Span(xs)
        s[0] = total & 3
        total += heavy(xs[0])
    print(total)
""",
        f"{LEADS} `xs`",
    )


def test_a_store_through_a_returned_reference_writes_the_struct() -> None:
    assert_not_distributed(
        """\
struct Grid(Copyable, Movable):
    var cells: List[Int]

    def __init__(out self):
        self.cells = List[Int](length=10, fill=2)

    def at(ref self, i: Int) -> ref[self.cells] Int:
        return self.cells[i]


def main():
    var g = Grid()
    var total = 0
    for i in range(20):
        g.at(i % 10) = i
        total += heavy(g.cells[(i + 3) % 10])
    print(total)
""",
        f"{LEADS} `g`",
    )


def test_a_destructor_may_store_through_a_pointer() -> None:
    assert_not_distributed(
        """\
struct Guard(Movable):
    var p: UnsafePointer[Int, MutAnyOrigin]

    def __init__(out self, p: UnsafePointer[Int, MutAnyOrigin]):
        self.p = p

    def __deinit__(deinit self):
        self.p[] += 1


def main():
    var counter = 0
    var total = 0
    for i in range(20):
        var g = Guard(UnsafePointer(to=counter))
        total += heavy(counter)
        _ = g^
    print(total, counter)
""",
        f"{LEADS} `counter`",
    )


def test_a_pointer_that_a_function_is_given_may_lead_to_its_other_arguments() -> None:
    source = """\
def fill(p: UnsafePointer[Int, MutAnyOrigin], xs: List[Int]) -> Int:
    var total = 0
    for i in range(20):
        p[i + 1] = i * 3
        total += heavy(xs[i])
    return total


def main():
    var xs = List[Int](length=21, fill=1)
    print(fill(xs.unsafe_ptr(), xs))
"""
    assert not loops_taken(HEAD + source)


def test_what_is_stored_on_the_heap_is_computed_in_chunks() -> None:
    source = """\
def main():
    var p = alloc[Int](20)
    for i in range(20):
        p[i] = heavy(i)
    print(p[0], p[19])
    p.free()
"""
    assert loops_taken("from std.memory import alloc\n" + HEAD + source)


# ------------------------------------------------------------------------------------------------------------ arrays


def test_a_loop_over_an_array_is_folded() -> None:
    found = assert_distributed("""\
def main():
    var ys = [1, 2, 3, 4]
    var total = 0
    for y in ys:
        total += heavy(y)
    print(total)
""")

    assert found.forms == ("`total` is folded with +",)
    assert [capture.name for capture in found.captures] == ["ys"]


@pytest.mark.parametrize(
    "body",
    [
        "total += heavy(ys[i % 4])",
        "zs[heavy(i) & 3] += 1",
        "var own = [i, heavy(i), 2]\n        own[i % 3] += heavy(i)\n        total += own[1] + ys[i % 4]",
        "words[i % 2] = String(heavy(i))",
        "var own = [i, i]\n        own[i // 9] = heavy(i)\n        print(own[1])",
    ],
)
def test_elements_of_arrays_are_recorded_and_replayed(body: str) -> None:
    assert_distributed(f"""\
def main():
    var ys = [1, 2, 3, 4]
    var zs = [0, 0, 0, 0]
    var words = ["a", "b"]
    var total = 0
    for i in range(20):
        {body}
    print(total, ys[0], zs[0], zs[1], zs[2], zs[3], words[0], words[1])
""")


@pytest.mark.parametrize(
    "body",
    [
        "ys[i % 4] = heavy(ys[(i + 1) % 4])",
        "ys[i % 4] = i\n        total += summed(ys)",
    ],
)
def test_an_array_that_is_written_is_not_read_in_chunks(body: str) -> None:
    found = report(f"""\
def main():
    var ys = [1, 2, 3, 4]
    var total = 0
    for i in range(20):
        {body}
    print(total, summed(ys))


def summed(ys: Array[Int, 4]) -> Int:
    return heavy(ys[0]) + heavy(ys[1]) + heavy(ys[3])
""")

    assert found.reason is not None
    assert "`ys`" in found.reason.message


LINKED = """\
struct Linked(Movable):
    var value: Int
    var to: UnsafePointer[Int, MutAnyOrigin]

    def __init__(out self, mut y: Int):
        self.value = y
        self.to = SELF

    def link(mut self):
        self.to = UnsafePointer(to=self.value)

    def relink(mut self, depth: Int):
        if depth > 0:
            self.relink(depth - 1)
        else:
            self.link()


def main():
    var y = 3
    var linked = Linked(y)
    LINK
    var total = 0.5
    for i in range(20):
        linked.to[] = i
        total = total * 0.5 + Float64(heavy(linked.value + i))
    print(total, linked.value)
"""


@pytest.mark.parametrize(
    ("own", "link"),
    [
        ("UnsafePointer(to=self.value)", "pass"),
        ("UnsafePointer(to=y)", "linked.link()"),
        ("UnsafePointer(to=y)", "linked.relink(3)"),
    ],
)
def test_a_store_through_a_pointer_to_a_field_of_its_own_struct_writes_the_struct(
    own: str, link: str
) -> None:
    assert_not_distributed(LINKED.replace("SELF", own).replace("LINK", link), f"{LEADS} `linked`")


def test_a_struct_whose_pointer_leads_elsewhere_is_not_written_through_it() -> None:
    assert_distributed(LINKED.replace("SELF", "UnsafePointer(to=y)").replace("LINK", "pass"))


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("var u = 0\n    var p = UnsafePointer(to=u)", "u += heavy(i)"),
        ("var u = 0\n    var p = UnsafePointer(to=u)", "u = max(u, heavy(i))"),
        ("var u = 0\n    var p = UnsafePointer(to=u)", "u = (u * 171 + 11) % 30269"),
        (
            "var u = 0\n    var p = UnsafePointer(to=u)",
            "var e = heavy(i)\n        if e > u:\n            u = e",
        ),
        ("var u = (0, 1)\n    var p = UnsafePointer(to=u[0])", "u[0] += heavy(i)"),
    ],
)
@pytest.mark.parametrize("read", ["p[]", "at(p)"])
def test_what_a_pointer_reads_has_its_value_of_that_moment(
    before: str, inside: str, read: str
) -> None:
    source = f"""\
def at(p: UnsafePointer[Int, MutAnyOrigin]) -> Int:
    return p[]


def main():
    {before}
    var total = 0.5
    for i in range(40):
        {inside}
        total = total * 0.5 + Float64({read}) + Float64(heavy(i + 1))
    print(total)
"""
    assert_distributed(source)
    assert report(source).forms == ()
    assert report(source).closed == ()
