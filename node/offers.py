"""Offers between the machines and the network: gossip out and in, and repair by asking a peer what it has.

An offer counts when its seal is authentic and its signer's key is certified for the identity that it names; an
unknown requester is dialled and introduced first.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from meshnode.node.limits import (
    MEET_TIMEOUT_MS,
    OFFERS_WAITING_MAX,
    STRANGERS_MET_AT_ONCE,
    SYNC_EVERY_S,
    SYNC_TIMEOUT_MS,
)
from meshnode.node.links import Links, Peer
from meshnode.node.network.peer_id import split_address
from meshnode.node.network.port import Network, NetworkError, RequestProtocol, Topic
from meshnode.protocol.blob_messages import SyncAsk, SyncOffers
from meshnode.protocol.limits import SYNC_OFFERS_MAX
from meshnode.protocol.messages import Offer, Withdraw
from meshnode.protocol.sealed import Sealed, is_authentic
from meshnode.protocol.values import PeerKey, RunId
from meshnode.protocol.wire import (
    SYNC_STREAM,
    WireError,
    decode_gossip,
    decode_sync,
    encode,
    offers_topic,
    open_sealed,
    read_body,
    seal,
)

logger = logging.getLogger(__name__)

SYNC = RequestProtocol(SYNC_STREAM)


@dataclass(slots=True)
class Offers:
    """One node's sending and hearing of offers. `serve` owns its tasks."""

    network: Network
    links: Links
    heard: Callable[[Offer | Withdraw], None]
    """Gets each offer that counts; called on the event loop, must not block."""
    _own: dict[RunId, Sealed] = field(default_factory=dict)
    _waiting: asyncio.Queue[Sealed] = field(
        default_factory=lambda: asyncio.Queue(OFFERS_WAITING_MAX)
    )
    """From requesters that have introduced themselves."""
    _strangers: asyncio.Queue[Sealed] = field(
        default_factory=lambda: asyncio.Queue(OFFERS_WAITING_MAX)
    )
    """From requesters that must be met first, which may take seconds and lead nowhere."""

    def publish(self, message: Offer | Withdraw) -> None:
        """Seal and gossip; a full gossip queue drops it, and the machine says it again later."""
        envelope = seal(message, self.links.mesh, self.links.signer)
        if isinstance(message, Offer):
            self._own[message.run] = envelope
        else:
            self._own.pop(message.run, None)
        self.network.publish(self._topic, encode(envelope))

    async def serve(self) -> None:
        """Take part in gossip, answer sync requests, and repair, until cancelled."""
        self.network.serve(SYNC, self._answer)
        self.network.subscribe(self._topic, self._is_acceptable, self._deliver)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._believe_all(self._waiting))
            for _ in range(STRANGERS_MET_AT_ONCE):
                group.create_task(self._believe_all(self._strangers))
            group.create_task(self._repair())

    @property
    def _topic(self) -> Topic:
        return Topic(offers_topic(self.links.mesh))

    def _is_acceptable(self, author: PeerKey, message: bytes) -> bool:
        """Pass on only what is authentic and its author's own; called from the network's thread."""
        try:
            envelope = decode_gossip(message)
            is_offer = isinstance(read_body(envelope), Offer | Withdraw)
        except WireError:
            return False
        is_own = envelope.signer == author
        return is_own and is_offer and is_authentic(envelope, self.links.mesh, self.links.verifier)

    def _deliver(self, _author: PeerKey, message: bytes) -> None:
        self._queue(decode_gossip(message))

    def _queue(self, envelope: Sealed) -> None:
        if envelope.signer == self.network.key:
            return
        is_known = self.links.by_key(envelope.signer) is not None
        try:
            (self._waiting if is_known else self._strangers).put_nowait(envelope)
        except asyncio.QueueFull:
            logger.info(
                "event=offer_dropped signer=%s reason=queue_full", envelope.signer.hex()[:8]
            )

    async def _believe_all(self, waiting: asyncio.Queue[Sealed]) -> None:
        while True:
            envelope = await waiting.get()
            try:
                await self._believe(envelope)
            except (WireError, NetworkError) as err:
                logger.info(
                    "event=offer_refused signer=%s reason=%r", envelope.signer.hex()[:8], str(err)
                )

    async def _believe(self, envelope: Sealed) -> None:
        message = open_sealed(envelope, self.links.mesh, self.links.verifier)
        if not isinstance(message, Offer | Withdraw):
            raise WireError("it is no offer")
        peer = self.links.by_key(envelope.signer)
        if peer is None and isinstance(message, Offer):
            await self._meet(envelope.signer, message)
            peer = self.links.by_key(envelope.signer)
        if peer is None:
            raise WireError("its requester cannot be reached")
        if peer.identity != message.requester:
            raise WireError("its signer is not certified for the requester that it names")
        self.heard(message)

    async def _meet(self, key: PeerKey, offer: Offer) -> None:
        """Dial an unknown requester at the addresses in its offer and wait for its hello."""
        if key not in self.network.peers():
            for address in offer.addresses:
                with contextlib.suppress(NetworkError):
                    if split_address(address)[1] == key:
                        await self.network.connect(address, MEET_TIMEOUT_MS)
                        break
        await self.links.introduce(key)

    async def _answer(self, _key: PeerKey, body: bytes) -> bytes:
        ask = decode_sync(body)
        if not isinstance(ask, SyncAsk):
            raise WireError("only a SyncAsk opens a sync stream")
        known = set(ask.known)
        offers = [envelope for run, envelope in self._own.items() if run not in known]
        return encode(SyncOffers(offers=tuple(offers[:SYNC_OFFERS_MAX])))

    async def ask(self, peer: Peer) -> None:
        """Ask one peer for the offers that it has open."""
        try:
            body = encode(SyncAsk(known=()))
            answer = decode_sync(await self.network.request(peer.key, SYNC, body, SYNC_TIMEOUT_MS))
        except (NetworkError, WireError) as err:
            logger.debug("event=sync_failed peer=%s reason=%r", peer.key.hex()[:8], str(err))
            return
        if isinstance(answer, SyncOffers):
            own = [envelope for envelope in answer.offers if envelope.signer == peer.key]
            if len(own) < len(answer.offers):
                logger.warning(
                    "event=offers_refused peer=%s count=%d reason='they are not its own'",
                    peer.key.hex()[:8],
                    len(answer.offers) - len(own),
                )
            for envelope in own:
                self._queue(envelope)

    async def _repair(self) -> None:
        while True:
            for peer in self.links.peers():
                await self.ask(peer)
            await asyncio.sleep(SYNC_EVERY_S)
