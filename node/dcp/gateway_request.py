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

    def settings(self) -> dict[str, object]:
        """Return what is asked as settings of the configuration."""
        asked: dict[str, object] = {}
        if self.listen is not None:
            asked["gateway"] = self.listen
        if self.home is not None:
            asked["gateway_home"] = self.home
        if self.quorum is not None:
            asked["gateway_quorum"] = self.quorum
        if self.clients:
            asked["gateway_clients"] = self.clients
        return asked


def read_gateway_start(body: bytes) -> GatewayStart:
    """Read the body. Raises msgspec.DecodeError."""
    return msgspec.json.decode(body or b"{}", type=GatewayStart)
