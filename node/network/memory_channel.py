"""A channel within one process: two ends that hold each other's frames."""

import asyncio
from collections import deque
from collections.abc import Callable

from meshnode.node.network import limits
from meshnode.node.network.port import ChannelClosed, FrameRefused, NetworkError
from meshnode.protocol.values import PeerKey
from meshnode.protocol.wire import Stream


class MemoryChannel:
    """One end of a channel; `other` is its peer's end."""

    def __init__(
        self, peer: PeerKey, protocol: Stream, on_end: Callable[["MemoryChannel"], None]
    ) -> None:
        """Make one end; `on_end` is called once, when it has ended."""
        self._peer = peer
        self._protocol = protocol
        self._on_end = on_end
        self._frames: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._end: NetworkError | None = None
        self.other: MemoryChannel = self

    @property
    def peer(self) -> PeerKey:
        """The peer at the other end."""
        return self._peer

    async def send(self, *frames: bytes, timeout_ms: int = 10_000) -> None:
        """Send frames (`port.Channel.send`)."""
        for frame in frames:
            check_size(frame, self._protocol)
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                for frame in frames:
                    await self.other.take(frame, self)
        except TimeoutError as err:
            self.break_off()
            raise ChannelClosed("the peer does not read") from err

    async def take(self, frame: bytes, sender: "MemoryChannel") -> None:
        """Take a frame that the other end sends, once there is room."""
        if len(frame) > self._protocol.bytes_max:
            self._finish(FrameRefused("the peer's frame exceeds the limit"))
            sender.break_off()
        while True:
            if sender._end is not None or self._end is not None:  # noqa: SLF001 (its other end)
                raise ChannelClosed("the channel is closed")
            if len(self._frames) < limits.CHANNEL_FRAMES_WAITING_MAX:
                break
            self._changed.clear()
            await self._changed.wait()
        self._frames.append(frame)
        self._changed.set()

    async def receive(self) -> bytes:
        """Return the next frame (`port.Channel.receive`)."""
        while not self._frames:
            if self._end is not None:
                raise self._end
            self._changed.clear()
            await self._changed.wait()
        self._changed.set()
        return self._frames.popleft()

    async def close(self) -> None:
        """Close both directions (`port.Channel.close`)."""
        self.end()

    def end(self) -> None:
        """Close both directions; what was sent before is still received."""
        if self._end is None:
            self._frames.clear()
        self._finish(ChannelClosed("the channel was closed on this side"))
        self.other._finish(ChannelClosed("the peer closed the channel"))  # noqa: SLF001 (its other end)

    def break_off(self) -> None:
        """End both ends as a lost connection does."""
        self._finish(ChannelClosed("the connection is gone"))
        self.other._finish(ChannelClosed("the connection is gone"))  # noqa: SLF001 (its other end)

    def _finish(self, end: NetworkError) -> None:
        if self._end is None:
            self._end = end
            self._on_end(self)
        self._changed.set()


def check_size(payload: bytes, protocol: Stream) -> None:
    """Refuse a frame that its protocol does not allow."""
    if len(payload) > protocol.bytes_max:
        size = len(payload)
        raise FrameRefused(f"a frame of {size} bytes exceeds {protocol.protocol_id}'s limit")
