"""A restarted requester measures a resumed worker from when it sees it, not from the beginning of time."""

from meshnode.protocol.scheduling import Bidder
from meshnode.protocol.values import IdentityId

NOW_MS = 1_795_000_000_000
"""Wall time in 2026: far from zero, as in a daemon."""


def test_a_worker_with_resumed_leases_is_not_measured_as_slow() -> None:
    bidder = Bidder(worker=IdentityId(bytes(32)), cores=1, price=1, chunks_max=100, rate=1 / 250)

    bidder.measure(NOW_MS, 1)
    bidder.measure(NOW_MS + 300, 1)

    assert bidder.chunk_ms() <= 300
