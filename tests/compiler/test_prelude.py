"""The prelude's ends: what a program meets when its memory is full or a container is misused."""

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import Outcome, run_home

from meshnode.compiler.pipeline import compile_program


def _run(body: str) -> Outcome:
    source = "def main():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return run_home(compile_program(source, "program.mojo", prelude()).home)


@pytest.mark.parametrize(
    "body",
    [
        'var xs = List[Int]()\nprint("start")\nfor i in range(1 << 40):\n    xs.append(i)\nprint(xs)',
        'print("start")\nvar xs = List[Int](length=1 << 40, fill=1)\nprint(xs)',
        'print("start")\nvar xs = List[Int](length=1 << 61, fill=1)\nprint(xs)',
        'print("start")\nvar s = String("x")\nwhile True:\n    s = s + s\nprint(s)',
    ],
)
def test_a_full_memory_ends_the_program_with_a_message(body: str) -> None:
    outcome = _run(body)

    assert outcome.stdout == b"start\n"
    assert outcome.stderr == b"the program's memory is full\n"
    assert (outcome.exit_code, outcome.trap) == (1, None)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("_ = xs.pop(3)", "index 3 is out of bounds, valid range is 0 to 2"),
        ("xs.insert(5, 1)", "index 5 is out of bounds, valid range is 0 to 3"),
        ("xs.swap_elements(0, -1)", "index -1 is out of bounds, valid range is 0 to 2"),
    ],
)
def test_a_list_method_checks_its_index(statement: str, message: str) -> None:
    outcome = _run(f"var xs: List[Int] = [1, 2, 3]\nprint(len(xs))\n{statement}\nprint(xs)")

    lines = outcome.stdout.decode().splitlines()
    assert lines[0] == "3"
    assert lines[1].endswith(f"Assert Error: {message}")
    assert outcome.exit_code == 1


def test_freed_memory_is_used_again() -> None:
    body = (
        "var total = 0\nfor i in range(100000):\n    var xs = List[Int](length=1000, fill=i)\n"
        "    total += xs[999]\nprint(total)"
    )

    assert _run(body).stdout == b"4999950000\n"
