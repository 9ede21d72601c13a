"""The network's clock: it only measures how long things take, and is the same in all threads."""

import time


def now_ms() -> int:
    """Give monotonic milliseconds from an arbitrary start."""
    return time.monotonic_ns() // 1_000_000
