"""What the summary of a job says of a loop run on DCP, for programs and in sentences.

Amounts in DCC are DCP's and stand apart from this node's credits: nothing is converted, a rate is only shown.
"""

from decimal import Decimal

from meshnode.node.dcp.outbound_matching import Matching
from meshnode.node.dcp.outbound_talk import Told
from meshnode.node.options import DcpOptions
from meshnode.protocol.values import ChunkGrid


def summarise(
    options: DcpOptions, matching: Matching, told: Told, credits_per_dcc: int, grid: ChunkGrid
) -> dict[str, object]:
    """Return who computed what (as of any loop run), and under `dcp` what DCP had to do with it."""
    executions = matching.returned + matching.settled
    offered = format(Decimal(options.offer_dcc) * grid.count, "f") if options.offer_dcc else None
    is_wrong = matching.wrong > 0
    return {
        "executions_per_chunk": round(executions / grid.count, 3),
        "home_checks": matching.agreed + matching.wrong,
        "cost": 0,
        "workers": [
            {
                "who": "DCP",
                "chunks": matching.agreed,
                "operations": matching.agreed_operations,
                "paid": 0,
                "verdict": f"wrong results: {matching.wrong}" if is_wrong else "agreed",
            },
            {
                "who": "home",
                "chunks": matching.settled,
                "operations": matching.home_operations,
                "paid": 0,
                "verdict": "own cores",
            },
        ],
        "dcp": {
            "job": told.job,
            "scheduler": told.scheduler or options.scheduler,
            "client": told.version,
            "chunks_by_dcp": matching.agreed,
            "chunks_by_home": matching.wrong + matching.missing,
            "wrong_results": matching.wrong,
            "failed_slices": told.slice_errors,
            "last_error": told.last_error,
            "failure": told.end or "",
            "offer_dcc_per_slice": options.offer_dcc or None,
            "offered_dcc": offered,
            "job_record": told.record,
            "micro_credits_per_dcc": credits_per_dcc,
        },
    }
