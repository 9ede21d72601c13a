"""Drives one requester machine: events in, effects carried out in order, stores before what leaves.

It is a loop run too: the job's program asks it for final chunks. It goes on after the program has ended, until every
lease is settled.
"""

import asyncio
import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from meshnode.ledger.ledger import Ledger
from meshnode.node.errors import NodeError
from meshnode.node.event_queue import EventQueue
from meshnode.node.exit_code import ExitCode
from meshnode.node.limits import FINALS_TOGETHER_MAX
from meshnode.node.links import Links
from meshnode.node.loop_runs import ChunkTape
from meshnode.node.mesh_store import MeshStore
from meshnode.node.network.blobs import Blobs, BlobUnavailable
from meshnode.node.requester_books import RequesterBooks
from meshnode.node.requester_store import RequesterStore
from meshnode.node.slice_pool import Cores
from meshnode.node.slice_work import SliceWork
from meshnode.node.store_thread import StoreThread
from meshnode.node.tapes_in_hand import TapesInHand
from meshnode.protocol import requester_events as r
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.messages import (
    Offer,
    Voucher,
    Withdraw,
    WorkMessage,
)
from meshnode.protocol.requester import RequesterMachine
from meshnode.protocol.run_terms import RunTerms
from meshnode.protocol.values import (
    ChunkResult,
    IdentityId,
    grid_of,
)
from meshnode.sandbox import SandboxError

logger = logging.getLogger(__name__)

Write = Callable[[], r.RequesterEvent | None]
"""A store call; runs in the store thread, and may give back an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterParts:
    """What all drivers of a node share."""

    ledger: Ledger
    mesh_store: MeshStore
    store: RequesterStore
    thread: StoreThread
    links: Links
    blobs: Blobs
    pool: Cores
    now_ms: Callable[[], int]
    publish: Callable[[Offer | Withdraw], None]


class RequesterDriver:
    """One run. `serve` is its task; `next_final` and `cancel` are for the program's side."""

    def __init__(
        self,
        machine: RequesterMachine,
        terms: RunTerms,
        work: SliceWork,
        job: str,
        parts: RequesterParts,
    ) -> None:
        self.terms = terms
        self.job = job
        self.chunks_done = 0
        self.first_grant_ms: int | None = None
        """When this driver first granted a lease."""
        self.operations = 0
        """Reported since this driver was made."""
        self._executions = 0
        self.failure: NodeError | None = None
        """Why no more chunks will become final."""
        self.is_finished = False
        self._machine = machine
        self._work = work
        self._grid = grid_of(terms.descriptor)
        self.parts = parts
        self._events = EventQueue[r.RequesterEvent](
            f"run-{terms.run.hex()[:8]}", (r.Heard, r.PeerFound, r.PeerLost), parts.now_ms
        )
        self._changed = asyncio.Condition()
        self._version = 0
        self._tapes = TapesInHand()
        self._is_closed = False
        self._at_home: dict[int, asyncio.Task[None]] = {}
        self._started_ms = parts.now_ms()
        self._books = RequesterBooks(terms, parts.ledger, parts.store, parts.links, parts.now_ms)

    @property
    def operations_per_s(self) -> int:
        """Tell the mean rate of reported work since the start."""
        return 1000 * self.operations // max(self.parts.now_ms() - self._started_ms, 1)

    @property
    def chunks_computed(self) -> int:
        """Tell how many chunks are final or as good as computed: agreements of strangers wait for a check."""
        computed = min(self._executions // self.terms.quorum, self._grid.count)
        return max(self.chunks_done, computed)

    @property
    def cost(self) -> int:
        """Tell the micro-credits promised by vouchers."""
        return self._books.cost

    @property
    def chunks_at_home(self) -> tuple[int, ...]:
        """Name the chunks that run on own cores now."""
        return tuple(sorted(self._at_home))

    def tell(self, event: r.RequesterEvent) -> None:
        """Hand the machine an event; a peer's is dropped when too many wait."""
        self._events.put(event)

    async def serve(self) -> None:
        """Run the machine until every lease is settled, or until cancelled."""
        event: r.RequesterEvent = r.Started()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._perform(self._machine.step(self.parts.now_ms(), event), group)
                if self._is_closed:
                    break
                event = await self._events.get() or r.Woken()
        await self._notify()

    async def fail(self, error: NodeError) -> None:
        """Let the program know that this driver has crashed; what is stored is settled at the next start."""
        self.failure, self.is_finished = error, True
        await self._notify()

    async def next_final(self, chunk: int) -> ChunkTape:
        """Wait until a chunk is final and return it.

        Raises:
            NodeError: the run failed or was cancelled.
        """
        while True:
            seen_version = self._version
            tape = await self.parts.thread.call(lambda: self._final(chunk))
            if tape is not None:
                return tape
            await self._wait(seen_version)

    async def next_finals(self, known: AbstractSet[int]) -> dict[int, ChunkTape]:
        """Wait until chunks beyond the `known` ones are final, and return them, in whatever order they became so.

        Raises:
            NodeError: the run failed or was cancelled.
        """
        assert len(known) < self._grid.count
        while True:
            seen_version = self._version
            tapes = await self.parts.thread.call(lambda: self._finals_beyond(known))
            if tapes:
                return tapes
            await self._wait(seen_version)

    def _finals_beyond(self, known: AbstractSet[int]) -> dict[int, ChunkTape]:
        fresh = sorted(self.parts.store.final_chunks(self.terms.run) - known)
        tapes = ((chunk, self._final(chunk)) for chunk in fresh[:FINALS_TOGETHER_MAX])
        return {chunk: tape for chunk, tape in tapes if tape is not None}

    def _final(self, chunk: int) -> ChunkTape | None:
        """Read a chunk from the store, in its thread."""
        final = self.parts.store.final(self.terms.run, chunk)
        if final is None:
            return None
        start, stop = self._grid.bounds(chunk)
        result, tape = final
        return ChunkTape(
            iterations=stop - start,
            iterations_done=result.iterations_done,
            tape=tape,
            operations=result.operations,
        )

    async def _wait(self, seen_version: int) -> None:
        """Wait for a change after the version seen."""
        if self.failure is not None:
            raise self.failure
        async with self._changed:
            await self._changed.wait_for(lambda: self._version != seen_version)

    async def _perform(self, effects: list[r.RequesterEffect], group: asyncio.TaskGroup) -> None:
        """Carry out effects in order; neighbouring stores share one transaction."""
        writes: list[Write] = []
        for effect in effects:
            write = self._write(effect)
            if write is not None:
                writes.append(write)
            if not self._is_write_only(effect):
                await self._commit(writes)
                writes = []
                await self._act(effect, group)
        await self._commit(writes)
        if any(isinstance(effect, r.Final) for effect in effects):
            await self._notify()

    async def _commit(self, writes: list[Write]) -> None:
        if not writes:
            return
        parts = self.parts

        def commit() -> list[r.RequesterEvent]:
            with parts.mesh_store.transaction(), parts.ledger.batch():
                events = [write() for write in writes]
            return [event for event in events if event is not None]

        for event in await parts.thread.call(commit):
            self.tell(event)

    @staticmethod
    def _is_write_only(effect: r.RequesterEffect) -> bool:
        return isinstance(
            effect,
            r.MakeHold
            | r.VoidHold
            | r.StoreLease
            | r.StoreReport
            | r.StoreVoucher
            | r.EndLease
            | r.StoreProof
            | r.Shun
            | r.RecordCheck
            | r.PostReceipt
            | r.Final,
        )

    def _write(self, effect: r.RequesterEffect) -> Write | None:  # noqa: C901, PLR0911  one case an effect
        store, run = self.parts.store, self.terms.run
        match effect:
            case r.MakeHold():
                return lambda: self._books.hold(effect)
            case r.VoidHold():
                return _silent(lambda: self._books.void(effect))
            case r.StoreLease(grant=grant, stop=stop):
                self.first_grant_ms = self.first_grant_ms or self.parts.now_ms()
                return _silent(lambda: store.store_lease(grant, stop))
            case r.StoreReport(report=report, tape=tape):
                self.operations += report.result.operations
                self._executions += 1
                known = tape if tape is not None else self._tapes.take(report.result.tape_hash)
                return _silent(lambda: store.store_report(run, report, known))
            case r.StoreVoucher():
                return lambda: self._books.store_voucher(effect)
            case r.EndLease(lease=lease):
                return _silent(lambda: store.end_lease(lease))
            case r.StoreProof():
                return _silent(lambda: self._books.store_proof(effect))
            case r.Shun(peer=peer):
                return _silent(lambda: store.shun(peer))
            case r.RecordCheck(peer=peer):
                return _silent(lambda: store.record_check(peer))
            case r.PostReceipt():
                return lambda: self._books.post_receipt(effect)
            case r.Final(result=result, worker=worker):
                self.chunks_done += 1
                return _silent(lambda: store.store_final(run, result, worker))
            case _:
                return None

    async def _act(  # noqa: C901, PLR0912  one case an effect
        self, effect: r.RequesterEffect, group: asyncio.TaskGroup
    ) -> None:
        parts = self.parts
        match effect:
            case r.Publish(offer=offer):
                parts.publish(offer)
            case r.WithdrawOffer(run=run, sequence=sequence):
                parts.publish(Withdraw(run=run, requester=self.terms.requester, sequence=sequence))
            case r.Send(peer=peer, message=message):
                self._send(peer, message)
            case r.OfferReceipt():
                if effect.receipt.lease not in self._books.unpayable:
                    receipt_offer = await parts.thread.call(
                        lambda: self._books.receipt_offer(effect)
                    )
                    parts.links.send(effect.peer, receipt_offer)
            case r.FetchTape():
                group.create_task(self._fetch_tape(effect))
            case r.RunAtHome(chunk=chunk):
                self._at_home[chunk] = group.create_task(self._run_at_home(chunk))
            case r.StopAtHome(chunk=chunk):
                self._stop_at_home(chunk)
            case r.Drop(peer=peer, reason=reason):
                logger.warning("event=peer_refused peer=%s reason=%r", peer.hex()[:8], reason)
            case r.WakeAt(at_ms=at_ms):
                self._events.wake_ms = at_ms
            case r.Finish(failure=failure):
                self._finish(failure)
                await self._notify()
            case r.Close():
                await parts.thread.call(lambda: parts.store.close_run(self.terms.run))
                self._is_closed = True
            case _:
                raise AssertionError(f"{type(effect).__name__} only writes")

    def _send(self, peer: IdentityId, message: WorkMessage) -> None:
        if isinstance(message, Voucher) and message.lease in self._books.unpayable:
            return
        self.parts.links.send(peer, message)

    def _finish(self, failure: str | None) -> None:
        self.is_finished = True
        if failure is not None:
            self.failure = NodeError(
                f"the mesh could not compute a loop: {failure}", ExitCode.JOB_FAILED
            )

    async def _notify(self) -> None:
        async with self._changed:
            self._version += 1
            self._changed.notify_all()

    # Slow effects, each a task

    async def _fetch_tape(self, effect: r.FetchTape) -> None:
        peer = self.parts.links.by_identity(effect.peer)
        holders = () if peer is None else (peer.key,)
        try:
            tape = await self.parts.blobs.fetch(effect.tape_hash, holders, effect.bytes_max)
        except BlobUnavailable:
            self.tell(r.TapeMissing(peer=effect.peer, tape_hash=effect.tape_hash))
            return
        self._tapes.put(effect.tape_hash, tape)
        self.tell(r.TapeFetched(tape_hash=effect.tape_hash))

    def _stop_at_home(self, chunk: int) -> None:
        task = self._at_home.pop(chunk, None)
        if task is not None:  # else it has just ended
            task.cancel()

    async def _run_at_home(self, chunk: int) -> None:
        start, stop = self._grid.bounds(chunk)
        try:
            outcome = await self.parts.pool.run(
                self._work, start, stop, self.terms.descriptor.operations_max
            )
        except SandboxError as err:
            self.tell(r.HomeFailed(chunk=chunk, reason=str(err)))
            return
        finally:
            if self._at_home.get(chunk) is asyncio.current_task():
                del self._at_home[chunk]
        result = ChunkResult(
            chunk=chunk,
            iterations_done=outcome.iterations_done,
            tape_hash=await asyncio.to_thread(blob_id, outcome.tape),
            operations=outcome.operations,
        )
        self._tapes.put(result.tape_hash, outcome.tape)
        self.tell(r.RanAtHome(result=result))


def _silent(write: Callable[[], None]) -> Write:
    def silent() -> None:
        write()

    return silent
