"""Where a server of this node listens: `ADDRESS:PORT` as a person writes it."""

import ipaddress
import re

from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode

PORT_MAX = 65_535
_ADDRESS = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):([0-9]{1,5})")


def listen_address(text: str) -> tuple[str, int]:
    """Read `ADDRESS:PORT`, an IPv6 address in brackets; port 0 takes a free one.

    Raises:
        NodeError: it is none.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or (match[1] and not _is_ipv6(match[1])):
        raise NodeError(
            f"{text!r} is no ADDRESS:PORT; write one such as 127.0.0.1:8080", ExitCode.USAGE
        )
    if int(match[3]) > PORT_MAX:
        raise NodeError(f"{match[3]} is no port; the largest is {PORT_MAX}", ExitCode.USAGE)
    return match[1] or match[2], int(match[3])


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_ipv6(address: str) -> bool:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True
