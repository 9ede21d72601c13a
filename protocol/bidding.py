"""Offers become bids, where the owner's policy and free cores allow. Worker's side."""

from meshnode.protocol.acceptance import is_offer_fit
from meshnode.protocol.limits import LEASE_CHUNKS_MAX
from meshnode.protocol.messages import Bid, DeclineReason, Offer
from meshnode.protocol.values import RunId
from meshnode.protocol.worker_state import WorkerState, decline, send, unfinished


def take_offer(state: WorkerState, offer: Offer) -> None:
    """Remember an offer that would be worked for."""
    if is_offer_fit(state.policy, offer) and state.offers.add(offer):
        state.bids.discard(offer.run)  # Announced again: the first bid may have been lost.


def forget_offer(state: WorkerState, run: RunId) -> None:
    """Forget an offer that was taken back or refused a bid."""
    state.offers.remove(run)
    state.bids.discard(run)


def bid_for_offers(state: WorkerState) -> None:
    """Bid once for each known offer while a core is free."""
    if unfinished(state) > state.policy.cores:
        return
    state.bids = {run for run in state.bids if state.offers.get(run) is not None}
    for offer in state.offers:
        is_fit = is_offer_fit(state.policy, offer) and offer.run_hash not in state.unfit
        if is_fit and offer.run not in state.bids:
            state.bids.add(offer.run)
            send(state, offer.requester, _bid(state, offer))


def withdraw_bids(state: WorkerState) -> None:
    """Take all bids back: the owner needs the machine."""
    for run in state.bids:
        offer = state.offers.get(run)
        if offer is not None:
            decline(state, offer.requester, run, None, DeclineReason.OWNER)
    state.bids.clear()


def _bid(state: WorkerState, offer: Offer) -> Bid:
    is_here = offer.run_hash in state.ready
    return Bid(
        run=offer.run,
        cores=state.policy.cores,
        operations_per_s=state.policy.operations_per_s,
        price=state.policy.price,
        has_module=is_here,
        has_captures=is_here,
        chunks_max=LEASE_CHUNKS_MAX,
    )
