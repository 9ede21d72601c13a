"""What the tests with real clients share: the installed clients, and a mesh with a gateway for each module."""

from collections.abc import Iterator

import pytest
from tests.dcp.clients import Clients, ClientsMissingError, install
from tests.dcp.gateway_mesh import GatewayMesh, gateway_mesh


@pytest.fixture(scope="module")
def clients() -> Clients:
    try:
        return install()
    except ClientsMissingError as err:
        pytest.skip(str(err))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, clients: Clients) -> Iterator[GatewayMesh]:
    assert clients.root.is_dir()
    with gateway_mesh(tmp_path_factory.mktemp("mesh")) as running:
        yield running
