"""What is only checked is checked as well as what is compiled, whatever was checked before."""

import pytest
from tests.compiler.front_end import FILE, prelude

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.library import Prelude
from meshnode.compiler.options import CompileOptions, ModuleText
from meshnode.compiler.pipeline import check, find

GOOD = """\
@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int

    def write_to(self, mut writer: Some[Writer]):
        writer.write("at ", self.x)


def main():
    var points: List[Point] = [Point(2), Point(1)]
    print(points[0], len(points), 1.5)
    var names: List[String] = ["b", "a"]
    sort(names)
    print(names[0])
"""
CANNOT_BE_PRINTED = """\
@fieldwise_init
struct Point(Copyable, Movable):
    var x: Int


def main():
    var points: List[Point] = [Point(2), Point(1)]
    print(points[0], len(points), 1.5)
"""


def fresh() -> Prelude:
    return Prelude(prelude().modules)


def faults(source: str, library: Prelude) -> list[str]:
    try:
        find(source, FILE, library)
    except CompileError as error:
        return [f"{d.span.line} {d.message}" for d in error.diagnostics]
    return []


def test_what_was_found_right_is_known() -> None:
    library = fresh()
    find(GOOD, FILE, library)
    known = set(library.known.names)

    find(GOOD, FILE, library)

    assert set(library.known.names) == known
    assert not any("Point" in name for name in known)
    assert any(name.startswith("List[String]") for name in known)


def test_a_struct_of_the_same_name_is_checked_anew() -> None:
    library = fresh()
    assert faults(GOOD, library) == []

    found = faults(CANNOT_BE_PRINTED, library)

    assert found == faults(CANNOT_BE_PRINTED, fresh())
    assert found


@pytest.mark.parametrize(
    "wrong",
    [
        "def main():\n    print(missing)\n",
        "def main():\n    var x: Int = 'a'\n",
        "def main():\n    var x = String('a')\n    var y = x^\n    print(x, y)\n",
        "def f(x: Int):\n    raise Error('a')\n\n\ndef main():\n    f(1)\n",
    ],
)
def test_checking_alone_finds_what_compiling_finds(wrong: str) -> None:
    library = fresh()
    find(GOOD, FILE, library)
    options = CompileOptions(is_strict=True)

    with pytest.raises(CompileError) as alone:
        find(wrong, FILE, library, options)
    with pytest.raises(CompileError) as compiled:
        check(wrong, FILE, fresh(), options)

    assert alone.value.diagnostics == compiled.value.diagnostics


def test_warnings_and_modules_are_seen() -> None:
    module = ModuleText("shapes", "shapes.mojo", "fn area(x: Int) -> Int:\n    return x * x\n")
    source = "from shapes import area\n\n\ndef main():\n    print(area(2))\n"

    (warning,) = find(source, FILE, fresh(), CompileOptions((module,)))

    assert warning.span.file == "shapes.mojo"
