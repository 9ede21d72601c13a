"""What the tests of both sides of a rule's border share: functions that programs call, and two claims."""

from tests.compiler.loops.harness import EAGER, split
from tests.compiler.loops.interpreted import loops_taken

from meshnode.compiler.loops.plan import SplitOptions
from meshnode.compiler.loops.report import LoopReport, Verdict

HEAD = """\
def heavy(n: Int) -> Int:
    var total = n
    for k in range((n & 15) + 1):
        total = (total * 31 + k) % 65537
    return total


def shout(n: Int) -> Int:
    print("shout", n)
    return n


def picky(n: Int) raises -> Int:
    if n % 11 == 7:
        raise Error("picky")
    return n * 3


def square(mut x: Int):
    x = x * x % 1009


"""


def report(main: str, options: SplitOptions = EAGER) -> LoopReport:
    """Give the report of the first loop of `main`."""
    loops = split(HEAD + main, options).loops
    return next(loop for loop in loops if loop.function == "main")


def assert_distributed(main: str) -> LoopReport:
    """Assert that the first loop is distributed and does the same on a mesh."""
    found = report(main)
    assert found.verdict is Verdict.DISTRIBUTED, found
    assert loops_taken(HEAD + main)
    return found


def assert_distributed_in(function: str, source: str) -> None:
    """Assert that the first loop of a function is distributed and does the same on a mesh."""
    loops = split(HEAD + source).loops
    found = next(loop for loop in loops if loop.function == function)
    assert found.verdict is Verdict.DISTRIBUTED, found
    assert loops_taken(HEAD + source)


def assert_not_distributed(main: str, words: str) -> None:
    """Assert that the first loop stays at home for a reason with these words."""
    found = report(main)
    assert found.verdict is not Verdict.DISTRIBUTED
    assert found.reason is not None
    assert words in found.reason.message
