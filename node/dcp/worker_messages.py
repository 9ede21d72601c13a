"""Tasks as DCP's workers read them, in both dialects: `requestTask@3` of 5.x and `requestTask` of 4.4 (dcp.md 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshnode.node.dcp import kvin
from meshnode.node.dcp.client_operations import PUBLIC_GROUP
from meshnode.node.dcp.data_uri import data_uri, kvin_data_uri
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.terms import CAPABILITY_KVIN_9, Value

WORKTIME_VERSIONS = {"map-basic": "1.0.0", "pyodide": "0.28.0"}
TARGET_TASK_S = 300


@dataclass(frozen=True, slots=True)
class Task:
    """Slices of one job for a worker."""

    live: LiveJob
    slices: Sequence[tuple[int, Value]]
    """Numbers and inputs."""


def task_response(
    tasks: Sequence[Task], worker: str, key: SigningKey, *, is_old: bool
) -> JsonValue:
    """Return the answer to a request for work; the worker brings all but its body back with each result."""
    auth: dict[str, JsonValue] = {"workerId": worker, "authSlices": {}}
    if not tasks:
        empty: JsonValue = {}
        return _signed(auth, empty, key)
    names = {task.live.job: _name(task.live, is_old=is_old) for task in tasks}
    numbers: dict[str, JsonValue] = {
        names[task.live.job]: [number for number, _ in task.slices] for task in tasks
    }
    auth["authSlices"] = numbers
    auth["schedulerId"] = dict.fromkeys(names.values(), "0")
    auth["jobCommissions"] = {name: {"rate": 0, "account": 0} for name in names.values()}
    body: JsonValue = {
        "newJobs": {names[task.live.job]: job_message(task.live, is_old=is_old) for task in tasks},
        "task": {
            names[task.live.job]: [
                _slice_message(task.live, number, value, is_old=is_old)
                for number, value in task.slices
            ]
            for task in tasks
        },
        "computeGroupOrigins": {},
        "schedulerConfig": {"targetTaskDuration": TARGET_TASK_S},
    }
    return _signed(auth, body, key)


def metrics(live: LiveJob) -> dict[str, JsonValue]:
    """Return what is known of a job's slices."""
    return {
        "sliceCPUTime": live.slice_us / 1e6,
        "sliceGPUTime": 0,
        "sliceCPUDensity": 1,
        "sliceGPUDensity": 0,
        "sliceInDataSize": 0,
        "sliceOutDataSize": 0,
        "lastSliceNumber": live.total,
        "measuredSlices": live.done,
        "alpha": 0.5,
    }


def job_message(live: LiveJob, *, is_old: bool) -> JsonValue:
    """Return what a worker must know of a job."""
    terms = live.terms
    group: JsonValue = {
        "opaqueId": PUBLIC_GROUP["opaqueId"],
        "name": PUBLIC_GROUP["name"],
        "description": "",
    }
    message: dict[str, JsonValue] = {
        "jobId": terms.job,
        "jobCgId": f"{terms.job}-{PUBLIC_GROUP['opaqueId']}",
        "codeLocation": _code_uri(terms.work_function),
        "argumentsLocation": [
            {"argIndex": at, "value": _value_uri(value, is_old=is_old)}
            for at, value in enumerate(terms.arguments)
        ],
        "dependencies": list(terms.dependencies),
        "requirePath": list(terms.require_path),
        "modulePath": [],
        "worktime": {"name": terms.worktime, "version": WORKTIME_VERSIONS[terms.worktime]},
        "needCapabilities": CAPABILITY_KVIN_9,
        "public": {
            "name": terms.name,
            "description": terms.description,
            "link": terms.link,
            "computeGroups": [group],
        },
        "metrics": metrics(live),
        "localExec": terms.is_local,
        "almostDone": False,
        "discrete": False,
        "useStrict": terms.is_strict,
        "workerConsole": terms.has_worker_console,
    }
    if terms.range_url:
        message["MROLocation"] = terms.range_url
    if is_old:
        message |= {
            "address": terms.escrow,
            "opaqueId": terms.job,
            "uuid": terms.job,
            "requirements": {"engine": {}, "environment": {}, "discrete": False},
            "needCapabilities": 0,
        }
    return message


def _slice_message(live: LiveJob, number: int, value: Value, *, is_old: bool) -> JsonValue:
    message: dict[str, JsonValue] = {
        "jobId": live.job,
        "sliceNumber": number,
        "datumUri": _value_uri(value, is_old=is_old),
        "isEstimationSlice": False,
        "isLongSlice": False,
        "resultStorageType": "values",
        "resultStorageDetails": None,
        "resultStorageParams": None,
        "cotaskCount": 0,
    }
    return message | ({"jobAddress": live.terms.escrow} if is_old else {})


def _name(live: LiveJob, *, is_old: bool) -> str:
    return live.terms.escrow if is_old else live.job


def _code_uri(value: Value) -> str:
    return value.text if value.is_url else data_uri(value.text)


def _value_uri(value: Value, *, is_old: bool) -> str | None:
    if value.is_url:
        return value.text or None  # None: the worker takes it from the job's range
    return kvin_data_uri(kvin.with_version(value.text, kvin.VERSION_OLD) if is_old else value.text)


def _signed(auth: Mapping[str, JsonValue], body: JsonValue, key: SigningKey) -> JsonValue:
    signed = dict(auth)
    return {
        "owner": key.address,
        "signature": key.sign(dumps(signed)),
        "auth": signed,
        "body": body,
    }
