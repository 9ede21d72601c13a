"""Where a server of this node listens: `ADDRESS:PORT` as a person writes it."""

import ipaddress

from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode

PORT_MAX = 65_535


def listen_address(text: str) -> tuple[str, int]:
    """Read `ADDRESS:PORT`, an IPv6 address in brackets; port 0 takes a free one.

    Raises:
        NodeError: it is none.
    """
    address, colon, port = text.rpartition(":")
    if not colon or not address or not (port.isascii() and port.isdecimal()):
        raise NodeError(
            f"{text!r} is no ADDRESS:PORT; write one such as 127.0.0.1:8080", ExitCode.USAGE
        )
    if int(port) > PORT_MAX:
        raise NodeError(f"{port} is no port; the largest is {PORT_MAX}", ExitCode.USAGE)
    return address.removeprefix("[").removesuffix("]"), int(port)


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
