"""A TCP proxy between DCP clients and the gateway that cuts connections at chosen messages.

It passes HTTP through and reads websocket frames: their text is socket.io's with signed JSON inside, of which the kind
and the operation can be recognised. A `Cutter` hears of each message before it is passed on and may cut the connection
before it or right behind it. Both ends then see a reset, as when a cable is pulled.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_CHUNK_BYTES = 1 << 16
_HEAD_BYTES_MAX = 1 << 16
_LOOK_BYTES = 4_096
"""Of a message's beginning and end: enough to recognise its kind."""
_SHORT_LENGTH_MAX = 125
_TEXT_OPCODE = 1
_PARTS = {
    "ack": re.compile(rb'\\"body\\":\{\\"type\\":\\"ack\\"'),
    "batch": re.compile(rb'\\"type\\":\\"batch\\"'),
    "response": re.compile(rb'\\"type\\":\\"response\\"'),
    "request": re.compile(rb'\\"type\\":\\"request\\"'),
}
_OPERATION = re.compile(rb'\\"operation\\":\\"([A-Za-z0-9@]{1,40})\\"')


_NOT_PASSED = {True: b"sec-websocket-extensions:", False: b"connection:"}
"""Header of a request that is left out, if it asks for a websocket or not."""


class Cut(Enum):
    """What is done with the connection at a message."""

    NOT = "not"
    BEFORE = "before"
    """The message is lost."""
    BEHIND = "behind"
    """The message was passed on, perhaps not yet read."""


Cutter = Callable[[str, bool], Cut]
"""Hears of a message's kind, and whether it goes to the gateway."""


class CuttingProxy:
    """Listens on loopback and passes on to the gateway's port."""

    def __init__(self, port: int, cutter: Cutter) -> None:
        self._port = port
        self._cutter = cutter
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Start listening; return the URL that clients are given."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/"

    async def stop(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._join(reader, writer)
        except OSError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._port)
        phase = _Phase()
        pumps = [
            asyncio.create_task(self._pump(reader, upstream_writer, phase, is_to_gateway=True)),
            asyncio.create_task(self._pump(upstream_reader, writer, phase, is_to_gateway=False)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for end in (writer, upstream_writer):
                end.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        phase: "_Phase",
        *,
        is_to_gateway: bool,
    ) -> None:
        """Pass one direction on: HTTP as it comes, and frame by frame behind the websocket's handshake."""
        try:
            if not await _pass_head(reader, writer, is_to_gateway=is_to_gateway):
                await _pass_all(reader, writer, is_to_gateway=is_to_gateway)
                return
            while True:
                frame, text = await _read_frame(reader)
                kind = phase.named(kind_of(text))
                cut = self._cutter(kind, is_to_gateway) if kind else Cut.NOT
                if cut is Cut.BEFORE:
                    return
                writer.write(frame)
                await writer.drain()
                if cut is Cut.BEHIND:
                    return
        except (asyncio.IncompleteReadError, OSError):
            return


@dataclass
class _Phase:
    """Whether a connection's `connect` request waits for its answer, seen from both directions."""

    is_connecting: bool = False

    def named(self, kind: str) -> str:
        """Name the answers to a connect request apart from others."""
        if kind == "request connect":
            self.is_connecting = True
        if not self.is_connecting or kind not in ("ack", "response"):
            return kind
        self.is_connecting = kind == "ack"
        return f"connect {kind}"


def kind_of(text: bytes) -> str:
    """Tell what a socket.io message is; empty for engine.io's own packets and announcements."""
    if not text.startswith(b"42"):
        return ""
    for kind, pattern in _PARTS.items():
        if pattern.search(text):
            operation = _OPERATION.search(text) if kind == "request" else None
            return f"request {operation[1].decode()}" if operation else kind
    return "fragment" if text.startswith(b'42["message","E') and text[18:19] == b"C" else ""


async def _pass_head(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_to_gateway: bool
) -> bool:
    """Pass on a request's or a response's head; tell whether frames follow. Compression is not offered."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert len(head) <= _HEAD_BYTES_MAX
    lines = head.split(b"\r\n")
    if is_to_gateway:
        is_upgrade = any(line.lower() == b"upgrade: websocket" for line in lines)
        kept = [line for line in lines if not line.lower().startswith(_NOT_PASSED[is_upgrade])]
        # A connection for each request, so that no head is mistaken for a body.
        lines = kept if is_upgrade else [kept[0], b"Connection: close", *kept[1:]]
    else:
        is_upgrade = lines[0].split(b" ")[1:2] == [b"101"]
    writer.write(b"\r\n".join(lines))
    await writer.drain()
    return is_upgrade


async def _pass_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_to_gateway: bool
) -> None:
    while piece := await reader.read(_CHUNK_BYTES):
        writer.write(piece)
        await writer.drain()
    if is_to_gateway:
        await asyncio.Event().wait()  # the end of the response ends the connection
    writer.close()
    await writer.wait_closed()


async def _read_frame(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one frame (RFC 6455 5.2); return its bytes, and beginning and end of its text."""
    head = await reader.readexactly(2)
    length = head[1] & 0x7F
    extended = await reader.readexactly({126: 2, 127: 8}.get(length, 0))
    if length > _SHORT_LENGTH_MAX:
        length = int.from_bytes(extended, "big")
    mask = await reader.readexactly(4 if head[1] & 0x80 else 0)
    payload = await reader.readexactly(length)
    text = b""
    if head[0] & 0x0F == _TEXT_OPCODE:
        text = _unmasked(payload, mask, 0, _LOOK_BYTES)
        if length > _LOOK_BYTES:
            start = (length - _LOOK_BYTES) & ~3
            text += _unmasked(payload, mask, start, length)
    return head + extended + mask + payload, text


def _unmasked(payload: bytes, mask: bytes, start: int, stop: int) -> bytes:
    """Undo the mask of a part; `start` is a multiple of four."""
    part = payload[start:stop]
    if not mask:
        return part
    pad = (mask * (len(part) // 4 + 1))[: len(part)]
    return (int.from_bytes(part, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(part), "big")
