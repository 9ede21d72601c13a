"""What can happen to a worker's machine and what it wants done; frozen values without behaviour.

One machine serves all requesters of a node, since they share its cores. The driver carries effects
out IN ORDER; what stores must be durable before a later `Send` leaves.
"""

from dataclasses import dataclass

from meshnode.protocol.messages import Grant, Offer, Voucher, WorkMessage
from meshnode.protocol.requester_events import (
    Drop,
    HoldMade,
    HoldRefused,
    PeerFound,
    PeerLost,
    Send,
    VoucherRefused,
    WakeAt,
    Woken,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    PROFILE,
    ChunkResult,
    IdentityId,
    LeaseId,
    RunDescriptor,
    RunHash,
    RunId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPolicy:
    """What the owner allows; a changed one comes by `PolicyChanged`."""

    identity: IdentityId
    cores: int
    """Chunks that run at the same time.

    0 while the owner needs the machine or never contributes.
    """
    operations_per_s: int
    """Of one core."""
    price: int
    """Asked, micro-credits per 10⁹ operations."""
    memory_bytes_max: int
    tape_bytes_max: int
    operations_max: int
    """Largest budget of one chunk that is taken."""
    trusted: frozenset[IdentityId]
    refused: frozenset[IdentityId]
    """Requesters this node does not work for."""
    profiles: frozenset[int] = frozenset({PROFILE})
    """Sandbox profiles that this machine can run and its owner allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWork:
    """A lease as the worker's store knows it, for a restart."""

    grant: Grant
    received_ms: int
    stop: int
    results: tuple[ChunkResult, ...]
    """Computed chunks, in order from the lease's start."""
    voucher: Voucher | None


# Events (with HoldMade, HoldRefused, VoucherRefused, PeerFound, PeerLost, Woken of requester_events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The first event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHeard:
    """An offer came by gossip or sync, its seal checked, its requester's identity too."""

    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """A sealed Withdraw came."""

    run: RunId
    requester: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHeard:
    """A message from a requester, its seal and certificate checked."""

    peer: IdentityId
    message: WorkMessage
    sealed: Sealed | None = None
    """The envelope, if the message came in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReady:
    """Module and captures of `FetchRun` are here, and the sandbox accepts them."""

    run_hash: RunHash


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUnfit:
    """They could not be fetched, or the sandbox refuses the module."""

    run_hash: RunHash
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRan:
    """A chunk of `StartChunk` is computed; its tape is in the blob store."""

    lease: LeaseId
    result: ChunkResult
    tape_bytes: int
    tape: bytes | None
    """The tape, if it may travel inline."""
    wall_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkFailed:
    """The sandbox died on a chunk (a trap is a result, not this)."""

    lease: LeaseId
    chunk: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    """The owner came back or went, or changed a preference."""

    policy: WorkerPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAnswered:
    """The ledger posted and signed a receipt of `AnswerReceipt`; the driver has sent the ack."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFailed:
    """The ledger refuses a receipt."""

    lease: LeaseId
    cause: str


WorkerEvent = (
    Begun
    | OfferHeard
    | OfferWithdrawn
    | WorkHeard
    | HoldMade
    | HoldRefused
    | VoucherRefused
    | PeerFound
    | PeerLost
    | RunReady
    | RunUnfit
    | ChunkRan
    | ChunkFailed
    | PolicyChanged
    | ReceiptAnswered
    | ReceiptFailed
    | Woken
)


# Effects (with Send, Drop, WakeAt of requester_events)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectIncome:
    """Hold the income expected of a lease against the requester's limit or the strangers' pool.

    Answer HoldMade or HoldRefused. Idempotent by lease while it goes on; a lease that has ended
    (`EndWork`, `ForgetIncome` or a receipt) is refused for ever, so that a late copy of its
    Grant is not worked on.
    """

    lease: LeaseId
    run_hash: RunHash
    """What is held for one run has one escrow account."""
    peer: IdentityId
    amount: int
    price: int
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetIncome:
    """Ledger: release the expected income of a lease that ended without any voucher.

    Idempotent; the lease counts as ended.
    """

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreWork:
    """Store a lease taken on, or its new `stop`; replaces by lease id."""

    grant: Grant
    sealed_grant: Sealed | None
    """The envelope, when new; None when only `stop` changes."""
    received_ms: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreResult:
    """Store a computed chunk and keep its tape from eviction."""

    lease: LeaseId
    result: ChunkResult
    tape: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreVoucherHeld:
    """Ledger: store a voucher received, sealed as it came. Replaces by lease, monotone.

    The ledger may refuse one whose lease a receipt has settled meanwhile; nothing is lost then.
    Answer VoucherRefused, and keep nothing.
    """

    voucher: Voucher
    sealed: Sealed
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWork:
    """Store that a lease has ended; from now its newest voucher's 24 hours run."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetWork:
    """Delete a lease with its results and let its tapes go; the ledger's part stays."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReceipt:
    """Countersign and post a receipt that agrees with the newest voucher held.

    One that was posted before is answered in the same way. Then send the ReceiptAck and answer
    ReceiptAnswered; else ReceiptFailed. Idempotent.
    """

    peer: IdentityId
    run: RunId
    lease: LeaseId
    receipt: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRun:
    """Fetch module and captures from the requester, let the sandbox judge.

    Answer RunReady or RunUnfit.
    """

    run_hash: RunHash
    descriptor: RunDescriptor
    peer: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRun:
    """No lease needs this run's module and captures any more."""

    run_hash: RunHash


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChunk:
    """Run a chunk in a sandbox; answer ChunkRan or ChunkFailed."""

    lease: LeaseId
    run_hash: RunHash
    descriptor: RunDescriptor
    chunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChunk:
    """Kill a running chunk at once; no answer comes (a late one does no harm)."""

    lease: LeaseId
    chunk: int


WorkerEffect = (
    Send
    | Drop
    | WakeAt
    | ExpectIncome
    | ForgetIncome
    | StoreWork
    | StoreResult
    | StoreVoucherHeld
    | EndWork
    | ForgetWork
    | AnswerReceipt
    | FetchRun
    | ReleaseRun
    | StartChunk
    | StopChunk
)
