"""The session machine: strict with strangers and repeaters, and losing nothing when transports are lost."""

from random import Random

import pytest
from tests.node.dcp.client_model import OWNER, Body, ClientModel, as_body, parsed

from meshnode.node.dcp import wire_limits as limits
from meshnode.node.dcp.envelope import Asked, Incoming
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.session import Effect, End, Execute, Hangup, Phase, Send, Session
from meshnode.node.dcp.stamps import Stamps

NOW_MS = 1_000_000_000


class Pair:
    """A client's model and the server's session on a transport that loses nothing."""

    def __init__(self) -> None:
        self.client = ClientModel(now_ms=NOW_MS)
        self.executed: list[Asked] = []
        self.ends: list[End] = []
        self.hangups: list[Hangup] = []
        self.sent: list[Body] = []
        """Bodies of the server's, in order."""
        self.now_ms = NOW_MS
        self.stamps = Stamps()
        (connect,) = self.client.connect()
        message = parsed(connect)
        assert isinstance(message, Incoming)
        self.session = Session(message, OWNER, self.stamps, Random(1))
        self.carry_out(self.session.open(NOW_MS))

    def carry_out(self, effects: list[Effect] | None, *, is_lost: bool = False) -> None:
        """Carry effects out, and what follows from them, in order."""
        under_way: list[Body] = []
        for effect in effects or []:
            match effect:
                case Send(text):
                    self.sent.append(as_body(text))
                    under_way += [] if is_lost else [as_body(text)]
                case Execute(request):
                    self.executed.append(request)
                case End():
                    self.ends.append(effect)
                case Hangup():
                    self.hangups.append(effect)
        for body in under_way:
            self.to_server(self.client.receive(body))

    def to_server(self, bodies: list[Body]) -> None:
        for body in bodies:
            self.carry_out(self.session.receive(self.now_ms, parsed(body)))

    def ask(self, operation: str, data: JsonValue = None) -> str:
        name = self.client.ask(operation, data)
        self.to_server(self.client.pump())
        return name

    def reconnect(self) -> None:
        self.carry_out(self.session.lose_transport(self.now_ms))
        first, *others = self.client.connect()
        self.carry_out(self.session.resume(self.now_ms, parsed(first)))
        self.to_server(others)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_a_session_is_shaken_hands_on_in_the_prescribed_order(pair: Pair) -> None:
    ack, response = pair.sent

    assert "dcpsid" not in ack
    assert response["nonce"] is None
    assert response["payload"] == {"version": "5.3.0", "operation": "connect"}
    assert str(response["dcpsid"]).startswith("sid-1")
    assert pair.client.session_id == pair.session.id
    assert pair.session.phase is Phase.OPEN


def test_a_request_is_carried_out_and_answered(pair: Pair) -> None:
    name = pair.ask("submit@5", {"job": "x"})
    pair.carry_out(pair.session.respond(NOW_MS, name, {"status": "running"}))

    assert [(asked.operation, asked.data) for asked in pair.executed] == [
        ("submit@5", {"job": "x"})
    ]
    assert pair.client.responses[-1]["id"] == name
    assert pair.client.responses[-1]["success"] is True
    assert pair.client.responses[-1]["payload"] == {"status": "running"}


def test_a_refusal_tells_code_and_message(pair: Pair) -> None:
    name = pair.ask("submit@5")
    pair.carry_out(pair.session.respond(NOW_MS, name, DcpRefused("ENOFUNDS", "no credit")))

    assert pair.client.responses[-1]["success"] is False
    assert pair.client.responses[-1]["payload"] == {
        "name": "Error",
        "message": "no credit",
        "code": "ENOFUNDS",
    }


def test_requests_of_ours_arrive_in_order_and_in_batches(pair: Pair) -> None:
    for number in range(10):
        effects = pair.session.request(NOW_MS, "event", number)
        pair.carry_out(effects, is_lost=number > 0)
    pair.reconnect()

    payloads = [request["payload"] for request in pair.client.requests]
    assert [payload["data"] for payload in payloads if isinstance(payload, dict)] == [*range(10)]
    assert [body["type"] for body in pair.sent].count("batch") <= 2


def test_many_requests_that_wait_leave_as_one_batch(pair: Pair) -> None:
    pair.session.lose_transport(NOW_MS)
    for number in range(50):
        pair.session.request(NOW_MS, "event", number)
    pair.reconnect()

    assert [body["type"] for body in pair.sent].count("batch") == 1
    assert len(pair.client.requests) == 50


def test_the_client_may_batch_and_gets_every_answer(pair: Pair) -> None:
    names = [pair.client.ask("fetchResult", {"n": number, "10": 1.5}) for number in range(30)]
    pair.to_server(pair.client.pump())
    for name in names:
        pair.carry_out(pair.session.respond(NOW_MS, name, name))

    assert [asked.data for asked in pair.executed] == [
        {"n": number, "10": 1.5} for number in range(30)
    ]
    assert [response["id"] for response in pair.client.responses[1:]] == names


def test_a_payloads_text_is_kept_as_it_was_received(pair: Pair) -> None:
    pair.ask("submit@5", {"10": 1.5, "é": "\u2028"})
    first, second = pair.client.ask("one"), pair.client.ask("two", {"b": 2})
    bodies = pair.client.pump()
    pair.to_server(bodies)

    payloads = bodies[0]["payload"]
    assert isinstance(payloads, list)
    texts = [dumps(part["payload"]) for part in payloads if isinstance(part, dict)]
    assert '"data":{"10":1.5,"é":"\u2028"}' in pair.executed[0].payload_text
    assert [asked.id for asked in pair.executed[1:]] == [first, second]
    assert [asked.payload_text for asked in pair.executed[1:]] == texts
    assert pair.executed[2].data == {"b": 2}


def test_a_keepalive_is_answered_by_the_session_itself(pair: Pair) -> None:
    pair.ask("keepalive")

    assert pair.executed == []
    assert pair.client.responses[-1]["payload"] == {"success": True}


def test_a_close_is_said_good_bye_to_and_ends_the_session(pair: Pair) -> None:
    pair.ask("close")

    assert pair.client.responses[-1]["payload"] == "goodbye"
    assert pair.ends == [End("closed by the peer", is_fault=False)]
    assert pair.session.request(NOW_MS, "event", 1) is None


def test_a_close_whose_good_bye_is_lost_ends_the_session_too(pair: Pair) -> None:
    pair.client.ask("close")
    for body in pair.client.pump():
        pair.carry_out(pair.session.receive(NOW_MS, parsed(body)), is_lost=True)
    pair.carry_out(pair.session.lose_transport(NOW_MS))

    assert pair.ends == [End("closed by the peer", is_fault=False)]


# Strictness


def test_a_replayed_message_is_not_carried_out_again(pair: Pair) -> None:
    pair.client.ask("submit@5")
    (body,) = pair.client.pump()
    pair.to_server([body])
    pair.ask("addSliceData")

    pair.to_server([body])

    assert [asked.operation for asked in pair.executed] == ["submit@5", "addSliceData"]
    assert [end.is_fault for end in pair.ends] == [True]


def test_a_message_that_comes_twice_in_a_row_is_passed_over(pair: Pair) -> None:
    pair.client.ask("submit@5")
    (body,) = pair.client.pump()

    pair.to_server([body, body])

    assert len(pair.executed) == 1
    assert pair.ends == []


@pytest.mark.parametrize(
    ("name", "value"), [("nonce", "NN-x"), ("nonce", None), ("dcpsid", "another"), ("dcpsid", None)]
)
def test_a_wrong_nonce_or_session_ends_the_session(pair: Pair, name: str, value: JsonValue) -> None:
    pair.client.ask("submit@5")
    (body,) = pair.client.pump()

    pair.to_server([{**body, name: value}])

    assert pair.executed == []
    assert [end.is_fault for end in pair.ends] == [True]


@pytest.mark.parametrize("change", [{"token": "ATt-x"}, {"dcpsid": "another"}])
def test_an_acknowledgement_of_nothing_ends_the_session(pair: Pair, change: Body) -> None:
    ack: Body = {"type": "ack", "dcpsid": pair.session.id, "token": "ATt-x", "nonce": "NN"}

    pair.to_server([{**ack, **change}])

    assert [end.is_fault for end in pair.ends] == [True]


def test_a_second_connect_ends_the_session(pair: Pair) -> None:
    pair.ask("connect", {"version": "5.3.0", "sid": "again"})

    assert [end.is_fault for end in pair.ends] == [True]


@pytest.mark.parametrize(
    ("validity", "code"),
    [
        ({"time": NOW_MS / 1000 + 601}, "ETIMETRAVEL"),
        ({"time": NOW_MS / 1000 - 721}, "EEXPIRED"),
        ({"time": NOW_MS / 1000 - 616, "ttl": 0}, "EEXPIRED"),
        ({"time": None}, "EINVAL"),
        ({"time": True}, "EINVAL"),
        ({"stamp": ""}, "EINVAL"),
        ({"stamp": "s-2"}, "EDUP"),
    ],
)
def test_a_request_out_of_its_time_or_seen_before_is_refused(
    pair: Pair, validity: Body, code: str
) -> None:
    pair.stamps.accept(OWNER, {"stamp": "s-2", "time": NOW_MS / 1000}, NOW_MS)
    pair.client.ask("submit@5")
    (body,) = pair.client.pump()
    payload = body["payload"]
    assert isinstance(payload, dict)
    assert isinstance(payload["validity"], dict)
    changed: JsonValue = {**payload["validity"], **validity}

    pair.to_server([{**body, "payload": {**payload, "validity": changed}}])

    assert pair.executed == []
    answer = pair.client.responses[-1]["payload"]
    assert isinstance(answer, dict)
    assert answer["code"] == code


def test_a_request_of_a_known_id_is_answered_again_and_not_carried_out_again(pair: Pair) -> None:
    name = pair.ask("submit@5")
    second = pair.client.ask("submit@5")
    (body,) = pair.client.pump()
    pair.carry_out(pair.session.respond(NOW_MS, name, "done"))

    pair.to_server([{**body, "id": "outer", "type": "batch", "payload": [{**body, "id": name}]}])

    assert second != name
    assert len(pair.executed) == 1
    assert [response["payload"] for response in pair.client.responses[1:]] == ["done", "done"]


def test_no_more_than_so_many_requests_are_carried_out_at_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.session.REQUESTS_AT_ONCE_MAX", 2)
    for _ in range(3):
        pair.ask("fetchResult")

    assert len(pair.executed) == 2
    answer = pair.client.responses[-1]["payload"]
    assert isinstance(answer, dict)
    assert answer["code"] == "EBUSY"


def test_requests_of_ours_that_nobody_takes_are_dropped(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.outbox.QUEUED_REQUESTS_MAX", 5)
    pair.session.lose_transport(NOW_MS)

    taken = [pair.session.request(NOW_MS, "event", n) is not None for n in range(7)]
    pair.reconnect()

    assert taken == [True] * 5 + [False] * 2
    assert len(pair.client.requests) == 5
    assert pair.session.request(NOW_MS, "event", 8) is not None


def test_a_peer_that_asks_and_takes_no_answers_is_dropped(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.session.QUEUED_RESPONSES_UNITS_MAX", 1000)
    name, other = pair.client.ask("fetchResult"), pair.client.ask("fetchResult")
    for body in pair.client.pump():
        pair.carry_out(pair.session.receive(NOW_MS, parsed(body)), is_lost=True)
    pair.carry_out(pair.session.respond(NOW_MS, name, "x" * 2000), is_lost=True)
    pair.carry_out(pair.session.respond(NOW_MS, other, "x" * 2000), is_lost=True)

    assert [end.is_fault for end in pair.ends] == [True]


# Transports


def test_what_was_heard_long_ago_does_not_take_the_session_over(pair: Pair) -> None:
    pair.ask("submit@5")
    old_ack: Body = {"type": "ack", "dcpsid": pair.session.id, "token": "ATt-old", "nonce": "NN"}
    old_request = {**pair.client.connect()[0], "type": "request"}
    old_request |= {"id": "r", "ackToken": "AT", "payload": {"operation": "x"}, "nonce": "NN-old"}

    assert pair.session.resume(NOW_MS, parsed(old_ack)) is None
    assert pair.session.resume(NOW_MS, parsed(old_request)) is None
    assert pair.session.phase is Phase.OPEN


def test_an_answer_that_was_lost_is_sent_again(pair: Pair) -> None:
    name = pair.ask("submit@5")
    pair.carry_out(pair.session.respond(NOW_MS, name, "done"), is_lost=True)

    pair.reconnect()

    assert [response["payload"] for response in pair.client.responses[1:]] == [
        "done",
        {"success": True},
    ]


def test_a_lost_connect_response_is_sent_again_on_the_next_transport() -> None:
    client = ClientModel(now_ms=NOW_MS)
    (connect,) = client.connect()
    message = parsed(connect)
    assert isinstance(message, Incoming)
    session = Session(message, OWNER, Stamps(), Random(1))
    lost = session.open(NOW_MS)

    session.lose_transport(NOW_MS)
    (again,) = client.connect()
    repeated = parsed(again)
    assert isinstance(repeated, Incoming)

    assert session.repeats_connect(repeated)
    assert session.reopen(NOW_MS) == lost


def test_a_silent_session_ends_after_lingering(pair: Pair) -> None:
    pair.carry_out(pair.session.lose_transport(NOW_MS))

    assert pair.session.tick(NOW_MS + limits.LINGER_MS) == []
    pair.carry_out(pair.session.tick(NOW_MS + limits.LINGER_MS + 1))

    assert pair.ends == [End("no transport for too long", is_fault=False)]
    assert pair.session.tick(NOW_MS + 2 * limits.LINGER_MS) == []


def test_a_session_with_a_transport_does_not_end_by_itself(pair: Pair) -> None:
    assert pair.session.tick(NOW_MS + 100 * limits.LINGER_MS) == []


def test_a_handshake_that_is_not_finished_is_forgotten() -> None:
    message = parsed(ClientModel(now_ms=NOW_MS).connect()[0])
    assert isinstance(message, Incoming)
    session = Session(message, OWNER, Stamps(), Random(1))
    session.open(NOW_MS)

    assert session.tick(NOW_MS + limits.HANDSHAKE_MS) == []
    assert session.tick(NOW_MS + limits.HANDSHAKE_MS + 1) == [
        End("the handshake was not finished", is_fault=False)
    ]


def test_a_message_without_acknowledgement_shows_that_the_transport_is_broken(pair: Pair) -> None:
    pair.carry_out(pair.session.request(NOW_MS, "event", 1), is_lost=True)

    pair.carry_out(pair.session.tick(NOW_MS + limits.ACK_MS + 1))
    pair.reconnect()

    assert len(pair.hangups) == 1
    assert len(pair.client.requests) == 1


def test_only_a_connect_request_opens_a_session() -> None:
    client = ClientModel(now_ms=NOW_MS)
    (connect,) = client.connect()
    others: list[Body] = [
        {**connect, "payload": {"operation": "submit@5", "data": {"sid": "x"}}},
        {**connect, "payload": {"operation": "connect", "data": {}}},
        {**connect, "payload": {"operation": "connect", "data": {"sid": "x" * 65}}},
        {**connect, "type": "batch", "payload": [connect, connect]},
        {**connect, "type": "response", "success": True},
    ]

    for other in others:
        message = parsed(other)
        assert isinstance(message, Incoming)
        with pytest.raises(DcpRefused):
            Session(message, OWNER, Stamps(), Random(1))


def test_stamps_are_remembered_for_their_time_and_within_bounds() -> None:
    stamps = Stamps(stamps_max=3)
    time: JsonValue = NOW_MS / 1000
    stamps.accept(OWNER, {"stamp": "a", "time": time}, NOW_MS)
    with pytest.raises(DcpRefused):
        stamps.accept(OWNER, {"stamp": "a", "time": time}, NOW_MS)
    stamps.accept("0xother", {"stamp": "a", "time": time}, NOW_MS)

    for name in "bcd":
        stamps.accept(OWNER, {"stamp": name, "time": time}, NOW_MS)
    with pytest.raises(DcpRefused):
        stamps.accept(OWNER, {"stamp": "d", "time": time}, NOW_MS)
