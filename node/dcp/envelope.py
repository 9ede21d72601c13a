"""Sealed DCP texts in and out: `{owner, signature, body}` and the messages that a body can be (dcp.md 4.1, 4.2).

A text is measured, then read, and only then is its signature checked by the caller: reading keeps the body's raw text,
which is what was signed. Nothing here is believed yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from meshnode.node.dcp.ethereum import SigningKey, checksummed
from meshnode.node.dcp.json_text import (
    JsonRefused,
    Member,
    check_bounds,
    decode_at,
    dumps,
    elements,
    loads,
    members,
    read_object,
)
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.wire_limits import BATCHED_MESSAGES_MAX, OPERATION_NAME_MAX

_NAME_MAX = 200
"""Characters of ids, nonces and tokens; DCP's have about 30."""
_ADDRESS_LENGTH = 42


@dataclass(frozen=True, slots=True)
class Ack:
    """The peer has a message of ours, and tells the nonce of our next one."""

    session_id: str | None
    token: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, alone or in a batch."""

    id: str
    operation: str
    data: JsonValue
    payload_text: str
    allow: tuple[Mapping[str, JsonValue], ...]
    auth: Mapping[str, JsonValue]
    validity: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Answered:
    """A response to a request of ours, or a notification: its receipt is all that matters."""

    id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that is to be acknowledged: one request or response, or a batch of them in order."""

    id: str
    session_id: str | None
    nonce: str | None
    ack_token: str
    parts: tuple[Asked | Answered, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed text, read and not believed."""

    owner: str
    """Lower-case address that claims to have signed."""
    signature: JsonValue
    body_text: str
    message: Ack | Incoming


def read_envelope(text: str) -> Envelope:
    """Read a sealed text.

    Raises:
        JsonRefused: it is none, or over a limit.
    """
    check_bounds(text)
    plain: dict[str, JsonValue] = {}
    body: dict[str, Member] = {}
    span = slice(0, 0)

    def read_value(key: str, at: int) -> int:
        nonlocal body, span
        if key == "body":
            body, stop = members(text, at)
            span = slice(at, stop)
        else:
            plain[key], stop = decode_at(text, at)
        return stop

    if read_object(text, 0, read_value) != len(text):
        raise JsonRefused("the message goes on behind its end")
    owner = plain.get("owner")
    if not isinstance(owner, str) or not is_address(owner):
        raise JsonRefused("the message has no owner")
    return Envelope(owner.lower(), plain.get("signature"), text[span], _read_body(text, body))


def seal(body_text: str, key: SigningKey) -> str:
    """Sign a body's text and wrap it; the text must be what V8 would print."""
    signature = dumps(key.sign(body_text))
    return f'{{"owner":"{checksummed(key.address)}","signature":{signature},"body":{body_text}}}'


def is_address(text: str) -> bool:
    """Tell whether a text is 0x and 40 hex digits."""
    return (
        len(text) == _ADDRESS_LENGTH
        and text.startswith(("0x", "0X"))
        and all(digit in "0123456789abcdefABCDEF" for digit in text[2:])
    )


def _read_body(text: str, body: Mapping[str, Member]) -> Ack | Incoming:
    kind = _value(body, "type")
    session_id = _value(body, "dcpsid")
    if session_id is not None:
        session_id = _name(session_id, "dcpsid")
    if kind == "ack":
        token, nonce = _value(body, "token"), _value(body, "nonce")
        return Ack(session_id, _name(token, "token"), _name(nonce, "nonce"))
    nonce = _value(body, "nonce")
    return Incoming(
        id=_name(_value(body, "id"), "id"),
        session_id=session_id,
        nonce=None if nonce is None else _name(nonce, "nonce"),
        ack_token=_name(_value(body, "ackToken"), "ackToken"),
        parts=_read_parts(text, body) if kind == "batch" else (_read_part(text, body),),
    )


def _read_parts(text: str, body: Mapping[str, Member]) -> tuple[Asked | Answered, ...]:
    payload = body.get("payload")
    if payload is None or not isinstance(payload.value, list) or not payload.value:
        raise JsonRefused("the batch has no messages")
    if len(payload.value) > BATCHED_MESSAGES_MAX:
        raise JsonRefused(f"the batch has more than {BATCHED_MESSAGES_MAX} messages")
    return tuple(_read_part(text, part) for part in elements(text, payload.start))


def _read_part(text: str, body: Mapping[str, Member]) -> Asked | Answered:
    kind = _value(body, "type")
    message_id = _name(_value(body, "id"), "id")
    if kind in ("response", "notification"):
        return Answered(message_id)
    payload = body.get("payload")
    if kind != "request" or payload is None or not isinstance(payload.value, dict):
        raise JsonRefused("the message is neither request nor response")
    operation = payload.value.get("operation")
    if not isinstance(operation, str) or not 0 < len(operation) <= OPERATION_NAME_MAX:
        raise JsonRefused("the request names no operation")
    auth, validity = _value(body, "auth"), payload.value.get("validity")
    return Asked(
        id=message_id,
        operation=operation,
        data=_data(payload.value),
        payload_text=text[payload.start : payload.stop],
        allow=_objects(payload.value.get("allow")),
        auth=auth if isinstance(auth, dict) else {},
        validity=validity if isinstance(validity, dict) else {},
    )


def _data(payload: Mapping[str, JsonValue]) -> JsonValue:
    """Give a payload's data; batched messages carry them as a JSON text of their own (dcp.md 4.2)."""
    json_data = payload.get("jsonData")
    return loads(json_data) if isinstance(json_data, str) and json_data else payload.get("data")


def _objects(value: JsonValue) -> tuple[Mapping[str, JsonValue], ...]:
    if not isinstance(value, list):
        return ()
    return tuple(element for element in value if isinstance(element, dict))


def _value(body: Mapping[str, Member], name: str) -> JsonValue:
    member = body.get(name)
    return None if member is None else member.value


def _name(value: JsonValue, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _NAME_MAX:
        raise JsonRefused(f"{what} is no short text")
    return value
