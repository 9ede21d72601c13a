"""What one may see of a loop run while it goes on: each chunk's state, who has it, what each worker has done.

`picture` is a pure function of what the requester's store holds of a run (and of the chunks that run at home, which
the store does not know); `RunWatch` reads that store in its thread. Nothing here decides or changes anything.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from meshnode.node.control_client import JsonObject
from meshnode.node.page.limits import CHUNKS_WATCHED_MAX
from meshnode.node.requester_store import RequesterStore
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.run_terms import Report, RunTerms, StoredLease, StoredRun
from meshnode.protocol.values import IdentityId, RunId, grid_of

CellState = Literal["open", "leased", "reported", "final"]

HOME = "home"
"""This node's own cores; a peer is named by the first half of its identity, as in a job's summary."""

IDENTITY_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFrame:
    """What is fixed of a run."""

    run: RunId
    loop: int | None
    """Number of the loop in the program's report; None if only the run's id is known."""
    chunks: int
    home: IdentityId
    """The requester itself."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One chunk."""

    state: CellState
    holders: tuple[str, ...] = ()
    """Who has it under a lease, or in work at home, and has not reported yet."""
    reporters: tuple[str, ...] = ()
    """Whose result counts; of a final chunk, whose result is the final one."""


OPEN = Cell("open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One worker's part in a run."""

    who: str
    held: int
    """Chunks that it has and has not reported yet."""
    computed: int
    """Chunks that it has reported."""
    paid: int
    """Micro-credits promised by vouchers that stand."""
    is_wrong: bool
    """It was proven wrong: nothing of its lease is paid, and it gets no more work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A run at one moment."""

    frame: RunFrame
    cells: Mapping[int, Cell]
    """The chunks that are not open."""
    shares: tuple[Share, ...]

    @property
    def is_complete(self) -> bool:
        """Every chunk is final; what is still to come are receipts."""
        finals = sum(1 for cell in self.cells.values() if cell.state == "final")
        return finals == self.frame.chunks


def frame_of(terms: RunTerms) -> RunFrame:
    """Take from a run's terms what a picture needs."""
    descriptor = terms.descriptor
    return RunFrame(
        run=terms.run,
        loop=descriptor.loop,
        chunks=grid_of(descriptor).count,
        home=terms.requester,
    )


def picture(frame: RunFrame, stored: StoredRun, at_home: Collection[int] = ()) -> Picture:
    """Draw a run from what is stored of it; `at_home` are the chunks that this node's cores compute now."""
    wrong = stored.shunned | {x.grant.worker for x in stored.leases if x.is_forfeited}
    reporters = _reporters(stored, wrong)
    holders = _holders(frame, stored, at_home)
    cells: dict[int, Cell] = {}
    for chunk in sorted({*reporters, *holders, *stored.finals}):
        state: CellState = "leased"
        if chunk in stored.finals:
            state = "final"
        elif chunk in reporters:
            state = "reported"
        names = tuple(_who(frame, worker) for worker in reporters.get(chunk, ()))
        held_by = tuple(_who(frame, worker) for worker in holders.get(chunk, ()))
        cells[chunk] = Cell(state, held_by, names)
    return Picture(frame=frame, cells=cells, shares=_shares(frame, stored, holders, wrong))


def picture_json(now: Picture, before: Picture | None) -> JsonObject | None:
    """Tell a picture as JSON: whole if there is none before, else what has changed; None if nothing has."""
    known = {} if before is None else before.cells
    changed = [
        [chunk, cell.state, list(cell.holders), list(cell.reporters)]
        for chunk in sorted({*known, *now.cells})
        if (cell := now.cells.get(chunk, OPEN)) != known.get(chunk, OPEN)
    ]
    if before is not None and not changed and before.shares == now.shares:
        return None
    return {
        "run": now.frame.run.hex(),
        "loop": now.frame.loop,
        "chunks": now.frame.chunks,
        "is_whole": before is None,
        "cells": changed,
        "workers": [
            {
                "who": share.who,
                "held": share.held,
                "computed": share.computed,
                "paid": share.paid,
                "is_wrong": share.is_wrong,
            }
            for share in now.shares
        ],
    }


class RunWatch:
    """Looks at the loop runs of one node."""

    def __init__(
        self,
        store: RequesterStore,
        thread: StoreThread,
        home: IdentityId,
        at_home: Callable[[RunId], Collection[int]] | None = None,
    ) -> None:
        """`at_home` names the chunks that run on own cores now; without it they show when they are done."""
        self._store = store
        self._thread = thread
        self._home = home
        self._at_home = at_home

    async def frames(self, job: str) -> tuple[RunFrame, ...]:
        """Return a job's runs that are not settled, of those that are small enough to be shown.

        Raises:
            StorageError: the store cannot be read.
        """
        unsettled = await self._thread.call(self._store.unsettled_runs)
        frames = (frame_of(terms) for owner, terms in unsettled if owner == job)
        return tuple(frame for frame in frames if frame.chunks <= CHUNKS_WATCHED_MAX)

    def frame(self, run: RunId, chunks: int) -> RunFrame | None:
        """Return the frame of a run that only its job's summary names, unless it is too large to be shown."""
        if not 0 < chunks <= CHUNKS_WATCHED_MAX:
            return None
        return RunFrame(run=run, loop=None, chunks=chunks, home=self._home)

    async def picture(self, frame: RunFrame) -> Picture:
        """Look at a run once.

        Raises:
            StorageError: the store cannot be read.
        """
        at_home = () if self._at_home is None else tuple(self._at_home(frame.run))
        return await self._thread.call(lambda: picture(frame, self._store.run(frame.run), at_home))


def _who(frame: RunFrame, worker: IdentityId) -> str:
    return HOME if worker == frame.home else worker.hex()[:IDENTITY_DIGITS]


def _reporters(
    stored: StoredRun, wrong: Collection[IdentityId]
) -> dict[int, tuple[IdentityId, ...]]:
    reporters: dict[int, tuple[IdentityId, ...]] = {}
    for report in stored.reports:
        if _counts(report, stored, wrong):
            chunk = report.result.chunk
            reporters[chunk] = (*reporters.get(chunk, ()), report.worker)
    return reporters


def _counts(report: Report, stored: StoredRun, wrong: Collection[IdentityId]) -> bool:
    final = stored.finals.get(report.result.chunk)
    return report.worker not in wrong if final is None else report.result == final


def _holders(
    frame: RunFrame, stored: StoredRun, at_home: Collection[int]
) -> dict[int, tuple[IdentityId, ...]]:
    holders: dict[int, tuple[IdentityId, ...]] = dict.fromkeys(at_home, (frame.home,))
    for lease in stored.leases:
        if not (lease.is_ended or lease.is_forfeited or lease.is_settled):
            for chunk in range(_covered_stop(lease), lease.stop):
                holders[chunk] = (*holders.get(chunk, ()), lease.grant.worker)
    return holders


def _covered_stop(lease: StoredLease) -> int:
    done = 0 if lease.voucher is None else lease.voucher.chunks_done
    return lease.grant.start + done


def _shares(
    frame: RunFrame,
    stored: StoredRun,
    holders: Mapping[int, Collection[IdentityId]],
    wrong: Collection[IdentityId],
) -> tuple[Share, ...]:
    held = Counter(worker for names in holders.values() for worker in names)
    computed = Counter(report.worker for report in stored.reports)
    paid: Counter[IdentityId] = Counter()
    for lease in stored.leases:
        if lease.voucher is not None and not lease.is_forfeited:
            paid[lease.grant.worker] += lease.voucher.amount
    workers = {*held, *computed, *(lease.grant.worker for lease in stored.leases)}
    return tuple(
        Share(
            who=_who(frame, worker),
            held=held[worker],
            computed=computed[worker],
            paid=paid[worker],
            is_wrong=worker in wrong,
        )
        for worker in sorted(workers, key=lambda worker: (worker != frame.home, worker))
    )
