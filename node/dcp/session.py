"""One DCP session as the server has it: a machine without IO, clock or keys (dcp.md 4).

Messages whose signature was checked come in, with the time; out go bodies to be sealed and sent, requests to be carried
out, and the session's end. Each side has one message (or batch) unacknowledged at most, and each acknowledgement
carries the nonce of the next message, so the two directions are two chains. When a transport is lost the session waits
for the next one, on which both sides repeat their last acknowledgement: from it the other one sees whether its own last
message has arrived, and sends that again if not. So every message arrives once and in order.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import TypeAlias

from meshnode.node.dcp.envelope import Ack, Asked, Incoming
from meshnode.node.dcp.json_text import dumps, number_text
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.stamps import Stamps
from meshnode.node.dcp.wire_limits import (
    ACK_MS,
    ANSWERS_KEPT_MAX,
    ANSWERS_KEPT_UNITS_MAX,
    BATCH_MESSAGES_MAX,
    BATCH_UNITS_TARGET,
    HANDSHAKE_MS,
    LINGER_MS,
    QUEUED_REQUESTS_MAX,
    QUEUED_RESPONSES_UNITS_MAX,
    QUEUED_UNITS_MAX,
    REQUESTS_AT_ONCE_MAX,
)

VERSION = "5.3.0"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NAME_LENGTH = 21
_SID_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Send:
    """Seal this body and send it on the session's transport."""

    body_text: str


@dataclass(frozen=True, slots=True)
class Execute:
    """Carry out this request and hand its outcome to `respond`."""

    request: Asked


@dataclass(frozen=True, slots=True)
class Hangup:
    """Close the transport; the session waits for another one."""

    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The session is over; what was to be sent before is sent, and the transport closed."""

    reason: str
    is_fault: bool
    """The peer broke the protocol."""


Effect: TypeAlias = Send | Execute | Hangup | End


class Phase(Enum):
    """How far a session is."""

    HANDSHAKE = "handshake"
    """The connect response is not acknowledged."""
    OPEN = "open"
    CLOSING = "closing"
    """The peer asked for the end and gets our last responses."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class _Queued:
    """A message that waits: its text without what only the outer message of a batch has."""

    text: str
    is_request: bool


@dataclass(slots=True)
class _OnDeck:
    """The message that is sent and not acknowledged."""

    body_text: str
    token: str
    sent_ms: int
    is_sent_here: bool
    """On the present transport."""


class Session:
    """One session with one peer."""

    def __init__(self, connect: Incoming, owner: str, stamps: Stamps, randomness: Random) -> None:
        """Make a session of the connect request that `open` then answers."""
        self._connect = connect
        self._stamps = stamps
        self._randomness = randomness
        self.owner = owner
        self.phase = Phase.HANDSHAKE
        self.id = _client_part(connect) + self._name()
        self._expected_nonce: str | None = None
        self._last_message_id = connect.id
        self._last_ack = ""
        self._is_ack_sent_here = False
        self._peer_nonce: str | None = None
        self._acknowledged_token: str | None = None
        self._on_deck: _OnDeck | None = None
        self._queue: deque[_Queued] = deque()
        self._queued_requests = 0
        self._queued_units = {True: 0, False: 0}
        self._executing: set[str] = set()
        self._answers: OrderedDict[str, _Queued] = OrderedDict()
        self._answers_units = 0
        self._is_attached = True
        self.since_ms = 0
        """When the handshake began, or the transport was lost."""

    # The handshake

    def open(self, now_ms: int) -> list[Effect]:
        """Answer the connect request."""
        self.since_ms = now_ms
        payload: JsonValue = {"version": VERSION, "operation": "connect"}
        acknowledgement = self._acknowledge(self._connect, with_session=False)
        text = self._part("response", self._connect.id, dumps(payload), now_ms, is_success=True)
        return [acknowledgement, self._put_on_deck(text, None, now_ms)]

    def repeats_connect(self, connect: Incoming) -> bool:
        """Tell whether this is our connect request once more: then the client has not got the answer."""
        return self.phase is Phase.HANDSHAKE and connect.id == self._connect.id

    def reopen(self) -> list[Effect]:
        """Answer the connect request again on a new transport."""
        assert self._on_deck is not None
        self._attach()
        return [*self._repeat_ack(), *self._resend()]

    # Transports

    def resume(self, now_ms: int, message: Ack | Incoming) -> list[Effect] | None:
        """Take a new transport, whose first message this is; None if the message is not the next or last of its kind.

        Then nothing was changed: somebody repeats what was heard long ago.
        """
        if self.phase is Phase.CLOSED or not self._is_next_or_last(message):
            return None
        self._attach()
        return [*self._repeat_ack(), *self.receive(now_ms, message)]

    def lose_transport(self, now_ms: int) -> list[Effect]:
        """Note that the transport is gone."""
        self._is_attached = False
        self.since_ms = now_ms
        if self.phase is Phase.CLOSING:
            return self._end("closed by the peer", is_fault=False)
        return []

    def tick(self, now_ms: int) -> list[Effect]:
        """End or hang up what has run out of time."""
        if self.phase is Phase.HANDSHAKE and now_ms - self.since_ms > HANDSHAKE_MS:
            return self._end("the handshake was not finished", is_fault=False)
        if not self._is_attached and now_ms - self.since_ms > LINGER_MS:
            return self._end("no transport for too long", is_fault=False)
        deck = self._on_deck
        if self._is_attached and deck is not None and now_ms - deck.sent_ms > ACK_MS:
            deck.sent_ms = now_ms
            return [Hangup("a message was not acknowledged in time")]
        return []

    def fail(self, reason: str) -> list[Effect]:
        """End the session for a fault of the peer's."""
        return [] if self.phase is Phase.CLOSED else self._end(reason, is_fault=True)

    # Messages

    def receive(self, now_ms: int, message: Ack | Incoming) -> list[Effect]:
        """Take in a message of the owner's on the session's transport."""
        if self.phase is Phase.CLOSED:
            return []
        if isinstance(message, Ack):
            return self._receive_ack(now_ms, message)
        if message.id == self._last_message_id:
            return self._repeat_ack()
        if message.session_id != self.id:
            return self._end("a message is of another session", is_fault=True)
        if message.nonce is None or message.nonce != self._expected_nonce:
            return self._end("a message has a nonce that is not its own", is_fault=True)
        self._last_message_id = message.id
        effects: list[Effect] = [self._acknowledge(message, with_session=True)]
        for part in message.parts:
            if isinstance(part, Asked):
                effects += self._receive_request(now_ms, part)
        return [*effects, *self._pump(now_ms)]

    def respond(
        self, now_ms: int, request_id: str, outcome: "JsonValue | DcpRefused"
    ) -> list[Effect]:
        """Answer a request that was to be executed."""
        self._executing.discard(request_id)
        if self.phase is Phase.CLOSED:
            return []
        self._queue_response(now_ms, request_id, outcome)
        if self._queued_units[False] > QUEUED_RESPONSES_UNITS_MAX:
            return self._end("the peer asks and does not take the answers", is_fault=True)
        return self._pump(now_ms)

    def request(self, now_ms: int, operation: str, data: JsonValue) -> list[Effect] | None:
        """Send a request to the peer, whose answer does not matter; None if there is no place for it."""
        if self.phase not in (Phase.HANDSHAKE, Phase.OPEN):
            return None
        if self._queued_requests >= QUEUED_REQUESTS_MAX:
            return None
        payload = dumps(
            {
                "operation": operation,
                "data": data,
                "allow": [],
                "validity": {"stamp": self._name(), "ttl": 120, "time": now_ms / 1000},
            }
        )
        if self._queued_units[True] + len(payload) > QUEUED_UNITS_MAX:
            return None
        text = self._part("request", self._name(), payload, now_ms)
        self._enqueue(_Queued(text, is_request=True))
        return self._pump(now_ms)

    # Within

    def _receive_ack(self, now_ms: int, ack: Ack) -> list[Effect]:
        deck = self._on_deck
        if ack.session_id not in (None, self.id):
            return self._end("an acknowledgement is of another session", is_fault=True)
        if deck is not None and ack.token == deck.token:
            self._on_deck = None
            self._acknowledged_token = ack.token
            self._peer_nonce = ack.nonce
            if self.phase is Phase.HANDSHAKE:
                self.phase = Phase.OPEN
            return self._pump(now_ms)
        if ack.token != self._acknowledged_token:
            return self._end("an acknowledgement is for no message of ours", is_fault=True)
        if deck is not None and not deck.is_sent_here:
            deck.sent_ms = now_ms
            return self._resend()
        return self._pump(now_ms)

    def _receive_request(self, now_ms: int, request: Asked) -> list[Effect]:
        if self.phase is not Phase.OPEN and self.phase is not Phase.HANDSHAKE:
            return []
        match request.operation:
            case "connect":
                return self._end("a second connect request", is_fault=True)
            case "keepalive":
                self._queue_response(now_ms, request.id, {"success": True})
                return []
            case "close":
                self._begin_closing(now_ms, request)
                return []
            case _:
                return self._execute(now_ms, request)

    def _execute(self, now_ms: int, request: Asked) -> list[Effect]:
        if request.id in self._executing:
            return []
        answer = self._answers.get(request.id)
        if answer is not None:
            self._enqueue(answer)
            return []
        try:
            self._stamps.accept(self.owner, request.validity, now_ms)
        except DcpRefused as refusal:
            self._queue_response(now_ms, request.id, refusal)
            return []
        if len(self._executing) >= REQUESTS_AT_ONCE_MAX:
            busy = DcpRefused("EBUSY", f"more than {REQUESTS_AT_ONCE_MAX} requests at once")
            self._queue_response(now_ms, request.id, busy)
            return []
        self._executing.add(request.id)
        return [Execute(request)]

    def _begin_closing(self, now_ms: int, request: Asked) -> None:
        self.phase = Phase.CLOSING
        kept = [queued for queued in self._queue if not queued.is_request]
        self._queue = deque(kept)
        self._queued_requests = 0
        self._queued_units[True] = 0
        self._queue_response(now_ms, request.id, "goodbye")

    def _queue_response(
        self, now_ms: int, request_id: str, outcome: "JsonValue | DcpRefused"
    ) -> None:
        if isinstance(outcome, DcpRefused):
            refusal = {"name": "Error", "message": outcome.message, "code": outcome.code}
            payload, is_success = dumps({**refusal}), False
        else:
            payload, is_success = dumps(outcome), True
        text = self._part("response", request_id, payload, now_ms, is_success=is_success)
        answer = _Queued(text, is_request=False)
        self._enqueue(answer)
        self._keep_answer(request_id, answer)

    def _keep_answer(self, request_id: str, answer: _Queued) -> None:
        self._answers[request_id] = answer
        self._answers_units += len(answer.text)
        while len(self._answers) > ANSWERS_KEPT_MAX or self._answers_units > ANSWERS_KEPT_UNITS_MAX:
            _, dropped = self._answers.popitem(last=False)
            self._answers_units -= len(dropped.text)

    def _enqueue(self, queued: _Queued) -> None:
        self._queue.append(queued)
        self._queued_units[queued.is_request] += len(queued.text)
        self._queued_requests += queued.is_request

    def _pump(self, now_ms: int) -> list[Effect]:
        """Put on deck what waits, when the deck is free and the peer has given a nonce."""
        if self._on_deck is not None or not self._is_attached or self.phase is Phase.CLOSED:
            return []
        if self._peer_nonce is None:
            return []
        if not self._queue:
            if self.phase is Phase.CLOSING:
                return self._end("closed by the peer", is_fault=False)
            return []
        nonce, self._peer_nonce = self._peer_nonce, None
        return [self._put_on_deck(self._next_message(now_ms), nonce, now_ms)]

    def _next_message(self, now_ms: int) -> str:
        """Take the next message from the queue, or a batch of several."""
        parts: list[str] = []
        units = 0
        while self._queue and len(parts) < BATCH_MESSAGES_MAX and units < BATCH_UNITS_TARGET:
            queued = self._queue.popleft()
            self._queued_units[queued.is_request] -= len(queued.text)
            self._queued_requests -= queued.is_request
            parts.append(queued.text)
            units += len(queued.text)
        if len(parts) == 1:
            return parts[0]
        payload = "[" + ",".join(f"{part}}}" for part in parts) + "]"
        return self._part("batch", self._name(), payload, now_ms)

    def _put_on_deck(self, text: str, nonce: str | None, now_ms: int) -> Send:
        token = f"ATt-{self._name()}"
        body = f'{text},"ackToken":{dumps(token)},"nonce":{dumps(nonce)}}}'
        self._on_deck = _OnDeck(body, token, now_ms, is_sent_here=self._is_attached)
        return Send(body)

    def _resend(self) -> list[Effect]:
        deck = self._on_deck
        if deck is None or deck.is_sent_here:
            return []
        deck.is_sent_here = True
        return [Send(deck.body_text)]

    def _acknowledge(self, message: Incoming, *, with_session: bool) -> Send:
        self._expected_nonce = f"NNt-{self._name()}"
        ack: dict[str, JsonValue] = {"type": "ack"}
        if with_session:
            ack["dcpsid"] = self.id
        ack["token"] = message.ack_token
        ack["nonce"] = self._expected_nonce
        ack["messageId"] = message.id
        self._last_ack = dumps(ack)
        self._is_ack_sent_here = self._is_attached
        return Send(self._last_ack)

    def _repeat_ack(self) -> list[Effect]:
        """Repeat the last acknowledgement, once on a transport: it is reliable."""
        if self._is_ack_sent_here:
            return []
        self._is_ack_sent_here = True
        return [Send(self._last_ack)]

    def _is_next_or_last(self, message: Ack | Incoming) -> bool:
        if isinstance(message, Ack):
            deck_token = self._on_deck.token if self._on_deck is not None else None
            return message.token in (deck_token, self._acknowledged_token)
        return message.id == self._last_message_id or message.nonce == self._expected_nonce

    def _attach(self) -> None:
        self._is_attached = True
        self._is_ack_sent_here = False
        if self._on_deck is not None:
            self._on_deck.is_sent_here = False

    def _end(self, reason: str, *, is_fault: bool) -> list[Effect]:
        self.phase = Phase.CLOSED
        self._queue.clear()
        self._answers.clear()
        self._on_deck = None
        return [End(reason, is_fault)]

    def _part(
        self,
        kind: str,
        message_id: str,
        payload: str,
        now_ms: int,
        *,
        is_success: bool | None = None,
    ) -> str:
        """Write a message without its end: an inner message of a batch has neither token nor nonce."""
        success = "" if is_success is None else f'"success":{dumps(is_success)},'
        return (
            f'{{"id":{dumps(message_id)},"type":"{kind}",{success}"payload":{payload},"auth":{{}},'
            f'"dcpsid":{dumps(self.id)},"time":{number_text(now_ms / 1000)}'
        )

    def _name(self) -> str:
        return "".join(self._randomness.choices(_LETTERS, k=_NAME_LENGTH))


def _client_part(connect: Incoming) -> str:
    """Give the client's half of the session's id.

    Raises:
        DcpRefused: this is no connect request.
    """
    part = connect.parts[0]
    if not isinstance(part, Asked) or part.operation != "connect" or len(connect.parts) != 1:
        raise DcpRefused("EINVAL", "the first message is no connect request")
    sid = part.data.get("sid") if isinstance(part.data, dict) else None
    if not isinstance(sid, str) or not 0 < len(sid) <= _SID_LENGTH_MAX:
        raise DcpRefused("EINVAL", "the connect request has no session id")
    return sid


def stranger_close(message: Ack | Incoming, now_ms: int, randomness: Random) -> str | None:
    """Give the body that tells a peer to close a session that we do not have; None if it must ask once more.

    Only an acknowledgement brings the nonce that the request needs; a peer that resumes begins with one.
    """
    if not isinstance(message, Ack):
        return None
    names = ["".join(randomness.choices(_LETTERS, k=_NAME_LENGTH)) for _ in range(3)]
    time_s = now_ms / 1000
    return dumps(
        {
            "id": names[0],
            "type": "request",
            "payload": {
                "operation": "close",
                "data": "ECONNRESET",
                "allow": [],
                "validity": {"stamp": names[1], "ttl": 120, "time": time_s},
            },
            "auth": {},
            "dcpsid": message.session_id,
            "time": time_s,
            "ackToken": f"ATt-{names[2]}",
            "nonce": message.nonce,
        }
    )
