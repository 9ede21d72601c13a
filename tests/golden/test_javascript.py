"""Golden programs print the same as plain JavaScript in Node: a sample here, all of them in the table's run."""

import shutil
from pathlib import Path

import pytest
from tests.compiler.front_end import prelude
from tests.golden.catalogue import golden_programs
from tests.golden.javascript import run_in_node

from meshnode.compiler.javascript.plain import plain_text
from meshnode.compiler.pipeline import check

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")

STEP = 20
"""Every so many programs one is in the sample."""


def test_plain_javascript_prints_what_the_real_compilers_program_prints(tmp_path: Path) -> None:
    chosen = golden_programs()[::STEP]
    texts = {g.name: _plain(g.name, g.source) for g in chosen}

    outcomes = run_in_node(texts, tmp_path)

    for golden in chosen:
        outcome = outcomes[golden.name]
        assert (golden.name, outcome.trap) == (golden.name, None)
        assert (golden.name, outcome.stdout.decode()) == (golden.name, golden.stdout.decode())
        assert (golden.name, outcome.exit_code) == (golden.name, golden.exit_code)


def _plain(name: str, source: str) -> str:
    file = name.rsplit("/", 1)[-1] + ".mojo"
    return plain_text(check(source, file, prelude()), file)
