"""The daemon: the only place that builds things, and the order in which they start and stop.

Start: lock, keys, stores, processes, network, machines, control API. Stop, in reverse: the control API first, so that
nothing new comes; then machines and jobs (they go on at the next start); then network, processes and stores.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from meshnode import __version__
from meshnode.ledger import CreditLimits, Ledger, LedgerError
from meshnode.node.compile_service import CompileService
from meshnode.node.config import Config, pyodide_folder
from meshnode.node.contributing import OPERATIONS_PER_S_GUESS, Contributing, worker_policy
from meshnode.node.control_api import Answers, ControlApi
from meshnode.node.data_directory import DataDirectory
from meshnode.node.dcp.batches import mesh_job
from meshnode.node.dcp.gateway import GatewayParts, is_unfinished
from meshnode.node.dcp.outbound import ChosenRuns, DcpParts, DcpRuns
from meshnode.node.dcp.store import DcpStore
from meshnode.node.errors import ConfigError, StorageError
from meshnode.node.idle import Contribution, IdleWatch
from meshnode.node.job_runner import JobRunner
from meshnode.node.job_store import JobStore
from meshnode.node.jobs import Jobs
from meshnode.node.keys import Ed25519Verifier, NodeKeys, open_keys
from meshnode.node.limits import SLICE_WALL_MS_MAX, WORKER_NICE
from meshnode.node.links import PROTOCOL_VERSION, LinkEvents, Links
from meshnode.node.mesh_runs import MeshRuns, RunsParts
from meshnode.node.mesh_store import MeshStore
from meshnode.node.network.blob_store import BlobStore
from meshnode.node.network.blobs import Blobs
from meshnode.node.network.libp2p_host import Libp2pNetwork
from meshnode.node.network.port import Network, NetworkError
from meshnode.node.offers import Offers
from meshnode.node.recovery import release_orphans
from meshnode.node.requester_driver import RequesterParts
from meshnode.node.requester_store import RequesterStore
from meshnode.node.router import Router
from meshnode.node.servers import build_servers
from meshnode.node.services import Head, Services
from meshnode.node.slice_pool import SlicePool
from meshnode.node.status import StatusParts, ledger_json, peers_json, status_json
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver, WorkerParts
from meshnode.node.worker_store import WorkerStore
from meshnode.protocol.errors import MeshError
from meshnode.protocol.messages import Hello
from meshnode.protocol.values import cost_credits, mesh_id
from meshnode.protocol.worker_events import PolicyChanged
from meshnode.sandbox import ChildLimits

logger = logging.getLogger(__name__)

MESH_NAME = "meshnode"
"""The public mesh; private ones come with groups."""

SWITCH_INTERVAL_S = 0.001
"""A busy libp2p thread lets the control API's go on after this; Python's 5 ms add up over its dozen turns."""


def now_ms() -> int:
    """Tell the wall time in milliseconds since 1970."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME) // 1_000_000


def run_daemon(directory: DataDirectory, config: Config) -> None:
    """Run until SIGTERM, SIGINT or the control API's stop.

    Raises:
        NodeError: a key, a store or a listening address is not to be had.
    """
    if not __debug__:
        raise AssertionError("the daemon's own checks are assertions; do not run it with -O")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()  # the modules' objects: looking through them held every thread up for 90 ms, again and again
    try:
        asyncio.run(_run(directory, config))
    except* MeshError as errors:
        raise _first(errors) from errors


def _first(errors: BaseExceptionGroup[MeshError]) -> MeshError:
    """Return the first error that a service ended with; the others followed from it."""
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _run(directory: DataDirectory, config: Config) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with _built(directory, config, stopping.set) as daemon:
        services = asyncio.create_task(daemon.serve())
        waiting = asyncio.create_task(stopping.wait())
        done, _ = await asyncio.wait({services, waiting}, return_when=asyncio.FIRST_COMPLETED)
        logger.info("event=stopping")
        waiting.cancel()
        services.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await services
        assert services in done or waiting in done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What is opened first and closed last: files, processes, sockets."""

    directory: DataDirectory
    config: Config
    keys: NodeKeys
    thread: StoreThread
    job_store: JobStore
    mesh_store: MeshStore
    dcp_store: DcpStore
    ledger: Ledger
    home_pool: SlicePool
    worker_pool: SlicePool
    compiler: CompileService
    network: Network
    blobs: Blobs


async def _open_ground(stack: AsyncExitStack, directory: DataDirectory, config: Config) -> _Ground:
    keys = open_keys(directory.root, now_ms())
    thread = StoreThread()
    stack.callback(thread.close)
    job_store = await thread.call(lambda: JobStore(directory.jobs))
    stack.push_async_callback(thread.call, job_store.close)
    mesh_store = await thread.call(lambda: MeshStore(directory.root / "mesh.sqlite"))
    stack.push_async_callback(thread.call, mesh_store.close)
    dcp_store = await thread.call(lambda: DcpStore(directory.root / "dcp.sqlite"))
    stack.push_async_callback(thread.call, dcp_store.close)
    ledger = await thread.call(lambda: _open_ledger(directory, config, keys))
    stack.push_async_callback(thread.call, ledger.close)
    await thread.call(lambda: release_orphans(ledger, mesh_store, now_ms()))
    home_pool = SlicePool(config.cores, ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=0))
    stack.callback(home_pool.close)
    worker_limits = ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=WORKER_NICE)
    worker_pool = SlicePool(config.cores, worker_limits, pyodide_folder(config))
    stack.callback(worker_pool.close)
    compiler = CompileService(directory.cache)
    stack.push_async_callback(compiler.close)
    network = _network(keys, config)
    stack.push_async_callback(network.stop)
    return _Ground(
        directory=directory,
        config=config,
        keys=keys,
        thread=thread,
        job_store=job_store,
        mesh_store=mesh_store,
        dcp_store=dcp_store,
        ledger=ledger,
        home_pool=home_pool,
        worker_pool=worker_pool,
        compiler=compiler,
        network=network,
        blobs=Blobs(network, BlobStore(directory.blobs, config.blob_store_bytes_max)),
    )


@asynccontextmanager
async def _built(
    directory: DataDirectory, config: Config, stop: Callable[[], None]
) -> AsyncIterator[Services]:
    """Build the daemon's parts in order, and take them down in reverse."""
    async with AsyncExitStack() as stack:
        ground = await _open_ground(stack, directory, config)
        router, head = Router(), Head()
        links = _links(ground, router, head, lambda: contributing.now)
        offers = Offers(network=ground.network, links=links, heard=router.offer_heard)
        requester = _requester(ground, links, offers)
        runs = _runs(ground, requester)
        worker, contributing = _working(ground, links)
        router.connect(runs, worker, offers, links, ground.ledger, ground.thread)
        dcp = DcpParts(
            pool=ground.home_pool, jobs=ground.job_store, thread=ground.thread, config=config
        )
        runner = JobRunner(
            ground.compiler, ground.job_store, ground.thread, ChosenRuns(runs, DcpRuns(dcp))
        )
        stack.callback(runner.close)
        runner.warm()
        jobs = Jobs(ground.job_store, ground.thread, directory, runner, now_ms)
        answers = _answers(ground, links, lambda: contributing.now, stop)
        gateway_parts = _gateway_parts(ground, runs, requester)
        servers = build_servers(gateway_parts, ground.compiler, jobs, answers)
        stack.push_async_callback(servers.page.stop)
        api = ControlApi(directory.socket, jobs, servers.answers(answers))
        stack.push_async_callback(api.stop)
        unfinished = await ground.thread.call(ground.job_store.unfinished_jobs)
        dcp_jobs = await ground.thread.call(ground.dcp_store.unfinished)
        yield Services(
            links=links,
            offers=offers,
            worker=worker,
            runs=runs,
            jobs=jobs,
            api=api,
            compiler=ground.compiler,
            contributing=contributing,
            ledger=ground.ledger,
            thread=ground.thread,
            gateway=servers.gateway,
            unfinished_jobs=frozenset(
                [row.job for row in unfinished] + [mesh_job(row.terms.job) for row in dcp_jobs]
            ),
            router=router,
            head=head,
            network=ground.network,
            now_ms=now_ms,
        )


def _links(
    ground: _Ground, router: Router, head: Head, contribution: Callable[[], Contribution]
) -> Links:
    events = LinkEvents(
        found=router.found, lost=router.lost, heard=router.heard, introduced=router.introduced
    )
    return Links(
        network=ground.network,
        mesh=mesh_id(MESH_NAME),
        signer=ground.keys.working,
        verifier=Ed25519Verifier(),
        now_ms=now_ms,
        make_hello=lambda: _hello(ground, head, contribution()),
        events=events,
    )


def _requester(ground: _Ground, links: Links, offers: Offers) -> RequesterParts:
    return RequesterParts(
        ledger=ground.ledger,
        mesh_store=ground.mesh_store,
        store=RequesterStore(ground.mesh_store),
        thread=ground.thread,
        links=links,
        blobs=ground.blobs,
        pool=ground.home_pool,
        now_ms=now_ms,
        publish=offers.publish,
    )


def _runs(ground: _Ground, requester: RequesterParts) -> MeshRuns:
    return MeshRuns(
        RunsParts(
            identity=ground.keys.identity,
            config=ground.config,
            jobs=ground.job_store,
            requester=requester,
            is_unfinished=lambda job: is_unfinished(ground.dcp_store, job),
        )
    )


def _gateway_parts(ground: _Ground, runs: MeshRuns, requester: RequesterParts) -> GatewayParts:
    return GatewayParts(
        root=ground.directory.root,
        identity=ground.keys.identity,
        config=ground.config,
        store=ground.dcp_store,
        thread=ground.thread,
        runs=runs,
        requester=requester,
        now_ms=now_ms,
    )


def _working(ground: _Ground, links: Links) -> tuple[WorkerDriver, Contributing]:
    policy = worker_policy(ground.keys.identity, ground.config)
    parts = WorkerParts(
        ledger=ground.ledger,
        mesh_store=ground.mesh_store,
        store=WorkerStore(ground.mesh_store),
        thread=ground.thread,
        links=links,
        blobs=ground.blobs,
        pool=ground.worker_pool,
        now_ms=now_ms,
    )
    worker = WorkerDriver(policy, parts)
    contributing = Contributing(
        ground.config,
        ground.worker_pool,
        lambda changed: worker.tell(PolicyChanged(policy=changed)),
        policy,
        IdleWatch().sample,
    )
    return worker, contributing


def _answers(
    ground: _Ground,
    links: Links,
    contribution: Callable[[], Contribution],
    stop: Callable[[], None],
) -> Answers:
    parts = StatusParts(
        keys=ground.keys,
        config=ground.config,
        network=ground.network,
        links=links,
        ledger=ground.ledger,
        thread=ground.thread,
        jobs=ground.job_store,
        worker_pool=ground.worker_pool,
        mesh_store=ground.mesh_store,
        contribution=contribution,
        pid=os.getpid(),
    )
    return Answers(
        status=lambda: status_json(parts),
        peers=lambda: peers_json(parts),
        ledger=lambda: ledger_json(parts),
        stop=stop,
    )


def _network(keys: NodeKeys, config: Config) -> Network:
    try:
        return Libp2pNetwork(keys.working, listen=config.listen, bootstrap=config.bootstrap)
    except NetworkError as err:
        raise ConfigError(
            f"bootstrap: {err}; write /ip4/ADDRESS/tcp/PORT/p2p/ID as the other node's `meshnode status` shows it"
        ) from err


def _open_ledger(directory: DataDirectory, config: Config, keys: NodeKeys) -> Ledger:
    pool = cost_credits(config.strangers_pool_operations, config.price_per_giga)
    try:
        return Ledger.open(
            directory.ledger,
            mesh=mesh_id(MESH_NAME),
            certificate=keys.certificate,
            signer=keys.working,
            limits=CreditLimits(pool_credits=pool, trusted=config.trusted),
            now_ms=now_ms(),
        )
    except LedgerError as err:
        raise StorageError(str(err)) from err


def _hello(ground: _Ground, head: Head, now: Contribution) -> Hello:
    return Hello(
        version=PROTOCOL_VERSION,
        software=f"meshnode/{__version__}",
        mesh=mesh_id(MESH_NAME),
        certificate=ground.keys.certificate,
        cores=ground.config.cores if now.may_work else 0,
        operations_per_s=OPERATIONS_PER_S_GUESS,
        head=head.sealed,
        addresses=ground.network.addresses(),
    )
