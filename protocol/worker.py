"""The worker's machine.

One for a node, since all requesters share its cores. No IO: events in, effects out.

Theory. An offer that the owner's policy allows is answered by a bid; a grant is taken on when the
ledger is good for its income, then module and captures are fetched, then its chunks run one after
the other on one core. At each flush the computed results are promised (`PrefixRoot`) and work goes
on within the exposure window until a voucher covers them. Ending a lease early always has the same
form: `stop` comes down to what is computed, the last results are flushed, and a ShrinkAck gives the
rest back.

Order of writing: results, then PrefixRoot; voucher stored, then more work; receipt posted, then
acknowledged. What is covered by a voucher is the ledger's from then on; this machine forgets a
lease as soon as nothing in it is left to compute or to be covered.
"""

from collections.abc import Sequence
from typing import assert_never

from meshnode.protocol.acceptance import is_grant_fit
from meshnode.protocol.bidding import bid_for_offers, forget_offer, take_offer, withdraw_bids
from meshnode.protocol.limits import (
    CHUNK_ATTEMPTS_MAX,
    GRANTS_WAITING_PER_CORE,
    HELD_INTERVAL_MS,
    SLOW_FACTOR,
    SLOW_MS_MIN,
    TICK_MS,
    WORKER_LEASES_MAX,
)
from meshnode.protocol.messages import (
    Cancel,
    Decline,
    DeclineReason,
    Grant,
    LeasesHeld,
    ReceiptOffer,
    Rejection,
    Shrink,
    Voucher,
    WorkMessage,
)
from meshnode.protocol.requester_events import (
    Drop,
    HoldMade,
    HoldRefused,
    PeerFound,
    PeerLost,
    VoucherRefused,
    WakeAt,
    Woken,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import IdentityId, LeaseId, RunId
from meshnode.protocol.work import Work, WorkPhase
from meshnode.protocol.worker_events import (
    AnswerReceipt,
    Begun,
    ChunkFailed,
    ChunkRan,
    FetchRun,
    OfferHeard,
    OfferWithdrawn,
    PolicyChanged,
    ReceiptAnswered,
    ReceiptFailed,
    RunReady,
    RunUnfit,
    StartChunk,
    StoredWork,
    StoreResult,
    StoreVoucherHeld,
    WorkerEffect,
    WorkerEvent,
    WorkerPolicy,
    WorkHeard,
)
from meshnode.protocol.worker_state import (
    WorkerState,
    abandon,
    advance_work,
    decline,
    expect_income,
    give_back,
    lose,
    refuse_run,
    send,
    shrink,
    store,
    unfinished,
    window,
)

LedgerAnswer = HoldMade | HoldRefused | VoucherRefused | ReceiptAnswered | ReceiptFailed


class WorkerMachine:
    """See the module. `step` with `Begun` first."""

    def __init__(self, policy: WorkerPolicy, stored: Sequence[StoredWork] = ()) -> None:
        self._state = WorkerState(policy)
        self._stored = stored
        self._held_ms = 0
        """When the leases held were last stated."""
        self._wake_ms = 0

    @property
    def leases(self) -> tuple[LeaseId, ...]:
        """Name the leases that are held."""
        return tuple(self._state.works)

    @property
    def chunks_running(self) -> int:
        """Tell how many chunks run now."""
        return sum(work.running is not None for work in self._state.works.values())

    def step(self, now_ms: int, event: WorkerEvent) -> list[WorkerEffect]:
        """Take one event at `now_ms` and return what is to be done, in order."""
        self._state.effects = []
        match event:
            case Begun():
                self._restore(now_ms)
            case OfferHeard(offer=offer):
                take_offer(self._state, offer)
            case OfferWithdrawn(run=run, requester=requester):
                known = self._state.offers.get(run)
                if known is not None and known.requester == requester:
                    forget_offer(self._state, run)
            case WorkHeard(peer=peer, message=message, sealed=sealed):
                self._hear(now_ms, peer, message, sealed)
            case PolicyChanged(policy=policy):
                self._change_policy(now_ms, policy)
            case Woken():
                self._wake_ms = 0 if now_ms >= self._wake_ms else self._wake_ms
            case PeerFound(peer=peer):
                self._state.lost.discard(peer)
                self._repeat_at_once(peer)
            case PeerLost(peer=peer):
                lose(self._state, peer)
            case _:
                self._take_answer(now_ms, event)
        self._advance(now_ms)
        return self._state.effects

    def _take_answer(
        self,
        now_ms: int,
        event: LedgerAnswer | RunReady | RunUnfit | ChunkRan | ChunkFailed,
    ) -> None:
        """Take the outcome of an effect."""
        match event:
            case RunReady(run_hash=terms):
                self._state.fetching.discard(terms)
                self._state.ready.add(terms)
                for work in self._state.works.values():
                    if work.grant.run_hash == terms and work.phase is WorkPhase.FETCHING:
                        work.phase = WorkPhase.READY
            case RunUnfit(run_hash=terms):
                self._state.fetching.discard(terms)
                refuse_run(self._state, now_ms, terms, DeclineReason.UNFIT)
            case ChunkRan():
                self._take_result(now_ms, event)
            case ChunkFailed(lease=lease, chunk=chunk):
                self._take_failure(now_ms, lease, chunk)
            case _:
                self._take_ledger_answer(event)

    def _take_ledger_answer(self, event: LedgerAnswer) -> None:
        match event:
            case HoldMade(lease=lease):
                self._take_on(lease)
            case HoldRefused(lease=lease):
                self._refuse_income(lease)
            case ReceiptAnswered(lease=lease) | VoucherRefused(lease=lease):
                if lease in self._state.works:  # Closed from the other side, or not to be paid.
                    abandon(self._state, self._state.works[lease])
            case ReceiptFailed():
                pass  # The ledger keeps what is owed.
            case _:
                assert_never(event)

    def _advance(self, now_ms: int) -> None:
        """Do all that has become possible or due."""
        self._state.offers.expire(now_ms)
        for work in tuple(self._state.works.values()):
            advance_work(self._state, now_ms, work)
        self._start_chunks(now_ms)
        bid_for_offers(self._state)
        self._state_leases(now_ms)
        if self._wake_ms == 0 and self._state.works:
            self._wake_ms = now_ms + TICK_MS
            self._state.effects.append(WakeAt(at_ms=self._wake_ms))

    # Messages

    def _hear(
        self, now_ms: int, peer: IdentityId, message: WorkMessage, sealed: Sealed | None
    ) -> None:
        match message:
            case Grant():
                assert sealed is not None
                self._take_grant(now_ms, peer, message, sealed)
            case ReceiptOffer(run=run, lease=lease, receipt=receipt):
                answer = AnswerReceipt(peer=peer, run=run, lease=lease, receipt=receipt)
                self._state.effects.append(answer)
            case Cancel(run=run, lease=None):
                for work in tuple(self._state.works.values()):
                    if work.grant.run == run and work.requester == peer:
                        give_back(self._state, now_ms, work)
            case Decline(run=run, lease=None):
                offer = self._state.offers.get(run)
                if offer is not None and offer.requester == peer:
                    forget_offer(self._state, run)
            case Voucher() | Shrink() | Cancel() | Decline() | Rejection():
                self._hear_of_lease(now_ms, peer, message, sealed)
            case _:
                reason = f"a {type(message).__name__} is not a requester's to send"
                self._state.effects.append(Drop(peer=peer, reason=reason))

    def _hear_of_lease(
        self,
        now_ms: int,
        peer: IdentityId,
        message: Voucher | Shrink | Cancel | Decline | Rejection,
        sealed: Sealed | None,
    ) -> None:
        work = self._state.works.get(message.lease) if message.lease is not None else None
        if work is None or work.requester != peer:
            if isinstance(message, Shrink | Cancel):
                decline(self._state, peer, message.run, message.lease, DeclineReason.UNKNOWN)
            return
        match message:
            case Voucher():
                assert sealed is not None
                self._take_voucher(work, message, sealed)
            case Shrink(stop=stop):
                is_running = work.running is not None
                shrink(self._state, work, max(stop, work.computed_stop + is_running))
            case Cancel():
                give_back(self._state, now_ms, work)
            case Decline() | Rejection():
                abandon(self._state, work)
            case _:
                assert_never(message)

    def _take_grant(self, now_ms: int, peer: IdentityId, grant: Grant, sealed: Sealed) -> None:
        if grant.lease in self._state.works:
            return
        reason: DeclineReason | None = None
        waiting_max = self._state.policy.cores * (1 + GRANTS_WAITING_PER_CORE)
        if grant.lease in self._state.forgotten:
            reason = DeclineReason.ENDED
        elif self._state.policy.cores == 0:
            reason = DeclineReason.OWNER
        elif grant.run_hash in self._state.unfit:
            reason = DeclineReason.UNFIT
        elif unfinished(self._state) >= waiting_max or len(self._state.works) >= WORKER_LEASES_MAX:
            reason = DeclineReason.BUSY
        elif not is_grant_fit(self._state.policy, grant, peer):
            reason = DeclineReason.TERMS
        if reason is not None:
            decline(self._state, peer, grant.run, grant.lease, reason)
            return
        work = Work(grant, now_ms, grant.stop, flushed_ms=now_ms)
        work.sealed_grant = sealed
        self._state.works[grant.lease] = work
        expect_income(self._state, work)

    def _take_on(self, lease: LeaseId) -> None:
        work = self._state.works.get(lease)
        if work is None or work.phase is not WorkPhase.HOLDING:
            return
        store(self._state, work)
        work.sealed_grant = None
        terms = work.grant.run_hash
        work.phase = WorkPhase.READY if terms in self._state.ready else WorkPhase.FETCHING
        if terms not in self._state.ready and terms not in self._state.fetching:
            self._state.fetching.add(terms)
            descriptor = work.grant.descriptor
            fetch = FetchRun(run_hash=terms, descriptor=descriptor, peer=work.requester)
            self._state.effects.append(fetch)

    def _refuse_income(self, lease: LeaseId) -> None:
        work = self._state.works.get(lease)
        if work is None or work.phase is not WorkPhase.HOLDING:
            return
        del self._state.works[lease]
        decline(self._state, work.requester, work.grant.run, lease, DeclineReason.NO_CREDIT)

    def _take_voucher(self, work: Work, voucher: Voucher, sealed: Sealed) -> None:
        if voucher.chunks_done <= work.covered:
            return
        if not work.accepts(voucher):
            reason = "a voucher does not say what was promised"
            self._state.effects.append(Drop(peer=work.requester, reason=reason))
            return
        work.cover(voucher)
        stored = StoreVoucherHeld(voucher=voucher, sealed=sealed, price=work.grant.price)
        self._state.effects.append(stored)

    # Computing

    def _start_chunks(self, now_ms: int) -> None:
        running = self.chunks_running
        for work in tuple(self._state.works.values()):
            if running >= self._state.policy.cores:
                return
            is_open = work.phase is WorkPhase.READY and not work.is_computed
            if not is_open or work.running is not None or self._is_window_full(now_ms, work):
                continue
            if not work.is_hold_enough():
                give_back(self._state, now_ms, work)
                continue
            work.running = work.computed_stop
            running += 1
            self._state.effects.append(
                StartChunk(
                    lease=work.lease,
                    run_hash=work.grant.run_hash,
                    descriptor=work.grant.descriptor,
                    chunk=work.running,
                )
            )

    def _is_window_full(self, now_ms: int, work: Work) -> bool:
        return len(work.flushes) >= window(self._state, work) and work.is_flush_due(now_ms)

    def _take_result(self, now_ms: int, ran: ChunkRan) -> None:
        work = self._state.works.get(ran.lease)
        if work is None or work.running != ran.result.chunk:
            return  # Stopped meanwhile.
        work.running = None
        work.results.append(ran.result)
        work.tapes[ran.result.chunk] = (ran.tape_bytes, ran.tape)
        self._state.effects.append(StoreResult(lease=work.lease, result=ran.result, tape=ran.tape))
        expected_ms = ran.result.operations * 1000 // max(1, self._state.policy.operations_per_s)
        if ran.wall_ms > max(SLOW_MS_MIN, SLOW_FACTOR * expected_ms):
            refuse_run(self._state, now_ms, work.grant.run_hash, DeclineReason.TOO_SLOW)

    def _take_failure(self, now_ms: int, lease: LeaseId, chunk: int) -> None:
        work = self._state.works.get(lease)
        if work is None or work.running != chunk:
            return
        work.running = None
        work.failures += 1
        if work.failures >= CHUNK_ATTEMPTS_MAX:
            refuse_run(self._state, now_ms, work.grant.run_hash, DeclineReason.UNFIT)

    # Flushing and ending

    def _change_policy(self, now_ms: int, policy: WorkerPolicy) -> None:
        """Obey the owner: the newest leases go back first, and with no core left all bids too."""
        self._state.policy = policy
        for work in reversed(tuple(self._state.works.values())):
            if policy.cores == 0 or self.chunks_running > policy.cores:
                give_back(self._state, now_ms, work)
        if policy.cores == 0:
            withdraw_bids(self._state)

    def _state_leases(self, now_ms: int) -> None:
        """State what is held, once a second.

        A sign of life, and what a lost message may have hidden.
        """
        if now_ms - self._held_ms < HELD_INTERVAL_MS:
            return
        self._held_ms = now_ms
        by_run: dict[tuple[IdentityId, RunId], list[LeaseId]] = {}
        for work in self._state.works.values():
            by_run.setdefault((work.requester, work.grant.run), []).append(work.lease)
            if work.stop < work.grant.stop:
                send(self._state, work.requester, work.shrink_ack())
        for (requester, run), leases in by_run.items():
            send(self._state, requester, LeasesHeld(run=run, leases=tuple(leases)))

    def _repeat_at_once(self, peer: IdentityId) -> None:
        self._held_ms = 0
        for work in self._state.works.values():
            if work.requester == peer:
                work.repeat_ms = 0

    def _restore(self, now_ms: int) -> None:
        """Take up stored leases: the ledger's holds are asked for again, which costs nothing."""
        for kept in self._stored:
            work = Work(kept.grant, kept.received_ms, kept.stop, flushed_ms=now_ms)
            work.results = list(kept.results)
            work.covered = kept.voucher.chunks_done if kept.voucher is not None else 0
            # Sizes are not stored; the largest allowed is a true bound for whoever fetches them.
            size = kept.grant.tape_bytes_max
            work.tapes = {result.chunk: (size, None) for result in work.results[work.covered :]}
            self._state.works[work.lease] = work
            expect_income(self._state, work)

    # Small steps
