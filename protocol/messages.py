"""The messages of protocol version 1 as frozen, tagged structs.

`wire.py` turns them into bytes and back.

`SEALED` names those that only count inside a `Sealed` envelope; everything else rides on an
authenticated stream. Worker and requester are named by identity; the driver maps a connection's
peer key to it by the certificate.
"""

from enum import IntEnum
from typing import Annotated, get_args

import msgspec

from meshnode.protocol.identity import Certificate
from meshnode.protocol.limits import (
    ADDRESSES_MAX,
    TAPE_INLINE_BYTES_MAX,
    TEXT_BYTES_MAX,
    WORKER_LEASES_MAX,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    PROFILE,
    ChunkResult,
    Count,
    Hash32,
    Identity32,
    LeaseId32,
    Mesh32,
    RunDescriptor,
    RunHash32,
    RunId32,
)

Text = Annotated[str, msgspec.Meta(max_length=TEXT_BYTES_MAX)]
Tape = Annotated[bytes, msgspec.Meta(max_length=TAPE_INLINE_BYTES_MAX)]


class Message(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag=str.lower,
):
    """The root of all messages.

    An array of its tag and its fields in order; extra fields are refused.
    """


# Gossip


class Offer(Message, frozen=True, kw_only=True):
    """Announces a run that wants workers (sealed).

    A lossy hint: re-announced while chunks are open.
    """

    run: RunId32
    run_hash: RunHash32
    requester: Identity32
    sequence: Count
    issued_ms: Count
    """Absolute, of the requester's clock."""
    expires_ms: Count
    """Absolute; an offer is forgotten then."""
    chunks_open: Count
    operations_per_chunk: Count
    """An estimate, for planning only."""
    memory_bytes: Count
    module_bytes: Count
    captures_bytes: Count
    price_max: Count
    """Micro-credits per 10⁹ operations."""
    replicas: Count
    """The quorum that verifies."""
    addresses: Annotated[tuple[Text, ...], msgspec.Meta(max_length=4)] = ()
    """Where the requester can be dialled."""
    profile: Count = PROFILE
    """The sandbox profile that a worker must run."""


class Withdraw(Message, frozen=True, kw_only=True):
    """Takes an offer back (sealed)."""

    run: RunId32
    requester: Identity32
    sequence: Count


# Hello


class LedgerHead(Message, frozen=True, kw_only=True):
    """The newest durable entry of an identity's ledger (sealed)."""

    ledger: Identity32
    incarnation: Count
    sequence: Count
    entry: Hash32
    time_ms: Count


class Hello(Message, frozen=True, kw_only=True):
    """Introduces a node, once per connection and on change."""

    version: Count
    """The protocol's version, 1."""
    software: Text
    mesh: Mesh32
    certificate: Certificate
    cores: Count
    """Cores lent to the mesh; 0 when it does not contribute."""
    operations_per_s: Count
    """Of one core, by the node's own benchmark."""
    head: Sealed | None
    """A sealed LedgerHead; None for a ledger without entries."""
    addresses: Annotated[tuple[Text, ...], msgspec.Meta(max_length=ADDRESSES_MAX)] = ()


# Work


class DeclineReason(IntEnum):
    """Why something is declined; the receiver decides by it what to do next."""

    BUSY = 1
    """No core is free; bid or grant again later."""
    OWNER = 2
    """The machine's owner needs it."""
    NO_CREDIT = 3
    """The limit for this peer, or the pool for strangers, is used up."""
    ENDED = 4
    """The lease has ended on the other side: what is not covered by a voucher is void."""
    UNKNOWN = 5
    """No such run or lease here."""
    TERMS = 6
    """The grant does not match its offer, or the descriptor is not acceptable."""
    UNFIT = 7
    """The module or captures could not be fetched, or the sandbox refuses the module."""
    TOO_SLOW = 8
    """Operations take far longer than the benchmark says."""
    RECEIPT = 9
    """The receipt does not agree with the last voucher."""
    SHUNNED = 10
    """This identity gets no work or does none for this one."""


class Bid(Message, frozen=True, kw_only=True):
    """A worker would work for a run; binding only after a trial lease of one chunk."""

    run: RunId32
    cores: Count
    """Leases it will run at the same time."""
    operations_per_s: Count
    """Of one core."""
    price: Count
    """Micro-credits per 10⁹ operations."""
    has_module: bool
    has_captures: bool
    chunks_max: Count
    """Chunks it would take in one lease."""


class Grant(Message, frozen=True, kw_only=True):
    """Gives a worker the chunks start…stop-1 of a run (sealed). Idempotent by lease."""

    lease: LeaseId32
    """Also the id of the hold in both ledgers."""
    run: RunId32
    run_hash: RunHash32
    requester: Identity32
    worker: Identity32
    descriptor: RunDescriptor
    start: Count
    stop: Count
    tape_bytes_max: Count
    """Of one chunk."""
    lasts_ms: Count
    """The lease's length from the grant's arrival; an interval, because clocks lie."""
    amount_max: Count
    """The hold: no voucher exceeds it."""
    price: Count


class Decline(Message, frozen=True, kw_only=True):
    """Refuses a bid, a grant, a lease that goes on or a receipt."""

    run: RunId32
    lease: LeaseId32 | None
    """None: the whole run."""
    reason: DeclineReason
    retry_ms: Count
    """Wait so long before asking again; 0 leaves it to the asker."""


class ChunkDone(Message, frozen=True, kw_only=True):
    """One chunk's result; counts only once a PrefixRoot covers it."""

    run: RunId32
    lease: LeaseId32
    chunk: Count
    iterations_done: Count
    operations: Count
    tape_hash: Hash32
    """The tape's blob id."""
    tape_bytes: Count
    tape: Tape | None
    """Inline, or None: fetch the blob `tape_hash` from the worker."""


class PrefixRoot(Message, frozen=True, kw_only=True):
    """A worker's promise for the first `chunks_done` chunks of a lease (sealed).

    Two roots for one prefix are a proof.
    """

    run: RunId32
    lease: LeaseId32
    chunks_done: Count
    root: Hash32
    """Merkle root over these chunks' leaves, in order."""
    operations: Count
    """Of all these chunks."""


class Voucher(Message, frozen=True, kw_only=True):
    """The requester's answer to a PrefixRoot.

    It owes the cumulative `amount` (sealed). Monotone in a lease.
    """

    run: RunId32
    lease: LeaseId32
    requester: Identity32
    worker: Identity32
    chunks_done: Count
    root: Hash32
    operations: Count
    amount: Count


class Rejection(Message, frozen=True, kw_only=True):
    """Tells which leaf of a lease's chunk the requester holds right (sealed).

    A false one is a proof against it.
    """

    run: RunId32
    run_hash: RunHash32
    lease: LeaseId32
    chunk: Count
    iterations_done: Count
    tape_hash: Hash32
    operations: Count


class Shrink(Message, frozen=True, kw_only=True):
    """Asks a worker to end its lease at `stop`."""

    run: RunId32
    lease: LeaseId32
    stop: Count


class ShrinkAck(Message, frozen=True, kw_only=True):
    """The lease ends at `stop`, bindingly; may come unasked, when a worker gives the rest back."""

    run: RunId32
    lease: LeaseId32
    stop: Count


class Cancel(Message, frozen=True, kw_only=True):
    """Ends a lease, or all of a run's leases of this worker (None), at what is covered."""

    run: RunId32
    lease: LeaseId32 | None


class LeasesHeld(Message, frozen=True, kw_only=True):
    """A worker's leases of a run that go on.

    Its sign of life, and its statement after a reconnect.
    """

    run: RunId32
    leases: Annotated[tuple[LeaseId32, ...], msgspec.Meta(max_length=WORKER_LEASES_MAX)]


class Receipt(Message, frozen=True, kw_only=True):
    """Closes a lease: both sides sign these very bytes and post them."""

    run: RunId32
    run_hash: RunHash32
    lease: LeaseId32
    requester: Identity32
    worker: Identity32
    start: Count
    chunks_done: Count
    root: Hash32
    operations: Count
    bytes_moved: Count
    """The tapes' bytes."""
    price: Count
    amount: Count
    requester_head: Hash32
    """A recent entry of the requester's chain; zero if it has none."""
    worker_head: Hash32
    """The newest entry of the worker's chain that the requester knows; zero if none."""
    time_ms: Count
    """For people; nothing is decided by it."""


class ReceiptOffer(Message, frozen=True, kw_only=True):
    """The requester's signed Receipt, for the worker's signature."""

    run: RunId32
    lease: LeaseId32
    receipt: Sealed


class ReceiptAck(Message, frozen=True, kw_only=True):
    """The same Receipt with the worker's signature."""

    run: RunId32
    lease: LeaseId32
    receipt: Sealed


class Ping(Message, frozen=True, kw_only=True):
    """Asks for a Pong."""

    nonce: Count


class Pong(Message, frozen=True, kw_only=True):
    """Answers a Ping."""

    nonce: Count


# Proofs


class Proof(Message, frozen=True, kw_only=True):
    """Shows that a worker promised a wrong leaf (sealed by whoever says so).

    Anyone re-runs the one chunk.
    """

    prefix_root: Sealed
    descriptor: RunDescriptor
    start: Count
    """First chunk of the lease, so that the leaf's index is chunk - start."""
    chunk: Count
    iterations_done: Count
    tape_hash: Hash32
    operations: Count
    path: Annotated[tuple[Hash32, ...], msgspec.Meta(max_length=32)]


SealedMessage = (
    Offer | Withdraw | LedgerHead | Grant | PrefixRoot | Voucher | Rejection | Receipt | Proof
)
SEALED: tuple[type[Message], ...] = get_args(SealedMessage)
PlainWorkMessage = (
    Bid
    | Decline
    | ChunkDone
    | Shrink
    | ShrinkAck
    | Cancel
    | LeasesHeld
    | ReceiptOffer
    | ReceiptAck
    | Ping
    | Pong
)
WorkMessage = PlainWorkMessage | Grant | PrefixRoot | Voucher | Rejection
"""What the machines see and send on a work stream; the driver seals and opens the sealed ones."""


def result_of(message: ChunkDone | Rejection | Proof) -> ChunkResult:
    """Give the chunk's result that a message carries."""
    return ChunkResult(
        chunk=message.chunk,
        iterations_done=message.iterations_done,
        tape_hash=message.tape_hash,
        operations=message.operations,
    )
