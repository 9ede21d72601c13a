"""What a job may cost: the client's offer, and the allowance that the gateway's owner gives its account for a day.

Nobody owes anything by this: the owner's own credits pay the mesh, and these are limits of how many (trust.md 2).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from meshnode.node.config import Config
from meshnode.node.dcp.batches import Batches
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.store import BatchRow, DcpStore
from meshnode.node.store_thread import StoreThread

DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Charge:
    """What a batch was allowed to cost."""

    account: str
    day: int
    amount: int
    """Micro-credits."""


@dataclass(frozen=True, slots=True)
class Funds:
    """See the module."""

    config: Config
    store: DcpStore
    thread: StoreThread
    batches: Batches
    now_ms: Callable[[], int]

    def check_offer(self, live: LiveJob, row: BatchRow) -> None:
        """End a job that offers less DCC for a slice than it costs at the rate that the owner has set.

        Raises:
            DcpRefused: ENOFUNDS.
        """
        offer, rate = Decimal(live.terms.offer_dcc), self.config.gateway_credits_per_dcc
        if offer == 0:
            return
        cost = row.terms.quorum * self.batches.cost(row.terms.quote)
        if offer * rate < cost:
            raise DcpRefused(
                "ENOFUNDS",
                f"a slice costs {cost} micro-credits here; the offer of {offer} DCC is worth "
                f"{int(offer * rate)} at {rate} for a DCC",
            )

    async def charge(self, live: LiveJob, row: BatchRow) -> Charge:
        """Charge the most that a batch can cost to its account's allowance of today.

        Raises:
            DcpRefused: ENOFUNDS, and nothing was charged.
        """
        amount = row.terms.quorum * self.batches.cost(row.count * row.terms.quote)
        charge = Charge(live.terms.account, self.now_ms() // DAY_MS, amount)
        allowance = self.config.gateway_credits_per_day or None
        spending = asyncio.ensure_future(self._spend(charge, amount, allowance))
        try:
            is_charged = await asyncio.shield(spending)
        except asyncio.CancelledError:
            if await spending:
                await self.settle(charge, 0)
            raise
        if not is_charged:
            raise DcpRefused(
                "ENOFUNDS",
                f"the account's allowance of {allowance} micro-credits a day at this gateway is used up; "
                "go on tomorrow, or ask its owner for more",
            )
        return charge

    async def settle(self, charge: Charge, cost: int) -> None:
        """Give back what a batch has not cost, to the day that it was charged to."""
        await self._spend(charge, cost - charge.amount, None)

    async def _spend(self, charge: Charge, amount: int, allowance: int | None) -> bool:
        return await self.thread.call(
            lambda: self.store.spend(charge.account, charge.day, amount, allowance)
        )
