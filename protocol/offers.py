"""The offers that a worker knows.

Bounded, the newest kept, and no requester can push out another's.
"""

from collections import OrderedDict
from collections.abc import Iterator

from meshnode.protocol.limits import OFFERS_KNOWN_MAX, OFFERS_PER_REQUESTER_MAX
from meshnode.protocol.messages import Offer
from meshnode.protocol.values import IdentityId, RunId


class OfferBook:
    """Offers by run. A fork bomb of offers drops its own requester's older ones."""

    def __init__(self) -> None:
        self._offers: OrderedDict[RunId, Offer] = OrderedDict()
        self._by_requester: dict[IdentityId, OrderedDict[RunId, None]] = {}

    def __iter__(self) -> Iterator[Offer]:
        return iter(tuple(self._offers.values()))

    def __len__(self) -> int:
        return len(self._offers)

    def get(self, run: RunId) -> Offer | None:
        """Give a run's newest offer."""
        return self._offers.get(run)

    def add(self, offer: Offer) -> bool:
        """Take an offer; false for one that is known or older than what is known."""
        known = self._offers.get(offer.run)
        if known is not None:
            if known.requester != offer.requester or known.sequence >= offer.sequence:
                return False
            self._offers[offer.run] = offer
            return True
        own = self._by_requester.setdefault(offer.requester, OrderedDict())
        if len(own) >= OFFERS_PER_REQUESTER_MAX:
            self.remove(next(iter(own)))
        if len(self._offers) >= OFFERS_KNOWN_MAX:
            self.remove(next(iter(self._offers)))
        self._offers[offer.run] = offer
        self._by_requester.setdefault(offer.requester, OrderedDict())[offer.run] = None
        return True

    def remove(self, run: RunId) -> None:
        """Forget a run's offer, if it is known."""
        offer = self._offers.pop(run, None)
        if offer is None:
            return
        own = self._by_requester[offer.requester]
        del own[run]
        if not own:
            del self._by_requester[offer.requester]

    def expire(self, now_ms: int) -> None:
        """Forget offers whose time is over; lying clocks only cost their own offers."""
        for offer in self:
            if offer.expires_ms <= now_ms:
                self.remove(offer.run)
