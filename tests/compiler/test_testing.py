"""Suites of tests in programs: what is found, run and reported. (Golden programs get arguments, which these read.)"""

import re

from tests.compiler.front_end import prelude
from tests.compiler.host import Outcome, run_home

from meshnode.compiler.pipeline import compile_program

TESTS = """
from std.testing import TestSuite, assert_equal

def test_b() raises:
    assert_equal(helper(), 3)

def helper() -> Int:
    return 3

def test_a() raises:
    raise Error("no\\ngood")

"""

DISCOVER = (
    "def main() raises:\n    TestSuite.discover_tests[__functions_in_module()]().run(quiet=True)\n"
)


def run(main: str, *arguments: str) -> Outcome:
    program = compile_program(TESTS + main, "suite.mojo", prelude())
    return run_home(program.home, ("suite", *arguments))


def without_times(text: bytes) -> str:
    return re.sub(r"\d+\.\d{3}", "T", text.decode())


def test_the_tests_of_a_module_run_in_its_order_and_failures_are_raised() -> None:
    outcome = run(DISCOVER)

    assert outcome.exit_code == 1
    assert without_times(outcome.stderr) == (
        "Unhandled exception caught during execution: \nRunning 2 tests for suite.mojo \n"
        "    PASS [ T ] test_b\n    FAIL [ T ] test_a\n      no\n      good\n--------\n"
        "Summary [ T ] 2 tests run: 1 passed , 1 failed , 0 skipped \n"
        "Test suite' suite.mojo 'failed! \n\n"
    )


def test_arguments_choose_tests() -> None:
    assert run(DISCOVER, "--only", "test_b").exit_code == 0
    assert run(DISCOVER, "--skip", "test_a").exit_code == 0
    assert run(DISCOVER, "--skip-all").exit_code == 0
    assert b"explicitly skipped test not found in suite: x" in run(DISCOVER, "--skip", "x").stderr
    assert b"invalid argument: y" in run(DISCOVER, "y").stderr


def test_a_suite_can_be_put_together() -> None:
    outcome = run(
        "def main() raises:\n    var suite = TestSuite()\n    suite.test[test_a]()\n"
        "    suite.test[test_b]()\n    suite.skip[test_a]()\n    suite^.run()\n"
    )

    assert without_times(outcome.stdout) == (
        "\nRunning 2 tests for suite.mojo \n    SKIP [ T ] test_a\n    PASS [ T ] test_b\n--------\n"
        "Summary [ T ] 2 tests run: 1 passed , 0 failed , 1 skipped \n\n"
    )
