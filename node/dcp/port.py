"""What lies between the wire of DCP (sessions, signatures) and what its operations do.

Pages named `dcp.md` are the project's specification of DCP's undocumented protocol.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from meshnode.protocol.errors import MeshError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""What JSON can say; objects keep the order of their keys."""


class DcpRefused(MeshError):  # noqa: N818  a refusal is an answer, not a fault
    """An operation is refused: the client gets `success: false` with this code and message (dcp.md 4.2)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SessionVoid(MeshError):  # noqa: N818  it names the situation
    """A request can only be made again in another session: this one is ended without an answer."""


class ClientSession(Protocol):
    """A session with one client or worker, as the operations see it. It outlives its transports (dcp.md 4.3)."""

    @property
    def id(self) -> str:
        """The session's id (`dcpsid`)."""
        ...

    @property
    def owner(self) -> str:
        """Address of the identity that signs in this session: 0x and 40 lower-case hex digits."""
        ...

    @property
    def is_open(self) -> bool:
        """Nobody closed it and it has not lingered too long without a transport."""
        ...

    def request(self, operation: str, data: JsonValue) -> bool:
        """Queue a request to the other side (such as `event`); its answer is not waited for.

        Requests arrive in order, each once, also across a change of transport. False when the session is closed or
        its queue is full: then the request is dropped (dcp.md 5.3: what is dropped is fetched later).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a client or worker whose signature, nonce and validity were checked."""

    service: str
    """Name of the service whose URL it came to: `jobSubmit`, `eventRouter`, …"""
    operation: str
    """Such as `submit@5`."""
    data: JsonValue
    """The payload's `data`, or its `jsonData` parsed."""
    payload_text: str
    """The payload's JSON exactly as it was received: what `auth` signs (dcp.md 4.4)."""
    allow: tuple[Mapping[str, JsonValue], ...]
    """Resources that the request may use."""
    auth: Mapping[str, JsonValue]
    """Signature over the payload's text, by the address of the resource."""
    request_id: str
    """The message's id: a repeated request has the same."""
    session: ClientSession


class Operations(Protocol):
    """Carries out requests; one object for all services."""

    async def call(self, request: Request) -> JsonValue:
        """Carry out one request and return the response's payload.

        Raises:
            SessionVoid: the session is ended.
            DcpRefused: the client is told so; any other exception is our bug, and it is told only that.
        """
        ...

    def session_ended(self, session_id: str) -> None:
        """Take into account that a session was closed or has lingered too long."""
        ...
