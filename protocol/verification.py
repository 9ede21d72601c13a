"""Which results are believed: reports of replicas in, verdicts out (design note: trust, 1.2).

A chunk is final when the quorum agrees on it in every bit and in the operation count. A difference
is decided by running the chunk at home. Agreements among strangers wait in blocks of
`HOME_CHECK_ONE_IN` chunks of the same strangers; one chunk of a block, drawn after they have
promised, runs at home, and the block is final when it agrees.

A run at home is the truth and makes its chunk final alone: nobody checks himself against himself.
This module does not know leases, money or messages.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshnode.protocol.limits import HOME_CHECK_ONE_IN
from meshnode.protocol.run_terms import Report
from meshnode.protocol.values import ChunkResult, IdentityId

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Finalised:
    """The chunk's result may be replayed."""

    result: ChunkResult
    worker: IdentityId


@dataclass(frozen=True, slots=True)
class Convicted:
    """The worker's promise for this chunk was wrong; its other reports are no longer counted."""

    report: Report
    right: ChunkResult


@dataclass(frozen=True, slots=True)
class Outvoted:
    """The worker's report on work that can only be voted on was not the run at home's.

    Nobody is convicted by that; its reports in this run are no longer counted.
    """

    worker: IdentityId


@dataclass(frozen=True, slots=True)
class CheckPassed:
    """The worker agreed with a run at home."""

    worker: IdentityId


@dataclass(frozen=True, slots=True)
class HomeWanted:
    """The chunk must run at home: a dispute or a check."""

    chunk: int


Verdict = Finalised | Convicted | Outvoted | CheckPassed | HomeWanted


class Verification:
    """The reports of one run and what follows from them."""

    def __init__(
        self,
        quorum: int,
        home: IdentityId,
        is_known: Callable[[IdentityId], bool],
        rng: "Random",
        *,
        is_voted: bool = False,
    ) -> None:
        """`is_known` tells workers that are trusted or established from strangers."""
        assert quorum > 0
        self._quorum = quorum
        self._home = home
        self._is_voted = is_voted
        self.is_known = is_known
        self._rng = rng
        self.finals: dict[int, ChunkResult] = {}
        self.home_results: dict[int, ChunkResult] = {}
        self.wrong_finals = 0
        """Chunks that were final before a run at home showed them wrong."""
        self._reports: dict[int, dict[IdentityId, Report]] = {}
        self._wanted: set[int] = set()
        self._block_of: dict[int, frozenset[IdentityId]] = {}
        self._blocks: dict[frozenset[IdentityId], list[int]] = {}
        self._drawn: dict[int, tuple[frozenset[IdentityId], tuple[int, ...]]] = {}

    def replicas_missing(self, chunk: int) -> int:
        """Tell how many more reports the chunk needs, holders not counted."""
        if chunk in self.finals or chunk in self._wanted or chunk in self._block_of:
            return 0
        return max(0, self._quorum - len(self._reports.get(chunk, ())))

    def has_report(self, chunk: int, worker: IdentityId) -> bool:
        """Tell whether this worker's report on the chunk counts now."""
        return worker in self._reports.get(chunk, ())

    def reporters(self, chunk: int) -> int:
        """Tell how many reports count for the chunk."""
        return len(self._reports.get(chunk, ()))

    def truth(self, chunk: int) -> ChunkResult | None:
        """Give the best knowledge of the chunk: the run at home, else what is final, else None."""
        return self.home_results.get(chunk) or self.finals.get(chunk)

    def restore(self, reports: Iterable[Report], finals: Iterable[ChunkResult]) -> list[Verdict]:
        """Take stored reports and finals after a restart; tell what follows beyond them."""
        self.finals.update({result.chunk: result for result in finals})
        kept = list(reports)
        for report in kept:
            if report.worker == self._home:
                self.home_results[report.result.chunk] = report.result
        verdicts: list[Verdict] = []
        for result in tuple(self.home_results.values()):
            if result.chunk not in self.finals:
                verdicts += self._finalise(result, self._home)
        for report in kept:
            if report.worker != self._home and report.result.chunk not in self.finals:
                verdicts += self.add(report)
        return verdicts

    def add(self, report: Report) -> list[Verdict]:
        """Count a worker's covered report."""
        chunk = report.result.chunk
        truth = self.truth(chunk)
        if truth is not None and report.result == truth:
            return []
        if chunk in self.home_results:
            return self._wrong(report, self.home_results[chunk])
        self._reports.setdefault(chunk, {})[report.worker] = report
        if truth is not None:
            return self.want_home(chunk)
        return self._judge(chunk)

    def add_home(self, result: ChunkResult) -> list[Verdict]:
        """Count a run at home: it decides."""
        chunk = result.chunk
        if chunk in self.home_results:
            return []
        self.home_results[chunk] = result
        self._wanted.discard(chunk)
        verdicts: list[Verdict] = []
        for report in tuple(self._reports.get(chunk, {}).values()):
            if report.result == result:
                verdicts.append(CheckPassed(report.worker))
            else:
                verdicts += self._wrong(report, result)
        verdicts += self._settle_home(result)
        strangers, block = self._drawn.pop(chunk, (frozenset[IdentityId](), ()))
        for checked in block:
            if self._block_of.get(checked) == strangers:
                del self._block_of[checked]
                verdicts += self._finalise_agreed(checked)
        return verdicts

    def want_home(self, chunk: int) -> list[Verdict]:
        """Ask for a run at home, once."""
        if chunk in self._wanted or chunk in self.home_results:
            return []
        self._wanted.add(chunk)
        return [HomeWanted(chunk)]

    def wanted_at_home(self) -> AbstractSet[int]:
        """Name the chunks whose dispute or check waits for their run at home."""
        return self._wanted

    def close_blocks(self) -> list[Verdict]:
        """Draw the check of every block that has not got one: no more chunks will join."""
        verdicts: list[Verdict] = []
        for strangers in tuple(self._blocks):
            verdicts += self._draw(strangers)
        return verdicts

    def drop(self, worker: IdentityId) -> list[Verdict]:
        """Forget what a worker reported on chunks that are not final.

        They must be computed again.
        """
        for strangers in [names for names in self._blocks if worker in names]:
            del self._blocks[strangers]
        for chunk in [chunk for chunk, names in self._block_of.items() if worker in names]:
            del self._block_of[chunk]
        dropped = [chunk for chunk, reports in self._reports.items() if worker in reports]
        verdicts: list[Verdict] = []
        for chunk in dropped:
            if chunk in self.finals:
                continue
            del self._reports[chunk][worker]
            if chunk not in self._wanted and chunk not in self.home_results:
                verdicts += self._judge(chunk)
        return verdicts

    def _wrong(self, report: Report, right: ChunkResult) -> list[Verdict]:
        verdict = Outvoted(report.worker) if self._is_voted else Convicted(report, right)
        return [verdict, *self.drop(report.worker)]

    def _judge(self, chunk: int) -> list[Verdict]:
        reports = self._reports[chunk]
        if chunk in self._wanted or chunk in self._block_of:
            return []
        if len({report.result for report in reports.values()}) > 1:
            return self.want_home(chunk)
        if len(reports) < self._quorum:
            return []
        if any(self.is_known(worker) for worker in reports):
            return self._finalise_agreed(chunk)
        strangers = frozenset(reports)
        self._block_of[chunk] = strangers
        block = self._blocks.setdefault(strangers, [])
        block.append(chunk)
        return self._draw(strangers) if len(block) >= HOME_CHECK_ONE_IN else []

    def _draw(self, strangers: frozenset[IdentityId]) -> list[Verdict]:
        block = [chunk for chunk in self._blocks.pop(strangers) if chunk in self._block_of]
        if not block:
            return []
        drawn = self._rng.choice(block)
        self._drawn[drawn] = (strangers, tuple(block))
        return self.want_home(drawn)

    def _finalise_agreed(self, chunk: int) -> list[Verdict]:
        report = next(iter(self._reports[chunk].values()))
        return self._finalise(report.result, report.worker)

    def _settle_home(self, result: ChunkResult) -> list[Verdict]:
        self._block_of.pop(result.chunk, None)
        earlier = self.finals.get(result.chunk)
        if earlier is None:
            return self._finalise(result, self._home)
        self._reports.pop(result.chunk, None)
        if earlier != result:
            self.wrong_finals += 1
        return []

    def _finalise(self, result: ChunkResult, worker: IdentityId) -> list[Verdict]:
        assert result.chunk not in self.finals
        self.finals[result.chunk] = result
        self._reports.pop(result.chunk, None)
        return [Finalised(result, worker)]
