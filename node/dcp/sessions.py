"""The sessions of a gateway: which there are, on which line each is, and how many are kept.

It feeds the machines of `session` with messages and time, and hands their effects to the endpoint.
"""

import logging
from collections.abc import Callable
from random import Random, SystemRandom
from typing import TypeAlias

from meshnode.node.dcp.envelope import Ack, Envelope, Incoming
from meshnode.node.dcp.line import Line, LineFault
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.session import Effect, Phase, Session, stranger_close
from meshnode.node.dcp.stamps import Stamps
from meshnode.node.dcp.wire_limits import SESSIONS_MAX, SESSIONS_PER_OWNER_MAX

logger = logging.getLogger(__name__)

CarryOut: TypeAlias = "Callable[[LiveSession, list[Effect]], None]"


class LiveSession:
    """A session with the line that it has at present (`port.ClientSession`)."""

    def __init__(
        self, machine: Session, line: Line, now_ms: Callable[[], int], carry_out: CarryOut
    ) -> None:
        self.machine = machine
        self.line: Line | None = line
        self.service = line.place
        self._now_ms = now_ms
        self._carry_out = carry_out

    @property
    def id(self) -> str:
        """See `ClientSession`."""
        return self.machine.id

    @property
    def owner(self) -> str:
        """See `ClientSession`."""
        return self.machine.owner

    @property
    def is_open(self) -> bool:
        """See `ClientSession`."""
        return self.machine.phase in (Phase.HANDSHAKE, Phase.OPEN)

    @property
    def short(self) -> str:
        """Tell the session apart in logs; its id is a secret."""
        return f"{hash(self.machine.id) & 0xFFFFFFFF:08x}"

    def request(self, operation: str, data: JsonValue) -> bool:
        """See `ClientSession`."""
        effects = self.machine.request(self._now_ms(), operation, data)
        if effects is None:
            return False
        self._carry_out(self, effects)
        return True

    def respond(self, request_id: str, outcome: "JsonValue | DcpRefused") -> None:
        """Answer a request."""
        self.apply(self.machine.respond(self._now_ms(), request_id, outcome))

    def apply(self, effects: list[Effect]) -> None:
        """Have a machine's effects carried out."""
        self._carry_out(self, effects)

    def hang_up(self) -> None:
        """Close the line when all is sent."""
        if self.line is not None:
            self.line.close()


class Sessions:
    """All sessions of one gateway."""

    def __init__(
        self,
        now_ms: Callable[[], int],
        carry_out: CarryOut,
        randomness: Random | None = None,
    ) -> None:
        self._now_ms = now_ms
        self._carry_out = carry_out
        self._randomness = randomness or SystemRandom()
        self._stamps = Stamps()
        self._by_id: dict[str, LiveSession] = {}

    def begin(self, line: Line, first: Envelope) -> LiveSession | None:
        """Find or make the session of a new line by its first message; None when there is none.

        Raises:
            LineFault: the message begins no session and belongs to none of its owner's.
        """
        message = first.message
        if message.session_id is not None:
            return self._resume(line, first.owner, message)
        if isinstance(message, Ack):
            raise LineFault("the first message is of no session")
        for live in self._by_id.values():
            if live.owner == first.owner and live.machine.repeats_connect(message):
                _take(live, line)
                live.apply(live.machine.reopen())
                return live
        return self._open(line, first.owner, message)

    def receive(self, live: LiveSession, envelope: Envelope) -> None:
        """Take in a message on a session's line."""
        if envelope.owner != live.owner:
            self.fail(live, "a message is of another owner")
            return
        live.apply(live.machine.receive(self._now_ms(), envelope.message))

    def fail(self, live: LiveSession, reason: str) -> None:
        """End a session whose peer broke the protocol."""
        live.apply(live.machine.fail(reason))

    def leave(self, live: LiveSession, line: Line) -> None:
        """Note that a line is over."""
        if live.line is line:
            live.line = None
            live.apply(live.machine.lose_transport(self._now_ms()))

    def sweep(self) -> None:
        """Let time pass for all sessions."""
        now_ms = self._now_ms()
        for live in [*self._by_id.values()]:
            live.apply(live.machine.tick(now_ms))

    def forget(self, live: LiveSession) -> None:
        """Keep a session that has ended no longer."""
        self._by_id.pop(live.id, None)

    def _open(self, line: Line, owner: str, connect: Incoming) -> LiveSession:
        try:
            machine = Session(connect, owner, self._stamps, self._randomness)
            self._make_room(owner)
        except DcpRefused as refusal:
            raise LineFault(refusal.message) from refusal
        live = LiveSession(machine, line, self._now_ms, self._carry_out)
        self._by_id[live.id] = live
        live.apply(machine.open(self._now_ms()))
        return live

    def _resume(self, line: Line, owner: str, message: Ack | Incoming) -> LiveSession | None:
        assert message.session_id is not None
        live = self._by_id.get(message.session_id)
        if live is None or live.owner != owner:
            body = stranger_close(message, self._now_ms(), self._randomness)
            if body is not None:
                line.send(body)
            return None
        effects = live.machine.resume(self._now_ms(), message)
        if effects is None:
            raise LineFault("a message of long ago was repeated")
        _take(live, line)
        live.apply(effects)
        return live

    def _make_room(self, owner: str) -> None:
        """End the session that has been without transport for longest where there are too many."""
        own = [live for live in self._by_id.values() if live.owner == owner]
        for crowd, crowd_max in (
            (own, SESSIONS_PER_OWNER_MAX),
            ([*self._by_id.values()], SESSIONS_MAX),
        ):
            if len(crowd) < crowd_max:
                continue
            idle = [live for live in crowd if live.line is None]
            if not idle:
                raise DcpRefused("EBUSY", "too many sessions")
            oldest = min(idle, key=lambda live: live.machine.since_ms)
            self.fail(oldest, "room was needed")


def _take(live: LiveSession, line: Line) -> None:
    """Move a session to another line."""
    live.hang_up()
    live.line = line
