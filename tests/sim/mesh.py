"""The scenario.

Ten nodes, some runs, one liar, faults until they stop; and what must hold, always and at the end.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from tests.sim import oracle
from tests.sim.keys import certificate_of
from tests.sim.network import Faults
from tests.sim.node import PRICE, VERIFIER, Peers, SimNode
from tests.sim.world import World

from meshnode.ledger import peer
from meshnode.ledger.audit import audit
from meshnode.ledger.export import export_of
from meshnode.protocol import limits, wire
from meshnode.protocol import requester_events as r
from meshnode.protocol import worker_events as w
from meshnode.protocol.messages import Receipt
from meshnode.protocol.run_terms import HomePolicy, Report, RunTerms
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import (
    IdentityId,
    RunDescriptor,
    RunId,
    digest,
    grid_of,
    run_hash,
    run_id,
)

NODES = 10
END_MS = 600_000


@dataclass
class Mesh:
    """One seed's mesh."""

    seed: int
    world: World
    nodes: list[SimNode] = field(default_factory=list)
    runs: dict[RunId, SimNode] = field(default_factory=dict)

    def honest(self) -> list[SimNode]:
        return [node for node in self.nodes if not node.lies]


def build(seed: int) -> Mesh:
    world = World(seed)
    rng, peers = world.rng, Peers()
    mesh = Mesh(seed, world)
    for index in range(NODES):
        speed = rng.choice([20_000, 100_000, 300_000])
        mesh.nodes.append(SimNode(world, peers, f"node{index}", speed, rng.choice([1, 1, 2])))
    liar = mesh.nodes[-1]
    liar.lies = rng.choice([0.05, 0.5, 1.0])
    for index in range(rng.choice([1, 1, 2])):
        add_run(mesh, mesh.nodes[index], index)
    start(mesh)
    schedule_faults(mesh)
    return mesh


def build_small(seed: int) -> Mesh:
    """Four honest nodes and one small run on a good network, for faults at chosen places."""
    faults = Faults(loss=0, double=0, delay_ms=20, crashes=0, partitions=0, stop_ms=0)
    world = World(seed, faults)
    peers = Peers()
    mesh = Mesh(seed, world)
    for index in range(4):
        mesh.nodes.append(SimNode(world, peers, f"node{index}", 100_000, 1))
    add_run(mesh, mesh.nodes[0], 0, iterations=157)
    (run, terms) = next(iter(mesh.nodes[0].terms.items()))
    mesh.nodes[0].terms[run] = replace(terms, quorum=2, home=HomePolicy.NEVER)
    start(mesh)
    return mesh


def start(mesh: Mesh) -> None:
    for node in mesh.nodes:
        for other in mesh.nodes:
            node.ledger.learn_certificate(certificate_of(other.name))
        node.on_effect = check_effect
        node.boot()


def add_run(mesh: Mesh, node: SimNode, index: int, iterations: int | None = None) -> None:
    rng = mesh.world.rng
    descriptor = RunDescriptor(
        abi_version=1,
        metering_version=1,
        profile=1,
        module=digest(b"module", bytes([index])),
        captures=digest(b"captures"),
        loop=0,
        iterations=iterations or 10 * rng.choice([1, 40, 150, 300]) - 3,
        chunk_length=10,
        operations_max=20 * rng.choice([3_000_000, 30_000_000, 60_000_000]),
        memory_bytes=65536,
    )
    run = run_id(digest(b"program"), digest(b"arguments"), index, run_hash(descriptor))
    node.terms[run] = RunTerms(
        run=run,
        descriptor=descriptor,
        requester=node.identity,
        quorum=rng.choice([1, 2, 2, 3]),
        home=rng.choice([HomePolicy.AUTO, HomePolicy.NEVER]),
        home_cores=1,
        price_max=PRICE,
        operations_per_chunk=descriptor.operations_max // 20,
        module_bytes=1000,
        captures_bytes=1000,
        tape_bytes_max=1000,
    )
    mesh.runs[run] = node


def schedule_faults(mesh: Mesh) -> None:
    world = mesh.world
    for _ in range(world.faults.crashes):
        node = world.rng.choice(mesh.nodes)
        delay_ms = world.rng.randint(0, world.faults.stop_ms - 2_000)
        countdown = world.rng.randint(0, 30)
        world.at(delay_ms, lambda node=node, countdown=countdown: _doom(node, countdown))  # type: ignore[misc]  # bound defaults
    names = [node.name for node in mesh.nodes]
    for _ in range(world.faults.partitions):
        delay_ms = world.rng.randint(0, world.faults.stop_ms - 12_000)
        world.at(delay_ms, lambda: world.network.split(names, world.now_ms + 10_000))


def _doom(node: SimNode, countdown: int) -> None:
    if node.is_up:
        node.crashes_in = countdown


def run(seed: int) -> Mesh:
    """Play one seed to its end and check all that must hold."""
    return play(build(seed))


def play(mesh: Mesh) -> Mesh:
    """Go on to the end."""
    mesh.world.after_step = lambda: check_step(mesh)
    mesh.world.run(END_MS, lambda: is_over(mesh))
    check_end(mesh)
    return mesh


def is_over(mesh: Mesh) -> bool:
    is_quiet = not mesh.world.is_faulty() and all(not node.worker.leases for node in mesh.honest())
    return is_quiet and all(run in node.closed for run, node in mesh.runs.items())


# Always


def check_effect(node: SimNode, effect: r.RequesterEffect | w.WorkerEffect) -> None:
    match effect:
        case r.StoreLease(grant=grant):
            finals = node.finals.get(grant.run, {})
            key = ("lease", grant.run, grant.lease)
            if node.disk.read(key) is None:
                again = [chunk for chunk in range(grant.start, grant.stop) if chunk in finals]
                assert not again, f"final chunks are given out again: {again}"
        case r.Final(chunk=chunk, result=result, worker=worker):
            check_final(node, effect)
            assert result.chunk == chunk
            assert worker is not None
        case _:
            pass


def check_final(node: SimNode, final: r.Final) -> None:
    """A final chunk has a quorum of distinct identities with just this result, or a run at home."""
    (run, terms) = next(
        (run, terms)
        for run, terms in node.terms.items()
        if any(
            isinstance(report, Report) and report.result == final.result
            for _, report in node.disk.table("report", run)
        )
    )
    reports = [report for _, report in node.disk.table("report", run)]
    signers = {
        report.worker
        for report in reports
        if isinstance(report, Report) and report.result == final.result
    }
    assert node.identity in signers or len(signers) >= terms.quorum, "final without a quorum"


def check_step(mesh: Mesh) -> None:
    if mesh.world.steps % 50 == 0:
        for node in mesh.nodes:
            check_books(node)
    for node in mesh.nodes:
        assert len(node.worker.leases) <= limits.WORKER_LEASES_MAX


def check_books(node: SimNode) -> None:
    total = sum(balance.settled_credits for balance in node.ledger.balances())
    assert total == 0, f"{node.name}: postings do not sum to zero"


# At the end


def check_end(mesh: Mesh) -> None:
    for run, node in mesh.runs.items():
        assert node.finished.get(run, "not finished") is None, (
            f"{node.name}: {mesh.world.now_ms} ms"
        )
        assert run in node.closed, "a lease was never settled"
        check_output(mesh, run, node)
    check_money(mesh)
    for node in mesh.nodes:
        check_books(node)
    report = audit([export_of(node.ledger._store) for node in mesh.honest()], VERIFIER)
    assert not report.findings, report.findings[:3]


def check_output(mesh: Mesh, run: RunId, node: SimNode) -> None:
    terms = node.terms[run]
    for chunk in range(grid_of(terms.descriptor).count):
        right = oracle.right_result(terms.descriptor, chunk).tape_hash
        got = node.finals[run].get(chunk)
        assert got is not None, f"chunk {chunk} is missing"
        is_excused = terms.quorum == 1 and mesh.nodes[-1].lies > 0
        assert got == right or is_excused, f"chunk {chunk} is wrong"


def check_money(mesh: Mesh) -> None:
    """What one honest node has posted for another, the other has posted too.

    A liar's lie is unpaid.
    """
    honest = mesh.honest()
    for node in honest:
        for other in honest:
            if node is not other:
                mine = _peer_credits(node, other.identity)
                theirs = _peer_credits(other, node.identity)
                assert mine == -theirs, f"{node.name} {mine}, {other.name} {theirs}"
    for run, node in mesh.runs.items():
        check_paid_once(run, node)


def check_paid_once(run: RunId, node: SimNode) -> None:
    """Each chunk under a paid receipt is right, and paid once to one worker."""
    terms = node.terms[run]
    paid: Counter[tuple[IdentityId, int]] = Counter()
    for _, kept in node.disk.table("lease", run):
        assert isinstance(kept, tuple)
        lease = kept[0].lease
        if node.disk.read(("settled", run, lease)) != "paid":
            continue
        offered = node.disk.read(("offered", lease))
        assert isinstance(offered, Sealed)
        receipt = wire.read_body(offered)
        assert isinstance(receipt, Receipt)
        for chunk in range(receipt.start, receipt.start + receipt.chunks_done):
            paid[receipt.worker, chunk] += 1
            report = node.disk.read(("report", run, lease, chunk))
            assert isinstance(report, Report)
            is_right = report.result == oracle.right_result(terms.descriptor, chunk)
            assert is_right or terms.quorum == 1, "a lie is paid"
    assert all(count == 1 for count in paid.values()), "a chunk is paid twice to one worker"


def _peer_credits(node: SimNode, identity: IdentityId) -> int:
    return node.ledger.balance(peer(identity)).settled_credits
