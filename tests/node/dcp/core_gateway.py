"""The gateway's core without sockets: real jobs, stores, ledger and slice processes; sessions are a test's own.

`Ground` is what the gateways of a test module share: a node of the mesh, and processes for slices, whose start takes
half a second. `gateway_core` builds what `gateway.py` builds, but for the door.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict, Unpack

from aiohttp import web
from tests.node.memory_node import MemoryNode, honest_pool, until

from meshnode.ledger import accounts
from meshnode.node.config import Config
from meshnode.node.dcp import kvin
from meshnode.node.dcp.accounts import read_address
from meshnode.node.dcp.build import GatewayParts, Tools, build_jobs
from meshnode.node.dcp.client_operations import PUBLIC_GROUP, ClientOperations, ClientParts
from meshnode.node.dcp.data_uri import data_uri, read_data_uri
from meshnode.node.dcp.dispatch import Dispatch
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.kvin import KvinValue
from meshnode.node.dcp.lending import Lending
from meshnode.node.dcp.port import JsonValue, Request
from meshnode.node.dcp.remote import RemoteValues
from meshnode.node.dcp.store import DcpStore
from meshnode.node.dcp.worker_operations import WorkerOperations, WorkerParts
from meshnode.node.network.memory import MemoryHub
from meshnode.node.options import HomeUse
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.protocol.values import digest
from meshnode.sandbox import ChildLimits, ChunkOutcome

NOW_MS = 1_800_000_000_000
GATEWAY_KEY = SigningKey(digest(b"gateway"))
JOB_ID_LENGTH = 22
EVENTS = ("status", "result", "console", "error", "custom", "noprogress", "nofunds", "stop")
STEP_S = 20.0
"""Nothing here takes so long."""

SQUARE = "(x) => { progress(); return x * x; }"


class Settings(TypedDict, total=False):
    """What a test may set in the node's configuration."""

    gateway_home: HomeUse
    gateway_quorum: int
    gateway_progress_s: int
    gateway_slice_s: int
    gateway_credits_per_day: int
    gateway_credits_per_dcc: int
    gateway_origins: tuple[str, ...]


@dataclass
class Clock:
    """The wall clock, which a test may move."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        return self.ms


class CountingPool(SlicePool):
    """Remembers what was computed."""

    def __init__(self, cores: int) -> None:
        super().__init__(cores, ChildLimits(nice=0))
        self.slices_ran = 0
        """Slices that were asked for, those that were asked for again each time."""
        self.finished: list[bytes] = []
        """Modules of the chunks that were run, in the order of their ends."""

    async def run(
        self, work: SliceWork, start: int, stop: int, operations_max: int
    ) -> ChunkOutcome:
        self.slices_ran += stop - start
        outcome = await super().run(work, start, stop, operations_max)
        self.finished.append(work.module)
        return outcome


@dataclass
class Ground:
    """What gateways stand on."""

    node: MemoryNode
    pool: CountingPool


@asynccontextmanager
async def lonely_ground(root: Path, cores: int = 2) -> AsyncIterator[Ground]:
    """Run a node without peers."""
    node = MemoryNode(MemoryHub(), root / "node", honest_pool, cores=0)
    pool = CountingPool(cores)
    async with asyncio.TaskGroup() as group:
        await node.start(group)
        try:
            yield Ground(node, pool)
        finally:
            pool.close()
            await node.stop()


@dataclass
class Port:
    """A session as the operations see it: keeps what it is asked to send."""

    owner: str
    id: str
    is_open: bool = True
    is_full: bool = False
    requests: list[tuple[str, JsonValue]] = field(default_factory=list)

    def request(self, operation: str, data: JsonValue) -> bool:
        """See `ClientSession`."""
        if self.is_full or not self.is_open:
            return False
        self.requests.append((operation, data))
        return True

    def told(self, name: str, job: str | None = None) -> list[dict[str, JsonValue]]:
        """Give the data of the events of a name that were told here."""
        told = []
        for operation, data in self.requests:
            assert operation == "event"
            event = as_dict(as_dict(as_dict(data)["event"])["data"])
            if event["eventName"] == name and job in {None, event["job"]}:
                told.append(event)
        return told


class Core:
    """One gateway; `gateway_core` serves it."""

    def __init__(self, ground: Ground, store: DcpStore, clock: Clock, config: Config) -> None:
        node = ground.node
        self.ground, self.store, self.clock, self.config = ground, store, clock, config
        self._group: asyncio.TaskGroup
        self.pool = ground.pool
        self.thread = node.thread
        self.subscriptions, self.lending = Subscriptions(), Lending()
        self.remote = RemoteValues(config.gateway_origins)
        parts = GatewayParts(
            root=node.root,
            identity=node.keys.identity,
            config=config,
            store=store,
            thread=node.thread,
            runs=node.runs,
            requester=node.requester,
            now_ms=clock,
        )
        tools = Tools(GATEWAY_KEY, self.pool, self.remote, self.subscriptions, self.lending)
        self.jobs = build_jobs(parts, config, tools)
        clients = ClientOperations(
            ClientParts(
                jobs=self.jobs,
                store=store,
                thread=node.thread,
                subscriptions=self.subscriptions,
                address=GATEWAY_KEY.address,
                later=self._later,
                now_ms=clock,
            )
        )
        self.workers = WorkerOperations(
            WorkerParts(
                config=config,
                jobs=self.jobs,
                store=store,
                thread=node.thread,
                subscriptions=self.subscriptions,
                lending=self.lending,
                key=GATEWAY_KEY,
            )
        )
        table = {**clients.table(), **self.workers.table()}
        self.operations = Dispatch(table, self.subscriptions.drop_session)

    async def serve(self) -> None:
        """Serve until cancelled."""
        await self.remote.open()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                group.create_task(self.jobs.serve())
                group.create_task(self.workers.serve())
        finally:
            await self.remote.close()

    def _later(self, action: Callable[[], Coroutine[None, None, None]]) -> None:
        asyncio.get_running_loop().call_soon(lambda: self._group.create_task(action()))

    async def earned(self, address: str) -> int:
        """Tell what is kept for an address that workers named."""
        payee = read_address(address)
        assert payee is not None
        ledger = self.ground.node.ledger
        balance = await self.thread.call(lambda: ledger.balance(accounts.dcp(payee)))
        return balance.settled_credits


@asynccontextmanager
async def gateway_core(
    ground: Ground,
    store: DcpStore | None = None,
    clock: Clock | None = None,
    **settings: Unpack[Settings],
) -> AsyncIterator[Core]:
    """Serve a gateway's core; leaving stops it as the end of the daemon does, unfinished jobs stay in the store."""
    settings.setdefault("gateway_home", "only")
    config = replace(ground.node.config, **settings)
    core = Core(ground, store or DcpStore(":memory:"), clock or Clock(), config)
    serving = asyncio.create_task(core.serve())
    await core.jobs.is_ready.wait()
    try:
        yield core
    finally:
        serving.cancel()
        await asyncio.wait({serving})
    if not serving.cancelled():
        serving.result()  # it has failed, and tells why


_names = itertools.count()


def fresh_name(kind: str) -> str:
    """Give a name of letters and digits that no other test has."""
    return f"{kind}{next(_names):0>{JOB_ID_LENGTH - len(kind)}}"


def submission(job: str, account: str, **changes: JsonValue) -> dict[str, JsonValue]:
    """Give the data of a `submit@5` as dcp-client 5.6.1 writes it (dcp.md 5.1); None leaves a member out."""
    data: dict[str, JsonValue] = {
        "paymentAccount": account,
        "workFunctionURI": data_uri(SQUARE),
        "job": job,
        "mvMultSlicePayment": 0,
        "absoluteSlicePayment": 0,
        "requirePath": [],
        "dependencies": [],
        "requirements": 64,
        "greedyEstimation": False,
        "workerConsole": False,
        "isOpen": False,
        "description": "squares",
        "name": "test",
        "link": "",
        "worktime": {"name": "map-basic", "version": "^1.0.0", "custom": False},
        "marshaledArguments": {"_serializeVerId": "v9", "what": {"raw": []}},
    }
    data |= changes
    return {key: value for key, value in data.items() if value is not None}


class Client:
    """A client with its identity, its payment account and one session."""

    def __init__(self, core: Core, name: str = "client") -> None:
        self.core = core
        self.key = SigningKey(digest(name.encode()))
        self.account = SigningKey(digest(name.encode(), b"account"))
        self.session = Port(self.key.address, fresh_name("session"))

    async def ask(
        self, operation: str, data: JsonValue, *, request_id: str | None = None
    ) -> dict[str, JsonValue]:
        """Ask for something; whoever answers with an object gives it here."""
        answer = await self.core.operations.call(self.request(operation, data, request_id))
        return as_dict(answer)

    def request(
        self, operation: str, data: JsonValue, request_id: str | None = None, **changes: str
    ) -> Request:
        """Give a request with an authorisation by the payment account; `changes` are in the allowed resource."""
        allowed: dict[str, JsonValue] = {
            "resource": self.account.address,
            "guardian": GATEWAY_KEY.address,
            "accessor": self.key.address,
            **changes,
        }
        allow: list[JsonValue] = [allowed]
        text = dumps({"operation": operation, "data": data, "allow": allow})
        return Request(
            service="any",
            operation=operation,
            data=data,
            payload_text=text,
            allow=(allowed,),
            auth={self.account.address: self.account.sign(text)},
            request_id=request_id or fresh_name("request"),
            session=self.session,
        )

    # What compute.for(…).exec() does

    async def submit(self, source: str = SQUARE, **changes: JsonValue) -> str:
        """Submit a job and subscribe to its events; returns its id."""
        job = str(changes.pop("job", None) or fresh_name("job"))
        changes.setdefault("workFunctionURI", data_uri(source))
        answer = await self.ask("submit@5", submission(job, self.account.address, **changes))
        assert answer["job"] == job
        await self.subscribe(job)
        return job

    async def subscribe(self, job: str, events: Sequence[str] = EVENTS) -> dict[str, JsonValue]:
        """Subscribe to a job's events."""
        data: JsonValue = {
            "reliableEvents": [*events],
            "optionalEvents": [],
            "options": {"filter": {"job": job}},
        }
        return await self.ask("subscribeMany", data)

    async def join(self, job: str) -> None:
        """Let the public group compute a job."""
        data: JsonValue = {"job": job, "cgArray": [dict(PUBLIC_GROUP)]}
        assert await self.ask("addJobToGroups", data) == {"success": True}

    async def upload(
        self, job: str, values: Sequence[KvinValue], request_id: str | None = None
    ) -> int:
        """Add slices; returns the last slice's number."""
        data: JsonValue = {"job": job, "dataValues": kvin.marshal([*values])}
        last = (await self.ask("addSliceData", data, request_id=request_id))["lastSliceNumber"]
        assert isinstance(last, int)
        return last

    async def close(self, job: str) -> None:
        """Add no more slices."""
        assert await self.ask("closeJob", {"job": job}) == {"success": True}

    async def start(
        self, source: str = SQUARE, values: Sequence[KvinValue] = (1, 2, 3), **changes: JsonValue
    ) -> str:
        """Begin a job with all that belongs to it."""
        job = await self.submit(source, **changes)
        await self.join(job)
        await self.upload(job, values)
        await self.close(job)
        return job

    async def end(self, job: str, timeout_s: float = STEP_S) -> dict[str, JsonValue]:
        """Wait for the job's `stop`."""
        await until(lambda: bool(self.session.told("stop", job)), timeout_s)
        return self.session.told("stop", job)[0]

    async def run(
        self, source: str = SQUARE, values: Sequence[KvinValue] = (1, 2, 3), **changes: JsonValue
    ) -> dict[int, KvinValue]:
        """Run a job that is expected to finish; returns values by slice."""
        job = await self.start(source, values, **changes)
        end = await self.end(job)
        assert end["runStatus"] == "finished", end
        return self.results(job)

    def texts(self, job: str) -> dict[int, str]:
        """Give the KVIN texts of the values that were told."""
        uris = {
            number_of(event): str(as_dict(event["result"])["result"])
            for event in self.session.told("result", job)
        }
        return {number: read_data_uri(uri).text for number, uri in uris.items()}

    def results(self, job: str) -> dict[int, KvinValue]:
        """Give the values of the slices that were told, each once."""
        told = self.session.told("result", job)
        values = {number_of(event): value_of(event) for event in told}
        assert len(values) == len(told), "a result was told twice"
        return values


class Worker:
    """A worker of DCP's: fetches slices and returns what it is told to; it computes nothing."""

    def __init__(self, client: Client, address: str, *, is_old: bool = False) -> None:
        self.client = client
        self.address = address
        self.id = fresh_name("worker")
        self.is_old = is_old
        self.jobs: dict[str, JsonValue] = {}
        """What was told of jobs."""
        self.uris: dict[int, str] = {}
        """Inputs of the slices that were lent last."""

    async def fetch(
        self, jobs: Sequence[str] = (), *, cores: float = 1, fetch_state: int = 1
    ) -> dict[str, list[int]]:
        """Ask for work; returns slices' numbers by job."""
        data: JsonValue = {
            "targetLoad": {"cpu": cores, "gpu": 0.75, "longSlices": 1},
            "coreStats": {"worker": self.id, "lCores": 2, "pCores": 2, "sandbox": 1},
            "capabilities": 80,
            "paymentAddress": self.address,
            "jobAddresses" if self.is_old else "jobIds": [*jobs],
            "workerComputeGroups": [{"joinKey": "public", "joinHashHash": "eh1-0"}],
            "rejectedJobs": [],
            "fetchState": fetch_state,
        }
        answer = await self.client.ask("requestTask" if self.is_old else "requestTask@3", data)
        body = as_dict(answer["body"])
        if not body:
            return {}
        self.jobs |= as_dict(body["newJobs"])
        lent: dict[str, list[int]] = {}
        for job, slices in as_dict(body["task"]).items():
            assert isinstance(slices, list)
            described = [as_dict(each) for each in slices]
            lent[job] = [number_of(each) for each in described]
            self.uris = {number_of(each): str(each["datumUri"]) for each in described}
        return lent

    async def give(self, job: str, number: int, value: KvinValue) -> dict[str, JsonValue]:
        """Return a slice's value as plain data, in the worker's own dialect."""
        return await self.give_text(job, number, kvin.encode(value))

    async def give_text(
        self, job: str, number: int, text: str, method: str = "kvin"
    ) -> dict[str, JsonValue]:
        """Return a slice's serialised value."""
        if self.is_old and method == "kvin":
            text = text.replace('"v9"', '"v8"', 1)
        described: KvinValue = {"string": text, "method": method, "MIMEType": "application/x"}
        version = kvin.VERSION_OLD if self.is_old else kvin.VERSION
        data: JsonValue = {
            "slice": number,
            "job": job,
            "worker": self.id,
            "paymentAddress": self.address,
            "metrics": {"CPUTime": 2.0},
            "authorizationMessage": {},
            "resultV2": kvin.marshal(described, version),
        }
        return await self.client.ask("result", data)

    async def give_back(self, job: str, numbers: Sequence[int], reason: str = "") -> None:
        """Return slices without values."""
        bucket: JsonValue = {
            "job": job,
            "sliceNumbers": [*numbers],
            "status": "return",
            "reason": reason,
            "authorizationMessage": {},
        }
        data: JsonValue = {"worker": self.id, "slices": [bucket]}
        assert await self.client.ask("status", data) == {"success": True}

    async def stop(self, worker: str) -> None:
        """Say that a worker stops, as a 5.6.1 worker does."""
        body: JsonValue = {"id": worker}
        signature = self.client.key.sign(dumps(body))
        message = dumps({"owner": self.client.key.address, "signature": signature, "body": body})
        data: JsonValue = {
            "paymentAddress": self.address,
            "fetchState": 16,
            "returnAllSlices": message,
        }
        await self.client.ask("requestTask@3", data)

    async def emit(self, job: str, number: int, event: str, payload: JsonValue) -> None:
        """Tell something that a slice said."""
        data: JsonValue = {
            "eventName": event,
            "payload": payload,
            "job": job,
            "slice": number,
            "worker": self.id,
            "authorizationMessage": {},
        }
        assert await self.client.ask("workEmit", data) == {"success": True}


def fresh_address() -> str:
    """Give an address that has earned nothing yet."""
    return "0x" + digest(fresh_name("address").encode()).hex()[:40]


Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def web_server(answer: Answers) -> AsyncIterator[str]:
    """Serve on loopback; gives the address."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def number_of(event: Mapping[str, JsonValue]) -> int:
    """Give the slice that an event is about."""
    number = event["sliceNumber"]
    assert isinstance(number, int)
    return number


def value_of(event: Mapping[str, JsonValue]) -> KvinValue:
    """Give the value that a result event carries."""
    uri = as_dict(event["result"])["result"]
    assert isinstance(uri, str)
    return kvin.decode(read_data_uri(uri).text)


def as_dict(value: JsonValue) -> dict[str, JsonValue]:
    """Take a JSON value for an object."""
    assert isinstance(value, dict), value
    return value
