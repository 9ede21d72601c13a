"""The gateway's door over loopback: websocket and polling, sessions that outlive sockets, and who is let in."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientSession as HttpSession
from aiohttp import WSServerHandshakeError
from tests.node.dcp.client_model import ClientModel
from tests.node.dcp.wire_client import (
    CLIENT_KEY,
    OTHER_KEY,
    Gateway,
    Socket,
    WireClient,
    open_polling,
    open_websocket,
    serving,
)

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.endpoint import EndpointSettings
from meshnode.node.dcp.hosts import HostRules
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import JsonValue

Open = Callable[[HttpSession, str], Awaitable[Socket]]


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with serving() as gateway:
        yield gateway


@pytest.fixture
async def http() -> AsyncIterator[HttpSession]:
    async with HttpSession() as http:
        yield http


@pytest.fixture(params=[open_websocket, open_polling], ids=["websocket", "polling"])
def opener(request: pytest.FixtureRequest) -> Open:
    opener: Open = request.param
    return opener


async def client_of(
    gateway: Gateway, http: HttpSession, opener: Open = open_websocket, path: str = "/jobSubmit/"
) -> WireClient:
    client = WireClient()
    await client.start(await opener(http, f"{gateway.url}{path}"))
    await client.until(lambda: client.model.session_id is not None)
    return client


@pytest.mark.parametrize("path", ["/jobSubmit/", "/jobSubmit/dcp5/socketio/"])
async def test_a_request_is_answered_over_both_transports_and_paths(
    gateway: Gateway, http: HttpSession, opener: Open, path: str
) -> None:
    client = await client_of(gateway, http, opener, path)

    answer = await client.ask("submit@5", {"b": 1.5, "10": "é😀", "2": [1e-7, None]})

    (call,) = gateway.operations.calls
    assert answer["payload"] == {"2": [1e-7, None], "10": "é😀", "b": 1.5}
    assert answer["success"] is True
    assert (call.service, call.operation) == ("jobSubmit", "submit@5")
    assert (call.session.owner, call.session.id) == (CLIENT_KEY.address, client.model.session_id)
    assert call.session.is_open


async def test_long_messages_travel_in_fragments_both_ways(
    gateway: Gateway, http: HttpSession, opener: Open
) -> None:
    client = await client_of(gateway, http, opener)
    data: JsonValue = "é😀" * 400_000

    answer = await client.ask("addSliceData", data)

    assert answer["payload"] == data


async def test_events_arrive_in_order_before_the_answer(
    gateway: Gateway, http: HttpSession, opener: Open
) -> None:
    client = await client_of(gateway, http, opener)

    await client.ask("subscribe")

    payloads = [request["payload"] for request in client.model.requests]
    assert [each["data"] for each in payloads if isinstance(each, dict)] == [0, 1, 2]


async def test_a_refusal_and_a_failure_are_told_apart(
    gateway: Gateway, http: HttpSession, caplog: pytest.LogCaptureFixture
) -> None:
    client = await client_of(gateway, http)

    refused = await client.ask("refuse")
    failed = await client.ask("fail")
    endless = await client.ask("endless")
    served = await client.ask("other", 1)

    assert refused["payload"] == {"name": "Error", "message": "no credit", "code": "ENOFUNDS"}
    for answer in (failed, endless):
        assert isinstance(answer["payload"], dict)
        assert answer["payload"]["code"] == "EINTERNAL"
        assert "ZeroDivision" not in dumps(answer)
    assert "event=dcp_operation_failed" in caplog.text
    assert served["payload"] == 1


async def test_a_slow_operation_keeps_nobody_waiting(gateway: Gateway, http: HttpSession) -> None:
    client = await client_of(gateway, http)
    other = await client_of(gateway, http)
    client.model.ask("wait", "late")
    await client.send(client.model.pump())

    first = await client.ask("echo", 1)
    second = await other.ask("echo", 2)
    gateway.operations.gate.set()
    await client.until(lambda: client.model.responses[-1]["payload"] == "late")

    assert (first["payload"], second["payload"]) == (1, 2)


async def test_a_session_outlives_its_socket(
    gateway: Gateway, http: HttpSession, opener: Open
) -> None:
    client = await client_of(gateway, http, opener)
    await client.ask("echo", 1)
    session = gateway.operations.calls[0].session
    await client.close()
    assert session.request("event", "while away")

    await client.start(await opener(http, f"{gateway.url}/jobSubmit/"))
    answer = await client.ask("echo", 2)
    await client.until(lambda: bool(client.model.requests))

    assert answer["payload"] == 2
    assert gateway.operations.calls[1].session is session
    assert gateway.operations.ended == []


async def test_an_answer_that_the_lost_socket_did_not_carry_comes_on_the_next(
    gateway: Gateway, http: HttpSession
) -> None:
    client = await client_of(gateway, http)
    client.model.ask("wait", "late")
    await client.send(client.model.pump())
    await gateway.operations.called.wait()
    await client.close()
    gateway.operations.gate.set()

    await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    await client.until(lambda: client.model.responses[-1]["payload"] == {"success": True})

    assert [each["payload"] for each in client.model.responses].count("late") == 1


async def test_a_close_ends_the_session_and_the_socket(
    gateway: Gateway, http: HttpSession, opener: Open
) -> None:
    client = await client_of(gateway, http, opener)

    answer = await client.ask("close")
    await client.until_closed()

    assert answer["payload"] == "goodbye"
    assert gateway.operations.ended == [client.model.session_id]


async def test_a_session_that_is_not_known_is_told_to_close(
    gateway: Gateway, http: HttpSession
) -> None:
    client = await client_of(gateway, http)
    client.model.session_id = "another"

    await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    await client.until(lambda: bool(client.model.requests))

    payload = client.model.requests[0]["payload"]
    assert isinstance(payload, dict)
    assert payload["operation"] == "close"


async def test_a_session_of_somebody_elses_is_not_known(
    gateway: Gateway, http: HttpSession
) -> None:
    client = await client_of(gateway, http)
    await client.ask("echo", 1)
    thief = WireClient(OTHER_KEY)
    thief.model = client.model
    await thief.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    await thief.until(lambda: bool(thief.model.requests))

    assert len(gateway.operations.calls) == 1
    assert gateway.operations.ended == []


@pytest.mark.parametrize("lost", ["everything", "the answer"])
async def test_a_client_that_missed_the_answer_to_connect_gets_it_on_the_next_socket(
    gateway: Gateway, http: HttpSession, lost: str
) -> None:
    client = WireClient()
    await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    if lost == "everything":
        await client.close()

    await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    answer = await client.ask("echo", 1)

    assert answer["payload"] == 1
    assert gateway.operations.ended == []


async def test_sessions_left_behind_make_room_for_new_ones(
    gateway: Gateway, http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.sessions.SESSIONS_PER_OWNER_MAX", 2)
    first = await client_of(gateway, http)
    second = await client_of(gateway, http)

    refused = WireClient()
    await refused.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    await refused.until(lambda: bool(refused.model.responses))
    gateway.operations.ended.clear()
    await first.close()
    await second.ask("echo", 1)
    third = await client_of(gateway, http)

    assert "EBUSY" in dumps(refused.model.responses[0])
    assert gateway.operations.ended == [first.model.session_id]
    assert (await third.ask("echo", 2))["payload"] == 2


async def test_a_session_without_socket_ends_in_time(
    http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SWEEP_EVERY_S", 0.01)
    late_ms = 0
    async with serving(now_ms=lambda: time.time_ns() // 1_000_000 + late_ms) as gateway:
        client = await client_of(gateway, http)
        await client.close()
        late_ms = limits.LINGER_MS + 1_000
        await gateway.operations.left.wait()

    assert gateway.operations.ended == [client.model.session_id]


# Faults


async def test_a_message_with_a_foreign_signature_ends_the_session(
    gateway: Gateway, http: HttpSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = await client_of(gateway, http)
    client.model.ask("echo", 1)

    await client.send(client.model.pump(), key=OTHER_KEY)
    await client.until_closed()

    assert gateway.operations.calls == []
    assert gateway.operations.ended == [client.model.session_id]
    assert "another owner" in caplog.text


async def test_a_message_that_was_changed_is_not_believed(
    gateway: Gateway, http: HttpSession
) -> None:
    client = await client_of(gateway, http)
    client.model.ask("echo", "honest")
    (body,) = client.model.pump()
    signature = dumps(CLIENT_KEY.sign(dumps(body)))
    changed = dumps(body).replace("honest", "stolen")

    await client.put(f'{{"owner":"{CLIENT_KEY.address}","signature":{signature},"body":{changed}}}')
    await client.until_closed()

    assert gateway.operations.calls == []


@pytest.mark.parametrize(
    "string",
    [
        "x",
        "{}",
        "{",
        "E0000Cx",
        '{"owner":"0x12","signature":{},"body":{}}',
        '{"owner":"0x' + "a" * 40 + '","signature":{},"body":{"type":"ack"}}',
        '{"owner":"0x' + "a" * 40 + '","body":5}',
        "{" + "[" * 1000,
    ],
)
async def test_what_is_no_message_closes_the_socket(
    gateway: Gateway, http: HttpSession, string: str
) -> None:
    client = WireClient()
    client._socket = await open_websocket(http, f"{gateway.url}/jobSubmit/")

    await client.put(string)
    await client.until_closed()

    assert gateway.operations.calls == []


async def test_a_connect_request_that_was_overheard_opens_nothing(
    gateway: Gateway, http: HttpSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = await client_of(gateway, http)
    recorded = WireClient()
    recorded.model = ClientModel(now_ms=client.model.now_ms, label=client.model.label)

    recorded._socket = await open_websocket(http, f"{gateway.url}/jobSubmit/")
    await recorded.send(recorded.model.connect())
    await recorded.until_closed()

    assert recorded.model.session_id is None
    assert "a connect request was repeated" in caplog.text


async def test_a_stranger_may_not_send_long_messages(gateway: Gateway, http: HttpSession) -> None:
    client = WireClient()
    client._socket = await open_websocket(http, f"{gateway.url}/jobSubmit/")

    await client.put("{" + " " * 200_000)
    await client.until_closed()


@pytest.mark.parametrize("version", ["4.0.0", "5.1.9", "6.0.0", None, 5])
async def test_a_client_of_another_protocol_is_told_which_one_is_spoken(
    gateway: Gateway, http: HttpSession, version: JsonValue
) -> None:
    client = WireClient()
    client._socket = await open_websocket(http, f"{gateway.url}/jobSubmit/")
    (connect,) = client.model.connect()
    payload = connect["payload"]
    assert isinstance(payload, dict)
    await client.send(
        [{**connect, "payload": {**payload, "data": {"version": version, "sid": "s"}}}]
    )
    await client.until(lambda: bool(client.model.responses))

    assert client.model.responses[0]["success"] is False
    assert client.model.responses[0]["payload"] == {"message": "^5.2.0", "code": "EVERSION"}


async def test_a_client_whose_clock_is_wrong_is_told_so(
    gateway: Gateway, http: HttpSession
) -> None:
    client = WireClient()
    client.model.now_ms -= 3_600_000
    await client.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))
    await client.until(lambda: bool(client.model.responses))

    assert "check the clock" in dumps(client.model.responses[0])


# Who is let in


async def test_only_listed_clients_may_ask(http: HttpSession) -> None:
    listed = frozenset({CLIENT_KEY.address})
    settings = EndpointSettings(clients=listed, open_operations=frozenset({"requestTask"}))
    async with serving(settings) as gateway:
        client = await client_of(gateway, http)
        stranger = WireClient(OTHER_KEY)
        await stranger.start(await open_websocket(http, f"{gateway.url}/jobSubmit/"))

        served = await client.ask("echo", 1)
        refused = await stranger.ask("submit@5", 2)
        worked = await stranger.ask("requestTask@3", 3)

    assert served["payload"] == 1
    assert isinstance(refused["payload"], dict)
    assert refused["payload"]["code"] == "EPERM"
    assert worked["payload"] == 3
    assert [call.operation for call in gateway.operations.calls] == ["echo", "requestTask@3"]


async def test_nothing_is_kept_for_guests(
    http: HttpSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(EndpointSettings(clients=frozenset())) as gateway:
        guest = await client_of(gateway, http)
        await guest.ask("echo", 1)
        await guest.close()
        await gateway.operations.left.wait()

    assert gateway.operations.calls == []
    assert "fault" not in caplog.text


@pytest.mark.parametrize(
    ("headers", "is_served"),
    [
        ({}, True),
        ({"Host": "localhost:1"}, True),
        ({"Host": "[::1]:80"}, True),
        ({"Host": "gateway.example"}, True),
        ({"Host": "evil.example"}, False),
        ({"Host": "evil.example:80", "Origin": "http://evil.example:80"}, False),
        ({"Host": "a b"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, True),
        ({"Origin": "https://page.example"}, True),
    ],
)
async def test_foreign_pages_and_rebound_names_are_refused(
    http: HttpSession, headers: dict[str, str], *, is_served: bool
) -> None:
    rules = HostRules(names=("gateway.example",), origins=("https://page.example",))
    async with serving(EndpointSettings(hosts=rules)) as gateway:
        url = f"{gateway.url}/jobSubmit/?EIO=4&transport="
        async with http.get(f"{url}polling", headers=headers) as response:
            assert (response.status == 200) is is_served
        if not is_served:
            with pytest.raises(WSServerHandshakeError):
                await http.ws_connect(f"{url}websocket", headers=headers)


async def test_a_page_that_may_use_the_gateway_is_told_so(
    gateway: Gateway, http: HttpSession
) -> None:
    headers = {"Host": "localhost:1", "Origin": "http://localhost:1"}
    url = f"{gateway.url}/jobSubmit/?EIO=4&transport=polling"

    async with http.options(url, headers=headers) as asked:
        assert asked.headers["Access-Control-Allow-Origin"] == "http://localhost:1"
    async with http.get(url, headers=headers) as begun:
        assert begun.headers["Access-Control-Allow-Origin"] == "http://localhost:1"


# The configuration


@pytest.mark.parametrize("slashes", ["/", "//"])
async def test_the_configuration_names_our_services(
    gateway: Gateway, http: HttpSession, slashes: str
) -> None:
    async with http.get(f"{gateway.url}{slashes}etc/dcp-config.js") as response:
        script = await response.text()
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    for version, name in (("2.1.0", "v9"), ("2.0.0", "v8")):
        url = f"{gateway.url}{slashes}etc/dcp-config.kvin?ver={version}"
        async with http.get(url) as response:
            document = await response.text()
        assert document.startswith(f'{{"_serializeVerId":"{name}"')
        assert f'"{gateway.url}/eventRouter/"' in document
    assert f'new URL("{gateway.url}/jobSubmit/")' in script


async def test_the_configuration_does_not_repeat_what_is_no_host(
    gateway: Gateway, http: HttpSession
) -> None:
    url = f"{gateway.url}/etc/dcp-config.js"
    async with http.get(url, headers={"Host": 'x");alert(1);("'}) as response:
        assert response.status in (400, 403)
        assert "alert" not in await response.text()
