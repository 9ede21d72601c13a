"""Hellos and work streams over the memory network: who is let in, and what a peer's faults cost."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from tests.node.memory_node import MemoryNode, honest_pool, memory_mesh, until

from meshnode.node import links, router
from meshnode.node.links import HELLO, WORK
from meshnode.node.network.port import Channel, NetworkError, RequestRefused
from meshnode.protocol.messages import Decline, DeclineReason, LeasesHeld, Ping, Pong, Withdraw
from meshnode.protocol.values import RunId, mesh_id
from meshnode.protocol.wire import decode_work, encode, seal


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[list[MemoryNode]]:
    async with memory_mesh(tmp_path, [honest_pool]) as nodes:
        await until(lambda: len(nodes[1].links.peers()) == 1)
        yield nodes


async def test_peers_that_meet_know_each_others_identity(pair: list[MemoryNode]) -> None:
    one, other = pair

    assert [peer.identity for peer in one.links.peers()] == [other.keys.identity]
    assert [peer.identity for peer in other.links.peers()] == [one.keys.identity]


async def test_a_hello_of_another_mesh_or_key_is_refused(pair: list[MemoryNode]) -> None:
    one, other = pair
    foreign = msgspec.structs.replace(other.hello(), mesh=mesh_id("another"))
    stolen = one.hello()

    for hello in (foreign, stolen):
        with pytest.raises(RequestRefused):
            await other.network.request(one.network.key, HELLO, encode(hello))


async def test_an_unsealed_or_foreign_message_ends_the_stream_and_is_logged(
    pair: list[MemoryNode], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LINK_REOPENED_EVERY_MS", 0)
    caplog.set_level(logging.INFO)
    one, other = pair
    withdraw = Withdraw(run=RunId(bytes(32)), requester=other.keys.identity, sequence=1)
    for frame in (
        b"\xff" * 100,
        encode(seal(withdraw, other.links.mesh, other.keys.working)),
        encode(seal(withdraw, mesh_id("another"), other.keys.working)),
        encode(seal(withdraw, other.links.mesh, one.keys.working)),
    ):
        channel = await other.network.open(one.network.key, WORK)
        await channel.send(frame)
        assert await ends(channel)

    assert caplog.text.count("event=link_refused") == 4


async def test_streams_opened_too_often_are_refused(pair: list[MemoryNode]) -> None:
    one, other = pair
    peer = one.links.by_key(other.network.key)
    assert peer is not None
    peer.linked_ms = one.links.now_ms() + 10_000

    channel = await other.network.open(one.network.key, WORK)

    with pytest.raises(NetworkError):
        await channel.receive()


async def test_a_ping_is_answered(pair: list[MemoryNode]) -> None:
    one, other = pair
    peer = one.links.by_key(other.network.key)
    assert peer is not None
    peer.linked_ms = 0
    channel = await other.network.open(one.network.key, WORK)

    await channel.send(encode(Ping(nonce=7)))

    assert decode_work(await channel.receive()) == Pong(nonce=7)


async def test_a_lost_peer_comes_back(pair: list[MemoryNode]) -> None:
    one, other = pair

    one.hub.cut(one.network.key, other.network.key)
    await until(lambda: not one.links.peers())

    await until(lambda: bool(one.links.peers()) and bool(other.links.peers()))


async def test_a_bug_in_noting_a_hello_spares_the_node(
    pair: list[MemoryNode], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(router, "HELLO_NOTED_EVERY_MS", -1)
    one, other = pair

    def fail(_certificate: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(one.ledger, "learn_certificate", fail)
    await other.links.introduce(one.network.key)
    await until(lambda: "event=router_failed" in caplog.text)

    assert not any(service.done() for service in one._services)


async def test_a_worker_that_asks_about_an_ended_run_is_told(pair: list[MemoryNode]) -> None:
    one, other = pair
    told: list[object] = []
    other.worker.tell = told.append  # type: ignore[assignment]  # the test listens instead
    run = RunId(b"r" * 32)

    other.links.send(one.keys.identity, LeasesHeld(run=run, leases=()))
    await until(lambda: bool(told))

    message = getattr(told[0], "message", None)
    assert message == Decline(run=run, lease=None, reason=DeclineReason.ENDED, retry_ms=0)


async def ends(channel: Channel) -> bool:
    """Read until the other side ends a channel."""
    try:
        while True:
            await channel.receive()
    except NetworkError:
        return True
