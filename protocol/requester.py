"""The requester's machine.

One for each run of a distributed loop. No IO: events in, effects out, in order.

Theory. The driver probes at home and fixes the grid before; then workers' bids turn into leases of
whole chunks (granting.py), their promises into stored tapes and vouchers (covering.py), reports
into final chunks or convictions (verification.py), ended leases into receipts (settling.py). Home
computes disputes and checks always, other chunks as `HomePolicy` says. Everything sent is repeated
until answered, and everything received is harmless when it comes twice, so that a lost message, a
reconnect and a restart are one case.

Order of writing: hold, then grant; report, then voucher, then final; proof, then forfeit, then
rejection; offered receipt, then its posting. A machine built from a `StoredRun` goes on where the
store stands.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, assert_never

from meshnode.protocol import announcing, covering, granting, home, restoring, settling
from meshnode.protocol.lease import Lease, LeasePhase
from meshnode.protocol.limits import TICK_MS
from meshnode.protocol.messages import (
    Bid,
    ChunkDone,
    Decline,
    DeclineReason,
    LeasesHeld,
    PrefixRoot,
    ReceiptAck,
    ShrinkAck,
    WorkMessage,
)
from meshnode.protocol.requester_events import (
    Close,
    Drop,
    Finish,
    Heard,
    HoldMade,
    HoldRefused,
    HomeFailed,
    OwnerCancelled,
    PeerFound,
    PeerLost,
    RanAtHome,
    ReceiptPosted,
    ReceiptRefused,
    RequesterEffect,
    RequesterEvent,
    Send,
    Started,
    TapeFetched,
    TapeMissing,
    VoucherRefused,
    WakeAt,
    Woken,
)
from meshnode.protocol.run_state import Phase, RunState, end_lease, follow, is_closing
from meshnode.protocol.run_terms import RunTerms, Standing, StoredRun
from meshnode.protocol.scheduling import Assignments
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.transitions import TRANSITIONS
from meshnode.protocol.values import (
    IdentityId,
    LeaseId,
    RunId,
    grid_of,
    is_voted,
    run_hash,
)
from meshnode.protocol.verification import Verification

if TYPE_CHECKING:
    from random import Random

Answer = (
    HoldMade
    | HoldRefused
    | VoucherRefused
    | TapeFetched
    | TapeMissing
    | RanAtHome
    | HomeFailed
    | ReceiptPosted
    | ReceiptRefused
)

HELD_GRACE_MS: Final = 3_000
"""A statement of leases without one granted more recently may have crossed its grant."""


class RequesterMachine:
    """See the module. `step` with `Started` first; drop the machine after `Close`."""

    def __init__(
        self,
        terms: RunTerms,
        standings: Mapping[IdentityId, Standing],
        rng: "Random",
        stored: StoredRun | None = None,
    ) -> None:
        """`rng` draws lease ids and checks: in a daemon it must not be predictable by workers."""
        assert terms.quorum > 0
        assert terms.home_cores > 0
        known = {Standing.TRUSTED, Standing.ESTABLISHED}
        verification = Verification(
            terms.quorum,
            terms.requester,
            lambda worker: standings.get(worker) in known,
            rng,
            is_voted=is_voted(terms.descriptor),
        )
        grid = grid_of(terms.descriptor)
        self._state = RunState(
            terms=terms,
            run_hash=run_hash(terms.descriptor),
            grid=grid,
            verification=verification,
            assignments=Assignments(grid.count, verification),
            rng=rng,
        )
        self._state.shunned.update(
            worker for worker, standing in standings.items() if standing is Standing.SHUNNED
        )
        self._stored = stored or StoredRun()
        self._wake_ms = 0

    @property
    def run(self) -> RunId:
        """Name the run, for routing."""
        return self._state.terms.run

    @property
    def phase(self) -> Phase:
        """Tell where the run stands."""
        return self._state.phase

    @property
    def chunks_final(self) -> int:
        """Tell how many chunks are final."""
        return len(self._state.verification.finals)

    @property
    def wrong_finals(self) -> int:
        """Tell how many chunks were final before a run at home showed them wrong."""
        return self._state.verification.wrong_finals

    @property
    def workers(self) -> tuple[IdentityId, ...]:
        """Name the workers that have bid and are not shunned."""
        return tuple(self._state.bidders)

    def step(self, now_ms: int, event: RequesterEvent) -> list[RequesterEffect]:
        """Take one event at `now_ms` and return what is to be done, in order."""
        state = self._state
        before = state.phase
        if before is Phase.CLOSED:
            return []
        state.effects = []
        self._take(now_ms, event)
        if not (isinstance(event, Heard) and isinstance(event.message, ChunkDone)):
            self._advance(now_ms)
        assert state.phase in TRANSITIONS[before, type(event)]
        return state.effects

    def _take(self, now_ms: int, event: RequesterEvent) -> None:
        match event:
            case Started():
                restoring.restore(self._state, self._stored, now_ms)
                if self._stored.is_cancelled:
                    self._fail(now_ms, "cancelled")
            case Heard() | PeerLost() | PeerFound():
                self._take_from_peer(now_ms, event)
            case OwnerCancelled():
                self._fail(now_ms, "cancelled")
            case Woken():
                self._wake_ms = 0 if now_ms >= self._wake_ms else self._wake_ms
            case _:
                self._take_answer(now_ms, event)

    def _take_from_peer(self, now_ms: int, event: Heard | PeerLost | PeerFound) -> None:
        match event:
            case Heard(peer=peer, message=message, sealed=sealed):
                self._hear(now_ms, peer, message, sealed)
            case PeerLost(peer=peer):
                if peer in self._state.bidders:
                    self._state.bidders[peer].lost_ms = now_ms
            case PeerFound(peer=peer):
                self._note_heard(now_ms, peer)
                self._repeat_all(peer)
            case _:
                assert_never(event)

    def _take_answer(self, now_ms: int, event: Answer) -> None:
        """Take the outcome of an effect."""
        state = self._state
        match event:
            case HoldMade(lease=lease_id):
                granting.hold_made(state, now_ms, lease_id)
            case HoldRefused(lease=lease_id):
                granting.hold_refused(state, now_ms, lease_id)
            case VoucherRefused(lease=lease_id):
                settling.voucher_refused(state, lease_id)
            case TapeFetched() | TapeMissing():
                self._take_tape(now_ms, event)
            case RanAtHome(result=result):
                home.take_home_result(state, now_ms, result)
            case HomeFailed(chunk=chunk, reason=reason):
                if not home.take_home_failure(state, chunk):
                    self._fail(now_ms, f"chunk {chunk} cannot be run at home: {reason}")
            case ReceiptPosted(lease=lease_id):
                settling.receipt_posted(state, lease_id)
            case ReceiptRefused(lease=lease_id, cause=cause):
                self._blame_receipt(lease_id, cause)
            case _:
                assert_never(event)

    def _advance(self, now_ms: int) -> None:
        """Do all that has become possible or due."""
        state = self._state
        if not is_closing(state):
            granting.watch_workers(state, now_ms)
            granting.grant_leases(state, now_ms)
            home.run_at_home(state, now_ms)
            granting.repeat_questions(state, now_ms)
            self._close_blocks(now_ms)
        settling.settle_leases(state, now_ms)
        if is_closing(state):
            granting.watch_workers(state, now_ms)
            granting.repeat_questions(state, now_ms)
            home.run_at_home(state, now_ms)
        elif len(state.verification.finals) == state.grid.count:
            self._finish(now_ms, None)
        elif state.open_leases() or state.home_running:
            state.phase = Phase.RUNNING
        else:
            state.phase = Phase.ANNOUNCED
        if not is_closing(state):
            announcing.announce(state, now_ms)
        if state.phase is Phase.CLOSING and not state.leases:
            state.phase = Phase.CLOSED
            state.effects.append(Close())
        elif now_ms >= self._wake_ms or self._wake_ms == 0:
            self._wake_ms = now_ms + TICK_MS
            state.effects.append(WakeAt(at_ms=self._wake_ms))

    # Messages

    def _hear(
        self, now_ms: int, peer: IdentityId, message: WorkMessage, sealed: Sealed | None
    ) -> None:
        state = self._state
        self._note_heard(now_ms, peer)
        match message:
            case Bid():
                granting.take_bid(state, now_ms, peer, message)
            case Decline(lease=None):
                self._lose_bidder(peer)
            case LeasesHeld(leases=held):
                self._compare_held(now_ms, peer, frozenset(held))
            case ChunkDone() | PrefixRoot() | ShrinkAck() | Decline() | ReceiptAck():
                lease = self._lease_of(peer, message)
                if lease is not None:
                    self._hear_of_lease(now_ms, lease, message, sealed)
            case _:
                reason = f"a {type(message).__name__} is not a worker's to send"
                state.effects.append(Drop(peer=peer, reason=reason))

    def _hear_of_lease(
        self,
        now_ms: int,
        lease: Lease,
        message: ChunkDone | PrefixRoot | ShrinkAck | Decline | ReceiptAck,
        sealed: Sealed | None,
    ) -> None:
        state = self._state
        match message:
            case ChunkDone():
                covering.take_chunk(state, lease, message)
            case PrefixRoot():
                assert sealed is not None
                covering.take_prefix(state, now_ms, lease, message, sealed)
            case ShrinkAck(stop=stop):
                if lease.phase is LeasePhase.OPEN:
                    granting.shrunk(state, lease, stop)
            case Decline(reason=reason, retry_ms=retry_ms):
                self._lease_declined(now_ms, lease, reason, retry_ms)
            case ReceiptAck():
                settling.take_receipt(state, lease, message)
            case _:
                assert_never(message)

    def _lease_of(
        self, peer: IdentityId, message: ChunkDone | PrefixRoot | ShrinkAck | Decline | ReceiptAck
    ) -> Lease | None:
        """Find a message's lease; answer for one that is not, or not with this peer."""
        lease = self._state.leases.get(message.lease) if message.lease is not None else None
        if lease is not None and lease.worker == peer and lease.phase is not LeasePhase.HOLDING:
            return lease
        if isinstance(message, PrefixRoot):
            unknown = Decline(
                run=self.run, lease=message.lease, reason=DeclineReason.UNKNOWN, retry_ms=0
            )
            self._state.effects.append(Send(peer=peer, message=unknown))
        return None

    def _lease_declined(
        self, now_ms: int, lease: Lease, reason: DeclineReason, retry_ms: int
    ) -> None:
        bidder = self._state.bidders.get(lease.worker)
        if bidder is not None:
            bidder.retry_ms = now_ms + max(retry_ms, 1_000)
            if reason not in {DeclineReason.BUSY, DeclineReason.UNKNOWN, DeclineReason.ENDED}:
                bidder.cores = 0
        if lease.phase is LeasePhase.OPEN:
            end_lease(self._state, lease, is_agreed=True)

    def _compare_held(self, now_ms: int, peer: IdentityId, held: frozenset[LeaseId]) -> None:
        """End leases that the worker does not hold; tell it of those that it should not hold."""
        state = self._state
        for lease in state.open_leases():
            if lease.worker != peer:
                continue
            if lease.grant.lease in held:
                lease.is_confirmed = True
            elif lease.is_confirmed and now_ms - lease.granted_ms > HELD_GRACE_MS:
                end_lease(state, lease, is_agreed=False)
        for lease_id in held:
            known = state.leases.get(lease_id)
            if known is None or known.is_late_barred:
                gone = Decline(
                    run=self.run, lease=lease_id, reason=DeclineReason.UNKNOWN, retry_ms=0
                )
                state.effects.append(Send(peer=peer, message=gone))

    def _note_heard(self, now_ms: int, peer: IdentityId) -> None:
        bidder = self._state.bidders.get(peer)
        if bidder is not None:
            bidder.heard_ms, bidder.lost_ms = now_ms, None

    def _lose_bidder(self, peer: IdentityId) -> None:
        bidder = self._state.bidders.get(peer)
        if bidder is not None:
            bidder.cores = 0

    def _repeat_all(self, peer: IdentityId) -> None:
        """State again what this worker should know.

        After a reconnect nothing is sure to have arrived.
        """
        for lease in self._state.leases.values():
            if lease.worker != peer:
                continue
            lease.asked_ms = 0
            if lease.voucher is not None and lease.phase is LeasePhase.OPEN:
                self._state.effects.append(Send(peer=peer, message=lease.voucher))

    # Tapes, home, receipts

    def _take_tape(self, now_ms: int, event: TapeFetched | TapeMissing) -> None:
        state = self._state
        if isinstance(event, TapeMissing):
            state.fetching.discard((event.peer, event.tape_hash))
            return  # The worker repeats its promise, and the tape is asked for again.
        state.tapes.add(event.tape_hash)
        state.fetching = {key for key in state.fetching if key[1] != event.tape_hash}
        for lease in tuple(state.leases.values()):
            if lease.prefix is not None:
                covering.cover(state, now_ms, lease)

    def _blame_receipt(self, lease_id: LeaseId, cause: str) -> None:
        lease = self._state.leases.get(lease_id)
        if lease is not None:
            reason = f"a receipt's answer is refused: {cause}"
            self._state.effects.append(Drop(peer=lease.worker, reason=reason))

    def _close_blocks(self, now_ms: int) -> None:
        """Draw the last checks when no more chunks can join the strangers' blocks."""
        state = self._state
        is_waiting = state.assignments.is_held() or state.verification.wanted_at_home()
        if not is_waiting and state.assignments.replicas_left() == 0:
            follow(state, state.verification.close_blocks())
            home.run_at_home(state, now_ms)

    # The run's begin and end

    def _fail(self, now_ms: int, reason: str) -> None:
        """End the run early; in closing, end the judging of leases, which is all that is left."""
        if is_closing(self._state):
            self._state.failure = reason
        else:
            self._finish(now_ms, reason)

    def _finish(self, now_ms: int, failure: str | None) -> None:
        state = self._state
        state.failure, state.phase = failure, Phase.CLOSING
        home.stop_at_home(state)
        granting.cancel_leases(state, now_ms)
        announcing.withdraw(state)
        state.effects.append(Finish(failure=failure))
