"""A channel over a libp2p stream: read ahead in the trio thread, used from asyncio."""

import asyncio
import logging
from collections import deque

import trio
from libp2p.abc import INetStream

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.gate import TokenBucket
from meshnode.node.network.libp2p_frames import (
    FrameReader,
    check_size,
    close,
    reset,
    write_frames,
)
from meshnode.node.network.port import ChannelClosed, FrameRefused, NetworkError
from meshnode.node.network.trio_thread import AsyncioSide, TrioThread
from meshnode.protocol import wire
from meshnode.protocol.values import PeerKey

logger = logging.getLogger(__name__)


class Libp2pChannel:
    """A framed stream; made in trio, used from asyncio.

    A task in trio reads ahead within bounds: a read that is cancelled within a frame would lose its place, and a
    stream that nobody reads for five seconds is given up by yamux (design note: p2p, bug 4).
    """

    def __init__(
        self,
        stream: INetStream,
        peer: PeerKey,
        protocol: wire.Stream,
        thread: TrioThread,
        side: AsyncioSide,
    ) -> None:
        self._stream = stream
        self._peer = peer
        self._protocol = protocol
        self._thread = thread
        self._side = side
        # Of the trio thread:
        self._sending = trio.Lock()
        self._frame_pace = TokenBucket(
            limits.CHANNEL_FRAMES_PER_SECOND, limits.CHANNEL_FRAMES_BURST, now_ms()
        )
        self._byte_pace = TokenBucket(limits.BYTES_PER_SECOND, limits.BYTES_BURST, now_ms())
        self._frames_ahead = 0
        self._bytes_ahead = 0
        self._room = trio.Event()
        # Of the asyncio thread:
        self._frames: deque[bytes] = deque()
        self._frames_taken = 0
        self._bytes_taken = 0
        """Both since the trio thread was last told, which wakes it up."""
        self._arrived = asyncio.Event()
        self._end: NetworkError | None = None

    @property
    def peer(self) -> PeerKey:
        """The peer at the other end."""
        return self._peer

    async def send(self, *frames: bytes, timeout_ms: int = 10_000) -> None:
        """Send frames (`port.Channel.send`)."""
        for frame in frames:
            check_size(frame, self._protocol)
        if self._end is not None:
            raise ChannelClosed("the channel is closed") from self._end
        try:
            await self._thread.call(self._write, frames, timeout_ms)
        except NetworkError as err:
            self._finish(ChannelClosed("the channel broke while sending"))
            raise ChannelClosed("the channel broke while sending") from err

    async def receive(self) -> bytes:
        """Return the next frame (`port.Channel.receive`)."""
        while not self._frames:
            if self._end is not None:
                raise self._end
            self._arrived.clear()
            await self._arrived.wait()
        frame = self._frames.popleft()
        self._frames_taken += 1
        self._bytes_taken += len(frame)
        if (
            self._frames_taken >= limits.CHANNEL_FRAMES_WAITING_MAX // 2
            or self._bytes_taken >= limits.CHANNEL_BYTES_WAITING_MAX // 2
        ):
            self._thread.post(self._give_room, self._frames_taken, self._bytes_taken)
            self._frames_taken = self._bytes_taken = 0
        return frame

    async def close(self) -> None:
        """Close both directions (`port.Channel.close`)."""
        if isinstance(self._end, _ClosedHere):
            return
        self._end = _ClosedHere("the channel was closed on this side")
        self._frames.clear()
        self._arrived.set()
        if self._thread.is_running:
            try:
                await self._thread.call(close, self._stream)
            except NetworkError:
                logger.debug("event=close_after_stop")

    async def pump(self) -> None:
        """Read frames ahead until the stream ends; runs in trio."""
        end: NetworkError = ChannelClosed("the network stopped")
        frames = FrameReader(self._stream, self._protocol)
        try:
            while True:
                await self._wait_for_room()
                frame = await frames.read()
                self._frames_ahead += 1
                self._bytes_ahead += len(frame)
                self._side.post(self._arrive, frame)
                at_ms = now_ms()
                pause_ms = max(
                    self._frame_pace.borrow(1, at_ms), self._byte_pace.borrow(len(frame), at_ms)
                )
                if pause_ms:
                    await trio.sleep(pause_ms / 1000)
        except ChannelClosed as err:
            end = err
        except FrameRefused as err:
            end = err
            await reset(self._stream)
        finally:
            self._side.post(self._finish, end)

    async def _wait_for_room(self) -> None:
        while (
            self._frames_ahead >= limits.CHANNEL_FRAMES_WAITING_MAX
            or self._bytes_ahead >= limits.CHANNEL_BYTES_WAITING_MAX
        ):
            self._room = trio.Event()
            await self._room.wait()

    async def _write(self, frames: tuple[bytes, ...], timeout_ms: int) -> None:
        is_whole = False
        try:
            with trio.fail_after(timeout_ms / 1000):
                async with self._sending:
                    await write_frames(self._stream, frames, self._protocol)
                    is_whole = True
        except trio.TooSlowError as err:
            raise ChannelClosed("the peer does not read") from err
        finally:
            if not is_whole:  # half a frame may be out: nothing after it could be understood
                await reset(self._stream)

    def _give_room(self, frames: int, size: int) -> None:
        self._frames_ahead -= frames
        self._bytes_ahead -= size
        self._room.set()

    def _arrive(self, frame: bytes) -> None:
        if not isinstance(self._end, _ClosedHere):
            self._frames.append(frame)
            self._arrived.set()

    def _finish(self, error: NetworkError) -> None:
        if self._end is None:
            self._end = error
        self._arrived.set()


class _ClosedHere(ChannelClosed):
    """The end that this side made."""
