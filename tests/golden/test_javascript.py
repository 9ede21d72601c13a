"""Golden programs as JavaScript in Node and Chromium: a sample here, all of them by `make golden`."""

import shutil
from pathlib import Path

import pytest
from tests.compiler.host import run_home
from tests.golden.catalogue import ARGUMENTS, EXAMPLES, golden_programs
from tests.golden.javascript import forms_of, metered, run_in_chromium, run_in_node, write_forms
from tests.golden.table import PLACES, compiled, shown_by, table

from meshnode.compiler.javascript.loader import loader_text

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")

STEP = 41
"""Every so many programs one is in the sample."""


@needs_node
def test_both_forms_print_in_node_what_the_real_compilers_program_prints(tmp_path: Path) -> None:
    chosen = golden_programs()[::STEP]
    texts: dict[str, str] = {}
    operations: dict[str, int | None] = {}
    for golden in chosen:
        module, home, file = compiled(golden)
        operations[golden.name] = run_home(metered(home), ARGUMENTS).operations
        texts |= {f"{golden.name} {form}": t for form, t in forms_of(module, home, file).items()}

    found = run_in_node(write_forms(texts, tmp_path))

    for golden in chosen:
        for form in ("loader", "plain"):
            outcome = found[f"{golden.name} {form}"]
            assert (golden.name, form, outcome.trap) == (golden.name, form, None)
            assert (golden.name, outcome.stdout.decode()) == (golden.name, golden.stdout.decode())
            assert (golden.name, outcome.exit_code) == (golden.name, golden.exit_code)
        assert found[f"{golden.name} loader"].operations == operations[golden.name]


@needs_node
@pytest.mark.slow
def test_the_loader_counts_the_operations_of_the_kernels_as_wasmtime_does(tmp_path: Path) -> None:
    kernels = [golden for golden in golden_programs(EXAMPLES) if golden.name.startswith("kernels/")]
    homes = {golden.name: metered(compiled(golden)[1]) for golden in kernels}
    request = write_forms(
        {name: loader_text(home, "k.mojo") for name, home in homes.items()}, tmp_path
    )

    found = run_in_node(request)

    for name, home in homes.items():
        expected = run_home(home, ARGUMENTS)
        assert expected.operations is not None
        assert (name, found[name].operations) == (name, expected.operations)
        assert found[name].stdout == expected.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_both_forms_run_in_chromium(tmp_path: Path) -> None:
    chosen = golden_programs()[:: 2 * STEP]
    texts: dict[str, str] = {}
    for golden in chosen:
        texts |= {f"{golden.name} {form}": t for form, t in forms_of(*compiled(golden)).items()}
    chromium = shutil.which("chromium")
    assert chromium is not None

    found = run_in_chromium(write_forms(texts, tmp_path), chromium)

    for golden in chosen:
        for form in ("loader", "plain"):
            outcome = found[f"{golden.name} {form}"]
            assert (golden.name, outcome.trap, outcome.stdout) == (golden.name, None, golden.stdout)


def test_the_table_says_what_was_found() -> None:
    results = {
        "area/one": {"shows": "", "operations": "7", **dict.fromkeys(PLACES, "equal")},
        "area/two_b": {"shows": "Twice", "operations": "differ", "wasmtime": "other output"},
    }

    text = table(results)

    assert "| wasmtime | 1 of 2 |" in text
    assert "| [one](area/one.mojo) | one | = | = | = | = | = | 7 |" in text
    assert "| [two_b](area/two_b.mojo) | Twice | other output | not run |" in text


def test_a_program_says_what_it_shows_in_its_first_comment() -> None:
    assert shown_by("# Lists | and more. Second.\n\nfrom x import y\n") == "Lists \\| and more"
    assert shown_by('"""Says so."""\n') == "Says so"
    assert shown_by("def main():\n    # not this\n    pass\n") == ""
