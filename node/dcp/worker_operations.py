"""What DCP's workers ask: slices, and to return them (dcp.md 6). Old and new workers, and those of `localExec`."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from meshnode.node.config import Config
from meshnode.node.dcp import kvin
from meshnode.node.dcp.client_operations import Handler
from meshnode.node.dcp.data_uri import read_data_uri
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.jobs import DcpJobs
from meshnode.node.dcp.json_text import loads
from meshnode.node.dcp.lending import (
    LENT_GRACE_S,
    LOCAL_SLICES_MAX,
    SLICES_PER_CORE,
    Lending,
    Lent,
)
from meshnode.node.dcp.live_job import LiveJob, Returned
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request
from meshnode.node.dcp.store import DcpStore
from meshnode.node.dcp.terms import Value, as_object
from meshnode.node.dcp.worker_messages import Task, metrics, task_response
from meshnode.node.store_thread import StoreThread

RETURN_ALL = 16
"""Bit of `fetchState`: the worker stops, and has nothing any more."""
FETCH = 1
"""Bit of `fetchState`: it wants work."""
CORES_MAX = 8
"""Cores that a worker may claim: what is lent to it is computed by nobody else meanwhile."""
WATCH_EVERY_S = 2.0
NO_PAYMENT = "0.000000000000000000"
"""Credits come when a result was matched, and are no DCC."""
WORKER_ID_MAX = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What workers' operations work on."""

    config: Config
    jobs: DcpJobs
    store: DcpStore
    thread: StoreThread
    subscriptions: Subscriptions
    lending: Lending
    key: SigningKey


@dataclass(frozen=True, slots=True)
class _Asker:
    """A worker that asks for slices."""

    worker: str
    owner: str
    address: str
    cores: int
    jobs: frozenset[str]
    """Jobs, by id or address, to which it is bound; empty: it takes what there is."""
    refused: frozenset[str]
    is_old: bool


class WorkerOperations:
    """See the module; `table` names the operations, `serve` takes back what is overdue."""

    def __init__(self, parts: WorkerParts) -> None:
        self._parts = parts

    def table(self) -> Mapping[str, Handler]:
        """Return the handlers by operation."""
        return {
            "requestTask": self._request_task,
            "requestTask@3": self._request_task,
            "status": self._status,
            "result": self._result,
            "workEmit": self._work_emit,
            "fetchModuleURL": self._fetch_module_url,
        }

    async def serve(self) -> None:
        """Take back slices that are overdue, or whose job has ended, until cancelled."""
        lending = self._parts.lending
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            ended = lending.jobs() - self._parts.jobs.live.keys()
            for lent in lending.overdue(_now_s(), ended):
                live = self._parts.jobs.live.get(lent.job)
                if live is not None and not live.terms.is_local:
                    live.overdue.add(lent.slice)
                self._give_back(lent)

    # Giving

    async def _request_task(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        state = data.get("fetchState", FETCH)
        if isinstance(state, int) and state & RETURN_ALL:
            for lent in self._parts.lending.of_worker(_leaving(data), request.session.owner):
                self._give_back(lent)
        if isinstance(state, int) and not state & FETCH:
            return task_response([], "", self._parts.key, is_old=False)
        asker = _asker(request, data)
        tasks = [task async for task in self._tasks(asker)]
        return task_response(tasks, asker.worker, self._parts.key, is_old=asker.is_old)

    async def _tasks(self, asker: _Asker) -> AsyncIterator[Task]:
        if not asker.jobs:
            self._parts.lending.note(asker.worker, _now_s())
        if self._parts.lending.is_anothers(asker.worker, asker.owner):
            raise DcpRefused("EEXIST", "another identity has a worker of this id")
        room = self._room(asker)
        for live in tuple(self._parts.jobs.live.values()):
            if room <= 0:
                return
            if not self._may_have(asker, live):
                continue
            until_s = _now_s() + self._parts.config.gateway_slice_s + LENT_GRACE_S
            terms = Lent(live.job, 0, asker.worker, asker.owner, asker.address, until_s)
            numbers = self._parts.lending.lend(live, terms, room)
            if numbers:
                room -= len(numbers)
                yield Task(live, await self._inputs(live, numbers))

    def _room(self, asker: _Asker) -> int:
        held = self._parts.lending.held(asker.worker)
        most = LOCAL_SLICES_MAX if asker.jobs else SLICES_PER_CORE * asker.cores
        return most - held

    @staticmethod
    def _may_have(asker: _Asker, live: LiveJob) -> bool:
        """Tell whether a worker may compute slices of a job: its own client's, or one of the mesh's."""
        names = {live.job, live.terms.escrow}
        if live.end or names & asker.refused:
            return False
        if live.terms.is_local:
            return bool(names & asker.jobs) and live.terms.owner == asker.owner
        return live.may_be_lent() and (not asker.jobs or bool(names & asker.jobs))

    async def _inputs(self, live: LiveJob, numbers: Sequence[int]) -> list[tuple[int, Value]]:
        def read() -> list[tuple[int, Value]]:
            return [
                (number, self._parts.store.data(live.job, range(number, number + 1), 0)[0])
                for number in numbers
            ]

        return await self._parts.thread.call(read)

    # Taking

    async def _status(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        worker = _text(data.get("worker"))
        for bucket in _objects(data.get("slices")):
            if bucket.get("status") != "return":
                continue
            for lent in self._named(request, bucket, worker, bucket.get("sliceNumbers")):
                self._give_back(lent)
                live = self._parts.jobs.live.get(lent.job)
                if live is not None and live.terms.is_local and lent.has_failed:
                    reason = bucket.get("reason")
                    await self._parts.jobs.take_local_failure(
                        live, lent.slice, reason if isinstance(reason, str) else ""
                    )
        return {"success": True}

    async def _result(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        worker = _text(data.get("worker"))
        found = list(self._named(request, data, worker, [data.get("slice")]))
        live = self._parts.jobs.live.get(found[0].job) if found else None
        if not found or live is None:
            raise DcpRefused("ENOSLICE", "this worker does not hold that slice, or no longer")
        (lent,) = found
        value = _returned_value(data)
        self._parts.lending.take(lent)
        if live.terms.is_local:
            live.lent.discard(lent.slice)
            await self._parts.jobs.take_local_value(live, lent.slice, value)
        else:
            address = data.get("paymentAddress")
            paid = address.lower() if isinstance(address, str) else lent.address
            live.returned[lent.slice] = Returned(value, paid)
            live.changed.set()
        return {"success": True, "slicePaymentAmount": NO_PAYMENT, "metrics": metrics(live)}

    async def _work_emit(self, request: Request) -> JsonValue:
        """Pass on what a local job's slices say; of others only what was matched is told."""
        data = as_object(request.data)
        name = _text(data.get("eventName")).lower()
        found = list(self._named(request, data, _text(data.get("worker")), [data.get("slice")]))
        live = self._parts.jobs.live.get(found[0].job) if found else None
        if live is None or not live.terms.is_local:
            return {"success": True}
        if name in {"error", "noprogress"}:
            found[0].has_failed = True
        if name in {"console", "error", "custom", "noprogress"}:
            payload = data.get("payload")
            fields = dict(payload) if isinstance(payload, dict) else {}
            place: dict[str, JsonValue] = {"job": live.job, "sliceNumber": found[0].slice}
            self._parts.subscriptions.emit(live.job, name, fields | place)
        return {"success": True}

    async def _fetch_module_url(self, request: Request) -> JsonValue:
        names = as_object(request.data).get("modules")
        raise DcpRefused("ENOENT", f"no worker fetches modules here: {names!r:.100}")

    def _named(
        self, request: Request, data: Mapping[str, JsonValue], worker: str, numbers: JsonValue
    ) -> Iterator[Lent]:
        """Find the slices that a message names, among those in the hands of its sender."""
        name = data.get("job")
        if not isinstance(name, str):
            return
        job = next(
            (
                live.job
                for live in self._parts.jobs.live.values()
                if name in {live.job, live.terms.escrow}
            ),
            None,
        )
        if job is None or not isinstance(numbers, list):
            return
        for number in numbers:
            if isinstance(number, int):
                lent = self._parts.lending.find(job, number, worker, request.session.owner)
                if lent is not None:
                    yield lent

    def _give_back(self, lent: Lent) -> None:
        self._parts.lending.take(lent)
        live = self._parts.jobs.live.get(lent.job)
        if live is not None:
            live.lent.discard(lent.slice)
            live.changed.set()


def _leaving(data: Mapping[str, JsonValue]) -> str:
    """Name the worker that gives all back: it says so in a message that it has signed once before."""
    message = data.get("returnAllSlices")
    if isinstance(message, str):
        message = loads(message)
    body = message.get("body") if isinstance(message, dict) else None
    stats = data.get("coreStats")
    worker = body.get("id") if isinstance(body, dict) else None
    return _text(worker or (stats.get("worker") if isinstance(stats, dict) else None))


def _asker(request: Request, data: Mapping[str, JsonValue]) -> _Asker:
    stats, load = data.get("coreStats"), data.get("targetLoad")
    worker = _text(stats.get("worker") if isinstance(stats, dict) else None)
    cores = load.get("cpu") if isinstance(load, dict) else 1
    address = data.get("paymentAddress")
    return _Asker(
        worker=worker,
        owner=request.session.owner,
        address=address.lower() if isinstance(address, str) else "",
        cores=max(1, min(CORES_MAX, int(cores))) if isinstance(cores, int | float) else 1,
        jobs=_texts(data.get("jobIds")) | _texts(data.get("jobAddresses")),
        refused=_texts(data.get("rejectedJobs")),
        is_old=request.operation == "requestTask",
    )


def _returned_value(data: Mapping[str, JsonValue]) -> str:
    """Read a result as KVIN text, printed as our own isolate would.

    Raises:
        DcpRefused: it is none.
    """
    marshalled = data.get("resultV2")
    if marshalled is None:
        uri = data.get("result")
        if not isinstance(uri, str):
            raise DcpRefused("EINVAL", "the result has no value")
        read = read_data_uri(uri)
        text, is_json = read.text, read.media_type != "application/x-kvin"
    else:
        described = kvin.unmarshal(marshalled)
        value = described.get("string") if isinstance(described, dict) else None
        if not isinstance(described, dict) or not isinstance(value, str):
            raise DcpRefused("EINVAL", "the result is no serialised value")
        text, is_json = value, described.get("method") == "json"
    return kvin.as_printed_by_v8(kvin.encode(loads(text)) if is_json else text)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str) or len(value) > WORKER_ID_MAX:
        raise DcpRefused("EINVAL", "a worker names itself by a short text")
    return value


def _texts(value: JsonValue) -> frozenset[str]:
    items = value if isinstance(value, list) else []
    return frozenset(item for item in items if isinstance(item, str))


def _objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _now_s() -> float:
    return asyncio.get_running_loop().time()
