"""`meshnode page`: what it asks of the daemon, and what the daemon does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.node.page.served_page import ServedPage, page_alone

from meshnode.node.errors import NodeError
from meshnode.node.listen_address import listen_address
from meshnode.node.page.command import start_page, stop_page


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[ServedPage]:
    async with page_alone(tmp_path) as served:
        yield served


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("localhost:8000", ("localhost", 8000)),
        ("[::1]:65535", ("::1", 65535)),
    ],
)
def test_an_address_is_read(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "8000", ":8000", "127.0.0.1", "127.0.0.1:x", "h:²", "h:65536"]
)
def test_a_strange_address_is_told(text: str) -> None:
    with pytest.raises(NodeError, match=r"port|PORT"):
        listen_address(text)


async def test_the_control_api_starts_and_stops_the_page(page: ServedPage) -> None:
    await stop_page(page.server)
    assert page.server.url is None

    answer = await start_page(page.server, b'{"listen": "127.0.0.1:0"}')

    assert answer == {"url": page.server.url}
    assert str(answer["url"]).startswith("http://127.0.0.1:")
    assert await start_page(page.server, b"") == answer


async def test_the_page_can_be_served_on_ipv6(page: ServedPage) -> None:
    await stop_page(page.server)
    answer = await start_page(page.server, b'{"listen": "[::1]:0"}')

    response, _ = await page.tab.get(str(answer["url"]), headers={})

    assert str(answer["url"]).startswith("http://[::1]:")
    assert response.status == 200
