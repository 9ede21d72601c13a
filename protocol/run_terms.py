"""What a requester's machine is built from.

A run's terms, its user's policy, and what the store holds of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from meshnode.protocol.messages import Grant, Voucher
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, IdentityId, LeaseId, RunDescriptor, RunId


class HomePolicy(Enum):
    """May the home's own cores compute chunks? Disputes and checks run at home in any case."""

    AUTO = "auto"
    NEVER = "never"
    ONLY = "only"


class Standing(Enum):
    """What this requester thinks of an identity; its own history, never claimed by others."""

    TRUSTED = "trusted"
    """Named by the user."""
    ESTABLISHED = "established"
    """Has agreed with `ESTABLISHED_CHECKS` checks at home."""
    STRANGER = "stranger"
    SHUNNED = "shunned"
    """Was proven wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTerms:
    """What a run is; fixed before it is announced, the same after a restart."""

    run: RunId
    descriptor: RunDescriptor
    requester: IdentityId
    quorum: int
    """Distinct identities that must agree on each chunk, from 1.

    A run at home counts for all of them.
    """
    home: HomePolicy
    home_cores: int
    """Chunks that run at home at the same time, from 1."""
    price_max: int
    """Micro-credits per 10⁹ operations; bids above it are declined."""
    operations_per_chunk: int
    """The probe's estimate."""
    module_bytes: int
    captures_bytes: int
    tape_bytes_max: int
    """Of one chunk."""
    addresses: tuple[str, ...] = ()
    """Where this node can be dialled."""
    is_known_only: bool = False
    """Only workers that are trusted or established may bid: the run matches what a stranger computed."""
    chunk_ms_max: int = 0
    """A chunk may take so long before its worker counts as stalled, whatever others took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLease:
    """A lease as the store knows it."""

    grant: Grant
    stop: int
    """End of the range now; shrinking lowers it."""
    voucher: Voucher | None
    """The newest, None if none was given."""
    evidence: Sealed | None
    """The PrefixRoot that the newest voucher answers."""
    is_ended: bool
    """No more chunks will come."""
    is_forfeited: bool
    is_settled: bool
    """Receipt posted, or hold voided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A chunk's result with who computed it; `worker` is the requester itself for a run at home."""

    worker: IdentityId
    lease: LeaseId | None
    result: ChunkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """What a restarted machine starts from: the store's tables, as the effects filled them."""

    reports: tuple[Report, ...] = ()
    finals: Mapping[int, ChunkResult] = field(default_factory=dict)
    """Final chunks."""
    leases: tuple[StoredLease, ...] = ()
    shunned: frozenset[IdentityId] = frozenset()
    is_cancelled: bool = False
