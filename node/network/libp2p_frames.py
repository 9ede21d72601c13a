"""Frames on libp2p's streams, in the trio thread.

What goes wrong on a stream is told here in the port's words; libp2p knows some twenty exceptions for it.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence

import trio
from libp2p.abc import INetStream

from meshnode.node.network import limits
from meshnode.node.network.peer_id import peer_key_of
from meshnode.node.network.port import ChannelClosed, FrameRefused
from meshnode.protocol import wire
from meshnode.protocol.values import PeerKey

logger = logging.getLogger(__name__)

READ_AHEAD_BYTES = 16 * 1024
"""Some dozens of the small messages of a work stream."""


def stream_peer(stream: INetStream) -> PeerKey | None:
    """Tell who is at the other end, or None when it has no Ed25519 key."""
    return peer_key_of(stream.muxed_conn.peer_id.to_bytes())


async def write_frame(stream: INetStream, payload: bytes, protocol: wire.Stream) -> None:
    """Write one frame; raises as `write_frames` does."""
    await write_frames(stream, (payload,), protocol)


async def write_frames(
    stream: INetStream, payloads: Sequence[bytes], protocol: wire.Stream
) -> None:
    """Write frames in one piece.

    Raises:
        FrameRefused: one is too long; nothing was written.
        ChannelClosed: the stream is closed.
    """
    for payload in payloads:
        check_size(payload, protocol)
    try:
        await stream.write(b"".join(wire.frame(payload, protocol) for payload in payloads))
    except Exception as err:
        raise ChannelClosed(f"the stream of {protocol.protocol_id} broke while writing") from err


async def read_frame(stream: INetStream, protocol: wire.Stream) -> bytes:
    """Read one frame.

    Raises:
        FrameRefused: it breaks the protocol or is cut short.
        ChannelClosed: the stream ended before it.
    """
    return await _frame(lambda size: _read(stream, size), protocol)


class FrameReader:
    """Reads a stream of many frames, and ahead: libp2p answers every single read with a message to the peer."""

    def __init__(self, stream: INetStream, protocol: wire.Stream) -> None:
        self._stream = stream
        self._protocol = protocol
        self._ahead = bytearray()

    async def read(self) -> bytes:
        """Read the next frame; raises as `read_frame` does."""
        return await _frame(self._take, self._protocol)

    async def _take(self, size: int) -> bytes:
        while len(self._ahead) < size:
            part = await _read_some(self._stream, max(size - len(self._ahead), READ_AHEAD_BYTES))
            if not part:
                break
            self._ahead += part
        taken = bytes(self._ahead[:size])
        del self._ahead[:size]
        return taken


async def _frame(read: Callable[[int], Awaitable[bytes]], protocol: wire.Stream) -> bytes:
    header = await read(wire.HEADER_BYTES)
    if not header:
        raise ChannelClosed(f"the stream of {protocol.protocol_id} has ended")
    try:
        size = wire.payload_bytes(header, protocol)
    except wire.WireError as err:
        raise FrameRefused(str(err)) from err
    payload = await read(size)
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
        part = await _read_some(stream, missing)
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


async def _read_some(stream: INetStream, size_max: int) -> bytes:
    """Wait for bytes; none when the stream ends."""
    try:
        return await stream.read(size_max)
    except Exception:  # noqa: BLE001 (any of libp2p's ends of a stream)
        return b""


async def reset(stream: INetStream) -> None:
    """Break a stream off, whatever state it is in."""
    with trio.move_on_after(limits.CLOSE_MS / 1000) as scope:
        scope.shield = True
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
