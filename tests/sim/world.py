"""A whole mesh on one heap of events.

All choices come from one seed; nothing waits, nothing is random twice.
"""

import heapq
from collections.abc import Callable, Iterable
from hashlib import sha256
from random import Random

from tests.sim.network import START_MS, Faults, Network, draw_faults

Act = Callable[[], None]


class CrashedError(Exception):
    """The node that acts dies here."""


class World:
    """Time, the heap, the trace. Nodes are added by the scenario."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.rng = Random(seed)
        self.faults = faults or draw_faults(self.rng)
        self.network = Network(self.faults, self.rng)
        self.now_ms = START_MS + 1_000
        self.steps = 0
        self._serial = 0
        self._heap: list[tuple[int, int, Act]] = []
        self._trace = sha256()
        self.after_step: Callable[[], None] = lambda: None

    def at(self, delay_ms: int, act: Act) -> None:
        """Do this later; what is asked first at one time is done first."""
        self._serial += 1
        heapq.heappush(self._heap, (self.now_ms + max(0, delay_ms), self._serial, act))

    def note(self, *parts: object) -> None:
        """Add a line to the trace."""
        self._trace.update(repr((self.now_ms, *parts)).encode())

    def trace_hash(self) -> str:
        return self._trace.hexdigest()

    def run(self, until_ms: int, is_over: Callable[[], bool]) -> None:
        while self._heap and not is_over():
            self.now_ms, _, act = heapq.heappop(self._heap)
            if self.now_ms > START_MS + until_ms:
                return
            self.steps += 1
            act()
            self.after_step()

    def is_faulty(self) -> bool:
        return self.now_ms < START_MS + self.faults.stop_ms

    def shuffled(self, names: Iterable[str]) -> list[str]:
        mixed = list(names)
        self.rng.shuffle(mixed)
        return mixed
