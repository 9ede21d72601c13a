"""The machines' inbox: peers cannot fill the memory, and nothing of the node's own is lost."""

import logging

import pytest

from meshnode.node import event_queue
from meshnode.node.event_queue import EventQueue


class FromPeer:
    pass


class Own:
    pass


def queue(now_ms: int = 100_000) -> EventQueue[FromPeer | Own]:
    return EventQueue("test", (FromPeer,), lambda: now_ms)


async def test_peers_events_beyond_the_limit_are_dropped_and_own_ones_never(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_queue, "PEER_EVENTS_WAITING_MAX", 3)
    caplog.set_level(logging.WARNING)
    waiting = queue()

    for _ in range(10):
        waiting.put(FromPeer())
        waiting.put(Own())
    got = [await waiting.get() for _ in range(13)]

    assert sum(isinstance(event, FromPeer) for event in got) == 3
    assert sum(isinstance(event, Own) for event in got) == 10
    assert caplog.text.count("event=peer_events_dropped") == 1


async def test_what_was_taken_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_queue, "PEER_EVENTS_WAITING_MAX", 1)
    waiting = queue()

    for _ in range(5):
        waiting.put(FromPeer())
        assert isinstance(await waiting.get(), FromPeer)


async def test_a_due_wake_up_goes_before_what_waits() -> None:
    waiting = queue(now_ms=100)
    waiting.put(Own())
    waiting.wake_ms = 100

    assert await waiting.get() is None
    assert waiting.wake_ms is None
    assert isinstance(await waiting.get(), Own)


async def test_a_wake_up_ends_the_waiting() -> None:
    waiting = queue(now_ms=100)
    waiting.wake_ms = 101

    assert await waiting.get() is None
