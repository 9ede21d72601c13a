"""One engine.io connection with its socket.io socket, between a web server and whoever talks over it (dcp.md 3).

Two bounded queues: strings that have arrived, packets that wait to leave. It knows packets, not how they travel.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.json_text import JsonRefused, dumps, loads
from meshnode.node.dcp.rate import Rate

logger = logging.getLogger(__name__)

_ID_BYTES = 15


class Connection:
    """Strings in, strings out, until one side closes."""

    def __init__(self, place: str, now_ms: Callable[[], int]) -> None:
        self.id = secrets.token_urlsafe(_ID_BYTES)
        self.place = place
        """What the client connected to."""
        self.is_closed = False
        self.heard_ms = now_ms()
        """When the last packet came."""
        self._now_ms = now_ms
        self._rate = Rate(limits.PACKETS_PER_SECOND, limits.PACKETS_BURST, now_ms())
        self._is_joined = False
        """The client has joined socket.io's only namespace; what is sent before waits."""
        self._early: list[str] = []
        self.post_bytes_max = limits.FIRST_UNITS_MAX
        """Longest body of a polling POST that is read."""
        self._inbox: deque[str] = deque()
        self._inbox_length = 0
        self._outbox: deque[str] = deque()
        self._outbox_length = 0
        self._has_input = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_output = asyncio.Event()
        self._is_drained = asyncio.Event()
        for event in (self._has_room, self._is_drained):
            event.set()

    # For whoever talks

    async def receive(self) -> str | None:
        """Wait for the next string; None when the connection is closed and what arrived is read."""
        while not self._inbox:
            if self.is_closed:
                return None
            self._has_input.clear()
            await self._has_input.wait()
        string = self._inbox.popleft()
        self._inbox_length -= len(string)
        self._has_room.set()
        return string

    def send(self, string: str) -> None:
        """Queue a string for the peer."""
        packet = f"42{dumps(['message', string])}"
        if self._is_joined:
            self.put_packet(packet)
        else:
            self._early.append(packet)

    def close(self) -> None:
        """Say good-bye and close; what was sent before still leaves."""
        self.put_packet("41")
        self.put_packet("1")
        self.end()

    # For the web server

    def put_packet(self, packet: str) -> None:
        """Queue a packet; the connection is closed when more waits than a peer that reads would leave."""
        if self.is_closed:
            return
        if self._outbox_length + len(packet) > limits.OUTBOX_BYTES_MAX:
            logger.info("event=dcp_reader_too_slow connection=%s", self.id[:8])
            self._outbox.clear()
            self._is_drained.set()
            self.end()
            return
        self._outbox.append(packet)
        self._outbox_length += len(packet)
        self._has_output.set()
        self._is_drained.clear()

    async def take_packets(self) -> list[str]:
        """Wait for packets that are to leave and take them; none when the connection is closed and all have left."""
        while not self._outbox:
            if self.is_closed:
                return []
            self._has_output.clear()
            await self._has_output.wait()
        packets = list(self._outbox)
        self._outbox.clear()
        self._outbox_length = 0
        self._is_drained.set()
        return packets

    async def wait_drained(self) -> None:
        """Wait until what was sent has been taken."""
        await self._is_drained.wait()

    async def take_in(self, packet: str) -> None:
        """Take in a packet of the client's; waits while it sends too fast, or what it sent is not read."""
        self.heard_ms = self._now_ms()
        early_s = self._rate.take(self.heard_ms)
        if early_s > 0:
            await asyncio.sleep(early_s)
        if packet.startswith("42"):
            await self._hand_over(packet[2:])
        elif packet.startswith("40") and not self._is_joined:
            self._is_joined = True
            self.put_packet(f"40{dumps({'sid': secrets.token_urlsafe(_ID_BYTES)})}")
            for early in self._early:
                self.put_packet(early)
            self._early.clear()
        elif packet.startswith(("1", "41")):
            self.end()

    def end(self) -> None:
        """Close at once, from either side."""
        self.is_closed = True
        for event in (self._has_input, self._has_room, self._has_output):
            event.set()

    async def _hand_over(self, arguments: str) -> None:
        string = _message(arguments)
        if string is None or not self._is_joined:
            return
        while self._is_full and not self.is_closed:
            self._has_room.clear()
            await self._has_room.wait()
        if not self.is_closed:
            self._inbox.append(string)
            self._inbox_length += len(string)
            self._has_input.set()

    @property
    def _is_full(self) -> bool:
        is_long = self._inbox_length >= limits.INBOX_UNITS_MAX
        return is_long or len(self._inbox) >= limits.INBOX_STRINGS_MAX


def _message(arguments: str) -> str | None:
    """Read `["message", string]`; other events exist nowhere in DCP and are ignored."""
    try:
        event = loads(arguments)
    except JsonRefused:
        return None
    match event:
        case ["message", str(string)]:
            return string
        case _:
            return None
