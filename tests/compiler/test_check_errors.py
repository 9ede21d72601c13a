"""What the language forbids is refused with the place and the reason; what is missing says so."""

# ruff: noqa: E501 - messages and small programs are easier to read whole

import pytest
from tests.compiler.front_end import errors_of, messages_of

POINT = "@fieldwise_init\nstruct P(Copyable):\n    var x: Int\n\n\n"


def in_main(*lines: str) -> str:
    return "def main():\n" + "".join(f"    {line}\n" for line in lines)


REFUSED = {
    "x = 5": "1:1 name: implicit declaration of 'x' is not allowed; add 'var' to declare a new name",
    "print(y)": "1:7 name: use of unknown declaration 'y'",
    "var b: Bool = 1": "1:15 type: cannot implicitly convert 'IntLiteral' value to 'Bool'",
    "var i = 1; i = 2.5": "1:12 type: cannot implicitly convert 'FloatLiteral' value to 'Int'",
    "var a = 1; var b = 2.0; print(a + b)": "1:31 type: no operator '+' for 'Int' and 'Float64'",
    "var a = 1; var b = 2.0; print(a < b)": "1:31 type: no operator '<' for 'Int' and 'Float64'",
    "var a = 1; var a = 2": "1:16 name: 'a' is declared twice here",
    "var a: Int; print(a)": "1:19 ownership: use of uninitialized value 'a'",
    "var a = List[Int](length=3, fill=0); print(a[-1])": "1:46 constant: negative indices are not supported: use 'x[len(x) - n]'",
    "for i in range(3): i = 4": "1:20 mutability: expression must be mutable in assignment",
    "print(Int(3.99))": "1:11 type: cannot convert a float literal to 'Int' exactly",
    "print(len(String('abc')))": "1:7 type: 'String' has no length: it does not conform to 'Sized'",
    "print(None)": "1:7 type: 'None' does not conform to 'Writable'",
    "break": "1:1 flow: 'break' outside of a loop",
    "print(sqrt(2.0))": "1:7 name: use of unknown declaration 'sqrt'",
    "raise 'x'": "1:1 raises: cannot raise in a function that does not say so",
    "print(atol('3'))": "1:7 raises: cannot call 'atol', which may raise, in a function that does not",
    "var x = 1 // 0.0": "1:9 constant: division of a literal by zero",
    "for i in range(1, 5, 0): pass": "1:10 constant: the step of a range cannot be 0",
    "return 3": "1:1 type: this function has no result to return",
    "var a, b = (1, 2, 3)": "1:13 type: expected 2 values, found 3",
    "var t = (1, 2); print(t[2])": "1:23 constant: tuple index 2 is out of range",
    "print(1, colour=3)": "1:10 call: 'print' has no argument named 'colour'",
    "3 = 4": "1:1 syntax: this cannot be assigned to",
    "var x: Foo = 3": "1:8 name: use of unknown declaration 'Foo'",
    "var x: List = []": "1:15 type: an empty list needs a type",
    "var x: List[Int, Int] = []": "1:8 call: 'List' takes at most 1 parameter",
}


@pytest.mark.parametrize(("lines", "expected"), REFUSED.items(), ids=list(REFUSED))
def test_what_the_language_forbids_is_refused(lines: str, expected: str) -> None:
    place, message = expected.split(" ", 1)
    column = int(place.split(":")[1]) + 4

    assert f"2:{column} {message}" in messages_of(in_main(lines))


PROGRAMS = {
    "an immutable argument": (
        "def f(x: Int):\n    x = 3\n\n\ndef main():\n    f(1)\n",
        "2:5 mutability: expression must be mutable in assignment",
    ),
    "a field of an immutable argument": (
        POINT + "def f(p: P):\n    p.x = 3\n\n\ndef main():\n    f(P(1))\n",
        "7:5 mutability: expression must be mutable in assignment",
    ),
    "a missing return": (
        "def f(x: Int) -> Int:\n    if x > 0:\n        return 1\n\n\ndef main():\n    print(f(1))\n",
        "1:5 flow: return expected at end of function with results",
    ),
    "a silent copy of a struct": (
        POINT + "def main():\n    var a = P(1)\n    var b = a\n",
        "8:13 ownership: value of type 'P' cannot be implicitly copied, it does not conform to 'ImplicitlyCopyable'",
    ),
    "a struct without text": (
        POINT + "def main():\n    print(P(1))\n",
        "7:11 type: 'P' does not conform to 'Writable'",
    ),
    "an unknown field": (
        POINT + "def main():\n    print(P(1).y)\n",
        "7:11 name: 'P' value has no attribute 'y'",
    ),
    "too few arguments": (
        "def f(a: Int, b: Int):\n    pass\n\n\ndef main():\n    f(1)\n",
        "6:5 call: 'f' misses its argument 'b'",
    ),
    "an argument of another type": (
        "def f(x: Float64):\n    pass\n\n\ndef main():\n    var a = 1\n    f(a)\n",
        "7:7 type: value passed to 'x' cannot be converted from 'Int' to 'Float64'",
    ),
    "aliasing mutable arguments": (
        "def f(mut a: List[Int], b: List[Int]):\n    pass\n\n\ndef main():\n    var a = List[Int]()\n    f(a, a)\n",
        "7:5 ownership: argument 'a' is mutable and overlaps another argument of the same call",
    ),
    "a temporary as mutable argument": (
        "def f(mut a: Int):\n    pass\n\n\ndef main():\n    f(3)\n",
        "6:7 mutability: argument 'a' must be mutable: a temporary value cannot be changed",
    ),
    "a transfer in a loop": (
        "def f(var a: List[Int]):\n    pass\n\n\ndef main():\n    var a = List[Int]()\n    for i in range(2):\n        f(a^)\n",
        "7:5 ownership: 'a' is transferred away in a loop, so the next iteration would not have it",
    ),
    "a field that a constructor forgets": (
        "struct P:\n    var x: Int\n    var y: Int\n\n    def __init__(out self):\n        self.x = 1\n\n\ndef main():\n    pass\n",
        "5:9 ownership: field 'self.y' is not initialised here",
    ),
    "a variable that only one path sets": (
        "def main():\n    var x: Int\n    if len(List[Int]()) == 0:\n        x = 1\n    print(x)\n",
        "5:11 ownership: 'x' may be uninitialized or transferred away here",
    ),
    "a call that may raise": (
        "def f() raises:\n    raise 'x'\n\n\ndef main():\n    f()\n",
        "6:5 raises: cannot call 'f', which may raise, in a function that does not",
    ),
    "a comptime name as target": (
        "comptime N = 3\n\n\ndef main():\n    N = 4\n",
        "5:5 mutability: expression must be mutable in assignment",
    ),
    "an old import": (
        "from math import sqrt\n\n\ndef main():\n    pass\n",
        "1:1 name: unable to locate module 'math'; write 'std.math'",
    ),
    "a struct within itself": (
        "struct A:\n    var a: A\n\n\ndef main():\n    pass\n",
        "2:9 type: struct 'A' contains itself",
    ),
    "no main": ("def f():\n    pass\n", "1:1 name: module does not define a 'main' function"),
    "two of a name": (
        "struct A:\n    pass\n\n\nstruct A:\n    pass\n\n\ndef main():\n    pass\n",
        "5:8 name: 'A' is defined twice",
    ),
    "a tuple of types": (
        "def f() -> (Int, Int):\n    return (1, 2)\n\n\ndef main():\n    pass\n",
        "1:13 type: expected a type, found a tuple; write 'Tuple[…]'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), PROGRAMS.values(), ids=list(PROGRAMS))
def test_a_wrong_program_is_refused(source: str, expected: str) -> None:
    assert expected in messages_of(source)


UNSUPPORTED = {
    "var x: BFloat16 = 1.0": "'BFloat16'",
}


@pytest.mark.parametrize(("lines", "what"), UNSUPPORTED.items(), ids=list(UNSUPPORTED))
def test_what_is_missing_is_named(lines: str, what: str) -> None:
    found = messages_of(in_main(*lines.split("; ")))

    assert any(f"unsupported: not supported yet: {what}" in message for message in found)


UNSUPPORTED_PROGRAMS = {
    "this decorator": "@register_passable\nstruct A:\n    var x: Int\n\n\ndef main():\n    pass\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "source"), UNSUPPORTED_PROGRAMS.items(), ids=list(UNSUPPORTED_PROGRAMS)
)
def test_what_is_missing_is_named_in_whole_programs(what: str, source: str) -> None:
    assert any(f"not supported yet: {what}" in message for message in messages_of(source))


def test_an_error_shows_the_line_the_place_and_the_way_out() -> None:
    source = "def main():\n    var count = 1\n    print(coutn)\n"

    assert errors_of(source) == (
        "test.mojo:3:11: error: use of unknown declaration 'coutn' [name]\n"
        "      print(coutn)\n"
        "            ^~~~~\n"
        "help: did you mean 'count'?"
    )


def test_one_mistake_is_told_once() -> None:
    assert len(messages_of(in_main("var x = foo()", "print(x + 1)", "x = 3"))) == 1


def test_several_mistakes_are_told_together() -> None:
    found = messages_of(in_main("print(a)", "print(1 + '2')", "b = 3"))

    assert [message.split(" ")[0] for message in found] == ["2:11", "3:11", "4:5"]


def test_an_error_in_an_instance_names_the_call() -> None:
    source = (
        "def f[T: Copyable](x: T) -> T:\n    return x + x\n\n\ndef main():\n    print(f(True))\n"
    )

    text = errors_of(source)

    assert "test.mojo:2:12: error: no operator '+' for 'Bool' and 'Bool'" in text
    assert "test.mojo:6:11: note: in the instance 'f[Bool]' that is needed here" in text
