"""Drives the worker machine: one for all requesters of a node, since they share its cores."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from meshnode.ledger import accounts
from meshnode.ledger.entry import VoidCause
from meshnode.ledger.ledger import HoldRequest, Ledger
from meshnode.node.errors import person_error
from meshnode.node.event_queue import EventQueue
from meshnode.node.exit_code import ExitCode
from meshnode.node.limits import (
    FETCH_RETRY_S,
    FETCH_TRIES_MAX,
    RUNS_LOADED_MAX,
    WORKER_RESTART_S,
    WORKER_RESTART_S_MAX,
)
from meshnode.node.links import Links
from meshnode.node.mesh_store import MeshStore
from meshnode.node.network.blobs import Blobs, BlobUnavailable
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork, slice_work
from meshnode.node.store_thread import StoreThread
from meshnode.node.tapes_in_hand import TapesInHand
from meshnode.node.worker_store import WorkerStore
from meshnode.protocol import requester_events as r
from meshnode.protocol import worker_events as w
from meshnode.protocol.limits import BLOB_BYTES_MAX, TAPE_INLINE_BYTES_MAX
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.messages import Decline, ReceiptAck, WorkMessage
from meshnode.protocol.sealed import countersign
from meshnode.protocol.values import (
    ChunkResult,
    Hash,
    IdentityId,
    LeaseId,
    RunDescriptor,
    RunHash,
    grid_of,
)
from meshnode.protocol.worker import WorkerMachine
from meshnode.sandbox import (
    MODULE_BYTES_MAX,
    ModuleRefused,
    SandboxError,
    runs_profile,
)

logger = logging.getLogger(__name__)

Event = w.WorkerEvent
Write = Callable[[], Event | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What the driver works with."""

    ledger: Ledger
    mesh_store: MeshStore
    store: WorkerStore
    thread: StoreThread
    links: Links
    blobs: Blobs
    pool: SlicePool
    now_ms: Callable[[], int]


class WorkerDriver:
    """Owns the machine, the running chunks and the loaded runs."""

    def __init__(self, policy: w.WorkerPolicy, parts: WorkerParts) -> None:
        self.operations = 0
        """Operations computed for others since the start."""
        self._policy = policy
        self._parts = parts
        self._events = self._new_events()
        self._machine = WorkerMachine(policy)
        self._runs: dict[RunHash, SliceWork] = {}
        self._chunks: dict[tuple[LeaseId, int], asyncio.Task[None]] = {}
        self._fetches: dict[RunHash, asyncio.Task[None]] = {}
        """Runs whose module and captures are on their way, or here."""
        self._tapes = TapesInHand()

    def tell(self, event: Event) -> None:
        """Hand the machine an event; a peer's is dropped when too many wait."""
        if isinstance(event, w.PolicyChanged):
            self._policy = event.policy
        self._events.put(event)

    async def serve(self) -> None:
        """Run the machine until cancelled. One that fails starts again from what is stored, ever later."""
        wait_s = WORKER_RESTART_S
        while True:
            started_s = time.monotonic()
            try:
                await self._serve_machine()
            except (
                Exception
            ) as err:  # a task's root: others' work must not take the owner's daemon down
                told = person_error(err, "computed for others")
                is_ours = told.exit_code is ExitCode.INTERNAL
                logger.exception("event=worker_failed reason=%r", str(told), exc_info=is_ours)
            if time.monotonic() - started_s > WORKER_RESTART_S_MAX:
                wait_s = WORKER_RESTART_S
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, WORKER_RESTART_S_MAX)

    async def _serve_machine(self) -> None:
        """Run one machine from the store on; what waited for its predecessor is asked or said again."""
        self._runs.clear()
        self._fetches.clear()
        self._tapes = TapesInHand()
        self._events = self._new_events()
        stored = await self._parts.thread.call(self._parts.store.work)
        await self._serve_tapes(stored)
        self._machine = WorkerMachine(self._policy, stored)
        event: Event = w.Begun()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._perform(self._machine.step(self._parts.now_ms(), event), group)
                event = await self._events.get() or r.Woken()

    async def _serve_tapes(self, stored: Sequence[w.StoredWork]) -> None:
        """Let requesters fetch the tapes that no voucher covers: a restored machine sends none of them inline."""
        for work in stored:
            covered = 0 if work.voucher is None else work.voucher.chunks_done
            for result in work.results[covered:]:
                tape_hash = result.tape_hash
                tape = await self._parts.thread.call(
                    partial(self._parts.mesh_store.tape, tape_hash)
                )
                assert tape is not None, "the tape of a stored result is kept"
                await self._parts.blobs.put(tape)

    def _new_events(self) -> EventQueue[Event]:
        by_peers = (w.WorkHeard, w.OfferHeard, w.OfferWithdrawn, r.PeerFound, r.PeerLost)
        return EventQueue("worker", by_peers, self._parts.now_ms)

    async def _perform(self, effects: list[w.WorkerEffect], group: asyncio.TaskGroup) -> None:
        """Carry out effects in order; neighbouring stores share one transaction."""
        writes: list[Write] = []
        for effect in effects:
            write = self._write(effect)
            if write is not None:
                writes.append(write)
                continue
            await self._commit(writes)
            writes = []
            await self._act(effect, group)
        await self._commit(writes)

    async def _commit(self, writes: list[Write]) -> None:
        if not writes:
            return
        parts = self._parts

        def commit() -> list[Event]:
            with parts.mesh_store.transaction(), parts.ledger.batch():
                events = [write() for write in writes]
            return [event for event in events if event is not None]

        for event in await parts.thread.call(commit):
            self.tell(event)

    def _write(self, effect: w.WorkerEffect) -> Write | None:
        store = self._parts.store
        match effect:
            case w.ExpectIncome():
                return lambda: self._expect(effect)
            case w.ForgetIncome(lease=lease):
                return lambda: self._forget_income(lease)
            case w.StoreWork(grant=grant, sealed_grant=sealed, received_ms=received_ms, stop=stop):
                return lambda: store.store_work(grant, sealed, received_ms, stop)
            case w.StoreResult(lease=lease, result=result, tape=tape):
                known = tape if tape is not None else self._tapes.take(result.tape_hash)
                return lambda: store.store_result(lease, result, known)
            case w.StoreVoucherHeld():
                return lambda: self._store_voucher(effect)
            case w.ForgetWork(lease=lease):
                return lambda: store.forget_work(lease)
            case w.EndWork():
                return lambda: None
            case _:
                return None

    async def _act(self, effect: w.WorkerEffect, group: asyncio.TaskGroup) -> None:
        match effect:
            case r.Send(peer=peer, message=message):
                self._send(peer, message)
            case r.Drop(peer=peer, reason=reason):
                logger.warning("event=peer_refused peer=%s reason=%r", peer.hex()[:8], reason)
            case r.WakeAt(at_ms=at_ms):
                self._events.wake_ms = at_ms
            case w.AnswerReceipt():
                await self._answer_receipt(effect)
            case w.FetchRun():
                self._fetches[effect.run_hash] = group.create_task(self._fetch_run(effect))
            case w.ReleaseRun(run_hash=run_hash):
                self._release_run(run_hash)
            case w.StartChunk(lease=lease, chunk=chunk):
                task = group.create_task(self._run_chunk(effect))
                self._chunks[lease, chunk] = task
                task.add_done_callback(lambda _: self._chunks.pop((lease, chunk), None))
            case w.StopChunk(lease=lease, chunk=chunk):
                running = self._chunks.get((lease, chunk))
                if running is not None:
                    running.cancel()
            case _:
                raise AssertionError(f"{type(effect).__name__} only writes")

    def _release_run(self, run_hash: RunHash) -> None:
        """Forget a run, and give up fetching or loading it."""
        self._runs.pop(run_hash, None)
        fetch = self._fetches.pop(run_hash, None)
        if fetch is not None:
            fetch.cancel()

    def _send(self, peer: IdentityId, message: WorkMessage) -> None:
        if isinstance(message, Decline):
            run, reason = message.run.hex()[:8], message.reason.name.lower()
            logger.info("event=declined peer=%s run=%s reason=%s", peer.hex()[:8], run, reason)
        self._parts.links.send(peer, message)

    # Ledger commands; all in the store thread

    def _expect(self, effect: w.ExpectIncome) -> Event:
        request = HoldRequest(
            lease=effect.lease,
            debit=accounts.peer(effect.peer),
            credit=accounts.SELF,
            job=effect.run_hash,
            amount_max=effect.amount,
            expires_ms=effect.expires_ms,
        )
        refusal = self._parts.ledger.hold(request, self._parts.now_ms())
        if refusal is None:
            return r.HoldMade(lease=effect.lease)
        logger.warning(
            "event=income_refused peer=%s lease=%s cause=%s",
            effect.peer.hex()[:8],
            effect.lease.hex()[:8],
            refusal.value,
        )
        return r.HoldRefused(lease=effect.lease, cause=refusal.value)

    def _forget_income(self, lease: LeaseId) -> None:
        refusal = self._parts.ledger.void(lease, VoidCause.UNUSED, self._parts.now_ms())
        if refusal is not None:
            logger.warning("event=void_refused lease=%s cause=%s", lease.hex()[:8], refusal.value)

    def _store_voucher(self, effect: w.StoreVoucherHeld) -> Event | None:
        parts, lease = self._parts, effect.voucher.lease
        refusal = parts.ledger.store_voucher(effect.sealed)
        if refusal is not None:
            logger.warning(
                "event=voucher_refused lease=%s cause=%s", lease.hex()[:8], refusal.value
            )
            return r.VoucherRefused(lease=lease, cause=refusal.value)
        parts.store.store_voucher(effect.voucher)
        return None

    async def _answer_receipt(self, effect: w.AnswerReceipt) -> None:
        parts = self._parts
        answer = countersign(effect.receipt, parts.links.signer)

        def post() -> str | None:
            refusal = parts.ledger.post_receipt(effect.receipt, answer, parts.now_ms())
            return None if refusal is None else refusal.value

        cause = await parts.thread.call(post)
        if cause is not None:
            logger.warning("event=receipt_refused lease=%s cause=%s", effect.lease.hex()[:8], cause)
            self.tell(w.ReceiptFailed(lease=effect.lease, cause=cause))
            return
        parts.links.send(
            effect.peer, ReceiptAck(run=effect.run, lease=effect.lease, receipt=answer)
        )
        self.tell(w.ReceiptAnswered(lease=effect.lease))

    # Slow effects, each a task

    async def _fetch_run(self, effect: w.FetchRun) -> None:
        reason = await self._load_run(effect.run_hash, effect.descriptor, effect)
        if reason is None:
            self.tell(w.RunReady(run_hash=effect.run_hash))
        else:
            logger.warning("event=run_unfit run=%s reason=%r", effect.run_hash.hex()[:8], reason)
            self.tell(w.RunUnfit(run_hash=effect.run_hash, reason=reason))

    async def _load_run(
        self, run_hash: RunHash, descriptor: RunDescriptor, effect: w.FetchRun
    ) -> str | None:
        """Fetch and load a run; returns why it cannot be run, or None."""
        if not runs_profile(descriptor.profile):
            return "this machine's architecture is not the profile's"
        captures_max = min(BLOB_BYTES_MAX, descriptor.memory_bytes)
        try:
            module = await self._fetch(descriptor.module, effect.peer, MODULE_BYTES_MAX)
            captures = await self._fetch(descriptor.captures, effect.peer, captures_max)
        except BlobUnavailable as err:
            return str(err)
        work = slice_work(run_hash, descriptor, module, captures)
        try:
            outcome = await self._parts.pool.load(work)
        except SandboxError as err:
            return str(err)
        if outcome.trap is not None:
            return f"the module does not take its captures: {outcome.trap}"
        self._remember(run_hash, work)
        return None

    async def _fetch(self, blob: Hash, requester: IdentityId, bytes_max: int) -> bytes:
        """Fetch a blob from a requester, waiting while it is away: the lease's end cancels that.

        Raises:
            BlobUnavailable: it is here, and does not give the blob.
        """
        tries = 0
        while True:
            peer = self._parts.links.by_identity(requester)
            holders = () if peer is None else (peer.key,)
            try:
                return await self._parts.blobs.fetch(blob, holders, bytes_max)
            except BlobUnavailable:
                tries += peer is not None
                if tries >= FETCH_TRIES_MAX:
                    raise
            await asyncio.sleep(FETCH_RETRY_S)

    def _remember(self, run_hash: RunHash, work: SliceWork) -> None:
        while len(self._runs) >= RUNS_LOADED_MAX:
            self._runs.pop(next(iter(self._runs)))
        self._runs[run_hash] = work

    async def _run_chunk(self, effect: w.StartChunk) -> None:
        work = self._runs.get(effect.run_hash)
        if work is None:
            self.tell(
                w.ChunkFailed(
                    lease=effect.lease, chunk=effect.chunk, reason="the run is not loaded"
                )
            )
            return
        start, stop = grid_of(effect.descriptor).bounds(effect.chunk)
        started_s = time.monotonic()
        try:
            outcome = await self._parts.pool.run(
                work, start, stop, effect.descriptor.operations_max
            )
        except (SandboxError, ModuleRefused) as err:
            self.tell(w.ChunkFailed(lease=effect.lease, chunk=effect.chunk, reason=str(err)))
            return
        self.operations += outcome.operations
        if outcome.trap is not None:
            logger.info(
                "event=chunk_trapped run=%s chunk=%d trap=%r",
                effect.run_hash.hex()[:8],
                effect.chunk,
                outcome.trap,
            )
        result = ChunkResult(
            chunk=effect.chunk,
            iterations_done=outcome.iterations_done,
            tape_hash=await asyncio.to_thread(blob_id, outcome.tape),
            operations=outcome.operations,
        )
        self._tapes.put(result.tape_hash, outcome.tape)
        is_inline = len(outcome.tape) <= TAPE_INLINE_BYTES_MAX
        if not is_inline:
            await self._parts.blobs.put(outcome.tape)
        self.tell(
            w.ChunkRan(
                lease=effect.lease,
                result=result,
                tape_bytes=len(outcome.tape),
                tape=outcome.tape if is_inline else None,
                wall_ms=int(1000 * (time.monotonic() - started_s)),
            )
        )
