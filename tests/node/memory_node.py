"""A whole node on the memory network: what `daemon.py` builds, without sockets, jobs and a control API."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.sandbox.modules import slice_module, square_tape

from meshnode import __version__
from meshnode.compiler import Program
from meshnode.compiler.ir import Span
from meshnode.compiler.loops.report import LoopReport, Verdict
from meshnode.ledger import CreditLimits, Ledger, accounts
from meshnode.node.config import Config
from meshnode.node.job_store import JobRow, JobStore
from meshnode.node.keys import Ed25519Verifier, NodeKeys, open_keys
from meshnode.node.links import PROTOCOL_VERSION, LinkEvents, Links
from meshnode.node.loop_runs import LoopRequest
from meshnode.node.mesh_runs import MeshRuns, RunsParts
from meshnode.node.mesh_store import MeshStore
from meshnode.node.network.blob_store import BlobStore
from meshnode.node.network.blobs import Blobs
from meshnode.node.network.memory import MemoryHub, MemoryNetwork
from meshnode.node.network.port import Network
from meshnode.node.offers import Offers
from meshnode.node.options import RunOptions
from meshnode.node.requester_driver import RequesterParts
from meshnode.node.requester_store import RequesterStore
from meshnode.node.router import Router
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import slice_work
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver, WorkerParts
from meshnode.node.worker_store import WorkerStore
from meshnode.protocol.messages import Hello
from meshnode.protocol.requester_events import OwnerCancelled
from meshnode.protocol.run_terms import HomePolicy, RunTerms
from meshnode.protocol.values import (
    ABI_JAVASCRIPT,
    METERING_QUOTED,
    PROFILE,
    PROFILE_JAVASCRIPT,
    RunDescriptor,
    digest,
    grid_of,
    mesh_id,
    run_hash,
    run_id,
)
from meshnode.protocol.worker_events import WorkerPolicy
from meshnode.sandbox import (
    MEMORY_BYTES_MAX,
    OPERATIONS_MAX,
    OUTPUT_BYTES_MAX,
    ChildLimits,
    JavaScriptProfile,
    JavaScriptProgram,
    SliceProcess,
    SliceRecord,
    decode_records,
    encode_data,
    encode_program,
)

CREDITS = 10**12
ITERATIONS = 640
EXPECTED = square_tape(0, ITERATIONS)
PRICE = 1_000_000
"""Dear, for the chunks of these tests are tiny and should cost something."""


def now_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_REALTIME) // 1_000_000


class MemoryNode:
    """One node; `start` it within a task group, which then owns its services."""

    mesh = mesh_id("test")
    limits = CreditLimits(pool_credits=CREDITS, trusted=())

    def __init__(
        self, hub: MemoryHub, root: Path, make_pool: Callable[[], SlicePool], cores: int = 1
    ) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.hub = hub
        self.keys: NodeKeys = open_keys(root, now_ms())
        self.network = self.make_network()
        self.config = Config(cores=1, price_per_giga=PRICE)
        self.thread = StoreThread()
        self.router = Router()
        self._make_pool = make_pool
        self._cores = cores
        self._stack = AsyncExitStack()
        self._services: list[asyncio.Task[None]] = []

    def make_network(self) -> Network:
        """Make the node's network; another one in a subclass."""
        return MemoryNetwork(self.hub, self.keys.working.key)

    async def start(self, group: asyncio.TaskGroup) -> None:
        """Build and serve everything."""
        thread, root = self.thread, self.root
        self._stack.callback(thread.close)
        self.mesh_store = await thread.call(lambda: MeshStore(root / "mesh.sqlite"))
        self._stack.push_async_callback(thread.call, self.mesh_store.close)
        self.jobs = await thread.call(lambda: JobStore(root / "jobs.sqlite"))
        self._stack.push_async_callback(thread.call, self.jobs.close)
        self.ledger = await thread.call(self._open_ledger)
        self._stack.push_async_callback(thread.call, self.ledger.close)
        self.pool = self._make_pool()
        self._stack.callback(self.pool.close)
        home_pool = SlicePool(1, ChildLimits(nice=0))
        self._stack.callback(home_pool.close)
        blobs = Blobs(self.network, BlobStore(root / "blobs", 1 << 30))
        self.links = self._links()
        offers = Offers(network=self.network, links=self.links, heard=self.router.offer_heard)
        self.store = RequesterStore(self.mesh_store)
        requester = RequesterParts(
            ledger=self.ledger,
            mesh_store=self.mesh_store,
            store=self.store,
            thread=thread,
            links=self.links,
            blobs=blobs,
            pool=home_pool,
            now_ms=now_ms,
            publish=offers.publish,
        )
        self.requester = requester
        self.runs = MeshRuns(
            RunsParts(
                identity=self.keys.identity,
                config=self.config,
                jobs=self.jobs,
                requester=requester,
            )
        )
        self.worker = WorkerDriver(
            self._policy(),
            WorkerParts(
                ledger=self.ledger,
                mesh_store=self.mesh_store,
                store=WorkerStore(self.mesh_store),
                thread=thread,
                links=self.links,
                blobs=blobs,
                pool=self.pool,
                now_ms=now_ms,
            ),
        )
        self.router.connect(self.runs, self.worker, offers, self.links, self.ledger, thread)
        for service in (
            self.links.serve(),
            offers.serve(),
            self.worker.serve(),
            self.router.serve(),
            self.runs.serve(frozenset()),
        ):
            self._services.append(group.create_task(service))
        await self.network.start()

    async def stop(self) -> None:
        """End the services, then what they use."""
        for service in self._services:
            service.cancel()
        await asyncio.gather(*self._services, return_exceptions=True)
        await self.network.stop()
        await self._stack.aclose()

    async def balance(self) -> int:
        """Return what this node has (or owes) in its own book."""
        return (await self.thread.call(lambda: self.ledger.balance(accounts.SELF))).settled_credits

    async def held(self) -> int:
        return (await self.thread.call(lambda: self.ledger.balance(accounts.SELF))).held_credits

    async def export(self) -> bytes:
        return await self.thread.call(self.ledger.export)

    def _open_ledger(self) -> Ledger:
        return Ledger.open(
            self.root / "ledger.sqlite",
            mesh=self.mesh,
            certificate=self.keys.certificate,
            signer=self.keys.working,
            limits=self.limits,
            now_ms=now_ms(),
        )

    def _links(self) -> Links:
        return Links(
            network=self.network,
            mesh=self.mesh,
            signer=self.keys.working,
            verifier=Ed25519Verifier(),
            now_ms=now_ms,
            make_hello=self.hello,
            events=LinkEvents(
                found=self.router.found,
                lost=self.router.lost,
                heard=self.router.heard,
                introduced=self.router.introduced,
            ),
        )

    def hello(self) -> Hello:
        return Hello(
            version=PROTOCOL_VERSION,
            software=f"meshnode/{__version__}",
            mesh=self.mesh,
            certificate=self.keys.certificate,
            cores=self._cores,
            operations_per_s=1_000_000_000,
            head=None,
            addresses=self.network.addresses(),
        )

    def _policy(self) -> WorkerPolicy:
        return WorkerPolicy(
            identity=self.keys.identity,
            cores=self._cores,
            operations_per_s=1_000_000_000,
            price=PRICE,
            memory_bytes_max=MEMORY_BYTES_MAX,
            tape_bytes_max=OUTPUT_BYTES_MAX,
            operations_max=OPERATIONS_MAX,
            trusted=frozenset(),
            refused=frozenset(),
            profiles=frozenset({PROFILE, PROFILE_JAVASCRIPT}),
        )


def honest_pool() -> SlicePool:
    return SlicePool(1, ChildLimits(nice=0))


@asynccontextmanager
async def memory_mesh(
    root: Path, pools: Sequence[Callable[[], SlicePool]]
) -> AsyncIterator[list[MemoryNode]]:
    """Run a requester that lends nothing, and one worker for each pool, all connected to it."""
    hub = MemoryHub()
    nodes = [MemoryNode(hub, root / "requester", honest_pool, cores=0)]
    nodes += [MemoryNode(hub, root / f"worker{i}", pool) for i, pool in enumerate(pools)]
    async with asyncio.TaskGroup() as group:
        try:
            for node in nodes:
                await node.start(group)
            for worker in nodes[1:]:
                await worker.network.connect(nodes[0].network.addresses()[0])
            await until(lambda: len(nodes[0].links.peers()) == len(pools))
            yield nodes
        finally:
            for node in nodes:
                await node.stop()


async def until(is_so: Callable[[], bool], timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not is_so():  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.01)


SQUARES = Program(
    home=b"home",
    slice=slice_module(),
    loops=(LoopReport(0, "main", Span("squares.mojo", 1, 1, 1, 2), Verdict.DISTRIBUTED),),
    warnings=(),
)
"""Each iteration records its own square."""


async def add_job(node: MemoryNode, job: str) -> None:
    row = JobRow(
        job=job,
        path="squares.mojo",
        source="",
        arguments="[]",
        options="{}",
        state="running",
        exit_code=None,
        message="",
        created_ms=now_ms(),
        ended_ms=None,
        summary="{}",
    )
    await node.thread.call(lambda: node.jobs.add_job(row))


def loop_request(job: str, quorum: int, program: Program = SQUARES) -> LoopRequest:
    return LoopRequest(
        job=job,
        ordinal=0,
        program=program,
        arguments=("squares.mojo",),
        loop=0,
        iterations=ITERATIONS,
        captures=bytes(8),
        options=RunOptions(quorum=quorum, home="never"),
    )


JAVASCRIPT_SLICES = 60
JAVASCRIPT = JavaScriptProgram(
    worktime="map-basic",
    work_function="(x) => { progress(); return [x * x, Math.random()]; }",
    arguments=(),
    seed=b"seed",
)


async def run_javascript(node: MemoryNode, quorum: int) -> tuple[SliceRecord, ...]:
    """Run slices of JavaScript on the mesh; return what each came to."""
    module = encode_program(JAVASCRIPT)
    captures = encode_data(
        [f'{{"_serializeVerId":"v9","what":{x}}}' for x in range(JAVASCRIPT_SLICES)]
    )
    descriptor = RunDescriptor(
        abi_version=ABI_JAVASCRIPT,
        metering_version=METERING_QUOTED,
        profile=PROFILE_JAVASCRIPT,
        module=await node.requester.blobs.put(module),
        captures=await node.requester.blobs.put(captures),
        loop=0,
        iterations=JAVASCRIPT_SLICES,
        chunk_length=4,
        operations_max=4 * 1_000_000,
        memory_bytes=128 << 20,
    )
    terms = RunTerms(
        run=run_id(digest(b"job"), digest(JAVASCRIPT.seed), 0, run_hash(descriptor)),
        descriptor=descriptor,
        requester=node.keys.identity,
        quorum=quorum,
        home=HomePolicy.NEVER,
        home_cores=1,
        price_max=PRICE,
        operations_per_chunk=descriptor.operations_max,
        module_bytes=len(module),
        captures_bytes=len(captures),
        tape_bytes_max=OUTPUT_BYTES_MAX,
        addresses=node.network.addresses()[:4],
        chunk_ms_max=60_000,
    )
    work = slice_work(run_hash(descriptor), descriptor, module, captures)
    driver = await node.runs.start("javascript", terms, work)
    grid, tapes = grid_of(descriptor), dict[int, bytes]()
    async with asyncio.timeout(60):
        while len(tapes) < grid.count:
            tapes |= {
                chunk: final.tape
                for chunk, final in (await driver.next_finals(tapes.keys())).items()
            }
    driver.tell(OwnerCancelled())
    records = decode_records(b"".join(tapes[chunk] for chunk in sorted(tapes)), JAVASCRIPT_SLICES)
    assert records is not None
    return records


def javascript_here() -> tuple[SliceRecord, ...]:
    """Run the same slices in a process of this machine's."""
    process = SliceProcess.start(ChildLimits(nice=0), "javascript")
    try:
        captures = encode_data(
            [f'{{"_serializeVerId":"v9","what":{x}}}' for x in range(JAVASCRIPT_SLICES)]
        )
        profile = JavaScriptProfile(memory_bytes=128 << 20, slice_operations=1_000_000)
        process.load(encode_program(JAVASCRIPT), captures, profile)
        outcome = process.run_chunk(0, 0, JAVASCRIPT_SLICES, 0)
    finally:
        process.kill()
    records = decode_records(outcome.tape, JAVASCRIPT_SLICES)
    assert records is not None
    return records
