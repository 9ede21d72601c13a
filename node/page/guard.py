"""Who may talk to the page: nobody but the browser tab that was opened with its address.

Any web page can make a browser send requests to loopback, and any program on the machine can reach the port. So:

1. `Host` must be the page's own: a foreign name that resolves to loopback (DNS rebinding) is refused.
2. `Origin` must be the page's own where it is sent, and must be sent with everything but a GET; `Sec-Fetch-Site`, where
   it is sent, must say that the request comes from the page itself.
3. The API wants the secret token in a header that no other origin can set. The page keeps it in its session storage,
   which belongs to host *and port*. A cookie would not do: browsers send it to every port of the host, also to one
   that somebody else listens on.
4. Files cannot be asked for with a header, so the first load sets a cookie for them. Its value is derived from the
   token, does not tell it, and opens nothing but files that are in every copy of meshnode.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from aiohttp import web

TOKEN_HEADER: Final = "X-Meshnode-Token"  # noqa: S105  a name
TOKEN_QUERY: Final = "token"  # noqa: S105  a name
TOKEN_BYTES: Final = 32

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer: nothing from elsewhere, nothing inline, in nobody's frame."""

WHAT_TO_DO: Final = "open the address that `meshnode page` prints"


class Guard:
    """Holds one served page's secret and its names."""

    def __init__(self, hosts: frozenset[str], port: int) -> None:
        """`hosts` are the values of `Host` that are the page's own, each with its port."""
        self._hosts = hosts
        self._cookie = f"meshnode_page_{port}"
        self.token = secrets.token_urlsafe(TOKEN_BYTES)

    def __repr__(self) -> str:
        return "Guard()"

    def admit_first(self, request: web.Request) -> None:
        """Admit a load of the page itself: the token in the address, or the cookie of an earlier load.

        Raises:
            web.HTTPForbidden: neither is right, or the request is another host's.
        """
        self._check_names(request)
        if not self._is_token(request.query.get(TOKEN_QUERY, "")):
            self.admit_file(request)

    def admit_file(self, request: web.Request) -> None:
        """Admit a request for one of the page's files.

        Raises:
            web.HTTPForbidden: the cookie is missing or wrong, or another site asks.
        """
        self._check_names(request)
        self._check_site(request)
        if not _is_same(request.cookies.get(self._cookie, ""), self._cookie_value()):
            raise _refused(f"the page's address was not opened here; {WHAT_TO_DO}")

    def admit_call(self, request: web.Request) -> None:
        """Admit a call of the API.

        Raises:
            web.HTTPForbidden: the token is missing or wrong, or another site asks.
        """
        self._check_names(request)
        self._check_site(request)
        if not self._is_token(request.headers.get(TOKEN_HEADER, "")):
            raise _refused(f"the token is missing or wrong; {WHAT_TO_DO}")

    def mark(self, response: web.Response) -> None:
        """Let the browser that made the first load have the files."""
        response.set_cookie(
            self._cookie, self._cookie_value(), httponly=True, samesite="Strict", path="/"
        )

    def _check_names(self, request: web.Request) -> None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            raise _refused(f"the page is not served under this name; {WHAT_TO_DO}")
        origins = request.headers.getall("Origin", [])
        is_missing = not origins and request.method not in {"GET", "HEAD"}
        if is_missing or any(origin != f"http://{hosts[0]}" for origin in origins):
            raise _refused("another page may not use this one")

    @staticmethod
    def _check_site(request: web.Request) -> None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise _refused("another page may not use this one")

    def _is_token(self, text: str) -> bool:
        return _is_same(text, self.token)

    def _cookie_value(self) -> str:
        return sha256(b"meshnode/page-files/1" + self.token.encode()).hexdigest()


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _refused(reason: str) -> web.HTTPForbidden:
    return web.HTTPForbidden(text=reason)
