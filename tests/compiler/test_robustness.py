"""Whatever the bytes of a program are, its author gets diagnostics; what the fuzzer found stays here."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.compiler.front_end import FILE, check, errors_of, prelude

from meshnode.compiler.check import statements
from meshnode.compiler.check.body import Body
from meshnode.compiler.diagnostic import Code, CompileError
from meshnode.compiler.parse import tree
from meshnode.compiler.pipeline import find

MAIN = "def main():\n    pass\n"

CRASHED = {
    "empty brackets after a struct's name": "struct S():\n    pass\n\n\n" + MAIN,
    "empty brackets after a trait's name": "trait T():\n    ...\n\n\n" + MAIN,
    "a function inside that raises without saying so": "def main():\n    def u():\n        raise\n    u()\n",
    "an open t-string of several lines": "def main():\n    print(t'{\n\n\n",
    "a try whose except is wrong": "def main():\n    try:\n        pass\n    except E as e:\n        pass\n",
    "an __init__ without out self": "struct S:\n    var x: Int\n\n    def __init__():\n        pass\n\n\n"
    + "def main():\n    var s = S(1)\n",
    "a loop over ()": "def main():\n    for _ in ():\n        pass\n",
    "an order of functions": "def main():\n    if main > 2:\n        pass\n",
    "var without a name": "def main():\n    var () = [];\n    var()\n",
    "a t-string in another one's text": "def main():\n    print(t{t'{t'{''t{{''}'}'}'\n\n",
    "a loop over []": "def main():\n    for x in []:\n        pass\n",
    "a List of a number": "def main():\n    print(List(1 // 2 + 17))\n",
    "deinit of a number": "def main():\n    var f = lambda (deinit x: Float32) -> Int: 3\n    print(f(1))\n",
    "a destructor without self": "struct Q:\n    def __deinit__(deinit):\n        pass\n\n\n"
    + MAIN,
    "a function among arguments of several types": "def f() raises:\n    Error(f)\n\n\n" + MAIN,
    "structs within each other": "struct A:\n    var b: B\n\n\nstruct B:\n    var a: A\n\n\n"
    + "def main():\n    var a: A\n    var b = B(A)\n    print(a.b.a)\n",
}

ONE_ERROR = {
    "60 open t-strings": ("def main():\n    print(" + "t'{" * 60 + "\n", "2:13 this field of a t-string is not closed"),
    "a closing bracket too many": ("def main():\n    print(1))))))))\n", "2:13 unmatched ')'"),
    "a wrong closing bracket": ("def main():\n    print([1, 2)\n    print(3)\n", "2:16 ')' closes no '['"),
    "a long string without an end": ('def main():\n    print("""a\n' + "x)\n" * 99, "2:11 this string is not closed"),
    "a condition that needs itself": (
        "struct B where lambda () -> B: 1:\n    pass\n" + MAIN,
        "1:29 the 'where' of 'B' needs itself",
    ),
    "a condition that is wrong before returns": (
        "def f(x: Int) -> Int:\n    if x > nothing:\n        return 1\n    else:\n        return 2\n\n\n" + MAIN,
        "2:12 use of unknown declaration 'nothing'",
    ),
    "no text": ("def main():\n    print(\0\0\0)\n", "2:11 this file is no text: it has a NUL character"),
    "strange characters": ("def main():\n    print($$$$$)\n", "2:11 unexpected character '$'"),
}  # fmt: skip


@pytest.mark.parametrize("source", CRASHED.values(), ids=list(CRASHED))
def test_what_crashed_once_is_accepted_or_refused(source: str) -> None:
    assert "internal" not in errors_of(source)


@pytest.mark.parametrize(("source", "expected"), ONE_ERROR.values(), ids=list(ONE_ERROR))
def test_one_slip_is_one_error(source: str, expected: str) -> None:
    with pytest.raises(CompileError) as caught:
        check(source)

    found = caught.value.diagnostics
    assert [f"{d.span.line}:{d.span.column} {d.message}" for d in found] == [expected]


def test_a_fault_of_the_compiler_is_one_diagnostic_at_its_statement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = statements.check_statement

    def fail(body: Body, node: tree.Statement) -> None:
        if isinstance(node, tree.Pass):
            raise KeyError("lost")
        check(body, node)

    monkeypatch.setattr(statements, "check_statement", fail)
    with pytest.raises(CompileError) as caught:
        find(MAIN, FILE, prelude())

    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code is Code.INTERNAL
    assert (diagnostic.span.line, diagnostic.span.column) == (2, 5)
    assert diagnostic.message == "the compiler failed here (KeyError: 'lost')"
    assert "please report it" in diagnostic.text({FILE: MAIN})


def test_a_fault_outside_of_statements_is_a_diagnostic_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Sequence[object], **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("meshnode.compiler.pipeline.parse_source", fail)
    with pytest.raises(CompileError, match="the compiler failed here"):
        find(MAIN, FILE, prelude())


def test_the_guide_lists_every_code() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")

    table = guide.partition("| code |")[2].partition("\n\n")[0]

    listed = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(listed) == sorted(code.value for code in Code)


def test_lines_end_where_the_parser_ends_them() -> None:
    source = "def main():\n    # \x0b \x0c \u2028 \x85\n    print(y)\n"
    assert "3:11: error" in errors_of(source)
    assert "      print(y)\n            ^" in errors_of(source)


def test_a_struct_may_hold_a_list_of_its_own_kind() -> None:
    source = (
        "@fieldwise_init\nstruct Tree(Copyable, Movable, Writable):\n    var children: List[Tree]\n\n\n"
        "def main():\n    var tree = Tree([])\n    tree.children.append(Tree([]))\n    print(tree)\n"
    )

    assert errors_of(source) == ""
