"""What `explain` says, word for word."""

import json

import pytest
from tests.compiler.loops.harness import check_same, split

from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import Verdict, explain

SOURCE = """\
def heavy(n: Int) -> Int:
    var total = n
    while total % 77 != 5:
        total = (total * 31 + 1) % 65537
    return total


def main():
    var weights = List[Float64](length=10, fill=0.5)
    var sum = 0.0
    for i in range(100):
        sum += weights[heavy(i) % 10]
    var x = 1.0
    for i in range(100):
        x = x * 0.5 + 1.0
    while x > 0.5:
        x = x - 0.1
    print(sum, x)
"""

EXPECTED = """\
program.mojo:3: inside a distributed loop (loop in heavy)
        while total % 77 != 5:

program.mojo:11: distributed (loop in main)
        for i in range(100):
  recorded: line 12
  replayed: line 12
  captures: weights: List[Float64]
  tape: Float64
  note: roughly 86 operations and 8 bytes of tape an iteration
  note: it may not be worth it: to send and replay the tape costs about as much as the loop itself; \
a probe decides at run time

program.mojo:14: not distributed (loop in main)
        for i in range(100):
  reads `x`, which earlier iterations have written
            x = x * 0.5 + 1.0
            ^~~~~~~~~~~~~~~~~
  help: each iteration goes on from the one before; work that does not depend on `x` could be \
distributed if it were most of the loop

program.mojo:16: not distributed (loop in main)
        while x > 0.5:
  the loop's end depends on `x`, which its body changes
        while x > 0.5:
        ^~~~~~~~~~~~~
  help: if it is known before how often it runs at most, write `for ... in range(...)`, with a `break` where \
it may end sooner
"""


def test_explain_names_what_is_recorded_and_what_stops_a_loop() -> None:
    loops = split(SOURCE, SplitOptions()).loops
    assert explain(loops, {"program.mojo": SOURCE}) == EXPECTED


@pytest.mark.parametrize(
    ("body", "reason", "help_"),
    [
        ("if xs[i] == 7:\n            break", "costs less than to send", ""),
        ("total += shout(i)", "calls `shout`, which prints", "let `shout` return"),
        ("xs[i] = xs[i - 1] * 2", "reads `xs`", "elements of its own"),
        ("sum = sum * 0.5 + 1.0", "reads `sum`", "depend on `sum`"),
        ("grow(xs)", "calls `grow`, which changes `xs`", ""),
        ("sum += Float64(view[i])", "`view` cannot be sent", "read the List"),
        ("total += pointer[] * i", "`pointer` cannot be sent", "the variable itself"),
        ("total += ages.get(i, 0)", "`ages` cannot be sent", "into a List"),
        ("sum += Float64(i)", "adds up `sum`, a float, in order", ""),
    ],
)
def test_explain_says_what_would_help(body: str, reason: str, help_: str) -> None:
    source = HELPED.replace("BODY", body)
    (loop,) = split(source, SplitOptions()).loops
    assert loop.reason is not None
    assert reason in loop.reason.message
    assert help_ in (loop.suggestion or "")


HELPED = """\
def shout(n: Int) -> Int:
    print(n)
    return n


def grow(mut xs: List[Int]):
    xs.append(1)


def main():
    var xs = List[Int](length=20, fill=1)
    var total = 0
    var sum = 0.0
    var view = Span(xs)
    var one = 1
    var pointer = UnsafePointer(to=one)
    var ages: Dict[Int, Int] = {1: 5}
    for i in range(1, 20):
        BODY
    print(xs, total, sum)
"""


def test_the_entries_of_a_dictionary_are_distributed_as_explain_says() -> None:
    source = """\
def heavy(n: Int) -> Int:
    var total = n
    for k in range((n & 15) + 1):
        total = (total * 31 + k) % 65537
    return total


def main():
    var ages: Dict[String, Int] = {"a": 5, "b": 7, "c": 12}
    var sum = 0.5
    for entry in ages.items():
        sum = sum * 0.5 + Float64(heavy(entry.value))
    var entries = [entry.copy() for entry in ages.items()]
    for ref entry in entries:
        sum = sum * 0.5 + Float64(heavy(entry.value))
    print(sum)
"""
    direct, _, copied = split(source).loops[-3:]
    assert direct.reason is not None
    assert "an iterator" in direct.reason.message
    assert direct.suggestion == "put the elements into a List first, and loop over that"
    assert copied.verdict is Verdict.DISTRIBUTED
    assert check_same(source).loops


def test_a_loop_with_a_rare_print_is_left_to_the_probe() -> None:
    source = """\
def main():
    for i in range(1000):
        var n = i
        while n % 7 != 3:
            n = (n * 5 + 1) % 1001
        if n == 500:
            print("found", i, n, "after", n % 17, n % 19, n % 23, "and", n // 3, n // 5)
"""
    loops = split(source, SplitOptions()).loops
    assert loops[0].verdict is Verdict.DISTRIBUTED


def test_a_report_has_a_json_form() -> None:
    loops = split(SOURCE, SplitOptions()).loops
    form = json.loads(json.dumps([loop.as_dict() for loop in loops]))
    assert [loop["verdict"] for loop in form] == [
        "inside a distributed loop",
        "distributed",
        "not distributed",
        "not distributed",
    ]
    assert form[1]["captures"] == [{"name": "weights", "type": "List[Float64]"}]


def test_the_same_program_is_split_in_the_same_way() -> None:
    first, second = split(SOURCE), split(SOURCE)
    assert first == second
