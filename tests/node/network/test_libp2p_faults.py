"""What a hostile peer or a failing libp2p may do to a node: raw hosts and sockets against the real back end."""

import asyncio
import gc
import logging
import os
import socket
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import trio
from libp2p.abc import IHost, INetStream
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import PeerInfo
from multiaddr import Multiaddr
from tests.node.network.backends import key_of

from meshnode.node.network import limits
from meshnode.node.network.gate import RefusalLog
from meshnode.node.network.gossip_guard import GossipGuard
from meshnode.node.network.libp2p_build import build_host, close_host
from meshnode.node.network.libp2p_gossip import Gossip, Subscription
from meshnode.node.network.libp2p_host import Libp2pNetwork
from meshnode.node.network.peer_id import peer_id_bytes
from meshnode.node.network.port import (
    Channel,
    ChannelProtocol,
    NetworkError,
    PeerUnreachable,
    RequestProtocol,
    Topic,
)
from meshnode.protocol.values import PeerKey
from meshnode.protocol.wire import Stream

ECHO = RequestProtocol(Stream("/test/echo/1", 1000), handler_timeout_ms=500)
SLOW = RequestProtocol(Stream("/test/slow/1", 1000))
TALK = ChannelProtocol(Stream("/test/talk/1", 1000))
TOPIC = Topic("test/topic", 100)
ANYWHERE = "/ip4/127.0.0.1/tcp/0"

RANDOM = bytes(index * 37 % 256 for index in range(5000))
HOSTILE = {
    "nothing": b"",
    "random bytes": RANDOM,
    "a truncated header": b"\x01\x00",
    "a truncated frame": b"\x01\x00\x00\x00\x0aabc",
    "a frame of 4 GB": b"\x01\xff\xff\xff\xff" + bytes(1000),
    "another version": b"\x02\x00\x00\x00\x01a",
    "zeros": bytes(100_000),
}


@pytest.fixture(autouse=True)
def _drop_sockets() -> Iterator[None]:
    """Collect the sockets that the hosts without guards leave open, so that no later test is blamed for them."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def echo(_peer: PeerKey, body: bytes) -> bytes:
    return body


async def slow(_peer: PeerKey, _body: bytes) -> bytes:
    await asyncio.sleep(60)
    return b""


async def talk(channel: Channel) -> None:
    while True:
        await channel.send(await channel.receive())


def make(name: str) -> Libp2pNetwork:
    network = Libp2pNetwork(key_of(name), [ANYWHERE])
    network.serve(ECHO, echo)
    network.serve(SLOW, slow)
    network.serve_channel(TALK, talk)
    network.subscribe(TOPIC, lambda _author, _message: True, lambda _author, _message: None)
    return network


@pytest.fixture
async def victim() -> AsyncIterator[Libp2pNetwork]:
    network = make("victim")
    await network.start()
    yield network
    await network.stop()


@pytest.fixture
async def friend(victim: Libp2pNetwork) -> AsyncIterator[Libp2pNetwork]:
    network = make("friend")
    await network.start()
    await network.connect(victim.addresses()[0])
    yield network
    await network.stop()


async def attack(
    victim: Libp2pNetwork, deed: Callable[[IHost, ID], Awaitable[None]], name: str = "attacker"
) -> None:
    """Do something to a node with a libp2p host that has none of our guards."""
    where = Multiaddr(victim.addresses()[0].rpartition("/p2p/")[0])
    peer_id = ID(peer_id_bytes(victim.key))

    async def run() -> None:
        host = build_host(key_of(name).seed())
        async with host.run([Multiaddr(ANYWHERE)]):
            with trio.fail_after(60):
                await host.connect(PeerInfo(peer_id, [where]))
                await deed(host, peer_id)
                await host.disconnect(peer_id)

    await asyncio.to_thread(trio.run, run)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 (a test may look)
            await asyncio.sleep(0.02)


async def is_served(friend: Libp2pNetwork, victim: Libp2pNetwork) -> bool:
    return victim.is_healthy and await friend.request(victim.key, ECHO, b"hello") == b"hello"


PROTOCOLS = ("/test/echo/1", "/test/talk/1", "/meshsub/1.1.0", "/ipfs/id/1.0.0", "/ipfs/ping/1.0.0")


async def test_hostile_bytes_to_any_protocol_harm_nobody(
    victim: Libp2pNetwork, friend: Libp2pNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    async def deed(host: IHost, peer_id: ID) -> None:
        for protocol in PROTOCOLS:
            for data in HOSTILE.values():
                await throw(await host.new_stream(peer_id, [TProtocol(protocol)]), data)

    await attack(victim, deed)

    assert await is_served(friend, victim)
    assert "reason=bytes protocol=/test/echo/1" in caplog.text
    assert "reason=bytes protocol=/test/talk/1" in caplog.text


async def throw(stream: INetStream, data: bytes) -> None:
    with trio.move_on_after(1):
        try:
            await stream.write(data)
            await stream.close()  # yamux closes only the writing half
            await stream.read(10)
        except Exception:  # noqa: BLE001 (the victim may close it at any point)
            return


async def read_end(stream: INetStream) -> bytes:
    try:
        return await stream.read(1)
    except Exception:  # noqa: BLE001 (any of libp2p's ends of a stream)
        return b""


async def test_streams_reset_at_any_moment_leave_no_zombie(
    victim: Libp2pNetwork, friend: Libp2pNetwork
) -> None:
    async def deed(host: IHost, peer_id: ID) -> None:
        for protocol in PROTOCOLS[:3] * 5:
            stream = await host.new_stream(peer_id, [TProtocol(protocol)])
            await stream.write(b"\x01\x00")
            await stream.reset()
        stream = await host.new_stream(peer_id, [TProtocol("/test/echo/1")])
        await stream.write(b"\x01\x00\x00\x00\x02hi")
        assert await stream.read(7) == b"\x01\x00\x00\x00\x02hi"

    await attack(victim, deed)

    assert await is_served(friend, victim)


async def test_a_peer_that_sends_nothing_is_cut_off(
    victim: Libp2pNetwork, friend: Libp2pNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    async def deed(host: IHost, peer_id: ID) -> None:
        streams = [await host.new_stream(peer_id, [TProtocol("/test/echo/1")]) for _ in range(3)]
        for stream in streams:
            assert await read_end(stream) == b""

    await attack(victim, deed)

    assert "reason=too_slow protocol=/test/echo/1" in caplog.text
    assert await is_served(friend, victim)


async def test_a_flood_of_requests_slows_nobody_else(
    victim: Libp2pNetwork, friend: Libp2pNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    async def deed(host: IHost, peer_id: ID) -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(60):
                nursery.start_soon(hold, host, peer_id)

    async def hold(host: IHost, peer_id: ID) -> None:
        try:
            stream = await host.new_stream(peer_id, [TProtocol("/test/echo/1")])
            await throw(stream, b"\x01")
        except Exception:  # noqa: BLE001 (refused)
            return

    await attack(victim, deed)

    assert "reason=too_many_streams protocol=/test/echo/1" in caplog.text
    assert caplog.text.count("reason=too_many_streams") == 1
    assert await is_served(friend, victim)


async def test_raw_bytes_to_the_port_harm_nobody(
    victim: Libp2pNetwork, friend: Libp2pNetwork
) -> None:
    port = int(victim.addresses()[0].split("/")[4])

    def knock(data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            try:  # the victim may close it at any point
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1000)
            except OSError:
                return

    for data in (*HOSTILE.values(), b"GET / HTTP/1.1\r\n\r\n"):
        await asyncio.to_thread(knock, data)

    assert await is_served(friend, victim)


async def test_a_connection_that_hangs_is_given_up(
    victim: Libp2pNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAM_OPEN_MS", 200)
    attacker = key_of("attacker").key

    async def hang(_stream: INetStream) -> None:
        await trio.sleep_forever()

    async def deed(host: IHost, _peer_id: ID) -> None:
        host.get_network().set_stream_handler(hang)
        while host.get_connected_peers():  # noqa: ASYNC110 (libp2p has no event for it)
            await trio.sleep(0.02)

    async with asyncio.TaskGroup() as group:
        group.create_task(attack(victim, deed))
        await until(lambda: attacker in victim.peers())
        await asyncio.sleep(0.3)
        for _ in range(limits.STREAM_TIMEOUTS_MAX):
            with pytest.raises(PeerUnreachable):
                await victim.request(attacker, ECHO, b"")

    assert attacker not in victim.peers()


async def test_hostile_gossip_harms_nobody_and_a_burst_is_not_lost(
    victim: Libp2pNetwork, friend: Libp2pNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[bytes] = []
    topic = Topic("test/burst", 100)
    for network in (victim, friend):
        network.subscribe(topic, is_polite, lambda _author, message: heard.append(message))
    await asyncio.sleep(1.2)  # a heartbeat

    for index in range(20):
        assert friend.publish(topic, b"polite %d" % index)
    await asyncio.to_thread(trio.run, say_rude_things, victim, topic)
    await until(lambda: len(heard) >= 20)

    assert sorted(heard) == sorted(b"polite %d" % index for index in range(20))
    assert "reason=gossip_invalid protocol=test/burst" in caplog.text
    assert "reason=gossip_too_long protocol=test/burst" in caplog.text
    assert await is_served(friend, victim)


async def say_rude_things(victim: Libp2pNetwork, topic: Topic) -> None:
    where = Multiaddr(victim.addresses()[0].rpartition("/p2p/")[0])
    host = build_host(key_of("attacker").seed())
    gossip = Gossip(host, key_of("attacker").key, GossipGuard(), RefusalLog(logging.getLogger()))
    async with host.run([Multiaddr(ANYWHERE)]), gossip.run():
        await gossip.join(Subscription(topic, lambda _author, _message: True, lambda *_: None))
        await host.connect(PeerInfo(ID(peer_id_bytes(victim.key)), [where]))
        await trio.sleep(1.2)  # a heartbeat
        for index in range(30):
            await gossip.publish(topic, b"rude %d" % index)
            await gossip.publish(topic, bytes(101 + index))
        await trio.sleep(0.5)
        await close_host(host)


def is_polite(_author: PeerKey, message: bytes) -> bool:
    if not message.startswith(b"polite"):
        raise ZeroDivisionError
    return True


async def test_a_failed_host_is_built_anew_on_the_same_port(
    victim: Libp2pNetwork, friend: Libp2pNetwork
) -> None:
    addresses = victim.addresses()
    victim._thread.post(victim._node._nursery.cancel_scope.cancel)  # type: ignore[union-attr]
    await until(lambda: not friend.peers())
    await until(lambda: bool(friend.peers()) and victim.is_healthy)

    assert victim.addresses() == addresses
    assert await is_served(friend, victim)


async def test_a_crash_of_trio_itself_is_survived(
    victim: Libp2pNetwork, friend: Libp2pNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    asking = asyncio.create_task(friend.request(victim.key, SLOW, b""))
    await asyncio.sleep(0.2)

    token = friend._thread._token
    assert token is not None
    token.run_sync_soon(lambda: 1 // 0)

    with pytest.raises(NetworkError):
        await asking
    await until(lambda: not friend.is_healthy)
    await until(lambda: friend.is_healthy and bool(friend.peers()))
    assert await is_served(friend, victim)
    assert "event=trio_thread_crashed" in caplog.text


async def test_a_port_in_use_is_told_at_start(victim: Libp2pNetwork) -> None:
    where = victim.addresses()[0].rpartition("/p2p/")[0]
    second = Libp2pNetwork(key_of("second"), [where])

    with pytest.raises(NetworkError, match="cannot listen"):
        await second.start()


async def test_a_wildcard_is_advertised_as_addresses_that_can_be_dialled(
    victim: Libp2pNetwork,
) -> None:
    everywhere = Libp2pNetwork(key_of("everywhere"), ["/ip4/0.0.0.0/tcp/0"])
    await everywhere.start()

    addresses = everywhere.addresses()

    assert not any("/0.0.0.0/" in address for address in addresses)
    assert "/127.0.0.1/" in addresses[-1]
    assert await victim.connect(addresses[-1]) == everywhere.key
    await everywhere.stop()


async def test_peers_meet_over_web_sockets_too() -> None:
    server = Libp2pNetwork(key_of("server"), [ANYWHERE + "/ws"])
    client = Libp2pNetwork(key_of("client"), [ANYWHERE])
    server.serve(ECHO, echo)
    for network in (server, client):
        await network.start()

    await client.connect(server.addresses()[0])

    assert await client.request(server.key, ECHO, os.urandom(1000)) != b""
    for network in (client, server):
        await network.stop()
