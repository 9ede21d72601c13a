"""`meshnode` whose worker flips a bit in each tape that it computes for others. For tests alone."""

from pathlib import Path

import msgspec

from meshnode.node.cli import main
from meshnode.node.limits import WORKER_NICE
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.sandbox import ChildLimits, ChunkOutcome

honest_init = SlicePool.__init__
honest_run = SlicePool.run
workers: set[int] = set()


def marked_init(
    self: SlicePool, cores: int, child_limits: ChildLimits, pyodide: Path | None = None
) -> None:
    honest_init(self, cores, child_limits, pyodide)
    if child_limits.nice == WORKER_NICE:
        workers.add(id(self))


async def lying_run(
    self: SlicePool, work: SliceWork, start: int, stop: int, operations_max: int
) -> ChunkOutcome:
    outcome = await honest_run(self, work, start, stop, operations_max)
    if id(self) not in workers or not outcome.tape:
        return outcome
    lie = bytes([outcome.tape[0] ^ 1]) + outcome.tape[1:]
    return msgspec.structs.replace(outcome, tape=lie)


if __name__ == "__main__":
    SlicePool.__init__ = marked_init  # type: ignore[method-assign]  # the point of this module
    SlicePool.run = lying_run  # type: ignore[method-assign]  # the point of this module
    main()
