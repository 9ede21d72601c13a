"""The sessions of a gateway: which there are, on which line each is, and how many are kept.

It feeds the machines of `session` with messages and time, and hands their effects to the endpoint.
"""

from collections.abc import Callable
from random import Random, SystemRandom
from typing import TypeAlias
from zlib import crc32

from meshnode.node.dcp.envelope import Ack, Envelope, Incoming
from meshnode.node.dcp.handshake import check_version, stranger_close
from meshnode.node.dcp.line import Line, LineFault
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.session import Effect, Outcome, Session
from meshnode.node.dcp.stamps import Stamps
from meshnode.node.dcp.wire_limits import GUEST_SESSIONS_MAX, SESSIONS_MAX, SESSIONS_PER_OWNER_MAX

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
        return self.machine.is_live

    @property
    def short(self) -> str:
        """Name the session in logs; its id is nobody else's business."""
        return f"{crc32(self.machine.id.encode()):08x}"

    def request(self, operation: str, data: JsonValue) -> bool:
        """See `ClientSession`."""
        effects = self.machine.request(self._now_ms(), operation, data)
        if effects is None:
            return False
        self._carry_out(self, effects)
        return True

    def respond(self, request_id: str, outcome: Outcome) -> None:
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
        is_guest: Callable[[str], bool],
        randomness: Random | None = None,
    ) -> None:
        self._now_ms = now_ms
        self._carry_out = carry_out
        self._is_guest = is_guest
        """An owner may not ask for anything: it is told so, and nothing is kept for it."""
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
            live = self._resume(line, first.owner, message)
        elif isinstance(message, Ack):
            raise LineFault("the first message is of no session")
        else:
            live = self._reopen(line, first.owner, message)
            live = live or self._open(line, first.owner, message)
        if live is not None and not self._is_guest(live.owner):
            line.trust()
        return live

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
        if live.line is not line:
            return
        live.line = None
        live.apply(live.machine.lose_transport(self._now_ms()))
        if self._is_guest(live.owner):
            live.apply(live.machine.end("a guest left"))

    def sweep(self) -> None:
        """Let time pass for all sessions."""
        now_ms = self._now_ms()
        for live in [*self._by_id.values()]:
            live.apply(live.machine.tick(now_ms))

    def forget(self, live: LiveSession) -> None:
        """Keep a session that has ended no longer."""
        self._by_id.pop(live.id, None)

    def _reopen(self, line: Line, owner: str, connect: Incoming) -> LiveSession | None:
        """Find the session that a client asked for before, if it could not get the answer."""
        for live in self._by_id.values():
            if live.owner == owner and live.machine.repeats_connect(connect):
                _take(live, line)
                live.apply(live.machine.reopen(self._now_ms()))
                return live
        return None

    def _open(self, line: Line, owner: str, connect: Incoming) -> LiveSession:
        now_ms = self._now_ms()
        try:
            machine = Session(connect, owner, self._stamps, self._randomness)
        except DcpRefused as refusal:
            raise LineFault(refusal.message) from refusal
        live = LiveSession(machine, line, self._now_ms, self._carry_out)
        try:
            check_version(machine.opening)
            self._stamps.accept(owner, machine.opening.validity, now_ms)
            self._make_room(owner)
        except DcpRefused as refusal:
            if refusal.code == "EDUP":
                raise LineFault("a connect request was repeated") from refusal
            live.apply(machine.refuse(now_ms, refusal))
            return live
        self._by_id[live.id] = live
        live.apply(machine.open(now_ms))
        return live

    def _resume(self, line: Line, owner: str, message: Ack | Incoming) -> LiveSession | None:
        assert message.session_id is not None
        live = self._by_id.get(message.session_id)
        if live is None or live.owner != owner:
            if isinstance(message, Ack):
                line.send(stranger_close(message, self._now_ms(), self._randomness))
            return None
        effects = live.machine.resume(self._now_ms(), message)
        if effects is None:
            raise LineFault("a message of long ago was repeated")
        _take(live, line)
        live.apply(effects)
        return live

    def _make_room(self, owner: str) -> None:
        """End the session that has been without transport for longest where there are too many.

        Raises:
            DcpRefused: all have one.
        """
        everybody = [*self._by_id.values()]
        own = [live for live in everybody if live.owner == owner]
        crowds = [(own, SESSIONS_PER_OWNER_MAX), (everybody, SESSIONS_MAX)]
        if self._is_guest(owner):
            guests = [live for live in everybody if self._is_guest(live.owner)]
            crowds.append((guests, GUEST_SESSIONS_MAX))
        for crowd, crowd_max in crowds:
            if len(crowd) < crowd_max:
                continue
            idle = [live for live in crowd if live.line is None and live.is_open]
            if not idle:
                raise DcpRefused("EBUSY", "the gateway has too many sessions; try again later")
            oldest = min(idle, key=lambda live: live.machine.since_ms)
            oldest.apply(oldest.machine.end("room was needed"))


def _take(live: LiveSession, line: Line) -> None:
    """Move a session to another line."""
    live.hang_up()
    live.line = line
