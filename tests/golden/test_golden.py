"""Every golden program prints what the real compiler's build of it printed, alone and cut into chunks."""

from collections.abc import Iterator

import pytest
from tests.golden.catalogue import Golden, golden_programs
from tests.golden.runs import GoldenRuns, golden_runs

PROGRAMS = golden_programs()
CLAIM = "test_a_program_does_what_the_real_compiler_makes_it_do"


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[GoldenRuns]:
    names = [item.name for item in request.session.items]
    by_name = {f"{CLAIM}[{golden.name}]": golden for golden in PROGRAMS}
    yield from golden_runs(by_name[name] for name in names if name in by_name)


@pytest.mark.parametrize("golden", PROGRAMS, ids=lambda golden: golden.name)
def test_a_program_does_what_the_real_compiler_makes_it_do(
    golden: Golden, runs: GoldenRuns
) -> None:
    run = runs.of(golden)

    assert run.alone.trap is None
    assert run.alone.stdout.decode() == golden.stdout.decode()
    assert run.alone.exit_code == golden.exit_code
    assert run.in_chunks in (None, run.alone)
    assert run.faults == ()


@pytest.mark.parametrize("golden", PROGRAMS, ids=lambda golden: golden.name)
def test_an_expected_output_belongs_to_its_source(golden: Golden) -> None:
    assert golden.is_current, "run `make oracle` after changing a golden program"
