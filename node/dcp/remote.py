"""Values that lie elsewhere on the web: work functions, arguments and data that a job names by URL (dcp.md 7.5).

In DCP each worker fetches them; slices here have no network, so the home fetches each once and sends it along. Only
from origins that the node's owner allows: otherwise a client could reach what only this machine can reach.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from meshnode.node.dcp import kvin
from meshnode.node.dcp.job_limits import (
    REMOTE_AT_ONCE,
    REMOTE_BYTES_MAX,
    REMOTE_PER_CLIENT,
    REMOTE_TIMEOUT_S,
)
from meshnode.node.dcp.json_text import loads
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.terms import Value
from meshnode.node.dcp.turns import Turns

LOOPBACK_ORIGINS = ("http://localhost", "http://127.0.0.1", "http://[::1]")
"""With any port: what a client on this machine could read itself."""

_READ_BYTES = 1 << 16


class RemoteValues:
    """Fetches values; `open` and `close` bracket its use."""

    def __init__(self, origins: Sequence[str]) -> None:
        """`origins` are scheme, host and, unless any port is allowed, port: `https://data.example:8443`."""
        self._origins = tuple(origin.rstrip("/").lower() for origin in origins)
        self._session: aiohttp.ClientSession | None = None
        self._turns = Turns(REMOTE_AT_ONCE, REMOTE_PER_CLIENT)

    async def open(self) -> None:
        """Make ready to fetch."""
        timeout = aiohttp.ClientTimeout(total=REMOTE_TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    async def close(self) -> None:
        """End all fetching."""
        if self._session is not None:
            await self._session.close()

    async def text(self, owner: str, value: Value) -> str:
        """Return a work function's source, for this client.

        Raises:
            DcpRefused: it cannot be had.
        """
        return (await self._fetch(owner, value.text))[0] if value.is_url else value.text

    async def kvin_text(self, owner: str, value: Value) -> str:
        """Return a datum or argument as KVIN text, for this client; the type that the server names decides.

        Raises:
            DcpRefused: it cannot be had, or is not what its type says.
        """
        if not value.is_url:
            return value.text
        text, content_type = await self._fetch(owner, value.text)
        try:
            if content_type == "application/x-kvin":
                kvin.check(text)
                return text
            if content_type == "application/json":
                return kvin.encode(loads(text))
        except (DcpRefused, ValueError) as err:
            raise DcpRefused("EFETCH", f"{value.text} is no {content_type}: {err}") from err
        return kvin.encode(text)

    async def _fetch(self, owner: str, url: str) -> tuple[str, str]:
        if not self._is_allowed(url):
            raise DcpRefused(
                "EPERM_ORIGIN",
                f"the gateway may not fetch from {_origin(url)}; its owner allows origins with `gateway_origins`",
            )
        assert self._session is not None
        try:
            async with (
                self._turns.turn(owner),
                self._session.get(url, allow_redirects=False) as response,
            ):
                if response.status != 200:  # noqa: PLR2004  HTTP's OK
                    raise DcpRefused("EFETCH", f"{url} answers with status {response.status}")
                body = await _read_bounded(response, url)
                text = body.decode(response.charset or "utf-8", "replace")
                return text, response.content_type
        except (aiohttp.ClientError, TimeoutError, LookupError) as err:
            raise DcpRefused(
                "EFETCH", f"{url} cannot be fetched: {str(err) or 'time-out'}"
            ) from err

    def _is_allowed(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        anywhere = f"{parts.scheme}://{host}"
        return anywhere in self._origins or f"{anywhere}:{port}" in self._origins


async def _read_bounded(response: aiohttp.ClientResponse, url: str) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(_READ_BYTES):
        body += piece
        if len(body) > REMOTE_BYTES_MAX:
            raise DcpRefused("EFETCH", f"{url} is larger than {REMOTE_BYTES_MAX >> 20} MiB")
    return bytes(body)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
