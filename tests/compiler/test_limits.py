"""Whatever the size of a program or of what it asks for, the compiler ends soon: with code, or with one sentence."""

# ruff: noqa: E501 - messages and small programs are easier to read whole

import sys
import time
from collections.abc import Iterator

import pytest
from tests.compiler.front_end import FILE, check, messages_of, prelude

from meshnode.compiler import limits
from meshnode.compiler.diagnostic import Code, CompileError
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.pipeline import find
from meshnode.node.compile_child import RECURSION_MAX

MANY = 10_000
CPU_S_MAX = 8.0
"""Many times what each of these takes: the tests' machine is busy, and what is not linear takes minutes."""


def in_main(*lines: str) -> str:
    return "def main():\n" + "".join(f"    {line}\n" for line in lines)


def nested(header: str, depth: int) -> str:
    lines = "".join("    " * level + header.format(level) + "\n" for level in range(1, depth))
    return f"def main():\n{lines}{'    ' * depth}pass\n"


def printed(before: str, inner: str, after: str = "") -> str:
    return in_main(f"print({before * MANY}{inner}{after * MANY})")


@pytest.fixture(autouse=True)
def _deep_recursion() -> Iterator[None]:
    """Let Python nest calls as the compile process does."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(RECURSION_MAX)
    yield
    sys.setrecursionlimit(before)


COMPTIME = "comptime N = f({})\n\n\ndef main():\n    print(N)\n"

REFUSED = {
    "parentheses": (printed("(", "1", ")"), "2:74 limit: brackets are nested too deeply"),
    "square brackets": (printed("[", "1", "]"), "2:74 limit: brackets are nested too deeply"),
    "braces": (printed("{", "1", "}"), "2:74 limit: brackets are nested too deeply"),
    "minuses": (printed("-", "1"), "2:9921 syntax: this is nested too deeply"),
    "nots": (printed("not ", "True"), "2:39651 syntax: this is nested too deeply"),
    "sums": (in_main("var x = 1", f"print({'x + ' * 3_000}x)"), "3:11 syntax: this is nested too deeply"),
    "t-strings": (printed("t'{", "1", "}'"), "2:205 limit: t-strings are nested too deeply"),
    "ifs": (nested("if True:", 1_000), "41:1 limit: blocks are nested too deeply"),
    "functions": (nested("def f{}():", 1_000), "41:1 limit: blocks are nested too deeply"),
    "digits": (in_main(f"print({'1' * 100_000})"), "2:11 limit: this number has too many digits"),
    "a large exponent": (in_main("print(1e999999999)"), "2:11 limit: this number's exponent is too large"),
    "a large power": ("comptime N = 9 ** 9 ** 9\n\n\n" + in_main("print(N)"), "1:14 constant: '**' has no value for these literals"),
    "a large shift": ("comptime N = 1 << (1 << 40)\n\n\n" + in_main("print(N)"), "1:14 constant: '<<' has no value for these literals"),
    "a file of ten megabytes": ("# ten\n" * 1_700_000, "1:1 limit: this file is too large: 10,200,000 characters, 4,194,304 at most"),
    "an endless instantiation": ("def f[n: Int]():\n    f[n + 1]()\n\n\n" + in_main("f[0]()"), "2:5 limit: 'f' is instantiated without an end"),
    "an endless type": ("def f[T: Copyable](x: T):\n    f(List[T]())\n\n\n" + in_main("f(1)"), "2:7 limit: this type is instantiated without an end"),
    "an endless loop at compile time": ("def f(n: Int) -> Int:\n    var i = n\n    while True:\n        i += 1\n    return i\n\n\n" + COMPTIME.format(0), "8:14 limit: this cannot be computed at compile time: this takes too many steps"),
    "an endless recursion at compile time": ("def f(n: Int) -> Int:\n    return f(n + 1) + 1\n\n\n" + COMPTIME.format(0), "5:14 limit: this cannot be computed at compile time: calls are nested too deeply, at 'f'"),
    "a giant list at compile time": ("def f(n: Int) -> Int:\n    return len(List[Int](length=n, fill=0))\n\n\n" + COMPTIME.format("1 << 40"), "5:14 constant: this cannot be computed at compile time: the program's memory is full"),
    "constants in a circle": ("comptime A = B\ncomptime B = A\n\n\n" + in_main("print(A)"), "1:10 constant: constant 'A' needs itself"),
    "a giant Array": (in_main("var a = Array[Int, 1 << 40](fill=0)", "print(a[0])"), "2:13 limit: an Array of 1,099,511,627,776 'Int' is too large"),
    "an Array of less than nothing": (in_main("var a: Array[Int, -1]"), "2:12 constant: an Array cannot have -1 elements"),
    "a giant vector": (in_main("var v = SIMD[DType.int64, 1 << 40](0)"), "2:13 constant: a vector's length must be a power of two between 1 and 2**15, not 1099511627776"),
    "a long comptime for": (in_main("comptime for i in range(1 << 40):", "    print(i)"), "2:5 limit: this 'comptime for' makes more than 4,096 iterations"),
    "sets of sets": (in_main(f"print({'{' * 20}1{'}' * 20})"), "2:5 limit: this is nested too deeply: give inner parts variables with types"),
    "comprehensions in comprehensions": (in_main(f"var x = {'[i for i in ' * 20}range(2){']' * 20}"), "2:5 limit: this is nested too deeply: give inner parts variables with types"),
    "structs of two of a struct of two": ("".join(f"@fieldwise_init\nstruct S{i}(Copyable, Equatable):\n    var a: S{i + 1}\n    var b: S{i + 1}\n\n\n" for i in range(40)) + "comptime S40 = Int\n\n\ndef f(a: S0) -> Bool:\n    return a == a\n\n\n" + in_main("pass"), "245:12 limit: 'S0' has too many parts to be compared one by one"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_too_much_is_refused_with_one_sentence(
    source: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INTERPRETED_STEPS_MAX", 20_000)
    prelude()
    begin = time.process_time()

    assert messages_of(source) == [expected]

    assert time.process_time() - begin < CPU_S_MAX


ACCEPTED = {
    "a list of 10,000": in_main(f"var x: List[Int] = [{', '.join(map(str, range(MANY)))}]", "print(len(x))"),
    "an Array of 10,000": in_main(f"var x = [{', '.join(map(str, range(MANY)))}]", "print(len(x))"),
    "5,000 structs": "".join(f"struct S{i}:\n    pass\n" for i in range(5_000)) + in_main("pass"),
    "2,000 statements": in_main("var x = 0", *["x = x + 1"] * 2_000),
    "20,000 strings side by side": in_main("print(" + "'a' " * 20_000 + ")"),
    "500 branches": in_main("var x = 1", "if x == 0:", "    pass", *["elif x == 1:", "    pass"] * 500),
    "100,000 characters in one name": in_main(f"var {'a' * 100_000} = 1"),
}  # fmt: skip


@pytest.mark.parametrize("source", ACCEPTED.values(), ids=list(ACCEPTED))
def test_what_is_only_long_is_accepted_in_linear_time(source: str) -> None:
    prelude()
    begin = time.process_time()

    assert messages_of(source) == []

    assert time.process_time() - begin < CPU_S_MAX


HOSTILE = {
    "quotes": '"' * 100_000,
    "quotes of both kinds": "\"'" * 50_000,
    "open t-strings": "t'{\n" * 20_000,
    "brackets": ")" * 50_000,
    "escapes": '"""\\' * 50_000,
    "else": "else:\n" * 5_000,
    "decorators": "@a\n" * 10_000,
    "nothing": "\n" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_file_of_nonsense_is_refused_in_linear_time(text: str) -> None:
    begin = time.process_time()

    with pytest.raises(CompileError):
        check(text)

    assert time.process_time() - begin < CPU_S_MAX


def test_a_branch_too_many_is_a_limit_and_no_fault() -> None:
    """Branches nest in the tree, though not on the page."""
    branches = ["elif x == 1:", "    pass"] * 7_000
    source = in_main("var x = 1", "if x == 0:", "    pass", *branches)

    with pytest.raises(CompileError) as caught:
        find(source, FILE, prelude(), CompileOptions())

    assert [d.code for d in caught.value.diagnostics] == [Code.LIMIT]


def test_finally_within_finally_is_not_written_out_without_a_bound() -> None:
    lines = ["var a = 1"]
    for level in range(20):
        space = "    " * level
        lines += [
            f"{space}try:",
            f"{space}    if a == 2:",
            f"{space}        return",
            f"{space}finally:",
        ]
    begin = time.process_time()

    found = messages_of(in_main(*lines, "    " * 20 + "a = 2"))

    assert "limit: too many ways lead out of these 'try' blocks" in found[0]
    assert time.process_time() - begin < CPU_S_MAX


def test_line_ends_of_all_kinds_give_the_same_columns() -> None:
    plain = in_main("var x = 1", "print(x, y)")

    expected = ["3:14 name: use of unknown declaration 'y'"]

    assert messages_of(plain) == expected
    assert messages_of(plain.replace("\n", "\r\n")) == expected
    assert messages_of("\ufeff" + plain) == expected
    assert messages_of("\ufeff" + plain.replace("y", "x")) == []
