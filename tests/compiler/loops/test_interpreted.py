"""Random loop programs do the same on a mesh when they are interpreted."""

import pytest
from tests.compiler.loops.interpreted import BATCH, try_programs


def test_random_programs_do_the_same_when_they_are_interpreted() -> None:
    results = dict(try_programs(range(1, 13)))

    assert len(results) == 12
    assert sum(result.split for result in results.values()) > 0
    for result in results.values():
        assert result.is_same, result.detail


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 12_000, BATCH))
def test_two_thousand_random_programs_do_the_same_when_they_are_interpreted(first: int) -> None:
    for _, result in try_programs(range(first, first + BATCH)):
        assert result.is_same, result.detail
