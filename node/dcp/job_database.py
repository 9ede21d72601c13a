"""`getJobInfo`: the one table of the scheduler's database that clients read, over signed HTTP posts (their `jnu`).

A post is `{owner, signature, body}` like a sealed message, its body `{expiry, endpoint, queryKVINv9, options}`. A
client sees its own jobs only.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiohttp import web

from meshnode.node.dcp import ethereum, kvin
from meshnode.node.dcp.client_operations import job_record
from meshnode.node.dcp.jobs import DcpJobs
from meshnode.node.dcp.json_text import decode_at, dumps, read_object
from meshnode.node.dcp.kvin import KvinValue
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.terms import as_object

logger = logging.getLogger(__name__)

PATH = "/jnu/"
POST_BYTES_MAX = 64 << 10
EXPIRY_S_MAX = 2 * 3600
"""Clients let a post live for an hour."""

SCHEMA: JsonValue = {
    "_serializeVerId": "v9",
    "what": {
        "ctr": 0,
        "ps": {
            "columnTypes": {"ctr": 0, "ps": {"autoId": {"ctr": 0, "ps": {"isKey": {"raw": True}}}}},
            "tables": {
                "ctr": 0,
                "ps": {
                    "jobs": {"ctr": 0, "ps": {"id": {"seen": 2}}},
                    "jobResults": {"ctr": 0, "ps": {"id": {"seen": 2}}},
                },
            },
            "classes": {"ctr": 0, "ps": {}},
            "serializers": {"ctr": 0, "ps": {}},
        },
    },
}
"""Just what a client wants to see before it asks: two tables whose `id` is of one and the same type, `autoId`."""

Handler = Callable[[str, Mapping[str, JsonValue]], Awaitable[dict[str, JsonValue]]]


class JobDatabase:
    """Answers the posts of clients that ask for a job's record."""

    def __init__(self, jobs: DcpJobs, now_ms: Callable[[], int]) -> None:
        self._jobs = jobs
        self._now_ms = now_ms

    def add_routes(self, application: web.Application) -> None:
        """Serve below PATH."""
        application.add_routes(
            [
                web.get(f"{PATH}time", self._time),
                web.post(f"{PATH}schema", partial(self._answer, self._schema)),
                web.post(f"{PATH}select", partial(self._answer, self._select)),
            ]
        )

    async def _time(self, _request: web.Request) -> web.Response:
        return _json({"success": True, "now": self._now_ms()})

    async def _answer(self, handler: Handler, request: web.Request) -> web.Response:
        try:
            text = (await read_body(request, POST_BYTES_MAX)).decode()
            owner, body = self._opened(text)
            return _json({"success": True, **await handler(owner, body)})
        except (DcpRefused, UnicodeDecodeError) as err:
            error: JsonValue = {"name": "Error", "message": str(err), "code": "EINVAL"}
            return _json({"success": False, "error": error})

    def _opened(self, text: str) -> tuple[str, Mapping[str, JsonValue]]:
        """Check a post's signature and time; return its signer and body. Raises DcpRefused."""
        parts: dict[str, JsonValue] = {}
        body = slice(0, 0)

        def read(key: str, at: int) -> int:
            nonlocal body
            parts[key], stop = decode_at(text, at)
            body = slice(at, stop) if key == "body" else body
            return stop

        read_object(text, 0, read)
        owner = parts.get("owner")
        signer = ethereum.recover(text[body], parts.get("signature"))
        if signer is None or not isinstance(owner, str) or owner.lower() != signer:
            raise DcpRefused("EPERM", "the post's signature is wrong")
        described = as_object(parts.get("body"))
        expiry = described.get("expiry")
        now_s = self._now_ms() / 1000
        if not isinstance(expiry, int | float) or not now_s < expiry < now_s + EXPIRY_S_MAX:
            raise DcpRefused("EPERM", "the post is too old, or too far in the future")
        return signer, described

    async def _schema(self, _owner: str, _body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        return {"schemaKVIN": SCHEMA}

    async def _select(self, owner: str, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        query = kvin.unmarshal(body.get("queryKVINv9"))
        if not isinstance(query, Mapping) or query.get("table") != "jobs":
            raise DcpRefused("EINVAL", "only the table `jobs` can be read here")
        prototype = query.get("prototype")
        wanted = prototype.get("opaqueId") if isinstance(prototype, Mapping) else None
        if wanted is not None and not isinstance(wanted, str):
            raise DcpRefused("EINVAL", "a job's id is a text")
        rows: list[KvinValue] = [
            _plain(job_record(row, counts))
            for row, counts in await self._jobs.listed(owner)
            if wanted in {None, row.terms.job}
        ]
        header: dict[str, KvinValue] = {"rowCount": len(rows)}
        if rows:
            header |= {"firstRow": rows[0], "remainingRows": rows[1:]}
        return {"resultsHeaderKVIN": kvin.marshal(header)}


async def read_body(request: web.Request, bytes_max: int) -> bytes:
    """Read a request's body to its end. Raises DcpRefused: it is too large."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > bytes_max:
            raise DcpRefused("EINVAL", f"a post has at most {bytes_max} bytes here")
    return bytes(body)


def _plain(record: Mapping[str, JsonValue]) -> KvinValue:
    return {key: value for key, value in record.items() if not isinstance(value, dict | list)}


def _json(answer: Mapping[str, JsonValue]) -> web.Response:
    """Answer with just the content type that clients compare with."""
    return web.Response(
        body=dumps(dict(answer)).encode(), headers={"Content-Type": "application/json"}
    )
