"""Puts the gateway together: its jobs, and its door with the operations behind it. It starts nothing."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from meshnode.node.config import Config
from meshnode.node.dcp import job_database
from meshnode.node.dcp.batches import Batches, BatchParts
from meshnode.node.dcp.claims import Claims
from meshnode.node.dcp.client_operations import ClientOperations, ClientParts, Later
from meshnode.node.dcp.compute import Computing, ComputingParts
from meshnode.node.dcp.config_documents import SERVICES
from meshnode.node.dcp.dispatch import Dispatch
from meshnode.node.dcp.endpoint import DcpEndpoint, EndpointSettings
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.funds import Funds
from meshnode.node.dcp.jobs import DcpJobs, JobsParts
from meshnode.node.dcp.lending import Lending
from meshnode.node.dcp.payments import Payments
from meshnode.node.dcp.preparing import Preparing
from meshnode.node.dcp.remote import RemoteValues
from meshnode.node.dcp.store import DcpStore
from meshnode.node.dcp.telling import Teller
from meshnode.node.dcp.worker_operations import WorkerOperations, WorkerParts
from meshnode.node.mesh_runs import MeshRuns
from meshnode.node.requester_driver import RequesterParts
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.values import IdentityId


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    """What of the daemon the gateway uses."""

    root: Path
    identity: IdentityId
    config: Config
    store: DcpStore
    thread: StoreThread
    runs: MeshRuns
    requester: RequesterParts
    now_ms: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Tools:
    """What is made anew with each start of the gateway."""

    key: SigningKey
    pool: SlicePool
    remote: RemoteValues
    subscriptions: Subscriptions
    lending: Lending


@dataclass(frozen=True, slots=True)
class Door:
    """What listens, and what must run meanwhile."""

    application: web.Application
    services: Sequence[Coroutine[None, None, None]]


def build_jobs(parts: GatewayParts, config: Config, tools: Tools) -> DcpJobs:
    """Build what takes jobs and keeps them going."""
    batches = Batches(
        BatchParts(
            identity=parts.identity,
            config=config,
            runs=parts.runs,
            requester=parts.requester,
            pool=tools.pool,
        )
    )
    teller = Teller(tools.subscriptions)
    payments = Payments(parts.requester.ledger, parts.thread, batches, parts.now_ms)
    computing = Computing(
        ComputingParts(
            config=config,
            store=parts.store,
            thread=parts.thread,
            batches=batches,
            preparing=Preparing(config, parts.store, parts.thread, tools.remote),
            funds=Funds(config, parts.store, parts.thread, batches, parts.now_ms),
            teller=teller,
            pay=payments.pay,
            now_ms=parts.now_ms,
        )
    )
    return DcpJobs(
        JobsParts(
            store=parts.store,
            thread=parts.thread,
            subscriptions=tools.subscriptions,
            teller=teller,
            computing=computing,
            lending=tools.lending,
            has_python=bool(config.pyodide),
            now_ms=parts.now_ms,
        )
    )


def build_door(
    parts: GatewayParts, config: Config, tools: Tools, jobs: DcpJobs, later: Later
) -> Door:
    """Build what clients and workers talk to."""
    clients = ClientOperations(
        ClientParts(
            jobs=jobs,
            store=parts.store,
            thread=parts.thread,
            subscriptions=tools.subscriptions,
            address=tools.key.address,
            later=later,
            now_ms=parts.now_ms,
        )
    )
    workers = WorkerOperations(
        WorkerParts(
            config=config,
            jobs=jobs,
            store=parts.store,
            thread=parts.thread,
            subscriptions=tools.subscriptions,
            lending=tools.lending,
            key=tools.key,
        )
    )
    endpoint = DcpEndpoint(
        Dispatch({**clients.table(), **workers.table()}, tools.subscriptions.drop_session),
        tools.key,
        SERVICES,
        EndpointSettings(
            clients=frozenset(config.gateway_clients) or None,
            listed={"jnu": job_database.PATH},
        ),
        parts.now_ms,
    )
    application = endpoint.application()
    job_database.JobDatabase(jobs, parts.now_ms).add_routes(application)
    ledger, mesh = parts.requester.ledger, parts.requester.links.mesh
    Claims(ledger, mesh, parts.thread, parts.now_ms).add_routes(application)
    return Door(application, (jobs.serve(), workers.serve(), endpoint.run()))
