"""One batch of a job: its program and data made ready, its price settled, its records taken as they come in.

A failed slice is tried again, with other randomness, TRIES_MAX times in all; a job with a slice that still fails, or
with ERRORS_MAX failures, ends with DCP's code for it. So a work function that throws, hangs or never reports progress
costs a bounded amount of time and never keeps another job waiting.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from msgspec import structs

from meshnode.node.config import Config
from meshnode.node.dcp.batches import Batch, Batches, Measured, chunk_slices, quote
from meshnode.node.dcp.job_limits import (
    BATCH_BYTES_MAX,
    BATCHES_AT_ONCE,
    BATCHES_PER_CLIENT,
    DATUM_BYTES_MAX,
    ERRORS_MAX,
    EVENTS_PER_STEP,
    PROBE_SLICES_MAX,
    TRIES_MAX,
)
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.remote import RemoteValues
from meshnode.node.dcp.store import BatchRow, BatchTerms, DcpStore, SliceResult
from meshnode.node.dcp.telling import Teller
from meshnode.node.dcp.terms import Value
from meshnode.node.dcp.turns import Turns
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.values import digest
from meshnode.sandbox import JavaScriptProgram, SliceRecord

logger = logging.getLogger(__name__)

DAY_MS = 24 * 3600 * 1000
TIMES_OUT = {"ENOPROGRESS", "ESLICETOOSLOW"}
"""Codes of slices that are also the job's code when it ends by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputingParts:
    """What batches are made ready with."""

    config: Config
    store: DcpStore
    thread: StoreThread
    batches: Batches
    remote: RemoteValues
    teller: Teller
    pay: Callable[[LiveJob, BatchRow, int, str], Awaitable[None]]
    """Credits an address for a slice that was matched."""
    now_ms: Callable[[], int]


class Computing:
    """Computes jobs' batches, a bounded number at once."""

    def __init__(self, parts: ComputingParts) -> None:
        self._parts = parts
        self._turns = Turns(BATCHES_AT_ONCE, BATCHES_PER_CLIENT)

    async def run(self, live: LiveJob, slices: range) -> None:
        """Run the job's next batch: one from before a restart first, else the given slices.

        Raises:
            DcpRefused: the job ends with this code.
            NodeError: the mesh could not compute it, or the disk is full.
        """
        async with self._turns.turn(live.terms.owner):
            if live.end:
                return
            live.program = live.program or await self._program(live)
            if live.restored:
                row = live.restored[0]
                await self._run_batch(live, row, await self._data(live, row.first, row.count))
                live.restored.popleft()
                return
            slices = await self._probe(live, slices)
            if not slices or live.end:
                return
            data = await self._data(live, slices.start, len(slices))
            row = self._row(live, slices.start, len(data))
            await self._parts.thread.call(lambda: self._parts.store.add_batch(live.job, row))
            live.batch_next += 1
            await self._run_batch(live, row, data)

    async def match(self, live: LiveJob, slices: range) -> None:
        """Have slices that DCP's workers returned computed by an established peer or the home; raises like `run`.

        Where the values are the same the worker is paid. Where they differ the slice is computed like any other.
        """
        async with self._turns.turn(live.terms.owner):
            live.program = live.program or await self._program(live)
            if not live.slice_us:
                await self._measure(live, slices)
            returned = {n: live.returned[n] for n in slices if n in live.returned}
            if live.end or not returned:
                return
            row = self._row(live, slices.start, len(slices))
            # Checks run at home in any case (`--home never` speaks of other work).
            home = "only" if row.terms.home == "only" else "auto"
            terms = structs.replace(row.terms, quorum=1, is_known_only=True, home=home)
            row = replace(row, terms=terms)
            data = await self._data(live, row.first, row.count)
            row = replace(row, count=len(data))
            await self._parts.thread.call(lambda: self._parts.store.add_batch(live.job, row))
            live.batch_next += 1
            await self._run_batch(live, row, data)

    async def _run_batch(self, live: LiveJob, row: BatchRow, data: tuple[str, ...]) -> None:
        estimate = await self._charge(live, row)
        assert live.program is not None
        program = _seeded(live.program, row)
        if not row.terms.is_known_only:
            live.computing = range(row.first, row.first + len(data))
        cost = 0
        try:
            batch = Batch(job=live.job, row=row, program=program, data=data)
            cost = await self._parts.batches.run(
                batch, lambda records: self._take(live, row, records)
            )
        finally:
            live.computing = range(0)
            await self._spend(live, cost - estimate)

    async def _take(self, live: LiveJob, row: BatchRow, records: Mapping[int, SliceRecord]) -> bool:
        """Store records, then tell of them; false when the job has ended by them."""
        if row.terms.is_known_only:
            records = await self._matched(live, row, records)
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
        failed: SliceRecord | None = None
        for at, (number, record) in enumerate(records.items()):
            if number not in fresh:
                continue
            if record.value is not None:
                live.take_value(number)
            elif live.take_failure(number) >= TRIES_MAX or live.errors >= ERRORS_MAX:
                failed = failed or record
            self._parts.teller.tell_record(live.job, number, record, self._parts.now_ms())
            if at % EVENTS_PER_STEP == EVENTS_PER_STEP - 1:
                await asyncio.sleep(0)
        if failed is not None:
            raise _too_many_errors(live, failed)
        return not live.end

    async def _matched(
        self, live: LiveJob, row: BatchRow, records: Mapping[int, SliceRecord]
    ) -> dict[int, SliceRecord]:
        """Keep the records that DCP's workers came to as well, and pay those workers."""
        matched: dict[int, SliceRecord] = {}
        for number, record in records.items():
            returned = live.returned.pop(number, None)
            live.lent.discard(number)
            if returned is None or record.value != returned.value:
                if returned is not None:
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

    # Making ready

    async def _program(self, live: LiveJob) -> JavaScriptProgram:
        terms, config = live.terms, self._parts.config
        arguments = [await self._parts.remote.kvin_text(value) for value in terms.arguments]
        return JavaScriptProgram(
            worktime=terms.worktime,
            work_function=await self._parts.remote.text(terms.work_function),
            arguments=tuple(arguments),
            modules=await self._modules(terms.owner, terms.dependencies),
            require_path=terms.require_path,
            dependencies=terms.dependencies,
            public=_public(live),
            is_strict=terms.is_strict,
            progress_ms_max=1000 * config.gateway_progress_s,
            slice_ms_max=1000 * config.gateway_slice_s,
        )

    async def _modules(
        self, owner: str, dependencies: tuple[str, ...]
    ) -> tuple[tuple[str, str], ...]:
        """Return the sources of the modules that a job depends on, of packages that its client has deployed."""
        modules: list[tuple[str, str]] = []
        for name in dependencies:
            package, _, file = name.partition("/")
            key = f"{owner}/{package}"
            files = await self._parts.thread.call(partial(self._parts.store.package, key))
            source = None if files is None else files.get(f"{file}.js", files.get(file))
            if source is None:
                raise DcpRefused(
                    "ENOENT",
                    f"there is no module {name} here; bundle it with the job (`job.requires('./file')`)",
                )
            modules.append((name, source))
        return tuple(modules)

    async def _data(self, live: LiveJob, first: int, count: int) -> tuple[str, ...]:
        """Return slices' input, as many as one batch may carry, but at least one."""
        values = await self._parts.thread.call(
            lambda: self._parts.store.data(live.job, first, count)
        )
        texts: list[str] = []
        size = 0
        for text in await self._texts(values):
            if len(text) > DATUM_BYTES_MAX:
                raise DcpRefused("EINVAL", f"a slice's input is larger than {DATUM_BYTES_MAX}")
            size += len(text)
            if texts and size > BATCH_BYTES_MAX:
                break
            texts.append(text)
        return tuple(texts)

    async def _texts(self, values: Sequence[Value]) -> Sequence[str]:
        """Return values' KVIN texts; those that lie elsewhere are fetched, several at a time."""
        fetches: dict[int, asyncio.Task[str]] = {}
        try:
            async with asyncio.TaskGroup() as group:
                for at, value in enumerate(values):
                    if value.is_url:
                        fetches[at] = group.create_task(self._parts.remote.kvin_text(value))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return [
            fetches[at].result() if value.is_url else value.text for at, value in enumerate(values)
        ]

    async def _probe(self, live: LiveJob, slices: range) -> range:
        """Measure a job's first slices at home; where the home may compute, their records count. Returns the rest."""
        if live.slice_us:
            return slices
        row = self._row(live, slices.start, len(slices))
        measured = await self._measure(live, slices)
        if self._parts.config.gateway_home == "never":
            return slices
        records = {slices.start + at: record for at, record in enumerate(measured.records)}
        live.batch_next += 1
        await self._take(live, row, records)
        return range(slices.start + len(records), slices.stop)

    async def _measure(self, live: LiveJob, slices: range) -> Measured:
        row = self._row(live, slices.start, len(slices))
        data = await self._data(live, slices.start, min(len(slices), PROBE_SLICES_MAX))
        assert live.program is not None
        measured = await self._parts.batches.probe(_seeded(live.program, row), data)
        live.slice_us = measured.slice_us
        await self._parts.thread.call(
            lambda: self._parts.store.set_slice_us(live.job, measured.slice_us)
        )
        self._check_offer(live)
        return measured

    def _row(self, live: LiveJob, first: int, count: int) -> BatchRow:
        config = self._parts.config
        tries = live.waiting.get(first, 0)
        return BatchRow(
            batch=live.batch_next,
            first=first,
            count=count,
            terms=BatchTerms(
                quote=quote(live.slice_us),
                chunk_slices=chunk_slices(live.slice_us, count),
                quorum=config.gateway_quorum,
                home=config.gateway_home,
                is_known_only=False,
                price_max=config.price_per_giga,
                seed=digest(live.seed, bytes([tries])),
            ),
        )

    # Money

    def _check_offer(self, live: LiveJob) -> None:
        """End a job that offers less DCC for a slice than it costs at the rate that the owner has set."""
        offer, config = Decimal(live.terms.offer_dcc), self._parts.config
        if offer == 0:
            return
        cost = config.gateway_quorum * self._parts.batches.slice_cost(live.slice_us)
        if offer * config.gateway_credits_per_dcc < cost:
            raise DcpRefused(
                "ENOFUNDS",
                f"a slice costs {cost} micro-credits here; the offer of {offer} DCC is worth "
                f"{int(offer * config.gateway_credits_per_dcc)} at {config.gateway_credits_per_dcc} for a DCC",
            )

    async def _charge(self, live: LiveJob, row: BatchRow) -> int:
        """Charge a batch's highest cost to the client's allowance of today; returns it."""
        per_slice = self._parts.batches.slice_cost(live.slice_us)
        estimate = row.terms.quorum * row.count * per_slice
        if not await self._spend(live, estimate):
            allowance = self._parts.config.gateway_credits_per_day
            raise DcpRefused(
                "ENOFUNDS",
                f"the account's allowance of {allowance} micro-credits a day at this gateway is used up; "
                "go on tomorrow, or ask its owner for more",
            )
        return estimate

    async def _spend(self, live: LiveJob, amount: int) -> bool:
        allowance = self._parts.config.gateway_credits_per_day or None
        day = self._parts.now_ms() // DAY_MS
        account = live.terms.account
        return await self._parts.thread.call(
            lambda: self._parts.store.spend(account, day, amount, allowance)
        )


def _seeded(program: JavaScriptProgram, row: BatchRow) -> JavaScriptProgram:
    """Give a program a batch's randomness and the numbers of its slices."""
    return structs.replace(program, seed=row.terms.seed, first_slice=row.first)


def _too_many_errors(live: LiveJob, record: SliceRecord) -> DcpRefused:
    assert record.error is not None
    error = record.error
    code = error.code if error.code in TIMES_OUT else "ETOOMANYERRORS"
    said = f"{error.name}: {error.message}" if error.name else error.message
    return DcpRefused(code, f"{live.errors} tries of slices failed; the last error: {said}")


def _public(live: LiveJob) -> str:
    """Return what slices see as `work.job.public`."""
    terms = live.terms
    return dumps({"name": terms.name, "description": terms.description, "link": terms.link})
