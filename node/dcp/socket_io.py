"""engine.io 4 on aiohttp, server side: websocket and long polling on any path (dcp.md 3).

Each connection is handed to a handler that works until it is over. No upgrades from polling, no binary packets: DCP's
programs begin with the transport that they go on with.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import WSMsgType, web

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.connection import Connection
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.rate import Rate

logger = logging.getLogger(__name__)

Handler = Callable[[Connection], Awaitable[None]]
Spawn = Callable[[Coroutine[None, None, None]], None]

_CLOSE = "1"
_SEPARATOR = "\x1e"
"""Between packets of one polled body (engine.io protocol 4)."""
_BODY_CHUNK_BYTES = 64 << 10
_UNKNOWN_SESSION = 1
_BAD_REQUEST = 3
"""engine.io's error codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long a connection waits."""

    ping_every_s: float = limits.PING_EVERY_S
    ping_timeout_s: float = limits.PING_TIMEOUT_S
    send_timeout_s: float = limits.SEND_TIMEOUT_S
    close_timeout_s: float = limits.CLOSE_TIMEOUT_S


class SocketIo:
    """Serves engine.io; several paths may share it."""

    def __init__(
        self, handler: Handler, spawn: Spawn, now_ms: Callable[[], int], timing: Timing
    ) -> None:
        self._handler = handler
        self._spawn = spawn
        self._now_ms = now_ms
        self._timing = timing
        self._connections: dict[str, Connection] = {}
        self._polled: set[str] = set()
        """Connections whose packets a GET is waiting for."""
        self._gone: deque[str] = deque(maxlen=limits.CONNECTIONS_GONE_MAX)
        """The last that were closed: they are told so, for an error makes clients give up on polling for good."""
        self._opening = Rate(limits.CONNECTIONS_PER_SECOND, limits.CONNECTIONS_BURST, now_ms())

    @property
    def count(self) -> int:
        """Connections that are open."""
        return len(self._connections)

    async def answer(self, request: web.Request, place: str) -> web.StreamResponse:
        """Answer one HTTP request of engine.io's to `place`."""
        query = request.query
        if query.get("EIO") != "4":
            return _refusal(_BAD_REQUEST, "only engine.io 4 is spoken here")
        if query.get("transport") == "websocket":
            return await self._websocket(request, place)
        if request.method == "OPTIONS":
            return web.Response(status=HTTPStatus.NO_CONTENT)
        sid = query.get("sid")
        if sid is None:
            return await self._open_polling(request, place)
        connection = self._connections.get(sid)
        if connection is None and sid in self._gone:
            return web.Response(text="ok") if request.method == "POST" else _packets([_CLOSE])
        if connection is None:
            return _refusal(_UNKNOWN_SESSION, "Session ID unknown")
        if request.method == "POST":
            return await self._polled_post(request, connection)
        return await self._polled_get(connection)

    def close_all(self) -> None:
        """Close every connection."""
        for connection in [*self._connections.values()]:
            connection.close()

    # Websocket

    async def _websocket(self, request: web.Request, place: str) -> web.StreamResponse:
        connection = self._open(place)
        if connection is None:
            return _busy()
        socket = web.WebSocketResponse(
            max_msg_size=limits.FRAME_BYTES_MAX,
            compress=False,
            timeout=self._timing.close_timeout_s,
        )
        try:
            await socket.prepare(request)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(request, socket, connection))
                await _read(socket, connection)
                connection.end()
        finally:
            connection.end()
        return socket

    async def _write(
        self, request: web.Request, socket: web.WebSocketResponse, connection: Connection
    ) -> None:
        """Send what waits until the connection is over, then close the socket: that ends its reading, too.

        A peer that takes nothing is cut off, for closing in order would wait for it.
        """
        try:
            while packets := await connection.take_packets():
                async with asyncio.timeout(self._timing.send_timeout_s):
                    for packet in packets:
                        await socket.send_str(packet)
            await socket.close()
        except (ConnectionError, TimeoutError, RuntimeError):  # RuntimeError: the socket closes
            logger.debug("event=dcp_socket_lost connection=%s", connection.id[:8])
            connection.end()
            if request.transport is not None:
                request.transport.abort()

    # Long polling

    async def _open_polling(self, request: web.Request, place: str) -> web.Response:
        if request.method != "GET":
            return _refusal(_BAD_REQUEST, "a connection begins with GET")
        connection = self._open(place)
        if connection is None:
            return _busy()
        return _packets(await connection.take_packets())

    async def _polled_get(self, connection: Connection) -> web.Response:
        if connection.id in self._polled:
            connection.end()
            return _refusal(_BAD_REQUEST, "one GET at a time")
        self._polled.add(connection.id)
        try:
            packets = await connection.take_packets()
        finally:
            self._polled.discard(connection.id)
        return _packets(packets or [_CLOSE])

    async def _polled_post(self, request: web.Request, connection: Connection) -> web.Response:
        body = bytearray()
        async with asyncio.timeout(self._timing.send_timeout_s):
            async for chunk in request.content.iter_chunked(_BODY_CHUNK_BYTES):
                body += chunk
                if len(body) > connection.post_bytes_max:
                    connection.end()
                    raise web.HTTPRequestEntityTooLarge(connection.post_bytes_max, len(body))
        try:
            text = body.decode()
        except UnicodeDecodeError:
            connection.end()
            return _refusal(_BAD_REQUEST, "the body is no UTF-8")
        for packet in text.split(_SEPARATOR):
            await connection.take_in(packet)
        return web.Response(text="ok")

    # Both

    def _open(self, place: str) -> Connection | None:
        """Begin a connection, unless there are too many or they come too fast."""
        if len(self._connections) >= limits.CONNECTIONS_MAX or not self._opening.has_one(
            self._now_ms()
        ):
            logger.info("event=dcp_connection_refused open=%d", len(self._connections))
            return None
        connection = Connection(place, self._now_ms)
        hello = dumps(
            {
                "sid": connection.id,
                "upgrades": [],
                "pingInterval": int(self._timing.ping_every_s * 1000),
                "pingTimeout": int(self._timing.ping_timeout_s * 1000),
                "maxPayload": limits.FRAME_BYTES_MAX,
            }
        )
        connection.put_packet(f"0{hello}")
        self._connections[connection.id] = connection
        self._spawn(self._serve(connection))
        return connection

    async def _serve(self, connection: Connection) -> None:
        """Let the handler work, and watch that the client is there."""
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(self._watch(connection))
                await self._handler(connection)
                watch.cancel()
            connection.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.close_timeout_s):
                    await connection.wait_drained()
        finally:
            connection.end()
            self._connections.pop(connection.id, None)
            self._gone.append(connection.id)

    async def _watch(self, connection: Connection) -> None:
        silence_ms = 1000 * (self._timing.ping_every_s + self._timing.ping_timeout_s)
        while not connection.is_closed:
            await asyncio.sleep(self._timing.ping_every_s)
            if self._now_ms() - connection.heard_ms > silence_ms:
                connection.end()
            connection.put_packet("2")


async def _read(socket: web.WebSocketResponse, connection: Connection) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            return
        await connection.take_in(message.data)


def _packets(packets: list[str]) -> web.Response:
    return web.Response(text=_SEPARATOR.join(packets))


def _busy() -> web.Response:
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="too many connections")


def _refusal(code: int, message: str) -> web.Response:
    body = dumps({"code": code, "message": message})
    return web.Response(status=HTTPStatus.BAD_REQUEST, text=body, content_type="application/json")
