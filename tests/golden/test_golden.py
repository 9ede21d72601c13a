"""Every golden program prints what the real compiler's build of it printed, alone and cut into chunks."""

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import PretendMesh, chunks_of, run_home
from tests.golden.catalogue import ARGUMENTS, Golden, golden_programs

from meshnode.compiler.pipeline import compile_program

PROGRAMS = golden_programs()


@pytest.mark.parametrize("golden", PROGRAMS, ids=lambda golden: golden.name)
def test_a_program_does_what_the_real_compiler_makes_it_do(golden: Golden) -> None:
    file = golden.name.rsplit("/", 1)[-1] + ".mojo"

    program = compile_program(golden.source, file, prelude())
    alone = run_home(program.home, ARGUMENTS)

    assert alone.trap is None
    assert alone.stdout.decode() == golden.stdout.decode()
    assert alone.exit_code == golden.exit_code
    if program.slice:
        mesh = PretendMesh(program.slice, chunks_of(7))
        assert run_home(program.home, ARGUMENTS, mesh) == alone


@pytest.mark.parametrize("golden", PROGRAMS, ids=lambda golden: golden.name)
def test_an_expected_output_belongs_to_its_source(golden: Golden) -> None:
    assert golden.is_current, "run `make oracle` after changing a golden program"
