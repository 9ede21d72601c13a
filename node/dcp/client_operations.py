"""What DCP's clients ask of the scheduler's services: jobs, groups, results, events, packages (dcp.md 5)."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from meshnode.node.dcp import ethereum
from meshnode.node.dcp.data_uri import kvin_data_uri
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.job_limits import PACKAGE_BYTES_MAX, PACKAGES_MAX
from meshnode.node.dcp.jobs import DcpJobs
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request, SessionVoid
from meshnode.node.dcp.ranges import expand_range
from meshnode.node.dcp.store import DcpStore, JobRow, SliceCounts
from meshnode.node.dcp.terms import (
    as_object,
    is_storable,
    read_job_id,
    read_slices,
    read_submission,
)
from meshnode.node.store_thread import StoreThread

Handler = Callable[[Request], Awaitable[JsonValue]]
Action = Callable[[], Coroutine[None, None, None]]
Later = Callable[[Action], None]
"""Does something after the answer to the present request was queued."""

PUBLIC_GROUP: Mapping[str, JsonValue] = {
    "opaqueId": "WHhetL7mj1w1mw1XV6dxyC",
    "id": 1,
    "name": "Public Compute Group (open access)",
    "joinKey": "public",
    "joinHash": "",
}
"""The one group that there is until the mesh has groups (dcp.md 7.4)."""

EVENTS = frozenset(
    {"status", "result", "console", "error", "custom", "noprogress", "nofunds", "stop", "cancel"}
    | {"complete", "resultsupdated", "duplicate-result", "readystatechange", "accepted", "paused"}
)
"""Names that a client may subscribe to; some of them it emits itself and nobody sends."""
WORKER_EVENTS = frozenset({"schedmsg::broadcast", "schedmsg::command"})

UNRESOLVED_GUARDIAN = "peerAddress"
"""What dcp-client 5.6.1 sends for our address, and unsigned, when a submission waited in a batch for the connection's
first answer. It submits again, properly, in a new session; a refusal it would take as final.
"""
ADDRESS_BYTES = 20
_PACKAGE_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SAFE_IN_COMPONENT = "-_.!~*'()"
"""What JavaScript's encodeURIComponent leaves as it is (ECMA-262 19.2.6.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientParts:
    """What clients' operations work on."""

    jobs: DcpJobs
    store: DcpStore
    thread: StoreThread
    subscriptions: Subscriptions
    address: str
    """Of the gateway's own key: the guardian of payment authorisations."""
    later: Later
    now_ms: Callable[[], int]


class ClientOperations:
    """See the module; `table` names the operations."""

    def __init__(self, parts: ClientParts) -> None:
        self._parts = parts

    def table(self) -> Mapping[str, Handler]:
        """Return the handlers by operation."""
        return {
            "submit@5": self._submit,
            "addSliceData": self._add_slices,
            "closeJob": self._close,
            "cancelJob": self._cancel,
            "fetchResult": self._fetch_result,
            "listJobs": self._list_jobs,
            "addJobToGroups": self._join,
            "subscribe": self._subscribe,
            "subscribeMany": self._subscribe_many,
            "unsubscribe": self._unsubscribe,
            "deployPackage": self._deploy_package,
            "viewAccounts": self._view_accounts,
        }

    # Jobs

    async def _submit(self, request: Request) -> JsonValue:
        escrow = "0x" + secrets.token_hex(ADDRESS_BYTES)
        await self._check_payment(request, _address(as_object(request.data).get("paymentAccount")))
        terms, values, is_open = await asyncio.to_thread(read_submission, request, escrow)
        last = await self._parts.jobs.submit(terms, values, is_open=is_open)
        row = await self._parts.jobs.row(terms.owner, terms.job)
        return {
            "job": terms.job,
            "escrow": row.terms.escrow,
            "status": row.end or "running",
            "lastSliceNumber": last,
        }

    async def _check_payment(self, request: Request, account: str) -> None:
        """Check that the payment account allows this client to spend by this gateway (dcp.md 4.4)."""
        owner = request.session.owner
        if any(allowed.get("guardian") == UNRESOLVED_GUARDIAN for allowed in request.allow):
            raise SessionVoid("a submission was batched before the client could sign it")
        is_named = any(
            _address(allowed.get("resource")) == account
            and _address(allowed.get("guardian")) == self._parts.address
            and _address(allowed.get("accessor")) == owner
            for allowed in request.allow
        )
        signatures = [value for key, value in request.auth.items() if key.lower() == account]
        if not is_named or not signatures:
            raise DcpRefused("EPERM", "the payment account does not authorise this job")
        if await ethereum.recover_aside(request.payload_text, signatures[0]) != account:
            raise DcpRefused("EPERM", "the payment account's signature is wrong")

    async def _add_slices(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        values = await asyncio.to_thread(read_slices, data.get("dataValues"))
        last = await self._parts.jobs.add_slices(
            request.session.owner, _job(data), request.request_id, values
        )
        return {"success": True, "lastSliceNumber": last}

    async def _close(self, request: Request) -> JsonValue:
        await self._parts.jobs.close(request.session.owner, _job(as_object(request.data)))
        return {"success": True}

    async def _cancel(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        reason = data.get("reason")
        await self._parts.jobs.cancel(
            request.session.owner, _job(data), reason if isinstance(reason, str) else ""
        )
        return {"success": True}

    async def _fetch_result(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        wanted = data.get("range")
        slices = None if wanted is None else _numbers(expand_range(wanted))
        values = await self._parts.jobs.values(request.session.owner, _job(data), slices)
        return [
            {"slice": number, "value": quote(kvin_data_uri(value), safe=_SAFE_IN_COMPONENT)}
            for number, value in values
        ]

    async def _list_jobs(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        wanted = None if data.get("job") is None else _job(data)
        statuses = data.get("statuses")
        jobs = await self._parts.jobs.listed(request.session.owner)
        records = [job_record(row, counts) for row, counts in jobs]
        return [
            record
            for record in records
            if wanted in {None, record["job"]}
            and (not isinstance(statuses, list) or record["status"] in statuses)
            and _is_between(record["deployTime"], data)
        ]

    async def _join(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        groups = data.get("cgArray")
        joined = [group for group in _list(groups) if _is_public(group)]
        if not joined:
            raise DcpRefused(
                "ENOGROUP",
                "only the public compute group exists on this mesh; leave out job.computeGroups",
            )
        await self._parts.jobs.join(request.session.owner, _job(data))
        return {"success": True}

    # Events

    async def _subscribe_many(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        names = _names(data.get("reliableEvents")) + _names(data.get("optionalEvents"))
        if (names and set(names) <= WORKER_EVENTS) or data.get("schedmsgEvents"):
            workers = _names(data.get("schedmsgEvents")) or names
            return {"tokens": [{"event": n, "token": secrets.token_hex(16)} for n in workers]}
        tokens = await self._subscribed(request, _filtered_job(data), names)
        return {"tokens": [{"event": event, "token": token} for event, token in tokens.items()]}

    async def _subscribe(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        name = data.get("label")
        if isinstance(name, str) and name in WORKER_EVENTS:
            return {"token": secrets.token_hex(16)}
        tokens = await self._subscribed(request, _filtered_job(data), _names([name]))
        return {"token": next(iter(tokens.values()))}

    async def _subscribed(self, request: Request, job: str, names: Sequence[str]) -> dict[str, str]:
        session = request.session
        row = await self._parts.jobs.row(session.owner, job)
        tokens = self._parts.subscriptions.subscribe(session, job, names)
        if "stop" in tokens and row.end:
            self._parts.later(lambda: self._parts.jobs.tell_if_ended(job))
        return tokens

    async def _unsubscribe(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        token = data.get("token")
        value = token.get("token") if isinstance(token, dict) else token
        self._parts.subscriptions.unsubscribe(
            request.session, str(data.get("label")), value if isinstance(value, str) else None
        )
        return {"success": True}

    # Packages, accounts

    async def _deploy_package(self, request: Request) -> JsonValue:
        data = as_object(request.data)
        name, files = data.get("name"), data.get("files")
        if not isinstance(name, str) or _PACKAGE_NAME.fullmatch(name) is None:
            raise DcpRefused("EINVAL", "a package's name is of letters, digits, '.', '_' and '-'")
        sources = {path: text for path, text in as_object(files).items() if isinstance(text, str)}
        is_sound = all(is_storable(path) and is_storable(text) for path, text in sources.items())
        if not sources or not is_sound or sum(map(len, sources.values())) > PACKAGE_BYTES_MAX:
            raise DcpRefused("EINVAL", f"a package has files, of {PACKAGE_BYTES_MAX} bytes at most")
        # The name is the client's word for its content; another client's package must not take its place.
        key, owner = f"{request.session.owner}/{name}", request.session.owner

        def write() -> None:
            self._parts.store.add_package(key, owner, sources, self._parts.now_ms())
            self._parts.store.forget_packages(owner, PACKAGES_MAX)

        await self._parts.thread.call(write)
        return {"success": True, "name": name, "version": data.get("version", "1.0.0")}

    async def _view_accounts(self, request: Request) -> JsonValue:
        """Tell balances: credits here are not DCC, so there are none."""
        wanted = _list(as_object(request.data).get("addresses"))
        return {"accounts": [{"address": address, "balance": "0"} for address in wanted]}


def job_record(row: JobRow, counts: SliceCounts) -> dict[str, JsonValue]:
    """Return what `listJobs` tells of a job."""
    terms = row.terms
    return {
        "job": terms.job,
        "address": terms.escrow,
        "uuid": terms.job,
        "opaqueId": terms.job,
        "owner": terms.account,
        "status": row.end or "running",
        "name": terms.name,
        "description": terms.description,
        "link": terms.link,
        "deployTime": row.created_ms,
        "finishTime": row.ended_ms,
        "totalSlices": counts.total,
        "completedSlices": counts.done,
        "sliceCount": counts.total,
        "code": row.code,
        "reason": row.reason,
    }


def _job(data: Mapping[str, JsonValue]) -> str:
    return read_job_id(data.get("job"))


def _filtered_job(data: Mapping[str, JsonValue]) -> str:
    options = data.get("options")
    chosen = options.get("filter") if isinstance(options, dict) else None
    return _job(chosen if isinstance(chosen, dict) else {})


def _is_public(group: JsonValue) -> bool:
    if not isinstance(group, dict):
        return False
    return group.get("joinKey") == "public" or group.get("opaqueId") == PUBLIC_GROUP["opaqueId"]


def _is_between(deployed: JsonValue, data: Mapping[str, JsonValue]) -> bool:
    start, end = data.get("startDeployTime"), data.get("endDeployTime")
    assert isinstance(deployed, int)
    is_late = isinstance(start, int | float) and deployed < start
    is_early = isinstance(end, int | float) and deployed > end
    return not is_late and not is_early


def _names(value: JsonValue) -> list[str]:
    names = [name for name in _list(value or []) if isinstance(name, str)]
    unknown = [name for name in names if name.lower() not in EVENTS | WORKER_EVENTS]
    if unknown:
        raise DcpRefused("EINVAL", f"there is no event {unknown[0][:40]!r}")
    return [name.lower() for name in names]


def _numbers(values: Sequence[JsonValue]) -> list[int]:
    return [value for value in values if isinstance(value, int)]


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise DcpRefused("EINVAL", "a list was expected")
    return value


def _address(value: JsonValue) -> str:
    return value.lower() if isinstance(value, str) else ""
