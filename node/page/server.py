"""Serves the page on a socket of its own, from `start` to `stop`; what it answers is `api.py`'s."""

import asyncio
import ipaddress
import logging
import socket
from dataclasses import dataclass

from aiohttp import web

from meshnode.node.errors import ConfigError, NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.page.api import PageApi, PageParts
from meshnode.node.page.files import read_files
from meshnode.node.page.guard import TOKEN_QUERY, Guard

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"

STOP_S = 1.0
"""Streams that are open when the page is stopped are cut off after this."""


@dataclass(frozen=True, slots=True)
class _Site:
    """A page that is being served."""

    host: str
    port: int
    guard: Guard
    runner: web.AppRunner

    @property
    def url(self) -> str:
        return f"http://{_authority(self.host, self.port)}/?{TOKEN_QUERY}={self.guard.token}"


class PageServer:
    """One daemon's page."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._site: _Site | None = None
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str | None:
        """The address to open, with its secret; None while nothing is served."""
        return None if self._site is None else self._site.url

    async def start(self, host: str = LOOPBACK, port: int = 0) -> str:
        """Serve the page and return its address; one that is served there already stays as it is.

        `host` is an IP address or `localhost`. Port 0 takes a free one. At any host but a loopback
        address other machines can read the secret on its way and try to guess it.

        Raises:
            ConfigError: the host is no single address of this machine, or the port is in use.
            NodeError: the page is served already, at another address.
        """
        host = LOOPBACK if host == "localhost" else host
        async with self._turn:
            site = self._site
            if site is None:
                site = self._site = await _serve(self._parts, host, port)
                logger.info("event=page_started at=%s", _authority(site.host, site.port))
            elif host != site.host or port not in {0, site.port}:
                raise NodeError(
                    f"the page is served at {_authority(site.host, site.port)} already; "
                    "`meshnode page --stop` ends that",
                    ExitCode.USAGE,
                )
            return site.url

    async def stop(self) -> None:
        """End the page; its secret is worth nothing afterwards."""
        async with self._turn:
            site, self._site = self._site, None
            if site is not None:
                await site.runner.cleanup()
                logger.info("event=page_stopped")


async def _serve(parts: PageParts, host: str, port: int) -> _Site:
    is_loopback = _is_loopback(host)
    listening = _listen(host, port)
    try:
        port = int(listening.getsockname()[1])
        names = {host, "localhost"} if is_loopback else {host}
        guard = Guard(frozenset(_authority(name, port) for name in names), port)
        application = PageApi(parts, guard, read_files()).application()
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_S)
        await runner.setup()
        await web.SockSite(runner, listening).start()
    except BaseException:
        listening.close()
        raise
    return _Site(host, port, guard, runner)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ConfigError(
            f"listen: {host!r} is no IP address; write one such as {LOOPBACK}:0"
        ) from None
    if address.is_unspecified:
        raise ConfigError(
            f"listen: {host} means every address of this machine; name the one to be reached at"
        )
    return address.is_loopback


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as err:
        raise ConfigError(
            f"listen: {_authority(host, port)}: {err}; choose another with --listen"
        ) from err


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
