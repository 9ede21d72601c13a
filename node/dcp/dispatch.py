"""Finds the operation that a request names; several sets of operations make one gateway."""

from collections.abc import Callable, Mapping

from meshnode.node.dcp.client_operations import Handler
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request


class Dispatch:
    """Implements `Operations` over tables of handlers."""

    def __init__(self, table: Mapping[str, Handler], session_ended: Callable[[str], None]) -> None:
        self._table = table
        self._session_ended = session_ended

    async def call(self, request: Request) -> JsonValue:
        """See `Operations`."""
        handler = self._table.get(request.operation)
        if handler is None:
            raise DcpRefused("ENOSYS", f"this gateway has no operation {request.operation[:40]!r}")
        return await handler(request)

    def session_ended(self, session_id: str) -> None:
        """See `Operations`."""
        self._session_ended(session_id)
