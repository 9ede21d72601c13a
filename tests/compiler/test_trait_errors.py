"""What programs do wrong with traits, bounds, parameters and overloads, and how they are told."""

import pytest
from tests.compiler.front_end import errors_of, messages_of

SHAPE = "trait Shape:\n    comptime sides: Int\n\n    def area(self) -> Float64:\n        ...\n\n\n"

REFUSED = {
    "def f[T: Shape](x: T):\n    pass\n\n\ndef main():\n    f(3)\n": (
        "'Int' does not conform to trait 'Shape'"
    ),
    "def f(x: Some[Shape]):\n    pass\n\n\ndef main():\n    f(String())\n": (
        "'String' does not conform to trait 'Shape'"
    ),
    "struct Box[T: Shape]:\n    pass\n\n\ndef main():\n    var b: Box[Int]\n": (
        "'Int' does not conform to trait 'Shape'"
    ),
    "def main():\n    var s: Shape\n": "trait 'Shape' is not a type of values",
    "@fieldwise_init\nstruct S(Shapes):\n    var x: Int\n\n\ndef main():\n    pass\n": (
        "use of unknown declaration 'Shapes'"
    ),
    "def f[n: Int]() where n > 0:\n    pass\n\n\ndef main():\n    f[0]()\n": (
        "the constraint of 'f' does not hold"
    ),
    "def f[n: Int]():\n    pass\n\n\ndef main():\n    f[1, 2]()\n": (
        "'f' takes at most 1 parameter"
    ),
    "def f[n: Int]():\n    pass\n\n\ndef main():\n    f[m=1]()\n": (
        "'f' has no parameter named 'm'"
    ),
    "def f[T: Defaultable]() -> T:\n    return T()\n\n\ndef main():\n    var x = f()\n": (
        "failed to infer parameter 'T' of 'f'"
    ),
    "def f(a: Int, /):\n    pass\n\n\ndef main():\n    f(a=1)\n": (
        "argument 'a' of 'f' can only be given by position"
    ),
    "def f(a: Int, b: Float64):\n    pass\n\n\ndef f(a: Float64, b: Int):\n    pass\n\n\ndef main():\n    f(1, 2)\n": (
        "ambiguous call to 'f'"
    ),
    "def f[*Ts: Shape](*args: *Ts):\n    pass\n\n\ndef main():\n    f(1)\n": (
        "'Int' does not conform to trait 'Shape'"
    ),
}


@pytest.mark.parametrize(("source", "expected"), REFUSED.items(), ids=list(REFUSED.values()))
def test_a_mistake_is_named(source: str, expected: str) -> None:
    assert any(expected in message for message in messages_of(SHAPE + source))


def test_a_struct_is_told_all_that_its_trait_requires() -> None:
    source = "@fieldwise_init\nstruct Square(Shape):\n    var x: Int\n\n\ndef main():\n    pass\n"

    text = errors_of(SHAPE + source)

    assert (
        "test.mojo:9:8: error: struct 'Square' does not implement all requirements for 'Shape'"
        in text
    )
    assert "test.mojo:4:5: note: 'area' is required here and not implemented" in text
    assert "test.mojo:2:5: note: 'comptime sides' is required here and not given" in text


def test_a_method_with_another_result_is_not_what_the_trait_requires() -> None:
    source = (
        "struct Square(Shape):\n    comptime sides = 4\n\n    def area(self) -> Int:\n        return 1\n"
        "\n\ndef main():\n    pass\n"
    )

    assert "note: 'area' is required here with another signature" in errors_of(SHAPE + source)
