"""GossipSub as libp2p runs it, with the parameters and guards that make it bearable (design note: p2p, section 4)."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import trio
from libp2p.abc import IHost, ISubscriptionAPI
from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11, PROTOCOL_ID_V12, GossipSub
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.gate import RefusalLog
from meshnode.node.network.gossip_guard import GossipGuard
from meshnode.node.network.peer_id import peer_id_bytes, peer_key_of
from meshnode.node.network.port import Topic, Validate
from meshnode.protocol.values import PeerKey

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic with who judges its messages and who takes them."""

    topic: Topic
    validate: Validate
    deliver: Callable[[PeerKey, bytes], object]
    """Called in the trio thread."""


class Gossip:
    """The topics of one host."""

    def __init__(self, host: IHost, key: PeerKey, guard: GossipGuard, refusals: RefusalLog) -> None:
        self._key = key
        self._guard = guard
        self._refusals = refusals
        self._router = GossipSub(
            protocols=[PROTOCOL_ID_V12, PROTOCOL_ID_V11],
            degree=6,
            degree_low=4,
            degree_high=12,
            heartbeat_interval=1,
            adaptive_gossip_enabled=False,
            # It counts the peer that passes a message on, so it would punish busy honest ones; authors are counted
            # by our own guard.
            spam_protection_enabled=False,
            eclipse_protection_enabled=False,
        )
        self._pubsub = Pubsub(
            host,
            self._router,
            strict_signing=True,
            max_inbound_rpc_size=limits.GOSSIP_RPC_BYTES_MAX,
        )
        # libp2p starts at the time in seconds and counts up: a node that spoke faster and restarts would repeat
        # numbers that its peers have seen, and be silent for two minutes.
        self._pubsub.counter = time.time_ns()
        self._nursery: trio.Nursery | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Run the services and the readers of the subscriptions."""
        async with (
            background_trio_service(self._pubsub),
            background_trio_service(self._router),
            trio.open_nursery() as nursery,
        ):
            await self._pubsub.wait_until_ready()
            self._nursery = nursery
            yield
            nursery.cancel_scope.cancel()

    async def join(self, subscription: Subscription) -> None:
        """Subscribe to a topic, for as long as the host runs."""
        assert self._nursery is not None

        def validate(_forwarder: ID, message: rpc_pb2.Message) -> bool:
            return self._is_valid(subscription, message)

        self._pubsub.set_topic_validator(
            subscription.topic.name, validate, is_async_validator=False
        )
        messages = await self._pubsub.subscribe(subscription.topic.name)
        self._nursery.start_soon(self._read, subscription, messages)

    async def publish(self, topic: Topic, message: bytes) -> None:
        """Say a message to the peers that are known to listen."""
        await self._pubsub.publish(topic.name, message)

    def ban(self, peer: PeerKey) -> None:
        """Take no message from or of this peer any more."""
        self._pubsub.add_to_blacklist(ID(peer_id_bytes(peer)))

    def _is_valid(self, subscription: Subscription, message: rpc_pb2.Message) -> bool:
        """Judge a message; must not raise (that would end the service) nor await (that would deliver it twice)."""
        author = peer_key_of(message.from_id)
        if author is None or len(message.topicIDs) != 1:
            return False
        topic = subscription.topic
        at_ms = now_ms()
        if author != self._key:
            refusal = self._guard.judge(topic, author, message.data, subscription.validate, at_ms)
            if refusal is not None:
                self._refusals.refuse(author, refusal, topic.name, at_ms)
                return False
        return self._guard.seen.is_new(topic.name, message.data, at_ms)

    async def _read(self, subscription: Subscription, messages: ISubscriptionAPI) -> None:
        while True:
            message = await messages.get()
            author = peer_key_of(message.from_id)
            if author is not None and author != self._key:
                subscription.deliver(author, message.data)
