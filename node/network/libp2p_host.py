"""The mesh over py-libp2p: the port's methods on the asyncio side, the host in a trio thread of its own.

Only this module and its neighbours `libp2p_*` and `trio_thread` import libp2p and trio. That takes seconds, so only
the daemon imports this module, and late.
"""

import asyncio
import gc
import importlib.metadata
import logging
from collections.abc import Sequence
from functools import partial

import trio
from libp2p.abc import IHost, INetStream

from meshnode.node.keys import WorkingKey
from meshnode.node.network import limits
from meshnode.node.network.gate import Gate, RefusalLog
from meshnode.node.network.gossip_guard import GossipGuard
from meshnode.node.network.libp2p_build import build_host
from meshnode.node.network.libp2p_channel import Libp2pChannel
from meshnode.node.network.libp2p_frames import check_size, close, read_frame, reset, write_frame
from meshnode.node.network.libp2p_gossip import Gossip, Subscription
from meshnode.node.network.libp2p_log import quiet_libp2p
from meshnode.node.network.libp2p_node import HostState, Libp2pNode
from meshnode.node.network.libp2p_streams import StreamServer
from meshnode.node.network.peer_id import short, split_address
from meshnode.node.network.port import (
    Channel,
    ChannelClosed,
    ChannelHandler,
    ChannelProtocol,
    Deliver,
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
from meshnode.node.network.trio_thread import AsyncioSide, TrioThread
from meshnode.protocol.values import PeerKey
from meshnode.protocol.wire import Stream

logger = logging.getLogger(__name__)

LIBP2P_VERSION = "0.8.1"
"""The version whose faults the guards were made for; another one has others."""
_START_MS = 30_000


class Libp2pNetwork:
    """The port's `Network` over libp2p."""

    def __init__(
        self, key: WorkingKey, listen: Sequence[str], bootstrap: Sequence[str] = ()
    ) -> None:
        """Make a network that will listen on multiaddrs without peer id, and keep bootstrap peers connected.

        Port 0 stands for any free one; `/ip4/…/tcp/…/ws` listens for WebSockets.

        Raises:
            PeerUnreachable: a bootstrap address does not end in a peer id.
        """
        version = importlib.metadata.version("libp2p")
        assert version == LIBP2P_VERSION, f"libp2p {version} was never tried; {LIBP2P_VERSION} was"
        self._key = key.key
        self._bootstrap = tuple(split_address(address) for address in bootstrap)
        self._gate = Gate()
        self._refusals = RefusalLog(logger)
        self._guard = GossipGuard()
        self._node = Libp2pNode(
            key.key, partial(self._build, key), tuple(listen), self._gate, self._report
        )
        self._thread = TrioThread("libp2p")
        self._side: AsyncioSide | None = None
        self._server: StreamServer | None = None
        self._speaker = Speaker()
        self._tasks: list[asyncio.Task[None]] = []
        self._running: asyncio.Task[None] | None = None
        self._subscriptions: list[Subscription] = []
        self._request_handlers: list[tuple[RequestProtocol, RequestHandler]] = []
        self._channel_handlers: list[tuple[ChannelProtocol, ChannelHandler]] = []
        self._watches: list[Watch] = []
        self._state = HostState()
        self._first_state: asyncio.Future[HostState] | None = None
        self._gossip_waiting = 0

    def _build(self, key: WorkingKey) -> tuple[IHost, Gossip]:
        host = build_host(key.seed())
        return host, Gossip(host, key.key, self._guard, self._refusals)

    @property
    def key(self) -> PeerKey:
        """The node's own working key."""
        return self._key

    @property
    def is_healthy(self) -> bool:
        """Whether libp2p runs now."""
        return self._state.is_healthy

    # Life

    async def start(self) -> None:
        """Listen and start dialling (`port.Network.start`)."""
        quiet_libp2p()
        self._side = AsyncioSide()
        self._first_state = asyncio.get_running_loop().create_future()
        await self._thread.start()
        server = StreamServer(self._gate, self._refusals, self._thread, self._side)
        self._server = server
        await self._thread.call(self._set_up, server)
        self._running = asyncio.create_task(self._run(server))
        self._tasks.append(self._running)
        self._tasks.append(asyncio.create_task(self._speaker.run(self._say)))
        try:
            state = await asyncio.wait_for(self._first_state, _START_MS / 1000)
        except BaseException:
            await self.stop()
            raise
        if not state.is_healthy:
            await self.stop()
            raise NetworkError(state.problem)

    async def stop(self) -> None:
        """Close everything (`port.Network.stop`)."""
        if self._running is not None:
            self._thread.post(self._node.stop)
            await asyncio.wait([self._running], timeout=limits.STOP_MS / 1000)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._thread.stop()
        if self._side is not None:
            await self._side.cancel_all()
        self._learn(HostState())

    async def _run(self, server: StreamServer) -> None:
        """Run the node, in a new thread of trio's if the old one crashes."""
        while True:
            try:
                await self._thread.call(self._node.run, server)
            except NetworkError as err:
                self._learn(HostState(problem=str(err)))
                await self._thread.stop()
                gc.collect()  # nothing else closes the sockets of a crashed trio
                await asyncio.sleep(limits.RESTART_MS / 1000)
                await self._thread.start()
            else:
                return

    async def _set_up(self, server: StreamServer) -> None:
        """Tell the node all that was asked for before it ran; runs in trio."""
        for requests, answer in self._request_handlers:
            self._node.serve(requests.stream.protocol_id, server.request_handler(requests, answer))
        for channels, serve in self._channel_handlers:
            self._node.serve(channels.stream.protocol_id, server.channel_handler(channels, serve))
        for subscription in self._subscriptions:
            await self._node.subscribe(subscription)
        for where, peer in self._bootstrap:
            self._node.keep(where, peer)

    def _report(self, state: HostState) -> None:
        """Pass on what the node reports; runs in trio."""
        if self._side is not None:
            self._side.post(self._learn, state)

    def _learn(self, state: HostState) -> None:
        before, self._state = self._state, state
        if self._first_state is not None and not self._first_state.done():
            self._first_state.set_result(state)
        for peer in before.peers - state.peers:
            logger.info("event=peer_lost peer=%s", short(peer))
            self._announce(PeerLost(peer))
        for peer in state.peers - before.peers:
            logger.info("event=peer_connected peer=%s", short(peer))
            self._announce(PeerConnected(peer))

    def _announce(self, event: NetworkEvent) -> None:
        for watch in self._watches:
            watch(event)

    def watch(self, watch: Watch) -> None:
        """Call `watch` for each peer that comes or goes (`port.Network.watch`)."""
        self._watches.append(watch)

    # Peers

    def addresses(self) -> tuple[str, ...]:
        """Return where this node listens (`port.Network.addresses`)."""
        return self._state.addresses

    def peers(self) -> tuple[PeerKey, ...]:
        """Return the connected peers (`port.Network.peers`)."""
        return tuple(sorted(self._state.peers))

    async def connect(self, address: str, timeout_ms: int = 10_000) -> PeerKey:
        """Dial a peer and keep it connected (`port.Network.connect`)."""
        where, peer = split_address(address)
        try:
            await self._thread.call(self._node.connect, where, peer, timeout_ms)
        except NetworkError as err:
            raise PeerUnreachable(str(err)) from err
        return peer

    async def forget(self, peer: PeerKey) -> None:
        """Disconnect and stop redialling (`port.Network.forget`)."""
        await self._thread.call(self._node.forget, peer)

    async def ban(self, peer: PeerKey) -> None:
        """Forget and refuse a peer (`port.Network.ban`)."""
        logger.warning("event=banned peer=%s", short(peer))
        await self._thread.call(self._node.ban, peer)

    # Streams

    async def request(
        self, peer: PeerKey, protocol: RequestProtocol, body: bytes, timeout_ms: int = 10_000
    ) -> bytes:
        """Ask a peer one question (`port.Network.request`)."""
        check_size(body, protocol.stream)
        return await self._thread.call(self._ask, peer, protocol.stream, body, timeout_ms)

    async def _ask(self, peer: PeerKey, protocol: Stream, body: bytes, timeout_ms: int) -> bytes:
        try:
            with trio.fail_after(timeout_ms / 1000):
                stream = await self._node.new_stream(peer, protocol.protocol_id)
                return await self._ask_on(stream, protocol, body)
        except trio.TooSlowError as err:
            raise RequestTimedOut(f"peer {short(peer)} did not answer in {timeout_ms} ms") from err
        except ChannelClosed as err:
            raise RequestRefused(f"peer {short(peer)} gave no answer") from err

    async def _ask_on(self, stream: INetStream, protocol: Stream, body: bytes) -> bytes:
        is_answered = False
        try:
            await write_frame(stream, body, protocol)
            answer = await read_frame(stream, protocol)
            is_answered = True
        finally:
            await (close(stream) if is_answered else reset(stream))
        return answer

    def serve(self, protocol: RequestProtocol, handler: RequestHandler) -> None:
        """Answer a protocol's requests (`port.Network.serve`)."""
        self._request_handlers.append((protocol, handler))
        if self._server is not None:
            stream_handler = self._server.request_handler(protocol, handler)
            self._thread.post(self._node.serve, protocol.stream.protocol_id, stream_handler)

    async def open(
        self, peer: PeerKey, protocol: ChannelProtocol, timeout_ms: int = 10_000
    ) -> Channel:
        """Open a channel to a peer (`port.Network.open`)."""
        return await self._thread.call(self._open, peer, protocol.stream, timeout_ms)

    async def _open(self, peer: PeerKey, protocol: Stream, timeout_ms: int) -> Libp2pChannel:
        assert self._side is not None
        try:
            with trio.fail_after(timeout_ms / 1000):
                stream = await self._node.new_stream(peer, protocol.protocol_id)
        except trio.TooSlowError as err:
            raise PeerUnreachable(f"peer {short(peer)} did not answer in {timeout_ms} ms") from err
        channel = Libp2pChannel(stream, peer, protocol, self._thread, self._side)
        self._node.start_soon(channel.pump)
        return channel

    def serve_channel(self, protocol: ChannelProtocol, handler: ChannelHandler) -> None:
        """Serve the channels that peers open (`port.Network.serve_channel`)."""
        self._channel_handlers.append((protocol, handler))
        if self._server is not None:
            stream_handler = self._server.channel_handler(protocol, handler)
            self._thread.post(self._node.serve, protocol.stream.protocol_id, stream_handler)

    # Gossip

    def publish(self, topic: Topic, message: bytes) -> bool:
        """Queue a message for gossip (`port.Network.publish`)."""
        return self._speaker.put(topic, message)

    async def _say(self, topic: Topic, message: bytes) -> None:
        try:
            await self._thread.call(self._node.publish, topic, message)
        except NetworkError:
            logger.debug("event=gossip_dropped reason=network_down")

    def subscribe(self, topic: Topic, validate: Validate, deliver: Deliver) -> None:
        """Join a topic (`port.Network.subscribe`)."""
        assert len(self._subscriptions) < limits.TOPICS_MAX
        subscription = Subscription(topic, validate, partial(self._deliver, deliver))
        self._subscriptions.append(subscription)
        if self._server is not None:
            self._tasks.append(
                asyncio.create_task(self._thread.call(self._node.subscribe, subscription))
            )

    def _deliver(self, deliver: Deliver, author: PeerKey, message: bytes) -> None:
        """Pass a gossip message on to asyncio, unless too many are on their way; runs in trio."""
        assert self._side is not None
        if self._gossip_waiting >= limits.GOSSIP_DELIVERIES_WAITING_MAX:
            return
        self._gossip_waiting += 1

        def arrive() -> None:
            # A plain decrement in another thread: the count is a bound, and one off does no harm.
            self._gossip_waiting -= 1
            try:
                deliver(author, message)
            except Exception:
                logger.exception("event=gossip_delivery_failed")

        self._side.post(arrive)
