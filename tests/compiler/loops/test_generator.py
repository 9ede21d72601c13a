"""Random loop programs do the same with and without a mesh; dropping a rule is noticed."""

import pytest
from msgspec.structs import replace
from tests.compiler.loops.generator import program, try_program
from tests.compiler.loops.harness import EAGER
from tests.compiler.loops.interpreted import try_programs

from meshnode.compiler.loops.rules import Rules


def test_a_seed_always_gives_the_same_program() -> None:
    assert program(7) == program(7)


@pytest.mark.parametrize("seed", [2, 5])
def test_a_random_program_does_the_same_on_a_mesh(seed: int) -> None:
    result = try_program(seed)
    assert result.is_same, result.detail


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_a_thousand_random_programs_do_the_same_on_a_mesh(seed: int) -> None:
    result = try_program(seed)
    assert result.is_same, result.detail


@pytest.mark.slow
@pytest.mark.parametrize("rule", Rules.__struct_fields__)
def test_the_generator_notices_a_dropped_rule(rule: str) -> None:
    """Most rules take a few dozen programs, the last two about 250; all of it three minutes of CPU."""
    options = replace(EAGER, rules=Rules(**{rule: False}))
    batches = (try_programs(range(first, first + 20), options) for first in range(100, 500, 20))
    assert any(not result.is_same for batch in batches for _, result in batch)
