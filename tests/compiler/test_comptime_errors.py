"""What goes wrong while values are computed at compile time is a diagnostic that names the place."""

import pytest
from tests.compiler.front_end import errors_of, messages_of

FUNCTIONS = """\
def divide(n: Int) -> Int:
    return 10 / n
def element(n: Int) -> Int:
    var xs: List[Int] = [1, 2, 3]
    return xs[n]
def loud(n: Int) -> Int:
    print("loud", n)
    return n
def endless(n: Int) -> Int:
    return endless(n + 1) + 1
def stop() -> Int:
    abort("stop it")
    return 1
"""
HEAD_LINES = FUNCTIONS.count("\n")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "comptime a = divide(0)",
            "constant: this cannot be computed at compile time: division by zero",
        ),
        (
            "comptime a = element(3)",
            "constant: this cannot be computed at compile time: "
            "index 3 is out of bounds, valid range is 0 to 2",
        ),
        ("comptime a = loud(3)", "constant: nothing can be printed at compile time"),
        (
            "comptime a = stop()",
            "constant: this cannot be computed at compile time: test.mojo:12:10: stop it",
        ),
        (
            "comptime a = endless(0)",
            "limit: this cannot be computed at compile time: calls are nested too deeply, at 'endless'",
        ),
        (
            "comptime a = x + 1",
            "constant: 'x' is a variable: its value is not known at compile time",
        ),
    ],
)
def test_what_cannot_be_computed_is_told(statement: str, message: str) -> None:
    (found,) = messages_of(f"{FUNCTIONS}def main() raises:\n    var x = 3\n    {statement}\n")

    line, _, rest = found.partition(" ")
    assert rest == message
    assert line.startswith(f"{HEAD_LINES + 3}:")


def test_a_constant_that_needs_itself_is_refused() -> None:
    source = (
        "def f() -> Int:\n    comptime k = f() + 1\n    return k\ndef main():\n    print(f())\n"
    )

    assert messages_of(source) == [
        "2:18 constant: this constant needs 'f', which needs this constant"
    ]


def test_a_failed_assertion_says_its_message() -> None:
    source = 'def main():\n    comptime assert 1 > 2, String("so ") + "not"\n'

    assert messages_of(source) == ["2:5 constant: this assertion does not hold: so not"]


def test_a_known_list_is_materialised_explicitly() -> None:
    source = "def main():\n    comptime xs: List[Int] = [1, 2]\n    print(xs)\n"

    assert "materialize[…]()" in errors_of(source)


def test_an_error_inside_tells_the_calls() -> None:
    source = (
        "def inner(n: Int) -> Int:\n    return 1 / n\n"
        "def outer(n: Int) -> Int:\n    return inner(n - 1)\n"
        "comptime A = outer(1)\ndef main():\n    print(A)\n"
    )

    text = errors_of(source)

    assert "test.mojo:2:12: note: it stopped here" in text
    assert "test.mojo:4:12: note: called from here" in text


def test_a_long_unrolled_loop_is_refused() -> None:
    source = "def main():\n    comptime for i in range(100000):\n        print(i)\n"

    (found,) = messages_of(source)

    assert "limit: this 'comptime for' makes more than" in found
