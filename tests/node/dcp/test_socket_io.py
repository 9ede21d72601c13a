"""engine.io over loopback: pings, polls, closes, and what is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession as HttpSession
from aiohttp import WSMsgType
from tests.node.dcp.wire_client import Gateway, WireClient, open_polling, open_websocket, serving

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.endpoint import EndpointSettings
from meshnode.node.dcp.json_text import loads
from meshnode.node.dcp.rate import Rate
from meshnode.node.dcp.socket_io import Timing

POLLING = "?EIO=4&transport=polling"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with serving() as gateway:
        yield gateway


@pytest.fixture
async def http() -> AsyncIterator[HttpSession]:
    async with HttpSession() as http:
        yield http


async def sid_of(http: HttpSession, url: str) -> str:
    async with http.get(url) as response:
        hello = loads((await response.text())[1:])
    assert isinstance(hello, dict)
    assert hello["upgrades"] == []
    assert hello["pingInterval"] == 10100
    return str(hello["sid"])


async def test_an_unknown_polling_session_is_refused_as_engine_io_does(
    gateway: Gateway, http: HttpSession
) -> None:
    async with http.get(f"{gateway.url}/jobSubmit/{POLLING}&sid=x") as response:
        assert response.status == 400
        assert await response.json() == {"code": 1, "message": "Session ID unknown"}


async def test_a_polling_client_is_told_that_its_connection_was_closed(
    gateway: Gateway, http: HttpSession
) -> None:
    client = WireClient()
    client._socket = await open_polling(http, f"{gateway.url}/jobSubmit/")
    await client.put("x")
    await client.until_closed()

    assert await client._socket.receive() is None
    await client.put("too late")


@pytest.mark.parametrize("query", ["", "?EIO=3&transport=polling", "?transport=websocket"])
async def test_other_protocols_are_refused(gateway: Gateway, http: HttpSession, query: str) -> None:
    async with http.get(f"{gateway.url}/jobSubmit/{query}") as response:
        assert response.status == 400


async def test_several_packets_travel_in_one_poll(gateway: Gateway, http: HttpSession) -> None:
    url = f"{gateway.url}/jobSubmit/{POLLING}"
    url += f"&sid={await sid_of(http, url)}"

    async with http.post(url, data='40\x1e42["message","Tdebug"]\x1e3') as response:
        assert await response.text() == "ok"
    async with http.get(url) as response:
        packets = (await response.text()).split("\x1e")

    assert [packet[:2] for packet in packets] == ["40", "42"]


async def test_two_polls_at_once_close_the_connection(gateway: Gateway, http: HttpSession) -> None:
    url = f"{gateway.url}/jobSubmit/{POLLING}"
    url += f"&sid={await sid_of(http, url)}"

    async def poll() -> int:
        async with http.get(url) as response:
            await response.read()
            return response.status

    statuses = await asyncio.gather(poll(), poll())

    assert sorted(statuses) == [200, 400]


async def test_a_body_that_is_too_long_or_no_text_closes_the_connection(
    gateway: Gateway, http: HttpSession
) -> None:
    for body, status in ((b"4" * (limits.FIRST_UNITS_MAX + 1), 413), (b"\xff", 400)):
        url = f"{gateway.url}/jobSubmit/{POLLING}"
        url += f"&sid={await sid_of(http, url)}"

        async with http.post(url, data=body) as response:
            assert response.status == status


async def test_a_frame_that_is_too_long_or_binary_closes_the_socket(
    gateway: Gateway, http: HttpSession
) -> None:
    for frame in ("4" * (limits.FRAME_BYTES_MAX + 1), b"binary"):
        url = f"{gateway.url}/jobSubmit/?EIO=4&transport=websocket"
        async with http.ws_connect(url) as socket:
            await socket.receive()
            if isinstance(frame, bytes):
                await socket.send_bytes(frame)
            else:
                await socket.send_str(frame)
            while (message := await socket.receive(10)).type is WSMsgType.TEXT:
                pass
            assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)


@pytest.mark.parametrize("opener", [open_websocket, open_polling])
async def test_a_silent_client_is_pinged_and_then_left(opener: object, http: HttpSession) -> None:
    timing = Timing(ping_every_s=0.02, ping_timeout_s=0.1)
    async with serving(EndpointSettings(timing=timing)) as gateway:
        url = f"{gateway.url}/jobSubmit/"
        opened = await (open_websocket if opener is open_websocket else open_polling)(http, url)
        packets: list[str | None] = []
        async with asyncio.timeout(10):
            while not packets or packets[-1] is not None:
                packets.append(await opened.receive())

    assert packets.count("2") >= 2


async def test_a_client_that_answers_pings_stays(http: HttpSession) -> None:
    timing = Timing(ping_every_s=0.01, ping_timeout_s=0.05)
    async with serving(EndpointSettings(timing=timing)) as gateway:
        client = WireClient()
        await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
        for _ in range(30):
            await client.step()
        answer = await client.ask("echo", 1)

    assert answer["payload"] == 1


async def test_connections_are_bounded_in_number(
    http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_MAX", 2)
    async with serving() as gateway:
        statuses = []
        for _ in range(3):
            async with http.get(f"{gateway.url}/jobSubmit/{POLLING}") as response:
                statuses.append(response.status)

    assert statuses == [200, 200, 503]


async def test_connections_are_bounded_in_rate(
    http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_BURST", 2)
    async with serving(now_ms=lambda: 1_000_000_000_000) as gateway:
        statuses = []
        for _ in range(3):
            async with http.get(f"{gateway.url}/jobSubmit/{POLLING}") as response:
                statuses.append(response.status)

    assert statuses == [200, 200, 503]


async def test_a_reader_that_is_too_slow_is_closed(
    http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OUTBOX_BYTES_MAX", 100_000)
    async with serving() as gateway:
        client = WireClient()
        await client.start(await open_polling(http, f"{gateway.url}/jobSubmit/"))
        await client.until(lambda: client.model.session_id is not None)
        client.model.ask("echo", "x" * 200_000)
        await client.send(client.model.pump())
        await client.until_closed()

        await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
        assert gateway.operations.ended == []


def test_a_rate_lets_a_burst_pass_and_then_so_many_a_second() -> None:
    rate = Rate(per_second=10, burst=3, now_ms=0)

    assert [rate.take(0) for _ in range(4)] == [0, 0, 0, 0.1]
    assert rate.take(1000) == 0
    assert [Rate(10, 2, 0).has_one(0), rate.has_one(1000)] == [True, True]
    strict = Rate(10, 1, 0)
    assert [strict.has_one(0), strict.has_one(50), strict.has_one(100)] == [True, False, True]
