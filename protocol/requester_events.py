"""What can happen to a requester's machine and what it wants done; frozen values without behaviour.

The driver carries effects out IN ORDER. Whatever stores must be durable before a later `Send`,
`Publish` or `Final` of the same or a later step leaves; it may put neighbouring stores into one
transaction.
"""

from dataclasses import dataclass

from meshnode.protocol.messages import Grant, Offer, Receipt, Voucher, WorkMessage
from meshnode.protocol.run_terms import Report
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    ChunkResult,
    Hash,
    IdentityId,
    LeaseId,
    RunId,
)

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The first event: the run may begin, or go on after a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message from a worker, its seal and certificate checked."""

    peer: IdentityId
    message: WorkMessage
    sealed: Sealed | None = None
    """The envelope, if the message came in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLost:
    """The connection to a worker is gone; it may come back."""

    peer: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFound:
    """A worker is connected (again)."""

    peer: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMade:
    """The ledger holds the credits of a lease (also when it held them before)."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRefused:
    """The ledger does not: limit or balance; the lease never existed."""

    lease: LeaseId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherRefused:
    """The ledger does not keep a voucher: its hold has ended by time, for instance.

    A requester's driver has not sent it, and sends nothing more that is signed for this lease.
    """

    lease: LeaseId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeFetched:
    """A tape asked for with `FetchTape` is in the blob store, checked against its hash."""

    tape_hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeMissing:
    """A tape asked for with `FetchTape` could not be had."""

    peer: IdentityId
    tape_hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class RanAtHome:
    """A chunk asked for with `RunAtHome` is computed; its tape is in the blob store."""

    result: ChunkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFailed:
    """The sandbox at home died on a chunk (a trap is a result, not this)."""

    chunk: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPosted:
    """The ledger posted a receipt (also when it had before)."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRefused:
    """The ledger refuses a receipt's answer: its body or its signature is not the offered one's."""

    lease: LeaseId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCancelled:
    """The user wants the run ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A `WakeAt` has come due; an early or repeated one does no harm."""


RequesterEvent = (
    Started
    | Heard
    | PeerLost
    | PeerFound
    | HoldMade
    | HoldRefused
    | VoucherRefused
    | TapeFetched
    | TapeMissing
    | RanAtHome
    | HomeFailed
    | ReceiptPosted
    | ReceiptRefused
    | OwnerCancelled
    | Woken
)


# Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Seal and gossip an offer."""

    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer:
    """Seal and gossip the withdrawal of the run's offer."""

    run: RunId
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send to a worker, sealing what must be sealed.

    Dropped when it is not connected (all is repeated).
    """

    peer: IdentityId
    message: WorkMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeHold:
    """Hold `amount` for a lease with this peer in the ledger.

    Answer HoldMade or HoldRefused. Idempotent by lease.
    """

    lease: LeaseId
    peer: IdentityId
    amount: int
    price: int
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidHold:
    """Ledger: release a lease's hold without pay. Idempotent."""

    lease: LeaseId
    is_forfeit: bool
    """Because of a proven wrong chunk: vouchers given in this lease are void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLease:
    """Store a new lease (not before its hold was made) or its new `stop`; replaces by lease id."""

    grant: Grant
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReport:
    """Store a chunk's result and keep its tape from eviction.

    `tape` are its bytes if they came inline; None: the blob store has them (fetched, run at
    home, or stored with another worker's equal tape).
    """

    report: Report
    tape: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreVoucher:
    """Seal a voucher given and store it in the ledger, with the PrefixRoot that it answers.

    Replaces by lease, monotone. Answer VoucherRefused if the ledger does not take it.
    """

    voucher: Voucher
    evidence: Sealed
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLease:
    """Store that a lease has ended; from now its newest voucher's 24 hours run."""

    lease: LeaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreProof:
    """Store the proof that a worker promised a wrong leaf; the driver seals it."""

    peer: IdentityId
    evidence: Sealed
    start: int
    wrong: ChunkResult
    right: ChunkResult
    path: tuple[Hash, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shun:
    """Remember an identity as proven wrong: no more work for it."""

    peer: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck:
    """Count an agreement of this identity with a check at home; the driver derives its Standing."""

    peer: IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferReceipt:
    """Fill in both ledgers' heads and the time, seal, store the offered bytes, send a ReceiptOffer.

    Repeated until answered: the same bytes again for the same lease.
    """

    peer: IdentityId
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReceipt:
    """Post a receipt: compare the answer with the offered bytes, check its signature, settle.

    Answer ReceiptPosted or ReceiptRefused. Idempotent.
    """

    peer: IdentityId
    lease: LeaseId
    answer: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchTape:
    """Fetch a tape's blob from a worker; answer TapeFetched or TapeMissing."""

    peer: IdentityId
    tape_hash: Hash
    bytes_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAtHome:
    """Run a chunk in a sandbox at home, put its tape into the blob store.

    Answer RanAtHome or HomeFailed.
    """

    chunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAtHome:
    """Give up a chunk that runs or waits at home: nobody needs it any more. No answer is heeded."""

    chunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """Store that a chunk is final and let the replay have it.

    Comes once a chunk, in any order of chunks.
    """

    chunk: int
    result: ChunkResult
    worker: IdentityId
    """One whose result it is, for the table of who computed what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A peer broke the protocol: score it down, log the reason."""

    peer: IdentityId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeAt:
    """Send `Woken` at this time; a later WakeAt replaces it."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Every chunk is final, or the run failed or was cancelled; comes once.

    Keep the machine: it settles leases until `Close`.
    """

    failure: str | None
    """None: all chunks are final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The last effect: no lease is unsettled; the machine can be dropped."""


RequesterEffect = (
    Publish
    | WithdrawOffer
    | Send
    | MakeHold
    | VoidHold
    | StoreLease
    | StoreReport
    | StoreVoucher
    | EndLease
    | StoreProof
    | Shun
    | RecordCheck
    | OfferReceipt
    | PostReceipt
    | FetchTape
    | RunAtHome
    | StopAtHome
    | Final
    | Drop
    | WakeAt
    | Finish
    | Close
)
