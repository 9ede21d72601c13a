"""The tasks of a running daemon: which there are, and the order in which they start."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from meshnode import __version__
from meshnode.ledger import Ledger, LedgerError
from meshnode.node.compile_service import CompileService
from meshnode.node.contributing import Contributing
from meshnode.node.control_api import ControlApi
from meshnode.node.dcp.gateway import Gateway
from meshnode.node.errors import ConfigError
from meshnode.node.jobs import Jobs
from meshnode.node.limits import LEDGER_DUE_EVERY_S
from meshnode.node.links import Links
from meshnode.node.mesh_runs import MeshRuns
from meshnode.node.network.port import Network, NetworkError
from meshnode.node.offers import Offers
from meshnode.node.router import Router
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver
from meshnode.protocol.sealed import Sealed

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Head:
    """The ledger's head as hellos show it; a little old, which is harmless (trust: 2.1)."""

    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything in a daemon that has a task of its own."""

    links: Links
    offers: Offers
    worker: WorkerDriver
    runs: MeshRuns
    gateway: Gateway
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
    now_ms: Callable[[], int]

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
            group.create_task(self.gateway.serve())
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
                leases = await self.thread.call(lambda: self.ledger.expire_due(self.now_ms()))
                self.head.sealed = await self.thread.call(self.ledger.sealed_head)
            except LedgerError as err:  # a full disk: the next time will do
                logger.error("event=ledger_failed reason=%r", str(err))  # noqa: TRY400  it needs no trace
                leases = ()
            for lease in leases:
                logger.info("event=lease_due lease=%s", lease.hex()[:8])
            await asyncio.sleep(LEDGER_DUE_EVERY_S)
