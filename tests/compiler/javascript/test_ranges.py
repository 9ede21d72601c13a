"""Which integers are proved to be exact as numbers; and that no run of a program leaves what was proved."""

import re
import shutil
from pathlib import Path

import pytest
from tests.compiler.front_end import check
from tests.compiler.loops.generator import program as random_program
from tests.golden.catalogue import golden_programs
from tests.golden.javascript import run_in_node, write_forms

from meshnode.compiler import ir
from meshnode.compiler.javascript.code import Code
from meshnode.compiler.javascript.function import FunctionWriter
from meshnode.compiler.javascript.plain import plain_text

STEP = 60
"""Every so many golden programs one is run with checks."""


def _declarations(body: str, head: str = "") -> str:
    """Give the plain text of a program whose `f(n, xs)` has a body."""
    source = f"{head}def f(n: Int, xs: List[Int]) -> Int:\n"
    source += "".join(f"    {line}\n" for line in body.splitlines())
    source += "\ndef main():\n    print(f(5, [1, 2]), f(Int.MAX, [3]))\n"
    text = plain_text(check(source), "test.mojo")
    start = text.index("function f(")
    return text[start : text.index("\n}\n", start)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("var x = n % 10\nreturn x", "let x = Number(floorModBig(n, 10n));"),
        ("var x = n & 255\nreturn x", "let x = Number(n & 255n);"),
        ("var x = n + 1\nreturn x", "let x = int64(n + 1n);"),
        ("var x = len(xs) * 8 - 1\nreturn x", "* 8 - 1;"),
        ("var x = (n % 10) * (n % 7) + 3\nreturn x", "let x = Number(floorModBig(n, 10n)) * "),
        ("var x = 0\nfor i in range(n):\n    x = i\nreturn x", "for (let i = 0n, "),
        ("var x = 0\nfor i in range(len(xs)):\n    x = i\nreturn x", "for (let i = 0, "),
        ("var x = 0\nwhile x < 10:\n    x += 1\nreturn x", "x = int64(x + 1n);"),
        ("var x = 1 << 52\nx = x * 2\nreturn x", "x = int64(x * 2n);"),
        ("var x = (1 << 53) - 1\nreturn x", "let x = 9007199254740991;"),
        ("var x = 1 << 53\nreturn x", "let x = 9007199254740992n;"),
    ],
)
def test_numbers_stand_exactly_where_all_values_are_safe(body: str, expected: str) -> None:
    assert expected in _declarations(body)


def test_a_parameter_holds_what_any_call_gives() -> None:
    source = (
        "def g(a: Int, b: Int) -> Int:\n    return a - b\n\n"
        "def down(k: Int) -> Int:\n    if k == 0:\n        return 0\n    return down(k - 1)\n\n"
        "def main():\n    var big = 1\n    while big > 0:\n        big *= 3\n"
        "    print(g(1, 2), g(3, big), down(9))\n"
    )

    text = plain_text(check(source), "test.mojo")

    assert "return int64(BigInt(a) - b);" in text
    assert "g(1, 2n)" in text
    assert "g(3, big)" in text
    assert "down(int64(k - 1n))" in text


def _checked(self: FunctionWriter, place: ir.Place, value: Code) -> str:
    """Store as usual, and let an integer variable say if it leaves its interval."""
    line = _stored(self, place, value)
    if not (self.is_variable(place) and isinstance(place.type, ir.IntType)):
        return line
    assert isinstance(place, ir.LocalPlace)
    interval = self.local_interval(place.local)
    name, _, given = line.removesuffix(";").partition(" = ")
    return f"{name} = within$({given}, {interval.low}n, {interval.high}n);"


_stored = FunctionWriter.stored
_WITHIN = """
const within$ = (value, low, high) => {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Trap(`not exact: ${value}`);
  if (Object.is(value, -0)) throw new Trap("negative zero");
  if (BigInt(value) < low || BigInt(value) > high) throw new Trap(`${value} is not in ${low} to ${high}`);
  return value;
};
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_no_variable_ever_leaves_its_interval(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(FunctionWriter, "stored", _checked)
    sources = {f"seed {seed}": random_program(seed) for seed in range(20, 24)}
    sources |= {golden.name: golden.source for golden in golden_programs()[::STEP]}
    texts = {
        name: plain_text(check(source), "test.mojo") + _WITHIN for name, source in sources.items()
    }
    assert all(re.search(r"= within\$\(", text) for text in texts.values())

    found = run_in_node(write_forms(texts, tmp_path))

    assert {name: outcome.trap for name, outcome in found.items()} == dict.fromkeys(sources)
