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

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, assert_never

from meshnode.protocol.acceptance import is_grant_fit, is_offer_fit
from meshnode.protocol.limits import (
    CHUNK_ATTEMPTS_MAX,
    FLUSHES_UNCOVERED_STRANGER_MAX,
    FLUSHES_UNCOVERED_TRUSTED_MAX,
    FORGOTTEN_LEASES_MAX,
    GRANTS_WAITING_PER_CORE,
    HELD_INTERVAL_MS,
    LEASE_CHUNKS_MAX,
    OFFERS_KNOWN_MAX,
    RESULTS_KEPT_MS,
    SLOW_FACTOR,
    SLOW_MS_MIN,
    TICK_MS,
    WORKER_LEASES_MAX,
)
from meshnode.protocol.messages import (
    Bid,
    Cancel,
    Decline,
    DeclineReason,
    Grant,
    LeasesHeld,
    Offer,
    ReceiptOffer,
    Rejection,
    Shrink,
    ShrinkAck,
    Voucher,
    WorkMessage,
)
from meshnode.protocol.offers import OfferBook
from meshnode.protocol.requester_events import (
    Drop,
    HoldMade,
    HoldRefused,
    PeerFound,
    PeerLost,
    Send,
    VoucherRefused,
    WakeAt,
    Woken,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import IdentityId, LeaseId, RunHash, RunId
from meshnode.protocol.work import Work, WorkPhase
from meshnode.protocol.worker_events import (
    AnswerReceipt,
    Begun,
    ChunkFailed,
    ChunkRan,
    EndWork,
    ExpectIncome,
    FetchRun,
    ForgetIncome,
    ForgetWork,
    OfferHeard,
    OfferWithdrawn,
    PolicyChanged,
    ReceiptAnswered,
    ReceiptFailed,
    ReleaseRun,
    RunReady,
    RunUnfit,
    StartChunk,
    StopChunk,
    StoredWork,
    StoreResult,
    StoreVoucherHeld,
    StoreWork,
    WorkerEffect,
    WorkerEvent,
    WorkerPolicy,
    WorkHeard,
)

LedgerAnswer = HoldMade | HoldRefused | VoucherRefused | ReceiptAnswered | ReceiptFailed

BUSY_RETRY_MS: Final = 1_000
"""Told with a refusal for lack of room; leases are much longer."""


class WorkerMachine:
    """See the module. `step` with `Begun` first."""

    def __init__(self, policy: WorkerPolicy, stored: Sequence[StoredWork] = ()) -> None:
        self._policy = policy
        self._stored = stored
        self._offers = OfferBook()
        self._bids: set[RunId] = set()
        """Runs of known offers that were bid for."""
        self._works: dict[LeaseId, Work] = {}
        self._ready: set[RunHash] = set()
        """Runs whose module and captures are here."""
        self._fetching: set[RunHash] = set()
        self._unfit: OrderedDict[RunHash, None] = OrderedDict()
        self._forgotten: OrderedDict[LeaseId, None] = OrderedDict()
        self._held_ms = 0
        """When the leases held were last stated."""
        self._wake_ms = 0
        self._effects: list[WorkerEffect] = []

    @property
    def leases(self) -> tuple[LeaseId, ...]:
        """Name the leases that are held."""
        return tuple(self._works)

    @property
    def chunks_running(self) -> int:
        """Tell how many chunks run now."""
        return sum(work.running is not None for work in self._works.values())

    def step(self, now_ms: int, event: WorkerEvent) -> list[WorkerEffect]:
        """Take one event at `now_ms` and return what is to be done, in order."""
        self._effects = []
        match event:
            case Begun():
                self._restore(now_ms)
            case OfferHeard(offer=offer):
                self._take_offer(offer)
            case OfferWithdrawn(run=run, requester=requester):
                known = self._offers.get(run)
                if known is not None and known.requester == requester:
                    self._forget_offer(run)
            case WorkHeard(peer=peer, message=message, sealed=sealed):
                self._hear(now_ms, peer, message, sealed)
            case PolicyChanged(policy=policy):
                self._change_policy(now_ms, policy)
            case Woken():
                self._wake_ms = 0 if now_ms >= self._wake_ms else self._wake_ms
            case PeerFound(peer=peer):
                self._repeat_at_once(peer)
            case PeerLost():
                pass  # Work goes on within its window.
            case _:
                self._take_answer(now_ms, event)
        self._advance(now_ms)
        return self._effects

    def _take_answer(
        self,
        now_ms: int,
        event: LedgerAnswer | RunReady | RunUnfit | ChunkRan | ChunkFailed,
    ) -> None:
        """Take the outcome of an effect."""
        match event:
            case RunReady(run_hash=terms):
                self._fetching.discard(terms)
                self._ready.add(terms)
                for work in self._works.values():
                    if work.grant.run_hash == terms and work.phase is WorkPhase.FETCHING:
                        work.phase = WorkPhase.READY
            case RunUnfit(run_hash=terms):
                self._fetching.discard(terms)
                self._refuse_run(now_ms, terms, DeclineReason.UNFIT)
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
                if lease in self._works:  # Closed from the other side, or not to be paid.
                    self._abandon(self._works[lease])
            case ReceiptFailed():
                pass  # The ledger keeps what is owed.
            case _:
                assert_never(event)

    def _advance(self, now_ms: int) -> None:
        """Do all that has become possible or due."""
        self._offers.expire(now_ms)
        for work in tuple(self._works.values()):
            self._advance_work(now_ms, work)
        self._start_chunks(now_ms)
        self._bid()
        self._state_leases(now_ms)
        if self._wake_ms == 0 and self._works:
            self._wake_ms = now_ms + TICK_MS
            self._effects.append(WakeAt(at_ms=self._wake_ms))

    # Offers and bids

    def _take_offer(self, offer: Offer) -> None:
        if is_offer_fit(self._policy, offer) and self._offers.add(offer):
            self._bids.discard(offer.run)  # Announced again: the first bid may have been lost.

    def _forget_offer(self, run: RunId) -> None:
        self._offers.remove(run)
        self._bids.discard(run)

    def _bid(self) -> None:
        if self._unfinished() > self._policy.cores:
            return
        self._bids = {run for run in self._bids if self._offers.get(run) is not None}
        for offer in self._offers:
            is_fit = is_offer_fit(self._policy, offer) and offer.run_hash not in self._unfit
            if offer.run in self._bids or not is_fit:
                continue
            self._bids.add(offer.run)
            is_here = offer.run_hash in self._ready
            bid = Bid(
                run=offer.run,
                cores=self._policy.cores,
                operations_per_s=self._policy.operations_per_s,
                price=self._policy.price,
                has_module=is_here,
                has_captures=is_here,
                chunks_max=LEASE_CHUNKS_MAX,
            )
            self._send(offer.requester, bid)

    def _unfinished(self) -> int:
        return sum(not work.is_computed for work in self._works.values())

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
                self._effects.append(answer)
            case Cancel(run=run, lease=None):
                for work in tuple(self._works.values()):
                    if work.grant.run == run and work.requester == peer:
                        self._give_back(now_ms, work)
            case Decline(run=run, lease=None):
                offer = self._offers.get(run)
                if offer is not None and offer.requester == peer:
                    self._forget_offer(run)
            case Voucher() | Shrink() | Cancel() | Decline() | Rejection():
                self._hear_of_lease(now_ms, peer, message, sealed)
            case _:
                reason = f"a {type(message).__name__} is not a requester's to send"
                self._effects.append(Drop(peer=peer, reason=reason))

    def _hear_of_lease(
        self,
        now_ms: int,
        peer: IdentityId,
        message: Voucher | Shrink | Cancel | Decline | Rejection,
        sealed: Sealed | None,
    ) -> None:
        work = self._works.get(message.lease) if message.lease is not None else None
        if work is None or work.requester != peer:
            if isinstance(message, Shrink | Cancel):
                self._decline(peer, message.run, message.lease, DeclineReason.UNKNOWN)
            return
        match message:
            case Voucher():
                assert sealed is not None
                self._take_voucher(work, message, sealed)
            case Shrink(stop=stop):
                is_running = work.running is not None
                self._shrink(work, max(stop, work.computed_stop + is_running))
            case Cancel():
                self._give_back(now_ms, work)
            case Decline() | Rejection():
                self._abandon(work)
            case _:
                assert_never(message)

    def _take_grant(self, now_ms: int, peer: IdentityId, grant: Grant, sealed: Sealed) -> None:
        if grant.lease in self._works:
            return
        reason: DeclineReason | None = None
        waiting_max = self._policy.cores * (1 + GRANTS_WAITING_PER_CORE)
        if grant.lease in self._forgotten:
            reason = DeclineReason.ENDED
        elif self._policy.cores == 0:
            reason = DeclineReason.OWNER
        elif grant.run_hash in self._unfit:
            reason = DeclineReason.UNFIT
        elif self._unfinished() >= waiting_max or len(self._works) >= WORKER_LEASES_MAX:
            reason = DeclineReason.BUSY
        elif not is_grant_fit(self._policy, grant, peer):
            reason = DeclineReason.TERMS
        if reason is not None:
            self._decline(peer, grant.run, grant.lease, reason)
            return
        work = Work(grant, now_ms, grant.stop, flushed_ms=now_ms)
        work.sealed_grant = sealed
        self._works[grant.lease] = work
        self._expect_income(work)

    def _expect_income(self, work: Work) -> None:
        grant = work.grant
        self._effects.append(
            ExpectIncome(
                lease=grant.lease,
                run_hash=grant.run_hash,
                peer=grant.requester,
                amount=grant.amount_max,
                price=grant.price,
                expires_ms=work.received_ms + grant.lasts_ms + RESULTS_KEPT_MS,
            )
        )

    def _take_on(self, lease: LeaseId) -> None:
        work = self._works.get(lease)
        if work is None or work.phase is not WorkPhase.HOLDING:
            return
        self._store(work)
        work.sealed_grant = None
        terms = work.grant.run_hash
        work.phase = WorkPhase.READY if terms in self._ready else WorkPhase.FETCHING
        if terms not in self._ready and terms not in self._fetching:
            self._fetching.add(terms)
            descriptor = work.grant.descriptor
            fetch = FetchRun(run_hash=terms, descriptor=descriptor, peer=work.requester)
            self._effects.append(fetch)

    def _refuse_income(self, lease: LeaseId) -> None:
        work = self._works.get(lease)
        if work is None or work.phase is not WorkPhase.HOLDING:
            return
        del self._works[lease]
        self._decline(work.requester, work.grant.run, lease, DeclineReason.NO_CREDIT)

    def _take_voucher(self, work: Work, voucher: Voucher, sealed: Sealed) -> None:
        if voucher.chunks_done <= work.covered:
            return
        if not work.accepts(voucher):
            reason = "a voucher does not say what was promised"
            self._effects.append(Drop(peer=work.requester, reason=reason))
            return
        work.cover(voucher)
        stored = StoreVoucherHeld(voucher=voucher, sealed=sealed, price=work.grant.price)
        self._effects.append(stored)

    # Computing

    def _start_chunks(self, now_ms: int) -> None:
        running = self.chunks_running
        for work in tuple(self._works.values()):
            if running >= self._policy.cores:
                return
            is_open = work.phase is WorkPhase.READY and not work.is_computed
            if not is_open or work.running is not None or self._is_window_full(now_ms, work):
                continue
            if not work.is_hold_enough():
                self._give_back(now_ms, work)
                continue
            work.running = work.computed_stop
            running += 1
            self._effects.append(
                StartChunk(
                    lease=work.lease,
                    run_hash=work.grant.run_hash,
                    descriptor=work.grant.descriptor,
                    chunk=work.running,
                )
            )

    def _is_window_full(self, now_ms: int, work: Work) -> bool:
        return len(work.flushes) >= self._window(work) and work.is_flush_due(now_ms)

    def _window(self, work: Work) -> int:
        is_trusted = work.requester in self._policy.trusted
        return FLUSHES_UNCOVERED_TRUSTED_MAX if is_trusted else FLUSHES_UNCOVERED_STRANGER_MAX

    def _take_result(self, now_ms: int, ran: ChunkRan) -> None:
        work = self._works.get(ran.lease)
        if work is None or work.running != ran.result.chunk:
            return  # Stopped meanwhile.
        work.running = None
        work.results.append(ran.result)
        work.tapes[ran.result.chunk] = (ran.tape_bytes, ran.tape)
        self._effects.append(StoreResult(lease=work.lease, result=ran.result, tape=ran.tape))
        expected_ms = ran.result.operations * 1000 // max(1, self._policy.operations_per_s)
        if ran.wall_ms > max(SLOW_MS_MIN, SLOW_FACTOR * expected_ms):
            self._refuse_run(now_ms, work.grant.run_hash, DeclineReason.TOO_SLOW)

    def _take_failure(self, now_ms: int, lease: LeaseId, chunk: int) -> None:
        work = self._works.get(lease)
        if work is None or work.running != chunk:
            return
        work.running = None
        work.failures += 1
        if work.failures >= CHUNK_ATTEMPTS_MAX:
            self._refuse_run(now_ms, work.grant.run_hash, DeclineReason.UNFIT)

    def _refuse_run(self, now_ms: int, terms: RunHash, reason: DeclineReason) -> None:
        """Give all leases of a run back and take no more of it."""
        self._unfit[terms] = None
        if len(self._unfit) > OFFERS_KNOWN_MAX:
            self._unfit.popitem(last=False)
        for work in tuple(self._works.values()):
            if work.grant.run_hash == terms:
                self._decline(work.requester, work.grant.run, None, reason)
                self._give_back(now_ms, work)

    # Flushing and ending

    def _advance_work(self, now_ms: int, work: Work) -> None:
        if work.phase is WorkPhase.HOLDING:
            return
        overtime_ms = now_ms - work.received_ms - work.grant.lasts_ms
        if overtime_ms > RESULTS_KEPT_MS:
            self._abandon(work)
            return
        if overtime_ms > 0 and not work.is_computed:
            self._give_back(now_ms, work)
        while work.is_flush_due(now_ms) and len(work.flushes) < self._window(work):
            for message in work.flush(now_ms):
                self._send(work.requester, message)
        for message in work.repeat(now_ms):
            self._send(work.requester, message)
        if work.is_done and work.lease in self._works:
            self._forget(work)

    def _shrink(self, work: Work, stop: int) -> None:
        """Bring the end down to `stop`, bindingly."""
        if stop < work.stop:
            work.stop = stop
            self._store(work)
        self._send(work.requester, self._shrink_ack(work))

    def _give_back(self, now_ms: int, work: Work) -> None:
        """Stop at once; what is computed is still promised and paid."""
        self._stop(work)
        self._shrink(work, work.computed_stop)
        if work.phase is not WorkPhase.HOLDING:
            self._advance_work(now_ms, work)

    def _abandon(self, work: Work) -> None:
        """Stop at once and drop what no voucher covers."""
        self._stop(work)
        self._forget(work)

    def _stop(self, work: Work) -> None:
        if work.running is not None:
            self._effects.append(StopChunk(lease=work.lease, chunk=work.running))
            work.running = None

    def _forget(self, work: Work) -> None:
        """Drop a lease. Once results were computed a voucher may be on its way, and the hold stays."""
        lease = work.lease
        ended = EndWork(lease=lease) if work.results else ForgetIncome(lease=lease)
        self._effects += [ended, ForgetWork(lease=lease)]
        del self._works[lease]
        self._forgotten[lease] = None
        if len(self._forgotten) > FORGOTTEN_LEASES_MAX:
            self._forgotten.popitem(last=False)
        terms = work.grant.run_hash
        if all(other.grant.run_hash != terms for other in self._works.values()):
            self._ready.discard(terms)
            self._fetching.discard(terms)
            self._effects.append(ReleaseRun(run_hash=terms))

    def _change_policy(self, now_ms: int, policy: WorkerPolicy) -> None:
        """Obey the owner: the newest leases go back first, and with no core left all bids too."""
        self._policy = policy
        for work in reversed(tuple(self._works.values())):
            if policy.cores == 0 or self.chunks_running > policy.cores:
                self._give_back(now_ms, work)
        if policy.cores == 0:
            for run in tuple(self._bids):
                offer = self._offers.get(run)
                if offer is not None:
                    self._decline(offer.requester, run, None, DeclineReason.OWNER)
            self._bids.clear()

    def _state_leases(self, now_ms: int) -> None:
        """State what is held, once a second.

        A sign of life, and what a lost message may have hidden.
        """
        if now_ms - self._held_ms < HELD_INTERVAL_MS:
            return
        self._held_ms = now_ms
        by_run: dict[tuple[IdentityId, RunId], list[LeaseId]] = {}
        for work in self._works.values():
            by_run.setdefault((work.requester, work.grant.run), []).append(work.lease)
            if work.stop < work.grant.stop:
                self._send(work.requester, self._shrink_ack(work))
        for (requester, run), leases in by_run.items():
            self._send(requester, LeasesHeld(run=run, leases=tuple(leases)))

    def _repeat_at_once(self, peer: IdentityId) -> None:
        self._held_ms = 0
        for work in self._works.values():
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
            self._works[work.lease] = work
            self._expect_income(work)

    # Small steps

    def _store(self, work: Work) -> None:
        self._effects.append(
            StoreWork(
                grant=work.grant,
                sealed_grant=work.sealed_grant,
                received_ms=work.received_ms,
                stop=work.stop,
            )
        )

    def _shrink_ack(self, work: Work) -> ShrinkAck:
        return ShrinkAck(run=work.grant.run, lease=work.lease, stop=work.stop)

    def _decline(
        self, peer: IdentityId, run: RunId, lease: LeaseId | None, reason: DeclineReason
    ) -> None:
        retry_ms = BUSY_RETRY_MS if reason is DeclineReason.BUSY else 0
        self._send(peer, Decline(run=run, lease=lease, reason=reason, retry_ms=retry_ms))

    def _send(self, peer: IdentityId, message: WorkMessage) -> None:
        self._effects.append(Send(peer=peer, message=message))
