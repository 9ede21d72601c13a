"""One libp2p host: how it is built, told of its peers, and closed without leaving anything behind."""

import socket
from collections.abc import Awaitable, Callable

import trio
from libp2p import new_host
from libp2p.abc import IHost, INetConn, INetStream, INetwork, INotifee
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_new_x25519_key_pair
from libp2p.custom_types import TProtocol
from libp2p.network.config import ConnectionConfig
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE_PROTOCOL_ID
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX_PROTOCOL_ID
from libp2p.stream_muxer.yamux.yamux import Yamux
from multiaddr import Multiaddr
from multiaddr.utils import get_network_addrs

from meshnode.node.network import limits
from meshnode.node.network.port import NetworkError

_TCP_PARTS = 5
"""Of `/ip4/<host>/tcp/<port>`, the empty one before the first slash included."""


def build_host(seed: bytes) -> IHost:
    """Build a host that speaks noise and yamux on TCP and WebSocket, and nothing else.

    libp2p's defaults also offer TLS, secio and plaintext, dial on their own, and keep hundreds of connections.
    """
    key_pair = create_new_key_pair(seed)
    noise = NoiseTransport(key_pair, create_new_x25519_key_pair().private_key)
    return new_host(
        key_pair=key_pair,
        sec_opt={NOISE_PROTOCOL_ID: noise},
        muxer_opt={TProtocol(YAMUX_PROTOCOL_ID): Yamux},
        enable_tcp=True,
        enable_websocket=True,
        disable_identify_address_discovery=True,
        connection_config=ConnectionConfig(
            max_connections=limits.PEERS_MAX,
            min_connections=0,
            low_watermark=0,
            high_watermark=limits.PEERS_MAX,
        ),
    )


def refuse_taken_ports(listen: tuple[str, ...]) -> None:
    """Raise NetworkError when a port is in use: libp2p shares ports, so two daemons would share their callers."""
    for address in listen:
        parts = address.split("/")
        families = {"ip4": socket.AF_INET, "ip6": socket.AF_INET6}
        if len(parts) < _TCP_PARTS or parts[1] not in families or parts[3] != "tcp":
            raise NetworkError(
                f"cannot listen on {address!r}: it should be like /ip4/0.0.0.0/tcp/4001"
            )
        with socket.socket(families[parts[1]], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((parts[2], int(parts[4])))
            except (OSError, ValueError, OverflowError) as err:
                raise NetworkError(f"cannot listen on {address}: {err}") from err


def advertised(host: IHost) -> tuple[str, ...]:
    """Give the addresses where peers may reach a host, each with its peer id.

    A wildcard stands for every interface's address, the loopback last; nobody could dial it as it is.
    """
    wildcards = {"0.0.0.0": (4, "127.0.0.1"), "::": (6, "::1")}  # noqa: S104 (they are taken out here)
    found: dict[str, None] = {}
    for address in host.get_addrs():
        _, family, where, rest = str(address).split("/", 3)
        if where not in wildcards:
            found[str(address)] = None
            continue
        version, loopback = wildcards[where]
        for interface in (*get_network_addrs(version), loopback):
            found[f"/{family}/{interface}/{rest}"] = None
    return tuple(found)


async def close_host(host: IHost) -> None:
    """Close connections and listeners; safe to call again.

    Cancelling a host leaves its sockets open, the listening ones too, which then take callers from its successor.
    """
    swarm = swarm_of(host)
    with trio.move_on_after(limits.CLOSE_MS / 1000) as scope:
        scope.shield = True
        async with trio.open_nursery() as nursery:
            for peer_id in tuple(swarm.get_connections_map()):
                nursery.start_soon(swarm.close_peer, peer_id)
        await swarm.close()


def swarm_of(host: IHost) -> Swarm:
    """Give a host's swarm, which does more than the interface says."""
    network = host.get_network()
    assert isinstance(network, Swarm)
    return network


class PeerNotifee(INotifee):
    """Tells of connections; the rest of what libp2p notifies is of no use here."""

    def __init__(
        self,
        on_connected: Callable[[ID], Awaitable[None]],
        on_disconnected: Callable[[ID], Awaitable[None]],
    ) -> None:
        self._on_connected = on_connected
        self._on_disconnected = on_disconnected

    async def connected(self, _network: INetwork, conn: INetConn) -> None:
        """Tell of a new connection."""
        await self._on_connected(conn.muxed_conn.peer_id)

    async def disconnected(self, _network: INetwork, conn: INetConn) -> None:
        """Tell that a connection is gone."""
        await self._on_disconnected(conn.muxed_conn.peer_id)

    async def opened_stream(self, network: INetwork, stream: INetStream) -> None:
        """Do nothing."""

    async def closed_stream(self, network: INetwork, stream: INetStream) -> None:
        """Do nothing."""

    async def listen(self, network: INetwork, multiaddr: Multiaddr) -> None:
        """Do nothing."""

    async def listen_close(self, network: INetwork, multiaddr: Multiaddr) -> None:
        """Do nothing."""
