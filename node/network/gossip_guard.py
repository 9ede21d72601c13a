"""What is admitted from gossip, judged without a clock or a socket; the time is an argument.

Gossip is a lossy hint. A message is passed on once a minute by its content, whoever repeats it under a new number.
"""

from collections import OrderedDict
from hashlib import sha256

from meshnode.node.network import limits
from meshnode.node.network.gate import Refusal, TokenBucket
from meshnode.node.network.port import Topic, Validate
from meshnode.protocol.values import PeerKey


class SeenContents:
    """Remembers for a while what was said."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, int] = OrderedDict()

    def is_new(self, topic: str, message: bytes, now_ms: int) -> bool:
        """Tell whether this was not said within the last minute, and remember it."""
        name = sha256(topic.encode() + b"\x00" + message).digest()
        at_ms = self._seen.get(name)
        if at_ms is not None and now_ms - at_ms < limits.GOSSIP_SEEN_MS:
            return False
        self._seen[name] = now_ms
        self._seen.move_to_end(name)
        while len(self._seen) > limits.GOSSIP_SEEN_MAX:
            self._seen.popitem(last=False)
        return True


class GossipGuard:
    """Judges messages of all topics; owned by the one thread that receives them."""

    def __init__(self) -> None:
        self.seen = SeenContents()
        self._authors: OrderedDict[PeerKey, TokenBucket] = OrderedDict()

    def judge(
        self, topic: Topic, author: PeerKey, message: bytes, validate: Validate, now_ms: int
    ) -> Refusal | None:
        """Tell why a message is not delivered and not passed on, or None when it is.

        Size first, then the author's rate, then `validate`, which may raise and then means no.
        """
        if len(message) > topic.message_bytes_max:
            return Refusal.GOSSIP_TOO_LONG
        if not self._author(author, now_ms).take(1, now_ms):
            return Refusal.TOO_MUCH_GOSSIP
        try:
            is_valid = validate(author, message)
        except Exception:  # noqa: BLE001 (a validator that raises on a peer's bytes must cost only that message)
            is_valid = False
        return None if is_valid else Refusal.GOSSIP_INVALID

    def _author(self, author: PeerKey, now_ms: int) -> TokenBucket:
        bucket = self._authors.get(author)
        if bucket is None:
            bucket = TokenBucket(
                limits.GOSSIP_AUTHOR_PER_SECOND, limits.GOSSIP_AUTHOR_BURST, now_ms
            )
            self._authors[author] = bucket
        self._authors.move_to_end(author)
        while len(self._authors) > limits.PEERS_MAX:
            self._authors.popitem(last=False)
        return bucket
