"""The DCP gateway's door: an aiohttp application with sessions behind it, and `Operations` behind those.

It is the only place that awaits on behalf of sessions. What the operations do is not its business.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import assert_never

from aiohttp import web

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.config_documents import config_js, config_kvin
from meshnode.node.dcp.connection import Connection
from meshnode.node.dcp.envelope import Asked
from meshnode.node.dcp.ethereum import SigningKey, checksummed
from meshnode.node.dcp.hosts import HostRules
from meshnode.node.dcp.line import Line, LineFault
from meshnode.node.dcp.port import DcpRefused, JsonValue, Operations, Request, SessionVoid
from meshnode.node.dcp.session import Effect, End, Execute, Hangup, Send
from meshnode.node.dcp.sessions import LiveSession, Sessions
from meshnode.node.dcp.socket_io import SocketIo, Timing

logger = logging.getLogger(__name__)

_CROSS_ORIGIN = {
    "Access-Control-Allow-Headers": "content-type, x-dcp",
    "Access-Control-Allow-Methods": "GET, POST",
    "Vary": "Origin",
}
"""What pages whose origin was accepted may send."""
_CONFIG_VERSION = "2.1.0"
"""What a configuration is asked for without saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """What the gateway's owner decides about its door."""

    clients: frozenset[str] | None = None
    """Identities that may ask for something, as addresses in lower case; None lets everybody."""
    open_operations: frozenset[str] = frozenset()
    """Operations (without `@version`) that other identities may ask for, too: what unknown workers need."""
    hosts: HostRules = field(default_factory=HostRules)
    base_url: str | None = None
    """Address that clients are told, without a slash at its end; None: the one that they asked."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """Services that the configuration names besides ours, by path: somebody else answers there."""
    timing: Timing = field(default_factory=Timing)


class DcpEndpoint:
    """Serves DCP's clients and workers; `run` must be running while the application serves."""

    def __init__(
        self,
        operations: Operations,
        key: SigningKey,
        services: Mapping[str, str],
        settings: EndpointSettings,
        now_ms: Callable[[], int],
    ) -> None:
        self._operations = operations
        self._key = key
        self._services = services
        self._settings = settings
        self._now_ms = now_ms
        self._group: asyncio.TaskGroup | None = None
        self._sessions = Sessions(now_ms, self._carry_out, self._is_guest)
        self._socket_io = SocketIo(self._talk, self._spawn, now_ms, settings.timing)

    def application(self) -> web.Application:
        """Make the application, with routes for all services and the configuration."""
        application = web.Application()
        for name, path in self._services.items():
            answer = partial(self._answer_socket, name)
            for suffix in ("", "dcp5/socketio", "dcp5/socketio/"):
                application.router.add_route("*", f"{path}{suffix}", answer)
            if path != "/":
                application.router.add_route("*", path.rstrip("/"), answer)
        for slashes in ("/", "//"):
            application.router.add_get(f"{slashes}etc/dcp-config.kvin", self._answer_kvin)
            application.router.add_get(f"{slashes}etc/dcp-config.js", self._answer_js)
        return application

    async def run(self) -> None:
        """Own the tasks of connections and requests, and end sessions in time, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                while True:
                    await asyncio.sleep(limits.SWEEP_EVERY_S)
                    self._sessions.sweep()
        finally:
            self._group = None
            self._socket_io.close_all()

    # HTTP

    async def _answer_socket(self, service: str, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        if self._group is None:
            raise web.HTTPServiceUnavailable(text="the gateway is stopping")
        response = await self._socket_io.answer(request, service)
        origin = request.headers.get("Origin")
        if origin is not None and not response.prepared:
            response.headers.update({**_CROSS_ORIGIN, "Access-Control-Allow-Origin": origin})
        return response

    async def _answer_kvin(self, request: web.Request) -> web.Response:
        version = request.query.get("ver", _CONFIG_VERSION)
        text = config_kvin(self._base_url(request), self._listed(), version)
        return _document(text, "application/x-kvin")

    async def _answer_js(self, request: web.Request) -> web.Response:
        text = config_js(self._base_url(request), self._listed())
        return _document(text, "application/javascript")

    def _listed(self) -> Mapping[str, str]:
        return {**self._services, **self._settings.listed}

    def _base_url(self, request: web.Request) -> str:
        if not self._settings.hosts.accepts_host(request.host):
            raise web.HTTPForbidden(text="the gateway is not known by this name")
        return self._settings.base_url or f"{request.scheme}://{request.host}"

    def _check_origin(self, request: web.Request) -> None:
        hosts = self._settings.hosts
        if not hosts.accepts_host(request.host):
            raise web.HTTPForbidden(text="the gateway is not known by this name")
        if not hosts.accepts_origin(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text="pages of this origin may not use the gateway")

    # Connections

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        if self._group is None:
            work.close()
            return
        self._group.create_task(work)

    async def _talk(self, connection: Connection) -> None:
        """Serve one connection: find or make its session, then hand messages to it."""
        line = Line(connection, self._key)
        async with asyncio.TaskGroup() as group:
            group.create_task(line.run())
            try:
                await self._converse(line)
            except LineFault as fault:
                logger.info(
                    "event=dcp_line_fault connection=%s reason=%r", connection.id[:8], str(fault)
                )
            except Exception:
                logger.exception("event=dcp_line_failed connection=%s", connection.id[:8])
            finally:
                line.close()

    async def _converse(self, line: Line) -> None:
        try:
            async with asyncio.timeout(limits.OPEN_TIMEOUT_S):
                first = await line.receive()
        except TimeoutError:
            return
        if first is None:
            return
        live = self._sessions.begin(line, first)
        if live is None:
            await _see_off(line)
            return
        try:
            while live.line is line and (envelope := await line.receive()) is not None:
                if live.line is line:
                    self._sessions.receive(live, envelope)
        except LineFault as fault:
            if live.line is line:
                self._sessions.fail(live, str(fault))
        finally:
            self._sessions.leave(live, line)

    # Effects

    def _carry_out(self, live: LiveSession, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(body_text):
                    if live.line is not None:
                        live.line.send(body_text)
                case Execute(request):
                    self._spawn(self._execute(live, request))
                case Hangup(reason):
                    logger.info("event=dcp_hangup session=%s reason=%r", live.short, reason)
                    live.hang_up()
                case End(reason, is_fault):
                    self._end(live, reason, is_fault=is_fault)
                case _:
                    assert_never(effect)

    def _end(self, live: LiveSession, reason: str, *, is_fault: bool) -> None:
        log = logger.info if is_fault else logger.debug
        log(
            "event=dcp_session_ended owner=%s session=%s reason=%r",
            live.owner[2:10],
            live.short,
            reason,
        )
        self._sessions.forget(live)
        live.hang_up()
        self._operations.session_ended(live.id)

    async def _execute(self, live: LiveSession, asked: Asked) -> None:
        outcome: JsonValue | DcpRefused
        try:
            self._check_client(live.owner, asked.operation)
            outcome = await self._operations.call(
                Request(
                    service=live.service,
                    operation=asked.operation,
                    data=asked.data,
                    payload_text=asked.payload_text,
                    allow=asked.allow,
                    auth=asked.auth,
                    request_id=asked.id,
                    session=live,
                )
            )
        except SessionVoid as void:
            self._end(live, str(void), is_fault=True)
            return
        except DcpRefused as refusal:
            outcome = refusal
        except Exception:
            logger.exception("event=dcp_operation_failed owner=%s", live.owner[2:10])
            outcome = DcpRefused("EINTERNAL", "the gateway failed; its log says why")
        try:
            live.respond(asked.id, outcome)
        except DcpRefused:
            logger.exception("event=dcp_outcome_is_no_json owner=%s", live.owner[2:10])
            live.respond(asked.id, DcpRefused("EINTERNAL", "the gateway's answer is no JSON"))

    def _is_listed(self, owner: str) -> bool:
        return self._settings.clients is None or owner in self._settings.clients

    def _is_guest(self, owner: str) -> bool:
        return not self._is_listed(owner) and not self._settings.open_operations

    def _check_client(self, owner: str, operation: str) -> None:
        if self._is_listed(owner):
            return
        if operation.partition("@")[0] not in self._settings.open_operations:
            raise DcpRefused(
                "EPERM",
                f"identity {checksummed(owner)} is not on this gateway's list of clients; "
                "ask whoever runs it to add it",
            )


async def _see_off(line: Line) -> None:
    """Let a peer whose session is unknown hear that, then close."""
    try:
        async with asyncio.timeout(limits.CLOSE_TIMEOUT_S):
            while await line.receive() is not None:
                pass
    except (TimeoutError, LineFault):
        return


def _document(text: str, content_type: str) -> web.Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    return web.Response(text=text, content_type=content_type, headers=headers, status=HTTPStatus.OK)
