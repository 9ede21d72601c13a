"""Loop runs on the mesh: probes a loop, fixes its grid, drives a requester machine until it is settled."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from meshnode.node.config import Config
from meshnode.node.errors import StorageError, person_error
from meshnode.node.exit_code import ExitCode
from meshnode.node.job_store import GridRow, JobStore
from meshnode.node.limits import PROGRESS_EVERY_MS, RESULTS_FORGOTTEN_EVERY_S
from meshnode.node.local_runs import probe_work, slice_memory_bytes
from meshnode.node.loop_runs import ChunkTape, LoopRequest, LoopRun, Progress, Report
from meshnode.node.probe import Probe, probe_loop
from meshnode.node.requester_driver import RequesterDriver, RequesterParts
from meshnode.node.slice_work import SliceWork, slice_work
from meshnode.protocol import requester_events as r
from meshnode.protocol.limits import ESTABLISHED_CHECKS
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.requester import RequesterMachine
from meshnode.protocol.run_terms import HomePolicy, RunTerms, Standing, StoredRun
from meshnode.protocol.values import (
    ABI_VERSION,
    METERING_VERSION,
    PROFILE,
    Hash,
    IdentityId,
    RunDescriptor,
    RunId,
    digest,
    grid_of,
    run_hash,
    run_id,
)
from meshnode.sandbox import OUTPUT_BYTES_MAX, ModuleRefused

logger = logging.getLogger(__name__)


def _never(_job: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsParts:
    """What loop runs on the mesh need beside the drivers' parts."""

    identity: IdentityId
    config: Config
    jobs: JobStore
    requester: RequesterParts
    is_unfinished: Callable[[str], bool] = _never
    """Tell of a job that is no program (the gateway has such) whether it may still ask for its results."""


class MeshRuns:
    """All requester drivers of a node. `serve` owns their tasks."""

    def __init__(self, parts: RunsParts) -> None:
        self._parts = parts
        self._drivers: dict[RunId, RequesterDriver] = {}
        self._waiting: set[RunId] = set()
        self._group: asyncio.TaskGroup | None = None

    async def serve(self, unfinished_jobs: frozenset[str]) -> None:
        """Settle what runs of ended jobs have left open, and drive new runs, until cancelled.

        Runs of unfinished jobs wait for their job, which is started again and opens them anew.
        """
        requester = self._parts.requester
        unsettled = await requester.thread.call(requester.store.unsettled_runs)
        self._waiting = {terms.run for job, terms in unsettled if job in unfinished_jobs}
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for job, terms in unsettled:
                    if job not in unfinished_jobs:
                        await self._settle(job, terms)
                while True:
                    await self._forget_ended_jobs()
                    await asyncio.sleep(RESULTS_FORGOTTEN_EVERY_S)
            finally:
                self._group = None

    def may_come_back(self, run: RunId) -> bool:
        """Tell whether a run that is not driven now waits for its job to be started again."""
        return run in self._waiting

    def chunks_at_home(self, run: RunId) -> tuple[int, ...]:
        """Name the chunks of a run that run on own cores now."""
        driver = self._drivers.get(run)
        return () if driver is None else driver.chunks_at_home

    def tell(self, run: RunId, event: r.RequesterEvent) -> bool:
        """Hand an event to a run's machine; false if there is no such run."""
        driver = self._drivers.get(run)
        if driver is not None:
            driver.tell(event)
        return driver is not None

    def tell_all(self, event: r.RequesterEvent) -> None:
        """Hand an event to every run's machine."""
        for driver in self._drivers.values():
            driver.tell(event)

    async def open(self, request: LoopRequest, report: Report) -> LoopRun | None:
        """See `LoopRuns`."""
        if request.iterations == 0:
            return None
        requester = self._parts.requester
        work = probe_work(request)
        grid = await requester.thread.call(
            lambda: self._parts.jobs.grid(request.job, request.ordinal)
        )
        try:
            probe = await probe_loop(requester.pool, work, request.iterations)
        except ModuleRefused as err:
            logger.warning("event=loop_stays_home job=%s reason=%r", request.job[:8], str(err))
            return None
        if grid is None:
            if not self._pays(request, probe):
                return None
            length = probe.chunk_length(request.iterations)
            grid = GridRow(chunk_iterations=length, operations_max=probe.budget(length))
            fixed = grid
            await requester.thread.call(
                lambda: self._parts.jobs.set_grid(request.job, request.ordinal, fixed)
            )
        terms = await self._terms(request, grid, probe.operations_per_chunk(grid.chunk_iterations))
        driver = await self.start(request.job, terms, work)
        return _MeshRun(driver, request, report)

    def _pays(self, request: LoopRequest, probe: Probe) -> bool:
        """Decide whether to split: the work must be worth it, and somebody beside one own core must be there."""
        if request.is_forced:
            return True
        requester = self._parts.requester
        has_peers = bool(requester.links.peers()) and request.options.home != "only"
        has_help = has_peers or requester.pool.cores > 1
        return has_help and probe.is_worth_distributing(request.iterations)

    async def _terms(
        self, request: LoopRequest, grid: GridRow, operations_per_chunk: int
    ) -> RunTerms:
        """Fix what the run is; a restarted job comes to the same run id."""
        blobs = self._parts.requester.blobs
        descriptor = RunDescriptor(
            abi_version=ABI_VERSION,
            metering_version=METERING_VERSION,
            profile=PROFILE,
            module=await blobs.put(request.program.slice),
            captures=await blobs.put(request.captures),
            loop=request.loop,
            iterations=request.iterations,
            chunk_length=grid.chunk_iterations,
            operations_max=grid.operations_max,
            memory_bytes=slice_memory_bytes(len(request.captures)),
        )
        program = digest(request.job.encode().ljust(32), blob_id(request.program.home))
        arguments = blob_id(repr(request.arguments).encode())
        return RunTerms(
            run=run_id(program, Hash(arguments), request.ordinal, run_hash(descriptor)),
            descriptor=descriptor,
            requester=self._parts.identity,
            quorum=request.options.quorum,
            home=HomePolicy(request.options.home),
            home_cores=self._parts.requester.pool.cores,
            price_max=self._parts.config.price_per_giga,
            operations_per_chunk=operations_per_chunk,
            module_bytes=len(request.program.slice),
            captures_bytes=len(request.captures),
            tape_bytes_max=OUTPUT_BYTES_MAX,
            addresses=self._parts.requester.links.network.addresses()[:4],
        )

    async def start(
        self, job: str, terms: RunTerms, work: SliceWork, parts: RequesterParts | None = None
    ) -> RequesterDriver:
        """Start a run's machine from what is stored of it; a run that is driven already is joined.

        `parts` differ from the node's in what runs its chunks at home.
        """
        running = self._drivers.get(terms.run)
        if running is not None:
            return running
        requester = parts or self._parts.requester

        def stored() -> StoredRun:
            requester.store.add_run(job, terms)
            return requester.store.run(terms.run)

        state = await requester.thread.call(stored)
        standings = await requester.thread.call(self._standings)
        machine = RequesterMachine(terms, standings, random.SystemRandom(), state)
        driver = RequesterDriver(machine, terms, work, job, requester)
        driver.chunks_done = len(state.finals)
        self._drivers[terms.run] = driver
        self._waiting.discard(terms.run)
        assert self._group is not None
        self._group.create_task(self._drive(driver))
        for peer in requester.links.peers():
            driver.tell(r.PeerFound(peer=peer.identity))
        return driver

    async def _settle(self, job: str, terms: RunTerms) -> None:
        """Drive a run whose job has ended, only to settle its leases."""
        requester = self._parts.requester
        await requester.thread.call(lambda: requester.store.cancel_run(terms.run))
        descriptor = terms.descriptor
        work = slice_work(run_hash(descriptor), descriptor, module=b"", captures=b"")
        await self.start(job, terms, work)

    async def _drive(self, driver: RequesterDriver) -> None:
        """Drive a run to its close. This is a task's root: what goes wrong fails the job, not the daemon.

        A failed run stays open in the store and is settled at the next start; until then its workers are not told
        that it has ended, and keep what they are to be paid for.
        """
        run = driver.terms.run
        try:
            await driver.serve()
        except Exception as err:
            told = person_error(err, "had a loop computed")
            is_ours = told.exit_code is ExitCode.INTERNAL
            logger.exception(
                "event=run_failed run=%s reason=%r", run.hex()[:8], str(told), exc_info=is_ours
            )
            self._waiting.add(run)
            await driver.fail(told)
        finally:
            self._drivers.pop(run, None)

    async def _forget_ended_jobs(self) -> None:
        """Drop the results of jobs that have ended: a job that is started again replays those of its closed runs."""
        store, jobs = self._parts.requester.store, self._parts.jobs

        def forget() -> None:
            for job in store.jobs_with_results():
                row = jobs.job(job)
                is_ended = row is None or row.ended_ms is not None
                if is_ended and not self._parts.is_unfinished(job):
                    store.forget_job(job)

        try:
            await self._parts.requester.thread.call(forget)
        except StorageError as err:
            logger.error("event=results_not_forgotten reason=%r", str(err))  # noqa: TRY400  a full disk needs no trace

    def _standings(self) -> dict[IdentityId, Standing]:
        """Tell what this node thinks of the workers that it knows; its own history only."""
        store = self._parts.requester.mesh_store
        standings = dict.fromkeys(store.checked_workers(ESTABLISHED_CHECKS), Standing.ESTABLISHED)
        standings |= dict.fromkeys(self._parts.config.trusted, Standing.TRUSTED)
        return standings | dict.fromkeys(store.shunned(), Standing.SHUNNED)


class _MeshRun:
    """The program's side of a driver: chunks in order, progress, the summary."""

    def __init__(self, driver: RequesterDriver, request: LoopRequest, report: Report) -> None:
        self._driver = driver
        self._request = request
        self._report = report
        self._line = request.line
        self._chunks = grid_of(driver.terms.descriptor).count
        self._asked = 0
        self._opened_ms = driver.parts.now_ms()
        self._closed_ms = self._opened_ms
        self._summary: dict[str, object] = {}
        self._reporting = asyncio.get_running_loop().create_task(self._report_often())

    async def next(self) -> ChunkTape:
        """See `LoopRun`."""
        tape = await self._driver.next_final(self._asked)
        self._asked += 1
        return tape

    async def close(self) -> None:
        """See `LoopRun`."""
        self._reporting.cancel()
        if not self._driver.is_finished:
            self._driver.tell(r.OwnerCancelled())
        if not self._summary:
            self._closed_ms = self._driver.parts.now_ms()
            parts = self._driver.parts
            self._summary = await parts.thread.call(self._summarise)
        self._tell()

    def summary(self) -> dict[str, object]:
        """See `LoopRun`."""
        return self._summary

    async def _report_often(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(PROGRESS_EVERY_MS / 1000)

    def _tell(self) -> None:
        links = self._driver.parts.links
        self._report(
            Progress(
                run=self._request.ordinal,
                line=self._line,
                chunks=self._chunks,
                chunks_done=self._driver.chunks_computed,
                peers=len(links.peers()),
                operations_per_s=self._driver.operations_per_s,
                cost=self._driver.cost,
            )
        )

    def _summarise(self) -> dict[str, object]:
        """Tell who computed what; reads the store, in its thread."""
        store, terms = self._driver.parts.store, self._driver.terms
        state = store.run(terms.run)
        chunks: Counter[IdentityId] = Counter()
        operations: Counter[IdentityId] = Counter()
        for reported in state.reports:
            chunks[reported.worker] += 1
            operations[reported.worker] += reported.result.operations
        paid: Counter[IdentityId] = Counter()
        forfeited: set[IdentityId] = set()
        for lease in state.leases:
            if lease.is_forfeited:
                forfeited.add(lease.grant.worker)
            elif lease.voucher is not None:
                paid[lease.grant.worker] += lease.voucher.amount
        home_checks = sum(1 for x in state.reports if x.worker == terms.requester)
        return {
            "run": terms.run.hex(),
            "line": self._line,
            "iterations": terms.descriptor.iterations,
            "chunks": self._chunks,
            "executions_per_chunk": round(sum(chunks.values()) / self._chunks, 3),
            "home_checks": home_checks,
            "cost": sum(paid.values()),
            "opened_ms": self._opened_ms,
            "first_grant_ms": self._driver.first_grant_ms,
            "closed_ms": self._closed_ms,
            "workers": [
                {
                    "who": "home" if worker == terms.requester else worker.hex()[:16],
                    "chunks": count,
                    "operations": operations[worker],
                    "paid": paid[worker],
                    "verdict": _verdict(worker, terms.requester, forfeited, state.shunned),
                }
                for worker, count in sorted(chunks.items())
            ],
        }


def _verdict(
    worker: IdentityId, home: IdentityId, forfeited: set[IdentityId], shunned: frozenset[IdentityId]
) -> str:
    if worker == home:
        return "own cores"
    if worker in forfeited or worker in shunned:
        return "wrong: lease forfeited, shunned"
    return "agreed"
