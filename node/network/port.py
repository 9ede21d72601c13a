"""The network's port: what the daemon may ask of a network, whichever back end stands behind it.

It names no transport. `libp2p_host` and `memory` implement it, and one conformance suite holds for both.
All of it belongs to the asyncio thread: methods are called there, handlers and callbacks run there.
The one exception is `Validate`, which a back end may call from a thread of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from meshnode.protocol.errors import MeshError
from meshnode.protocol.limits import GOSSIP_BYTES_MAX
from meshnode.protocol.values import PeerKey
from meshnode.protocol.wire import Stream


class NetworkError(MeshError):
    """Something between this node and a peer went wrong."""


class PeerUnreachable(NetworkError):  # noqa: N818 (it names the situation)
    """No connection to the peer exists or could be made."""


class RequestRefused(NetworkError):  # noqa: N818 (it names the situation)
    """The peer closed the stream without an answer: it refuses the request, is over its limits, or is gone."""


class RequestTimedOut(NetworkError):  # noqa: N818 (it names the situation)
    """The peer did not answer in time."""


class FrameRefused(NetworkError):  # noqa: N818 (it names the situation)
    """A frame is longer than its protocol allows, cut short, or of an unknown version."""


class ChannelClosed(NetworkError):  # noqa: N818 (it names the situation)
    """The channel ended between two frames, or was closed on this side."""


@dataclass(frozen=True, slots=True)
class RequestProtocol:
    """A protocol of one question and one answer on a stream of its own."""

    stream: Stream
    """Its protocol id, version included, and the bound on the question and on the answer."""
    concurrent_per_peer_max: int = 16
    """Requests of one peer that are served at the same time; more are refused."""
    handler_timeout_ms: int = 10_000
    """How long serving one may take, reading and answering included."""


@dataclass(frozen=True, slots=True)
class ChannelProtocol:
    """A protocol of long-lived, ordered, framed streams that either side may write to at any time."""

    stream: Stream
    """Its protocol id, version included, and the bound on each frame."""
    channels_per_peer_max: int = 4
    """Channels that one peer may hold open towards this node; more are refused."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A gossip topic; what is said there may be lost, repeated after a while, or arrive out of order."""

    name: str
    message_bytes_max: int = GOSSIP_BYTES_MAX


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """A peer can be reached now; its key was proven by the handshake."""

    peer: PeerKey


@dataclass(frozen=True, slots=True)
class PeerLost:
    """The last connection to a peer is gone. Its channels are broken; a redial may be under way."""

    peer: PeerKey


NetworkEvent: TypeAlias = PeerConnected | PeerLost


class Channel(Protocol):
    """One framed stream to one peer; ordered, and cut short only with an error."""

    @property
    def peer(self) -> PeerKey:
        """The peer at the other end, proven by the handshake."""
        ...

    async def send(self, *frames: bytes, timeout_ms: int = 10_000) -> None:
        """Send frames in order, waiting for room as the peer reads. Several at once cost little more than one.

        Raises:
            FrameRefused: a frame is longer than the protocol allows; nothing was sent.
            ChannelClosed: either side has closed it, the peer is gone, or it did not read in time.
        """
        ...

    async def receive(self) -> bytes:
        """Return the peer's next frame, waiting for it without limit.

        Raises:
            ChannelClosed: the peer closed it, after whole frames, or is gone.
            FrameRefused: the stream ended within a frame, or the frame breaks the protocol; the channel is closed.
        """
        ...

    async def close(self) -> None:
        """Close both directions; safe to call twice."""
        ...


RequestHandler: TypeAlias = Callable[[PeerKey, bytes], Awaitable[bytes]]
"""Answers one request. Raises RequestRefused or WireError when the peer shall have no answer; the rest is our bug."""

ChannelHandler: TypeAlias = Callable[[Channel], Awaitable[None]]
"""Serves one channel that a peer has opened. The channel is closed when it returns or raises."""

Validate: TypeAlias = Callable[[PeerKey, bytes], bool]
"""Says whether a gossip message may be passed on: quick, pure, called from any thread. Raising means no."""

Deliver: TypeAlias = Callable[[PeerKey, bytes], None]
"""Takes a valid gossip message with its proven author, on the asyncio thread. Must not block."""

Watch: TypeAlias = Callable[[NetworkEvent], None]
"""Takes an event, on the asyncio thread. Must not block."""


class Network(Protocol):
    """The mesh, seen from one node."""

    @property
    def key(self) -> PeerKey:
        """The node's own working key."""
        ...

    @property
    def is_healthy(self) -> bool:
        """Whether the back end runs now; false before `start`, after `stop` and while it is being restarted."""
        ...

    async def start(self) -> None:
        """Listen, and start dialling the bootstrap peers and topics known so far.

        Raises:
            NetworkError: no listening address could be had.
        """
        ...

    async def stop(self) -> None:
        """Close every channel and connection; safe to call twice."""
        ...

    def addresses(self) -> tuple[str, ...]:
        """Return the multiaddrs where this node listens, each with its peer id: what a peer may dial."""
        ...

    def peers(self) -> tuple[PeerKey, ...]:
        """Return the peers that are connected now."""
        ...

    async def connect(self, address: str, timeout_ms: int = 10_000) -> PeerKey:
        """Dial a multiaddr that ends in `/p2p/<peer id>`, and from now on redial that peer whenever it is lost.

        Raises:
            PeerUnreachable: the address is no multiaddr, nobody answers there, or it is somebody else.
        """
        ...

    async def forget(self, peer: PeerKey) -> None:
        """Disconnect from a peer and stop redialling it."""
        ...

    async def ban(self, peer: PeerKey) -> None:
        """Forget a peer and refuse its connections, streams and gossip until this process ends."""
        ...

    async def request(
        self, peer: PeerKey, protocol: RequestProtocol, body: bytes, timeout_ms: int = 10_000
    ) -> bytes:
        """Ask a connected peer one question and return its answer. Retry only what is idempotent.

        Raises:
            PeerUnreachable: the peer is not connected.
            RequestRefused: it closed the stream without an answer.
            RequestTimedOut: no whole answer came within `timeout_ms`.
            FrameRefused: the body or the answer breaks the protocol's bounds.
        """
        ...

    def serve(self, protocol: RequestProtocol, handler: RequestHandler) -> None:
        """Answer a protocol's requests with `handler`, from now on; once for each protocol."""
        ...

    async def open(
        self, peer: PeerKey, protocol: ChannelProtocol, timeout_ms: int = 10_000
    ) -> Channel:
        """Open a channel to a connected peer; the caller closes it.

        A peer that refuses one more channel may do so by its end at once.

        Raises:
            PeerUnreachable: the peer is not connected, does not speak the protocol, or did not answer in time.
        """
        ...

    def serve_channel(self, protocol: ChannelProtocol, handler: ChannelHandler) -> None:
        """Hand every channel that a peer opens to `handler`, in a task of its own; once for each protocol."""
        ...

    def publish(self, topic: Topic, message: bytes) -> bool:
        """Queue a message for gossip; false when it is too long, or the queue is full: say it again later."""
        ...

    def subscribe(self, topic: Topic, validate: Validate, deliver: Deliver) -> None:
        """Join a topic. Each valid message is delivered once a minute at most, own ones never."""
        ...

    def watch(self, watch: Watch) -> None:
        """Call `watch` for each peer that comes or goes, from now on."""
        ...
