"""What a job tells its client: slices' records and the job's state as DCP's events (dcp.md 5.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from meshnode.node.dcp.data_uri import kvin_data_uri
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.json_text import loads
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.sandbox import SliceEvent, SliceRecord

CANCELLED: Final = "cancelled"
FINISHED: Final = "finished"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended."""

    end: str
    total: int
    """Slices of the job."""
    code: str
    reason: str


class Teller:
    """Emits events about jobs."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def tell_status(self, live: LiveJob, run_status: str = "running") -> None:
        """Tell how far a job is, if that has changed."""
        status = (live.total, live.distributed, live.done)
        if status == live.told_status and run_status == "running":
            return
        live.told_status = status
        total, distributed, done = status
        self._subscriptions.emit(
            live.job,
            "status",
            {
                "job": live.job,
                "runStatus": run_status,
                "total": total,
                "distributed": distributed,
                "computed": done,
            },
        )

    def tell_record(self, job: str, number: int, record: SliceRecord, now_ms: int) -> None:
        """Tell what a slice said on its way, then its value or its error."""
        for event in _collapsed(record.events):
            self._tell_event(job, number, *event)
        if record.value is not None:
            self.tell_value(job, number, record.value)
        elif record.error is not None:
            self._tell_error(job, number, record, now_ms)

    def tell_value(self, job: str, number: int, value: str) -> bool:
        """Tell a slice's value; false if somebody's queue was full."""
        if not self._subscriptions.is_wanted(job, "result"):
            return True
        result: JsonValue = {"result": kvin_data_uri(value)}
        data: dict[str, JsonValue] = {"job": job, "sliceNumber": number, "result": result}
        return self._subscriptions.emit_result(job, number, data)

    def tell_no_funds(self, job: str, reason: str) -> None:
        """Tell that the money was too little."""
        self._subscriptions.emit(job, "nofunds", {"job": job, "message": reason})

    def tell_stop(self, job: str, ended: Ended) -> None:
        """Tell that a job has ended: it resolves the client's `exec()`, or rejects it with reason and code."""
        if ended.end == FINISHED:
            stop: dict[str, JsonValue] = {"runStatus": FINISHED, "sliceCount": ended.total}
        else:
            stop = {"runStatus": CANCELLED, "reason": ended.reason, "code": ended.code}
        self._subscriptions.emit(job, "stop", {"job": job} | stop)

    def _tell_event(self, job: str, number: int, event: SliceEvent, same: int) -> None:
        try:
            payload = loads(event.payload)
        except (DcpRefused, ValueError):
            return  # Only a slice that tampered with its own runtime writes such a thing.
        place: dict[str, JsonValue] = {"job": job, "sliceNumber": number}
        if event.kind == "custom":
            self._subscriptions.emit(
                job, "custom", place | {"customEvent": event.name, "data": payload}
            )
            return
        console = place | {"level": event.name, "message": payload}
        self._subscriptions.emit(job, "console", console | {"same": 1})
        if same > 1:
            self._subscriptions.emit(job, "console", console | {"same": same})

    def _tell_error(self, job: str, number: int, record: SliceRecord, now_ms: int) -> None:
        assert record.error is not None
        error = record.error
        place: dict[str, JsonValue] = {"job": job, "sliceNumber": number, "timestamp": now_ms}
        if error.code == "ENOPROGRESS":
            self._subscriptions.emit(
                job, "noprogress", place | {"progressReports": {}, "message": error.message}
            )
        told: dict[str, JsonValue] = {
            "name": error.name,
            "message": error.message,
            "stack": error.stack,
        }
        if error.code:
            told["code"] = error.code
        self._subscriptions.emit(job, "error", place | told)


def _collapsed(events: tuple[SliceEvent, ...]) -> Iterator[tuple[SliceEvent, int]]:
    """Yield events with how often each came in a row; only console lines are told as repeated."""
    for event, group in groupby(events):
        count = sum(1 for _ in group)
        if event.kind == "console":
            yield event, count
        else:
            yield from ((event, 1) for _ in range(count))
