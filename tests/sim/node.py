"""One simulated node.

Real machines, real ledger, real bytes on the wire; sandbox, disk and network are pretended.
"""

from collections.abc import Callable
from random import Random
from typing import assert_never

from msgspec.structs import replace
from tests.sim import oracle
from tests.sim.disk import Disk, keep_tape, stored_run, stored_work, tape_of
from tests.sim.keys import FakeSigner, FakeVerifier, certificate_of, identity_of
from tests.sim.world import CrashedError, World

from meshnode.ledger import SELF, CreditLimits, HoldRequest, Ledger, Refusal, VoidCause, peer
from meshnode.protocol import requester_events as r
from meshnode.protocol import wire
from meshnode.protocol import worker_events as w
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.messages import (
    SEALED,
    Decline,
    DeclineReason,
    LeasesHeld,
    Message,
    Offer,
    PrefixRoot,
    ReceiptAck,
    ReceiptOffer,
    Withdraw,
    WorkMessage,
)
from meshnode.protocol.requester import RequesterMachine
from meshnode.protocol.run_terms import RunTerms, Standing
from meshnode.protocol.sealed import Sealed, countersign
from meshnode.protocol.values import Hash, IdentityId, LeaseId, RunId, digest, mesh_id, run_hash
from meshnode.protocol.worker import WorkerMachine

MESH = mesh_id("simulated")
PRICE = 1_000
VERIFIER = FakeVerifier()


class Peers:
    """Who is in the mesh, by identity."""

    def __init__(self) -> None:
        self.by_identity: dict[IdentityId, SimNode] = {}

    def add(self, node: "SimNode") -> None:
        self.by_identity[node.identity] = node

    def others(self, node: "SimNode") -> list["SimNode"]:
        return [other for other in self.by_identity.values() if other is not node]


class SimNode:
    """A node with a worker and any number of runs of its own."""

    def __init__(self, world: World, peers: Peers, name: str, speed: int, cores: int) -> None:
        self.world, self.peers, self.name = world, peers, name
        self.identity = identity_of(name)
        self.signer = FakeSigner(name)
        self.disk = Disk()
        self.rng = Random(f"{name}/{world.rng.random()}")
        self.speed = speed
        """Operations per millisecond of one core."""
        self.policy = w.WorkerPolicy(
            identity=self.identity,
            cores=cores,
            operations_per_s=speed * 1000,
            price=PRICE,
            memory_bytes_max=2**30,
            tape_bytes_max=2**20,
            operations_max=10**12,
            trusted=frozenset(),
            refused=frozenset(),
        )
        self.ledger = Ledger.open(
            ":memory:",
            mesh=MESH,
            certificate=certificate_of(name),
            signer=self.signer,
            limits=CreditLimits(),
            now_ms=world.now_ms,
        )
        self.terms: dict[RunId, RunTerms] = {}
        self.standings: dict[IdentityId, Standing] = {}
        self.requesters: dict[RunId, RequesterMachine] = {}
        self.worker = WorkerMachine(self.policy)
        self.is_up = False
        self.life = 0
        """Grows with every crash: what an earlier life asked for never arrives."""
        self.lies = 0.0
        """Share of its chunks on which this node lies; 0 for honest ones."""
        self.lied: set[tuple[RunId, int]] = set()
        self.finals: dict[RunId, dict[int, Hash]] = {}
        self.finished: dict[RunId, str | None] = {}
        self.closed: set[RunId] = set()
        self.crashes_in = -1
        """Effects until this node crashes; below 0 for never."""
        self.on_effect: Callable[[SimNode, r.RequesterEffect | w.WorkerEffect], None] | None = None
        peers.add(self)

    # Life

    def boot(self) -> None:
        """Start, or start again, from what the disk holds."""
        self.is_up = True
        for lease, voucher in self.disk.table("given"):
            assert isinstance(voucher, Sealed)
            assert lease[1] is not None
            self.ledger.store_voucher(voucher)  # Refused if the lease was settled meanwhile.
        self.worker = WorkerMachine(self.policy, stored_work(self.disk))
        self.step_worker(w.Begun())
        self.requesters = {}
        for run in self.terms:
            if run not in self.closed:
                self.begin_run(run)
        for other in self.peers.others(self):
            if other.is_up:
                self.world.at(20, lambda other=other: other.found(self.identity))  # type: ignore[misc]  # a bound default

    def begin_run(self, run: RunId) -> None:
        rng = Random(self.rng.random())
        stored = stored_run(self.disk, run)
        self.requesters[run] = RequesterMachine(self.terms[run], self.standings, rng, stored)
        self.step_requester(run, r.Started())

    def crash(self) -> None:
        self.world.note("crash", self.name)
        self.is_up = False
        self.life += 1
        self.crashes_in = -1
        self.disk.crash(self.rng)
        for other in self.peers.others(self):
            self.world.at(30, lambda other=other: other.lost(self.identity))  # type: ignore[misc]  # a bound default
        self.world.at(self.rng.randint(100, 6_000), self.boot)

    def lost(self, identity: IdentityId) -> None:
        if self.is_up:
            self._tell_all(r.PeerLost(peer=identity))

    def found(self, identity: IdentityId) -> None:
        if self.is_up:
            self._tell_all(r.PeerFound(peer=identity))

    def _tell_all(self, event: r.PeerLost | r.PeerFound) -> None:
        self.step_worker(event)
        for run in tuple(self.requesters):
            self.step_requester(run, event)

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        """Do this later, unless this node dies before."""
        life = self.life
        self.world.at(delay_ms, lambda: act() if self.life == life and self.is_up else None)

    # Machines

    def step_requester(self, run: RunId, event: r.RequesterEvent) -> None:
        machine = self.requesters.get(run)
        if machine is None or not self.is_up:
            return
        try:
            for effect in machine.step(self.world.now_ms, event):
                self._before(effect)
                self._do_requester(run, effect)
        except CrashedError:
            self.crash()

    def step_worker(self, event: w.WorkerEvent) -> None:
        if not self.is_up:
            return
        try:
            for effect in self.worker.step(self.world.now_ms, event):
                self._before(effect)
                self._do_worker(effect)
        except CrashedError:
            self.crash()

    def _before(self, effect: r.RequesterEffect | w.WorkerEffect) -> None:
        if self.on_effect is not None:
            self.on_effect(self, effect)
        if self.crashes_in >= 0:
            self.crashes_in -= 1
            if self.crashes_in < 0:
                raise CrashedError

    # Network

    def transmit(self, to: IdentityId, message: WorkMessage) -> None:
        """Send after all that was stored is durable."""
        self.disk.sync()
        payload = wire.encode(self._sealed(message))
        receiver = self.peers.by_identity[to]
        self.world.note("send", self.name, receiver.name, type(message).__name__)
        for delay_ms in self.world.network.delays(self.world.now_ms, self.name, receiver.name):
            self.world.at(delay_ms, lambda: receiver.receive(self.identity, payload))

    def _sealed(self, message: Message) -> Message | Sealed:
        if isinstance(message, SEALED):
            return wire.seal(message, MESH, self.signer)  # type: ignore[arg-type]  # SEALED is that union
        return message

    def receive(self, sender: IdentityId, payload: bytes) -> None:
        if not self.is_up:
            return
        received = wire.decode_work(payload)
        sealed = received if isinstance(received, Sealed) else None
        message = received if sealed is None else wire.open_sealed(sealed, MESH, VERIFIER)
        run: RunId | None = getattr(message, "run", None)
        assert run is not None
        if run in self.closed:
            self._disown(run, sender, message)  # type: ignore[arg-type]  # a Message
        elif run in self.terms:
            heard = r.Heard(peer=sender, message=message, sealed=sealed)  # type: ignore[arg-type]  # a work stream's
            self.step_requester(run, heard)
        else:
            self.step_worker(w.WorkHeard(peer=sender, message=message, sealed=sealed))  # type: ignore[arg-type]  # a work stream's

    def _disown(self, run: RunId, sender: IdentityId, message: Message) -> None:
        """Say that a run is over for which there is no machine any more: a driver's duty."""
        leases: tuple[LeaseId, ...] = ()
        if isinstance(message, LeasesHeld):
            leases = message.leases
        elif isinstance(message, PrefixRoot):
            leases = (message.lease,)
        for lease in leases:
            reason = DeclineReason.UNKNOWN
            self.transmit(sender, Decline(run=run, lease=lease, reason=reason, retry_ms=0))

    def gossip(self, message: Offer | Withdraw) -> None:
        self.disk.sync()
        sealed = wire.seal(message, MESH, self.signer)
        payload = wire.encode(sealed)
        for other in self.peers.others(self):
            for delay_ms in self.world.network.delays(self.world.now_ms, self.name, other.name):
                self.world.at(delay_ms, lambda other=other: other.hear_gossip(payload))  # type: ignore[misc]  # a bound default

    def hear_gossip(self, payload: bytes) -> None:
        message = wire.open_sealed(wire.decode_gossip(payload), MESH, VERIFIER)
        if isinstance(message, Offer):
            self.step_worker(w.OfferHeard(offer=message))
        elif isinstance(message, Withdraw):
            self.step_worker(w.OfferWithdrawn(run=message.run, requester=message.requester))

    # The requester's effects

    def _do_requester(self, run: RunId, effect: r.RequesterEffect) -> None:  # noqa: C901, PLR0912, PLR0915  one case an effect
        disk = self.disk
        match effect:
            case r.Publish(offer=offer):
                self.gossip(offer)
            case r.WithdrawOffer(sequence=sequence):
                self.gossip(Withdraw(run=run, requester=self.identity, sequence=sequence))
            case r.Send(peer=to, message=message):
                self.transmit(to, message)
            case r.MakeHold():
                self._hold(effect.lease, SELF, peer(effect.peer), effect.amount, effect.expires_ms)
            case r.VoidHold(lease=lease, is_forfeit=is_forfeit):
                disk.sync()
                self._void(lease, is_forfeit=is_forfeit)
                disk.write(("settled", run, lease), "forfeited" if is_forfeit else "void")
            case r.StoreLease(grant=grant, stop=stop):
                disk.write(("lease", run, grant.lease), (grant, stop))
            case r.StoreReport(report=report, tape=tape):
                if tape is not None:
                    keep_tape(disk, report.result.tape_hash, tape)
                assert tape_of(disk, report.result.tape_hash) is not None, "a tape was not kept"
                key = ("report", run, report.lease, report.result.chunk)
                disk.write(key, report)
            case r.StoreVoucher(voucher=voucher, evidence=evidence):
                disk.write(("voucher", run, voucher.lease), voucher)
                disk.write(("evidence", run, voucher.lease), evidence)
                sealed = wire.seal(voucher, MESH, self.signer)
                disk.write(("given", voucher.lease), sealed)
                disk.sync()
                assert self.ledger.store_voucher(sealed) is None
            case r.EndLease(lease=lease):
                disk.write(("ended", run, lease), True)  # noqa: FBT003  a stored mark
            case r.StoreProof(peer=liar):
                disk.write(("proof", run, liar), effect)
            case r.Shun(peer=liar):
                disk.write(("shunned", run, liar), True)  # noqa: FBT003  a stored mark
                self.standings[liar] = Standing.SHUNNED
            case r.RecordCheck(peer=_):
                pass
            case r.OfferReceipt(peer=to, receipt=receipt):
                offered = disk.read(("offered", receipt.lease))
                if offered is None:
                    head = self.ledger.head().entry
                    filled = replace(receipt, requester_head=head, time_ms=self.world.now_ms)
                    offered = wire.seal(filled, MESH, self.signer)
                    disk.write(("offered", receipt.lease), offered)
                assert isinstance(offered, Sealed)
                self.transmit(to, ReceiptOffer(run=run, lease=receipt.lease, receipt=offered))
            case r.PostReceipt(lease=lease, answer=answer):
                self._post(run, lease, answer)
            case r.FetchTape(peer=to, tape_hash=tape_hash):
                self._fetch(run, to, tape_hash)
            case r.RunAtHome(chunk=chunk):
                self._run_at_home(run, chunk)
            case r.StopAtHome():
                pass  # its answer is not heeded
            case r.Final(chunk=chunk, result=result):
                disk.write(("final", run, chunk), result)
                disk.sync()
                self.world.note("final", self.name, chunk, result.tape_hash)
                self.finals.setdefault(run, {})[chunk] = result.tape_hash
            case r.Drop(peer=to, reason=reason):
                self.world.note("drop", self.name, reason)
            case r.WakeAt(at_ms=at_ms):
                delay_ms = at_ms - self.world.now_ms
                self.later(delay_ms, lambda: self.step_requester(run, r.Woken()))
            case r.Finish(failure=failure):
                self.finished[run] = failure
            case r.Close():
                disk.sync()
                self.closed.add(run)
                del self.requesters[run]
            case _:
                assert_never(effect)

    def _hold(self, lease: LeaseId, debit: str, credit: str, amount: int, expires_ms: int) -> None:
        self.disk.sync()
        request = HoldRequest(
            lease=lease,
            debit=debit,  # type: ignore[arg-type]  # an Account
            credit=credit,  # type: ignore[arg-type]  # an Account
            job=digest(b"job"),
            amount_max=amount,
            expires_ms=expires_ms,
        )
        refusal = self.ledger.hold(request, self.world.now_ms)
        event: r.HoldMade | r.HoldRefused = r.HoldMade(lease=lease)
        if refusal is not None:
            event = r.HoldRefused(lease=lease, cause=refusal)
        if debit == SELF:
            for run in tuple(self.requesters):
                self.later(0, lambda run=run: self.step_requester(run, event))  # type: ignore[misc]  # a bound default
        else:
            self.later(0, lambda: self.step_worker(event))

    def _void(self, lease: LeaseId, *, is_forfeit: bool) -> None:
        if is_forfeit:
            refusal = self.ledger.void(
                lease, VoidCause.FORFEITED, self.world.now_ms, digest(b"proof")
            )
        else:
            refusal = self.ledger.void(lease, VoidCause.UNUSED, self.world.now_ms)
        assert refusal is None, f"a hold could not be voided: {refusal}"

    def _post(self, run: RunId, lease: LeaseId, answer: Sealed) -> None:
        offered = self.disk.read(("offered", lease))
        assert isinstance(offered, Sealed)
        wire.open_sealed(answer, MESH, VERIFIER)
        refusal = self.ledger.post_receipt(offered, answer, self.world.now_ms)
        if refusal is not None:
            refused = r.ReceiptRefused(lease=lease, cause=refusal)
            self.later(0, lambda: self.step_requester(run, refused))
            return
        self.disk.write(("settled", run, lease), "paid")
        self.later(0, lambda: self.step_requester(run, r.ReceiptPosted(lease=lease)))

    def _fetch(self, run: RunId, to: IdentityId, tape_hash: Hash) -> None:
        def arrive() -> None:
            holder = self.peers.by_identity[to]
            tape = tape_of(holder.disk, tape_hash) if holder.is_up else None
            is_lost = self.world.is_faulty() and self.rng.random() < 0.1
            if tape is None or is_lost:
                missing = r.TapeMissing(peer=to, tape_hash=tape_hash)
                self.step_requester(run, missing)
                return
            assert blob_id(tape) == tape_hash
            keep_tape(self.disk, tape_hash, tape)
            self.step_requester(run, r.TapeFetched(tape_hash=tape_hash))

        self.later(self.rng.randint(5, 100), arrive)

    def _run_at_home(self, run: RunId, chunk: int) -> None:
        descriptor = self.terms[run].descriptor
        result = oracle.right_result(descriptor, chunk)
        if self.world.is_faulty() and self.rng.random() < 0.01:
            failed = r.HomeFailed(chunk=chunk, reason="the sandbox died")
            self.later(10, lambda: self.step_requester(run, failed))
            return

        def arrive() -> None:
            tape = oracle.right_tape(run_hash(descriptor), chunk)
            keep_tape(self.disk, result.tape_hash, tape)
            self.step_requester(run, r.RanAtHome(result=result))

        self.later(max(1, result.operations // self.speed), arrive)

    # The worker's effects

    def _do_worker(self, effect: w.WorkerEffect) -> None:  # noqa: C901, PLR0912, PLR0915  one case an effect
        disk = self.disk
        match effect:
            case r.Send(peer=to, message=message):
                self.transmit(to, message)
            case r.Drop(reason=reason):
                self.world.note("drop", self.name, reason)
            case r.WakeAt(at_ms=at_ms):
                self.later(at_ms - self.world.now_ms, lambda: self.step_worker(r.Woken()))
            case w.ExpectIncome():
                self._hold(effect.lease, peer(effect.peer), SELF, effect.amount, effect.expires_ms)
            case w.ForgetIncome(lease=lease):
                disk.sync()
                if self.ledger.find_hold(lease) is not None:
                    self._void(lease, is_forfeit=False)
            case w.StoreWork(grant=grant, received_ms=received_ms, stop=stop):
                disk.write(("work", grant.lease), (grant, received_ms, stop))
            case w.StoreResult(lease=lease, result=result, tape=tape):
                if tape is not None:
                    keep_tape(disk, result.tape_hash, tape)
                disk.write(("result", lease, result.chunk), result)
            case w.StoreVoucherHeld(voucher=voucher, sealed=sealed):
                disk.sync()
                refusal = self.ledger.store_voucher(sealed)
                is_late = refusal is Refusal.ALREADY_RESOLVED
                assert refusal is None or is_late, f"a good voucher was refused: {refusal}"
                if refusal is not None:
                    refused = r.VoucherRefused(lease=voucher.lease, cause=refusal)
                    self.later(0, lambda: self.step_worker(refused))
                    return
                disk.write(("held", voucher.lease), voucher)
            case w.EndWork():
                pass
            case w.ForgetWork(lease=lease):
                for key, _ in [*disk.table("work", lease), *disk.table("result", lease)]:
                    disk.write(key, None)
            case w.AnswerReceipt():
                self._answer_receipt(effect)
            case w.FetchRun(run_hash=terms):
                ready = w.RunReady(run_hash=terms)
                self.later(self.rng.randint(20, 300), lambda: self.step_worker(ready))
            case w.ReleaseRun() | w.StopChunk():
                pass
            case w.StartChunk():
                self._run_chunk(effect)
            case _:
                assert_never(effect)

    def _run_chunk(self, start: w.StartChunk) -> None:
        result = oracle.right_result(start.descriptor, start.chunk)
        tape = oracle.right_tape(start.run_hash, start.chunk)
        wall_ms = max(1, result.operations // self.speed)
        if self.rng.random() < self.lies:
            result, lie = oracle.wrong_result(result, self.rng)
            tape = lie or tape
        is_inline = oracle.is_tape_inline(start.chunk)

        def arrive() -> None:
            keep_tape(self.disk, result.tape_hash, tape)
            ran = w.ChunkRan(
                lease=start.lease,
                result=result,
                tape_bytes=len(tape),
                tape=tape if is_inline else None,
                wall_ms=wall_ms,
            )
            self.step_worker(ran)

        self.later(wall_ms, arrive)

    def _answer_receipt(self, effect: w.AnswerReceipt) -> None:
        wire.open_sealed(effect.receipt, MESH, VERIFIER)
        posted = self.ledger.receipt(effect.lease)
        answer = posted[1] if posted else countersign(effect.receipt, self.signer)
        refusal = None
        if posted is None:
            self.disk.sync()
            refusal = self.ledger.post_receipt(effect.receipt, answer, self.world.now_ms)
        if refusal is not None:
            self.world.note("receipt refused", self.name, refusal)
            failed = w.ReceiptFailed(lease=effect.lease, cause=refusal)
            self.later(0, lambda: self.step_worker(failed))
            return
        ack = ReceiptAck(run=effect.run, lease=effect.lease, receipt=answer)
        self.transmit(effect.peer, ack)
        self.later(0, lambda: self.step_worker(w.ReceiptAnswered(lease=effect.lease)))
