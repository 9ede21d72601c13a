"""Claims about the requester's machine, step by step; whole meshes are in tests/sim."""

from dataclasses import replace
from random import Random

from msgspec.structs import replace as structs_replace
from tests.protocol.samples import MESH, REQUESTER, RUN, descriptor
from tests.sim.keys import FakeSigner, identity_of

from meshnode.protocol import messages as m
from meshnode.protocol import requester_events as r
from meshnode.protocol.merkle import blob_id, merkle_root
from meshnode.protocol.requester import RequesterMachine
from meshnode.protocol.run_state import Phase
from meshnode.protocol.run_terms import HomePolicy, RunTerms, Standing, StoredLease, StoredRun
from meshnode.protocol.transitions import TRANSITIONS
from meshnode.protocol.values import PROFILE_JAVASCRIPT, ChunkResult, IdentityId, chunk_leaf
from meshnode.protocol.wire import seal

ANN, BOB, EVE = (identity_of(name) for name in ("ann", "bob", "eve"))
PRICE = 1_000_000


def terms(chunks: int = 4, quorum: int = 2) -> RunTerms:
    return RunTerms(
        run=RUN,
        descriptor=descriptor(chunks),
        requester=REQUESTER,
        quorum=quorum,
        home=HomePolicy.NEVER,
        home_cores=1,
        price_max=PRICE,
        operations_per_chunk=1_000,
        module_bytes=1,
        captures_bytes=1,
        tape_bytes_max=1_000,
    )


def tape(chunk: int) -> bytes:
    return b"tape %d" % chunk


def result(chunk: int, *, lie: bytes = b"") -> ChunkResult:
    tape_hash = blob_id(tape(chunk) + lie)
    return ChunkResult(chunk=chunk, iterations_done=10, tape_hash=tape_hash, operations=1_000)


class Play:
    """A machine with a ledger that agrees, and workers who answer when they are told to."""

    def __init__(self, run: RunTerms, standings: dict[IdentityId, Standing] | None = None) -> None:
        self.machine = RequesterMachine(run, standings or {}, Random(1))
        self.now_ms = 1_000
        self.effects: list[r.RequesterEffect] = []
        self.tell(r.Started())

    def tell(self, event: r.RequesterEvent) -> list[r.RequesterEffect]:
        fresh = self.machine.step(self.now_ms, event)
        self.effects += fresh
        for effect in fresh:
            if isinstance(effect, r.MakeHold):
                self.tell(r.HoldMade(lease=effect.lease))
        return fresh

    def hear(self, peer: IdentityId, message: m.WorkMessage) -> list[r.RequesterEffect]:
        sealed = None
        if isinstance(message, m.PrefixRoot):
            sealed = seal(message, MESH, FakeSigner("worker"))
        return self.tell(r.Heard(peer=peer, message=message, sealed=sealed))

    def bid(self, *peers: IdentityId, price: int = PRICE) -> None:
        for peer in peers:
            bid = m.Bid(
                run=RUN,
                cores=1,
                operations_per_s=10_000,
                price=price,
                has_module=False,
                has_captures=False,
                chunks_max=100,
            )
            self.hear(peer, bid)

    def grants(self, peer: IdentityId) -> list[m.Grant]:
        sent = (effect.message for effect in self.sent(peer))
        return list({grant.lease: grant for grant in sent if isinstance(grant, m.Grant)}.values())

    def sent(self, peer: IdentityId) -> list[r.Send]:
        return [e for e in self.effects if isinstance(e, r.Send) and e.peer == peer]

    def made(self, kind: type[r.RequesterEffect]) -> list[r.RequesterEffect]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def compute(self, grant: m.Grant, *, lie: bytes = b"") -> list[r.RequesterEffect]:
        """Answer a grant with all its chunks under one promise."""
        self.now_ms += 100
        results = [result(chunk, lie=lie) for chunk in range(grant.start, grant.stop)]
        for each in results:
            done = m.ChunkDone(
                run=RUN,
                lease=grant.lease,
                chunk=each.chunk,
                iterations_done=each.iterations_done,
                operations=each.operations,
                tape_hash=each.tape_hash,
                tape_bytes=len(tape(each.chunk) + lie),
                tape=tape(each.chunk) + lie,
            )
            self.hear(grant.worker, done)
        return self.hear(grant.worker, promise(grant, results))

    def finish(self, *peers: IdentityId, liar: IdentityId | None = None) -> None:
        """Let the workers compute all they are granted, in turns, and home what it is asked."""
        done: set[bytes] = set()
        ran: set[int] = set()
        for _ in range(200):
            for peer in peers:
                for grant in self.grants(peer):
                    if grant.lease not in done:
                        done.add(grant.lease)
                        self.compute(grant, lie=b"lie" if peer == liar else b"")
            for effect in self.made(r.RunAtHome):
                if isinstance(effect, r.RunAtHome) and effect.chunk not in ran:
                    ran.add(effect.chunk)
                    self.tell(r.RanAtHome(result=result(effect.chunk)))


def promise(grant: m.Grant, results: list[ChunkResult]) -> m.PrefixRoot:
    return m.PrefixRoot(
        run=RUN,
        lease=grant.lease,
        chunks_done=len(results),
        root=merkle_root([chunk_leaf(grant.run_hash, each) for each in results]),
        operations=sum(each.operations for each in results),
    )


def kinds(effects: list[r.RequesterEffect]) -> list[type[r.RequesterEffect]]:
    return [type(effect) for effect in effects]


def test_a_run_is_announced_at_once() -> None:
    play = Play(terms())

    assert play.made(r.Publish)


def test_a_grant_leaves_only_after_its_hold() -> None:
    play = Play(terms())

    play.bid(ANN)

    order = kinds(play.effects)
    send = next(i for i, e in enumerate(play.effects) if isinstance(e, r.Send))
    assert order.index(r.MakeHold) < order.index(r.StoreLease) < send


def test_an_unknown_worker_gets_one_chunk_first() -> None:
    play = Play(terms())

    play.bid(ANN)

    assert [grant.stop - grant.start for grant in play.grants(ANN)] == [1]


def test_a_worker_on_trial_keeps_its_share_whatever_its_benchmark_said() -> None:
    play = Play(terms(chunks=41, quorum=1), {ANN: Standing.TRUSTED, BOB: Standing.TRUSTED})
    play.bid(ANN, BOB)

    play.now_ms -= 90  # ANN needs 10 ms, a tenth of what both have claimed
    play.compute(play.grants(ANN)[0])

    assert [grant.stop - grant.start for grant in play.grants(ANN)[1:]] == [10, 8]


def test_a_refused_hold_sends_nothing() -> None:
    machine = RequesterMachine(terms(), {}, Random(1))
    machine.step(0, r.Started())
    play = Play(terms())
    play.machine = machine
    bid = m.Bid(
        run=RUN,
        cores=1,
        operations_per_s=1,
        price=1,
        has_module=False,
        has_captures=False,
        chunks_max=1,
    )
    (hold,) = [
        e for e in machine.step(1, r.Heard(peer=ANN, message=bid)) if isinstance(e, r.MakeHold)
    ]

    effects = machine.step(2, r.HoldRefused(lease=hold.lease, cause="no credit"))

    assert not any(isinstance(effect, r.Send | r.StoreLease) for effect in effects)


def test_a_price_above_the_limit_is_declined() -> None:
    play = Play(terms())

    play.bid(ANN, price=PRICE + 1)

    assert not play.grants(ANN)
    (decline,) = (send.message for send in play.sent(ANN))
    assert isinstance(decline, m.Decline)
    assert decline.reason is m.DeclineReason.TERMS


def test_tapes_are_stored_before_the_voucher_leaves() -> None:
    play = Play(terms())
    play.bid(ANN)

    effects = play.compute(play.grants(ANN)[0])

    assert kinds(effects)[:3] == [r.StoreReport, r.StoreVoucher, r.Send]


def test_what_no_prefix_covers_is_not_vouched_for() -> None:
    play = Play(terms())
    play.bid(ANN)
    (grant,) = play.grants(ANN)
    done = m.ChunkDone(
        run=RUN,
        lease=grant.lease,
        chunk=grant.start,
        iterations_done=10,
        operations=1_000,
        tape_hash=blob_id(tape(0)),
        tape_bytes=len(tape(0)),
        tape=tape(0),
    )

    play.hear(ANN, done)

    assert not play.made(r.StoreReport)
    assert not play.made(r.StoreVoucher)


def test_a_root_over_other_chunks_drops_the_worker() -> None:
    play = Play(terms())
    play.bid(ANN)
    (grant,) = play.grants(ANN)
    play.compute(grant)
    play.finish(ANN)
    lease = play.grants(ANN)[-1]
    play.bid(BOB)
    other = play.grants(BOB)[0]

    done = m.ChunkDone(
        run=RUN,
        lease=other.lease,
        chunk=other.start,
        iterations_done=10,
        operations=1_000,
        tape_hash=blob_id(tape(0)),
        tape_bytes=len(tape(0)),
        tape=tape(0),
    )
    play.hear(BOB, done)
    effects = play.hear(BOB, promise(other, [result(other.start, lie=b"lie")]))

    assert r.Drop in kinds(effects)
    assert r.StoreVoucher not in kinds(effects)
    assert lease.worker == ANN


def test_a_chunk_is_final_when_the_quorum_agrees() -> None:
    play = Play(terms(), {ANN: Standing.TRUSTED})
    play.bid(ANN)
    play.compute(play.grants(ANN)[0])
    assert not play.made(r.Final)

    play.bid(BOB)
    effects = play.compute(play.grants(BOB)[0])

    assert r.Final in kinds(effects)


def test_strangers_are_checked_at_home_before_their_chunks_are_final() -> None:
    play = Play(terms(chunks=4))
    play.bid(ANN, BOB)

    play.finish(ANN, BOB)

    order = kinds(play.effects)
    assert order.index(r.RunAtHome) < order.index(r.Final)
    assert order.count(r.RunAtHome) == 1
    assert order.count(r.Final) == 4


def test_a_difference_is_decided_at_home_and_the_liar_is_never_paid() -> None:
    play = Play(terms(), {ANN: Standing.TRUSTED, BOB: Standing.TRUSTED})
    play.bid(EVE, ANN)

    play.finish(EVE, ANN, liar=EVE)
    play.bid(BOB)
    play.finish(EVE, ANN, BOB, liar=EVE)

    finals = [effect.result for effect in play.made(r.Final) if isinstance(effect, r.Final)]
    assert sorted(finals, key=lambda each: each.chunk) == [result(chunk) for chunk in range(4)]
    assert r.Shun(peer=EVE) in play.effects
    assert all(e.peer != EVE for e in play.effects if isinstance(e, r.OfferReceipt))
    assert any(e.is_forfeit for e in play.effects if isinstance(e, r.VoidHold))


def test_an_outvoted_worker_is_not_convicted_and_gets_no_more_of_the_run() -> None:
    run = terms()
    voted = structs_replace(
        run.descriptor, profile=PROFILE_JAVASCRIPT, abi_version=2, metering_version=0
    )
    play = Play(replace(run, descriptor=voted), {ANN: Standing.TRUSTED, BOB: Standing.TRUSTED})
    play.bid(EVE, ANN)

    play.finish(EVE, ANN, liar=EVE)
    play.bid(BOB)
    play.finish(EVE, ANN, BOB, liar=EVE)
    play.bid(EVE)

    finals = [effect.result for effect in play.made(r.Final) if isinstance(effect, r.Final)]
    assert sorted(finals, key=lambda each: each.chunk) == [result(chunk) for chunk in range(4)]
    assert not play.made(r.Shun)
    assert not play.made(r.StoreProof)
    assert isinstance(play.sent(EVE)[-1].message, m.Decline)
    assert any(e.peer == EVE for e in play.effects if isinstance(e, r.OfferReceipt))


def test_a_run_for_known_workers_declines_strangers() -> None:
    play = Play(replace(terms(quorum=1), is_known_only=True), {ANN: Standing.ESTABLISHED})

    play.bid(EVE, ANN)

    assert not play.grants(EVE)
    assert play.grants(ANN)


def test_a_chunk_that_may_take_long_does_not_stall_its_worker() -> None:
    patient = Play(replace(terms(), chunk_ms_max=300_000))
    hasty = Play(terms())
    for play in (patient, hasty):
        play.bid(ANN)
        for _ in range(20):
            play.now_ms += 1_000
            play.hear(ANN, m.LeasesHeld(run=RUN, leases=(play.grants(ANN)[0].lease,)))

    assert hasty.made(r.EndLease)
    assert not patient.made(r.EndLease)


def test_a_proof_is_stored_before_the_rejection_is_sent() -> None:
    play = Play(terms(), {ANN: Standing.TRUSTED})
    play.bid(EVE, ANN)

    play.finish(EVE, ANN, liar=EVE)

    rejection = next(
        i
        for i, effect in enumerate(play.effects)
        if isinstance(effect, r.Send) and isinstance(effect.message, m.Rejection)
    )
    order = kinds(play.effects)
    assert order.index(r.StoreProof) < order.index(r.Shun) < rejection


def test_a_silent_workers_chunks_are_given_to_another() -> None:
    play = Play(terms(quorum=1), {BOB: Standing.TRUSTED})
    play.bid(ANN)
    (lost,) = play.grants(ANN)

    play.now_ms += 60_000
    play.tell(r.Woken())
    play.bid(BOB)
    play.finish(BOB)

    assert r.EndLease(lease=lost.lease) in play.effects
    assert r.Finish(failure=None) in play.effects


def test_a_receipt_is_offered_only_for_final_chunks() -> None:
    play = Play(terms(), {ANN: Standing.TRUSTED})
    play.bid(ANN)
    play.finish(ANN)
    assert not play.made(r.OfferReceipt)

    play.bid(BOB)
    play.finish(ANN, BOB)

    assert play.made(r.OfferReceipt)


def test_a_settled_run_closes() -> None:
    play = Play(terms(quorum=1), {ANN: Standing.TRUSTED})
    play.bid(ANN)
    play.finish(ANN)

    for effect in play.made(r.OfferReceipt):
        assert isinstance(effect, r.OfferReceipt)
        play.tell(r.ReceiptPosted(lease=effect.receipt.lease))

    assert play.effects[-1] == r.Close()
    assert play.machine.phase is Phase.CLOSED


def test_a_restart_goes_on_from_what_vouchers_cover() -> None:
    play = Play(terms(quorum=1), {ANN: Standing.TRUSTED})
    play.bid(ANN)
    (grant,) = play.grants(ANN)
    play.compute(grant)
    reports = tuple(e.report for e in play.effects if isinstance(e, r.StoreReport))
    voucher = next(e for e in play.effects if isinstance(e, r.StoreVoucher))
    lease = StoredLease(
        grant=grant,
        stop=grant.stop,
        voucher=voucher.voucher,
        evidence=voucher.evidence,
        is_ended=True,
        is_forfeited=False,
        is_settled=False,
    )
    stored = StoredRun(reports=reports, leases=(lease,))

    again = RequesterMachine(terms(quorum=1), {ANN: Standing.TRUSTED}, Random(2), stored)
    effects = again.step(9_000, r.Started())

    finals = [effect.chunk for effect in effects if isinstance(effect, r.Final)]
    assert finals == [0]
    assert r.OfferReceipt in kinds(effects)


def test_a_run_without_distribution_asks_nobody() -> None:
    machine = RequesterMachine(replace(terms(), home=HomePolicy.ONLY), {}, Random(1))

    effects = machine.step(0, r.Started())

    assert r.RunAtHome in kinds(effects)
    assert r.Publish not in kinds(effects)


def test_what_runs_at_home_is_given_up_when_the_owner_cancels() -> None:
    machine = RequesterMachine(replace(terms(), home=HomePolicy.ONLY), {}, Random(1))
    started = [each for each in machine.step(0, r.Started()) if isinstance(each, r.RunAtHome)]

    effects = machine.step(1, r.OwnerCancelled())

    stopped = [each for each in effects if isinstance(each, r.StopAtHome)]
    assert [each.chunk for each in stopped] == [each.chunk for each in started]
    late = machine.step(2, r.RanAtHome(result=result(started[0].chunk)))
    assert r.StoreReport not in kinds(late)


def test_closing_is_never_left_backwards() -> None:
    ending = {Phase.CLOSING, Phase.CLOSED}

    assert all(to <= ending for (at, _), to in TRANSITIONS.items() if at in ending)
    assert {event for _, event in TRANSITIONS} == set(r.RequesterEvent.__args__)
