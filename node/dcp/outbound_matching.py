"""Chunk by chunk: what DCP's workers returned against what was computed at home. It decides, and does no IO."""

from dataclasses import dataclass, field
from enum import Enum, unique

from meshnode.protocol.values import ChunkResult


@unique
class Verdict(Enum):
    """What became of a chunk."""

    AGREED = "agreed"
    """DCP's result is the home's."""
    WRONG = "wrong"
    """DCP's result differs: home's is used."""
    MISSING = "missing"
    """DCP gave none: home's is used."""


@dataclass(slots=True)
class Matching:
    """The state of one loop run."""

    agreed: int = 0
    """Chunks by DCP."""
    wrong: int = 0
    missing: int = 0
    agreed_operations: int = 0
    home_operations: int = 0
    returned: int = 0
    """Chunks for which DCP gave something, right or wrong."""
    _waiting: dict[int, ChunkResult | None] = field(default_factory=dict)
    """What DCP gave and home did not confirm yet; None where it was no result at all."""

    @property
    def settled(self) -> int:
        """Tell how many chunks have a verdict."""
        return self.agreed + self.wrong + self.missing

    def put(self, chunk: int, result: ChunkResult | None) -> None:
        """Take what DCP returned for a chunk; only the first word counts."""
        assert result is None or result.chunk == chunk
        if chunk not in self._waiting:
            self._waiting[chunk] = result
            self.returned += 1

    def has(self, chunk: int) -> bool:
        """Tell whether DCP returned something for a chunk that has no verdict yet."""
        return chunk in self._waiting

    def match(self, home: ChunkResult) -> Verdict:
        """Compare iterations, operations and the tape's hash with what home computed; once for each chunk."""
        self.home_operations += home.operations
        if home.chunk not in self._waiting:
            self.missing += 1
            return Verdict.MISSING
        if self._waiting.pop(home.chunk) != home:
            self.wrong += 1
            return Verdict.WRONG
        self.agreed += 1
        self.agreed_operations += home.operations
        return Verdict.AGREED
