"""The pure machines of the network: what they admit, remember and forget; time is a number."""

import logging

import pytest

from meshnode.node.network import limits
from meshnode.node.network.dial_book import DialBook
from meshnode.node.network.gate import Gate, Refusal, RefusalLog, TokenBucket
from meshnode.node.network.gossip_guard import GossipGuard, SeenContents
from meshnode.node.network.peer_id import (
    peer_id_bytes,
    peer_id_text,
    peer_key_of,
    split_address,
)
from meshnode.node.network.port import PeerUnreachable, Topic
from meshnode.protocol.values import PeerKey

ALICE, BOB = PeerKey(b"a" * 32), PeerKey(b"b" * 32)
TOPIC = Topic("topic", 10)


def peer(number: int) -> PeerKey:
    return PeerKey(number.to_bytes(32, "big"))


def test_a_bucket_allows_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(per_second=10, burst=3, now_ms=0)

    assert [bucket.take(1, 0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(1, 100)
    assert not bucket.take(1, 150)
    assert [bucket.take(1, 10_000) for _ in range(4)] == [True, True, True, False]


def test_a_debt_is_paid_by_waiting() -> None:
    bucket = TokenBucket(per_second=1000, burst=1000, now_ms=0)

    assert bucket.borrow(1000, 0) == 0
    assert bucket.borrow(500, 0) == 500
    assert bucket.debt_ms(200) == 300


def test_a_peer_that_asks_too_often_starves_nobody_else() -> None:
    gate = Gate()

    refused = [gate.admit(ALICE, 0) for _ in range(limits.REQUESTS_BURST + 1)]

    assert refused[-2:] == [None, Refusal.TOO_MANY_REQUESTS]
    assert gate.admit(BOB, 0) is None
    assert gate.admit(ALICE, 1000) is None


def test_streams_at_once_are_counted_by_protocol() -> None:
    gate = Gate()

    assert [gate.enter(ALICE, "x", 2, 0) for _ in range(3)] == [
        None,
        None,
        Refusal.TOO_MANY_STREAMS,
    ]
    assert gate.enter(ALICE, "y", 2, 0) is None
    gate.leave(ALICE, "x")
    assert gate.enter(ALICE, "x", 2, 0) is None


def test_a_peer_far_over_its_bytes_is_refused_until_it_has_paid() -> None:
    gate = Gate()

    assert gate.charge(ALICE, limits.BYTES_BURST, 0) == 0
    assert gate.charge(ALICE, 10 * limits.BYTES_PER_SECOND, 0) == limits.THROTTLE_MS_MAX
    assert gate.admit(ALICE, 0) is Refusal.TOO_MANY_BYTES
    assert gate.admit(ALICE, 9_000) is None


def test_a_banned_peer_is_admitted_to_nothing() -> None:
    gate = Gate()

    gate.ban(ALICE)

    assert gate.is_banned(ALICE)
    assert gate.admit(ALICE, 0) is Refusal.BANNED


def test_peers_with_open_streams_are_not_forgotten() -> None:
    gate = Gate()
    assert gate.enter(ALICE, "x", 1, 0) is None

    for number in range(2 * limits.PEERS_MAX):
        gate.admit(peer(number), 0)

    assert len(gate._uses) <= limits.PEERS_MAX + 1
    assert gate.enter(ALICE, "x", 1, 0) is Refusal.TOO_MANY_STREAMS
    gate.leave(ALICE, "x")


def test_a_refusal_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    log = RefusalLog(logging.getLogger("test"))

    for at_ms in (0, 1, limits.REFUSAL_LOG_MS):
        log.refuse(ALICE, Refusal.BYTES, "/x/1", at_ms)
    log.refuse(BOB, Refusal.BYTES, "/x/1", 1)

    assert [record.getMessage() for record in caplog.records] == [
        "event=refused peer=61616161 reason=bytes protocol=/x/1",
        "event=refused peer=61616161 reason=bytes protocol=/x/1",
        "event=refused peer=62626262 reason=bytes protocol=/x/1",
    ]


def test_gossip_is_judged_by_size_then_rate_then_content() -> None:
    guard = GossipGuard()

    def validate(_author: PeerKey, message: bytes) -> bool:
        assert len(message) <= TOPIC.message_bytes_max
        return message != b"bad"

    def judge(author: PeerKey, message: bytes) -> Refusal | None:
        return guard.judge(TOPIC, author, message, validate, 0)

    assert judge(ALICE, bytes(11)) is Refusal.GOSSIP_TOO_LONG
    assert judge(ALICE, b"bad") is Refusal.GOSSIP_INVALID
    assert judge(ALICE, b"good") is None
    assert [judge(ALICE, b"good") for _ in range(100)][-1] is Refusal.TOO_MUCH_GOSSIP
    assert judge(BOB, b"good") is None


def test_a_validator_that_raises_says_no() -> None:
    def validate(_author: PeerKey, _message: bytes) -> bool:
        raise ZeroDivisionError

    assert GossipGuard().judge(TOPIC, ALICE, b"", validate, 0) is Refusal.GOSSIP_INVALID


def test_what_was_said_is_new_again_after_a_minute() -> None:
    seen = SeenContents()

    assert seen.is_new("t", b"x", 0)
    assert not seen.is_new("t", b"x", limits.GOSSIP_SEEN_MS - 1)
    assert seen.is_new("other", b"x", 0)
    assert seen.is_new("t", b"x", limits.GOSSIP_SEEN_MS)


def test_memory_of_contents_is_bounded() -> None:
    seen = SeenContents()

    for number in range(limits.GOSSIP_SEEN_MAX + 10):
        seen.is_new("t", number.to_bytes(4, "big"), 0)

    assert len(seen._seen) == limits.GOSSIP_SEEN_MAX


def test_a_lost_peer_is_dialled_at_once_and_then_ever_later() -> None:
    book = DialBook()
    book.add(ALICE, "/somewhere")
    dialled = [at_ms for at_ms in range(0, 8_000, 100) if book.due(frozenset(), at_ms)]

    assert dialled == [0, 500, 1500, 3500, 7500]
    assert book.due(frozenset({ALICE}), 8_000) == ()
    assert book.due(frozenset(), 8_100) == (ALICE,)


def test_who_does_not_answer_for_long_is_forgotten_but_for_bootstrap_peers() -> None:
    book = DialBook()
    book.add(ALICE, "/somewhere")
    book.add(BOB, "/somewhere", is_fixed=True)

    for number in range(limits.REDIALS_MAX + 2):
        book.due(frozenset(), number * limits.REDIAL_MS_MAX)

    assert not book.is_known(ALICE)
    assert book.is_known(BOB)


def test_the_book_is_bounded_and_tries_the_newest_address_first() -> None:
    book = DialBook()
    for number in range(limits.ADDRESSES_KNOWN_MAX + 1):
        book.add(peer(number), "/first")
    for number in range(6):
        book.add(ALICE, f"/{number}")

    assert not book.is_known(peer(0))
    assert book.addresses(ALICE) == ("/5", "/4", "/3", "/2")
    assert len(book.due(frozenset(), 0)) == limits.DIALS_AT_ONCE_MAX


def test_a_key_is_read_from_its_peer_id_alone() -> None:
    assert peer_key_of(peer_id_bytes(ALICE)) == ALICE
    assert split_address(f"/ip4/1.2.3.4/tcp/1/p2p/{peer_id_text(ALICE)}") == (
        "/ip4/1.2.3.4/tcp/1",
        ALICE,
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/p2p/",
        "/ip4/1.2.3.4/tcp/1",
        "/x/p2p/0OIl",
        "/x/p2p/QmNotEd25519",
        "/x/p2p/12D3KooW",
    ],
)
def test_an_address_without_an_ed25519_peer_id_is_refused(address: str) -> None:
    with pytest.raises(PeerUnreachable):
        split_address(address)
