"""Runs of slices on the mesh: a batch of a job's consecutive slices becomes one run, its chunks come back verified.

A batch is fixed in the store before its run is announced, so that a restart comes to the same run and finds what was
accepted. Small batches stay at home where the home may help, as small loops of programs do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from meshnode.node.config import Config
from meshnode.node.dcp.carried import Carried, carried_record, is_whole, read_carried
from meshnode.node.dcp.job_limits import (
    CHUNK_SLICES_MAX,
    CHUNK_TARGET_US,
    CHUNKS_WANTED,
    HOME_WORTH_US,
    MEMORY_BYTES,
    PROBE_SLICES_MAX,
    PROBE_US,
    PYTHON_CHUNK_US,
    QUOTE_MIN,
)
from meshnode.node.dcp.store import BatchRow
from meshnode.node.dcp.turns import ClientCores, Turns
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.loop_runs import ChunkTape
from meshnode.node.mesh_runs import MeshRuns
from meshnode.node.requester_driver import RequesterDriver, RequesterParts
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork, slice_work
from meshnode.protocol import requester_events as r
from meshnode.protocol.run_terms import HomePolicy, RunTerms
from meshnode.protocol.values import (
    ABI_JAVASCRIPT,
    METERING_QUOTED,
    PROFILE_JAVASCRIPT,
    PROFILE_PYTHON,
    IdentityId,
    RunDescriptor,
    cost_credits,
    digest,
    grid_of,
    run_hash,
    run_id,
)
from meshnode.sandbox import (
    ENDINGS_MAX,
    OUTPUT_BYTES_MAX,
    JavaScriptProgram,
    SandboxError,
    SliceRecord,
    decode_records,
    encode_data,
    encode_program,
)

logger = logging.getLogger(__name__)

MESH_JOB = "dcp/"
"""Marks the gateway's jobs among those of the mesh's store."""
PYTHON = "pyodide"
CHUNK_PATIENCE_MS = 15_000
"""Fetching and loading a program, beside the time that its slices may take."""


def mesh_job(job: str) -> str:
    """Name a job of the gateway's among those of the mesh's store."""
    return MESH_JOB + job


TakeRecords = Callable[[Mapping[int, SliceRecord]], Awaitable[bool]]
"""Takes slices' records by slice number as they become final; false ends the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchParts:
    """What batches are run with."""

    identity: IdentityId
    config: Config
    runs: MeshRuns
    requester: RequesterParts
    pool: SlicePool
    """Own cores for JavaScript, apart from those that programs' loops use."""


@dataclass(slots=True)
class Spent:
    """What a batch has cost so far, also when it ends before its time."""

    amount: int = 0
    """Micro-credits that vouchers promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Slices to be run, with all that they need."""

    job: str
    owner: str
    """The client's identity."""
    row: BatchRow
    program: JavaScriptProgram
    data: Sequence[str]
    """KVIN text of each slice's input."""
    wanted: frozenset[int]
    """Slices that have no value yet: of a batch from before a restart some may have."""
    spent: Spent


@dataclass(frozen=True, slots=True)
class Measured:
    """What a probe found."""

    slice_us: int
    start_us: int
    """What each chunk takes before its first slice; 0 where that is little."""
    records: tuple[SliceRecord, ...]
    """Of the slices that were run for it, from the first on."""


class Batches:
    """Runs batches; several at once."""

    def __init__(self, parts: BatchParts) -> None:
        self._parts = parts
        cores = parts.pool.cores
        self._turns = Turns(cores, max(1, cores - 1))
        """Own cores: a client whose slices hang leaves one to the others, or the next turn if there is but one."""

    async def probe(self, owner: str, program: JavaScriptProgram, data: Sequence[str]) -> Measured:
        """Run a job's first slices at home, to learn what one costs.

        Raises:
            NodeError: the sandbox cannot be had.
        """
        count, spent_us, first_us, start_us = 0, 0, 0, 0
        records: list[SliceRecord] = []
        work = _work(program, data[:PROBE_SLICES_MAX], QUOTE_MIN, 1)
        while count < min(len(data), PROBE_SLICES_MAX) and (spent_us < PROBE_US or start_us):
            stop = min(3 * count + 1, len(data), PROBE_SLICES_MAX)
            tape, wall_us = await self._run_chunk(owner, work, count, stop)
            records += tape
            spent_us += wall_us
            if program.worktime == PYTHON:
                # Each chunk starts an interpreter: two chunks of different lengths tell how long that takes.
                if count:
                    slice_us = max(1, (wall_us - first_us) // max(stop - count - 1, 1))
                    return Measured(slice_us, max(1, first_us - slice_us), tuple(records))
                first_us = start_us = wall_us
            count = stop
            if any(record.error is not None for record in tape):
                break
        return Measured(max(1, spent_us // max(count, 1)), 0, tuple(records))

    def cost(self, operations: int) -> int:
        """Tell what operations cost at most, in micro-credits."""
        return cost_credits(operations, self._parts.config.price_per_giga)

    async def run(self, batch: Batch, take: TakeRecords) -> None:
        """Run a batch to its end, handing on records as they become final.

        Raises:
            NodeError: the mesh and the home together could not compute it.
        """
        terms = batch.row.terms
        carried = await asyncio.to_thread(_carried, batch)
        if carried is not None and terms.home != "only":
            await self._run_carried(batch, carried, take)
            return
        total_us = terms.quote * len(batch.data) // 1000
        is_small = terms.home != "never" and total_us < HOME_WORTH_US
        if terms.home == "only" or is_small:
            await self._run_at_home(batch, take)
        else:
            await self._run_on_mesh(batch, take)

    async def _run_at_home(self, batch: Batch, take: TakeRecords) -> None:
        """Run the chunks of which slices are wanted, on all own cores."""
        length = batch.row.terms.chunk_slices
        work = _work(batch.program, batch.data, batch.row.terms.quote, length)
        first, count = batch.row.first, len(batch.data)
        starts = iter(
            start
            for start in range(0, count, length)
            if any(first + at in batch.wanted for at in range(start, min(start + length, count)))
        )
        is_going_on = True

        async def work_off() -> None:
            nonlocal is_going_on
            for start in starts:
                records, _ = await self._run_chunk(
                    batch.owner, work, start, min(start + length, count)
                )
                is_going_on = await take(_numbered(batch, start, records)) and is_going_on
                if not is_going_on:
                    return

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._parts.pool.cores):
                    group.create_task(work_off())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _run_chunk(
        self, owner: str, work: SliceWork, start: int, stop: int
    ) -> tuple[tuple[SliceRecord, ...], int]:
        """Run slices at home, when it is their client's turn."""
        try:
            outcome = await self._cores(owner).run(work, start, stop, 0)
        except SandboxError as err:
            raise NodeError(f"a slice could not be run here: {err}", ExitCode.JOB_FAILED) from err
        records = decode_records(outcome.tape, stop - start)
        assert records is not None, "our own sandbox writes records"
        return records, outcome.wall_us

    def _cores(self, owner: str) -> ClientCores:
        return ClientCores(self._parts.pool, self._turns, owner)

    async def _run_on_mesh(self, batch: Batch, take: TakeRecords) -> None:
        module, captures = encode_program(batch.program), encode_data(batch.data)
        descriptor = await self._descriptor(batch, module, captures)
        program = batch.program
        is_single = batch.row.terms.chunk_slices == 1
        slice_ms = program.slice_ms_max if is_single else ENDINGS_MAX * program.progress_ms_max
        terms = self._terms(batch, descriptor, (len(module), len(captures)))
        terms = replace(terms, chunk_ms_max=slice_ms + CHUNK_PATIENCE_MS)
        work = slice_work(run_hash(descriptor), descriptor, module, captures)

        def read(tape: ChunkTape) -> tuple[SliceRecord, ...] | None:
            records = decode_records(tape.tape, tape.iterations)
            return records if records is None or len(records) == tape.iterations else None

        await self._drive(batch, terms, work, _Reading(read, batch.row.terms.chunk_slices), take)

    async def _run_carried(self, batch: Batch, carried: Carried, take: TakeRecords) -> None:
        """Run a module that the slices carry; each of its chunks is one slice."""
        blobs = self._parts.requester.blobs
        await blobs.put(carried.module)
        await blobs.put(carried.captures)
        descriptor = carried.descriptor
        sizes = (len(carried.module), len(carried.captures))
        terms = replace(
            self._terms(batch, descriptor, sizes), operations_per_chunk=batch.row.terms.quote
        )
        work = slice_work(run_hash(descriptor), descriptor, carried.module, carried.captures)
        await self._drive(
            batch, terms, work, _Reading(lambda tape: (carried_record(tape),), 1), take
        )

    async def _drive(
        self, batch: Batch, terms: RunTerms, work: SliceWork, reading: "_Reading", take: TakeRecords
    ) -> None:
        """Drive a run on the mesh until all its records are taken, or no more are wanted."""
        parts = replace(self._parts.requester, pool=self._cores(batch.owner))
        driver = await self._parts.runs.start(mesh_job(batch.job), terms, work, parts)
        try:
            await self._take_finals(batch, driver, reading, take)
        finally:
            batch.spent.amount = driver.cost
            if not driver.is_finished:
                driver.tell(r.OwnerCancelled())

    async def _take_finals(
        self, batch: Batch, driver: RequesterDriver, reading: "_Reading", take: TakeRecords
    ) -> None:
        count = grid_of(driver.terms.descriptor).count
        known: set[int] = set()
        while len(known) < count:
            records: dict[int, SliceRecord] = {}
            for chunk, tape in (await driver.next_finals(known)).items():
                known.add(chunk)
                decoded = await asyncio.to_thread(reading.read, tape)
                if decoded is None:
                    raise NodeError("workers agreed on a tape that is none", ExitCode.JOB_FAILED)
                records |= _numbered(batch, chunk * reading.chunk_slices, decoded)
            if not await take(records):
                return

    async def _descriptor(self, batch: Batch, module: bytes, captures: bytes) -> RunDescriptor:
        terms, blobs = batch.row.terms, self._parts.requester.blobs
        return RunDescriptor(
            abi_version=ABI_JAVASCRIPT,
            metering_version=METERING_QUOTED,
            profile=_profile(batch.program),
            module=await blobs.put(module),
            captures=await blobs.put(captures),
            loop=0,
            iterations=len(batch.data),
            chunk_length=terms.chunk_slices,
            operations_max=terms.quote * terms.chunk_slices,
            memory_bytes=MEMORY_BYTES,
        )

    def _terms(self, batch: Batch, descriptor: RunDescriptor, sizes: tuple[int, int]) -> RunTerms:
        parts, row = self._parts, batch.row
        job = digest(b"meshnode/dcp-job/1", batch.job.encode())
        return RunTerms(
            run=run_id(job, digest(row.terms.seed), row.batch, run_hash(descriptor)),
            descriptor=descriptor,
            requester=parts.identity,
            quorum=row.terms.quorum,
            home=HomePolicy(row.terms.home),
            home_cores=parts.pool.cores,
            price_max=row.terms.price_max,
            operations_per_chunk=descriptor.operations_max,
            module_bytes=sizes[0],
            captures_bytes=sizes[1],
            tape_bytes_max=OUTPUT_BYTES_MAX,
            addresses=parts.requester.links.network.addresses()[:4],
            is_known_only=row.terms.is_known_only,
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a chunk's tape is read as slices' records."""

    read: Callable[[ChunkTape], tuple[SliceRecord, ...] | None]
    """None: it is no tape of records."""
    chunk_slices: int


def _carried(batch: Batch) -> Carried | None:
    """Return the run that a batch carries, if it is all of it."""
    carried = read_carried(batch.program)
    return carried if carried is not None and is_whole(carried, batch.data) else None


def quote(slice_us: int) -> int:
    """Return the fixed number of operations that a slice costs: a power of two, so that noise seldom changes it.

    An operation is a nanosecond here, which is what a worker's benchmark assumes before it has measured.
    """
    return max(QUOTE_MIN, 1 << (max(1, 1000 * slice_us) - 1).bit_length())


def chunk_slices(slice_us: int, start_us: int, count: int) -> int:
    """Return how many slices of a batch make a chunk; starting takes at most half of its time, if there are enough."""
    target_us = PYTHON_CHUNK_US if start_us else CHUNK_TARGET_US
    by_time = max(1, target_us - start_us) // max(1, slice_us)
    wanted = max(-(-count // CHUNKS_WANTED), -(-start_us // max(1, slice_us)))
    return max(1, min(by_time, wanted, count, CHUNK_SLICES_MAX))


def _work(
    program: JavaScriptProgram, data: Sequence[str], slice_quote: int, length: int
) -> SliceWork:
    """Return a run that never leaves this machine, as the sandbox loads it."""
    module, captures = encode_program(program), encode_data(data)
    descriptor = RunDescriptor(
        abi_version=ABI_JAVASCRIPT,
        metering_version=METERING_QUOTED,
        profile=_profile(program),
        module=digest(module),
        captures=digest(captures),
        loop=0,
        iterations=len(data),
        chunk_length=length,
        operations_max=slice_quote * length,
        memory_bytes=MEMORY_BYTES,
    )
    return slice_work(run_hash(descriptor), descriptor, module, captures)


def _profile(program: JavaScriptProgram) -> int:
    return PROFILE_PYTHON if program.worktime == PYTHON else PROFILE_JAVASCRIPT


def _numbered(batch: Batch, start: int, records: Sequence[SliceRecord]) -> dict[int, SliceRecord]:
    return {batch.row.first + start + at: record for at, record in enumerate(records)}
