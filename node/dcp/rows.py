"""What the gateway's store holds, as frozen values: jobs, their slices' results, their batches."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from meshnode.node.dcp.terms import JobTerms

JobEnd = Literal["", "finished", "cancelled"]
SliceState = Literal["waiting", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job as it is stored."""

    terms: JobTerms
    is_joined: bool
    """It is in the public compute group, and may be computed."""
    is_closed: bool
    """No more slices will be added."""
    end: JobEnd
    code: str
    """DCP's code of why it was cancelled."""
    reason: str
    slice_us: int
    """Measured time of a slice; 0 before the probe."""
    errors: int
    """Failures of slices."""
    created_ms: int
    ended_ms: int | None
    seed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCounts:
    """How many slices a job has, by what came of them."""

    total: int
    done: int
    last_batch: int = -1
    """Number of the last batch that a slice has been in; -1 before the first."""


class BatchTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What fixes a batch's run on the mesh, so that a restart comes to the same run."""

    quote: int
    """Operations that a slice costs."""
    chunk_slices: int
    quorum: int
    home: Literal["auto", "never", "only"]
    is_known_only: bool
    price_max: int
    seed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """Consecutive slices first…first+count-1 that were or are one run on the mesh."""

    batch: int
    first: int
    count: int
    terms: BatchTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """What a slice came to in a batch."""

    slice: int
    state: SliceState
    """`waiting`: it failed and is tried again."""
    value: str | None
    """KVIN text, if it is done."""
