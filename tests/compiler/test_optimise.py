"""What LLVM is kept from doing: forms that are legal in WebAssembly and slow on processors."""

from pathlib import Path

from tests.compiler.front_end import prelude

from meshnode.compiler.llvm.lower import lower_home
from meshnode.compiler.loops.split import split_loops
from meshnode.compiler.pipeline import Form, check, emit


def _wat(source: str) -> str:
    return emit(source, "program.mojo", prelude(), Form.WAT).decode()


def test_integers_that_cannot_be_negative_become_floats_as_signed_ones() -> None:
    wat = _wat("""\
def main():
    var state = UInt64(1)
    var total = 0.0
    for _ in range(1000):
        state = state * 6364136223846793005 + 1442695040888963407
        total += Float64(Int(state >> 40))
    print(total > 1.0)
""")

    assert "f64.convert_i64_s" in wat
    assert "f64.convert_i64_u" not in wat


def test_a_choice_of_two_values_is_no_table_of_jumps() -> None:
    wat = _wat("""\
def main():
    var cells = List[UInt8](length=1000, fill=2)
    var changed = 0
    for i in range(1000):
        var around = cells[i] + cells[(i * 7) % 1000] + UInt8(i % 2)
        if around == 3 or (around == 4 and cells[i] == 1):
            cells[i] = 1
            changed += 1
    print(changed)
""")

    assert "br_table" not in wat


def _llvm(source: str) -> str:
    return emit(source, "program.mojo", prelude(), Form.LLVM).decode()


def test_indices_that_follow_from_lengths_are_not_checked() -> None:
    """A length is never so large that one more wraps, and making a list changes no argument."""
    llvm = _llvm(Path("tests/bench/programs/levenshtein.mojo").read_text())
    checks = [line for line in llvm.splitlines() if "call" in line and "_bounds_failed" in line]

    assert len(checks) == 1  # that of `words[i]`


_TREE = """\
struct Tree(Copyable, Movable):
    var value: Int
    var branches: List[Tree]

    def __init__(out self, value: Int):
        self.value = value
        self.branches = List[Tree]()


def total(tree: Tree) -> Int:
    var found = tree.value
    for branch in tree.branches:
        found += total(branch)
    return found


def main():
    var tree = Tree(1)
    tree.branches.append(Tree(2))
    print(total(tree))
"""


def _head(source: str, function: str) -> str:
    lowered = lower_home(split_loops(check(source, "program.mojo", prelude())).home)
    return next(
        line for line in lowered.splitlines() if line.startswith("define") and function in line
    )


def test_what_is_only_read_has_no_other_name_even_if_its_type_holds_itself() -> None:
    assert "dereferenceable(32) noalias %a0" in _head(_TREE, '@"mojo.total"')


def test_what_is_read_may_have_another_name_if_something_is_written() -> None:
    source = """\
def put(mut target: List[Int], source: List[Int]):
    target.append(source[0])


def main():
    var a: List[Int] = [1]
    put(a, [2])
    print(len(a))
"""

    assert "noalias" not in _head(source, '@"mojo.put"')


def test_a_search_for_a_zero_is_no_call_of_the_c_library() -> None:
    llvm = _llvm("""\
def length(bytes: List[UInt8]) -> Int:
    var at = bytes.unsafe_ptr()
    var count = 0
    while at[count] != 0:
        count += 1
    return count


def main():
    var bytes: List[UInt8] = [1, 2, 3, 0]
    print(length(bytes))
""")

    assert "strlen" not in llvm.replace('"no-builtin-strlen"', "")
