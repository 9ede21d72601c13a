"""Pays DCP's workers: credits are held for the address that they named until its owner claims them (trust.md 2)."""

import logging
from collections.abc import Callable

from meshnode.ledger import Ledger
from meshnode.ledger.entry import Credited
from meshnode.node.dcp.accounts import read_address
from meshnode.node.dcp.batches import Batches
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.store import BatchRow
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.values import RunId, digest

logger = logging.getLogger(__name__)


class Payments:
    """Credits addresses for slices that were matched."""

    def __init__(
        self,
        ledger: Ledger,
        thread: StoreThread,
        batches: Batches,
        now_ms: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._thread = thread
        self._batches = batches
        self._now_ms = now_ms

    async def pay(self, live: LiveJob, row: BatchRow, number: int, address: str) -> None:
        """Credit an address with the quoted price of one slice, once; what the ledger refuses stays unpaid."""
        payee = read_address(address)
        if payee is None:
            return
        matched_in = digest(live.job.encode(), row.batch.to_bytes(8, "big"))
        credit = Credited(
            job=live.job,
            slice=number,
            run=RunId(digest(b"meshnode/dcp-match/1", matched_in)),
            address=payee,
            amount=max(1, self._batches.cost(row.terms.quote)),
        )
        refusal = await self._thread.call(
            lambda: self._ledger.credit_address(credit, self._now_ms())
        )
        if refusal is not None:
            logger.info(
                "event=dcp_credit_refused address=%s cause=%s", address[2:10], refusal.value
            )
