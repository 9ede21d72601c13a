"""A process that ships a loop with the stand-in of `fake.py` in the folder it is given, until it is killed."""

import asyncio
import sys
from pathlib import Path

from tests.dcp.outbound.fake import FakeDcp
from tests.node.memory_node import ITERATIONS, SQUARES

from meshnode.node.dcp.outbound_matching import Matching
from meshnode.node.dcp.outbound_talk import DcpTalk
from meshnode.node.dcp.outbound_work import ship
from meshnode.node.job_store import GridRow
from meshnode.node.loop_runs import LoopRequest
from meshnode.node.options import RunOptions


async def main(root: Path) -> None:
    request = LoopRequest(
        job="job",
        ordinal=0,
        program=SQUARES,
        arguments=(),
        loop=0,
        iterations=ITERATIONS,
        captures=bytes(8),
        options=RunOptions(),
    )
    shipment = ship(request, GridRow(chunk_iterations=32, operations_max=10**9))
    await DcpTalk(FakeDcp(root).options(), "squares", shipment, Matching()).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
