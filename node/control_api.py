"""The control API: HTTP with JSON on a Unix socket of mode 0600, for the command line and programs of the same user.

It checks sizes and shapes and translates; what it is asked is done by `jobs.py` and the daemon's parts.
"""

import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import msgspec
from aiohttp import web

from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.jobs import Jobs, job_json
from meshnode.node.limits import REQUEST_BODY_BYTES_MAX
from meshnode.node.options import JobRequest
from meshnode.node.output_log import Stream  # noqa: TC001  used at run time by the annotation of offsets
from meshnode.protocol.errors import MeshError

logger = logging.getLogger(__name__)

Answer = Callable[[], Awaitable[JsonObject]]
Command = Callable[[bytes], Awaitable[JsonObject]]
"""Takes a request's body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the daemon's parts say of themselves."""

    status: Answer
    peers: Answer
    ledger: Answer
    stop: Callable[[], None]
    questions: Mapping[str, Answer] = field(default_factory=dict)
    """Further things to GET, by path."""
    commands: Mapping[str, Command] = field(default_factory=dict)
    """Further things to POST, by path."""


class ControlApi:
    """Serves one daemon's control API."""

    def __init__(self, socket_path: Path, jobs: Jobs, answers: Answers) -> None:
        self._path = socket_path
        self._jobs = jobs
        self._answers = answers
        application = web.Application(client_max_size=REQUEST_BODY_BYTES_MAX, middlewares=[_told])
        application.add_routes(
            [
                web.post("/jobs", self._submit),
                web.get("/jobs", self._list),
                web.get("/jobs/{job}", self._show),
                web.get("/jobs/{job}/events", self._events),
                web.post("/jobs/{job}/cancel", self._cancel),
                web.get("/status", _question(answers.status)),
                web.get("/peers", _question(answers.peers)),
                web.get("/ledger", _question(answers.ledger)),
                web.post("/stop", self._stop),
            ]
        )
        application.add_routes(web.get(path, _question(a)) for path, a in answers.questions.items())
        application.add_routes(web.post(path, _command(c)) for path, c in answers.commands.items())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Listen; a socket file that a killed daemon left is replaced (the directory's lock says that it is dead)."""
        self._path.unlink(missing_ok=True)
        await self._runner.setup()
        mask = os.umask(0o177)
        try:
            await web.UnixSite(self._runner, str(self._path)).start()
        finally:
            os.umask(mask)

    async def stop(self) -> None:
        """Stop listening and end every stream."""
        await self._runner.cleanup()
        self._path.unlink(missing_ok=True)

    async def _submit(self, request: web.Request) -> web.Response:
        job = msgspec.json.decode(await request.read(), type=JobRequest)
        return web.json_response({"job": await self._jobs.submit(job)})

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"jobs": [job_json(row) for row in await self._jobs.rows()]})

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(job_json(await self._jobs.row(request.match_info["job"])))

    async def _cancel(self, request: web.Request) -> web.Response:
        await self._jobs.cancel(request.match_info["job"])
        return web.json_response({})

    async def _stop(self, _request: web.Request) -> web.Response:
        self._answers.stop()
        return web.json_response({})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        job = request.match_info["job"]
        offsets: dict[Stream, int] = {
            "stdout": _offset(request, "stdout"),
            "stderr": _offset(request, "stderr"),
        }
        await self._jobs.row(job)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            async for event in self._jobs.events(job, offsets):
                await response.write(json.dumps(event).encode() + b"\n")
        except ConnectionResetError:
            logger.debug("event=stream_left job=%s", job[:8])
        return response


def _offset(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    if not text.isdecimal():
        raise NodeError(f"{name}={text!r} is no byte offset", ExitCode.USAGE)
    return int(text)


def _question(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response(await answer())

    return handle


def _command(command: Command) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(await command(await request.read()))

    return handle


@web.middleware
async def _told(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn errors that a person may read into an answer with one sentence and an exit code."""
    try:
        return await handler(request)
    except MeshError as err:
        code = err.exit_code if isinstance(err, NodeError) else ExitCode.JOB_FAILED
        details = err.details if isinstance(err, NodeError) else {}
        return _refusal(str(err), code, HTTPStatus.CONFLICT, details)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        return _refusal(
            f"the request is not understood: {err}", ExitCode.USAGE, HTTPStatus.BAD_REQUEST
        )
    except web.HTTPRequestEntityTooLarge:
        message = f"a request may have {REQUEST_BODY_BYTES_MAX} bytes at most"
        return _refusal(message, ExitCode.USAGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except web.HTTPException as err:
        return _refusal(
            f"{request.method} {request.path}: {err.reason}", ExitCode.USAGE, HTTPStatus(err.status)
        )


def _refusal(
    message: str, code: ExitCode, status: HTTPStatus, details: Mapping[str, object] | None = None
) -> web.Response:
    answer = {"error": message, "exit_code": int(code)} | dict(details or {})
    return web.json_response(answer, status=status)
