"""How fast something may happen: a bucket that fills steadily and is emptied by events."""


class Rate:
    """A token bucket; time is an argument."""

    def __init__(self, per_second: float, burst: float, now_ms: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._now_ms = now_ms

    def take(self, now_ms: int) -> float:
        """Count an event; return how many seconds it comes too early, 0 when it is in time."""
        filled = (now_ms - self._now_ms) / 1000 * self._per_second
        self._tokens = min(self._burst, self._tokens + max(filled, 0.0)) - 1
        self._now_ms = now_ms
        return max(0.0, -self._tokens / self._per_second)

    def has_one(self, now_ms: int) -> bool:
        """Count an event if it is in time; tell whether it was."""
        filled = (now_ms - self._now_ms) / 1000 * self._per_second
        self._tokens = min(self._burst, self._tokens + max(filled, 0.0))
        self._now_ms = now_ms
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
