"""What one peer may make this node do: requests and bytes a second, streams at once; and who was refused why.

A pure value machine: the time is an argument. Both back ends ask it before they serve anything.
"""

import logging
from collections import Counter, OrderedDict
from enum import Enum

from meshnode.node.network import limits
from meshnode.node.network.peer_id import short
from meshnode.protocol.values import PeerKey


class Refusal(Enum):
    """Why something of a peer was not served."""

    BANNED = "banned"
    TOO_MANY_STREAMS = "too_many_streams"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MUCH_GOSSIP = "too_much_gossip"
    GOSSIP_TOO_LONG = "gossip_too_long"
    GOSSIP_INVALID = "gossip_invalid"
    BYTES = "bytes"
    NOT_SERVED = "not_served"
    TOO_SLOW = "too_slow"
    HANDLER_FAILED = "handler_failed"


class TokenBucket:
    """Allows `per_second` on average, and `burst` at once."""

    def __init__(self, per_second: int, burst: int, now_ms: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at_ms = now_ms

    def take(self, amount: int, now_ms: int) -> bool:
        """Take `amount` if it is there."""
        self._fill(now_ms)
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True

    def borrow(self, amount: int, now_ms: int) -> int:
        """Take `amount` in any case, and tell in how many milliseconds the debt is paid."""
        self._fill(now_ms)
        self._tokens -= amount
        return self.debt_ms(now_ms)

    def debt_ms(self, now_ms: int) -> int:
        """Tell in how many milliseconds there is something to take again; 0 when there is now."""
        self._fill(now_ms)
        return max(0, int(-self._tokens * 1000 / self._per_second))

    def _fill(self, now_ms: int) -> None:
        passed_ms = max(0, now_ms - self._at_ms)
        self._tokens = min(self._burst, self._tokens + passed_ms * self._per_second / 1000)
        self._at_ms = now_ms


class _PeerUse:
    """What one peer uses now."""

    def __init__(self, now_ms: int) -> None:
        self.requests = TokenBucket(limits.REQUESTS_PER_SECOND, limits.REQUESTS_BURST, now_ms)
        self.bytes = TokenBucket(limits.BYTES_PER_SECOND, limits.BYTES_BURST, now_ms)
        self.streams: Counter[str] = Counter()


class Gate:
    """Admits what peers ask for, within the limits of each; owned by the one thread that serves them."""

    def __init__(self) -> None:
        self._uses: OrderedDict[PeerKey, _PeerUse] = OrderedDict()
        self._banned: set[PeerKey] = set()

    def ban(self, peer: PeerKey) -> None:
        """Admit nothing of this peer any more."""
        self._banned.add(peer)

    def is_banned(self, peer: PeerKey) -> bool:
        """Tell whether a peer was banned."""
        return peer in self._banned

    def admit(self, peer: PeerKey, now_ms: int) -> Refusal | None:
        """Count one more stream or request of a peer against its rates, or tell why it is refused."""
        if peer in self._banned:
            return Refusal.BANNED
        use = self._use(peer, now_ms)
        if use.bytes.debt_ms(now_ms) > limits.THROTTLE_MS_MAX:
            return Refusal.TOO_MANY_BYTES
        if not use.requests.take(1, now_ms):
            return Refusal.TOO_MANY_REQUESTS
        return None

    def enter(self, peer: PeerKey, protocol: str, streams_max: int, now_ms: int) -> Refusal | None:
        """Open one stream of a protocol, or tell why not. One that was opened must `leave`."""
        use = self._use(peer, now_ms)
        if use.streams[protocol] >= streams_max:
            return Refusal.TOO_MANY_STREAMS
        use.streams[protocol] += 1
        return None

    def leave(self, peer: PeerKey, protocol: str) -> None:
        """End one stream that `enter` opened."""
        use = self._uses.get(peer)
        assert use is not None, "a peer with open streams is never forgotten"
        use.streams[protocol] -= 1
        assert use.streams[protocol] >= 0
        if not use.streams[protocol]:
            del use.streams[protocol]

    def charge(self, peer: PeerKey, size: int, now_ms: int) -> int:
        """Count bytes moved for a peer, and tell how many milliseconds to wait before going on."""
        return min(self._use(peer, now_ms).bytes.borrow(size, now_ms), limits.THROTTLE_MS_MAX)

    def _use(self, peer: PeerKey, now_ms: int) -> _PeerUse:
        use = self._uses.get(peer)
        if use is None:
            use = self._uses[peer] = _PeerUse(now_ms)
            self._forget_idle()
        self._uses.move_to_end(peer)
        return use

    def _forget_idle(self) -> None:
        """Keep the map bounded: who used nothing for longest is forgotten, unless a stream of his is open."""
        for peer in tuple(self._uses)[: max(0, len(self._uses) - limits.PEERS_MAX)]:
            if not self._uses[peer].streams:
                del self._uses[peer]


class RefusalLog:
    """Logs what was refused: once for each peer and reason in a minute, so that a flood fills no disk."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._logged: OrderedDict[tuple[PeerKey, Refusal, str], int] = OrderedDict()

    def refuse(self, peer: PeerKey, refusal: Refusal, protocol: str, now_ms: int) -> None:
        """Log that something of `peer` on a protocol or topic was refused, unless it was said a moment ago."""
        what = (peer, refusal, protocol)
        at_ms = self._logged.get(what)
        if at_ms is not None and now_ms - at_ms < limits.REFUSAL_LOG_MS:
            return
        self._logged[what] = now_ms
        self._logged.move_to_end(what)
        while len(self._logged) > limits.REFUSALS_LOGGED_MAX:
            self._logged.popitem(last=False)
        self._logger.warning(
            "event=refused peer=%s reason=%s protocol=%s", short(peer), refusal.value, protocol
        )
