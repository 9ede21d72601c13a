"""Which names the gateway answers to, and to which web pages (against DNS rebinding and foreign pages).

A web page may send requests to this machine from the user's browser. It cannot forge `Origin`, and a name that it
rebinds to this machine's address shows in `Host`.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

_HOST = re.compile(
    r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?"
)
_HOST_LENGTH_MAX = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules:
    """Names and pages besides the obvious ones."""

    names: Collection[str] = ()
    """Host names, in lower case, under which clients reach the gateway; IP addresses and localhost always go."""
    origins: Collection[str] = ()
    """Origins of web pages, such as `https://example.org`, that may use it; those of its own hosts always may."""

    def accepts_host(self, host: str) -> bool:
        """Tell whether a `Host` header names us."""
        match = _HOST.fullmatch(host) if len(host) <= _HOST_LENGTH_MAX else None
        if match is None:
            return False
        name = match[1].lower().strip("[]")
        return name == "localhost" or name in self.names or _is_address(name)

    def accepts_origin(self, origin: str | None, host: str) -> bool:
        """Tell whether a request may come from a page of this origin; programs send none. `host` was accepted."""
        if origin is None or origin in self.origins:
            return True
        return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
