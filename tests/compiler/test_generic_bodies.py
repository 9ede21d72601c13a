"""Generic functions that ask more of their values than their bounds say: refused though nothing calls them.

The real compiler refuses each function of the first table, and takes each of the second.
"""

import pytest
from tests.compiler.front_end import FILE, prelude

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.pipeline import find

SHAPE = "trait Shape(Copyable):\n    def area(self) -> Int: ...\n    def __lt__(self, o: Self) -> Bool: ...\n\n\n"
STRUCT = (
    "struct S[T: Copyable & Deinitable](Copyable):\n    var x: Self.T\n    var l: List[Self.T]\n\n"
    "    def g(self) -> Self.T:\n"
)

COPIED = (
    "value of type 'T' cannot be implicitly copied, it does not conform to 'ImplicitlyCopyable'"
)

REFUSED = {
    "def f[T: Copyable](x: T) -> T:\n    return x": COPIED,
    "def f[T: Copyable](mut x: T) -> T:\n    return x": COPIED,
    "def f[T: Copyable](var x: T) -> T:\n    return x": COPIED,
    "def f[T: Copyable](x: T) -> Optional[T]:\n    return x": COPIED,
    "def f[T: Shape](x: T) -> T:\n    return x": COPIED,
    "def f[T: Copyable](xs: List[T]) -> T:\n    return xs[0]": COPIED,
    "def f[T: Copyable & Deinitable](xs: List[T]):\n    var best = xs[0]": COPIED,
    f"{STRUCT}        return self.x": COPIED,
    f"{STRUCT}        return self.l[0]": COPIED,
    "def f[T: AnyType](x: T):\n    print(x)": "'T' does not conform to trait 'Writable'",
    "def f[T: Copyable](xs: List[T]):\n    print(xs[0])": "'T' does not conform to trait 'Writable'",
    "def f[T: Copyable](x: T, y: T) -> Bool:\n    return x == y": "'T' does not implement the '__eq__' method",
    "def f[T: Equatable](x: T, y: T) -> Bool:\n    return x < y": "'T' does not implement the '__lt__' method",
    "def f[T: Shape](x: T, y: T) -> Bool:\n    return x > y": "'T' does not implement the '__gt__' method",
    "def f[T: Copyable](x: T, y: T):\n    _ = x + y": "'T' does not implement the '__add__' method",
    "def f[T: Copyable](x: T):\n    x.foo()": "'T' value has no attribute 'foo'",
}

ACCEPTED = (
    "def f[T: Copyable](x: T) -> T:\n    return x.copy()",
    "def f[T: Copyable](var x: T) -> T:\n    return x^",
    "def f[T: ImplicitlyCopyable](x: T) -> T:\n    return x",
    "def f[T: TrivialRegisterPassable](x: T) -> T:\n    return x",
    "def f[T: Copyable](ref x: T) -> ref[x] T:\n    return x",
    "def f[T: Copyable](x: T):\n    for x in range(3):\n        print(x)",
    "def f[T: Copyable](x: T) -> Int:\n    def g(x: Int) -> Int:\n        return x + 1\n    return g(3)",
    "def f[T: Equatable](x: T, y: T) -> Bool:\n    return x == y and x != y",
    "def f[T: Comparable](x: T, y: T) -> Bool:\n    return x < y or x == y or x >= y",
    "def f[T: KeyElement](x: T, y: T) -> Bool:\n    return x == y",
    "def f[T: Shape](x: T, y: T) -> Int:\n    return x.area() if x < y else y.area()",
    "def f[T: Writable](x: T):\n    print(x, sep='')",
    "def f[T: Copyable & Writable](xs: List[T]):\n    print(xs[0])",
    "def f[dt: DType](x: Scalar[dt]) -> Scalar[dt]:\n    return x + x",
    "def f(x: Some[Writable]):\n    print(x)",
    f"{STRUCT}        return self.x.copy()",
)


def refusals(function: str, *, is_strict: bool = True) -> list[str]:
    source = f"{SHAPE}{function}\n\n\ndef main():\n    pass\n"
    try:
        find(source, FILE, prelude(), CompileOptions((), is_strict))
    except CompileError as error:
        return [diagnostic.message for diagnostic in error.diagnostics]
    return []


@pytest.mark.parametrize(("function", "message"), REFUSED.items(), ids=list(REFUSED))
def test_what_a_bound_does_not_say_is_refused(function: str, message: str) -> None:
    assert refusals(function) == [message]


def test_what_a_bound_says_is_taken() -> None:
    assert {function: refusals(function) for function in ACCEPTED} == {
        name: [] for name in ACCEPTED
    }


def test_older_mojo_copied_silently() -> None:
    copied = next(iter(REFUSED))
    source = f"{copied}\n\n\ndef main():\n    print(f(3))\n"

    found = find(source, FILE, prelude())

    assert not refusals(copied, is_strict=False)
    assert [diagnostic.message for diagnostic in found] == [COPIED]
