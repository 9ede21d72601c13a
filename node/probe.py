"""Measures a few chunks of a loop at home: what an iteration costs, and whether sending it out pays."""

from dataclasses import dataclass

from meshnode.node.slice_pool import Cores
from meshnode.node.slice_work import SliceWork
from meshnode.protocol.limits import CHUNK_TARGET_MS, CHUNKS_MAX

PLACES = 3
"""The probe looks at the start, the middle and the end of the range: costs often grow or shrink with the index."""

PLACE_US = 30_000
"""Time to spend at each place: short beside the second of work under which a loop stays at home anyway."""

WORTH_US = 1_000_000
"""A loop with less work than this stays at home: announcing, bidding and fetching take about as long."""

REPLAY_NS_PER_TAPE_BYTE = 12
"""Cost of a byte of tape at home (decode, pop, the statement that uses it), measured on the kernels."""

RECORD_TO_REPLAY_MIN = 2
"""Recording must cost this many times what replaying the tape does, or the mesh cannot win."""

BUDGET_FACTOR = 100
"""Chunk budget beside the probe's mean: an unlucky chunk may be much dearer; one beyond is done at home."""

BUDGET_MIN = 2_000_000_000
"""Operations; about a second of work."""

CHUNKS_MIN = 16
"""Divide a short loop at least so far, that several workers get some."""

CHUNKS_WANTED = 48
CHUNK_MIN_MS = 50
"""A shorter job is cut finer, or workers would wait for one another's last chunk; but not below this, where sending
and storing a chunk (3 ms) would tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an iteration costs on this machine, on average over the probed places."""

    iterations: int
    """Iterations probed."""
    operations: int
    wall_us: int
    tape_bytes: int

    def total_us(self, iterations: int) -> int:
        """Estimate the work of the whole loop on one core of this machine."""
        return self.wall_us * iterations // max(self.iterations, 1)

    def is_worth_distributing(self, iterations: int) -> bool:
        """Decide by size, and by what comes back for the work."""
        replay_ns = self.tape_bytes * REPLAY_NS_PER_TAPE_BYTE
        return (
            self.total_us(iterations) >= WORTH_US
            and self.wall_us * 1000 >= RECORD_TO_REPLAY_MIN * replay_ns
        )

    def chunk_length(self, iterations: int) -> int:
        """Return iterations a chunk: about CHUNK_TARGET_MS of work, less in a short loop, at most CHUNKS_MAX chunks."""
        wanted_us = self.total_us(iterations) // CHUNKS_WANTED
        target_us = min(max(wanted_us, CHUNK_MIN_MS * 1000), CHUNK_TARGET_MS * 1000)
        target = target_us * self.iterations // max(self.wall_us, 1)
        enough = max(1, iterations // CHUNKS_MIN)
        return max(1, min(target, enough), -(-iterations // CHUNKS_MAX))

    def operations_per_chunk(self, chunk_length: int) -> int:
        """Estimate the operations of a chunk."""
        return max(1, self.operations * chunk_length // max(self.iterations, 1))

    def budget(self, chunk_length: int) -> int:
        """Return the operation budget of a chunk."""
        return BUDGET_MIN + BUDGET_FACTOR * self.operations_per_chunk(chunk_length)


async def probe_loop(pool: Cores, work: SliceWork, iterations: int) -> Probe:
    """Run a few iterations at PLACES places, twice as many each time until PLACE_US is spent.

    Raises:
        ModuleRefused, ChildLost: as `SlicePool.run`.
    """
    probed = operations = wall_us = tape_bytes = 0
    for place in range(PLACES):
        start = iterations * place // PLACES
        limit = iterations * (place + 1) // PLACES
        count, spent_us = 1, 0
        while start < limit and spent_us < PLACE_US:
            stop = min(start + count, limit)
            outcome = await pool.run(work, start, stop, BUDGET_MIN)
            probed += max(outcome.iterations_done, 1)
            operations += outcome.operations
            wall_us += max(outcome.wall_us, 1)
            tape_bytes += len(outcome.tape)
            spent_us += outcome.wall_us
            start, count = stop, count * 2
    return Probe(iterations=probed, operations=operations, wall_us=wall_us, tape_bytes=tape_bytes)
