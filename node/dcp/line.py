"""One transport that speaks DCP: sealed texts over a connection's strings, in order both ways."""

import asyncio
from collections import deque

from meshnode.node.dcp.connection import Connection
from meshnode.node.dcp.envelope import Envelope, read_envelope, seal
from meshnode.node.dcp.ethereum import SigningKey, recover
from meshnode.node.dcp.framing import ACKNOWLEDGEMENT, FramingError, Unframer, announcement, frame
from meshnode.node.dcp.json_text import JsonRefused
from meshnode.node.dcp.wire_limits import (
    FIRST_UNITS_MAX,
    MESSAGE_UNITS_MAX,
    POST_BYTES_MAX,
    THREAD_TEXT_LENGTH_MIN,
)


class LineFault(Exception):  # noqa: N818  it names the situation
    """The peer sent what is no sealed message of its owner's."""


class Line:
    """Seals and frames what leaves, puts together and verifies what comes."""

    def __init__(self, connection: Connection, key: SigningKey) -> None:
        self._connection = connection
        self._key = key
        self._unframer = Unframer(FIRST_UNITS_MAX)
        self._bodies: deque[str] = deque()
        self._has_body = asyncio.Event()
        self._is_closing = False
        self._sent = 0

    @property
    def place(self) -> str:
        """Name of the service that the peer connected to."""
        return self._connection.place

    def trust(self) -> None:
        """Take long messages from now on."""
        self._unframer.message_units_max = MESSAGE_UNITS_MAX
        self._connection.post_bytes_max = POST_BYTES_MAX

    def send(self, body_text: str) -> None:
        """Queue a body to be sealed and sent."""
        self._bodies.append(body_text)
        self._has_body.set()

    def close(self) -> None:
        """Close the connection when all bodies are sent."""
        self._is_closing = True
        self._has_body.set()

    async def run(self) -> None:
        """Send what is queued until the line or its connection is closed."""
        self._connection.send(announcement())
        while not self._connection.is_closed:
            if not self._bodies:
                if self._is_closing:
                    self._connection.close()
                    return
                self._has_body.clear()
                await self._has_body.wait()
                continue
            body = self._bodies.popleft()
            if len(body) < THREAD_TEXT_LENGTH_MIN:
                self._write(seal(body, self._key))
            else:
                self._write(await asyncio.to_thread(seal, body, self._key))

    async def receive(self) -> Envelope | None:
        """Wait for the next message and verify its signature; None when the connection is over.

        Raises:
            LineFault: the peer does not keep to the protocol.
        """
        while (string := await self._connection.receive()) is not None:
            try:
                text = self._unframer.receive(string)
                if self._unframer.wants_acknowledgements and not string.startswith("A"):
                    self._connection.send(ACKNOWLEDGEMENT)
                if text is None:
                    continue
                if len(text) < THREAD_TEXT_LENGTH_MIN:
                    return _verified(text)
                return await asyncio.to_thread(_verified, text)
            except (FramingError, JsonRefused) as err:
                raise LineFault(str(err)) from err
        return None

    def _write(self, text: str) -> None:
        self._sent += 1
        wishes = self._unframer
        try:
            strings = frame(text, self._sent, wishes.fragment_units, wishes.fragments_max)
        except FramingError:
            self._connection.close()
            return
        for string in strings:
            self._connection.send(string)


def _verified(text: str) -> Envelope:
    envelope = read_envelope(text)
    if recover(envelope.body_text, envelope.signature) != envelope.owner:
        raise LineFault("the signature is not the owner's")
    return envelope
