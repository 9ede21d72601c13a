"""What one client may take of the gateway's lists and disk, so that there is some for others, and for the ledger."""

from collections.abc import Collection, Sequence

from meshnode.node.dcp.job_limits import (
    CLIENT_BYTES_MAX,
    JOB_BYTES_MAX,
    JOBS_PER_CLIENT_MAX,
    JOBS_UNFINISHED_MAX,
    SLICES_PER_JOB_MAX,
)
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.terms import Value


def bytes_of(values: Sequence[Value]) -> int:
    """Count what slices' input takes."""
    return sum(len(value.text) for value in values)


def check_job_room(jobs: Collection[LiveJob], owner: str) -> None:
    """Refuse a client's new job if there are too many that have not ended.

    Raises:
        DcpRefused: there are.
    """
    own = sum(1 for live in jobs if live.terms.owner == owner)
    if own >= JOBS_PER_CLIENT_MAX:
        raise DcpRefused(
            "ETOOMANYJOBS", f"{own} of your jobs have not ended; wait for some of them"
        )
    if len(jobs) >= JOBS_UNFINISHED_MAX:
        raise DcpRefused("ETOOMANYJOBS", "the gateway has too many jobs; try again later")


def check_slice_room(jobs: Collection[LiveJob], live: LiveJob, values: Sequence[Value]) -> None:
    """Refuse more slices of a job if it, or its owner's jobs together, become too large.

    Raises:
        DcpRefused: they do.
    """
    if live.total + len(values) > SLICES_PER_JOB_MAX:
        raise DcpRefused(
            "ETOOMANYSLICES", f"a job has at most {SLICES_PER_JOB_MAX} slices here; divide it"
        )
    more = bytes_of(values)
    own = sum(each.size for each in jobs if each.terms.owner == live.terms.owner)
    if live.size + more > JOB_BYTES_MAX or own + more > CLIENT_BYTES_MAX:
        raise too_large()


def too_large() -> DcpRefused:
    """Return the refusal of a job with too many bytes."""
    return DcpRefused(
        "ETOOLARGE",
        f"a job's input and results may have {JOB_BYTES_MAX >> 30} GiB here, and those of all of your "
        f"unfinished jobs {CLIENT_BYTES_MAX >> 30} GiB",
    )
