"""What every back end of the network must do alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from tests.node.network.backends import MESHES, Mesh, key_of

from meshnode.node.network.blob_store import BlobStore
from meshnode.node.network.blobs import BLOB_PROTOCOL, Blobs, BlobUnavailable
from meshnode.node.network.port import (
    Channel,
    ChannelClosed,
    ChannelProtocol,
    FrameRefused,
    Network,
    NetworkError,
    NetworkEvent,
    PeerConnected,
    PeerLost,
    PeerUnreachable,
    RequestProtocol,
    RequestRefused,
    RequestTimedOut,
    Topic,
)
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import Hash, PeerKey
from meshnode.protocol.wire import Stream

ECHO = RequestProtocol(Stream("/test/echo/1", 1000), concurrent_per_peer_max=64)
LOUD = RequestProtocol(Stream("/test/echo/1", 2000))
"""The same protocol as a peer would speak that does not keep its bound."""
BROKEN = RequestProtocol(Stream("/test/broken/1", 1000))
LONG = RequestProtocol(Stream("/test/long/1", 1000))
SLOW = RequestProtocol(Stream("/test/slow/1", 1000))
TALK = ChannelProtocol(Stream("/test/talk/1", 1000), channels_per_peer_max=2)
LOUD_TALK = ChannelProtocol(Stream("/test/talk/1", 2000))
TOPIC = Topic("test/topic", 100)
PATIENCE_S = 10


class Start(Protocol):
    """Starts a node; the same name gives the same key."""

    async def __call__(
        self, name: str, bootstrap: Sequence[str] = (), listen: str = ""
    ) -> Network: ...


@pytest.fixture(params=MESHES)
def mesh(request: pytest.FixtureRequest) -> Mesh:
    made: Mesh = MESHES[request.param]()
    return made


@pytest_asyncio.fixture
async def start(mesh: Mesh) -> AsyncIterator[Start]:
    running: list[Network] = []

    async def start_one(name: str, bootstrap: Sequence[str] = (), listen: str = "") -> Network:
        network = mesh.make(name, bootstrap, listen)
        serve_all(network)
        await network.start()
        running.append(network)
        return network

    yield start_one
    await asyncio.gather(*(network.stop() for network in running))


def serve_all(network: Network) -> None:
    async def echo(peer: PeerKey, body: bytes) -> bytes:
        await asyncio.sleep(0)
        return peer[:1] + body[1:]

    async def broken(_peer: PeerKey, _body: bytes) -> bytes:
        raise ZeroDivisionError

    async def long(_peer: PeerKey, _body: bytes) -> bytes:
        return bytes(1001)

    async def slow(_peer: PeerKey, _body: bytes) -> bytes:
        await asyncio.sleep(60)
        return b""

    async def talk(channel: Channel) -> None:
        while (frame := await channel.receive()) != b"bye":
            if frame == b"fail":
                raise ZeroDivisionError
            await channel.send(frame)
        await channel.send(b"last")

    network.serve(ECHO, echo)
    network.serve(BROKEN, broken)
    network.serve(LONG, long)
    network.serve(SLOW, slow)
    network.serve_channel(TALK, talk)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 (a test may look)
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def pair(start: Start) -> tuple[Network, Network]:
    """Two nodes, the first of which has dialled the second."""
    one, other = await start("one"), await start("other")
    assert await one.connect(other.addresses()[0]) == other.key
    await until(lambda: one.key in other.peers())
    return one, other


Pair = tuple[Network, Network]


async def echoes(one: Network, other: Network) -> bool:
    return await one.request(other.key, ECHO, b"?hello") == one.key[:1] + b"hello"


async def test_a_request_is_answered_with_the_askers_proven_key(pair: Pair) -> None:
    one, other = pair

    answers = await one.request(other.key, ECHO, b"?abc"), await other.request(one.key, ECHO, b"?")

    assert answers == (one.key[:1] + b"abc", other.key[:1])


async def test_64_requests_are_served_at_once(pair: Pair) -> None:
    one, other = pair
    bodies = [bytes([0, index]) * 100 for index in range(64)]

    answers = await asyncio.gather(*(one.request(other.key, ECHO, body) for body in bodies))

    assert [answer[1:] for answer in answers] == [body[1:] for body in bodies]


async def test_what_is_too_long_is_refused_before_it_is_sent(pair: Pair) -> None:
    one, other = pair

    with pytest.raises(FrameRefused):
        await one.request(other.key, ECHO, bytes(1001))

    channel = await one.open(other.key, TALK)
    with pytest.raises(FrameRefused):
        await channel.send(bytes(1001))
    await channel.send(b"still open")
    assert await channel.receive() == b"still open"


async def test_what_is_too_long_is_refused_on_arrival(pair: Pair) -> None:
    one, other = pair

    with pytest.raises(RequestRefused):
        await one.request(other.key, LOUD, bytes(1001))
    with pytest.raises(RequestRefused):
        await one.request(other.key, LONG, b"")

    assert await echoes(one, other)


async def test_a_handler_that_raises_costs_only_its_request(pair: Pair) -> None:
    one, other = pair

    for _ in range(3):
        with pytest.raises(RequestRefused):
            await one.request(other.key, BROKEN, b"")
        channel = await one.open(other.key, TALK)
        await channel.send(b"fail")
        with pytest.raises(NetworkError):
            await channel.receive()

    assert await echoes(one, other)
    assert other.is_healthy


async def test_an_unknown_protocol_is_refused(pair: Pair) -> None:
    one, other = pair

    with pytest.raises(PeerUnreachable):
        await one.request(other.key, RequestProtocol(Stream("/test/unknown/1", 10)), b"")
    with pytest.raises(PeerUnreachable):
        await one.open(other.key, ChannelProtocol(Stream("/test/unknown/1", 10)))

    assert await echoes(one, other)


async def test_a_late_answer_is_a_time_out(pair: Pair) -> None:
    one, other = pair

    with pytest.raises(RequestTimedOut):
        await one.request(other.key, SLOW, b"", timeout_ms=200)

    assert await echoes(one, other)


async def test_a_request_can_be_cancelled(pair: Pair) -> None:
    one, other = pair
    asking = asyncio.create_task(one.request(other.key, SLOW, b""))
    await asyncio.sleep(0.1)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await echoes(one, other)


async def test_a_channel_keeps_the_order_and_tells_its_end(pair: Pair) -> None:
    one, other = pair
    channel = await one.open(other.key, TALK)
    frames = [bytes([index]) * index for index in range(1, 101)]

    async def say() -> None:
        for frame in [*frames, b"bye"]:
            await channel.send(frame)

    async with asyncio.TaskGroup() as group:
        group.create_task(say())
        heard = [await channel.receive() for _ in range(101)]

    assert heard == [*frames, b"last"]
    with pytest.raises(ChannelClosed):
        await channel.receive()
    await channel.close()
    with pytest.raises(ChannelClosed):
        await channel.send(b"too late")


async def test_frames_sent_together_arrive_one_by_one(pair: Pair) -> None:
    one, other = pair
    channel = await one.open(other.key, TALK)
    frames = [bytes([index]) * index for index in range(1, 31)]

    await channel.send(*frames[:10])
    await channel.send(*frames[10:])

    assert [await channel.receive() for _ in range(30)] == frames


async def test_of_frames_sent_together_none_may_exceed_the_bound(pair: Pair) -> None:
    one, other = pair
    channel = await one.open(other.key, TALK)

    with pytest.raises(FrameRefused):
        await channel.send(b"served", bytes(TALK.stream.bytes_max + 1))

    await channel.send(b"next")
    assert await channel.receive() == b"next"


async def is_refused(channel: Channel, frame: bytes) -> bool:
    """Tell whether a frame ends its channel, at once or when the other side has noticed."""
    try:
        await channel.send(frame)
        await channel.receive()
    except NetworkError:
        return True
    return False


async def open_and_receive(one: Network, other: Network) -> bytes:
    """Open a channel that may be refused at once, or by its end."""
    return await (await one.open(other.key, TALK)).receive()


async def test_a_frame_beyond_the_bound_ends_only_its_channel(pair: Pair) -> None:
    one, other = pair
    loud = await one.open(other.key, LOUD_TALK)
    good = await one.open(other.key, TALK)

    assert await is_refused(loud, bytes(1001))

    await good.send(b"served")
    assert await good.receive() == b"served"


async def test_a_peer_has_only_so_many_channels(pair: Pair) -> None:
    one, other = pair
    channels = [await one.open(other.key, TALK) for _ in range(2)]
    for channel in channels:
        await channel.send(b"x")
        assert await channel.receive() == b"x"

    with pytest.raises(NetworkError):
        await open_and_receive(one, other)

    await channels[0].close()
    await asyncio.sleep(0.2)  # the other side notices
    fourth = await one.open(other.key, TALK)
    await fourth.send(b"y")
    assert await fourth.receive() == b"y"


async def test_a_lost_peer_is_told_and_its_channels_end(pair: Pair) -> None:
    one, other = pair
    events: list[NetworkEvent] = []
    one.watch(events.append)
    channel = await one.open(other.key, TALK)
    await channel.send(b"x")
    assert await channel.receive() == b"x"

    await other.stop()

    with pytest.raises(ChannelClosed):
        async with asyncio.timeout(PATIENCE_S):
            await channel.receive()
    await until(lambda: PeerLost(other.key) in events)
    with pytest.raises(PeerUnreachable):
        await one.request(other.key, ECHO, b"?")


async def test_a_peer_that_comes_back_is_dialled_again(pair: Pair, start: Start) -> None:
    one, other = pair
    events: list[NetworkEvent] = []
    one.watch(events.append)
    where = other.addresses()[0].rpartition("/p2p/")[0]
    await other.stop()
    await until(lambda: PeerLost(other.key) in events)

    again = await start("other", listen=where)

    await until(lambda: PeerConnected(again.key) in events)
    assert await echoes(one, again)


async def test_a_bootstrap_peer_is_dialled_until_it_answers(start: Start) -> None:
    first = await start("first")
    address = first.addresses()[0]
    await first.stop()
    late = await start("late", bootstrap=[address])
    assert late.peers() == ()

    again = await start("first", listen=address.rpartition("/p2p/")[0])

    await until(lambda: late.peers() == (again.key,))


async def test_nobody_else_is_taken_for_the_peer_that_was_dialled(pair: Pair) -> None:
    one, other = pair
    where = other.addresses()[0].rpartition("/p2p/")[0]

    for address in ("", "/p2p/", "nonsense", f"{where}/p2p/nobody", where):
        with pytest.raises(PeerUnreachable):
            await one.connect(address)

    assert await echoes(one, other)


async def test_a_banned_peer_stays_out(pair: Pair) -> None:
    one, other = pair

    await other.ban(one.key)

    await until(lambda: one.key not in other.peers() and other.key not in one.peers())
    await asyncio.sleep(0.8)  # a redial or two
    assert other.peers() == ()


async def test_gossip_reaches_all_once_if_it_is_valid(start: Start) -> None:
    one = await start("one")
    networks = [one, *[await start(name, bootstrap=one.addresses()) for name in ("two", "three")]]
    heard: dict[PeerKey, list[tuple[PeerKey, bytes]]] = {}

    def validate(_author: PeerKey, message: bytes) -> bool:
        if message == b"poison":
            raise ZeroDivisionError
        return message != b"bad"

    def listen(network: Network) -> None:
        mine = heard[network.key] = []
        network.subscribe(TOPIC, validate, lambda author, message: mine.append((author, message)))

    for network in networks:
        listen(network)
    await until(lambda: len(one.peers()) == 2)
    await asyncio.sleep(1.2)  # GossipSub grafts its mesh at a heartbeat
    speaker = networks[1]

    assert not speaker.publish(TOPIC, bytes(101))
    for text in (b"hello", b"bad", b"poison", b"hello", b"end"):
        assert speaker.publish(TOPIC, text)

    expected = [(speaker.key, b"hello"), (speaker.key, b"end")]
    listeners = [one.key, networks[2].key]
    await until(lambda: all(len(heard[key]) >= 2 for key in listeners))
    await asyncio.sleep(0.2)
    assert [sorted(heard[key]) for key in listeners] == [sorted(expected)] * 2
    assert heard[speaker.key] == []


async def test_20_mb_travel_as_a_blob(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    data = key_of("seed").seed() * (20 * 1024 * 1024 // 32) + b"tail"
    there = Blobs(other, BlobStore(tmp_path / "there", 1 << 30))
    here = Blobs(one, BlobStore(tmp_path / "here", 1 << 30))
    blob = await there.put(data)

    fetched = await here.fetch(blob, [other.key], 1 << 30)

    assert fetched == data
    assert await here.fetch(blob, [], 1 << 30) == data  # it is here now


async def test_a_blob_that_nobody_has_is_not_to_be_had(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    Blobs(other, BlobStore(tmp_path / "there", 1000))
    here = Blobs(one, BlobStore(tmp_path / "here", 1000))

    with pytest.raises(BlobUnavailable):
        await here.fetch(blob_id(b"unknown"), [other.key], 1000)


async def test_garbage_is_refused_and_others_are_served(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    there = Blobs(other, BlobStore(tmp_path / "there", 1000))
    here = Blobs(one, BlobStore(tmp_path / "here", 1000))
    blob = await there.put(b"good")

    for garbage in (b"", b"\xff" * 900, b"\x92\xa8blobmissing", bytes(range(256))):
        with pytest.raises(RequestRefused):
            await one.request(other.key, BLOB_PROTOCOL, garbage)

    assert await here.fetch(Hash(blob), [other.key], 1000) == b"good"
