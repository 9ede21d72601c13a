"""Events on their way to a machine: those that peers cause are bounded, the node's own are never lost.

What a driver's own effects answer (a hold made, a chunk computed) comes once and is bounded by the effects under way.
What peers say comes as often as they like; when it piles up, the rest is dropped, for peers repeat all that matters.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from meshnode.node.limits import EVENTS_DROPPED_LOG_MS, PEER_EVENTS_WAITING_MAX

logger = logging.getLogger(__name__)

T = TypeVar("T")


class EventQueue(Generic[T]):
    """One machine's inbox, with its one timer."""

    def __init__(self, name: str, by_peers: tuple[type, ...], now_ms: Callable[[], int]) -> None:
        """`by_peers` are the kinds of events that peers cause."""
        self._name = name
        self._by_peers = by_peers
        self._now_ms = now_ms
        self._events: asyncio.Queue[T] = asyncio.Queue()
        self._peers_waiting = 0
        self._dropped = 0
        self._logged_ms = 0
        self.wake_ms: int | None = None
        """When `get` ends without an event; it is forgotten then."""

    def put(self, event: T) -> None:
        """Queue an event; one that a peer caused is dropped when PEER_EVENTS_WAITING_MAX of them wait."""
        if isinstance(event, self._by_peers):
            if self._peers_waiting >= PEER_EVENTS_WAITING_MAX:
                self._drop()
                return
            self._peers_waiting += 1
        self._events.put_nowait(event)

    async def get(self) -> T | None:
        """Return the next event, or None at `wake_ms`; a due wake-up goes first, or a busy queue would starve it."""
        await asyncio.sleep(0)  # others' turn: a full queue would otherwise be drained in one
        timeout_s = None
        if self.wake_ms is not None:
            timeout_s = (self.wake_ms - self._now_ms()) / 1000
        try:
            if timeout_s is None or timeout_s > 0:
                event = await asyncio.wait_for(self._events.get(), timeout_s)
                self._peers_waiting -= isinstance(event, self._by_peers)
                return event
        except TimeoutError:
            pass
        self.wake_ms = None
        return None

    def _drop(self) -> None:
        self._dropped += 1
        if self._now_ms() - self._logged_ms < EVENTS_DROPPED_LOG_MS:
            return
        self._logged_ms = self._now_ms()
        logger.warning(
            "event=peer_events_dropped queue=%s count=%d reason='peers say more than can be done'",
            self._name,
            self._dropped,
        )
        self._dropped = 0
