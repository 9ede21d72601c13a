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
    tries: int = 0
    is_fixed: bool = False


class DialBook:
    """Peers that shall stay connected.

    A full book forgets who was added first, and who does not answer for long; fixed ones (bootstrap) never.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[PeerKey, _Entry] = OrderedDict()

    def add(self, peer: PeerKey, where: str, *, is_fixed: bool = False) -> None:
        """Keep a peer connected; the newest of its addresses is tried first."""
        entry = self._entries.setdefault(peer, _Entry())
        entry.addresses = [where, *(known for known in entry.addresses if known != where)]
        del entry.addresses[_ADDRESSES_PER_PEER_MAX:]
        entry.is_fixed = entry.is_fixed or is_fixed
        if len(self._entries) > limits.ADDRESSES_KNOWN_MAX:
            self._forget_first()

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
        for peer in connected & self._entries.keys():
            entry = self._entries[peer]
            entry.due_ms, entry.wait_ms, entry.tries = now_ms, limits.REDIAL_MS, 0
        away = [peer for peer in self._entries if peer not in connected]
        due = [peer for peer in away if self._entries[peer].due_ms <= now_ms]
        del due[limits.DIALS_AT_ONCE_MAX :]
        for peer in due:
            entry = self._entries[peer]
            entry.due_ms = now_ms + entry.wait_ms
            entry.wait_ms = min(2 * entry.wait_ms, limits.REDIAL_MS_MAX)
            entry.tries += 1
        for peer in away:
            entry = self._entries[peer]
            if entry.tries > limits.REDIALS_MAX and not entry.is_fixed:
                del self._entries[peer]
        return tuple(due)

    def _forget_first(self) -> None:
        for peer, entry in self._entries.items():
            if not entry.is_fixed:
                del self._entries[peer]
                return
