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
from dataclasses import dataclass, replace

import psutil

from meshnode import __version__
from meshnode.ledger import CreditLimits, Ledger, LedgerError
from meshnode.node.compile_service import CompileService
from meshnode.node.config import Config
from meshnode.node.control_api import Answers, ControlApi
from meshnode.node.data_directory import DataDirectory
from meshnode.node.errors import ConfigError, StorageError
from meshnode.node.idle import CALM_S, SAMPLE_EVERY_S, Contribution, IdleWatch, contribution
from meshnode.node.job_runner import JobRunner
from meshnode.node.job_store import JobStore
from meshnode.node.jobs import Jobs
from meshnode.node.keys import Ed25519Verifier, NodeKeys, open_keys
from meshnode.node.limits import (
    LEDGER_DUE_EVERY_S,
    SLICE_MEMORY_BYTES_MIN,
    SLICE_WALL_MS_MAX,
    WORKER_NICE,
)
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
from meshnode.node.slice_pool import SlicePool
from meshnode.node.status import StatusParts, ledger_json, peers_json, status_json
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver, WorkerParts
from meshnode.node.worker_store import WorkerStore
from meshnode.protocol.errors import MeshError
from meshnode.protocol.messages import Hello
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import cost_credits, mesh_id
from meshnode.protocol.worker_events import PolicyChanged, WorkerPolicy
from meshnode.sandbox import MEMORY_BYTES_MAX, OPERATIONS_MAX, OUTPUT_BYTES_MAX, ChildLimits

logger = logging.getLogger(__name__)

MESH_NAME = "meshnode"
"""The public mesh; private ones come with groups."""

OPERATIONS_PER_S_GUESS = 1_000_000_000
"""Of one core, until a chunk was measured."""

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


class Contributing:
    """Watches the owner's use of the machine, and pauses the worker within a second."""

    def __init__(
        self,
        config: Config,
        pool: SlicePool,
        tell: Callable[[WorkerPolicy], None],
        policy: WorkerPolicy,
    ) -> None:
        self._config = config
        self._pool = pool
        self._tell = tell
        self._policy = policy
        self._watch = IdleWatch()
        self.now = Contribution(may_work=config.contribute == "always", reason="just started")

    async def serve(self) -> None:
        """Sample until cancelled. A pause is at once; work is taken up again after CALM_S without a reason to pause."""
        self._apply(await self._look())
        calm_since_s = time.monotonic()
        while True:
            await asyncio.sleep(SAMPLE_EVERY_S)
            now = await self._look()
            if not now.may_work:
                calm_since_s = time.monotonic()
            is_calm = time.monotonic() - calm_since_s >= CALM_S
            if now.may_work == self.now.may_work or (now.may_work and not is_calm):
                continue
            self._apply(now)

    async def _look(self) -> Contribution:
        """Decide by a sample; it reads a file for each process, for which the control API should not wait."""
        return contribution(self._config, await asyncio.to_thread(self._watch.sample))

    def _apply(self, now: Contribution) -> None:
        logger.info("event=contribution may_work=%s reason=%r", now.may_work, now.reason)
        if now.may_work:
            self._pool.resume()
        else:
            self._pool.pause()
        cores = self._config.cores if now.may_work else 0
        self._tell(replace(self._policy, cores=cores))
        self.now = now


@dataclass(slots=True)
class Head:
    """The ledger's head as hellos show it; a little old, which is harmless (trust: 2.1)."""

    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """Everything that has a task of its own."""

    links: Links
    offers: Offers
    worker: WorkerDriver
    runs: MeshRuns
    jobs: Jobs
    api: ControlApi
    compiler: CompileService
    contributing: Contributing
    ledger: Ledger
    thread: StoreThread
    unfinished_jobs: frozenset[str]
    router: Router
    head: Head
    network: Network

    async def serve(self) -> None:
        """Run every service; the first that fails ends all."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.links.serve())
            group.create_task(self.offers.serve())
            group.create_task(self.worker.serve())
            group.create_task(self.runs.serve(self.unfinished_jobs))
            group.create_task(self.router.serve())
            group.create_task(self.contributing.serve())
            group.create_task(self._expire_due())
            await self._listen()
            await self.compiler.warm()
            await asyncio.sleep(0)  # the services above are under way before the first job
            group.create_task(self.jobs.serve())
            await self.api.start()
            logger.info("event=started peer=%s version=%s", self.network.key.hex()[:8], __version__)

    async def _listen(self) -> None:
        try:
            await self.network.start()
        except NetworkError as err:
            raise ConfigError(f"listen: {err}; choose another address with --listen") from err

    async def _expire_due(self) -> None:
        """Settle vouchers that fell due, and seal the ledger's head for hellos, now and then."""
        while True:
            try:
                leases = await self.thread.call(lambda: self.ledger.expire_due(now_ms()))
                self.head.sealed = await self.thread.call(self.ledger.sealed_head)
            except LedgerError as err:  # a full disk: the next time will do
                logger.error("event=ledger_failed reason=%r", str(err))  # noqa: TRY400  it needs no trace
                leases = ()
            for lease in leases:
                logger.info("event=lease_due lease=%s", lease.hex()[:8])
            await asyncio.sleep(LEDGER_DUE_EVERY_S)


@asynccontextmanager
async def _built(
    directory: DataDirectory, config: Config, stop: Callable[[], None]
) -> AsyncIterator[Daemon]:
    """Build the daemon's parts in order, and take them down in reverse."""
    async with AsyncExitStack() as stack:
        keys = open_keys(directory.root, now_ms())
        mesh = mesh_id(MESH_NAME)
        thread = StoreThread()
        stack.callback(thread.close)
        jobs_store = await thread.call(lambda: JobStore(directory.jobs))
        stack.push_async_callback(thread.call, jobs_store.close)
        mesh_store = await thread.call(lambda: MeshStore(directory.root / "mesh.sqlite"))
        stack.push_async_callback(thread.call, mesh_store.close)
        ledger = await thread.call(lambda: _open_ledger(directory, config, keys))
        stack.push_async_callback(thread.call, ledger.close)
        await thread.call(lambda: release_orphans(ledger, mesh_store, now_ms()))
        home_pool = SlicePool(config.cores, ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=0))
        stack.callback(home_pool.close)
        worker_pool = SlicePool(
            config.cores, ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=WORKER_NICE)
        )
        stack.callback(worker_pool.close)
        compiler = CompileService(directory.cache)
        stack.push_async_callback(compiler.close)
        network = _network(keys, config)
        stack.push_async_callback(network.stop)
        blobs = Blobs(network, BlobStore(directory.blobs, config.blob_store_bytes_max))

        router, head = Router(), Head()
        links = Links(
            network=network,
            mesh=mesh,
            signer=keys.working,
            verifier=Ed25519Verifier(),
            now_ms=now_ms,
            make_hello=lambda: _hello(keys, config, head, network, contributing.now),
            events=LinkEvents(
                found=router.found,
                lost=router.lost,
                heard=router.heard,
                introduced=router.introduced,
            ),
        )
        offers = Offers(network=network, links=links, heard=router.offer_heard)
        requester = RequesterParts(
            ledger=ledger,
            mesh_store=mesh_store,
            store=RequesterStore(mesh_store),
            thread=thread,
            links=links,
            blobs=blobs,
            pool=home_pool,
            now_ms=now_ms,
            publish=offers.publish,
        )
        runs = MeshRuns(
            RunsParts(identity=keys.identity, config=config, jobs=jobs_store, requester=requester)
        )
        policy = _policy(keys, config)
        worker_store = WorkerStore(mesh_store)
        worker = WorkerDriver(
            policy,
            WorkerParts(
                ledger=ledger,
                mesh_store=mesh_store,
                store=worker_store,
                thread=thread,
                links=links,
                blobs=blobs,
                pool=worker_pool,
                now_ms=now_ms,
            ),
        )
        router.connect(runs, worker, offers, links, ledger, thread)
        contributing = Contributing(
            config, worker_pool, lambda changed: worker.tell(PolicyChanged(policy=changed)), policy
        )
        runner = JobRunner(compiler, jobs_store, thread, runs)
        stack.callback(runner.close)
        runner.warm()
        jobs = Jobs(jobs_store, thread, directory, runner, now_ms)
        parts = StatusParts(
            keys=keys,
            config=config,
            network=network,
            links=links,
            ledger=ledger,
            thread=thread,
            jobs=jobs_store,
            worker_pool=worker_pool,
            mesh_store=mesh_store,
            contribution=lambda: contributing.now,
            pid=os.getpid(),
        )
        api = ControlApi(
            directory.socket,
            jobs,
            Answers(
                status=lambda: status_json(parts),
                peers=lambda: peers_json(parts),
                ledger=lambda: ledger_json(parts),
                stop=stop,
            ),
        )
        stack.push_async_callback(api.stop)
        yield Daemon(
            links=links,
            offers=offers,
            worker=worker,
            runs=runs,
            jobs=jobs,
            api=api,
            compiler=compiler,
            contributing=contributing,
            ledger=ledger,
            thread=thread,
            unfinished_jobs=frozenset(
                row.job for row in await thread.call(jobs_store.unfinished_jobs)
            ),
            router=router,
            head=head,
            network=network,
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


def _policy(keys: NodeKeys, config: Config) -> WorkerPolicy:
    return WorkerPolicy(
        identity=keys.identity,
        cores=0,
        operations_per_s=OPERATIONS_PER_S_GUESS,
        price=config.price_per_giga,
        memory_bytes_max=_lent_memory_bytes(config),
        tape_bytes_max=OUTPUT_BYTES_MAX,
        operations_max=OPERATIONS_MAX,
        trusted=frozenset(config.trusted),
        refused=frozenset(),
    )


def _lent_memory_bytes(config: Config) -> int:
    """Bound a foreign module's memory: all cores' modules together take half of the machine's at most."""
    share = int(psutil.virtual_memory().total) // (2 * config.cores)
    return min(MEMORY_BYTES_MAX, max(share, SLICE_MEMORY_BYTES_MIN))


def _hello(
    keys: NodeKeys, config: Config, head: Head, network: Network, now: Contribution
) -> Hello:
    return Hello(
        version=PROTOCOL_VERSION,
        software=f"meshnode/{__version__}",
        mesh=mesh_id(MESH_NAME),
        certificate=keys.certificate,
        cores=config.cores if now.may_work else 0,
        operations_per_s=OPERATIONS_PER_S_GUESS,
        head=head.sealed,
        addresses=network.addresses(),
    )
