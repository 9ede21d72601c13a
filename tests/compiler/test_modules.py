"""A program of several modules, and one in the spelling of older Mojo."""

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import run_home

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.options import CompileOptions, ModuleText
from meshnode.compiler.pipeline import compile_program, find

MODULES = {
    "shapes": "from geometry import Circle\n\n\ndef area(c: Circle) -> Float64:\n    return c.area()\n",
    "geometry": "from .circle import Circle\n",
    "geometry.circle": (
        "comptime PI = 3.0\n\n\n@fieldwise_init\nstruct Circle:\n    var r: Float64\n\n"
        "    def area(self) -> Float64:\n        return PI * self.r * self.r\n"
    ),
}
PACKAGES = ("geometry",)


def options(*, is_strict: bool = True) -> CompileOptions:
    files = {
        name: f"{name.replace('.', '/')}{'/__init__' if name in PACKAGES else ''}.mojo"
        for name in MODULES
    }
    modules = tuple(ModuleText(name, files[name], text) for name, text in MODULES.items())
    return CompileOptions(modules, is_strict)


def output_of(source: str, chosen: CompileOptions) -> str:
    program = compile_program(source, "main.mojo", prelude(), chosen)
    return run_home(program.home, ("main",)).stdout.decode()


def refusals_of(source: str, chosen: CompileOptions) -> list[str]:
    try:
        find(source, "main.mojo", prelude(), chosen)
    except CompileError as error:
        return [f"{d.span.file}:{d.span.line} {d.message}" for d in error.diagnostics]
    return []


def warnings_of(source: str) -> list[str]:
    found = find(source, "main.mojo", prelude(), CompileOptions())
    return [f"{d.span.line}:{d.span.column} {d.message}" for d in found]


def test_a_program_uses_its_own_modules_and_packages() -> None:
    source = (
        "from shapes import area\nfrom geometry import Circle as Round\nfrom geometry.circle import PI\n"
        "import geometry\n\n\ndef main():\n    print(area(Round(2.0)), PI, geometry.Circle(1.0).area())\n"
    )

    assert output_of(source, options()) == "12.0 3.0 3.0\n"


def test_a_module_that_another_one_lacks_is_an_error_where_it_is_used() -> None:
    text = "from nowhere import thing\n\n\ndef one() -> Int:\n    return 1\n\n\ndef two() -> Int:\n    return thing()\n"
    chosen = CompileOptions((ModuleText("lazy", "lazy.mojo", text),), is_strict=True)

    assert output_of("from lazy import one\n\n\ndef main():\n    print(one())\n", chosen) == "1\n"
    assert refusals_of("from lazy import two\n\n\ndef main():\n    print(two())\n", chosen) == [
        "lazy.mojo:9 unable to locate module 'nowhere'"
    ]


def test_a_name_that_a_module_lacks_is_an_error_where_it_is_used() -> None:
    source = "from shapes import volume\n\n\ndef main():\n    print(volume(1))\n"

    assert refusals_of(source, options()) == [
        "main.mojo:5 module 'shapes' does not contain 'volume'"
    ]


def test_modules_may_import_one_another() -> None:
    even = "from odd import is_odd\n\n\ndef is_even(n: Int) -> Bool:\n    return n == 0 or is_odd(n - 1)\n"
    odd = "from even import is_even\n\n\ndef is_odd(n: Int) -> Bool:\n    return n != 0 and is_even(n - 1)\n"
    chosen = CompileOptions(
        (ModuleText("even", "even.mojo", even), ModuleText("odd", "odd.mojo", odd)), is_strict=True
    )

    assert (
        output_of("from even import is_even\n\n\ndef main():\n    print(is_even(10))\n", chosen)
        == "True\n"
    )


def test_an_error_in_a_module_names_its_file() -> None:
    chosen = CompileOptions(
        (ModuleText("bad", "bad.mojo", "def f():\n    print(nothing)\n"),), is_strict=True
    )

    found = refusals_of("from bad import f\n\n\ndef main():\n    f()\n", chosen)

    assert found == ["bad.mojo:2 use of unknown declaration 'nothing'"]


OLD = """\
from math import sqrt
from nowhere import unused

alias N = 3


@value
struct Pair:
    var a: Int
    var b: Int

    fn swap(inout self, owned by: Int):
        let a = self.a + by
        self.a = self.b
        self.b = a


struct Box:
    var n: Int

    fn __init__(inout self, n: Int):
        self.n = n

    fn __copyinit__(inout self, existing: Self):
        self.n = existing.n + 1


fn show(anything):
    print(anything)


fn main():
    var p = Pair(1, 2)
    p.swap(N)
    show(p.a)
    show(sqrt(4.0))
    @parameter
    if N > 2:
        show(p.b)
"""


def test_older_mojo_is_read_as_todays() -> None:
    assert output_of(OLD, CompileOptions()) == "2\n2.0\n4\n"


def test_each_old_spelling_is_warned_of_once() -> None:
    assert warnings_of("alias N = 3\n\n\nfn main():\n    let x = N\n    print(x)\n") == [
        "1:1 'alias' has been removed; use 'comptime' instead",
        "4:1 'fn' has been removed; use 'def' instead",
        "5:5 'let' has been removed; use 'var' instead",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "fn main():\n    pass\n",
        "alias N = 1\n",
        "def main():\n    @parameter\n    if True:\n        pass\n",
    ],
)
def test_strictly_older_mojo_is_refused(source: str) -> None:
    assert refusals_of(source, CompileOptions(is_strict=True))


def test_a_function_that_raises_without_saying_so_is_read_as_one_that_does() -> None:
    source = 'def deeper() -> Int:\n    return atol("12")\n\n\ndef main():\n    print(deeper() + 1, None)\n'

    assert output_of(source, CompileOptions()) == "13 None\n"
    assert sorted(warnings_of(source)) == [
        "1:5 'deeper' may raise; write 'raises' after its arguments",
        "5:5 'main' may raise; write 'raises' after its arguments",
        "6:25 'None' cannot be printed; write the text \"None\"",
    ]


def test_numbers_mix_and_names_need_no_import() -> None:
    source = "def main():\n    var x = 7.0\n    var n = 2\n    print(x / n, n * x, sqrt(x + n))\n"

    assert output_of(source, CompileOptions()) == "3.5 14.0 3.0\n"
    assert len(warnings_of(source)) == 4


def test_a_display_is_a_list_where_it_is_used_as_one() -> None:
    source = """def total(xs: List[Int]) -> Int:
    var sum = 0
    for x in xs:
        sum += x
    return sum


def main():
    var grows = [1, 2]
    grows.append(3)
    var stays = [4, 5]
    print(grows, total(stays))
"""

    assert output_of(source, CompileOptions()) == "[1, 2, 3] 9\n"
    assert sorted(warnings_of(source)) == [
        "12:24 a display is an Array today; give the variable a type: 'var x: List[…] = […]'",
        "9:9 a display is an Array today; write 'var grows: List[…] = […]'",
    ]
    assert refusals_of(source, CompileOptions(is_strict=True))


def test_a_function_may_import_for_itself() -> None:
    source = (
        "def main():\n    from shapes import area\n    from geometry.circle import Circle\n\n"
        "    var none = print(area(Circle(1.0)))\n"
    )

    assert output_of(source, options()) == "3.0\n"


def test_an_import_in_a_function_that_hides_a_name_is_refused() -> None:
    source = "def area() -> Int:\n    return 1\n\n\ndef main():\n    from shapes import area\n\n    print(area())\n"

    assert refusals_of(source, options()) == [
        "main.mojo:6 not supported yet: this import inside a function"
    ]


def test_a_program_exports_nothing_of_its_own() -> None:
    source = (
        '@export("mesh_alloc")\ndef f(x: Int) abi("C") -> Int:\n    return x\n\n\n@deprecated("old")\n'
        "def g() -> Int:\n    return 2\n\n\ndef main():\n    print(f(1), g())\n"
    )

    assert output_of(source, CompileOptions(is_strict=True)) == "1 2\n"


def test_a_nested_function_that_raises_without_saying_so_ends_the_check() -> None:
    source = (
        'def main():\n    def inner() -> Int:\n        return atol("3")\n\n    print(inner() + 1)\n'
    )

    assert output_of(source, CompileOptions()) == "4\n"
