"""The page's HTTP: its files, and an API of JSON that compiles, explains, runs and follows programs.

It checks who asks (`guard.py`) and how much; what is asked is done by the daemon's own parts.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus

import msgspec
from aiohttp import web

from meshnode.node.compile_service import CompileService
from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.jobs import Jobs
from meshnode.node.output_log import Stream  # noqa: TC001  used at run time by the annotation of offsets
from meshnode.node.page.files import TYPES, PageFiles
from meshnode.node.page.follow import follow
from meshnode.node.page.guard import HEADERS, Guard
from meshnode.node.page.limits import BODY_BYTES_MAX, STREAMS_MAX
from meshnode.node.page.programs import (
    PageBusy,
    Programs,
    SourceTooLarge,
    job_request,
    program_asked,
)
from meshnode.node.page.watch import RunWatch
from meshnode.protocol.errors import MeshError

logger = logging.getLogger(__name__)

Answer = Callable[[], Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParts:
    """The daemon's parts that the page uses."""

    compiler: CompileService
    jobs: Jobs
    status: Answer
    """As the control API's GET /status."""
    peers: Answer
    """As the control API's GET /peers."""
    watch: RunWatch | None = None
    """Shows chunks; without it the page shows progress in numbers."""


class PageApi:
    """Answers the requests of one served page."""

    def __init__(self, parts: PageParts, guard: Guard, page_files: PageFiles) -> None:
        self._parts = parts
        self._guard = guard
        self._files = page_files
        self._programs = Programs(parts.compiler)
        self._streams = 0

    def application(self) -> web.Application:
        """Return the application that serves this page; to be called once."""
        application = web.Application(
            client_max_size=BODY_BYTES_MAX, middlewares=[_told, self._admit]
        )
        application.on_response_prepare.append(_add_headers)
        application.add_routes(
            [
                web.get("/", self._index),
                *[web.get(f"/{name}", self._file) for name in TYPES],
                web.get("/api/examples", self._examples),
                web.get("/api/node", self._node),
                web.post("/api/compile", self._compile),
                web.post("/api/explain", self._explain),
                web.post("/api/jobs", self._run),
                web.get("/api/jobs/{job}/events", self._events),
                web.post("/api/jobs/{job}/cancel", self._cancel),
            ]
        )
        return application

    @web.middleware
    async def _admit(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Refuse strangers before anything of their request is read, also where there is nothing to find."""
        if request.path == "/":
            self._guard.admit_first(request)
        elif request.path.removeprefix("/") in TYPES:
            self._guard.admit_file(request)
        else:
            self._guard.admit_call(request)
        return await handler(request)

    # Files

    async def _index(self, _request: web.Request) -> web.Response:
        response = self._content("index.html")
        self._guard.mark(response)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        return self._content(request.path.removeprefix("/"))

    def _content(self, name: str) -> web.Response:
        return web.Response(
            text=self._files.contents[name], content_type=TYPES[name], charset="utf-8"
        )

    # The API

    async def _examples(self, _request: web.Request) -> web.Response:
        return web.json_response({"examples": [asdict(x) for x in self._files.examples]})

    async def _node(self, _request: web.Request) -> web.Response:
        about = {"status": await self._parts.status(), "can_watch": self._parts.watch is not None}
        return web.json_response(about | await self._parts.peers())

    async def _compile(self, request: web.Request) -> web.Response:
        asked = program_asked(await request.read())
        return web.json_response(await self._programs.compiled(asked))

    async def _explain(self, request: web.Request) -> web.Response:
        asked = program_asked(await request.read())
        return web.json_response(await self._programs.explained(asked))

    async def _run(self, request: web.Request) -> web.Response:
        job = job_request(await request.read())
        return web.json_response({"job": await self._parts.jobs.submit(job)})

    async def _cancel(self, request: web.Request) -> web.Response:
        await self._parts.jobs.cancel(request.match_info["job"])
        return web.json_response({})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream a job's events, one JSON object a line, from byte offsets of its output on."""
        job = request.match_info["job"]
        offsets: dict[Stream, int] = {
            "stdout": _offset(request, "stdout"),
            "stderr": _offset(request, "stderr"),
        }
        await self._parts.jobs.row(job)
        if self._streams >= STREAMS_MAX:
            raise PageBusy(f"{STREAMS_MAX} streams are open, the most there may be; close a tab")
        self._streams += 1
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})

        async def send(event: JsonObject) -> None:
            await response.write(json.dumps(event).encode() + b"\n")

        try:
            await response.prepare(request)
            await follow(self._parts.jobs, self._parts.watch, job, offsets, send)
        except* ConnectionResetError:
            logger.debug("event=page_left job=%s", job[:8])
        finally:
            self._streams -= 1
        return response


def _offset(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    if not (text.isascii() and text.isdecimal()):
        raise NodeError(f"{name}={text!r} is no byte offset", ExitCode.USAGE)
    return int(text)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def _told(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn errors that a person may read into an answer with one sentence."""
    try:
        return await handler(request)
    except PageBusy as err:
        return _refusal(str(err), HTTPStatus.TOO_MANY_REQUESTS)
    except SourceTooLarge as err:
        return _refusal(str(err), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except MeshError as err:
        return _refusal(str(err), HTTPStatus.CONFLICT)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        return _refusal(f"the request is not understood: {err}", HTTPStatus.BAD_REQUEST)
    except web.HTTPRequestEntityTooLarge:
        message = f"a request may have {BODY_BYTES_MAX} bytes at most"
        return _refusal(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except web.HTTPForbidden as err:
        return _forbidden(request, str(err.text))
    except web.HTTPException as err:
        return _refusal(f"{request.method} {request.path}: {err.reason}", HTTPStatus(err.status))


def _forbidden(request: web.Request, reason: str) -> web.Response:
    logger.warning("event=page_refused path=%r reason=%r", request.path[:80], reason)
    if request.path == "/":  # a person reads it in the browser
        return web.Response(text=reason, status=HTTPStatus.FORBIDDEN)
    return _refusal(reason, HTTPStatus.FORBIDDEN)


def _refusal(message: str, status: HTTPStatus) -> web.Response:
    return web.json_response({"error": message}, status=status)
