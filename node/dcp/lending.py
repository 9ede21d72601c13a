"""Slices that workers of DCP compute: who has which, for whom, until when. No IO; time is given.

Such a worker is an unidentified stranger. What it returns counts for nothing until an established peer or the home came
to the same value, except for a job of `localExec`, whose results are its client's own business.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from meshnode.node.dcp.live_job import LiveJob

WORKERS_MAX = 1_000
"""Workers that are remembered; the one that asked longest ago is forgotten."""
ACTIVE_S = 20.0
"""A worker that asked within this time will ask again: an idle one asks every six or seven seconds."""
SLICES_PER_CORE = 4
"""Slices lent at once to a worker of the mesh's jobs: what it loses when it goes is small."""
LOCAL_SLICES_MAX = 1_000
"""Slices of a local job that its own worker holds at once; nobody else waits for them."""
LENT_GRACE_S = 30.0
"""Fetching and returning, beside the time that a slice may take."""


@dataclass(slots=True)
class Lent:
    """One slice in a worker's hands."""

    job: str
    slice: int
    worker: str
    """The worker's own id."""
    owner: str
    """Address of the identity whose session fetched it: only that may return it."""
    address: str
    """Where the worker wants to be paid, 0x and 40 lower-case hex digits."""
    until_s: float
    has_failed: bool = False
    """It told of an error."""


class Lending:
    """All slices that are lent."""

    def __init__(self) -> None:
        self._lent: dict[tuple[str, int], Lent] = {}
        self._asked_s: dict[str, float] = {}

    def note(self, worker: str, now_s: float) -> None:
        """Remember that a worker asked for work."""
        self._asked_s.pop(worker, None)
        self._asked_s[worker] = now_s
        if len(self._asked_s) > WORKERS_MAX:
            del self._asked_s[next(iter(self._asked_s))]

    def active(self, now_s: float) -> int:
        """Count the workers that will ask again soon."""
        return sum(now_s - asked_s < ACTIVE_S for asked_s in self._asked_s.values())

    def lend(self, live: LiveJob, lent: Lent, count: int) -> tuple[int, ...]:
        """Give a worker up to `count` free slices of a job, under the terms in `lent`; tell which."""
        numbers = live.lend(count)
        for number in numbers:
            self._lent[live.job, number] = Lent(
                live.job, number, lent.worker, lent.owner, lent.address, lent.until_s
            )
        return tuple(sorted(numbers))

    def is_anothers(self, worker: str, owner: str) -> bool:
        """Tell whether a worker of this id holds slices for another identity."""
        return any(lent.worker == worker and lent.owner != owner for lent in self._lent.values())

    def held(self, worker: str) -> int:
        """Count the slices that a worker has."""
        return sum(lent.worker == worker for lent in self._lent.values())

    def find(self, job: str, number: int, worker: str, owner: str) -> Lent | None:
        """Find a slice in the hands of just this worker."""
        lent = self._lent.get((job, number))
        return lent if lent is not None and (lent.worker, lent.owner) == (worker, owner) else None

    def take(self, lent: Lent) -> None:
        """Take a slice out of its worker's hands."""
        self._lent.pop((lent.job, lent.slice), None)

    def of_worker(self, worker: str, owner: str) -> tuple[Lent, ...]:
        """Return all that a worker has."""
        return tuple(
            lent for lent in self._lent.values() if (lent.worker, lent.owner) == (worker, owner)
        )

    def overdue(self, now_s: float, ended: Iterable[str]) -> tuple[Lent, ...]:
        """Return the slices whose time is over, and those of jobs that have ended."""
        gone = frozenset(ended)
        return tuple(
            lent for lent in self._lent.values() if lent.until_s < now_s or lent.job in gone
        )

    def jobs(self) -> frozenset[str]:
        """Name the jobs of which slices are lent."""
        return frozenset(job for job, _ in self._lent)
