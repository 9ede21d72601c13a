"""Claims about the worker's machine, step by step; whole meshes are in tests/sim."""

from dataclasses import replace

import msgspec
from tests.protocol.samples import (
    LEASE,
    MESH,
    REQUESTER,
    RUN,
    WORKER,
    descriptor,
    grant,
)
from tests.sim.keys import FakeSigner, identity_of

from meshnode.protocol import messages as m
from meshnode.protocol import requester_events as r
from meshnode.protocol import worker_events as w
from meshnode.protocol.limits import FLUSH_INTERVAL_MS, OFFERS_PER_REQUESTER_MAX
from meshnode.protocol.merkle import blob_id, merkle_root
from meshnode.protocol.offers import OfferBook
from meshnode.protocol.values import (
    ChunkResult,
    Hash,
    LeaseId,
    RunId,
    chunk_leaf,
    cost_credits,
    digest,
    run_hash,
)
from meshnode.protocol.wire import seal
from meshnode.protocol.worker import WorkerMachine

POLICY = w.WorkerPolicy(
    identity=WORKER,
    cores=1,
    operations_per_s=10**9,
    price=1_000,
    memory_bytes_max=2**30,
    tape_bytes_max=2**20,
    operations_max=10**12,
    trusted=frozenset(),
    refused=frozenset(),
)


def offer(run: RunId = RUN, *, sequence: int = 1, price_max: int = 1_000) -> m.Offer:
    return m.Offer(
        run=run,
        run_hash=run_hash(descriptor()),
        requester=REQUESTER,
        sequence=sequence,
        issued_ms=0,
        expires_ms=10**9,
        chunks_open=10,
        operations_per_chunk=1,
        memory_bytes=65_536,
        module_bytes=1,
        captures_bytes=1,
        price_max=price_max,
        replicas=2,
    )


def result(chunk: int) -> ChunkResult:
    return ChunkResult(
        chunk=chunk, iterations_done=10, tape_hash=blob_id(b"tape"), operations=1_000_000
    )


class Play:
    """A machine, and a sandbox and ledger that do as they are told."""

    def __init__(self, policy: w.WorkerPolicy = POLICY) -> None:
        self.machine = WorkerMachine(policy)
        self.now_ms = 1_000
        self.effects: list[w.WorkerEffect] = []
        self.tell(w.Begun())

    def tell(self, event: w.WorkerEvent) -> list[w.WorkerEffect]:
        fresh = self.machine.step(self.now_ms, event)
        self.effects += fresh
        return fresh

    def hear(self, message: m.WorkMessage) -> list[w.WorkerEffect]:
        sealed = None
        if isinstance(message, m.Grant | m.Voucher):
            sealed = seal(message, MESH, FakeSigner("requester"))
        return self.tell(w.WorkHeard(peer=REQUESTER, message=message, sealed=sealed))

    def take_on(self, taken: m.Grant) -> None:
        self.hear(taken)
        self.tell(r.HoldMade(lease=taken.lease))
        self.tell(w.RunReady(run_hash=taken.run_hash))

    def compute(self, chunk: int, wall_ms: int = 300) -> list[w.WorkerEffect]:
        self.now_ms += wall_ms
        ran = w.ChunkRan(
            lease=LEASE, result=result(chunk), tape_bytes=4, tape=b"tape", wall_ms=wall_ms
        )
        return self.tell(ran)

    def messages(self) -> list[m.WorkMessage]:
        return [effect.message for effect in self.effects if isinstance(effect, r.Send)]

    def started(self) -> list[int]:
        return [effect.chunk for effect in self.effects if isinstance(effect, w.StartChunk)]


def voucher(taken: m.Grant, chunks_done: int, *, root: Hash | None = None) -> m.Voucher:
    results = [result(taken.start + index) for index in range(chunks_done)]
    operations = sum(each.operations for each in results)
    return m.Voucher(
        run=RUN,
        lease=LEASE,
        requester=REQUESTER,
        worker=WORKER,
        chunks_done=chunks_done,
        root=root or merkle_root([chunk_leaf(taken.run_hash, each) for each in results]),
        operations=operations,
        amount=cost_credits(operations, taken.price),
    )


def test_an_offer_is_answered_by_one_bid() -> None:
    play = Play()

    play.tell(w.OfferHeard(offer=offer()))
    play.tell(w.OfferHeard(offer=offer()))

    assert [type(message) for message in play.messages()] == [m.Bid]


def test_nothing_is_bid_below_the_owners_price() -> None:
    play = Play()

    play.tell(w.OfferHeard(offer=offer(price_max=999)))

    assert not play.messages()


def test_nothing_is_bid_while_the_owner_needs_the_machine() -> None:
    play = Play(replace(POLICY, cores=0))

    play.tell(w.OfferHeard(offer=offer()))

    assert not play.messages()


def test_nothing_runs_before_the_ledger_agrees() -> None:
    play = Play()

    play.hear(grant())
    play.tell(w.RunReady(run_hash=grant().run_hash))

    assert not play.started()


def test_a_grant_that_the_ledger_refuses_is_declined() -> None:
    play = Play()
    play.hear(grant())

    play.tell(r.HoldRefused(lease=LEASE, cause="the pool is empty"))

    (decline,) = play.messages()
    assert isinstance(decline, m.Decline)
    assert decline.reason is m.DeclineReason.NO_CREDIT
    assert not play.machine.leases


def test_a_grant_under_other_terms_than_its_hash_is_declined() -> None:
    play = Play()
    other = msgspec.structs.replace(grant(), descriptor=descriptor(99))

    play.hear(other)

    (decline,) = play.messages()
    assert isinstance(decline, m.Decline)
    assert decline.reason is m.DeclineReason.TERMS


def test_a_grant_heard_twice_is_worked_on_once() -> None:
    play = Play()
    play.take_on(grant())

    play.hear(grant())

    assert sum(isinstance(effect, w.ExpectIncome) for effect in play.effects) == 1


def test_results_are_stored_before_they_are_promised() -> None:
    play = Play()
    play.take_on(grant())

    effects = play.compute(0)

    stored = next(i for i, e in enumerate(effects) if isinstance(e, w.StoreResult))
    promised = next(
        i
        for i, e in enumerate(effects)
        if isinstance(e, r.Send) and isinstance(e.message, m.PrefixRoot)
    )
    assert stored < promised


def test_work_stops_when_a_stranger_does_not_vouch() -> None:
    play = Play()
    play.take_on(grant())

    play.compute(0)
    play.compute(1)
    play.now_ms += FLUSH_INTERVAL_MS
    play.tell(r.Woken())

    assert play.started() == [0, 1]


def test_work_goes_on_after_the_voucher_is_stored() -> None:
    play = Play()
    play.take_on(grant())
    play.compute(0)
    play.compute(1)

    effects = play.hear(voucher(grant(), 1))

    order = [type(effect) for effect in effects]
    assert order.index(w.StoreVoucherHeld) < order.index(w.StartChunk)
    assert play.started() == [0, 1, 2]


def test_a_voucher_over_another_root_is_refused() -> None:
    play = Play()
    play.take_on(grant())
    play.compute(0)

    effects = play.hear(voucher(grant(), 1, root=digest(b"other")))

    assert any(isinstance(effect, r.Drop) for effect in effects)
    assert not any(isinstance(effect, w.StoreVoucherHeld) for effect in effects)


def test_a_shrink_never_takes_what_is_being_computed() -> None:
    play = Play()
    play.take_on(grant())
    play.compute(0)

    play.hear(m.Shrink(run=RUN, lease=LEASE, stop=0))

    assert m.ShrinkAck(run=RUN, lease=LEASE, stop=2) in play.messages()


def test_the_owner_gets_the_machine_back_at_once() -> None:
    play = Play()
    play.take_on(grant())
    play.compute(0)

    effects = play.tell(w.PolicyChanged(policy=replace(POLICY, cores=0)))

    assert w.StopChunk(lease=LEASE, chunk=1) in effects
    assert m.ShrinkAck(run=RUN, lease=LEASE, stop=1) in play.messages()


def test_a_lease_ends_when_vouchers_cover_it() -> None:
    play = Play()
    taken = grant(0, 1)
    play.take_on(taken)
    play.compute(0)

    play.hear(voucher(taken, 1))

    assert w.EndWork(lease=LEASE) in play.effects
    assert not play.machine.leases


def test_a_late_copy_of_a_grant_is_not_worked_on_again() -> None:
    play = Play()
    taken = grant(0, 1)
    play.take_on(taken)
    play.compute(0)
    play.hear(voucher(taken, 1))

    play.hear(taken)

    assert not play.machine.leases


def test_a_restart_goes_on_after_the_stored_results() -> None:
    taken = grant()
    stored = w.StoredWork(
        grant=taken, received_ms=1_000, stop=taken.stop, results=(result(0),), voucher=None
    )
    play = Play()
    play.machine = WorkerMachine(POLICY, [stored])

    play.tell(w.Begun())
    play.tell(r.HoldMade(lease=LEASE))
    play.tell(w.RunReady(run_hash=taken.run_hash))

    assert play.started() == [1]


def test_a_hold_that_pays_no_further_chunk_ends_the_lease() -> None:
    play = Play()
    budget = cost_credits(descriptor().operations_max, 1_000)
    play.take_on(msgspec.structs.replace(grant(), amount_max=budget))

    play.compute(0)

    assert m.ShrinkAck(run=RUN, lease=LEASE, stop=1) in play.messages()


def test_a_flood_of_offers_drops_the_flooders_own() -> None:
    book = OfferBook()
    other = msgspec.structs.replace(offer(RunId(digest(b"other"))), requester=WORKER)
    book.add(other)

    for index in range(1_000):
        book.add(offer(RunId(digest(b"flood", index.to_bytes(4, "big")))))

    assert len(book) == OFFERS_PER_REQUESTER_MAX + 1
    assert book.get(other.run) is not None


def test_leases_of_a_lost_requester_keep_nobody_elses_waiting() -> None:
    play = Play()
    for name in (b"one", b"two", b"three"):
        play.take_on(msgspec.structs.replace(grant(), lease=LeaseId(digest(name))))
    other = identity_of("other")
    theirs = msgspec.structs.replace(grant(), lease=LeaseId(digest(b"their")), requester=other)
    asked = w.WorkHeard(peer=other, message=theirs, sealed=seal(theirs, MESH, FakeSigner("other")))

    assert not any(isinstance(effect, w.ExpectIncome) for effect in play.tell(asked))
    play.tell(r.PeerLost(peer=REQUESTER))
    assert any(isinstance(effect, w.ExpectIncome) for effect in play.tell(asked))


def test_a_lease_whose_voucher_the_ledger_refuses_is_given_up() -> None:
    play = Play()
    play.take_on(grant())
    play.compute(0)

    effects = play.tell(r.VoucherRefused(lease=LEASE, cause="the hold was already resolved"))

    assert w.ForgetWork(lease=LEASE) in effects
    assert play.machine.leases == ()


def test_a_memory_that_is_not_whole_pages_is_refused() -> None:
    for memory_bytes in (0, 1, 65_537, 2**40):
        odd = msgspec.structs.replace(descriptor(), memory_bytes=memory_bytes)
        asked = msgspec.structs.replace(grant(), descriptor=odd, run_hash=run_hash(odd))
        play = Play()

        play.hear(asked)

        declines = [each for each in play.messages() if isinstance(each, m.Decline)]
        assert [each.reason for each in declines] == [m.DeclineReason.TERMS]
