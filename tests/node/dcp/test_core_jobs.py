"""Jobs of DCP's clients from submission to end, computed in real sandboxes; sessions without sockets."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.node.dcp.core_gateway import Client, Ground, gateway_core, lonely_ground

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with lonely_ground(tmp_path_factory.mktemp("ground")) as ground:
        yield ground


async def test_a_job_is_computed_and_its_end_told(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        assert await Client(core).run(values=[1, 2, 3]) == {1: 1, 2: 4, 3: 9}
