"""One message of each kind, and descriptors, for the protocol's tests."""

from tests.sim.keys import FakeSigner, certificate_of, identity_of

from meshnode.protocol import messages as m
from meshnode.protocol.messages import Message
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    Hash,
    LeaseId,
    RunDescriptor,
    RunId,
    digest,
    mesh_id,
    run_hash,
)
from meshnode.protocol.wire import seal

MESH = mesh_id("tests")
REQUESTER = identity_of("requester")
WORKER = identity_of("worker")
RUN = RunId(digest(b"run"))
LEASE = LeaseId(digest(b"lease"))
ROOT = Hash(digest(b"root"))


def descriptor(chunks: int = 10) -> RunDescriptor:
    return RunDescriptor(
        abi_version=1,
        metering_version=1,
        profile=1,
        module=digest(b"module"),
        captures=digest(b"captures"),
        loop=0,
        iterations=10 * chunks,
        chunk_length=10,
        operations_max=2_000_000_000,
        memory_bytes=65_536,
    )


def grant(start: int = 0, stop: int = 4) -> m.Grant:
    terms = descriptor()
    return m.Grant(
        lease=LEASE,
        run=RUN,
        run_hash=run_hash(terms),
        requester=REQUESTER,
        worker=WORKER,
        descriptor=terms,
        start=start,
        stop=stop,
        tape_bytes_max=1_000,
        lasts_ms=60_000,
        amount_max=1_000_000,
        price=1_000,
    )


def sealed_messages() -> tuple[m.SealedMessage, ...]:
    terms = run_hash(descriptor())
    prefix = m.PrefixRoot(run=RUN, lease=LEASE, chunks_done=2, root=ROOT, operations=7)
    envelope = seal(prefix, MESH, FakeSigner("worker"))
    return (
        m.Offer(
            run=RUN,
            run_hash=terms,
            requester=REQUESTER,
            sequence=1,
            issued_ms=1,
            expires_ms=2,
            chunks_open=3,
            operations_per_chunk=4,
            memory_bytes=5,
            module_bytes=6,
            captures_bytes=7,
            price_max=8,
            replicas=2,
            addresses=("/ip4/127.0.0.1/tcp/1",),
        ),
        m.Withdraw(run=RUN, requester=REQUESTER, sequence=2),
        m.LedgerHead(ledger=WORKER, incarnation=1, sequence=2, entry=ROOT, time_ms=3),
        grant(),
        prefix,
        m.Voucher(
            run=RUN,
            lease=LEASE,
            requester=REQUESTER,
            worker=WORKER,
            chunks_done=2,
            root=ROOT,
            operations=7,
            amount=0,
        ),
        m.Rejection(
            run=RUN,
            run_hash=terms,
            lease=LEASE,
            chunk=1,
            iterations_done=10,
            tape_hash=ROOT,
            operations=3,
        ),
        m.Receipt(
            run=RUN,
            run_hash=terms,
            lease=LEASE,
            requester=REQUESTER,
            worker=WORKER,
            start=0,
            chunks_done=2,
            root=ROOT,
            operations=7,
            bytes_moved=8,
            price=1_000,
            amount=0,
            requester_head=ROOT,
            worker_head=ROOT,
            time_ms=9,
        ),
        m.Proof(
            prefix_root=envelope,
            descriptor=descriptor(),
            start=0,
            chunk=1,
            iterations_done=10,
            tape_hash=ROOT,
            operations=3,
            path=(ROOT,),
        ),
    )


def work_messages() -> tuple[Message | Sealed, ...]:
    envelopes = tuple(seal(message, MESH, FakeSigner("worker")) for message in sealed_messages())
    receipt = envelopes[-2]
    return (
        m.Bid(
            run=RUN,
            cores=1,
            operations_per_s=2,
            price=3,
            has_module=True,
            has_captures=False,
            chunks_max=4,
        ),
        m.Decline(run=RUN, lease=None, reason=m.DeclineReason.BUSY, retry_ms=1),
        m.ChunkDone(
            run=RUN,
            lease=LEASE,
            chunk=1,
            iterations_done=10,
            operations=3,
            tape_hash=ROOT,
            tape_bytes=4,
            tape=b"tape",
        ),
        m.Shrink(run=RUN, lease=LEASE, stop=2),
        m.ShrinkAck(run=RUN, lease=LEASE, stop=2),
        m.Cancel(run=RUN, lease=LEASE),
        m.LeasesHeld(run=RUN, leases=(LEASE,)),
        m.ReceiptOffer(run=RUN, lease=LEASE, receipt=receipt),
        m.ReceiptAck(run=RUN, lease=LEASE, receipt=receipt),
        m.Ping(nonce=1),
        m.Pong(nonce=1),
        *envelopes,
    )


def hello() -> m.Hello:
    return m.Hello(
        version=1,
        software="meshnode/0.1.0",
        mesh=MESH,
        certificate=certificate_of("worker"),
        cores=2,
        operations_per_s=10**9,
        head=None,
        addresses=("/ip4/127.0.0.1/tcp/1",),
    )
