"""Frames on libp2p's streams, in the trio thread: one request, one channel, and the guard around every handler.

What goes wrong on a stream is told here in the port's words; libp2p knows some twenty exceptions for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import trio
from libp2p.abc import INetStream

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.gate import Gate, Refusal, RefusalLog
from meshnode.node.network.peer_id import peer_key_of
from meshnode.node.network.port import (
    ChannelClosed,
    ChannelHandler,
    ChannelProtocol,
    FrameRefused,
    NetworkError,
    RequestHandler,
    RequestProtocol,
    RequestRefused,
)
from meshnode.node.network.trio_thread import AsyncioSide, TrioThread
from meshnode.protocol import wire
from meshnode.protocol.values import PeerKey

logger = logging.getLogger(__name__)

StreamHandler: TypeAlias = Callable[[INetStream], Awaitable[None]]


def stream_peer(stream: INetStream) -> PeerKey | None:
    """Tell who is at the other end, or None when it has no Ed25519 key."""
    return peer_key_of(stream.muxed_conn.peer_id.to_bytes())


async def write_frame(stream: INetStream, payload: bytes, protocol: wire.Stream) -> None:
    """Write one frame.

    Raises:
        FrameRefused: it is too long; nothing was written.
        ChannelClosed: the stream is closed.
    """
    check_size(payload, protocol)
    try:
        await stream.write(wire.frame(payload, protocol))
    except Exception as err:
        raise ChannelClosed(f"the stream of {protocol.protocol_id} broke while writing") from err


async def read_frame(stream: INetStream, protocol: wire.Stream) -> bytes:
    """Read one frame.

    Raises:
        FrameRefused: it breaks the protocol or is cut short.
        ChannelClosed: the stream ended before it.
    """
    header = await _read(stream, wire.HEADER_BYTES)
    if not header:
        raise ChannelClosed(f"the stream of {protocol.protocol_id} has ended")
    try:
        size = wire.payload_bytes(header, protocol)
    except wire.WireError as err:
        raise FrameRefused(str(err)) from err
    payload = await _read(stream, size)
    if len(payload) != size:
        raise FrameRefused(f"a frame of {protocol.protocol_id} was cut short")
    return payload


def check_size(payload: bytes, protocol: wire.Stream) -> None:
    """Refuse a frame of ours that its protocol does not allow."""
    if len(payload) > protocol.bytes_max:
        raise FrameRefused(
            f"a frame of {len(payload)} bytes exceeds {protocol.protocol_id}'s limit"
        )


async def _read(stream: INetStream, size: int) -> bytes:
    """Read `size` bytes, or fewer when the stream ends; libp2p tells a reset and an end alike."""
    parts: list[bytes] = []
    missing = size
    while missing:
        try:
            part = await stream.read(missing)
        except Exception:  # noqa: BLE001 (any of libp2p's ends of a stream)
            break
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


async def reset(stream: INetStream) -> None:
    """Break a stream off, whatever state it is in."""
    with trio.move_on_after(limits.CLOSE_MS / 1000, shield=True):
        try:
            await stream.reset()
        except Exception:
            logger.debug("event=reset_failed", exc_info=True)


async def close(stream: INetStream) -> None:
    """End a stream after what was written."""
    with trio.move_on_after(limits.CLOSE_MS / 1000) as scope:
        try:
            await stream.close()
        except Exception:
            logger.debug("event=close_failed", exc_info=True)
            await reset(stream)
    if scope.cancelled_caught:
        await reset(stream)


class StreamServer:
    """Serves what peers open, within the gate; nothing that a peer sends or a handler raises leaves it."""

    def __init__(
        self, gate: Gate, refusals: RefusalLog, thread: TrioThread, side: AsyncioSide
    ) -> None:
        self._gate = gate
        self._refusals = refusals
        self._thread = thread
        self._side = side

    def guard(self, handler: StreamHandler) -> StreamHandler:
        """Wrap the handler of all streams of a host, the library's own protocols included.

        An exception that leaves a handler would end the whole host, and an end of stream that leaves one would make
        the connection hang for ever (design note: p2p, bugs 1 and 2).
        """

        async def guarded(stream: INetStream) -> None:
            peer = stream_peer(stream)
            if peer is None:
                await reset(stream)
                return
            refusal = self._gate.admit(peer, now_ms()) or self._enter(
                peer, "all", limits.STREAMS_INBOUND_PER_PEER_MAX
            )
            if refusal is not None:
                self._refusals.refuse(peer, refusal, "all", now_ms())
                await reset(stream)
                return
            try:
                await handler(stream)
            except Exception:
                logger.debug("event=stream_failed", exc_info=True)
                await reset(stream)
            finally:
                self._gate.leave(peer, "all")

        return guarded

    def request_handler(self, protocol: RequestProtocol, handler: RequestHandler) -> StreamHandler:
        """Make the handler of a request protocol's streams."""

        async def serve(stream: INetStream, peer: PeerKey) -> None:
            with trio.fail_after(protocol.handler_timeout_ms / 1000):
                body = await read_frame(stream, protocol.stream)
                await self._pay(peer, len(body))
                answer = await self._side.call(_answer, handler, peer, body)
                await self._pay(peer, len(answer))
                await write_frame(stream, answer, protocol.stream)

        return self._handler(protocol.stream, protocol.concurrent_per_peer_max, serve)

    def channel_handler(self, protocol: ChannelProtocol, handler: ChannelHandler) -> StreamHandler:
        """Make the handler of a channel protocol's streams."""

        async def serve(stream: INetStream, peer: PeerKey) -> None:
            channel = Libp2pChannel(stream, peer, protocol.stream, self._thread, self._side)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(channel.pump)
                try:
                    await self._side.call(_serve_channel, handler, channel)
                finally:
                    nursery.cancel_scope.cancel()

        return self._handler(protocol.stream, protocol.channels_per_peer_max, serve)

    def _handler(
        self,
        protocol: wire.Stream,
        streams_max: int,
        serve: Callable[[INetStream, PeerKey], Awaitable[None]],
    ) -> StreamHandler:
        async def handle(stream: INetStream) -> None:
            peer = stream_peer(stream)
            assert peer is not None, "the guard lets only such peers through"
            refusal = self._enter(peer, protocol.protocol_id, streams_max)
            if refusal is None:
                try:
                    refusal = await _attempt(serve, stream, peer)
                finally:
                    self._gate.leave(peer, protocol.protocol_id)
            if refusal is None:
                await close(stream)
            else:
                self._refusals.refuse(peer, refusal, protocol.protocol_id, now_ms())
                await reset(stream)

        return handle

    def _enter(self, peer: PeerKey, protocol: str, streams_max: int) -> Refusal | None:
        return self._gate.enter(peer, protocol, streams_max, now_ms())

    async def _pay(self, peer: PeerKey, size: int) -> None:
        await trio.sleep(self._gate.charge(peer, size, now_ms()) / 1000)


async def _attempt(
    serve: Callable[[INetStream, PeerKey], Awaitable[None]], stream: INetStream, peer: PeerKey
) -> Refusal | None:
    """Serve a stream, and tell what was wrong with it if anything."""
    try:
        await serve(stream, peer)
    except trio.TooSlowError:
        return Refusal.TOO_SLOW
    except (FrameRefused, wire.WireError):
        return Refusal.BYTES
    except RequestRefused:
        return Refusal.NOT_SERVED
    except NetworkError:  # the stream ended, or this node stops
        return None
    except Exception:
        logger.exception("event=handler_failed")
        return Refusal.HANDLER_FAILED
    return None


async def _answer(handler: RequestHandler, peer: PeerKey, body: bytes) -> bytes:
    return await handler(peer, body)


async def _serve_channel(handler: ChannelHandler, channel: Libp2pChannel) -> None:
    try:
        await handler(channel)
    finally:
        await channel.close()


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
        self._frames_ahead = 0
        self._bytes_ahead = 0
        self._room = trio.Event()
        # Of the asyncio thread:
        self._frames: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._end: NetworkError | None = None

    @property
    def peer(self) -> PeerKey:
        """The peer at the other end."""
        return self._peer

    async def send(self, frame: bytes, timeout_ms: int = 10_000) -> None:
        """Send one frame (`port.Channel.send`)."""
        check_size(frame, self._protocol)
        if self._end is not None:
            raise ChannelClosed("the channel is closed") from self._end
        try:
            await self._thread.call(self._write, frame, timeout_ms)
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
        self._thread.post(self._give_room, len(frame))
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
        try:
            while True:
                await self._wait_for_room()
                frame = await read_frame(self._stream, self._protocol)
                self._frames_ahead += 1
                self._bytes_ahead += len(frame)
                self._side.post(self._arrive, frame)
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

    async def _write(self, frame: bytes, timeout_ms: int) -> None:
        is_whole = False
        try:
            with trio.fail_after(timeout_ms / 1000):
                async with self._sending:
                    await write_frame(self._stream, frame, self._protocol)
                    is_whole = True
        except trio.TooSlowError as err:
            raise ChannelClosed("the peer does not read") from err
        finally:
            if not is_whole:  # half a frame may be out: nothing after it could be understood
                await reset(self._stream)

    def _give_room(self, size: int) -> None:
        self._frames_ahead -= 1
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
