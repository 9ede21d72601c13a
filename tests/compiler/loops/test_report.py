"""What `explain` says, word for word."""

import json

from tests.compiler.loops.harness import split

from meshnode.compiler.loops import SplitOptions, explain

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

program.mojo:16: not distributed (loop in main)
        while x > 0.5:
  the loop's end depends on `x`, which its body changes
        while x > 0.5:
        ^~~~~~~~~~~~~
"""


def test_explain_names_what_is_recorded_and_what_stops_a_loop() -> None:
    loops = split(SOURCE, SplitOptions()).loops
    assert explain(loops, {"program.mojo": SOURCE}) == EXPECTED


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
