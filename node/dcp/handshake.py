"""What opens and closes a DCP session, and the random names in it (dcp.md 4.3)."""

import re
from random import Random

from meshnode.node.dcp.envelope import Ack, Asked, Incoming
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import DcpRefused, JsonValue

VERSION = "5.3.0"
"""Of the session protocol."""
COMPATIBLE = "^5.2.0"
"""Versions of peers; dcp-client 4.4 and 5.6 speak 5.3.0."""

_VERSION = re.compile(r"5\.([0-9]{1,6})\.[0-9]{1,6}.*")
_MINOR_MIN = 2
_NAME_BITS = 128
_SID_LENGTH_MAX = 64
_TTL_S = 120


def random_name(randomness: Random) -> str:
    """Give a name that nobody guesses. DCP's own have 21 letters; any text will do."""
    return f"{randomness.getrandbits(_NAME_BITS):032x}"


def connect_request(message: Incoming) -> tuple[Asked, str]:
    """Take a message for a connect request; return it and the client's half of the session's id.

    Raises:
        DcpRefused: it is none.
    """
    part = message.parts[0]
    if not isinstance(part, Asked) or part.operation != "connect" or len(message.parts) != 1:
        raise DcpRefused("EINVAL", "the first message is no connect request")
    sid = part.data.get("sid") if isinstance(part.data, dict) else None
    if not isinstance(sid, str) or not 0 < len(sid) <= _SID_LENGTH_MAX:
        raise DcpRefused("EINVAL", "the connect request has no session id")
    return part, sid


def check_version(connect: Asked) -> None:
    """Check that the peer speaks our protocol. Raises DcpRefused with what clients show to people."""
    version = connect.data.get("version") if isinstance(connect.data, dict) else None
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None or int(match[1]) < _MINOR_MIN:
        raise DcpRefused("EVERSION", COMPATIBLE)


def request_payload(
    operation: str, data: JsonValue, stamp: str, now_ms: int
) -> dict[str, JsonValue]:
    """Write the payload of a request of ours."""
    validity: JsonValue = {"stamp": stamp, "ttl": _TTL_S, "time": now_ms / 1000}
    return {"operation": operation, "data": data, "allow": [], "validity": validity}


def stranger_close(ack: Ack, now_ms: int, randomness: Random) -> str:
    """Give the body that tells a peer to close a session which we do not have.

    Only an acknowledgement brings the nonce that the request needs; a peer that resumes begins with one.
    """
    stamp = random_name(randomness)
    return dumps(
        {
            "id": random_name(randomness),
            "type": "request",
            "payload": request_payload("close", "ECONNRESET", stamp, now_ms),
            "auth": {},
            "dcpsid": ack.session_id,
            "time": now_ms / 1000,
            "ackToken": f"ATt-{random_name(randomness)}",
            "nonce": ack.nonce,
        }
    )
