"""Tapes between their computation and their storing: counted, for equal tapes have one hash."""

from meshnode.protocol.values import Hash


class TapesInHand:
    """A counted bag of tapes."""

    def __init__(self) -> None:
        self._tapes: dict[Hash, tuple[bytes, int]] = {}

    def put(self, tape_hash: Hash, tape: bytes) -> None:
        """Keep a tape until it was taken as often as it was put."""
        count = self._tapes[tape_hash][1] if tape_hash in self._tapes else 0
        self._tapes[tape_hash] = (tape, count + 1)

    def take(self, tape_hash: Hash) -> bytes | None:
        """Return a tape to store, or None if it was stored before."""
        if tape_hash not in self._tapes:
            return None
        tape, count = self._tapes.pop(tape_hash)
        if count > 1:
            self._tapes[tape_hash] = (tape, count - 1)
        return tape
