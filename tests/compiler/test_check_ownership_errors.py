"""What programs do wrong with lifetimes, moves and errors: refused at the right place, in plain words."""

import pytest
from tests.compiler.front_end import FILE, errors_of, messages_of, prelude

from meshnode.compiler.diagnostic import Severity
from meshnode.compiler.pipeline import find

OBJECT = (
    "struct Q:\n    var x: Int\n\n    def __init__(out self, x: Int):\n        self.x = x\n\n\n"
)
"""Seven lines."""

PAIR = "@fieldwise_init\nstruct P:\n    var a: Q\n    var b: Q\n\n\n"
"""Six lines."""

TAKE = "def take(var q: Q):\n    print(q.x)\n\n\n"
"""Four lines."""

MY_ERROR = (
    "@fieldwise_init\nstruct E(Copyable, Writable):\n    var code: Int\n\n\n"
    "@fieldwise_init\nstruct F(Copyable):\n    var code: Int\n\n\n"
    "def f() raises E:\n    raise E(1)\n\n\n"
)
"""Fourteen lines."""

PROGRAMS = {
    "use after a move": (
        OBJECT + TAKE + "def main():\n    var q = Q(1)\n    take(q^)\n    print(q.x)\n",
        "15:11 ownership: use of 'q' after it was transferred with '^'",
    ),
    "two moves": (
        OBJECT + TAKE + "def main():\n    var q = Q(1)\n    take(q^)\n    take(q^)\n",
        "15:10 ownership: use of 'q' after it was transferred with '^'",
    ),
    "use after a move on one path": (
        OBJECT
        + TAKE
        + "def main():\n    var q = Q(1)\n    if q.x == 1:\n        take(q^)\n    print(q.x)\n",
        "16:11 ownership: 'q' may be uninitialized or transferred away here",
    ),
    "an immutable argument moved away": (
        OBJECT + "def f(q: Q) -> Q:\n    return q^\n\n\ndef main():\n    pass\n",
        "9:12 ownership: this cannot be transferred with '^': it is not a variable of this function",
    ),
    "a field moved out of a variable": (
        OBJECT + PAIR + TAKE + "def main():\n    var p = P(Q(1), Q(2))\n    take(p.a^)\n",
        "20:10 ownership: field 'a' cannot be moved out of the middle of a 'P': what is left could not be destroyed",
    ),
    "an element moved out": (
        OBJECT + TAKE + "def main():\n    var l: List[Q] = []\n    take(l[0]^)\n",
        "14:10 ownership: this cannot be transferred with '^': it is not a variable of this function",
    ),
    "a moved field of what is taken apart": (
        OBJECT
        + TAKE
        + "struct R:\n    var q: Q\n\n    def __init__(out self):\n        self.q = Q(1)\n\n"
        "    def end(deinit self):\n        take(self.q^)\n        print(self.q.x)\n\n\ndef main():\n    pass\n",
        "20:15 ownership: use of 'self.q' after it was transferred with '^'",
    ),
    "a copy of what does not copy itself": (
        OBJECT + "def main():\n    var q = Q(1)\n    var r = q\n    print(q.x, r.x)\n",
        "10:13 ownership: value of type 'Q' cannot be implicitly copied, it does not conform to 'ImplicitlyCopyable'",
    ),
    "overlapping mutable arguments": (
        OBJECT
        + "def f(mut a: Q, mut b: Q):\n    a.x += b.x\n\n\ndef main():\n    var q = Q(1)\n    f(q, q)\n",
        "14:5 ownership: argument 'a' is mutable and overlaps another argument of the same call",
    ),
    "another error in a try": (
        MY_ERROR
        + 'def main():\n    try:\n        f()\n        raise Error("x")\n    except e:\n        print(e.code)\n',
        "18:9 type: cannot implicitly convert 'Error' value to 'E'",
    ),
    "an error of another type": (
        MY_ERROR + "def g() raises F:\n    f()\n\n\ndef main():\n    pass\n",
        "16:5 raises: cannot call 'f', which may raise 'E', in a context that supports an error type of 'F'",
    ),
    "an error without text as Error": (
        MY_ERROR + "def g() raises:\n    raise F(1)\n\n\ndef main():\n    pass\n",
        "16:5 type: cannot implicitly convert 'F' value to 'Error'",
    ),
    "a typed main": (
        MY_ERROR + "def main() raises E:\n    f()\n",
        "15:19 raises: 'main()' can only raise 'Error'; remove the explicit error type",
    ),
    "raise without anything caught": (
        "def main() raises:\n    raise\n",
        "2:5 flow: 'raise' without a value outside of 'except'",
    ),
}


@pytest.mark.parametrize(("source", "expected"), PROGRAMS.values(), ids=list(PROGRAMS))
def test_a_wrong_program_is_refused(source: str, expected: str) -> None:
    assert messages_of(source) == [expected]


def test_what_to_write_instead_is_said() -> None:
    moved = errors_of(PROGRAMS["a field moved out of a variable"][0])
    other = errors_of(PROGRAMS["an error of another type"][0])

    assert "take the object apart in a method with 'deinit self'" in moved
    assert "catch the error with 'try', and raise one of the other type" in other


def test_a_handler_that_nothing_reaches_is_warned_of() -> None:
    source = "def main():\n    try:\n        print(1)\n    except e:\n        print(2)\n"

    found = find(source, FILE, prelude())

    assert [(d.span.line, d.severity) for d in found] == [(5, Severity.WARNING)]
