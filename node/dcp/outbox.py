"""What one side of a DCP session sends: one message unacknowledged at most, the others waiting (dcp.md 4.2, 4.3).

A machine without IO. Messages wait without nonce and token, for several of them travel in one batch when the peer is
ready for the next message.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from meshnode.node.dcp.envelope import Ack
from meshnode.node.dcp.json_text import dumps, number_text
from meshnode.node.dcp.wire_limits import (
    ACK_MS,
    BATCH_MESSAGES_MAX,
    BATCH_UNITS_TARGET,
    QUEUED_REQUESTS_MAX,
    QUEUED_UNITS_MAX,
)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or response that waits: its JSON without the end that only the outer message of a batch has."""

    text: str
    is_request: bool
    is_repeated: bool = False
    """It was sent before. Alone it would be taken for the same message, for it has the same id."""


class Receipt(Enum):
    """What an acknowledgement says."""

    NEW = "the message on deck has arrived"
    REPEATED = "it is the last one once more"
    UNKNOWN = "it is for none of our messages"


@dataclass(slots=True)
class _OnDeck:
    """The message that is sent and not acknowledged."""

    body_text: str
    token: str
    sent_ms: int
    is_sent_here: bool
    """On the present transport."""


class Outbox:
    """The messages of one session to its peer."""

    def __init__(self, session_id: str, name: Callable[[], str]) -> None:
        self._session_id = session_id
        self._name = name
        """Gives a name that nobody guesses."""
        self._queue: deque[Message] = deque()
        self._requests = 0
        self._units = {True: 0, False: 0}
        """Length of what waits: requests and responses."""
        self._on_deck: _OnDeck | None = None
        self._nonce: str | None = None
        """The peer's, for our next message; None while it is spent."""
        self._last_token: str | None = None
        """Of our last message that was acknowledged."""

    @property
    def response_units(self) -> int:
        """Length of the responses that wait."""
        return self._units[False]

    @property
    def is_empty(self) -> bool:
        """Nothing waits and nothing is unacknowledged."""
        return self._on_deck is None and not self._queue

    def part(
        self,
        kind: str,
        message_id: str,
        payload: str,
        now_ms: int,
        *,
        is_success: bool | None = None,
    ) -> str:
        """Write a message without its end."""
        success = "" if is_success is None else f'"success":{dumps(is_success)},'
        return (
            f'{{"id":{dumps(message_id)},"type":"{kind}",{success}"payload":{payload},"auth":{{}},'
            f'"dcpsid":{dumps(self._session_id)},"time":{number_text(now_ms / 1000)}'
        )

    def begin(self, text: str, now_ms: int) -> str:
        """Put the session's first message on deck, which has no nonce; return its body."""
        return self._put_on_deck(text, None, now_ms)

    def add(self, message: Message) -> None:
        """Let a message wait for its turn."""
        self._queue.append(message)
        self._units[message.is_request] += len(message.text)
        self._requests += message.is_request

    def has_room(self, request_units: int) -> bool:
        """Tell whether one more request may wait."""
        fits = self._units[True] + request_units <= QUEUED_UNITS_MAX
        return fits and self._requests < QUEUED_REQUESTS_MAX

    def drop_requests(self) -> None:
        """Drop the requests that wait."""
        self._queue = deque(message for message in self._queue if not message.is_request)
        self._requests = 0
        self._units[True] = 0

    def clear(self) -> None:
        """Drop everything."""
        self._queue.clear()
        self._on_deck = None
        self._requests = 0
        self._units = {True: 0, False: 0}

    def next_body(self, now_ms: int) -> str | None:
        """Put on deck what waits, if the deck is free; return its body."""
        if self._on_deck is not None or self._nonce is None or not self._queue:
            return None
        nonce, self._nonce = self._nonce, None
        return self._put_on_deck(self._next_text(now_ms), nonce, now_ms)

    def receive(self, ack: Ack) -> Receipt:
        """Take in an acknowledgement."""
        if self._on_deck is not None and ack.token == self._on_deck.token:
            self._on_deck = None
            self._last_token = ack.token
            self._nonce = ack.nonce
            return Receipt.NEW
        return Receipt.REPEATED if ack.token == self._last_token else Receipt.UNKNOWN

    def knows(self, token: str) -> bool:
        """Tell whether an acknowledgement with this token is one that the peer may send now."""
        deck_token = self._on_deck.token if self._on_deck is not None else None
        return token in (deck_token, self._last_token)

    def change_transport(self) -> None:
        """Note that nothing was sent on the transport that is used from now on."""
        if self._on_deck is not None:
            self._on_deck.is_sent_here = False

    def repeated_body(self, now_ms: int) -> str | None:
        """Return the body on deck, if it was not sent on this transport; it is then."""
        deck = self._on_deck
        if deck is None or deck.is_sent_here:
            return None
        deck.is_sent_here = True
        deck.sent_ms = now_ms
        return deck.body_text

    def is_overdue(self, now_ms: int) -> bool:
        """Tell whether the message on deck waits for its acknowledgement for too long."""
        return self._on_deck is not None and now_ms - self._on_deck.sent_ms > ACK_MS

    def _put_on_deck(self, text: str, nonce: str | None, now_ms: int) -> str:
        token = f"ATt-{self._name()}"
        body = f'{text},"ackToken":{dumps(token)},"nonce":{dumps(nonce)}}}'
        self._on_deck = _OnDeck(body, token, now_ms, is_sent_here=True)
        return body

    def _next_text(self, now_ms: int) -> str:
        """Take the next message from the queue, or several as a batch."""
        parts: list[str] = []
        units = 0
        is_repeated = False
        while self._queue and len(parts) < BATCH_MESSAGES_MAX and units < BATCH_UNITS_TARGET:
            message = self._queue.popleft()
            self._units[message.is_request] -= len(message.text)
            self._requests -= message.is_request
            parts.append(message.text)
            units += len(message.text)
            is_repeated |= message.is_repeated
        if len(parts) == 1 and not is_repeated:
            return parts[0]
        payload = "[" + ",".join(f"{part}}}" for part in parts) + "]"
        return self.part("batch", self._name(), payload, now_ms)
