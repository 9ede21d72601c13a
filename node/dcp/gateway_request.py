"""What `meshnode gateway start` asks of the daemon. Imports no server: the command line must start fast."""

import msgspec

from meshnode.node.options import HomeUse


class GatewayStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /gateway/start; what is left out stands in the configuration."""

    listen: str | None = None
    """ADDRESS:PORT."""
    home: HomeUse | None = None
    quorum: int | None = None
    clients: tuple[str, ...] = ()
    """Identities that may use it; empty: as configured."""


def read_gateway_start(body: bytes) -> GatewayStart:
    """Read the body. Raises msgspec.DecodeError."""
    return msgspec.json.decode(body or b"{}", type=GatewayStart)
