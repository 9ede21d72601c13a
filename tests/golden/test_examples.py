"""The examples and kernels print what the real compiler's builds print, alone and in chunks."""

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import PretendMesh, chunks_of, run_home
from tests.golden.catalogue import EXAMPLES, Golden, golden_programs

from meshnode.compiler.pipeline import compile_program

PROGRAMS = golden_programs(EXAMPLES)


def _same(stdout: bytes, golden: Golden) -> bool:
    if golden.name != "kernels/sinsum":
        return stdout == golden.stdout
    # Ten million sines, each within one unit of the last place, summed in order.
    got, wanted = (float(text.split()[1]) for text in (stdout, golden.stdout))
    return got == pytest.approx(wanted, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    "golden",
    [
        pytest.param(golden, marks=() if golden.name.startswith("kernels/") else pytest.mark.slow)
        for golden in PROGRAMS
    ],
    ids=lambda golden: golden.name,
)
def test_an_example_does_what_the_real_compiler_makes_it_do(golden: Golden) -> None:
    file = golden.name.rsplit("/", 1)[-1] + ".mojo"

    program = compile_program(golden.source, file, prelude())

    alone = run_home(program.home, (file,))
    assert (alone.exit_code, alone.stderr) == (0, b"")
    assert _same(alone.stdout, golden)
    if program.slice:
        mesh = PretendMesh(program.slice, lambda count: chunks_of(1 + count // 20)(count))
        assert run_home(program.home, (file,), mesh) == alone


@pytest.mark.parametrize("golden", PROGRAMS, ids=lambda golden: golden.name)
def test_an_expected_output_belongs_to_its_source(golden: Golden) -> None:
    assert golden.is_current, "run `make oracle` after changing an example"
