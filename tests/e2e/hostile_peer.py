"""A peer that means harm: `python -m tests.e2e.hostile_peer DEED ADDRESS SECONDS`. For tests alone.

It speaks libp2p without any of the product's own guards and limits, with a key of its own. It prints how often it
did what it does.
"""

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import trio
import trio.lowlevel
from libp2p.abc import IHost, INetStream
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import PeerInfo
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.validators import PUBSUB_SIGNING_PREFIX
from libp2p.utils.varint import encode_varint_prefixed
from multiaddr import Multiaddr

from meshnode.node.keys import NodeKeys, WorkingKey, open_keys
from meshnode.node.links import PROTOCOL_VERSION
from meshnode.node.network.libp2p_build import build_host
from meshnode.node.network.libp2p_log import quiet_libp2p
from meshnode.node.network.peer_id import peer_id_bytes, peer_id_text, split_address
from meshnode.protocol.blob_messages import SyncAsk, SyncOffers
from meshnode.protocol.messages import (
    Bid,
    Grant,
    Hello,
    LeasesHeld,
    Message,
    Offer,
    Ping,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    ABI_VERSION,
    METERING_VERSION,
    PROFILE,
    Hash,
    IdentityId,
    LeaseId,
    RunDescriptor,
    RunHash,
    RunId,
    mesh_id,
    run_hash,
)
from meshnode.protocol.wire import (
    BLOB_STREAM,
    HELLO_STREAM,
    LEDGER_STREAM,
    SYNC_STREAM,
    WORK_STREAM,
    Stream,
    encode,
    frame,
    offers_topic,
    seal,
)

MESH = mesh_id("meshnode")
STREAMS = (HELLO_STREAM, WORK_STREAM, BLOB_STREAM, SYNC_STREAM, LEDGER_STREAM)
GIGABYTE = 1 << 30


def now_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_REALTIME) // 1_000_000


@dataclass
class Attack:
    """One connection to the victim, until `deadline`."""

    host: IHost
    keys: NodeKeys
    victim: ID
    victim_identity: IdentityId
    deadline: float
    count: int = 0

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.deadline

    async def open(self, protocol: str) -> INetStream | None:
        try:
            return await self.host.new_stream(self.victim, [TProtocol(protocol)])
        except Exception:  # noqa: BLE001  whatever the victim refuses with
            await trio.sleep(0.01)
            await self.reconnect()
            return None

    async def reconnect(self) -> None:
        if self.victim not in self.host.get_connected_peers():
            try:
                await self.host.connect(PeerInfo(self.victim, [ADDRESS]))
            except Exception:  # noqa: BLE001  whatever the victim refuses with
                await trio.sleep(0.1)

    async def throw(self, protocol: str, data: bytes) -> None:
        """Write bytes on a new stream and see how it ends."""
        stream = await self.open(protocol)
        if stream is None:
            return
        self.count += 1
        with trio.move_on_after(1):
            try:
                await stream.write(data)
                await stream.close()
                await stream.read(10)
            except Exception:  # noqa: BLE001  the victim may end it at any point
                return

    def hello(self) -> bytes:
        hello = Hello(
            version=PROTOCOL_VERSION,
            software="meshnode/0",
            mesh=MESH,
            certificate=self.keys.certificate,
            cores=1,
            operations_per_s=10**9,
            head=None,
            addresses=(),
        )
        return frame(encode(hello), HELLO_STREAM)

    async def introduce(self) -> None:
        await self.throw(HELLO_STREAM.protocol_id, self.hello())

    async def work_stream(self) -> INetStream | None:
        """Open a work stream in the victim's good faith."""
        await self.introduce()
        await trio.sleep(0.6)
        return await self.open(WORK_STREAM.protocol_id)


# Bytes


def hostile_bytes(stream: Stream) -> Iterator[bytes]:
    """Nothing, noise, frames cut short or announced too long, and frames of every wrong kind of content."""
    noise = os.urandom(2_000)
    yield b""
    yield noise
    yield b"\x01\x00"
    yield frame(noise, stream)[:700]
    yield b"\x01" + GIGABYTE.to_bytes(4, "big") + noise
    yield b"\x02\x00\x00\x00\x01a"
    yield bytes(100_000)
    yield frame(b"", stream)
    yield frame(noise, stream)
    yield frame(b"\x91" * 10_000, stream)
    yield frame(b"\xdd\xff\xff\xff\xff", stream)
    yield frame(b"\x92\xa5offer\xc6\x7f\xff\xff\xff", stream)
    yield frame(encode(Ping(nonce=2**63 - 1))[:-3], stream)


async def throw_bytes(attack: Attack) -> None:
    """Random bytes and truncated frames to every stream protocol, before and after a proper hello."""
    while not attack.is_over:
        for stream in STREAMS:
            for data in hostile_bytes(stream):
                await attack.throw(stream.protocol_id, data)
        await attack.introduce()


async def announce_gigabytes(attack: Attack) -> None:
    """Announce 1 GB on every stream protocol and begin to send it."""
    while not attack.is_over:
        for stream in STREAMS:
            opened = await attack.open(stream.protocol_id)
            if opened is None:
                continue
            attack.count += 1
            with trio.move_on_after(2):
                try:
                    await opened.write(b"\x01" + GIGABYTE.to_bytes(4, "big"))
                    for _ in range(64):
                        await opened.write(bytes(65_536))
                except Exception:  # noqa: BLE001  the victim may end it at any point
                    continue


async def knock(attack: Attack) -> None:
    """Raw bytes, HTTP and silence to the port itself."""
    parts = str(ADDRESS).split("/")
    silent: list[socket.socket] = []

    def once(data: bytes) -> None:
        with socket.create_connection((parts[2], int(parts[4])), timeout=2) as connection:
            connection.sendall(data)

    while not attack.is_over:
        for data in (
            os.urandom(5_000),
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x13/multistream/1.0.0\n" * 50,
        ):
            try:
                await trio.to_thread.run_sync(once, data)
                attack.count += 1
                if len(silent) < 200:
                    silent.append(socket.create_connection((parts[2], int(parts[4])), timeout=2))
            except OSError:
                await trio.sleep(0.05)
    for connection in silent:
        connection.close()


# Messages


async def flood_messages(attack: Attack) -> None:
    """Well-formed messages about runs and leases that do not exist, as fast as they go."""
    await flood(attack, _nonsense)


def _nonsense(number: int) -> Message:
    run = RunId(number.to_bytes(32, "big"))
    match number % 3:
        case 0:
            return Bid(
                run=run,
                cores=2**63 - 1,
                operations_per_s=2**63 - 1,
                price=0,
                has_module=False,
                has_captures=False,
                chunks_max=2**63 - 1,
            )
        case 1:
            return LeasesHeld(run=run, leases=tuple(LeaseId(os.urandom(32)) for _ in range(100)))
        case _:
            return Ping(nonce=number)


async def flood_grants(attack: Attack) -> None:
    """Sealed grants that nobody bid for: too dear, too large, with half a page of memory, of other versions."""
    await flood(attack, lambda number: _grant(attack, number))


def _grant(attack: Attack, number: int) -> Sealed:
    descriptor = RunDescriptor(
        abi_version=ABI_VERSION,
        metering_version=METERING_VERSION,
        profile=PROFILE,
        module=Hash(os.urandom(32)),
        captures=Hash(os.urandom(32)),
        loop=0,
        iterations=10**6,
        chunk_length=(1, 0, 10**6)[number % 3],
        operations_max=(10**6, 2**62, 10**12, 1)[number % 4],
        memory_bytes=(65_536, 1, 2**40, 0, 4 << 30)[number % 5],
    )
    grant = Grant(
        lease=LeaseId(os.urandom(32)),
        run=RunId(os.urandom(32)),
        run_hash=run_hash(descriptor),
        requester=attack.keys.identity,
        worker=attack.victim_identity,
        descriptor=descriptor,
        start=0,
        stop=1,
        tape_bytes_max=65_536,
        lasts_ms=60_000,
        amount_max=10**9,
        price=1_000,
    )
    return seal(grant, MESH, attack.keys.working)


async def flood(attack: Attack, make: Callable[[int], Message | Sealed]) -> None:
    number = 0
    while not attack.is_over:
        stream = await attack.work_stream()
        if stream is None:
            continue
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_read_all, stream)
            try:
                while not attack.is_over:
                    number += 1
                    await stream.write(frame(encode(make(number)), WORK_STREAM))
                    attack.count += 1
            except Exception:  # noqa: BLE001  the victim may end it at any point
                await trio.sleep(0.1)
            nursery.cancel_scope.cancel()


async def _read_all(stream: INetStream) -> None:
    try:
        while await stream.read(65_536):
            pass
    except Exception:  # noqa: BLE001  the victim may end it at any point
        return


async def flood_hellos(attack: Attack) -> None:
    """Hellos, sync and blob questions, many at once."""
    ask = frame(encode(SyncAsk(known=())), SYNC_STREAM)

    async def one() -> None:
        while not attack.is_over:
            await attack.throw(HELLO_STREAM.protocol_id, attack.hello())
            await attack.throw(SYNC_STREAM.protocol_id, ask)

    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(one)


# Gossip


def _offer(keys: WorkingKey, identity: IdentityId, addresses: tuple[str, ...] = ()) -> bytes:
    offer = Offer(
        run=RunId(os.urandom(32)),
        run_hash=RunHash(os.urandom(32)),
        requester=identity,
        sequence=1,
        issued_ms=now_ms(),
        expires_ms=now_ms() + 10**9,
        chunks_open=10**6,
        operations_per_chunk=1,
        memory_bytes=65_536,
        module_bytes=1,
        captures_bytes=1,
        price_max=10**9,
        replicas=1,
        addresses=addresses,
    )
    return encode(seal(offer, MESH, keys))


def _said(author: WorkingKey, data: bytes) -> rpc_pb2.Message:
    """Sign a gossip message as libp2p does."""
    pair = create_new_key_pair(author.seed())
    message = rpc_pb2.Message(
        from_id=ID.from_pubkey(pair.public_key).to_bytes(),
        data=data,
        topicIDs=[offers_topic(MESH)],
        seqno=os.urandom(8),
    )
    signed = PUBSUB_SIGNING_PREFIX.encode() + message.SerializeToString()
    message.signature = pair.private_key.sign(signed)
    message.key = pair.public_key.serialize()
    return message


async def gossip(attack: Attack, make: Callable[[], list[rpc_pb2.Message]]) -> None:
    """Say messages on a gossip stream of our own making, for libp2p's loses what is said fast."""
    topic = rpc_pb2.RPC.SubOpts(subscribe=True, topicid=offers_topic(MESH))
    while not attack.is_over:
        stream = await attack.open("/meshsub/1.1.0")
        if stream is None:
            continue
        try:
            hello = rpc_pb2.RPC(subscriptions=[topic])
            await stream.write(encode_varint_prefixed(hello.SerializeToString()))
            while not attack.is_over:
                messages = make()
                parcel = rpc_pb2.RPC(publish=messages).SerializeToString()
                await stream.write(encode_varint_prefixed(parcel))
                attack.count += len(messages)
                await trio.lowlevel.checkpoint()
        except Exception:  # noqa: BLE001  the victim may end it at any point
            await trio.sleep(0.05)


async def gossip_garbage(attack: Attack) -> None:
    """Noise, sealed nonsense, messages of 5 KB on the topic, one of 3 MB now and then, and noise for a parcel."""
    own = attack.keys.working
    whole = _offer(own, attack.keys.identity)

    def make() -> list[rpc_pb2.Message]:
        data = [os.urandom(300), whole[:-10], os.urandom(5_000), b"\x91" * 3_000, whole[:50]]
        if attack.count % 100 == 0:
            data.append(os.urandom(3 << 20))
        return [_said(own, one) for one in data]

    await attack.throw("/meshsub/1.1.0", os.urandom(10_000))
    await gossip(attack, make)


async def gossip_offers(attack: Attack) -> None:
    """Thousands of well-formed offers: own ones, and such of invented requesters at dead addresses."""
    await attack.introduce()

    def make() -> list[rpc_pb2.Message]:
        invented = WorkingKey(os.urandom(32))
        dead = (f"/ip4/10.255.255.1/tcp/9/p2p/{peer_id_text(invented.key)}",)
        own = attack.keys.working
        return [
            *[_said(own, _offer(own, attack.keys.identity)) for _ in range(5)],
            *[
                _said(invented, _offer(invented, IdentityId(os.urandom(32)), dead))
                for _ in range(5)
            ],
            _said(own, _offer(invented, attack.keys.identity)),
        ]

    await gossip(attack, make)


async def answer_with_offers(attack: Attack) -> None:
    """Answer the victim's question for offers with as many as fit, of requesters that do not exist."""
    offers = []
    for _ in range(256):
        invented = WorkingKey(os.urandom(32))
        sealed = _offer(invented, IdentityId(os.urandom(32)), ())
        offers.append(msgspec.msgpack.decode(sealed, type=Sealed))
    answer = frame(encode(SyncOffers(offers=tuple(offers))), SYNC_STREAM)

    async def serve(stream: INetStream) -> None:
        await stream.read(10_000)
        await stream.write(answer)
        await stream.close()
        attack.count += len(offers)

    async def serve_hello(stream: INetStream) -> None:
        await stream.read(10_000)
        await stream.write(attack.hello())
        await stream.close()

    attack.host.set_stream_handler(TProtocol(SYNC_STREAM.protocol_id), serve)
    attack.host.set_stream_handler(TProtocol(HELLO_STREAM.protocol_id), serve_hello)
    while not attack.is_over:
        stream = await attack.work_stream()
        await trio.sleep(0.2)
        if stream is not None:
            await stream.reset()


DEEDS: dict[str, Callable[[Attack], Awaitable[None]]] = {
    "bytes": throw_bytes,
    "gigabyte": announce_gigabytes,
    "knock": knock,
    "messages": flood_messages,
    "grants": flood_grants,
    "hellos": flood_hellos,
    "gossip": gossip_garbage,
    "offers": gossip_offers,
    "sync": answer_with_offers,
}


async def main(deed: str, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keys = open_keys(Path(folder), now_ms())
    host = build_host(keys.working.seed())
    async with host.run([Multiaddr("/ip4/127.0.0.1/tcp/0")]):
        victim = PEER
        await host.connect(PeerInfo(victim, [ADDRESS]))
        attack = Attack(host, keys, victim, VICTIM_IDENTITY, time.monotonic() + seconds)
        with trio.move_on_after(seconds + 10):
            await DEEDS[deed](attack)
        sys.stdout.write(json.dumps({"count": attack.count}) + "\n")
        sys.stdout.flush()
        os._exit(0)  # nothing that libp2p would still like to say matters


if __name__ == "__main__":
    quiet_libp2p()
    where, key = split_address(sys.argv[2])
    ADDRESS = Multiaddr(where)
    PEER = ID(peer_id_bytes(key))
    VICTIM_IDENTITY = IdentityId(bytes.fromhex(sys.argv[4]))
    trio.run(main, sys.argv[1], float(sys.argv[3]))
