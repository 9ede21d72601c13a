"""Who is connected and who they are: hellos, one work stream for each pair, messages checked before use.

Of two peers the one with the smaller key opens the work stream, after both have been introduced. A message is decoded,
its seal opened, its signer compared with the peer, and only then handed on, by the sender's identity.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from meshnode.node.limits import (
    HELLO_EVERY_S,
    HELLO_TIMEOUT_MS,
    LINK_QUEUE_MAX,
    LINK_REOPENED_EVERY_MS,
    LINK_RETRY_S,
    LINK_RETRY_S_MAX,
    SENT_TOGETHER_BYTES,
)
from meshnode.node.network.port import (
    Channel,
    ChannelProtocol,
    Network,
    NetworkError,
    NetworkEvent,
    PeerConnected,
    RequestProtocol,
    RequestRefused,
)
from meshnode.protocol.errors import MeshError
from meshnode.protocol.identity import certificate_holds
from meshnode.protocol.messages import (
    Grant,
    Hello,
    Ping,
    Pong,
    PrefixRoot,
    Receipt,
    ReceiptAck,
    ReceiptOffer,
    Rejection,
    Voucher,
    WorkMessage,
)
from meshnode.protocol.sealed import Sealed, Signer, Verifier
from meshnode.protocol.values import IdentityId, MeshId, PeerKey
from meshnode.protocol.wire import (
    HELLO_STREAM,
    WORK_STREAM,
    WireError,
    decode_hello,
    decode_work,
    encode,
    open_sealed,
    seal,
)

logger = logging.getLogger(__name__)

HELLO = RequestProtocol(HELLO_STREAM)
WORK = ChannelProtocol(WORK_STREAM)

PROTOCOL_VERSION = 1


@dataclass(slots=True)
class Peer:
    """A peer that has introduced itself."""

    key: PeerKey
    hello: Hello
    outgoing: asyncio.Queue[bytes] | None = None
    """Frames to send on the work stream; None while there is none."""
    linked_ms: int = 0
    """When the newest work stream began."""
    noted_ms: int = 0
    """When the router stored last what this peer's hello shows."""

    @property
    def identity(self) -> IdentityId:
        """The identity that certified the peer's working key."""
        return self.hello.certificate.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvents:
    """Whom to tell; called on the event loop, must not block."""

    found: Callable[[Peer], None]
    lost: Callable[[Peer], None]
    heard: Callable[[Peer, WorkMessage, Sealed | None], None]
    introduced: Callable[[Peer], None]
    """A hello came; the first or a newer one."""


@dataclass(slots=True)
class Links:
    """All work streams of a node. `serve` owns every task."""

    network: Network
    mesh: MeshId
    signer: Signer
    verifier: Verifier
    now_ms: Callable[[], int]
    make_hello: Callable[[], Hello]
    events: LinkEvents
    _peers: dict[PeerKey, Peer] = field(default_factory=dict)
    _kept: set[PeerKey] = field(default_factory=set)
    """Peers with a `_keep` task: one each, however often they come and go."""
    _group: asyncio.TaskGroup | None = None

    def peers(self) -> tuple[Peer, ...]:
        """Return the peers with a work stream."""
        return tuple(peer for peer in self._peers.values() if peer.outgoing is not None)

    def by_identity(self, identity: IdentityId) -> Peer | None:
        """Return the peer of an identity, or None if none has introduced itself as such."""
        return next((peer for peer in self._peers.values() if peer.identity == identity), None)

    def by_key(self, key: PeerKey) -> Peer | None:
        """Return a peer that has introduced itself, or None."""
        return self._peers.get(key)

    async def serve(self) -> None:
        """Introduce this node to every peer that comes, and keep a work stream to each, until cancelled."""
        self.network.serve(HELLO, self._answer_hello)
        self.network.serve_channel(WORK, self._accepted)
        self.network.watch(self._watched)
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for key in self.network.peers():
                    self._watched(PeerConnected(key))
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    def send(self, identity: IdentityId, message: WorkMessage) -> bool:
        """Queue a message for a peer, sealed if it must be; false if there is no stream, or its queue is full."""
        peer = self.by_identity(identity)
        if peer is None or peer.outgoing is None:
            return False
        try:
            peer.outgoing.put_nowait(encode(self._sealed(message)))
        except asyncio.QueueFull:
            return False
        return True

    def _sealed(self, message: WorkMessage) -> Sealed | WorkMessage:
        if isinstance(message, Grant | PrefixRoot | Voucher | Rejection):
            return seal(message, self.mesh, self.signer)
        return message

    def _watched(self, event: NetworkEvent) -> None:
        if not isinstance(event, PeerConnected) or self._group is None:
            return
        if event.peer not in self._kept:
            self._kept.add(event.peer)
            self._group.create_task(self._keep(event.peer))

    async def _keep(self, key: PeerKey) -> None:
        """Introduce, and hold a work stream if it is ours to open, for as long as the peer is connected.

        This is a task's root: what goes wrong ends the link, not the daemon.
        """
        wait_s = LINK_RETRY_S
        while key in self.network.peers():
            try:
                await self.introduce(key)
                if bytes(self.network.key) > bytes(key):
                    await asyncio.sleep(HELLO_EVERY_S)
                    continue
                channel = await self.network.open(key, WORK)
                wait_s = LINK_RETRY_S
                await self._use(channel)
            except (NetworkError, WireError) as err:
                logger.debug("event=link_failed peer=%s reason=%s", key.hex()[:8], err)
            except Exception:
                logger.exception("event=link_crashed peer=%s", key.hex()[:8])
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LINK_RETRY_S_MAX)
        self._kept.discard(key)
        self._peers.pop(key, None)

    async def introduce(self, key: PeerKey) -> None:
        """Exchange hellos with a connected peer.

        Raises:
            NetworkError, WireError: the peer is gone, or is not one of this mesh.
        """
        answer = await self.network.request(key, HELLO, encode(self.make_hello()), HELLO_TIMEOUT_MS)
        self._take_hello(key, answer)

    async def _answer_hello(self, key: PeerKey, body: bytes) -> bytes:
        self._take_hello(key, body)
        return encode(self.make_hello())

    def _take_hello(self, key: PeerKey, body: bytes) -> None:
        hello = decode_hello(body)
        if hello.version != PROTOCOL_VERSION or hello.mesh != self.mesh:
            raise WireError("the peer speaks another version or belongs to another mesh")
        if hello.certificate.working_key != key:
            raise WireError("the peer's certificate is for another key")
        if not certificate_holds(hello.certificate, self.now_ms(), self.verifier):
            raise WireError("the peer's certificate does not hold")
        known = self._peers.get(key)
        if known is None:
            known = self._peers[key] = Peer(key, hello)
        else:
            known.hello = hello
        self.events.introduced(known)

    async def _accepted(self, channel: Channel) -> None:
        peer = self._peers.get(channel.peer)
        if peer is None:
            raise WireError("the peer has not introduced itself")
        if self.now_ms() - peer.linked_ms < LINK_REOPENED_EVERY_MS:
            raise RequestRefused("the peer opens work streams too often")
        await self._use(channel)

    async def _use(self, channel: Channel) -> None:
        """Send and receive on a work stream until it ends."""
        peer = self._peers[channel.peer]
        outgoing: asyncio.Queue[bytes] = asyncio.Queue(LINK_QUEUE_MAX)
        peer.outgoing, peer.linked_ms = outgoing, self.now_ms()
        logger.info(
            "event=peer_found peer=%s identity=%s", peer.key.hex()[:8], peer.identity.hex()[:8]
        )
        self.events.found(peer)
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(_send_all(channel, outgoing))
                try:
                    await self._receive_all(channel, peer)
                finally:
                    sending.cancel()
        except* NetworkError as ends:
            logger.info("event=link_ended peer=%s reason=%r", peer.key.hex()[:8], _first(ends))
        except* WireError as faults:
            logger.warning(
                "event=link_refused peer=%s reason=%r", peer.key.hex()[:8], _first(faults)
            )
        finally:
            if peer.outgoing is outgoing:
                peer.outgoing = None
                self.events.lost(peer)
            await channel.close()

    async def _receive_all(self, channel: Channel, peer: Peer) -> None:
        while True:
            received = decode_work(await channel.receive())
            if isinstance(received, Ping):
                self.send(peer.identity, Pong(nonce=received.nonce))
            elif isinstance(received, Sealed):
                self._opened(peer, received)
            elif not isinstance(received, Pong):
                self._check_receipt(peer, received)
                self.events.heard(peer, received, None)
            await asyncio.sleep(0)  # others' turn: a flood would otherwise be served in one

    def _check_receipt(self, peer: Peer, message: WorkMessage) -> None:
        """Check the envelope within a receipt's offer or answer: it must be the peer's own."""
        if not isinstance(message, ReceiptOffer | ReceiptAck):
            return
        body = open_sealed(message.receipt, self.mesh, self.verifier)
        if not isinstance(body, Receipt) or message.receipt.signer != peer.key:
            raise WireError("a receipt on this stream was signed by somebody else")
        if (body.run, body.lease) != (message.run, message.lease):
            raise WireError("a receipt is not of the lease that its envelope names")

    def _opened(self, peer: Peer, envelope: Sealed) -> None:
        if envelope.signer != peer.key:
            raise WireError("a sealed message on this stream was signed by somebody else")
        message = open_sealed(envelope, self.mesh, self.verifier)
        if not isinstance(message, Grant | PrefixRoot | Voucher | Rejection):
            raise WireError(f"a sealed {envelope.purpose!r} does not belong on a work stream")
        self.events.heard(peer, message, envelope)


def _first(errors: BaseExceptionGroup[MeshError]) -> str:
    return str(errors.exceptions[0])


async def _send_all(channel: Channel, outgoing: asyncio.Queue[bytes]) -> None:
    """Send what waits; what waits together goes together."""
    while True:
        frames = [await outgoing.get()]
        while not outgoing.empty() and sum(map(len, frames)) < SENT_TOGETHER_BYTES:
            frames.append(outgoing.get_nowait())
        await channel.send(*frames)
