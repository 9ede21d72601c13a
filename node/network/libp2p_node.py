"""The libp2p host in the trio thread: built, supervised, its peers dialled, watched and counted.

Everything of libp2p that could end the daemon ends here instead: the host is built anew, with back-off.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import trio
from libp2p.abc import IHost, INetConn, INetStream
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import PeerInfo
from multiaddr import Multiaddr
from multiaddr.exceptions import Error as MultiaddrError

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.dial_book import DialBook
from meshnode.node.network.gate import Gate
from meshnode.node.network.libp2p_build import (
    PeerNotifee,
    advertised,
    close_host,
    refuse_taken_ports,
    swarm_of,
)
from meshnode.node.network.libp2p_frames import reset
from meshnode.node.network.libp2p_gossip import Gossip, Subscription
from meshnode.node.network.libp2p_streams import StreamHandler, StreamServer
from meshnode.node.network.peer_id import peer_id_bytes, peer_key_of, short
from meshnode.node.network.port import NetworkError, PeerUnreachable, Topic
from meshnode.protocol.values import PeerKey

logger = logging.getLogger(__name__)

PING_PROTOCOL = "/ipfs/ping/1.0.0"
_PING_BYTES = 32


@dataclass(frozen=True, slots=True)
class HostState:
    """What the asyncio side is told whenever it changes."""

    is_healthy: bool = False
    addresses: tuple[str, ...] = ()
    peers: frozenset[PeerKey] = frozenset()
    problem: str = ""
    """Why it is not healthy, when something went wrong."""


class Libp2pNode:
    """One node's host; all methods are called in the trio thread."""

    def __init__(
        self,
        key: PeerKey,
        build: Callable[[], tuple[IHost, Gossip]],
        listen: tuple[str, ...],
        gate: Gate,
        report: Callable[[HostState], object],
    ) -> None:
        self._key = key
        self._build = build
        self._listen = listen
        self._gate = gate
        self._report = report
        self._handlers: dict[str, StreamHandler] = {}
        self._book = DialBook()
        self._timeouts: Counter[PeerKey] = Counter()
        self._host: IHost | None = None
        self._nursery: trio.Nursery | None = None
        self._gossip: Gossip | None = None
        self._stopping = trio.Event()
        self._said = HostState()
        self._addresses: tuple[str, ...] = ()
        self._subscriptions: list[Subscription] = []

    async def run(self, server: StreamServer) -> None:
        """Run the host, and build it anew when it fails, until `stop`."""
        wait_ms = limits.RESTART_MS
        self._said = HostState()
        while not self._stopping.is_set():
            started_ms = now_ms()
            problem = ""
            try:
                await self._run_once(server)
            except* NetworkError as group:
                problem = str(group.exceptions[0])
                logger.error("event=network_failed restart_ms=%s problem=%r", wait_ms, problem)  # noqa: TRY400 (one line says it)
            except* Exception as group:
                problem = f"libp2p failed: {group.exceptions[0]!r}"
                logger.exception("event=network_failed restart_ms=%s", wait_ms)
            finally:
                self._host = self._nursery = self._gossip = None
                self._say(HostState(problem=problem))
            with trio.move_on_after(wait_ms / 1000):
                await self._stopping.wait()
            is_lasting = now_ms() - started_ms > limits.RESTART_MS_MAX
            wait_ms = limits.RESTART_MS if is_lasting else min(2 * wait_ms, limits.RESTART_MS_MAX)

    async def _run_once(self, server: StreamServer) -> None:
        refuse_taken_ports(self._listen)
        host, gossip = self._build()
        network = host.get_network()
        # Around everything that a peer may open: negotiation and the library's own protocols included.
        network.set_stream_handler(server.guard(host._swarm_stream_handler))  # type: ignore[attr-defined]  # noqa: SLF001 (there is no public way)
        network.register_notifee(PeerNotifee(self._on_connected, self._on_disconnected))
        for protocol, handler in self._handlers.items():
            host.set_stream_handler(TProtocol(protocol), handler)
        async with host.run([Multiaddr(address) for address in self._listen]):
            try:
                # Whom to dial is ours to decide; it would dial whomever a peer has told it of.
                await swarm_of(host).auto_connector.stop()
                listening = tuple(str(address) for address in host.get_transport_addrs())
                if not listening:
                    raise NetworkError(f"cannot listen on {', '.join(self._listen)}")
                self._listen = listening  # a host that is built anew keeps its ports
                await self._run_tasks(host, gossip)
            finally:
                await close_host(host)

    async def _run_tasks(self, host: IHost, gossip: Gossip) -> None:
        async with gossip.run(), trio.open_nursery() as nursery:
            self._host, self._nursery, self._gossip = host, nursery, gossip
            self._addresses = advertised(host)
            for subscription in self._subscriptions:
                await gossip.join(subscription)
            nursery.start_soon(self._dial_forever)
            nursery.start_soon(self._ping_forever)
            self._tell()
            await self._stopping.wait()
            nursery.cancel_scope.cancel()
            await close_host(host)

    def stop(self) -> None:
        """Make `run` close everything and return."""
        self._stopping.set()

    def serve(self, protocol: str, handler: StreamHandler) -> None:
        """Serve a protocol with a handler, on this host and its successors."""
        self._handlers[protocol] = handler
        if self._host is not None:
            self._host.set_stream_handler(TProtocol(protocol), handler)

    # Gossip

    async def subscribe(self, subscription: Subscription) -> None:
        """Join a topic, on this host and its successors."""
        self._subscriptions.append(subscription)
        if self._gossip is not None:
            await self._gossip.join(subscription)

    async def publish(self, topic: Topic, message: bytes) -> None:
        """Say a message now, if the host runs."""
        if self._gossip is not None:
            await self._gossip.publish(topic, message)

    # Peers

    async def connect(self, where: str, peer: PeerKey, timeout_ms: int) -> None:
        """Dial a peer now, and keep it connected from now on if that succeeds.

        Raises:
            PeerUnreachable: nobody with that key answers there.
        """
        if peer == self._key or self._gate.is_banned(peer):
            raise PeerUnreachable(f"peer {short(peer)} is not to be dialled")
        await self._dial(peer, (where,), timeout_ms)
        self._book.add(peer, where)

    def keep(self, where: str, peer: PeerKey) -> None:
        """Keep a peer connected from now on, dialling it until it answers."""
        if peer != self._key:
            self._book.add(peer, where, is_fixed=True)

    async def forget(self, peer: PeerKey) -> None:
        """Disconnect from a peer and dial it no more."""
        self._book.remove(peer)
        await self._disconnect(peer)

    async def ban(self, peer: PeerKey) -> None:
        """Forget a peer and refuse it from now on."""
        self._gate.ban(peer)
        if self._gossip is not None:
            self._gossip.ban(peer)
        await self.forget(peer)

    async def _dial(self, peer: PeerKey, where: tuple[str, ...], timeout_ms: int) -> None:
        host = self._host_now()
        peer_id = ID(peer_id_bytes(peer))
        try:
            addresses = [Multiaddr(address) for address in where]
        except (MultiaddrError, ValueError) as err:
            raise PeerUnreachable(f"{where[0]!r} is not a multiaddr") from err
        if self.is_connected(peer):
            return
        # libp2p would not try a peer for a minute after a failure, and tries old addresses first.
        swarm_of(host).unblock_peer(peer_id)
        host.get_peerstore().clear_addrs(peer_id)
        try:
            with trio.fail_after(timeout_ms / 1000):
                await host.connect(PeerInfo(peer_id, addresses))
        except Exception as err:
            raise PeerUnreachable(f"peer {short(peer)} does not answer at {where[0]}") from err
        if not self.is_connected(peer):
            raise PeerUnreachable(f"peer {short(peer)} closed the connection")

    def is_connected(self, peer: PeerKey) -> bool:
        """Tell whether there is a connection to a peer."""
        return peer in self._peers()

    def _peers(self) -> frozenset[PeerKey]:
        if self._host is None:
            return frozenset()
        connections: Mapping[ID, list[INetConn]] = swarm_of(self._host).get_connections_map()
        keys = (peer_key_of(peer_id.to_bytes()) for peer_id, live in connections.items() if live)
        return frozenset(key for key in keys if key is not None)

    async def _disconnect(self, peer: PeerKey) -> None:
        if self._host is not None and self.is_connected(peer):
            with trio.move_on_after(limits.CLOSE_MS / 1000):
                await self._host.disconnect(ID(peer_id_bytes(peer)))
        self._timeouts.pop(peer, None)
        self._tell()

    async def _on_connected(self, peer_id: ID) -> None:
        peer = peer_key_of(peer_id.to_bytes())
        if peer is None or self._gate.is_banned(peer):
            if self._host is not None and self._nursery is not None:
                self._nursery.start_soon(self._host.disconnect, peer_id)
            return
        self._tell()

    async def _on_disconnected(self, _peer_id: ID) -> None:
        self._tell()

    def _tell(self) -> None:
        if self._host is not None:
            self._say(HostState(is_healthy=True, addresses=self._addresses, peers=self._peers()))

    def _say(self, state: HostState) -> None:
        if state != self._said:
            self._said = state
            self._report(state)

    async def _dial_forever(self) -> None:
        while True:
            async with trio.open_nursery() as nursery:
                for peer in self._book.due(self._peers(), now_ms()):
                    nursery.start_soon(self._redial, peer)
            self._tell()
            await trio.sleep(limits.REDIAL_MS / 1000)

    async def _redial(self, peer: PeerKey) -> None:
        try:
            await self._dial(peer, self._book.addresses(peer), limits.STREAM_OPEN_MS)
        except PeerUnreachable:
            logger.debug("event=redial_failed peer=%s", short(peer))

    async def _ping_forever(self) -> None:
        while True:
            await trio.sleep(limits.PING_INTERVAL_MS / 1000)
            if self._host is not None:
                self._addresses = advertised(self._host)  # a laptop moves from one net to another
            async with trio.open_nursery() as nursery:
                for peer in self._peers():
                    nursery.start_soon(self._ping, peer)

    async def _ping(self, peer: PeerKey) -> None:
        """Ask for a sign of life: a silent connection is noticed by nobody else."""
        try:
            stream = await self.new_stream(peer, PING_PROTOCOL)
        except NetworkError:
            return
        payload = bytes(_PING_BYTES)
        try:
            with trio.fail_after(limits.PING_MS / 1000):
                await stream.write(payload)
                await stream.read(_PING_BYTES)
        except trio.TooSlowError:
            await self._count_timeout(peer)
        except Exception:
            logger.debug("event=ping_failed peer=%s", short(peer), exc_info=True)
        finally:
            await reset(stream)

    # Streams

    async def new_stream(self, peer: PeerKey, protocol: str) -> INetStream:
        """Open a stream to a connected peer.

        Raises:
            PeerUnreachable: the peer is not connected, does not speak the protocol, or did not answer in time.
        """
        host = self._host_now()
        if not self.is_connected(peer):
            raise PeerUnreachable(f"peer {short(peer)} is not connected")
        try:
            with trio.fail_after(limits.STREAM_OPEN_MS / 1000):
                stream = await host.new_stream(ID(peer_id_bytes(peer)), [TProtocol(protocol)])
        except trio.TooSlowError as err:
            await self._count_timeout(peer)
            raise PeerUnreachable(f"peer {short(peer)} opens no stream in time") from err
        except Exception as err:
            raise PeerUnreachable(f"peer {short(peer)} does not accept {protocol}") from err
        self._timeouts.pop(peer, None)
        return stream

    async def _count_timeout(self, peer: PeerKey) -> None:
        """Close a connection that twice in a row did nothing: it may hang for ever (design note: p2p, bug 2)."""
        self._timeouts[peer] += 1
        if self._timeouts[peer] >= limits.STREAM_TIMEOUTS_MAX:
            logger.info("event=connection_dead peer=%s", short(peer))
            await self._disconnect(peer)

    def start_soon(self, function: Callable[[], Awaitable[None]]) -> None:
        """Run a trio function as long as this host runs."""
        if self._nursery is None:
            raise NetworkError("the network is being restarted")
        self._nursery.start_soon(function)

    def _host_now(self) -> IHost:
        if self._host is None:
            raise PeerUnreachable("the network is being restarted")
        return self._host
