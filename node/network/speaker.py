"""What this node says by gossip, paced: a burst would be lost in libp2p's own queues without a word."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms
from meshnode.node.network.gate import TokenBucket
from meshnode.node.network.port import Topic


class Speaker:
    """A bounded queue of messages, said at the pace that gossip bears."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Topic, bytes]] = deque()
        self._arrived = asyncio.Event()
        self._bucket = TokenBucket(limits.GOSSIP_PER_SECOND, limits.GOSSIP_BURST, now_ms())

    def put(self, topic: Topic, message: bytes) -> bool:
        """Queue a message; false when it is too long or the queue is full."""
        if (
            len(message) > topic.message_bytes_max
            or len(self._waiting) >= limits.GOSSIP_WAITING_MAX
        ):
            return False
        self._waiting.append((topic, message))
        self._arrived.set()
        return True

    async def run(self, say: Callable[[Topic, bytes], Awaitable[None]]) -> None:
        """Say what is queued, in order, until cancelled."""
        while True:
            await self._arrived.wait()
            topic, message = self._waiting.popleft()
            if not self._waiting:
                self._arrived.clear()
            await asyncio.sleep(self._bucket.borrow(1, now_ms()) / 1000)
            await say(topic, message)
