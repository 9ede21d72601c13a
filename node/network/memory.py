"""The mesh within one process: the port's twin for tests, on asyncio alone, with the same limits.

It has no sockets, keys or frames on a wire; who is who is taken from the hub's word. Gossip floods.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.dial_book import DialBook
from meshnode.node.network.gate import Gate, Refusal, RefusalLog
from meshnode.node.network.gossip_guard import GossipGuard
from meshnode.node.network.memory_channel import MemoryChannel, check_size
from meshnode.node.network.peer_id import peer_id_text, short, split_address
from meshnode.node.network.port import (
    Channel,
    ChannelHandler,
    ChannelProtocol,
    Deliver,
    FrameRefused,
    NetworkError,
    NetworkEvent,
    PeerConnected,
    PeerLost,
    PeerUnreachable,
    RequestHandler,
    RequestProtocol,
    RequestRefused,
    RequestTimedOut,
    Topic,
    Validate,
    Watch,
)
from meshnode.node.network.speaker import Speaker
from meshnode.protocol.values import PeerKey
from meshnode.protocol.wire import Stream, WireError

logger = logging.getLogger(__name__)


class MemoryHub:
    """What connects the networks of one process, by their keys."""

    def __init__(self) -> None:
        self.nodes: dict[PeerKey, MemoryNetwork] = {}

    def cut(self, one: PeerKey, other: PeerKey) -> None:
        """Break the connection of two nodes, as a lost network does; they may dial again."""
        if one in self.nodes and other in self.nodes:
            self.nodes[one].lose(other)
            self.nodes[other].lose(one)


@dataclass(frozen=True, slots=True)
class _Subscription:
    topic: Topic
    validate: Validate
    deliver: Deliver


class MemoryNetwork:
    """The port's `Network` on a hub."""

    def __init__(self, hub: MemoryHub, key: PeerKey, bootstrap: Sequence[str] = ()) -> None:
        self._hub = hub
        self._key = key
        self._gate = Gate()
        self._refusals = RefusalLog(logger)
        self._guard = GossipGuard()
        self._book = DialBook()
        self._speaker = Speaker()
        self._peers: set[PeerKey] = set()
        self._channels: set[MemoryChannel] = set()
        self._requests: dict[str, tuple[RequestProtocol, RequestHandler]] = {}
        self._channel_handlers: dict[str, tuple[ChannelProtocol, ChannelHandler]] = {}
        self._subscriptions: dict[str, _Subscription] = {}
        self._watches: list[Watch] = []
        self._tasks: set[asyncio.Task[None]] = set()
        for where, peer in map(split_address, bootstrap):
            self._book.add(peer, where, is_fixed=True)

    @property
    def key(self) -> PeerKey:
        """The node's own working key."""
        return self._key

    @property
    def is_healthy(self) -> bool:
        """Whether it is started."""
        return self._hub.nodes.get(self._key) is self

    # Life

    async def start(self) -> None:
        """Join the hub (`port.Network.start`)."""
        if self._key in self._hub.nodes:
            raise NetworkError("a node with this key is on the hub already")
        self._hub.nodes[self._key] = self
        self._spawn(self._dial_forever())
        self._spawn(self._speaker.run(self._say))

    async def stop(self) -> None:
        """Leave the hub (`port.Network.stop`)."""
        if not self.is_healthy:
            return
        for peer in tuple(self._peers):
            self._hub.cut(self._key, peer)
        del self._hub.nodes[self._key]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def addresses(self) -> tuple[str, ...]:
        """Return where the hub knows this node (`port.Network.addresses`)."""
        return (f"/memory/hub/p2p/{peer_id_text(self._key)}",) if self.is_healthy else ()

    # Peers

    def peers(self) -> tuple[PeerKey, ...]:
        """Return the connected peers (`port.Network.peers`)."""
        return tuple(sorted(self._peers))

    def watch(self, watch: Watch) -> None:
        """Call `watch` for each peer that comes or goes (`port.Network.watch`)."""
        self._watches.append(watch)

    async def connect(self, address: str, timeout_ms: int = 10_000) -> PeerKey:
        """Dial a peer and keep it connected (`port.Network.connect`)."""
        where, peer = split_address(address)
        async with asyncio.timeout(timeout_ms / 1000):
            await asyncio.sleep(0)
            if not self._dial(peer):
                raise PeerUnreachable(f"peer {short(peer)} does not answer")
        self._book.add(peer, where)
        return peer

    async def forget(self, peer: PeerKey) -> None:
        """Disconnect and stop redialling (`port.Network.forget`)."""
        self._book.remove(peer)
        self._hub.cut(self._key, peer)

    async def ban(self, peer: PeerKey) -> None:
        """Forget and refuse a peer (`port.Network.ban`)."""
        self._gate.ban(peer)
        await self.forget(peer)

    def _dial(self, peer: PeerKey) -> bool:
        other = self._hub.nodes.get(peer)
        if other is None or other is self or not self.is_healthy:
            return False
        if self._gate.is_banned(peer) or other._gate.is_banned(self._key):  # noqa: SLF001 (its twin)
            return False
        self._gain(peer)
        other._gain(self._key)  # noqa: SLF001 (its twin)
        return True

    async def _dial_forever(self) -> None:
        while True:
            for peer in self._book.due(frozenset(self._peers), now_ms()):
                self._dial(peer)
            await asyncio.sleep(limits.REDIAL_MS / 1000)

    def _gain(self, peer: PeerKey) -> None:
        if peer not in self._peers:
            self._peers.add(peer)
            self._announce(PeerConnected(peer))

    def lose(self, peer: PeerKey) -> None:
        """Notice that a connection is gone; called by the hub."""
        if peer not in self._peers:
            return
        self._peers.discard(peer)
        for channel in tuple(self._channels):
            if channel.peer == peer:
                channel.break_off()
        self._announce(PeerLost(peer))

    def _announce(self, event: NetworkEvent) -> None:
        for watch in self._watches:
            watch(event)

    def _peer_now(self, peer: PeerKey) -> "MemoryNetwork":
        other = self._hub.nodes.get(peer)
        if other is None or peer not in self._peers:
            raise PeerUnreachable(f"peer {short(peer)} is not connected")
        return other

    # Requests

    def serve(self, protocol: RequestProtocol, handler: RequestHandler) -> None:
        """Answer a protocol's requests (`port.Network.serve`)."""
        self._requests[protocol.stream.protocol_id] = (protocol, handler)

    async def request(
        self, peer: PeerKey, protocol: RequestProtocol, body: bytes, timeout_ms: int = 10_000
    ) -> bytes:
        """Ask a peer one question (`port.Network.request`)."""
        check_size(body, protocol.stream)
        other = self._peer_now(peer)
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                answer = await other._answer(self._key, protocol.stream, body)  # noqa: SLF001 (its twin)
        except TimeoutError as err:
            raise RequestTimedOut(f"peer {short(peer)} did not answer in {timeout_ms} ms") from err
        if answer is None:
            raise RequestRefused(f"peer {short(peer)} gave no answer")
        check_size(answer, protocol.stream)
        return answer

    async def _answer(self, peer: PeerKey, stream: Stream, body: bytes) -> bytes | None:
        """Answer a peer's request, or give None when it is refused."""
        if stream.protocol_id not in self._requests:
            raise PeerUnreachable(f"peer {short(self._key)} does not accept {stream.protocol_id}")
        protocol, handler = self._requests[stream.protocol_id]
        name = protocol.stream.protocol_id
        refusal = self._gate.admit(peer, now_ms()) or self._gate.enter(
            peer, name, protocol.concurrent_per_peer_max, now_ms()
        )
        answer: bytes | None = None
        if refusal is None:
            try:
                answer, refusal = await self._attempt(peer, protocol, handler, body)
            finally:
                self._gate.leave(peer, name)
        if refusal is not None:
            self._refusals.refuse(peer, refusal, name, now_ms())
        return answer

    async def _attempt(
        self, peer: PeerKey, protocol: RequestProtocol, handler: RequestHandler, body: bytes
    ) -> tuple[bytes | None, Refusal | None]:
        try:
            async with asyncio.timeout(protocol.handler_timeout_ms / 1000):
                check_size(body, protocol.stream)
                await asyncio.sleep(self._gate.charge(peer, len(body), now_ms()) / 1000)
                answer = await handler(peer, body)
                await asyncio.sleep(self._gate.charge(peer, len(answer), now_ms()) / 1000)
                check_size(answer, protocol.stream)
        except TimeoutError:
            return None, Refusal.TOO_SLOW
        except (FrameRefused, WireError):
            return None, Refusal.BYTES
        except RequestRefused:
            return None, Refusal.NOT_SERVED
        except Exception:
            logger.exception("event=handler_failed")
            return None, Refusal.HANDLER_FAILED
        return answer, None

    # Channels

    def serve_channel(self, protocol: ChannelProtocol, handler: ChannelHandler) -> None:
        """Serve the channels that peers open (`port.Network.serve_channel`)."""
        self._channel_handlers[protocol.stream.protocol_id] = (protocol, handler)

    async def open(
        self, peer: PeerKey, protocol: ChannelProtocol, timeout_ms: int = 10_000
    ) -> Channel:
        """Open a channel to a peer (`port.Network.open`)."""
        async with asyncio.timeout(timeout_ms / 1000):
            await asyncio.sleep(0)
        other = self._peer_now(peer)
        here = MemoryChannel(peer, protocol.stream, self._channels.discard)
        self._channels.add(here)
        other._accept(self._key, here, protocol.stream)  # noqa: SLF001 (its twin)
        return here

    def _accept(self, peer: PeerKey, opened: MemoryChannel, stream: Stream) -> None:
        if stream.protocol_id not in self._channel_handlers:
            raise PeerUnreachable(f"peer {short(self._key)} does not accept {stream.protocol_id}")
        protocol, handler = self._channel_handlers[stream.protocol_id]
        channel = MemoryChannel(peer, protocol.stream, self._channels.discard)
        channel.other, opened.other = opened, channel
        name = stream.protocol_id
        refusal = self._gate.admit(peer, now_ms()) or self._gate.enter(
            peer, name, protocol.channels_per_peer_max, now_ms()
        )
        if refusal is not None:
            self._refusals.refuse(peer, refusal, name, now_ms())
            channel.break_off()
            return
        self._channels.add(channel)
        self._spawn(self._serve_channel(channel, name, handler))

    async def _serve_channel(
        self, channel: MemoryChannel, name: str, handler: ChannelHandler
    ) -> None:
        try:
            await handler(channel)
        except (FrameRefused, WireError):
            self._refusals.refuse(channel.peer, Refusal.BYTES, name, now_ms())
        except NetworkError:
            logger.debug("event=channel_ended peer=%s", short(channel.peer))
        except Exception:
            logger.exception("event=handler_failed")
            self._refusals.refuse(channel.peer, Refusal.HANDLER_FAILED, name, now_ms())
        finally:
            channel.end()
            self._gate.leave(channel.peer, name)

    # Gossip

    def publish(self, topic: Topic, message: bytes) -> bool:
        """Queue a message for gossip (`port.Network.publish`)."""
        return self._speaker.put(topic, message)

    async def _say(self, topic: Topic, message: bytes) -> None:
        self._guard.seen.is_new(topic.name, message, now_ms())
        self._pass_on(topic.name, self._key, message)

    def subscribe(self, topic: Topic, validate: Validate, deliver: Deliver) -> None:
        """Join a topic (`port.Network.subscribe`)."""
        assert len(self._subscriptions) < limits.TOPICS_MAX
        self._subscriptions[topic.name] = _Subscription(topic, validate, deliver)

    def _pass_on(self, topic: str, author: PeerKey, message: bytes) -> None:
        for peer in self._peers:
            other = self._hub.nodes[peer]
            asyncio.get_running_loop().call_soon(other._hear, topic, author, message)  # noqa: SLF001 (its twin)

    def _hear(self, topic: str, author: PeerKey, message: bytes) -> None:
        subscription = self._subscriptions.get(topic)
        if subscription is None or author == self._key or self._gate.is_banned(author):
            return
        at_ms = now_ms()
        if not self._guard.seen.is_new(topic, message, at_ms):
            return
        refusal = self._guard.judge(
            subscription.topic, author, message, subscription.validate, at_ms
        )
        if refusal is not None:
            self._refusals.refuse(author, refusal, topic, at_ms)
            return
        try:
            subscription.deliver(author, message)
        except Exception:
            logger.exception("event=gossip_delivery_failed")
        self._pass_on(topic, author, message)
