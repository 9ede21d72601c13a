"""One warm process for the tests that do not break it."""

from collections.abc import Iterator

import pytest

from meshnode.sandbox import ChildLimits, SliceProcess


@pytest.fixture(scope="session")
def process() -> Iterator[SliceProcess]:
    process = SliceProcess.start(ChildLimits(nice=0), "javascript")
    yield process
    process.kill()
