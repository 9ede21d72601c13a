"""A DCP client's side of a session, after dcp-client 5.6.1's behaviour: bodies in, bodies out, without IO.

It keeps its last acknowledgement and its message on deck over transports, and repeats them as that client does.
"""

import json
from dataclasses import dataclass, field

from meshnode.node.dcp.envelope import Ack, Incoming, read_envelope
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import JsonValue

Body = dict[str, JsonValue]
OWNER = "0x" + "ab" * 20


class ModelError(AssertionError):
    """The server did what makes the real client shut down."""


@dataclass
class _OnDeck:
    body: Body
    token: str
    transport: int


@dataclass
class ClientModel:
    """One client with one session at a time."""

    now_ms: int = 1_000_000_000
    label: str = ""
    """Tells its names from those of other clients."""
    session_id: str | None = None
    responses: list[Body] = field(default_factory=list)
    """Responses in the order of arrival."""
    requests: list[Body] = field(default_factory=list)
    """The server's requests in the order of arrival."""
    batch_max: int = 20
    _names: int = 0
    _queue: list[Body] = field(default_factory=list)
    _on_deck: _OnDeck | None = None
    _nonce: str | None = None
    _has_nonce: bool = True
    _last_received: str | None = None
    _last_token: str | None = None
    _last_ack: Body | None = None
    _transport: int = 0
    _connect: Body | None = None

    # What the application does

    def ask(self, operation: str, data: JsonValue = None) -> str:
        """Queue a request and return its id."""
        request = self._request(operation, data)
        self._queue.append(request)
        return str(request["id"])

    # Transports

    def connect(self) -> list[Body]:
        """Take a new transport: begin a session, or resume it as `resumeSession` does."""
        self._transport += 1
        if self.session_id is None:
            if self._on_deck is None:
                return self._begin()
            self._on_deck.transport = self._transport
            return [self._on_deck.body]
        assert self._last_ack is not None
        if "dcpsid" not in self._last_ack:  # DCP-3957: the first acknowledgement is forged anew
            self._last_ack = {**self._last_ack, "dcpsid": self.session_id}
        self._queue.append(self._request("keepalive", None))
        return [self._last_ack, *self.pump()]

    @property
    def is_stuck(self) -> bool:
        """The connect request was acknowledged and its answer lost: the real client waits until it gives up."""
        return self.session_id is None and self._on_deck is None and self._transport > 0

    def _begin(self) -> list[Body]:
        self._nonce, self._has_nonce = None, True
        self._last_received = self._last_token = None
        self._names += 1
        data: JsonValue = {"version": "5.3.0", "sid": f"sid-{self.label}{self._names}"}
        return [self._deck(self._request("connect", data))]

    # Messages

    def receive(self, body: Body) -> list[Body]:
        """Take in a body of the server's; return what is sent at once."""
        if body["type"] == "ack":
            return self._receive_ack(body)
        if body["id"] == self._last_received:
            return [self._last_ack] if self._last_ack is not None else []
        if self.session_id is not None and body["dcpsid"] != self.session_id:
            raise ModelError("invalid dcpsid")
        if self.session_id is not None and body["nonce"] != self._expected:
            raise ModelError("nonce mismatch")
        if self.session_id is None and body["type"] == "batch":
            raise ModelError("batch before the session")
        self._last_received = str(body["id"])
        ack = self._acknowledge(body)
        parts = body["payload"] if body["type"] == "batch" else [body]
        assert isinstance(parts, list)
        for part in parts:
            assert isinstance(part, dict)
            self._receive_part(part)
        return [ack, *self.pump()]

    def pump(self) -> list[Body]:
        """Put on deck what waits, several messages as a batch."""
        if self._on_deck is not None or not self._queue or not self._has_nonce:
            return []
        if self.session_id is None:
            return []
        taken, self._queue = self._queue[: self.batch_max], self._queue[self.batch_max :]
        if len(taken) == 1:
            return [self._deck(taken[0])]
        for message in taken:
            payload = message["payload"]
            if isinstance(payload, dict) and payload.get("data") is not None:
                payload["jsonData"] = dumps(payload.pop("data"))
        batch: Body = {"id": self._name("b"), "type": "batch", "payload": [*taken], "auth": {}}
        return [self._deck(batch)]

    # Within

    _expected: str | None = None

    def _receive_ack(self, ack: Body) -> list[Body]:
        self._nonce, self._has_nonce = str(ack["nonce"]), True
        deck = self._on_deck
        if deck is None or ack["token"] != deck.token:
            if ack["token"] != self._last_token:
                raise ModelError("unsolicited ack")
            if deck is None or deck.transport == self._transport:
                return self.pump()
            deck.transport = self._transport
            return [deck.body]
        self._last_token = deck.token
        self._on_deck = None
        return self.pump()

    def _receive_part(self, part: Body) -> None:
        if part["type"] == "request":
            self.requests.append(part)
            response: Body = {
                "id": part["id"],
                "type": "response",
                "success": True,
                "payload": "success",
                "auth": {},
            }
            self._queue.append(response)
            return
        self.responses.append(part)
        assert isinstance(part["time"], int | float)
        payload = part["payload"]
        if isinstance(payload, dict) and payload.get("operation") == "connect":
            self.session_id = str(part["dcpsid"])

    def _acknowledge(self, body: Body) -> Body:
        self._expected = self._name("NN")
        ack: Body = {"type": "ack"}
        if self.session_id is not None:
            ack["dcpsid"] = self.session_id
        ack |= {"token": body["ackToken"], "nonce": self._expected, "messageId": body["id"]}
        self._last_ack = ack
        return ack

    def _request(self, operation: str, data: JsonValue) -> Body:
        validity: JsonValue = {
            "stamp": self._name("s"),
            "ttl": 120,
            "time": self.now_ms / 1000,
        }
        payload: JsonValue = {
            "operation": operation,
            "data": data,
            "allow": [],
            "validity": validity,
        }
        return {"id": self._name("r"), "type": "request", "payload": payload, "auth": {}}

    def _deck(self, message: Body) -> Body:
        token = self._name("AT")
        body = {**message, "time": self.now_ms / 1000, "ackToken": token, "nonce": self._nonce}
        if self.session_id is not None:
            body["dcpsid"] = self.session_id
        self._nonce, self._has_nonce = None, False
        self._on_deck = _OnDeck(body, token, self._transport)
        return body

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}-{self.label}{self._names}"


def parsed(body: Body, owner: str = OWNER) -> Ack | Incoming:
    """Read a body as the endpoint does, with a signature that nobody checks here."""
    text = f'{{"owner":"{owner}","signature":{{}},"body":{dumps(body)}}}'
    return read_envelope(text).message


def as_body(text: str) -> Body:
    """Read a body of ours as V8 does: printed again it must be the same."""
    body: Body = json.loads(text)
    assert dumps(body) == text
    return body
