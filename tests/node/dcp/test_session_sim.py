"""Sessions under loss: transports are cut at every kind of message, and nothing is lost, doubled or reordered."""

from collections import deque
from dataclasses import dataclass, field
from random import Random

import pytest
from tests.node.dcp.client_model import OWNER, Body, ClientModel, as_body, parsed

from meshnode.node.dcp.envelope import Ack, Incoming
from meshnode.node.dcp.session import Effect, End, Execute, Hangup, Send, Session
from meshnode.node.dcp.stamps import Stamps

START_MS = 1_000_000_000
REQUESTS = 25
"""Of each side, in one run."""
STEPS_MAX = 20_000


@dataclass
class World:
    """One client and one server with a transport between them that is cut now and then."""

    seed: int
    cut_rate: float
    now_ms: int = START_MS
    to_server: deque[Body] = field(default_factory=deque)
    to_client: deque[Body] = field(default_factory=deque)
    executing: list[tuple[Session, str]] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    cuts: dict[str, int] = field(default_factory=dict)
    """How many messages of each kind were lost."""

    def __post_init__(self) -> None:
        self.randomness = Random(self.seed)
        self.client = ClientModel(now_ms=START_MS, batch_max=self.randomness.choice((1, 3, 20)))
        self.stamps = Stamps()
        self.sessions: dict[str, Session] = {}
        self.current: Session | None = None
        """The session on the transport; None before the first message."""
        self.is_connected = False
        self.connect()

    # The transport

    def connect(self) -> None:
        self.is_connected = True
        self.to_server.extend(self.client.connect())

    def cut(self) -> None:
        """Lose what is under way, and let both sides know."""
        for lost, direction in ((self.to_server, "to server"), (self.to_client, "to client")):
            for body in lost:
                kind = f"{direction}: {described(body)}"
                self.cuts[kind] = self.cuts.get(kind, 0) + 1
            lost.clear()
        if self.current is not None:
            self.carry_out(self.current, self.current.lose_transport(self.now_ms))
        self.current = None
        self.is_connected = False

    # The server

    def deliver_to_server(self) -> None:
        body = self.to_server.popleft()
        message = parsed(body)
        if self.current is None:
            self.first(message)
        else:
            self.carry_out(self.current, self.current.receive(self.now_ms, message))

    def first(self, message: Ack | Incoming) -> None:
        if message.session_id is not None:
            session = self.sessions[message.session_id]
            self.current = session
            effects = session.resume(self.now_ms, message)
            assert effects is not None, "an honest client was taken for a repeater"
            self.carry_out(session, effects)
            return
        assert isinstance(message, Incoming)
        for session in self.sessions.values():
            if session.repeats_connect(message):
                self.current = session
                self.carry_out(session, session.reopen(self.now_ms))
                return
        session = Session(message, OWNER, self.stamps, self.randomness)
        self.sessions[session.id] = session
        self.current = session
        self.carry_out(session, session.open(self.now_ms))

    def carry_out(self, session: Session, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(text):
                    if session is self.current and self.is_connected:
                        self.to_client.append(as_body(text))
                case Execute(request):
                    self.executed.append(request.id)
                    self.executing.append((session, request.id))
                case End() | Hangup():
                    raise AssertionError(effect)

    def finish_one(self) -> None:
        at = self.randomness.randrange(len(self.executing))
        session, name = self.executing.pop(at)
        self.carry_out(session, session.respond(self.now_ms, name, {"answer": name}))

    # One step

    def step(self, *, is_calm: bool) -> bool:
        """Do one thing; tell whether there was anything to do."""
        self.now_ms += 1
        if not is_calm and self.is_connected and self.randomness.random() < self.cut_rate:
            self.cut()
        choices = [name for name, is_possible in self.possible().items() if is_possible]
        if not choices:
            return False
        getattr(self, self.randomness.choice(choices))()
        return True

    def possible(self) -> dict[str, bool]:
        session = self.live_session()
        is_open = self.client.session_id is not None
        return {
            "connect": not self.is_connected and not self.client.is_stuck,
            "give_up": self.client.is_stuck and not self.to_client,
            "deliver_to_server": bool(self.to_server),
            "deliver_to_client": bool(self.to_client),
            "ask": is_open and len(self.asked) < REQUESTS,
            "tell": session is not None and is_open and len(self.told) < REQUESTS,
            "finish_one": bool(self.executing),
        }

    def live_session(self) -> Session | None:
        return self.sessions.get(self.client.session_id or "")

    def give_up(self) -> None:
        """The client lost the answer to a connect request that it knows to have arrived: it begins anew."""
        self.cut()
        self.connect()

    def deliver_to_client(self) -> None:
        self.to_server.extend(self.client.receive(self.to_client.popleft()))

    def ask(self) -> None:
        self.asked.append(self.client.ask("work", {"number": len(self.asked)}))
        sent = self.client.pump()
        if self.is_connected:
            self.to_server.extend(sent)

    def tell(self) -> None:
        session = self.live_session()
        assert session is not None
        name = f"event {len(self.told)}"
        effects = session.request(self.now_ms, "event", name)
        assert effects is not None
        self.told.append(name)
        self.carry_out(session, effects)


def described(body: Body) -> str:
    """Name a message's kind as dcp.md 4.2 does."""
    payload = body.get("payload")
    operation = payload.get("operation") if isinstance(payload, dict) else None
    return f"{body['type']} {operation}" if operation else str(body["type"])


def run(seed: int) -> World:
    """Run one world until everything has arrived."""
    world = World(seed, cut_rate=Random(seed).choice((0.0, 0.01, 0.05, 0.2)))
    for _ in range(STEPS_MAX):
        is_done = len(world.asked) == REQUESTS and len(world.told) == REQUESTS
        if not world.step(is_calm=is_done) and is_done:
            return world
    raise AssertionError(f"seed {seed}: not finished after {STEPS_MAX} steps")


def check(world: World) -> None:
    """Check that every request was carried out once, and every answer and event arrived once and in order."""
    answered = [
        response["id"] for response in world.client.responses if is_answer(response["payload"])
    ]
    events = [
        payload["data"]
        for request in world.client.requests
        if isinstance(payload := request["payload"], dict)
    ]
    assert world.executed == world.asked, world.seed
    assert sorted(map(str, answered)) == sorted(world.asked), world.seed
    assert events == world.told, world.seed


def is_answer(payload: object) -> bool:
    return isinstance(payload, dict) and "answer" in payload


@pytest.mark.parametrize(
    "runs", [50, pytest.param(500, marks=pytest.mark.slow)], ids=["fifty", "five_hundred"]
)
def test_nothing_is_lost_doubled_or_reordered_whatever_is_cut(runs: int) -> None:
    cuts: dict[str, int] = {}
    for seed in range(runs):
        world = run(seed)
        check(world)
        for kind, count in world.cuts.items():
            cuts[kind] = cuts.get(kind, 0) + count

    assert runs < 500 or {
        "to server: request connect",
        "to client: ack",
        "to client: response connect",
        "to server: ack",
        "to server: request work",
        "to server: request keepalive",
        "to server: batch",
        "to server: response",
        "to client: response",
        "to client: request event",
        "to client: batch",
    } <= set(cuts), "a kind of message was never lost"


@pytest.mark.parametrize("seed", [3, 77])
def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    assert run(seed).cuts == run(seed).cuts
