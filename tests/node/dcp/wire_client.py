"""A DCP client over real sockets for tests: the model's messages, signed, framed and sent by aiohttp's client."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import ClientSession as HttpSession
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from tests.node.dcp.client_model import Body, ClientModel

from meshnode.node.dcp.config_documents import SERVICES
from meshnode.node.dcp.endpoint import DcpEndpoint, EndpointSettings
from meshnode.node.dcp.envelope import seal
from meshnode.node.dcp.ethereum import SigningKey, recover
from meshnode.node.dcp.framing import Unframer, announcement, frame
from meshnode.node.dcp.json_text import dumps, loads
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request

SERVER_KEY = SigningKey(b"\x11" * 32)
CLIENT_KEY = SigningKey(b"\x22" * 32)
OTHER_KEY = SigningKey(b"\x33" * 32)
WAIT_S = 10.0
"""Nothing on loopback takes so long."""


@dataclass
class EchoOperations:
    """Answers with what it was asked; some operations are special."""

    calls: list[Request] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, request: Request) -> JsonValue:
        self.calls.append(request)
        self.called.set()
        match request.operation:
            case "refuse":
                raise DcpRefused("ENOFUNDS", "no credit")
            case "fail":
                raise ZeroDivisionError
            case "endless":
                endless: list[JsonValue] = []
                endless.append(endless)
                return endless
            case "wait":
                await self.gate.wait()
            case "subscribe":
                for number in range(3):
                    request.session.request("event", number)
            case _:
                pass
        return request.data

    def session_ended(self, session_id: str) -> None:
        self.ended.append(session_id)
        self.left.set()


@dataclass
class Gateway:
    """An endpoint that serves on loopback."""

    url: str
    operations: EchoOperations
    endpoint: DcpEndpoint


@asynccontextmanager
async def serving(
    settings: EndpointSettings | None = None, now_ms: Callable[[], int] | None = None
) -> AsyncIterator[Gateway]:
    """Serve an endpoint until the block ends."""
    operations = EchoOperations()
    clock = now_ms or (lambda: time.time_ns() // 1_000_000)
    endpoint = DcpEndpoint(operations, SERVER_KEY, SERVICES, settings or EndpointSettings(), clock)
    runner = web.AppRunner(endpoint.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(endpoint.run())
        await asyncio.sleep(0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            yield Gateway(f"http://{host}:{port}", operations, endpoint)
        finally:
            running.cancel()
            await runner.cleanup()


class Socket(Protocol):
    """engine.io packets both ways."""

    async def send(self, packet: str) -> None: ...
    async def receive(self) -> str | None:
        """Wait for the next packet; None when the server closed."""
        ...

    async def close(self) -> None: ...


class WebSocket:
    """The websocket transport."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, packet: str) -> None:
        await self._socket.send_str(packet)

    async def receive(self) -> str | None:
        message = await self._socket.receive(WAIT_S)
        return str(message.data) if message.type is WSMsgType.TEXT else None

    async def close(self) -> None:
        await self._socket.close()


class Polling:
    """The long polling transport."""

    def __init__(self, http: HttpSession, url: str) -> None:
        self._http = http
        self._url = url
        self._packets: list[str] = []

    async def send(self, packet: str) -> None:
        async with self._http.post(self._url, data=packet.encode()) as response:
            assert await response.text() == "ok"

    async def receive(self) -> str | None:
        if not self._packets:
            async with self._http.get(self._url) as response:
                if response.status != 200:
                    return None
                self._packets = (await response.text()).split("\x1e")
        packet = self._packets.pop(0)
        return None if packet == "1" else packet

    async def close(self) -> None:
        await self.send("1")


async def open_websocket(http: HttpSession, url: str) -> Socket:
    """Open a websocket and join; `url` is the service's."""
    socket = WebSocket(await http.ws_connect(f"{url}?EIO=4&transport=websocket"))
    hello = await socket.receive()
    assert hello is not None
    assert hello.startswith("0{")
    return await _joined(socket)


async def open_polling(http: HttpSession, url: str) -> Socket:
    """Begin long polling and join."""
    async with http.get(f"{url}?EIO=4&transport=polling") as response:
        hello = loads((await response.text())[1:])
    assert isinstance(hello, dict)
    return await _joined(Polling(http, f"{url}?EIO=4&transport=polling&sid={hello['sid']}"))


async def _joined(socket: Socket) -> Socket:
    await socket.send("40")
    while (answer := await socket.receive()) == "2":
        await socket.send("3")
    assert answer is not None
    assert answer.startswith('40{"sid":')
    return socket


class WireClient:
    """A client with its identity and model, on one socket at a time."""

    def __init__(self, key: SigningKey = CLIENT_KEY) -> None:
        self.key = key
        now_ms = time.time_ns() // 1_000_000
        self.model = ClientModel(now_ms=now_ms, label=f"{secrets.token_hex(4)}-")
        self.is_closed = False
        self._socket: Socket | None = None
        self._unframer = Unframer()
        self._sent = 0

    async def start(self, socket: Socket) -> None:
        """Take a socket and begin or resume the session."""
        self._socket = socket
        self._unframer = Unframer()
        self.is_closed = False
        await self.put(announcement())
        await self.send(self.model.connect())

    async def ask(self, operation: str, data: JsonValue = None) -> Body:
        """Ask and wait for the response."""
        name = self.model.ask(operation, data)
        await self.send(self.model.pump())
        await self.until(lambda: any(each["id"] == name for each in self.model.responses))
        return next(each for each in self.model.responses if each["id"] == name)

    async def until(self, is_reached: Callable[[], bool]) -> None:
        """Go on until something is so, or the server closes."""
        async with asyncio.timeout(WAIT_S):
            while not is_reached() and not self.is_closed:
                await self.step()
        assert is_reached(), "the server closed"

    async def until_closed(self) -> None:
        """Go on until the server closes."""
        async with asyncio.timeout(WAIT_S):
            while not self.is_closed:
                await self.step()

    async def step(self) -> None:
        """Take in one packet and send what follows from it."""
        assert self._socket is not None
        packet = await self._socket.receive()
        if packet is None:
            self.is_closed = True
            return
        if packet == "2":
            await self._socket.send("3")
        if not packet.startswith("42"):
            return
        event = loads(packet[2:])
        assert isinstance(event, list)
        text = self._unframer.receive(str(event[1]))
        if text is not None:
            await self.send(self.model.receive(opened(text)))

    async def send(self, bodies: list[Body], key: SigningKey | None = None) -> None:
        """Sign and send bodies."""
        for body in bodies:
            self._sent += 1
            text = seal(dumps(body), key or self.key)
            for string in frame(text, self._sent, self._unframer.fragment_units, 4096):
                await self.put(string)

    async def put(self, string: str) -> None:
        """Send a transport string."""
        assert self._socket is not None
        await self._socket.send(f"42{dumps(['message', string])}")

    async def close(self) -> None:
        """Close the socket; the session stays."""
        assert self._socket is not None
        await self._socket.close()


def opened(text: str) -> Body:
    """Verify a sealed text of the server's as the real client does: parsed, printed anew, signature checked."""
    envelope = loads(text)
    assert isinstance(envelope, dict)
    body = envelope["body"]
    assert isinstance(body, dict)
    assert recover(dumps(body), envelope["signature"]) == SERVER_KEY.address
    return body
