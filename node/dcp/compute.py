"""One batch of a job: its slices chosen, its price settled, its records taken as they come in.

A failed slice is tried again, with other randomness, TRIES_MAX times in all; a job with a slice that still fails, or
with ERRORS_MAX failures, ends with DCP's code for it. So a work function that throws, hangs or never reports progress
costs a bounded amount of time and never keeps another job waiting.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace

from msgspec import structs

from meshnode.node.config import Config
from meshnode.node.dcp.batches import Batch, Batches, Measured, Spent, chunk_slices, quote
from meshnode.node.dcp.carried import read_carried
from meshnode.node.dcp.funds import Charge, Funds
from meshnode.node.dcp.job_limits import (
    BATCHES_AT_ONCE,
    BATCHES_PER_CLIENT,
    ERRORS_MAX,
    EVENTS_PER_STEP,
    JOB_BYTES_MAX,
    PROBE_SLICES_MAX,
    TRIES_MAX,
)
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.preparing import Preparing
from meshnode.node.dcp.room import too_large
from meshnode.node.dcp.store import BatchRow, BatchTerms, DcpStore, SliceResult
from meshnode.node.dcp.telling import Teller
from meshnode.node.dcp.turns import Turns
from meshnode.node.probe import BUDGET_FACTOR
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.values import digest
from meshnode.sandbox import JavaScriptProgram, SliceRecord

logger = logging.getLogger(__name__)

NOT_RUN = "ENOTRUN"
"""Code of slices that a chunk left out: they are run in another batch, and this was no try."""
TIMES_OUT = {"ENOPROGRESS", "ESLICETOOSLOW"}
"""Codes of slices that are also the job's code when it ends by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputingParts:
    """What batches are computed with."""

    config: Config
    store: DcpStore
    thread: StoreThread
    batches: Batches
    preparing: Preparing
    funds: Funds
    teller: Teller
    pay: Callable[[LiveJob, BatchRow, int, str], Awaitable[None]]
    """Credits an address for a slice that was matched."""
    now_ms: Callable[[], int]


class Computing:
    """Computes jobs' batches, a bounded number at once."""

    def __init__(self, parts: ComputingParts) -> None:
        self._parts = parts
        self._turns = Turns(BATCHES_AT_ONCE, BATCHES_PER_CLIENT)
        self._slow = Turns(1, 1)

    async def run(self, live: LiveJob) -> None:
        """Run the job's next batch, when it is its turn: one from before a restart first.

        Raises:
            DcpRefused: the job ends with this code.
            NodeError: the mesh could not compute it, or the disk is full.
        """
        async with self._slow_lane(live), self._turns.turn(live.terms.owner):
            if live.end:
                return
            # Chosen before anything is awaited: no worker of DCP's may be lent these meanwhile.
            live.computing = _whole(live.restored[0]) if live.restored else _next(live)
            try:
                await self._run_next(live)
            finally:
                live.computing = range(0)

    def _slow_lane(self, live: LiveJob) -> AbstractAsyncContextManager[None]:
        """Let jobs whose slices time out go one after the other: they leave most of the workers to other jobs."""
        return self._slow.turn("") if live.has_timed_out else nullcontext()

    async def _run_next(self, live: LiveJob) -> None:
        if not live.computing:
            return
        live.program = live.program or await self._parts.preparing.program(live)
        if live.restored:
            row = live.restored[0]
            # It was charged before the restart.
            await self._run_batch(
                live, row, await self._parts.preparing.data(live, _whole(row)), None
            )
            live.restored.popleft()
            return
        slices = await self._probe(live, live.computing)
        if not slices or live.end:
            return
        await self._run_new(live, self._row(live, slices))

    async def match(self, live: LiveJob, slices: range) -> None:
        """Have slices that DCP's workers returned computed by an established peer or the home; raises like `run`.

        Where the values are the same the worker is paid. Where they differ the slice is computed like any other.
        """
        async with self._turns.turn(live.terms.owner):
            if live.end:
                return
            live.program = live.program or await self._parts.preparing.program(live)
            if not live.slice_us:
                await self._measure(live, slices)
            row = self._row(live, slices)
            # Checks run at home in any case (`--home never` speaks of other work).
            home = "only" if row.terms.home == "only" else "auto"
            terms = structs.replace(row.terms, quorum=1, is_known_only=True, home=home)
            await self._run_new(live, replace(row, terms=terms))

    async def _run_new(self, live: LiveJob, row: BatchRow) -> None:
        """Fix a batch and run it; its data may be too large for all of its slices."""
        data = await self._parts.preparing.data(live, _whole(row))
        row = replace(row, count=len(data))
        await self._parts.thread.call(lambda: self._parts.store.add_batch(live.job, row))
        live.batch_next += 1
        charge = await self._parts.funds.charge(live, row)
        await self._run_batch(live, row, data, charge)

    async def _run_batch(
        self, live: LiveJob, row: BatchRow, data: tuple[str, ...], charge: Charge | None
    ) -> None:
        assert live.program is not None
        spent = Spent()
        try:
            batch = Batch(
                job=live.job,
                owner=live.terms.owner,
                row=row,
                program=_seeded(live.program, row),
                data=data,
                wanted=frozenset(number for number in _whole(row) if number in live.waiting),
                spent=spent,
            )
            await self._parts.batches.run(batch, lambda records: self._take(live, row, records))
        except asyncio.CancelledError:
            charge = charge if live.end else None  # The gateway stops: it goes on, and was charged.
            raise
        finally:
            if charge is not None:
                await self._parts.funds.settle(charge, spent.amount)

    # Records

    async def _take(self, live: LiveJob, row: BatchRow, records: Mapping[int, SliceRecord]) -> bool:
        """Store records, then tell of them; false when the job has ended meanwhile.

        Raises:
            DcpRefused: the job ends by them.
        """
        if row.terms.is_known_only:
            records = await self._matched(live, row, records)
        records = {
            number: record
            for number, record in records.items()
            if record.error is None or record.error.code != NOT_RUN
        }
        results = [
            SliceResult(
                slice=number,
                state="waiting" if record.value is None else "done",
                value=record.value,
            )
            for number, record in records.items()
        ]
        fresh = await self._parts.thread.call(
            lambda: self._parts.store.store_results(live.job, row.batch, results)
        )
        new = {number: record for number, record in records.items() if number in fresh}
        if new:
            live.has_timed_out = any(map(_times_out, new.values()))
        failed: SliceRecord | None = None
        for at, (number, record) in enumerate(new.items()):
            if record.value is not None:
                live.take_value(number)
                live.size += len(record.value)
            elif live.take_failure(number) >= TRIES_MAX or live.errors >= ERRORS_MAX:
                failed = failed or record
            if not live.end:  # It may end in between.
                self._parts.teller.tell_record(live.job, number, record, self._parts.now_ms())
            if at % EVENTS_PER_STEP == EVENTS_PER_STEP - 1:
                await asyncio.sleep(0)
        if failed is not None:
            raise _too_many_errors(live, failed)
        if live.size > JOB_BYTES_MAX:
            raise too_large()
        return not live.end

    async def _matched(
        self, live: LiveJob, row: BatchRow, records: Mapping[int, SliceRecord]
    ) -> dict[int, SliceRecord]:
        """Keep the records that DCP's workers came to as well, and pay those workers."""
        matched: dict[int, SliceRecord] = {}
        for number, record in records.items():
            returned = live.returned.pop(number, None)
            live.lent.discard(number)
            if returned is None:
                continue
            if record.value != returned.value:
                logger.info(
                    "event=dcp_result_refused job=%s slice=%d address=%s",
                    live.job[:8],
                    number,
                    returned.address[2:10],
                )
                continue
            matched[number] = record
            await self._parts.pay(live, row, number, returned.address)
        return matched

    # Measuring

    async def _probe(self, live: LiveJob, slices: range) -> range:
        """Measure a job's first slices at home; where the home may compute, their records count. Returns the rest."""
        if live.slice_us:
            return slices
        carried = read_carried(live.program) if live.is_carrying and live.program else None
        if carried is not None:
            live.slice_us = max(1, carried.descriptor.operations_max // BUDGET_FACTOR // 1000)
            return slices
        row = self._row(live, slices)
        measured = await self._measure(live, slices)
        if self._parts.config.gateway_home == "never":
            return range(0) if live.has_timed_out else slices  # What hangs goes by the slow lane.
        records = {slices.start + at: record for at, record in enumerate(measured.records)}
        live.batch_next += 1
        await self._take(live, row, records)
        return range(0) if live.has_timed_out else slices[len(records) :]

    async def _measure(self, live: LiveJob, slices: range) -> Measured:
        data = await self._parts.preparing.data(live, slices[:PROBE_SLICES_MAX])
        assert live.program is not None
        program = _seeded(live.program, self._row(live, slices))
        measured = await self._parts.batches.probe(live.terms.owner, program, data)
        live.has_timed_out = any(map(_times_out, measured.records))
        live.slice_us, live.start_us = measured.slice_us, measured.start_us
        await self._parts.thread.call(
            lambda: self._parts.store.set_slice_us(live.job, measured.slice_us)
        )
        self._parts.funds.check_offer(live, self._row(live, slices))
        return measured

    def _row(self, live: LiveJob, slices: range) -> BatchRow:
        config = self._parts.config
        tries = live.waiting.get(slices.start, 0)
        chunk = chunk_slices(live.slice_us, live.start_us, len(slices))
        return BatchRow(
            batch=live.batch_next,
            first=slices.start,
            count=len(slices),
            terms=BatchTerms(
                quote=quote(live.slice_us + live.start_us // chunk),
                chunk_slices=chunk,
                quorum=config.gateway_quorum,
                home=config.gateway_home,
                is_known_only=False,
                price_max=config.price_per_giga,
                seed=digest(live.seed, bytes([tries])),
            ),
        )


def _next(live: LiveJob) -> range:
    return live.next_slices(asyncio.get_running_loop().time())


def _whole(row: BatchRow) -> range:
    return range(row.first, row.first + row.count)


def _seeded(program: JavaScriptProgram, row: BatchRow) -> JavaScriptProgram:
    """Give a program a batch's randomness and the numbers of its slices."""
    return structs.replace(program, seed=row.terms.seed, first_slice=row.first)


def _times_out(record: SliceRecord) -> bool:
    return record.error is not None and record.error.code in TIMES_OUT


def _too_many_errors(live: LiveJob, record: SliceRecord) -> DcpRefused:
    assert record.error is not None
    error = record.error
    code = error.code if error.code in TIMES_OUT else "ETOOMANYERRORS"
    said = f"{error.name}: {error.message}" if error.name else error.message
    return DcpRefused(code, f"{live.errors} tries of slices failed; the last error: {said}")
