"""What peers may open on this host, and the guard around every handler; it runs in the trio thread."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import trio
from libp2p.abc import INetStream

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.gate import Gate, Refusal, RefusalLog
from meshnode.node.network.libp2p_channel import Libp2pChannel
from meshnode.node.network.libp2p_frames import (
    close,
    read_frame,
    reset,
    stream_peer,
    write_frame,
)
from meshnode.node.network.port import (
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
            error: Exception | None = None
            async with trio.open_nursery() as nursery:
                nursery.start_soon(channel.pump)
                try:
                    await self._side.call(_serve_channel, handler, channel)
                except Exception as err:  # noqa: BLE001 (raised below, without the nursery's group)
                    error = err
                nursery.cancel_scope.cancel()
            if error is not None:
                raise error

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
