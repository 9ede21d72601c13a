"""One DCP session as the server has it: a machine without IO, clock or keys (dcp.md 4).

Messages whose signature was checked come in, with the time; out go bodies to be sealed and sent, requests to be carried
out, and the session's end. Each side has one message (or batch) unacknowledged at most, and each acknowledgement
carries the nonce of the next message, so the two directions are two chains. When a transport is lost the session waits
for the next one, on which both sides repeat their last acknowledgement: from it the other one sees whether its own last
message has arrived, and sends that again if not. So every message arrives once and in order.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import TypeAlias

from meshnode.node.dcp.envelope import Ack, Asked, Incoming
from meshnode.node.dcp.handshake import VERSION, connect_request, random_name, request_payload
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.outbox import Message, Outbox, Receipt
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.stamps import Stamps
from meshnode.node.dcp.wire_limits import (
    ANSWERS_KEPT_MAX,
    ANSWERS_KEPT_UNITS_MAX,
    HANDSHAKE_MS,
    LINGER_MS,
    QUEUED_RESPONSES_UNITS_MAX,
    REQUESTS_AT_ONCE_MAX,
)


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
    """The session is over: close the transport when what was sent before has left."""

    reason: str
    is_fault: bool
    """The peer broke the protocol."""


Effect: TypeAlias = Send | Execute | Hangup | End
Outcome: TypeAlias = "JsonValue | DcpRefused"


class Phase(Enum):
    """How far a session is."""

    HANDSHAKE = "handshake"
    """The connect response is not acknowledged."""
    OPEN = "open"
    CLOSING = "closing"
    """The peer asked for the end and gets our last responses."""
    CLOSED = "closed"


_LIVE = (Phase.HANDSHAKE, Phase.OPEN)


class Session:
    """One session with one peer."""

    def __init__(self, connect: Incoming, owner: str, stamps: Stamps, randomness: Random) -> None:
        """Make a session of the connect request that `open` then answers.

        Raises:
            DcpRefused: the message is no connect request.
        """
        self._randomness = randomness
        self._connect = connect
        self._stamps = stamps
        self.opening, sid = connect_request(connect)
        """The connect request."""
        self.id = sid + self._name()
        self.owner = owner
        self.phase = Phase.HANDSHAKE
        self.since_ms = 0
        """When the handshake began or the transport was lost."""
        self._is_attached = True
        self._outbox = Outbox(self.id, self._name)
        self._expected_nonce = ""
        self._last_message_id = connect.id
        self._last_ack = ""
        self._is_ack_sent_here = False
        self._executing: set[str] = set()
        self._answers: OrderedDict[str, Message] = OrderedDict()
        """Responses to the last requests."""
        self._answers_units = 0

    @property
    def is_live(self) -> bool:
        """Nobody closed it."""
        return self.phase in _LIVE

    # Handshake and transports

    def open(self, now_ms: int) -> list[Effect]:
        """Answer the connect request. Its acknowledgement names no session: the client does not know it yet."""
        self.since_ms = now_ms
        payload = dumps({"version": VERSION, "operation": "connect"})
        return self._answer_connect(now_ms, payload, is_success=True)

    def refuse(self, now_ms: int, refusal: DcpRefused) -> list[Effect]:
        """Answer the connect request by a refusal, which ends the session."""
        payload = dumps({"message": refusal.message, "code": refusal.code})
        effects = self._answer_connect(now_ms, payload, is_success=False)
        return [*effects, *self._end(refusal.message, is_fault=False)]

    def repeats_connect(self, connect: Incoming) -> bool:
        """Tell whether this is our connect request once more: then the client has not got the answer."""
        return self.phase is Phase.HANDSHAKE and connect.id == self._connect.id

    def reopen(self, now_ms: int) -> list[Effect]:
        """Answer the connect request again, on a new transport."""
        self._attach()
        return [*self._repeated_ack(), *self._repeated_message(now_ms)]

    def resume(self, now_ms: int, message: Ack | Incoming) -> list[Effect] | None:
        """Take a new transport, whose first message this is.

        None if the message is neither the next nor the last of its kind, for then somebody repeats what was heard long
        ago; nothing was changed.
        """
        if self.phase is Phase.CLOSED or not self._is_next_or_last(message):
            return None
        self._attach()
        return [*self._repeated_ack(), *self.receive(now_ms, message)]

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
        if self.phase is Phase.CLOSED:
            return []
        if not self._is_attached and now_ms - self.since_ms > LINGER_MS:
            return self._end("no transport for too long", is_fault=False)
        if self._is_attached and self._outbox.is_overdue(now_ms):
            return [Hangup("a message was not acknowledged in time")]
        return []

    def fail(self, reason: str) -> list[Effect]:
        """End the session for a fault of the peer's."""
        return [] if self.phase is Phase.CLOSED else self._end(reason, is_fault=True)

    def end(self, reason: str) -> list[Effect]:
        """End the session for a reason of ours."""
        return [] if self.phase is Phase.CLOSED else self._end(reason, is_fault=False)

    # Messages

    def receive(self, now_ms: int, message: Ack | Incoming) -> list[Effect]:
        """Take in a message of the owner's on the session's transport."""
        if self.phase is Phase.CLOSED:
            return []
        if isinstance(message, Ack):
            return self._receive_ack(now_ms, message)
        if message.id == self._last_message_id:
            return self._repeated_ack()
        if message.session_id != self.id:
            return self._end("a message is of another session", is_fault=True)
        if message.nonce != self._expected_nonce:
            return self._end("a message has a nonce that is not its own", is_fault=True)
        self._last_message_id = message.id
        effects: list[Effect] = [self._acknowledge(message, session_id=self.id)]
        for part in message.parts:
            if isinstance(part, Asked) and self.phase in _LIVE:
                effects += self._receive_request(now_ms, part)
        return [*effects, *self._pump(now_ms)]

    def respond(self, now_ms: int, request_id: str, outcome: Outcome) -> list[Effect]:
        """Answer a request that was to be executed.

        Raises:
            JsonRefused: JSON cannot say the outcome; nothing was changed.
        """
        answer = self._response(now_ms, request_id, outcome)
        self._executing.discard(request_id)
        if self.phase is Phase.CLOSED:
            return []
        self._answer(request_id, answer)
        if self._outbox.response_units > QUEUED_RESPONSES_UNITS_MAX:
            return self._end("the peer asks and does not take the answers", is_fault=True)
        return self._pump(now_ms)

    def request(self, now_ms: int, operation: str, data: JsonValue) -> list[Effect] | None:
        """Send a request to the peer, whose answer does not matter; None if there is no place for it."""
        if self.phase not in _LIVE:
            return None
        payload = dumps(request_payload(operation, data, self._name(), now_ms))
        if not self._outbox.has_room(len(payload)):
            return None
        text = self._outbox.part("request", self._name(), payload, now_ms)
        self._outbox.add(Message(text, is_request=True))
        return self._pump(now_ms)

    # Within

    def _answer_connect(self, now_ms: int, payload: str, *, is_success: bool) -> list[Effect]:
        connect = self._connect
        acknowledgement = self._acknowledge(connect, session_id=None)
        text = self._outbox.part("response", connect.id, payload, now_ms, is_success=is_success)
        return [acknowledgement, Send(self._outbox.begin(text, now_ms))]

    def _receive_ack(self, now_ms: int, ack: Ack) -> list[Effect]:
        if ack.session_id not in (None, self.id):
            return self._end("an acknowledgement is of another session", is_fault=True)
        match self._outbox.receive(ack):
            case Receipt.NEW:
                if self.phase is Phase.HANDSHAKE:
                    self.phase = Phase.OPEN
                return self._pump(now_ms)
            case Receipt.REPEATED:
                return [*self._repeated_message(now_ms), *self._pump(now_ms)]
            case Receipt.UNKNOWN:
                return self._end("an acknowledgement is for no message of ours", is_fault=True)

    def _receive_request(self, now_ms: int, request: Asked) -> list[Effect]:
        match request.operation:
            case "connect":
                return self._end("a second connect request", is_fault=True)
            case "keepalive":
                self._outbox.add(self._response(now_ms, request.id, {"success": True}))
            case "close":
                self.phase = Phase.CLOSING
                self._outbox.drop_requests()
                self._outbox.add(self._response(now_ms, request.id, "goodbye"))
            case _:
                return self._execute(now_ms, request)
        return []

    def _execute(self, now_ms: int, request: Asked) -> list[Effect]:
        """Have a request carried out, unless it was before: then its answer is repeated if it is still known."""
        if request.id in self._executing:
            return []
        if request.id in self._answers:
            self._outbox.add(replace(self._answers[request.id], is_repeated=True))
            return []
        refusal = self._refusal(now_ms, request)
        if refusal is not None:
            self._answer(request.id, self._response(now_ms, request.id, refusal))
            return []
        self._executing.add(request.id)
        return [Execute(request)]

    def _refusal(self, now_ms: int, request: Asked) -> DcpRefused | None:
        try:
            self._stamps.accept(self.owner, request.validity, now_ms)
        except DcpRefused as refusal:
            return refusal
        if len(self._executing) >= REQUESTS_AT_ONCE_MAX:
            return DcpRefused("EBUSY", f"more than {REQUESTS_AT_ONCE_MAX} requests at once")
        return None

    def _response(self, now_ms: int, request_id: str, outcome: Outcome) -> Message:
        is_success = not isinstance(outcome, DcpRefused)
        if isinstance(outcome, DcpRefused):
            payload = dumps({"name": "Error", "message": outcome.message, "code": outcome.code})
        else:
            payload = dumps(outcome)
        text = self._outbox.part("response", request_id, payload, now_ms, is_success=is_success)
        return Message(text, is_request=False)

    def _answer(self, request_id: str, answer: Message) -> None:
        self._outbox.add(answer)
        self._answers[request_id] = answer
        self._answers_units += len(answer.text)
        while len(self._answers) > ANSWERS_KEPT_MAX or self._answers_units > ANSWERS_KEPT_UNITS_MAX:
            _, forgotten = self._answers.popitem(last=False)
            self._answers_units -= len(forgotten.text)

    def _pump(self, now_ms: int) -> list[Effect]:
        """Send what waits when the peer is ready, and end when the last is acknowledged."""
        if not self._is_attached or self.phase is Phase.CLOSED:
            return []
        if self.phase is Phase.CLOSING and self._outbox.is_empty:
            return self._end("closed by the peer", is_fault=False)
        body = self._outbox.next_body(now_ms)
        return [] if body is None else [Send(body)]

    def _acknowledge(self, message: Incoming, *, session_id: str | None) -> Send:
        self._expected_nonce = f"NNt-{self._name()}"
        ack: dict[str, JsonValue] = {"type": "ack"}
        if session_id is not None:
            ack["dcpsid"] = session_id
        ack |= {
            "token": message.ack_token,
            "nonce": self._expected_nonce,
            "messageId": message.id,
        }
        self._last_ack = dumps(ack)
        self._is_ack_sent_here = True
        return Send(self._last_ack)

    def _repeated_ack(self) -> list[Effect]:
        """Repeat the last acknowledgement, but not on a transport that has carried it: none loses what it carries."""
        if self._is_ack_sent_here:
            return []
        self._is_ack_sent_here = True
        return [Send(self._last_ack)]

    def _repeated_message(self, now_ms: int) -> list[Effect]:
        body = self._outbox.repeated_body(now_ms)
        return [] if body is None else [Send(body)]

    def _is_next_or_last(self, message: Ack | Incoming) -> bool:
        if isinstance(message, Ack):
            return self._outbox.knows(message.token)
        return message.id == self._last_message_id or message.nonce == self._expected_nonce

    def _attach(self) -> None:
        self._is_attached = True
        self._is_ack_sent_here = False
        self._outbox.change_transport()

    def _end(self, reason: str, *, is_fault: bool) -> list[Effect]:
        self.phase = Phase.CLOSED
        self._outbox.clear()
        self._answers.clear()
        self._answers_units = 0
        return [End(reason, is_fault)]

    def _name(self) -> str:
        return random_name(self._randomness)
