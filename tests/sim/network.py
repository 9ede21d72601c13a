"""Messages between nodes that are lost, late, doubled, reordered; and partitions."""

from dataclasses import dataclass
from random import Random

START_MS = 1_795_000_000_000
"""Wall time of 2026, as daemons have it: what is zero by default must not be taken for a time."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Rates of one seed, drawn per seed: swarm testing."""

    loss: float
    double: float
    delay_ms: int
    crashes: int
    """In the whole run, of any node at any effect or time."""
    partitions: int
    stop_ms: int
    """When all faults stop."""


def draw_faults(rng: Random) -> Faults:
    return Faults(
        loss=rng.choice([0.0, 0.02, 0.1, 0.25]),
        double=rng.choice([0.0, 0.05, 0.2]),
        delay_ms=rng.choice([5, 50, 400]),
        crashes=rng.choice([0, 2, 6, 12]),
        partitions=rng.choice([0, 1, 3]),
        stop_ms=30_000,
    )


class Network:
    """Decides what becomes of a message; it keeps no messages itself."""

    def __init__(self, faults: Faults, rng: Random) -> None:
        self._faults = faults
        self._rng = rng
        self._island: set[str] = set()
        self._until_ms = 0

    def split(self, names: list[str], until_ms: int) -> None:
        """Cut a random part of the nodes off until then."""
        self._island = {name for name in names if self._rng.random() < 0.4}
        self._until_ms = until_ms

    def delays(self, now_ms: int, sender: str, receiver: str) -> list[int]:
        """Give the delay of each copy that arrives; none if the message is lost."""
        rng, faults = self._rng, self._faults
        if now_ms < self._until_ms and (sender in self._island) != (receiver in self._island):
            return []
        is_faulty = now_ms < START_MS + faults.stop_ms
        if is_faulty and rng.random() < faults.loss:
            return []
        copies = 2 if is_faulty and rng.random() < faults.double else 1
        return [1 + rng.randint(0, faults.delay_ms) for _ in range(copies)]
