"""Whom to dial again: addresses by peer, with back-off; the time is an argument."""

from collections import OrderedDict
from dataclasses import dataclass, field

from meshnode.node.network import limits
from meshnode.protocol.values import PeerKey

_ADDRESSES_PER_PEER_MAX = 4


@dataclass(slots=True)
class _Entry:
    addresses: list[str] = field(default_factory=list)
    due_ms: int = 0
    wait_ms: int = limits.REDIAL_MS


class DialBook:
    """Peers that shall stay connected. A full book forgets who was added first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[PeerKey, _Entry] = OrderedDict()

    def add(self, peer: PeerKey, where: str) -> None:
        """Keep a peer connected; the newest of its addresses is tried first."""
        entry = self._entries.setdefault(peer, _Entry())
        entry.addresses = [where, *(known for known in entry.addresses if known != where)]
        del entry.addresses[_ADDRESSES_PER_PEER_MAX:]
        while len(self._entries) > limits.ADDRESSES_KNOWN_MAX:
            self._entries.popitem(last=False)

    def remove(self, peer: PeerKey) -> None:
        """Let a peer go."""
        self._entries.pop(peer, None)

    def addresses(self, peer: PeerKey) -> tuple[str, ...]:
        """Give a peer's known addresses, the best first."""
        entry = self._entries.get(peer)
        return tuple(entry.addresses) if entry is not None else ()

    def is_known(self, peer: PeerKey) -> bool:
        """Tell whether a peer shall stay connected."""
        return peer in self._entries

    def due(self, connected: frozenset[PeerKey], now_ms: int) -> tuple[PeerKey, ...]:
        """Give the peers to dial now, and count each as tried: the next try comes twice as late."""
        due: list[PeerKey] = []
        for peer, entry in self._entries.items():
            if peer in connected:
                entry.due_ms, entry.wait_ms = now_ms, limits.REDIAL_MS
            elif entry.due_ms <= now_ms and len(due) < limits.DIALS_AT_ONCE_MAX:
                entry.due_ms = now_ms + entry.wait_ms
                entry.wait_ms = min(2 * entry.wait_ms, limits.REDIAL_MS_MAX)
                due.append(peer)
        return tuple(due)
