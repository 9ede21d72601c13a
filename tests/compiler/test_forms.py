"""What `meshnode compile --emit` writes of each stage."""

from tests.compiler.front_end import prelude

from meshnode.compiler.pipeline import Form, emit

SOURCE = """\
def steps(n: Int) -> Int:
    var x = n
    var count = 0
    while x > 1:
        x = x // 2 if x % 2 == 0 else 3 * x + 1
        count += 1
    return count


def main():
    for n in range(100):
        print(steps(n))
"""


def form(kind: Form) -> str:
    return emit(SOURCE, "sum.mojo", prelude(), kind).decode()


def test_the_tree_is_shown_with_places() -> None:
    lines = form(Form.AST).splitlines()

    assert lines[0] == "Function 1:1"
    assert "  body: For 11:5" in lines


def test_the_ir_is_shown_before_and_after_the_split() -> None:
    assert "for n in range(0, 100, 1)" in form(Form.IR)
    assert "$record0" in form(Form.SPLIT)
